"""A reader in a confined child process, and what it sends over its pipe. See `guard` for its use."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from math import ceil
from pathlib import Path
from typing import IO, Any, Final, TypeVar, cast

import heritage
from heritage.formats.reader import file_bytes
from heritage.model import limits
from heritage.model.errors import HeritageError, InputError, MethodError, Problem, StoreError
from heritage.pipeline.measure import held_elsewhere
from heritage.pipeline.reading.wire import Message, WireError, receive

T = TypeVar("T")
_ERRORS: Final[dict[str, type[HeritageError]]] = {
    e.__name__: e for e in (InputError, MethodError, StoreError)
}
_START_S, _END_S, _WAITING = 120.0, 5.0, 4.0
_PIPE_BYTES = 1 << 20
# Threads a reader may use: LAZ is unpacked by several; each takes address space.
_THREADS = min(4, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
_KEPT_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "HOME", "LANG", "LC_ALL", "PROJ_DATA", "PROJ_LIB")


@dataclass(frozen=True)
class Allowance:
    """What a reader may take: ``cpu_seconds``, some times that of our waiting for it, bytes of address space.

    CPU first: on a busy machine an honest file is waited for ten times as long as it takes.
    """

    cpu_seconds: float
    memory_bytes: int

    @property
    def waiting_seconds(self) -> float:
        """For readers that do nothing. Only time in which this process waits is counted."""
        return _WAITING * self.cpu_seconds

    @classmethod
    def of(cls, path: Path, memory_bytes: int) -> Allowance:
        """Time by the size of the file. Raises InputError where it is missing, empty or too large."""
        return cls(limits.READER_BASE_S + file_bytes(path) / limits.READER_BYTES_PER_S, memory_bytes)


class Confined:
    """A reader at work. Only the time this process waits for it is counted against it."""

    def __init__(
        self,
        kind: str,
        path: Path,
        allowed: Allowance,
        program: Sequence[str],
        connection: socket.socket | None = None,
    ) -> None:
        """``connection``: one that the child inherits; it can open none itself."""
        self.name, self.allowed, self._waited = path.name, allowed, 0.0
        given = (kind, str(path.absolute()), str(allowed.memory_bytes), str(ceil(allowed.cpu_seconds)))
        # -P: a numpy.py that lies where we are started is not the numpy we want.
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", "-B", *program, *given],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd="/",
            env=_environment(),
            pass_fds=() if connection is None else (connection.fileno(),),
            start_new_session=True,
        )
        self.close = weakref.finalize(self, _end, self._process, os.getpid())
        self._stdin = cast(IO[bytes], self._process.stdin)
        self._pipe = cast(IO[bytes], self._process.stdout).fileno()
        os.set_blocking(self._pipe, False)
        if sys.platform == "linux":
            import fcntl

            # Fewer turns; a user who has too many pipes gets a smaller one.
            with contextlib.suppress(OSError):
                fcntl.fcntl(self._pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        self._start()

    def __enter__(self) -> Confined:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, line: str) -> None:
        """Write a line to it."""
        with contextlib.suppress(BrokenPipeError):  # how it died is found out on reading
            self._stdin.write(line.encode() + b"\n")
            self._stdin.flush()

    def first(self, kind: str) -> Message:
        """The next message, which must be of that kind."""
        message = self._next()
        if message.kind != kind:
            raise self.failed(f"its reader gave no {kind}")
        return message

    def messages(self, kind: str) -> Iterator[Message]:
        """Every message of a kind, up to the end."""
        while (message := self._next()).kind != "end":
            if message.kind != kind:
                raise self.failed(f"its reader gave a {message.kind[:20]}")
            yield message

    def sound(self, make: Callable[[], T]) -> T:
        """``make()``; values that cannot be are the reader's failure, not ours."""
        try:
            return make()
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            raise self.failed(f"its reader gave nonsense ({type(error).__name__})") from None

    def _start(self) -> None:
        try:
            message = receive(partial(self._fill, _START_S), 0)
        except (InputError, WireError):
            message = None
        if message is None or message.kind != "ready":
            self.close()
            found = "the confined program that reads files does not start"
            remedy = "see what it printed above; `python -m heritage.pipeline.reading.child` must run"
            raise MethodError(
                self.name, found, "it is needed to open any source", remedy, code="reader-start"
            )
        self._waited = 0.0

    def _next(self) -> Message:
        try:
            message = receive(partial(self._fill, self.allowed.waiting_seconds), self.allowed.memory_bytes)
        except WireError as error:
            raise self.failed(f"its reader gave {error}") from None
        if message.kind in {"error", "memory", "failed"}:
            self.close()  # at once: who keeps the error keeps this object
        match message.kind:
            case "end":
                peak = self.sound(lambda: int(message.document["peak_bytes"]))
                held_elsewhere(min(peak, self.allowed.memory_bytes))
            case "error":
                raise self.sound(partial(_error, message.document))
            case "memory":
                raise self._too_much_memory("takes too much memory")
            case "failed":
                raise self.failed(str(message.document.get("found"))[:300])
        return message

    def _fill(self, seconds: float, buffer: memoryview) -> None:
        """Fill the buffer from the pipe. Raises InputError where the child ends or takes too long."""
        poll = select.poll()
        poll.register(self._pipe, select.POLLIN)
        at = 0
        while at < len(buffer):
            try:
                count = os.readv(self._pipe, [buffer[at:]])
            except BlockingIOError:
                start = time.monotonic()
                poll.poll(max(1.0, 1000 * (seconds - self._waited)))
                self._waited += time.monotonic() - start
                if self._waited > seconds:
                    self.close()
                    raise self._too_slow(f"{seconds:.0f} s") from None
                continue
            if count == 0:
                raise self._ended()
            at += count

    def _ended(self) -> InputError:
        how = _how_it_ended(self._process)
        self.close()
        if how == -signal.SIGXCPU:
            return self._too_slow(f"{self.allowed.cpu_seconds:.0f} s of computing")
        if how == -signal.SIGKILL:
            return self._too_much_memory("was ended by the system, as happens when memory runs out")
        if how is not None and how < 0:
            found = f"reading it ended in {signal.Signals(-how).name}"
        else:
            found = f"the program that reads it ended {f'with {how}' if how is not None else 'its output'}"
        return InputError(
            self.name,
            found,
            "a whole and well-formed file is needed",
            "copy it again from its source, or export it anew with another program",
            code="reader-died",
        )

    def _too_slow(self, limit: str) -> InputError:
        return InputError(
            self.name,
            f"reading it takes more than {limit}",
            f"{limits.READER_BASE_S:.0f} s, and 1 s for every {limits.READER_BYTES_PER_S / 1e6:g} MB, of computing are allowed",
            "export it anew, as LAZ or GLB",
            code="reader-too-slow",
        )

    def _too_much_memory(self, found: str) -> InputError:
        return InputError(
            self.name,
            f"reading it {found}",
            f"up to {self.allowed.memory_bytes / 2**30:.3g} GiB are allowed",
            "split the file, or scale its textures down",
            code="reader-memory",
        )

    def failed(self, found: str) -> InputError:
        """The error for a reader that failed; it is ended."""
        self.close()
        return InputError(
            self.name,
            f"reading it failed: {found}",
            "a whole and well-formed file is needed",
            "copy it again from its source, or export it anew with another program",
            code="reader-failed",
        )


def _error(document: Any) -> HeritageError:
    problems = [
        Problem(str(p["code"]), str(p["where"]), str(p["found"]), str(p["allowed"]), str(p["remedy"]))
        for p in document["problems"]
    ]
    return _ERRORS[document["error"]].of(problems)


def _environment() -> dict[str, str]:
    """Of this process's environment only what finds programs and libraries: it may hold secrets."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    places = [str(Path(heritage.__file__).parent.parent), *(p for p in sys.path if os.path.isabs(p))]
    one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    threads = {"RAYON_NUM_THREADS": str(_THREADS), "MALLOC_ARENA_MAX": "2"}
    # glibc keeps the memory of one chunk for the next, which saves half the time the system spends on the pages.
    kept_pages = {"MALLOC_MMAP_THRESHOLD_": "268435456", "MALLOC_TRIM_THRESHOLD_": "536870912"}
    return kept | one | threads | kept_pages | {"PYTHONPATH": os.pathsep.join(dict.fromkeys(places))}


def _how_it_ended(process: subprocess.Popen[bytes]) -> int | None:
    """The child's exit code, or minus its signal; None where it has closed its pipe and lives.

    It is not reaped here: as long as it is not, its number, which is its group's, is nobody else's.
    """
    until = time.monotonic() + _END_S
    while time.monotonic() < until:
        state = os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG)
        if state is not None:
            return state.si_status if state.si_code == os.CLD_EXITED else -state.si_status
        time.sleep(0.005)
    return None


def _end(process: subprocess.Popen[bytes], owner: int) -> None:
    """Kill the child and whatever it started, and reap it; a fork of ``owner`` does not end what is not its own."""
    if process.returncode is None and os.getpid() == owner:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    for stream in (process.stdin, process.stdout):
        with contextlib.suppress(OSError):  # a size that it never took may still be buffered
            cast(IO[bytes], stream).close()
