"""Take from this process, for good, what reading a file does not need. Called by the child that reads one.

Ceilings on memory, CPU and written bytes are `setrlimit`'s. On Linux (x86-64 and ARM64) a seccomp filter also
refuses new processes and programs, sockets, signals to others, and opening anything for writing: the limit on
processes would count all of the user's, and does not bind root. Elsewhere only the ceilings hold. It is a
second wall behind readers that check what they read, not a jail: what the user may read, this may read.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import signal
import struct
import sys

# Linux's numbers of system calls: (x86-64, ARM64); None where there is no such call.
_REFUSED = {
    "fork": (57, None),
    "vfork": (58, None),
    "execve": (59, 221),
    "execveat": (322, 281),
    "socket": (41, 198),
    "kill": (62, 129),
    "tkill": (200, 130),
    "ptrace": (101, 117),
    "process_vm_writev": (311, 271),
    "creat": (85, None),
    "truncate": (76, 45),
    "unlink": (87, None),
    "unlinkat": (263, 35),
    "rmdir": (84, None),
    "rename": (82, None),
    "renameat": (264, 38),
    "renameat2": (316, 276),
}
# These hide their flags in memory, or do other calls' work; C libraries fall back to older ones.
_UNKNOWN = {"clone3": (435, 435), "openat2": (437, 437), "io_uring_setup": (425, 425)}
_CLONE, _OPEN, _OPENAT = (56, 220), (2, None), (257, 56)
_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _FILTER = 1, 38, 22, 2
_CLONE_THREAD = 0x10000
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER_AT, _MACHINE_AT, _ARGUMENT_AT = 0, 4, 16
_X32 = 0x40000000


def confine(memory_bytes: int, cpu_seconds: int) -> None:
    """No more than ``memory_bytes`` of address space and ``cpu_seconds``; no file can be written.

    Raises OSError where the system refuses the limits, which then must not be done without.
    """
    for kind, most, last in (
        (resource.RLIMIT_AS, memory_bytes, memory_bytes),
        # At the first it is told so (SIGXCPU), at the second killed.
        (resource.RLIMIT_CPU, cpu_seconds, 10 * cpu_seconds),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        values = (most, last) if hard == resource.RLIM_INFINITY else (min(most, hard), min(last, hard))
        resource.setrlimit(kind, values)
    if sys.platform == "linux":
        _control(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if platform.machine() in _MACHINES:
            _filter(*_MACHINES[platform.machine()])


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("steps", ctypes.c_void_p)]


def _filter(column: int, machine: int) -> None:
    steps = b"".join(_steps(column, machine))
    held = ctypes.create_string_buffer(steps, len(steps))
    program = _Program(len(steps) // 8, ctypes.addressof(held))
    _control(_PR_SET_NO_NEW_PRIVS, 1)
    _control(_PR_SET_SECCOMP, _FILTER, ctypes.addressof(program))


def _steps(column: int, machine: int) -> list[bytes]:
    """The filter as classic BPF (struct sock_filter: code, jump if true, jump if false, value)."""

    def step(code: int, value: int, true: int = 0, false: int = 0) -> bytes:
        return struct.pack("<HBBI", code, true, false, value)

    refused = step(_RETURN, _ERRNO | errno.EPERM)
    steps = [
        step(_LOAD, _MACHINE_AT),
        step(_EQUAL, machine, 1),
        step(_RETURN, _KILL),
        step(_LOAD, _NUMBER_AT),
    ]
    steps += [step(_AT_LEAST, _X32, 0, 1), refused]
    for numbers in _REFUSED.values():
        if (number := numbers[column]) is not None:
            steps += [step(_EQUAL, number, 0, 1), refused]
    for both in _UNKNOWN.values():
        steps += [step(_EQUAL, both[column], 0, 1), step(_RETURN, _ERRNO | errno.ENOSYS)]
    # Threads are allowed, processes are not; reading is, writing is not.
    for numbers, argument, bits, wanted in (
        (_CLONE, 0, _CLONE_THREAD, True),
        (_OPEN, 1, _WRITING, False),
        (_OPENAT, 2, _WRITING, False),
    ):
        if (number := numbers[column]) is not None:
            steps += [
                step(_EQUAL, number, 0, 4),
                step(_LOAD, _ARGUMENT_AT + 8 * argument),
                step(_ANY_BIT, bits, *((0, 1) if wanted else (1, 0))),
                step(_RETURN, _ALLOW),
                refused,
            ]
    return [*steps, step(_RETURN, _ALLOW)]


def _control(*arguments: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    padded = [ctypes.c_ulong(value) for value in (*arguments, 0, 0, 0, 0)[1:5]]
    if libc.prctl(ctypes.c_int(arguments[0]), *padded) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"prctl({arguments[0]}): {os.strerror(number)}")
