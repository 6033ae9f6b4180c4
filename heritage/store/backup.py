"""One file that a whole site can be made of again: its own files, its history, its releases; not what is only derived.

A TAR: ``site/…``, then what the caller adds (the accounts), last ``backup.json`` with every file's size and SHA-256.
Saves wait while what they change is read, which are small files; what never changes (releases, kept contents) and
what the studio does not write (scans, media) is read afterwards, while people go on working. `restore` reads it.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import stat
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

from heritage import __version__
from heritage.model.errors import InputError, StoreError
from heritage.store import fs, journal
from heritage.store.drafts import Drafts
from heritage.store.publish import TEMPORARY, publish_file

LIST: Final = "backup.json"
SITE: Final = "site/"
FORMAT: Final = 1
_SMALL_BYTES: Final = 1_000_000  # read while saves wait; documents are smaller, see limits
# Beside .heritage: rebuilt, or of this moment and this machine only. Accounts are added by who knows them.
_LEFT_OUT: Final = frozenset(
    [
        "stages",
        "lock",
        "verdicts.json",
        "jobs",
        "presence",
        "people.sqlite",
        "people.sqlite-wal",
        "people.sqlite-shm",
    ]
)
Entries = dict[str, dict[str, Any]]
"""Bytes and SHA-256 of every file, by its name in the archive."""


@dataclass(frozen=True)
class Backup:
    """What a backup holds: how many files, how many bytes, and when it was made (UTC)."""

    files: int
    bytes: int
    made: str

    @classmethod
    def of(cls, entries: Entries, made: str) -> Backup:
        """The figures of a list of files."""
        return cls(len(entries), sum(entry["bytes"] for entry in entries.values()), made)


def back_up(site: Path, target: Path, more: Mapping[str, bytes]) -> Backup:
    """Write ``target``, atomically; ``more`` are further files by name, which `restore` gives back.

    Raises StoreError where something cannot be read or written, or changed while it was read; BusyError where saves
    do not pause; InputError for a folder that is no site and for a target inside the site.
    """
    if target.resolve().is_relative_to(site.resolve()):
        raise InputError(
            str(target),
            "it is inside the site",
            "a file elsewhere, best on another disk",
            "name another",
            code="backup-inside",
        )
    if not (site / "site.yaml").is_file():
        # A disk that is not mounted looks like an empty folder: the last backup must not give way to nothing.
        remedy = "check the path, and that its disk is mounted"
        raise InputError(str(site), "no site.yaml here", "a site folder", remedy, code="site-missing")
    made = datetime.now(UTC).isoformat(timespec="seconds")
    entries: Entries = {}
    with (
        publish_file(target) as path,
        fs.told(target),
        _private(path) as file,
        tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        with Drafts(site).settled():
            found = list(_files(site, site))
            small = [one for name, each, size in found for one in _at_rest(name, each, size)]
        for name, content in [*small, *more.items()]:
            _add(tar, entries, name, len(content), io.BytesIO(content))
        for name, each, size in found:
            if name not in entries:
                _add_file(tar, entries, name, each, size)
        listed = {"format": FORMAT, "heritage": __version__, "made": made, "files": entries}
        content = json.dumps(listed, ensure_ascii=False).encode()
        _add(tar, {}, LIST, len(content), io.BytesIO(content))
    return Backup.of(entries, made)


def _private(path: Path) -> IO[bytes]:
    """A new file for its owner's eyes only: there are hashes of passwords in a backup."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _files(site: Path, folder: Path) -> Iterator[tuple[str, Path, int]]:
    """Name in the archive, path and size of every file to keep, without following links, in a stable order."""
    for path in sorted(folder.iterdir()):
        parts = path.relative_to(site).parts
        is_left_out = parts[0] == ".heritage" and (
            parts[1:] in [(name,) for name in _LEFT_OUT] or parts[1:] == ("history", "locks")
        )
        if is_left_out or path.name.startswith(TEMPORARY):
            continue
        status = path.lstat()
        if stat.S_ISDIR(status.st_mode):
            yield from _files(site, path)
        elif stat.S_ISREG(status.st_mode):
            yield SITE + "/".join(parts), path, status.st_size


def _at_rest(name: str, path: Path, size: int) -> Iterator[tuple[str, bytes]]:
    """What must be read while saves wait; a journal with its head, of one moment: builds and notes do not wait."""
    never_changes = name.startswith((f"{SITE}.heritage/releases/", f"{SITE}.heritage/history/blobs/"))
    if path.name == journal.HEAD:
        content, head = journal.at_one_moment(path.parent)
        yield name, head or b""
        yield name.removesuffix(journal.HEAD) + journal.JOURNAL, content
    elif size <= _SMALL_BYTES and not never_changes and not _has_head(path):
        yield name, path.read_bytes()


def _has_head(path: Path) -> bool:
    return path.name == journal.JOURNAL and path.with_name(journal.HEAD).exists()


def _add_file(tar: tarfile.TarFile, entries: Entries, name: str, path: Path, size: int) -> None:
    try:
        before = path.stat()
        with path.open("rb") as file:
            _add(tar, entries, name, size, file)
        moved = (before.st_mtime_ns, before.st_size) != (path.stat().st_mtime_ns, size)
    except FileNotFoundError:  # a release that was collected meanwhile
        moved = True
    if moved:
        raise _moving(name)


def _add(tar: tarfile.TarFile, entries: Entries, name: str, size: int, content: IO[bytes]) -> None:
    reader = _Hashing(content)
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o644
    try:
        tar.addfile(info, reader)
    except OSError as error:
        if error.errno is None:  # tarfile's own word for a file that has become shorter
            raise _moving(name) from error
        raise
    entries[name] = {"bytes": size, "sha256": reader.digest.hexdigest()}


class _Hashing(io.RawIOBase):
    """A file that is hashed as it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.digest = file, hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        chunk = self._file.read(size)
        self.digest.update(chunk)
        return chunk


def _moving(name: str) -> StoreError:
    return StoreError(
        name.removeprefix(SITE),
        "it changed while it was read",
        "files at rest",
        "run the same command again",
        code="backup-moving",
    )
