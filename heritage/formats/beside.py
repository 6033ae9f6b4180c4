"""The files that belong to a document: those in its folder, or in the archive it lies in. Never any other."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote


class Beside(Protocol):
    """Where a document's files are."""

    def read(self, uri: str, most_bytes: int) -> bytes | None:
        """The file at ``uri``, None for one that is not there, is larger, or is anywhere else."""


class InFolder:
    """Files in ``folder`` and below. A link that leads out of it is not followed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, uri: str, most_bytes: int) -> bytes | None:
        """As `Beside.read`."""
        name = _inside(uri)
        if name is None:
            return None
        try:
            path = (self.folder / name).resolve(strict=True)
            if not (path.is_relative_to(self.folder.resolve()) and path.is_file()):
                return None
            if path.stat().st_size > most_bytes:
                return None
            return path.read_bytes()
        except (OSError, ValueError, RuntimeError):
            return None


class InArchive:
    """Files of an opened ZIP, from the folder in it where the document lies."""

    def __init__(self, archive: zipfile.ZipFile, folder: str = "") -> None:
        self.archive, self.folder = archive, folder

    def read(self, uri: str, most_bytes: int) -> bytes | None:
        """As `Beside.read`. What the directory says of a size is not believed."""
        name = _inside(uri)
        if name is None:
            return None
        try:
            with self.archive.open(self.folder + name) as stream:
                content = stream.read(most_bytes + 1)
        except (
            KeyError,
            OSError,
            ValueError,
            RuntimeError,
            NotImplementedError,
            zipfile.BadZipFile,
            EOFError,
        ):
            return None
        return content if len(content) <= most_bytes else None


def _inside(uri: str) -> str | None:
    """A relative path that stays where it begins; None for web addresses, absolute paths and ways up."""
    name = unquote(uri.split("#")[0].split("?")[0])
    parts = name.split("/")
    if not name or "\\" in name or "\0" in name or re.match(r"^(/|[A-Za-z][A-Za-z0-9+.-]*:)", name):
        return None
    if ".." in parts:
        return None
    return "/".join(part for part in parts if part not in {"", "."}) or None
