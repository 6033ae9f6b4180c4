"""Read E57 (ASTM E2807): every scan of the file, each moved by its pose into the file's own frame."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pye57
import pyproj
from pye57 import libe57

from heritage.formats.e57_header import check_e57_file
from heritage.formats.reader import CloudReader, fewer, finite, known_or_zero, plausible_count
from heritage.model.arrays import F64, Similarity
from heritage.model.errors import InputError
from heritage.model.source import Chunk, Rgb, SourceHeader

_CARTESIAN = ("cartesianX", "cartesianY", "cartesianZ")
_SPHERICAL = ("sphericalRange", "sphericalAzimuth", "sphericalElevation")
_COLOUR = ("colorRed", "colorGreen", "colorBlue")
_NORMAL = ("nor:normalX", "nor:normalY", "nor:normalZ")
_INVALID = ("cartesianInvalidState", "sphericalInvalidState")


def open_e57(path: Path) -> CloudReader:
    """Open an E57 file. Points that a scanner marked as invalid are left out and counted as ``invalid``.

    Raises InputError for a damaged file, one without scans or points, and scans of which some have colours
    or normals and others have not.
    """
    check_e57_file(path)
    with _opened(path) as file:
        scans = [file.get_header(k) for k in range(file.scan_count)]
        if not scans:
            raise _wrong(path.name, "a file without scans", "at least one is needed")
        points = [int(scan.point_count) for scan in scans]
        plausible_count(path.name, sum(points))
        held = [set(scan.point_fields) for scan, n in zip(scans, points, strict=True) if n]
        colour, normal = (_in_all(path.name, held, names) for names in (_COLOUR, _NORMAL))
        maxima = (
            {_colour_maximum(path.name, scan) for scan, n in zip(scans, points, strict=True) if n}
            if colour
            else {0.0}
        )
        if len(maxima) > 1:
            raise _wrong(path.name, f"scans with colours up to {sorted(maxima)}", "the same range in all")
        crs, notes = _crs(path.name, file)
    maximum = maxima.pop()
    header = SourceHeader(
        name=path.name,
        format=f"E57, {len(scans)} scan{'s' if len(scans) > 1 else ''}",
        points=sum(points),
        crs=crs,
        unit="m",
        colour_bits=0 if not colour else 16 if maximum > 255 else 8,
        has_normals=normal,
        notes=notes,
    )
    return CloudReader(header, lambda size: _chunks(path, size, colour, normal, maximum))


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        file = pye57.E57(str(path))
        try:
            yield file
        finally:
            file.close()
    except libe57.E57Exception as error:
        found = f"libE57 cannot read it: {str(error).strip().splitlines()[0]}"
        raise InputError(
            path.name,
            found,
            "a whole E57 file is needed",
            "copy it again from its source",
            code="e57-damaged",
        ) from None


def _in_all(name: str, held: list[set[str]], fields: tuple[str, ...]) -> bool:
    have = [set(fields) <= scan for scan in held]
    if any(have) and not all(have):
        raise _wrong(name, f"{have.count(True)} of {len(have)} scans have {fields[0]}", "all scans or none")
    return all(have)


def _colour_maximum(name: str, scan: Any) -> float:
    """The value of full colour: from the scan's colour limits, else from the field's own."""
    limits = scan.node["colorLimits"] if scan.node.isDefined("colorLimits") else None
    if limits is not None and limits.isDefined("colorRedMaximum"):
        maximum = float(limits["colorRedMaximum"].value())
    else:
        maximum = float(libe57.StructureNode(scan.points.prototype())["colorRed"].maximum())
    if not 0 < maximum <= 65535:
        raise _wrong(name, f"colours up to {maximum:g}", "up to 65535 is allowed")
    return maximum


def _crs(name: str, file: Any) -> tuple[str | None, tuple[str, ...]]:
    if not file.root.isDefined("coordinateMetadata"):
        return None, ()
    text = file.root["coordinateMetadata"].value().strip()
    if not text:
        return None, ()
    try:
        pyproj.CRS.from_user_input(text)
    except pyproj.exceptions.CRSError:
        return None, (f"{name}: the file's CRS is none PROJ knows; it is not used, set crs in monument.yaml",)
    return text, ()


def _chunks(path: Path, size: int, colour: bool, normal: bool, maximum: float) -> Iterator[Chunk]:
    first = 0
    with _opened(path) as file:
        for k in range(file.scan_count):
            scan = file.get_header(k)
            if scan.point_count == 0:
                continue
            where = f"{path.name}, scan {k}"
            pose = _pose(where, scan)
            for columns in _columns(file, scan, where, size, (*_COLOUR, *_NORMAL) if normal else _COLOUR):
                yield _chunk(where, columns, pose, first, colour, normal, maximum)
                first += len(next(iter(columns.values())))


def _pose(where: str, scan: Any) -> Similarity:
    if not scan.has_pose():
        return Similarity.identity()
    from scipy.spatial.transform import Rotation  # half a second, and most files need none

    w, x, y, z = (float(v) for v in scan.rotation)
    length = np.sqrt(w * w + x * x + y * y + z * z)
    if not abs(length - 1) < 1e-3 or not np.isfinite(scan.translation).all():
        raise _wrong(
            where,
            f"a pose with the rotation {w:g}, {x:g}, {y:g}, {z:g}",
            "a unit quaternion and a finite shift",
        )
    return Similarity(Rotation.from_quat([x, y, z, w]).as_matrix(), np.asarray(scan.translation, np.float64))


def _columns(
    file: Any, scan: Any, where: str, size: int, optional: tuple[str, ...]
) -> Iterator[dict[str, npt.NDArray[np.float64]]]:
    """The scan's columns as float64, ``size`` rows at a time."""
    fields = set(scan.point_fields)
    place = next((names for names in (_CARTESIAN, _SPHERICAL) if fields.issuperset(names)), None)
    if place is None:
        raise _wrong(
            where, f"the fields {', '.join(sorted(fields))}", "cartesian or spherical coordinates are needed"
        )
    rows = min(size, int(scan.point_count))
    wanted = [*place, *(f for f in (*optional, *_INVALID) if f in fields)]
    columns = {field: np.zeros(rows) for field in wanted}
    buffers = libe57.VectorSourceDestBuffer()
    for field, column in columns.items():
        buffers.append(libe57.SourceDestBuffer(file.image_file, field, column, rows, True, True))
    reader = scan.points.reader(buffers)
    read = 0
    while count := reader.read():
        read += count
        yield {field: column[:count].copy() for field, column in columns.items()}
    reader.close()
    if read != scan.point_count:
        raise fewer(where, scan.point_count, read)


def _chunk(
    where: str,
    columns: dict[str, npt.NDArray[np.float64]],
    pose: Similarity,
    first: int,
    colour: bool,
    normal: bool,
    maximum: float,
) -> Chunk:
    local = (
        _stack(columns, _CARTESIAN) if _CARTESIAN[0] in columns else _cartesian(_stack(columns, _SPHERICAL))
    )
    flag = next((columns[name] for name in _INVALID if name in columns), np.zeros(len(local)))
    good = flag == 0
    finite(where, local[good], first)
    turned = known_or_zero(_stack(columns, _NORMAL) @ pose.rotation.T) if normal else None
    return Chunk(
        pose.apply(local[good]),
        _rgb(where, _stack(columns, _COLOUR), maximum)[good] if colour else None,
        turned[good] if turned is not None else None,
        left_out={} if good.all() else {"invalid": int((~good).sum())},
    )


def _stack(columns: dict[str, npt.NDArray[np.float64]], names: tuple[str, ...]) -> F64:
    return np.column_stack([columns[name] for name in names])


def _cartesian(spherical: F64) -> F64:
    """Range (m), azimuth from +x and elevation from the xy plane (radians) as x, y, z; ASTM E2807, 8.4.4."""
    r, azimuth, elevation = spherical.T
    flat = r * np.cos(elevation)
    return np.column_stack([flat * np.cos(azimuth), flat * np.sin(azimuth), r * np.sin(elevation)])


def _rgb(where: str, values: F64, maximum: float) -> Rgb:
    """0..``maximum`` as uint8, or as uint16 where the range is finer than that."""
    if not ((values >= 0) & (values <= maximum)).all():
        raise _wrong(where, f"a colour outside 0 to {maximum:g}", "the range that the file states")
    if maximum > 255:
        return np.rint(values * (65535 / maximum)).astype(np.uint16)
    return np.rint(values * (255 / maximum)).astype(np.uint8)


def _wrong(where: str, found: str, allowed: str) -> InputError:
    return InputError(where, found, allowed, "export the file anew", code="e57-content")
