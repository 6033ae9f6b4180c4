"""One writer per site: a lock that ends with its process and says who holds it."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from heritage.model.errors import BusyError
from heritage.store import fs

WAIT_S = 10.0  # for what is held for moments; a build is not waited for
_PAUSE_S = 0.002  # flock(2) waits for ever or not at all, so who wants an end has to ask again


@contextmanager
def locked(path: Path, who: str) -> Iterator[None]:
    """Hold the lock file ``path`` as ``who``. Raises BusyError at once, naming the holder's pid and host."""
    with fs.told(path):
        descriptor = fs.lock(path)
    if descriptor is None:
        raise BusyError(
            str(path.parent),
            f"{_holder(path)} is writing here",
            "one writer at a time",
            "wait until it has finished, or stop it",
            code="store-busy",
        )
    try:
        since = datetime.now(UTC).isoformat(timespec="seconds")
        note = {"who": who, "pid": os.getpid(), "host": socket.gethostname(), "since": since}
        with fs.told(path):
            # For people only: the lock itself is the kernel's, so this need not survive a crash.
            fs.truncate(path, 0)
            fs.write_at(path, 0, json.dumps(note).encode())
        yield
    finally:
        os.close(descriptor)


@contextmanager
def waiting(path: Path) -> Iterator[None]:
    """Hold the lock file ``path`` for a moment, once it is free. Raises BusyError after some seconds."""
    descriptor = asked(path, shared=False, end=time.monotonic() + WAIT_S)
    try:
        yield
    finally:
        os.close(descriptor)


def asked(path: Path, *, shared: bool, end: float) -> int:
    """The descriptor that holds the lock, once it is free; ``end`` is when to give up (`time.monotonic`)."""
    with fs.told(path):
        while (descriptor := fs.lock(path, shared=shared)) is None:
            if time.monotonic() > end:
                raise busy(path)
            time.sleep(_PAUSE_S)
    return descriptor


def busy(path: Path) -> BusyError:
    """The error for a lock that stays taken."""
    return BusyError(
        path.name.removesuffix(".next").replace("+", "/"),
        f"others have been writing for {WAIT_S:.0f} s",
        "one writer at a time",
        "try again in a moment",
        code="store-busy",
    )


def _holder(path: Path) -> str:
    try:
        note = json.loads(path.read_bytes())
        return f"{note['who']} (pid {note['pid']} on {note['host']}, since {note['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process, started this very moment,"
