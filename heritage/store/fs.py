"""Every effect the store has on the disk, one function each: tests record, lose and fail them here.

Nothing else in `heritage.store` changes a file. None of these is durable by itself: `sync` is.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from heritage.model.errors import StoreError

_CHUNK_BYTES = 1 << 20


def mkdir(path: Path) -> None:
    """Make one folder; the umask decides who may read it."""
    os.mkdir(path)


def create(path: Path, data: bytes) -> None:
    """Make a new file with ``data``. Raises FileExistsError rather than write into an existing one."""
    with open(path, "xb") as file:
        file.write(data)


def copy(source: Path, target: Path) -> None:
    """Copy the bytes of a plain file to a new file. Raises OSError(EINVAL) where ``source`` is none."""
    # Without O_NONBLOCK, opening a FIFO would wait for ever.
    descriptor = os.open(source, os.O_RDONLY | os.O_NONBLOCK)
    with open(descriptor, "rb") as given:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "not a plain file", str(source))
        with open(target, "xb") as taken:
            while chunk := given.read(_CHUNK_BYTES):
                taken.write(chunk)


def write_at(path: Path, offset: int, data: bytes) -> None:
    """Write ``data`` at ``offset``, making the file where it is missing."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o666)
    with open(descriptor, "wb") as file:
        file.seek(offset)
        file.write(data)


def truncate(path: Path, size: int) -> None:
    """Cut a file to ``size`` bytes."""
    os.truncate(path, size)


def sync(path: Path) -> None:
    """Wait until a file's content, or a folder's list of names, is on the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def rename(old: Path, new: Path) -> None:
    """Give a file or folder its name, atomically. A folder never replaces one that holds something."""
    os.rename(old, new)


def remove(path: Path) -> None:
    """Remove a file, link or empty folder."""
    if path.is_dir() and not path.is_symlink():
        os.rmdir(path)
    else:
        os.unlink(path)


def lock(path: Path, *, shared: bool = False) -> int | None:
    """A descriptor that holds the lock of ``path`` until it is closed or its process dies; None if taken.

    ``path`` is made as a file where it is missing, and may be a folder. flock(2): the kernel lets go of a
    dead process's lock, so that there is never a stale one. NFS locks a folder shared only: there, a folder
    counts as taken.
    """
    flags = os.O_RDONLY if path.is_dir() else os.O_RDWR | os.O_CREAT
    descriptor = os.open(path, flags, 0o666)
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        if error.errno in (errno.EWOULDBLOCK, errno.EBADF):
            return None
        raise
    return descriptor


@contextmanager
def told(where: Path) -> Iterator[None]:
    """Turn what the operating system says into a StoreError about ``where``."""
    try:
        yield
    except OSError as error:
        raise explained(where, error) from error


def explained(where: Path, error: OSError) -> StoreError:
    """The StoreError for an operating system's error."""
    reason = error.strerror or str(error)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StoreError(
            str(where),
            f"the disk is full ({reason})",
            "room for what is being written",
            "free space and run the same command again: what was finished is kept",
            code="store-full",
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StoreError(
            str(where),
            f"it cannot be written ({reason})",
            "a folder this user may write",
            "change its owner or permissions, or run as another user",
            code="store-not-writable",
        )
    return StoreError(
        str(where),
        f"the operating system refused ({reason})",
        "a working file system",
        "run the same command again; if it stays, look at the disk",
        code="store-io",
    )
