"""Read LAS, LAZ and COPC (a LAZ with an index that plain reading may ignore)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import laspy
import lazrs  # type: ignore[import-untyped]
import numpy as np

from heritage.formats.las_header import LasFacts, read_las_header
from heritage.formats.reader import CloudReader, fewer, finite, known_or_zero
from heritage.model.errors import InputError
from heritage.model.source import Chunk, SourceHeader

# The sibling backend on one thread decodes past the last chunk into the chunk table and gives points that
# nobody measured; this one refuses (laspy 2.7, lazrs 0.8).
BACKEND = laspy.LazBackend.LazrsParallel
_WITH_COLOUR = {2, 3, 5, 7, 8, 10}
_NORMAL_NAMES = (("nx", "ny", "nz"), ("normalx", "normaly", "normalz"), ("normal_x", "normal_y", "normal_z"))
_FOREIGN = (lazrs.LazrsError, laspy.errors.LaspyException, ValueError, OverflowError, EOFError, struct.error)


def open_las(path: Path) -> CloudReader:
    """Open a LAS or LAZ file whose header has been checked. Raises InputError, see ``read_las_header``."""
    facts = read_las_header(path)
    names = _extra_names(path)
    header = SourceHeader(
        name=path.name,
        format=f"{'LAZ' if facts.compressed else 'LAS'} {facts.version}, point format {facts.point_format}",
        points=facts.points,
        crs=facts.crs,
        unit=facts.unit,
        plan_unit=facts.plan_unit,
        height_unit=facts.height_unit,
        colour_bits=16 if facts.point_format in _WITH_COLOUR else 0,
        has_normals=_normals(names) is not None,
        has_confidence="confidence" in names,
        has_classes=True,
        low=facts.low,
        high=facts.high,
        notes=facts.notes,
    )
    return CloudReader(header, lambda size: _chunks(path, facts, names, size))


def _extra_names(path: Path) -> dict[str, str]:
    """Extra dimensions as their lower-case name to the name in the file."""
    try:
        with laspy.open(path, laz_backend=BACKEND, read_evlrs=False) as reader:
            return {name.lower(): name for name in reader.header.point_format.extra_dimension_names}
    except _FOREIGN as error:
        raise _damaged(path, error) from None


def _normals(names: dict[str, str]) -> list[str] | None:
    for triple in _NORMAL_NAMES:
        if all(name in names for name in triple):
            return [names[name] for name in triple]
    return None


def _chunks(path: Path, facts: LasFacts, names: dict[str, str], size: int) -> Iterator[Chunk]:
    first = 0
    with laspy.open(path, laz_backend=BACKEND, read_evlrs=False) as reader:
        while first < facts.points:
            points = _read_points(path, reader, size)
            if len(points) == 0:
                raise fewer(path.name, facts.points, first)
            yield _chunk(path, facts, names, points, first)
            first += len(points)


def _read_points(path: Path, reader: Any, size: int) -> Any:
    try:
        return reader.read_points(size)
    except _FOREIGN as error:
        raise _damaged(path, error) from None
    except BaseException as error:
        # A panic inside lazrs arrives as a class that cannot be imported and derives from BaseException.
        if type(error).__name__ != "PanicException":
            raise
        raise _damaged(path, error) from None


def _chunk(path: Path, facts: LasFacts, names: dict[str, str], points: Any, first: int) -> Chunk:
    raw = np.column_stack([points.X, points.Y, points.Z])
    xyz = raw * np.array(facts.scale) + np.array(facts.offset)
    finite(path.name, xyz, first)
    rgb = None
    if facts.point_format in _WITH_COLOUR:
        rgb = np.column_stack([points.red, points.green, points.blue]).astype(np.uint16)
    triple = _normals(names)
    normal = (
        None
        if triple is None
        else known_or_zero(np.column_stack([np.asarray(points[n], np.float32) for n in triple]))
    )
    confidence = np.asarray(points[names["confidence"]], np.float32) if "confidence" in names else None
    if confidence is not None:
        finite(path.name, confidence[:, None], first, "confidence")
    classes = np.asarray(points.classification, np.uint8)
    withheld = np.asarray(points.withheld, bool)
    if not withheld.any():
        return Chunk(xyz, rgb, normal, confidence, classes)

    def kept(values: Any) -> Any:
        return None if values is None else values[~withheld]

    return Chunk(
        kept(xyz),
        kept(rgb),
        kept(normal),
        kept(confidence),
        kept(classes),
        left_out={"withheld": int(withheld.sum())},
    )


def _damaged(path: Path, error: BaseException) -> InputError:
    found = f"the points cannot be read ({error})"
    return InputError(
        path.name,
        found,
        "a whole LAS or LAZ file is needed",
        "copy it again from its source",
        code="las-damaged",
    )
