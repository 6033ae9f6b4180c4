"""One file that a whole site can be made of again: its own files, its history, its releases; not what is only derived.

A TAR: ``site/…``, then what the caller adds (the accounts), last ``backup.json`` with every file's size and SHA-256.
A link inside the site is kept as what it leads to. Saves wait while what they change is read, which are small files; what
never changes (releases, kept contents) and what the studio does not write (scans, media) is read afterwards, while people
go on working. `restore` reads it.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import stat
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

from heritage import __version__
from heritage.model.errors import InputError, Problem, StoreError
from heritage.model.paths import demand_site
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
    """What a backup holds: how many files, how many bytes, and when it was made (UTC).

    ``left_out`` are links and the like that it could not keep; known only where it is made.
    """

    files: int
    bytes: int
    made: str
    left_out: tuple[Problem, ...] = field(default=(), compare=False)

    @classmethod
    def of(cls, entries: Entries, made: str, left_out: Sequence[Problem] = ()) -> Backup:
        """The figures of a list of files."""
        return cls(len(entries), sum(entry["bytes"] for entry in entries.values()), made, tuple(left_out))


def back_up(site: Path, target: Path, more: Mapping[str, bytes]) -> Backup:
    """Write ``target``, atomically; ``more`` are further files by name, which `restore` gives back.

    A link is followed inside the site; one that leads elsewhere, and what is no file or folder, is left out and named.
    Raises StoreError where something cannot be read or written, or changed while it was read; BusyError where saves
    do not pause; InputError for a folder that is no site, for a target inside the site, and for a ``.heritage`` that is a
    link out of it.
    """
    if target.resolve().is_relative_to(site.resolve()):
        raise InputError(
            str(target),
            "it is inside the site",
            "a file elsewhere, best on another disk",
            "name another",
            code="backup-inside",
        )
    demand_site(site)  # the last backup must not give way to nothing
    made = datetime.now(UTC).isoformat(timespec="seconds")
    entries: Entries = {}
    with (
        publish_file(target) as path,
        fs.told(target),
        _private(path) as file,
        tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        with Drafts(site).settled():
            left_out: list[Problem] = []
            found = list(_files(site, site, (site.resolve(),), left_out))
            small = [one for name, each, size in found for one in _at_rest(name, each, size)]
        for name, content in [*small, *more.items()]:
            _add(tar, entries, name, len(content), io.BytesIO(content))
        for name, each, size in found:
            if name not in entries:
                _add_file(tar, entries, name, each, size)
        listed = {"format": FORMAT, "heritage": __version__, "made": made, "files": entries}
        content = json.dumps(listed, ensure_ascii=False).encode()
        _add(tar, {}, LIST, len(content), io.BytesIO(content))
    return Backup.of(entries, made, left_out)


def _private(path: Path) -> IO[bytes]:
    """A new file for its owner's eyes only: there are hashes of passwords in a backup."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _files(
    site: Path, folder: Path, above: tuple[Path, ...], left_out: list[Problem]
) -> Iterator[tuple[str, Path, int]]:
    """Name in the archive, path and size of every file to keep, in a stable order; what cannot be kept in ``left_out``.

    ``above`` are the folders on the way without links, from the site's own to the one that ``folder`` is.
    """
    for path in sorted(folder.iterdir()):
        parts = path.relative_to(site).parts
        if path.name.startswith(TEMPORARY) or _is_derived(parts):
            continue
        real = above[-1] / path.name
        if path.is_symlink():
            fault, real = _followed(path, above)
            if fault:
                left_out.append(_left_out(parts, fault))
                continue
        status = real.lstat()
        if _is_derived(real.relative_to(above[0]).parts):
            left_out.append(_left_out(parts, "it leads to what is never backed up"))
        elif stat.S_ISDIR(status.st_mode):
            yield from _files(site, path, (*above, real), left_out)
        elif stat.S_ISREG(status.st_mode):
            yield SITE + "/".join(parts), path, status.st_size
        else:
            left_out.append(_left_out(parts, "it is neither a file nor a folder"))


def _is_derived(parts: tuple[str, ...]) -> bool:
    """Whether ``parts`` of a path in the site are what is rebuilt, or of this moment only."""
    return parts[:1] == (".heritage",) and (
        parts[1:] in [(name,) for name in _LEFT_OUT] or parts[1:] == ("history", "locks")
    )


def _followed(link: Path, above: tuple[Path, ...]) -> tuple[str, Path]:
    """What is wrong with ``link`` (empty: nothing), and the path that it leads to."""
    try:
        real = link.resolve(strict=True)
    except (OSError, RuntimeError):  # nothing there, or links in a ring
        return "it is a link that leads to nothing", link
    if not real.is_relative_to(above[0]):
        return "it is a link that leads out of the site's folder", real
    if real in above:
        return "it is a link to a folder that it lies in itself", real
    return "", real


def _left_out(parts: tuple[str, ...], found: str) -> Problem:
    allowed, remedy = "files and folders inside the site's", "copy there what is wanted, or remove it"
    if parts == (".heritage",):
        # Without history and releases there would be little to restore.
        raise InputError(parts[0], found, allowed, remedy, code="backup-left-out")
    return Problem("backup-left-out", "/".join(parts), f"{found}; it is left out", allowed, remedy, "warning")


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
