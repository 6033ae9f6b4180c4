"""What is in a published folder: a manifest with the SHA-256 of every file, and the manifest's own beside it.

`manifest.json.sha256` is in the format of `sha256sum`, as OCFL keeps a digest beside its inventory: without
it a flipped bit in the manifest's other words would pass unseen.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from heritage.model.errors import Problem, StoreError
from heritage.model.release import FileEntry
from heritage.store import fs

MANIFEST = "manifest.json"
SIDECAR = "manifest.json.sha256"

TYPES: Final = {
    ".avif": "image/avif",
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".geojson": "application/geo+json",
    ".gif": "image/gif",
    ".glb": "model/gltf-binary",
    ".gpkg": "application/geopackage+sqlite3",
    ".html": "text/html; charset=utf-8",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".jsonld": "application/ld+json",
    ".m4a": "audio/mp4",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".oga": "audio/ogg",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".sqlite": "application/vnd.sqlite3",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".usdz": "model/vnd.usdz+zip",
    ".vtt": "text/vtt; charset=utf-8",
    ".wasm": "application/wasm",
    ".wav": "audio/wav",
    ".webm": "video/webm",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}


def digest(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def walk(folder: Path) -> Iterator[tuple[str, Path, os.stat_result]]:
    """Every name below ``folder`` that is no folder: relative path, path and what lstat says; sorted."""
    found = []
    for parent, folders, files in os.walk(folder):
        # os.walk lists links to folders among the folders.
        for name in (*files, *(f for f in folders if Path(parent, f).is_symlink())):
            path = Path(parent, name)
            found.append((path.relative_to(folder).as_posix(), path, path.lstat()))
    yield from sorted(found)


def unfit(status: os.stat_result) -> str | None:
    """Why a file may not be in a published folder: it must be plain, and no other name may change it."""
    if stat.S_ISLNK(status.st_mode):
        return "a symbolic link"
    if not stat.S_ISREG(status.st_mode):
        return "no plain file"
    if status.st_nlink > 1:
        return "a hard link"
    return None


def plain_files(folder: Path) -> Iterator[tuple[str, Path, int]]:
    """Path in the folder, path and size of every file. Raises StoreError for a link or device."""
    for name, path, status in walk(folder):
        if name in (MANIFEST, SIDECAR):
            reason: str | None = "a name the store itself uses"
        else:
            reason = unfit(status)
        if reason is not None:
            raise StoreError(
                name,
                f"it is {reason}",
                "plain files with one name are published",
                "write a copy of the content instead",
                code="store-not-plain",
            )
        yield name, path, status.st_size


def seal(folder: Path, content: bytes) -> None:
    """Write the manifest ``content`` and its digest into ``folder``."""
    with fs.told(folder):
        fs.create(folder / MANIFEST, content)
        fs.create(folder / SIDECAR, f"{hashlib.sha256(content).hexdigest()}  {MANIFEST}\n".encode())


def entries(folder: Path) -> tuple[FileEntry, ...]:
    """What a manifest says of a folder's files, sorted. Raises StoreError for a link or device."""
    return tuple(
        FileEntry(path=name, sha256=digest(path), bytes=size, type=content_type(name))
        for name, path, size in plain_files(folder)
    )


def content_type(name: str) -> str:
    """The media type for a file's ending; the machine's own tables are not asked, they differ."""
    return TYPES.get(Path(name).suffix.lower(), "application/octet-stream")


def read_manifest(folder: Path) -> dict[str, Any]:
    """A published folder's manifest, checked against its digest. Raises StoreError where damaged."""
    try:
        content = (folder / MANIFEST).read_bytes()
        promised = (folder / SIDECAR).read_bytes()
    except OSError as error:
        raise _damaged(folder, f"it cannot be read ({error.strerror})") from error
    if promised != f"{hashlib.sha256(content).hexdigest()}  {MANIFEST}\n".encode():
        raise _damaged(folder, f"it does not match {SIDECAR}")
    manifest: dict[str, Any] = json.loads(content)
    return manifest


def _damaged(folder: Path, found: str) -> StoreError:
    return StoreError(
        str(folder / MANIFEST),
        found,
        "the manifest as it was published",
        "delete the folder and build again",
        code="store-damaged",
    )


def differences(folder: Path, manifest: Mapping[str, Any], *, verify: bool) -> Iterator[Problem]:
    """How a published folder differs from its manifest; with ``verify``, contents are hashed."""
    promised = {entry["path"]: entry for entry in manifest["files"]}
    present = {name: (path, status) for name, path, status in walk(folder) if name not in (MANIFEST, SIDECAR)}
    for name in sorted(promised.keys() | present.keys()):
        if name not in present:
            found: str | None = "it is missing"
        elif name not in promised:
            found = "it is not in the manifest"
        else:
            found = _difference(*present[name], promised[name], verify)
        if found is not None:
            yield Problem(
                "store-damaged",
                str(folder / name),
                found,
                "the file as it was published",
                "delete the folder and build again",
            )


def _difference(path: Path, status: os.stat_result, entry: Mapping[str, Any], verify: bool) -> str | None:
    if reason := unfit(status):
        return f"it is {reason}"
    if status.st_size != entry["bytes"]:
        return f"{status.st_size} bytes instead of {entry['bytes']}"
    if verify:
        try:
            found = digest(path)
        except OSError as error:
            return f"it cannot be read ({error.strerror})"
        if found != entry["sha256"]:
            return f"SHA-256 {found[:12]}… instead of {entry['sha256'][:12]}…"
    return None
