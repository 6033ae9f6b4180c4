"""The header of a PLY file (Greg Turk, "The PLY polygon file format", 1994), read strictly."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

import numpy as np

from heritage.formats.reader import file_bytes
from heritage.model.errors import InputError
from heritage.model.limits import HEADER_BYTES, LINE_BYTES

_TYPES = {
    "char": "i1",
    "int8": "i1",
    "uchar": "u1",
    "uint8": "u1",
    "short": "i2",
    "int16": "i2",
    "ushort": "u2",
    "uint16": "u2",
    "int": "i4",
    "int32": "i4",
    "uint": "u4",
    "uint32": "u4",
    "float": "f4",
    "float32": "f4",
    "double": "f8",
    "float64": "f8",
}
_FORMATS: dict[str, Literal["ascii", "<", ">"]] = {
    "ascii": "ascii",
    "binary_little_endian": "<",
    "binary_big_endian": ">",
}


@dataclass(frozen=True)
class Property:
    """``kind`` is a numpy type without byte order; ``count`` that of a list's length, None if plain."""

    name: str
    kind: str
    count: str | None = None


@dataclass(frozen=True)
class Element:
    """A table of the file: its name, its rows as promised, its columns."""

    name: str
    rows: int
    properties: tuple[Property, ...]

    @property
    def has_lists(self) -> bool:
        """Whether rows differ in length."""
        return any(p.count is not None for p in self.properties)

    def dtype(self, order: Literal["<", ">"]) -> np.dtype[np.void]:
        """One row of a table without lists."""
        return np.dtype([(p.name, order + p.kind) for p in self.properties])


@dataclass(frozen=True)
class PlyHeader:
    """``form`` is "ascii" or the byte order; ``body`` is the byte at which the first element starts;
    ``textures`` are the picture files that comments name (a habit of MeshLab's that others share)."""

    name: str
    form: Literal["ascii", "<", ">"]
    elements: tuple[Element, ...]
    body: int
    size: int
    textures: tuple[str, ...] = ()

    def element(self, name: str) -> Element | None:
        """The element of that name."""
        return next((e for e in self.elements if e.name == name), None)


def read_ply_header(path: Path) -> PlyHeader:
    """Read a PLY header. Raises InputError naming the line for anything that is not in the format."""
    size = file_bytes(path)
    with path.open("rb") as stream:
        return _read(path.name, stream, size)


def _read(name: str, stream: BinaryIO, size: int) -> PlyHeader:
    form: Literal["ascii", "<", ">"] | None = None
    elements: list[tuple[str, int, list[Property]]] = []
    textures: list[str] = []
    for number, words in _lines(name, stream):
        where = f"{name}:{number}"
        match words:
            case ["ply"] if number == 1:
                pass
            case _ if number == 1:
                raise _wrong(where, "no PLY signature", "the first line must be: ply")
            case ["comment", "TextureFile", *words] if words:
                textures.append(" ".join(words))
            case [] | ["comment", *_] | ["obj_info", *_]:
                pass
            case ["format", kind, "1.0"] if kind in _FORMATS and form is None:
                form = _FORMATS[kind]
            case ["element", label, rows] if rows.isascii() and rows.isdigit() and len(rows) < 20:
                if any(label == other for other, *_ in elements):
                    raise _wrong(where, f"a second element {label}", "each element once")
                elements.append((label, int(rows), []))
            case ["element", *_]:
                raise _wrong(
                    where, f"element {' '.join(words[1:])}", "element <name> <number of rows> is allowed"
                )
            case ["property", "list", count, kind, label] if (
                elements and _TYPES.get(count, "f")[0] != "f" and kind in _TYPES
            ):
                _add(where, elements[-1][2], Property(label, _TYPES[kind], _TYPES[count]))
            case ["property", kind, label] if elements and kind in _TYPES:
                _add(where, elements[-1][2], Property(label, _TYPES[kind]))
            case ["property", *_]:
                found = "a property before any element" if not elements else f"property {' '.join(words[1:])}"
                raise _wrong(where, found, "property <type> <name> behind an element is allowed")
            case ["end_header"]:
                if form is None:
                    raise _wrong(
                        where,
                        "the header ends without a line format",
                        "format ascii|binary_little_endian|binary_big_endian 1.0",
                    )
                table = tuple(Element(label, rows, tuple(properties)) for label, rows, properties in elements)
                return PlyHeader(name, form, table, stream.tell(), size, tuple(textures))
            case _:
                raise _wrong(
                    where,
                    f"the line {' '.join(words)[:60]!r}",
                    "format, element, property, comment, obj_info, end_header",
                )
    raise _wrong(name, "the file ends inside its header", "a line end_header is needed")


def _lines(name: str, stream: BinaryIO) -> list[tuple[int, list[str]]]:
    """Numbered lines up to and with end_header; the stream then stands at the first byte of the body."""
    lines: list[tuple[int, list[str]]] = []
    while line := stream.readline(LINE_BYTES):
        where = f"{name}:{len(lines) + 1}"
        if len(line) == LINE_BYTES or stream.tell() > HEADER_BYTES:
            raise _wrong(
                where,
                "a header line or a header without end",
                f"{LINE_BYTES} bytes a line and {HEADER_BYTES} in all are allowed",
            )
        try:
            words = line.decode("utf-8").split()
        except UnicodeDecodeError:
            raise _wrong(where, "bytes that are no text", "UTF-8 text is allowed in the header") from None
        lines.append((len(lines) + 1, words))
        if words == ["end_header"] or (len(lines) == 1 and words != ["ply"]):
            break
    return lines


def _add(where: str, properties: list[Property], new: Property) -> None:
    if any(p.name == new.name for p in properties):
        raise _wrong(where, f"a second property {new.name}", "each property once")
    properties.append(new)


def _wrong(where: str, found: str, allowed: str) -> InputError:
    return InputError(where, found, allowed, "export the file anew", code="ply-header")
