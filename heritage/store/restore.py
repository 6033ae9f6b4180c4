"""A site made of a backup again: see `backup`."""

from __future__ import annotations

import hashlib
import json
import tarfile
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final

from heritage.model.errors import InputError, StoreError
from heritage.store import fs
from heritage.store.backup import FORMAT, LIST, SITE, Backup, Entries
from heritage.store.publish import publish_folder, temporary_folder

_CHUNK_BYTES: Final = 1 << 20


def restore(source: Path, site: Path) -> tuple[Backup, dict[str, bytes]]:
    """Make the folder ``site``, which must not exist, of a backup; with what `back_up` was given besides.

    Every file is held against its SHA-256 before the folder gets its name. Raises InputError where ``source`` is no
    backup or ``site`` exists, StoreError where it is damaged; there is no ``site`` then.
    """
    more: dict[str, bytes] = {}
    found: Entries = {}
    with fs.told(site), temporary_folder(site.absolute().parent) as folder:
        if site.exists():
            raise _exists(site)
        listed = _unpack(source, folder, found, more)
        if listed is None or listed.get("format") != FORMAT:
            raise _no_backup(source)
        entries: Entries = listed["files"]
        wrong = sorted(name for name in entries.keys() | found.keys() if entries.get(name) != found.get(name))
        if wrong:
            raise StoreError(
                f"{source}: {wrong[0].removeprefix(SITE)}",
                f"it is not what was written ({len(wrong)} of {len(entries)} files)",
                "a backup as it was made",
                "take another backup",
                code="backup-damaged",
            )
        if not publish_folder(folder, site):
            raise _exists(site)
    return Backup.of(entries, listed["made"]), more


def _unpack(source: Path, folder: Path, found: Entries, more: dict[str, bytes]) -> dict[str, Any] | None:
    """Write what is in ``source`` into ``folder``, note every file in ``found``; the list at its end."""
    listed: dict[str, Any] | None = None
    try:
        with tarfile.open(source, "r:") as tar:
            for member in tar:
                content = tar.extractfile(member) if member.isreg() else None
                if content is None or listed is not None or not _is_safe(member.name) or member.name in found:
                    raise _no_backup(source)
                if member.name == LIST:
                    listed = json.loads(content.read())
                elif member.name.startswith(SITE):
                    found[member.name] = _written(content, folder / member.name.removeprefix(SITE))
                else:
                    more[member.name] = content.read()
                    digest = hashlib.sha256(more[member.name]).hexdigest()
                    found[member.name] = {"bytes": len(more[member.name]), "sha256": digest}
    except (tarfile.TarError, ValueError) as error:
        raise _no_backup(source) from error
    return listed


def _written(content: IO[bytes], path: Path) -> dict[str, Any]:
    path.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with path.open("xb") as file:
        while chunk := content.read(_CHUNK_BYTES):
            file.write(chunk)
            digest.update(chunk)
            size += len(chunk)
    return {"bytes": size, "sha256": digest.hexdigest()}


def _is_safe(name: str) -> bool:
    """Whether a name stays inside the folder: a backup may come from anybody."""
    path = PurePosixPath(name)
    strange = path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name
    return not strange and path.as_posix() == name


def _exists(site: Path) -> InputError:
    return InputError(
        str(site), "it exists", "a new folder", "name another, or move this one away", code="restore-exists"
    )


def _no_backup(source: Path) -> InputError:
    return InputError(
        str(source),
        "it is no backup of a site",
        "what `heritage backup` wrote",
        "name another file",
        code="backup-strange",
    )
