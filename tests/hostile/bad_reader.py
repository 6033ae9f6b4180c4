"""A confined child whose reader misbehaves: ``bad_reader.py`` as `guard`'s ``program``, the deed as kind's file name."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from heritage.pipeline.reading import child

Send = Callable[..., None]


def segfault(path: Path, send: Send) -> None:
    ctypes.string_at(0)


def abort(path: Path, send: Send) -> None:
    os.abort()


def spin(path: Path, send: Send) -> None:
    while True:
        pass


def sleep(path: Path, send: Send) -> None:
    time.sleep(1000)


def deaf(path: Path, send: Send) -> None:
    """Spins, and will hear of no signal that can be ignored."""
    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)
    while True:
        pass


def swell(path: Path, send: Send) -> None:
    held = []
    while True:
        held.append(bytearray(b"x" * 50_000_000))


def leave(path: Path, send: Send) -> None:
    os._exit(3)


def flood(path: Path, send: Send) -> None:
    """10 GB to standard error and output, past Python."""
    block = b"error! " * 150_000
    for _ in range(10_000):
        os.write(2, block)
        os.write(1, block)
    send("header", _HEADER)


def panic(path: Path, send: Send) -> None:
    class PanicException(BaseException):
        pass

    raise PanicException("index out of bounds\nnote: run with RUST_BACKTRACE")


def recurse(path: Path, send: Send) -> None:
    recurse(path, send)


def refused(act: Callable[[], object]) -> None:
    """Die at once where an act that must be refused is not."""
    try:
        act()
    except OSError:
        return
    os.write(1, b"")
    os.abort()


def reach_out(path: Path, send: Send) -> None:
    """Everything a confined child must not be able to do; an error that names none of it is the good end."""
    refused(os.fork)
    refused(lambda: os.posix_spawn("/bin/true", ["true"], {}))
    refused(lambda: os.execv("/bin/true", ["true"]))
    refused(lambda: subprocess.run(["/bin/true"], check=False))
    refused(lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM))
    refused(lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
    refused(lambda: os.kill(os.getppid(), signal.SIGUSR1))
    refused(lambda: path.with_name("written").write_bytes(b"x"))
    refused(lambda: path.open("r+b"))
    refused(path.unlink)
    refused(lambda: path.rename(path.with_name("moved")))
    thread = threading.Thread(target=path.read_bytes)  # both are allowed
    thread.start()
    thread.join()
    raise ValueError("contained")


_HEADER: dict[str, Any] = {"name": "a.las", "format": "LAS", "points": 3}


def babble(path: Path, send: Send) -> None:
    """Bytes that are no message, to wherever our parent listens."""
    for descriptor in range(3, 20):
        try:
            os.write(descriptor, b"\xff" * 100_000)
        except OSError:
            continue


def huge(path: Path, send: Send) -> None:
    """A message that claims an array of 16 GB."""
    text = b'{"kind": "chunk", "document": {}, "arrays": [["xyz", "<f8", [700000000, 3]]]}'
    send("header", _HEADER)
    sys.stdin.readline()
    for descriptor in range(3, 20):
        try:
            os.write(descriptor, len(text).to_bytes(4, "little") + text)
        except OSError:
            continue


def nonsense(path: Path, send: Send) -> None:
    send("header", {"name": 5, "points": "many"})


def die_midway(path: Path, send: Send) -> None:
    """One good chunk, then half a message."""
    import numpy as np

    send("header", _HEADER)
    sys.stdin.readline()
    send("chunk", {"left_out": {}}, {"xyz": np.zeros((2, 3))})
    for descriptor in range(3, 20):
        try:
            os.write(descriptor, b"\x40\0\0\0{")
        except OSError:
            continue
    os.kill(os.getpid(), signal.SIGSEGV) if sys.platform != "linux" else ctypes.string_at(0)


def too_few(path: Path, send: Send) -> None:
    import numpy as np

    send("header", _HEADER)
    sys.stdin.readline()
    send("chunk", {"left_out": {}}, {"xyz": np.zeros((2, 3))})


def hold(path: Path, send: Send) -> None:
    """A good reading for which much memory is held for a moment."""
    import numpy as np

    send("header", {**_HEADER, "points": 2})
    sys.stdin.readline()
    held = bytearray(b"x" * 900_000_000)
    del held
    send("chunk", {"left_out": {}}, {"xyz": np.zeros((2, 3))})


DEEDS: tuple[Callable[[Path, Send], None], ...] = (
    segfault, abort, spin, sleep, deaf, swell, leave, flood, panic, recurse, reach_out, babble, huge, nonsense,
    die_midway, too_few, hold,
)  # fmt: skip


def do(path: Path, send: Send) -> None:
    """The deed that the file is named after."""
    next(deed for deed in DEEDS if deed.__name__ == path.stem)(path, send)


if __name__ == "__main__":
    child.main(sys.argv[1:], {"cloud": do, "model": do})
