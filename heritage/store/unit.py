"""What people edit as one: the files of a document, and how they are found."""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass
from pathlib import Path

from heritage.model.errors import InputError
from heritage.store import fs
from heritage.store.history import Files, digests_of, revision_of


@dataclass(frozen=True)
class Unit:
    """A document: ``key`` names it, its files are those in ``folder`` (relative to the site) that match ``names``."""

    key: str
    folder: str
    names: re.Pattern[str]


@dataclass(frozen=True)
class Snapshot:
    """A document's files at one moment; ``revision`` is None where there are none."""

    revision: str | None
    files: Files


def found_files(site: Path, unit: Unit) -> Snapshot:
    """What is there now, whoever wrote it. Raises InputError for a link or device, and a link on the way."""
    folder = site / unit.folder
    files = {}
    if folder.is_dir():
        if folder.resolve() != site.resolve() / unit.folder:
            raise _outside(unit.folder)
        for path in sorted(folder.iterdir()):
            if unit.names.fullmatch(path.name):
                if not stat.S_ISREG(path.lstat().st_mode):
                    raise _outside(f"{unit.folder}/{path.name}".lstrip("/"))
                with fs.told(path):
                    files[path.name] = path.read_bytes()
    return Snapshot(revision_of(digests_of(files)), files)


def _outside(where: str) -> InputError:
    return InputError(
        where,
        "it is a link, or no plain file",
        "plain files inside the site's folder",
        "copy the file there",
        code="file-outside",
    )
