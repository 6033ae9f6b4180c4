"""Old or new, never between: how a file or a folder gets its final name and survives a power cut.

temp beside the target + fsync of every file and folder + rename + fsync of the parent. After a crash the name
holds the old or the new content, whole; once the call has returned, the new one. The temporary names begin
with `TEMPORARY`; `sweep` removes what a killed process left of them.
"""

from __future__ import annotations

import errno
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from heritage.store import fs

TEMPORARY = ".tmp-"


def publish_bytes(path: Path, data: bytes) -> None:
    """Give ``path`` the content ``data``, atomically and durably. Its folder must exist.

    Raises StoreError; the old content is then still there, unless only the last fsync failed.
    """
    place_bytes(path, data)
    with fs.told(path):
        fs.sync(path.parent)


def place_bytes(path: Path, data: bytes) -> None:
    """As `publish_bytes`, but the name is durable only once the caller has synced the folder."""
    temporary = path.parent / f"{TEMPORARY}{secrets.token_hex(8)}"
    with fs.told(path):
        try:
            fs.create(temporary, data)
            fs.sync(temporary)
            fs.rename(temporary, path)
        except BaseException:
            discard(temporary)
            raise


@contextmanager
def publish_file(path: Path) -> Iterator[Path]:
    """A temporary path for any library to write a file to; on a clean exit it becomes ``path``, durably.

    It keeps the ending, which writers choose their format by. The folder of ``path`` must exist. Raises
    StoreError; on any exception the old file stays.
    """
    with temporary_folder(path.parent) as folder:
        written = folder / path.name
        yield written
        with fs.told(path):
            fs.sync(written)
            fs.rename(written, path)
            fs.sync(path.parent)


def publish_named(folder: Path, write: Callable[[Path], None], name: Callable[[Path], str]) -> Path:
    """Publish what ``write`` writes to the path it is given, in ``folder``, by the name that ``name`` gives it then.

    Nothing is written over: a file of that name stays. Raises StoreError as `publish_bytes`.
    """
    with temporary_folder(folder) as temporary:
        written = temporary / "file"
        write(written)
        path = folder / name(written)
        with fs.told(path):
            if not path.exists():
                fs.sync(written)
                fs.rename(written, path)
                fs.sync(folder)
    return path


def ensure_folder(path: Path, root: Path) -> None:
    """Make ``path`` and what is missing between it and ``root``, which must exist, durably."""
    if path == root or path.is_dir():
        return
    ensure_folder(path.parent, root)
    with fs.told(path):
        with suppress(FileExistsError):  # another worker was quicker
            fs.mkdir(path)
        fs.sync(path.parent)


@contextmanager
def temporary_folder(parent: Path) -> Iterator[Path]:
    """An empty folder in ``parent``, locked against `sweep` and gone afterwards unless it was published."""
    folder = parent / f"{TEMPORARY}{secrets.token_hex(8)}"
    with fs.told(folder):
        fs.mkdir(folder)
        descriptor = fs.lock(folder, shared=True)
    try:
        yield folder
    except OSError as error:
        # Whoever fills the folder reports its own errors, but a full disk is ours to explain.
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise fs.explained(folder.parent, error) from error
        raise
    finally:
        discard(folder)
        if descriptor is not None:
            os.close(descriptor)


def publish_folder(temporary: Path, final: Path) -> bool:
    """Sync all of ``temporary``, then rename it to ``final`` beside it; False if that exists already."""
    with fs.told(final):
        for folder, _, files in os.walk(temporary, topdown=False):
            for name in files:
                fs.sync(Path(folder, name))
            fs.sync(Path(folder))
        try:
            fs.rename(temporary, final)
        except OSError as error:
            if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
                return False
            raise
        fs.sync(final.parent)
    return True


def retire_folder(final: Path) -> None:
    """Remove a published folder; a crash never leaves a part of it under its final name."""
    temporary = final.parent / f"{TEMPORARY}{secrets.token_hex(8)}"
    with fs.told(final):
        fs.rename(final, temporary)
        fs.sync(final.parent)
        remove_tree(temporary)


def sweep(*parents: Path, older_s: float = 0.0) -> tuple[Path, ...]:
    """Remove temporary files and folders in ``parents`` that no living process holds; their names.

    With ``older_s``, only those that nobody has written to for as many seconds.
    """
    swept = []
    for parent in parents:
        for path in sorted(parent.glob(f"{TEMPORARY}*")) if parent.is_dir() else ():
            # A worker of a build that died may finish, and rename its folder, at this very moment.
            with fs.told(path), suppress(FileNotFoundError):
                if older_s and time.time() - path.lstat().st_mtime < older_s:
                    continue
                if path.is_dir() and not path.is_symlink():
                    descriptor = fs.lock(path)
                    if descriptor is None:
                        continue
                    try:
                        remove_tree(path)
                    finally:
                        os.close(descriptor)
                else:
                    fs.remove(path)
            swept.append(path)
    return tuple(swept)


def remove_tree(path: Path) -> None:
    """Remove a folder and all in it, following no link."""
    for folder, folders, files in os.walk(path, topdown=False):
        for name in (*files, *folders):
            fs.remove(Path(folder, name))
    fs.remove(path)


def discard(path: Path) -> None:
    """Remove a temporary file or folder if it is there. What cannot be removed now is `sweep`'s."""
    with suppress(OSError):
        if path.is_dir():
            remove_tree(path)
        elif path.exists():
            fs.remove(path)
