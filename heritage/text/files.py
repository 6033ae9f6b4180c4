"""Whether a file that a document names is there, is a plain file, and is inside the site's folder."""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from heritage.model.documents import ID_PATTERN
from heritage.model.errors import Problem
from heritage.text.lines import visible


def file_problem(root: Path, path: Path, where: str, name: str) -> Problem | None:
    """What is wrong with the file ``path``, if anything; ``where`` names it, ``name`` is the file in words.

    A link that leads out of ``root`` is refused: a site folder that someone sends must not make the
    machine that builds it publish other files of its own.
    """
    shown = visible(path.relative_to(root).as_posix(), 200)
    try:
        real = path.resolve(strict=True)
        kind = real.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return Problem(
            "file-missing",
            where,
            f"{name}: there is no file {shown}",
            "an existing file",
            _instead(path, shown),
        )
    except (OSError, RuntimeError) as error:
        why = getattr(error, "strerror", None) or "a link that leads to itself"
        found = f"{name}: {shown} cannot be read ({why})"
        return Problem("file-unreadable", where, found, "a readable file is allowed")
    if not real.is_relative_to(root.resolve()):
        found = f"{name}: {shown} is a link that leads out of the site's folder"
        return Problem("file-outside", where, found, "files inside the site's folder", "copy the file there")
    if not stat.S_ISREG(kind):
        what = "a folder" if stat.S_ISDIR(kind) else "no plain file"
        return Problem(
            "file-not-plain", where, f"{name}: {shown} is {what}", "a file is allowed", "name a file"
        )
    if not os.access(real, os.R_OK):
        return Problem(
            "file-unreadable", where, f"{name}: {shown} may not be read", "a readable file is allowed"
        )
    return None


def _instead(path: Path, shown: str) -> str:
    """What helps where ``path`` is not there: a file whose name differs in letter case, or in how accents are encoded."""

    def composed(name: str) -> str:
        return unicodedata.normalize("NFC", name)

    beside = path.parent.iterdir() if path.parent.is_dir() else ()
    near = next((p.name for p in beside if composed(p.name).lower() == composed(path.name).lower()), None)
    if near is None:
        return f"put it at {shown}, or correct the path"
    if composed(near) == composed(path.name):
        # The two look the same on any screen: a Mac, or an archive from one, keeps letters and marks apart.
        return f"{visible(near)} is there, with its accents encoded in another way: copy its name from there"
    return f"did you mean {visible(near)}?"


def id_folders(root: Path, name: str, problems: list[Problem]) -> Iterator[Path]:
    """The folders in ``root/name`` whose names are ids, sorted; what else stands there goes to ``problems``.

    Names that begin with a dot are the system's and are passed over.
    """
    parent = root / name
    if not parent.exists():
        return
    for path in sorted(parent.iterdir()):
        where = f"{name}/{visible(path.name)}"
        if path.name.startswith("."):
            continue
        if path.is_symlink() or not path.is_dir():
            what = "a link" if path.is_symlink() else "no folder"
            found, remedy = f"this is {what}", f"move it away, or make a folder of it, in {name}/"
            problems.append(Problem("folder-expected", where, found, "folders are allowed here", remedy))
        elif not re.fullmatch(ID_PATTERN.strip("^$"), path.name):
            better = as_id(path.name)
            remedy = f"rename it, for instance to {better}" if better else "rename it"
            allowed = "1 to 64 of the characters a-z, 0-9 and - are allowed"
            problems.append(Problem("folder-id", where, "the folder's name is no id", allowed, remedy))
        else:
            yield path


def as_id(name: str) -> str:
    """A name as an id: ``Ngọ Môn`` is ngo-mon."""
    plain = unicodedata.normalize("NFKD", name.lower().replace("đ", "d"))
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:64].strip("-")
