"""Open a cloud, whatever its format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from heritage.formats.reader import CloudReader, file_bytes
from heritage.model.errors import InputError
from heritage.model.limits import PRJ_BYTES

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
    return _with_sidecar(_opener(format)(path), path)


def sidecar(path: Path) -> Path:
    """Where a file of the same name keeps the cloud's CRS as WKT, as GIS programs write it."""
    return path.with_suffix(".prj")


def _with_sidecar(reader: CloudReader, path: Path) -> CloudReader:
    """The header with the CRS of a ``.prj`` beside the file, where it has none itself."""
    beside = sidecar(path)
    if reader.header.crs is not None or not beside.is_file() or beside.is_symlink():
        return reader
    if beside.stat().st_size > PRJ_BYTES:
        raise InputError(beside.name, "too large for a CRS", f"up to {PRJ_BYTES} bytes", code="crs-unknown")
    text = beside.read_text(encoding="utf-8", errors="replace").strip()
    note = f"{path.name}: its header has no CRS; that of {beside.name} is taken"
    header = replace(reader.header, crs=text, notes=(*reader.header.notes, note))
    return replace(reader, header=header)


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
