"""Programs that run on their own for a site, such as a build started from the studio: their state is in files.

``.heritage/jobs/<id>/``: ``about.json`` who wanted what, ``pid``, ``log`` what it says, ``lock``. The program holds the
lock as long as it lives, so whoever comes later, after a restart of the server too, knows whether it still runs.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from heritage.model.errors import BusyError
from heritage.store import fs
from heritage.store.lock import WAIT_S, asked
from heritage.store.publish import ensure_folder, publish_bytes, remove_tree

KEPT = 20
_LOG_BYTES = 1 << 20


@dataclass(frozen=True)
class Job:
    """One program: ``about`` is what was said when it was started, ``lines`` what it printed, the newest last."""

    id: str
    about: Mapping[str, Any]
    running: bool
    lines: tuple[str, ...]


class Jobs:
    """The jobs of one site; one runs at a time."""

    def __init__(self, site: Path) -> None:
        self._site = site
        self._root = site / ".heritage" / "jobs"

    def all(self) -> tuple[Job, ...]:
        """The newest ones, the newest first."""
        return tuple(self._job(folder) for folder in reversed(self._folders()))

    def start(self, command: Sequence[str], about: Mapping[str, Any]) -> Job:
        """Run ``command`` apart from this process. Raises BusyError while another one runs."""
        ensure_folder(self._root, self._site)
        with fs.told(self._root):
            turn = fs.lock(self._root / "turn")
        try:
            running = [job.id for job in self.all() if job.running]
            if turn is None or running:
                raise BusyError(
                    "the build",
                    "another one is running",
                    "one at a time",
                    "wait until it has finished, or cancel it",
                    code="build-running",
                )
            number = int(self._folders()[-1].name) + 1 if self._folders() else 1
            folder = self._root / f"{number:06d}"
            with fs.told(folder):
                fs.mkdir(folder)
            since = datetime.now(UTC).isoformat(timespec="seconds")
            publish_bytes(folder / "about.json", json.dumps({**about, "since": since}).encode())
            self._run(folder, command)
            for old in self._folders()[:-KEPT]:
                remove_tree(old)
            return self._job(folder)
        finally:
            if turn is not None:
                os.close(turn)

    def stop(self, id: str) -> bool:
        """Ask a running job to end, with all its workers; False where it does not run."""
        folder = self._root / id
        if folder not in self._folders() or not self._job(folder).running:
            return False
        try:
            os.killpg(int((folder / "pid").read_text()), signal.SIGTERM)
        except (OSError, ValueError):  # it has ended this very moment
            return False
        return True

    def _run(self, folder: Path, command: Sequence[str]) -> None:
        # The folder is new, but whoever lists the jobs may be asking at this very moment whether it runs.
        held = asked(folder / "lock", shared=False, end=time.monotonic() + WAIT_S)
        try:
            with (folder / "log").open("ab") as log:
                process = subprocess.Popen(  # noqa: S603
                    list(command),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    pass_fds=[held],
                    start_new_session=True,
                )
            publish_bytes(folder / "pid", str(process.pid).encode())
        finally:
            os.close(held)
        threading.Thread(target=process.wait, daemon=True).start()  # no zombie stays

    def _folders(self) -> list[Path]:
        if not self._root.is_dir():
            return []
        return sorted(p for p in self._root.iterdir() if p.name.isdigit())

    def _job(self, folder: Path) -> Job:
        running = False
        if (folder / "lock").exists():
            with fs.told(folder):
                held = fs.lock(folder / "lock", shared=True)
            running = held is None
            if held is not None:
                os.close(held)
        try:
            about = json.loads((folder / "about.json").read_bytes())
        except (OSError, ValueError):  # killed while it was started
            about = {}
        return Job(folder.name, about, running, tuple(_tail(folder / "log")))


def _tail(path: Path) -> list[str]:
    if not path.exists():
        return []
    with path.open("rb") as log:
        size = log.seek(0, os.SEEK_END)
        log.seek(max(0, size - _LOG_BYTES))
        content = log.read()
    lines = content.decode("utf-8", "replace").splitlines()
    return lines[1:] if size > _LOG_BYTES else lines
