"""E9: what the watch over the web process notices, so that its silence in all other tests of this folder says something."""

from __future__ import annotations

import os
import pickle
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from watching import watched


def _called() -> None:
    with socket.socket() as line:
        line.connect_ex(("127.0.0.1", 9))


WRONG: dict[str, Callable[[Path], object]] = {
    "open": lambda _: Path("/etc/hostname").read_bytes(),
    "open by a link": lambda site: (site / "link").read_bytes(),
    "open to write": lambda site: (site.parent / "beside").write_text("x"),
    "os.remove": lambda site: os.remove(site.parent / "beside"),
    "os.mkdir": lambda site: (site.parent / "other").mkdir(exist_ok=True),
    "os.rename": lambda site: os.rename(site / "mine", site.parent / "beside"),
    "shutil.rmtree": lambda site: shutil.rmtree(site.parent / "other"),
    "subprocess.Popen": lambda _: subprocess.run(["true"], check=True),
    "subprocess.Popen of python": lambda _: subprocess.run([sys.executable, "-c", "1"], check=True),
    "os.system": lambda _: os.system("true"),
    "socket.connect": lambda _: _called(),
    "socket.getaddrinfo": lambda _: socket.getaddrinfo("localhost", 80),
    "open of a file that others see": lambda _: tempfile.NamedTemporaryFile().close(),
    "sqlite3.connect": lambda site: sqlite3.connect(site.parent / "x.sqlite").close(),
    "pickle.find_class": lambda _: pickle.loads(b"cbuiltins\nlen\n."),
    "exec": lambda _: eval("1 + 1"),
}
RIGHT: dict[str, Callable[[Path], object]] = {
    "write": lambda site: (site / "mine").write_text("x"),
    "rename": lambda site: os.rename(site / "mine", site / "own"),
    "a file without a name": lambda _: tempfile.TemporaryFile().close(),
    "a library": lambda _: Path(pytest.__file__).read_bytes(),
    "the clock": lambda _: Path("/etc/localtime").exists(),
}


def _asked(site: Path, does: Callable[[Path], object]) -> list[str]:
    app = Flask("strange", instance_path=str(site))

    @app.get("/")
    def view() -> str:
        does(site)
        return "done"

    with watched() as found:
        app.test_client().get("/")
    return found


@pytest.fixture
def own(tmp_path: Path) -> Path:
    site = tmp_path / "site"
    site.mkdir()
    (site / "mine").write_text("")
    (site / "link").symlink_to("/etc/hostname")
    (tmp_path / "beside").write_text("")
    (tmp_path / "other").mkdir()
    return site


@pytest.mark.parametrize("what", WRONG)
def test_it_is_noticed(own: Path, what: str) -> None:
    found = _asked(own, WRONG[what])
    assert found
    assert found[0].startswith(what.split(" ")[0])


@pytest.mark.parametrize("what", RIGHT)
def test_it_is_a_servers_work(own: Path, what: str) -> None:
    assert _asked(own, RIGHT[what]) == []


def test_only_who_answers_is_watched(own: Path) -> None:
    """Others in this process are not, nor a thread beside a request."""

    def beside(_: Path) -> None:
        thread = threading.Thread(target=Path("/etc/hostname").read_bytes)
        thread.start()
        thread.join()

    assert _asked(own, beside) == []
