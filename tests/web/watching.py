"""E9: what a web process does while it answers: opens files outside its site, starts programs, calls anybody, runs text.

Python tells an audit hook of all of it, whichever library does it (PEP 578). The hook stays for as long as the process
lives, and looks only at threads that are answering a request.
"""

from __future__ import annotations

import mimetypes
import os
import re
import sys
import sysconfig
import tempfile
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import unquote

from flask import Flask

import heritage
from heritage.page import page
from heritage.web import photo

_LIBRARIES = {
    os.path.realpath(sysconfig.get_path(key)) for key in ("stdlib", "platstdlib", "purelib", "platlib")
}
_OURS = {str(Path(heritage.__file__).parent), str(Path(__file__).parent)}  # a traceback quotes tests, too
_THE_MACHINES = {"/dev/null", "/dev/urandom", "/etc/localtime", "/usr/share/zoneinfo", *mimetypes.knownfiles}
_CHANGES = {
    "os.chmod", "os.chown", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.setxattr",
    "os.symlink", "os.truncate", "os.utime", "shutil.rmtree",
}  # fmt: skip
_NEVER = {
    "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.startfile", "os.system", "pickle.find_class",
    "pty.spawn", "code.__new__",
}  # fmt: skip
_NETWORK = {
    "socket.bind", "socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendmsg", "socket.sendto",
}  # fmt: skip
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

_here = threading.local()
_answer: Callable[..., Any] = Flask.wsgi_app


def _heard(event: str, given: tuple[Any, ...]) -> None:
    watch = getattr(_here, "watch", None)
    if watch is None:
        return
    _here.watch = None  # what looking at it does itself is nobody's
    try:
        wrong = watch.wrong(event, given)
        if wrong:
            watch.found.append(wrong)
    finally:
        _here.watch = watch


class _Watch:
    """The requests of one site. ``peers`` are hosts that it may call."""

    def __init__(self, site: str, found: list[str], peers: Collection[str]) -> None:
        self.site, self.found, self.peers = site, found, peers

    def wrong(self, event: str, given: tuple[Any, ...]) -> str | None:
        """What is wrong with an event."""
        if event == "open":
            path, _, flags = given
            return None if self._may_open(path, flags) else f"open {path!r} {flags:#o}"
        if event in _CHANGES:
            paths = [one for one in given if isinstance(one, str | bytes | os.PathLike)]
            return None if all(self._inside(one) for one in paths) else f"{event} {paths}"
        if event == "sqlite3.connect":
            path = unquote(re.sub(r"^file:(//)?|\?.*$", "", os.fsdecode(given[0])))
            return None if self._inside(path) else f"{event} {given[0]!r}"
        if event == "subprocess.Popen":
            program, words, *_ = given
            heritages = tuple(words[1:3]) == ("-m", "heritage") or tuple(words[1:5]) == photo._PROGRAM
            ours = program == sys.executable and heritages
            return None if ours else f"{event} {words!r}"
        if event in _NETWORK:
            return None if _host(given) in self.peers else f"{event} {given[1:]!r}"
        if event == "exec":
            name = given[0].co_filename
            return f"exec {name}" if name.startswith("<") and not _is_a_librarys() else None
        return event if event in _NEVER else None

    def _may_open(self, path: Any, flags: int) -> bool:
        if isinstance(path, int) or self._inside(path):
            return True
        where = os.path.realpath(os.fsdecode(path))
        if flags & _WRITING:
            # Long parts of forms lie in files without a name; Python keeps what it compiled.
            nameless = where == "/dev/null" or where == os.path.realpath(tempfile.gettempdir())
            return nameless or ("__pycache__" in where and _below(where, _LIBRARIES | _OURS))
        return _below(where, _LIBRARIES | _OURS | _THE_MACHINES | {os.path.realpath(page.DIST)})

    def _inside(self, path: Any) -> bool:
        return _below(os.path.realpath(os.fsdecode(path)), {self.site})


def _below(path: str, folders: Collection[str]) -> bool:
    return any(path == one or path.startswith(f"{one}/") for one in folders)


def _host(given: tuple[Any, ...]) -> Any:
    """Whom an event of the network is about: a name, or a socket's other end."""
    where = given[1] if not isinstance(given[0], str | bytes) else given[0]
    return where[0] if isinstance(where, tuple) else where


def _is_a_librarys() -> bool:
    """Whether text is run by an import, or by a library that makes functions of its own words."""
    frame = sys._getframe(3)
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith("<frozen importlib"):
            return True
        if not name.startswith("<"):
            return _below(os.path.realpath(name), _LIBRARIES)
        frame = frame.f_back
    return False


_installed: list[bool] = []


@contextmanager
def watched(peers: Collection[str] = ()) -> Iterator[list[str]]:
    """Watch every request to every application meanwhile; what was wrong is in the list, and should be nothing.

    Where two watch, the later one is told.
    """
    if not _installed:
        sys.addaudithook(_heard)
        _installed.append(True)
    found: list[str] = []

    def watching(app: Flask, *given: Any) -> Any:
        before = getattr(_here, "watch", None)
        _here.watch = _Watch(app.instance_path, found, peers)
        try:
            return _answer(app, *given)
        finally:
            _here.watch = before

    with mock.patch.object(Flask, "wsgi_app", watching):
        yield found
