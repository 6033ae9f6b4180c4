"""Read the points of a PLY file: ascii and binary of both byte orders; of a mesh, its vertices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal

import numpy as np
import numpy.typing as npt

from heritage.formats.ply_header import Element, PlyHeader, read_ply_header
from heritage.formats.reader import CloudReader, fewer, finite, known_or_zero, plausible_count
from heritage.model.errors import InputError
from heritage.model.limits import LINE_BYTES
from heritage.model.source import Chunk, Rgb, SourceHeader

_FORMS = {"ascii": "PLY, ascii", "<": "PLY, binary little-endian", ">": "PLY, binary big-endian"}
_COLOURS = (("red", "green", "blue"), ("diffuse_red", "diffuse_green", "diffuse_blue"), ("r", "g", "b"))
_CLASSES = ("classification", "class", "scalar_classification")
_CONFIDENCE = ("confidence", "scalar_confidence")
Table = npt.NDArray[np.void]


@dataclass(frozen=True)
class Columns:
    """Which property of the file is what; None where the file has none."""

    xyz: tuple[str, ...]
    rgb: tuple[str, ...] | None
    rgb_kind: str
    normal: tuple[str, ...] | None
    classes: str | None
    confidence: str | None


def open_ply(path: Path) -> CloudReader:
    """Open the points of a PLY file. Raises InputError naming line or byte where the header is wrong."""
    ply = read_ply_header(path)
    vertices = vertex_element(ply)
    plausible_count(ply.name, vertices.rows)
    check_size(ply)
    columns = columns_of(ply.name, vertices)
    bits: Literal[0, 8, 16] = 0 if columns.rgb is None else 16 if columns.rgb_kind == "u2" else 8
    header = SourceHeader(
        name=path.name,
        format=_FORMS[ply.form],
        points=vertices.rows,
        colour_bits=bits,
        has_normals=columns.normal is not None,
        has_confidence=columns.confidence is not None,
        has_classes=columns.classes is not None,
    )

    def read(size: int) -> Iterator[Chunk]:
        first = 0
        with path.open("rb") as stream:
            for table in vertex_tables(ply, stream, size):
                yield _chunk(path.name, table, columns, first)
                first += len(table)

    return CloudReader(header, read)


def vertex_element(ply: PlyHeader) -> Element:
    """The element ``vertex``, which must be the first table and hold plain values only."""
    vertices = ply.element("vertex")
    if vertices is None:
        raise _wrong(ply.name, "no element vertex", "one is needed")
    if vertices is not ply.elements[0]:
        raise _wrong(
            ply.name, f"the element {ply.elements[0].name} stands before vertex", "vertex must be the first"
        )
    if vertices.has_lists:
        raise _wrong(ply.name, "a list among the vertex properties", "plain values are allowed")
    return vertices


def columns_of(name: str, vertices: Element) -> Columns:
    """What the vertex properties mean, by their names, capitals or not."""
    kinds = {p.name: p.kind for p in vertices.properties}
    real = {p.name.lower(): p.name for p in vertices.properties}

    def triple(*options: tuple[str, ...]) -> tuple[str, ...] | None:
        return next(
            (tuple(real[n] for n in names) for names in options if all(n in real for n in names)), None
        )

    def single(names: tuple[str, ...]) -> str | None:
        return next((real[n] for n in names if n in real), None)

    xyz = triple(("x", "y", "z"))
    if xyz is None:
        raise _wrong(name, f"the vertex properties {', '.join(kinds)}", "x, y and z are needed")
    rgb = triple(*_COLOURS)
    rgb_kinds = {kinds[n] for n in rgb or ()}
    if rgb is not None and (len(rgb_kinds) > 1 or not rgb_kinds <= {"u1", "u2", "f4", "f8"}):
        raise _wrong(
            name,
            f"colours of the types {', '.join(sorted(rgb_kinds))}",
            "uchar, ushort or float for all three",
        )
    return Columns(
        xyz, rgb, next(iter(rgb_kinds), ""), triple(("nx", "ny", "nz")), single(_CLASSES), single(_CONFIDENCE)
    )


def check_size(ply: PlyHeader) -> None:
    """Raises InputError where a binary file is too short for its plain tables, or longer than all of them."""
    if ply.form == "ascii":
        return
    at = ply.body
    for element in ply.elements:
        if element.has_lists:
            return
        row = element.dtype(ply.form).itemsize
        if at + element.rows * row > ply.size:
            where = f"{ply.name}, byte {ply.body}"
            raise fewer(
                where, element.rows, max(0, ply.size - at) // row if row else 0, f"rows of {element.name}"
            )
        at += element.rows * row
    if ply.size > at:
        raise _wrong(
            f"{ply.name}, byte {at}",
            f"{ply.size - at} bytes more than the header promises",
            "header and content must agree",
        )


def vertex_tables(ply: PlyHeader, stream: BinaryIO, size: int) -> Iterator[Table]:
    """The vertices as structured arrays of up to ``size`` rows. ``stream`` then stands behind them."""
    vertices = vertex_element(ply)
    stream.seek(ply.body)
    row = vertices.dtype("<" if ply.form == "ascii" else ply.form)
    left = vertices.rows
    while left:
        wanted = min(size, left)
        if ply.form == "ascii":
            table = _ascii_rows(ply, stream, row, vertices.rows - left, wanted)
        else:
            content = stream.read(wanted * row.itemsize)
            table = np.frombuffer(content[: len(content) // row.itemsize * row.itemsize], row)
        if len(table) < wanted:
            raise fewer(ply.name, vertices.rows, vertices.rows - left + len(table))
        left -= wanted
        yield table
    if ply.form == "ascii" and len(ply.elements) == 1 and stream.read(LINE_BYTES).strip():
        raise _wrong(
            ply.name,
            f"more than the {vertices.rows} points the header promises",
            "header and content must agree",
        )


def ascii_lines(ply: PlyHeader, stream: BinaryIO, wanted: int) -> list[str]:
    """The next lines that are not blank. Raises InputError for a long one and for bytes that are no text."""
    lines: list[str] = []
    while len(lines) < wanted and (line := stream.readline(LINE_BYTES + 1)):
        where = f"{ply.name}, before byte {stream.tell()}"
        if len(line) > LINE_BYTES:
            raise _wrong(where, "a line without end", f"{LINE_BYTES} bytes are allowed")
        if not line.isascii():
            raise _wrong(where, "bytes that are no text", "ascii numbers are allowed")
        if line.strip():
            lines.append(line.decode("ascii"))
    return lines


def _ascii_rows(ply: PlyHeader, stream: BinaryIO, row: np.dtype[np.void], first: int, wanted: int) -> Table:
    lines = ascii_lines(ply, stream, wanted)
    if not lines:
        return np.empty(0, row)
    try:
        return np.loadtxt(lines, row, comments=None, ndmin=1)
    except ValueError as error:
        where = f"{ply.name}, points {first} to {first + len(lines) - 1}"
        raise _wrong(
            where, str(error), f"{len(row.names or ())} numbers a line: {', '.join(row.names or ())}"
        ) from None


def _chunk(name: str, table: Table, columns: Columns, first: int) -> Chunk:
    xyz = stacked(table, columns.xyz, np.float64)
    finite(name, xyz, first)
    confidence = None if columns.confidence is None else table[columns.confidence].astype(np.float32)
    if confidence is not None:
        finite(name, confidence[:, None], first, "confidence")
    return Chunk(
        xyz,
        None if columns.rgb is None else colours(name, stacked(table, columns.rgb, None), first),
        None if columns.normal is None else known_or_zero(stacked(table, columns.normal, np.float32)),
        confidence,
        None if columns.classes is None else _classes(name, table[columns.classes], first),
    )


def stacked(table: Table, names: tuple[str, ...], dtype: npt.DTypeLike | None) -> npt.NDArray[Any]:
    """Columns of a table side by side, in machine byte order."""
    out = np.stack([table[n] for n in names], axis=1)
    return out.astype(dtype or out.dtype.newbyteorder("="))


def colours(name: str, values: npt.NDArray[Any], first: int) -> Rgb:
    """Colours (n, 3) as the file's integers; floats from 0 to 1 as uint8."""
    if values.dtype == np.uint16:
        return values.astype(np.uint16)
    if values.dtype == np.uint8:
        return values.astype(np.uint8)
    inside = ((values >= 0) & (values <= 1)).all(axis=1)
    if not inside.all():
        bad = int(np.flatnonzero(~inside)[0])
        raise _wrong(
            f"{name}, point {first + bad}",
            f"the colour {', '.join(f'{v:g}' for v in values[bad])}",
            "floats from 0 to 1, or uchar",
        )
    scaled: npt.NDArray[np.float64] = np.rint(values * 255)
    return scaled.astype(np.uint8)


def _classes(name: str, values: npt.NDArray[Any], first: int) -> npt.NDArray[np.uint8]:
    good = (values >= 0) & (values <= 255) & (values == np.floor(values))
    if not good.all():
        bad = int(np.flatnonzero(~good)[0])
        raise _wrong(
            f"{name}, point {first + bad}",
            f"the class {values[bad]:g}",
            "whole numbers from 0 to 255 are allowed",
        )
    return values.astype(np.uint8)


def _wrong(where: str, found: str, allowed: str) -> InputError:
    return InputError(where, found, allowed, "export the file anew", code="ply-content")
