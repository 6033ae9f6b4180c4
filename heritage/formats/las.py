"""Read LAS, LAZ and COPC (a LAZ with an index that plain reading may ignore); write labelled ones."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import laspy
import lazrs  # type: ignore[import-untyped]
import numpy as np
import numpy.typing as npt
import pyproj

from heritage.formats.las_header import LasFacts, read_las_header
from heritage.formats.reader import CloudReader, fewer, finite, known_or_zero
from heritage.model.arrays import PointCloud
from heritage.model.errors import InputError, StoreError
from heritage.model.source import Chunk, SourceHeader

# The sibling backend on one thread decodes past the last chunk into the chunk table and gives points that
# nobody measured; this one refuses (laspy 2.7, lazrs 0.8).
_BACKEND = laspy.LazBackend.LazrsParallel
_WRITTEN_STEP_M = 1e-4
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
        with laspy.open(path, laz_backend=_BACKEND, read_evlrs=False) as reader:
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
    with laspy.open(path, laz_backend=_BACKEND, read_evlrs=False) as reader:
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


def write_las(
    path: Path,
    cloud: PointCloud,
    classes: npt.NDArray[np.uint8],
    reasons: npt.NDArray[np.uint8],
    *,
    crs: str | None = None,
) -> None:
    """Write a labelled cloud as LAS 1.4 (LAZ by the ending .laz): every point in its order, ASPRS
    ``classes`` (n,) uint8 and an extra dimension ``reason`` (n,) uint8 with the values of
    ``heritage.model.arrays.REASONS``.

    Coordinates are the cloud's with its origin, in steps of 0.1 mm. The file is read back before this
    returns; raises StoreError where what was read is not what was written.
    """
    header = laspy.LasHeader(version="1.4", point_format=6 if cloud.rgb is None else 7)
    header.scales = np.full(3, _WRITTEN_STEP_M)
    header.offsets = np.floor(cloud.origin)
    header.add_extra_dim(laspy.ExtraBytesParams("reason", np.uint8, "why the class, see Heritage"))
    if crs is not None:
        header.add_crs(pyproj.CRS.from_user_input(crs))
    las = laspy.LasData(header)
    las.xyz = cloud.world()
    if cloud.rgb is not None:
        las.red, las.green, las.blue = cloud.rgb.T.astype(np.uint16) * 257
    las.classification = classes
    las["reason"] = reasons
    las.return_number = las.number_of_returns = np.ones(len(cloud), np.uint8)
    las.write(path, laz_backend=_BACKEND)
    _read_back(path, cloud, classes, reasons)


def _read_back(
    path: Path, cloud: PointCloud, classes: npt.NDArray[np.uint8], reasons: npt.NDArray[np.uint8]
) -> None:
    with laspy.open(path, laz_backend=_BACKEND) as reader:
        las = reader.read()
    same = (
        len(las) == len(cloud)
        and bool((np.abs(las.xyz - cloud.world()) <= 0.51 * _WRITTEN_STEP_M).all())
        and np.array_equal(las.classification, classes)
        and np.array_equal(las["reason"], reasons)
        and (
            cloud.rgb is None
            or np.array_equal(np.column_stack([las.red, las.green, las.blue]) // 257, cloud.rgb)
        )
    )
    if not same:
        raise StoreError(
            path.name,
            "what was read back differs from what was written",
            "the same",
            "write it again",
            code="las-read-back",
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
