"""Open a cloud, whatever its format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from heritage.formats.reader import CloudReader, file_bytes
from heritage.model.errors import InputError

_BY_ENDING = {".las": "LAS", ".laz": "LAS", ".ply": "PLY", ".e57": "E57"}
_MAGIC = {
    b"LASF": "LAS",
    b"ASTM-E57": "E57",
    b"ply": "PLY",
    b"glTF": "GLB",
    b"PK\x03\x04": "ZIP",
    b"# .PCD": "PCD",
}


def open_cloud(path: Path) -> CloudReader:
    """Open a LAS, LAZ, COPC, PLY or E57 file and check its header against the file.

    Raises InputError for another ending, content of another format than the ending says, and everything
    a header can be wrong about.
    """
    format = _BY_ENDING.get(path.suffix.lower())
    if format is None:
        raise InputError(
            path.name,
            f"a cloud with the ending {path.suffix or '(none)'}",
            f"{', '.join(sorted(_BY_ENDING))} are allowed",
            "export it as LAZ",
            code="cloud-format",
        )
    file_bytes(path)
    with path.open("rb") as stream:
        start = stream.read(16)
    found = next((name for magic, name in _MAGIC.items() if start.startswith(magic)), None)
    if found != format:
        raise InputError(
            f"{path.name}, byte 0",
            f"the content is {found or 'of an unknown format'}, the ending says {format}",
            "ending and content must agree",
            "give the file the ending of its format, or copy it again",
            code="cloud-format",
        )
    return _opener(format)(path)


def _opener(format: str) -> Callable[[Path], CloudReader]:
    """A format's own reader. Only its libraries are imported: a child that reads one file starts sooner."""
    match format:
        case "LAS":
            from heritage.formats.las import open_las

            return open_las
        case "PLY":
            from heritage.formats.ply import open_ply

            return open_ply
        case _:
            from heritage.formats.e57 import open_e57

            return open_e57
