"""A source's points and models in a frame the rest of the house can use: z up, metres, near an origin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyproj
from pydantic import Field

from heritage.model.arrays import F32, F64, U8, Mesh, PointCloud
from heritage.model.documents import Document, Number, Vec3
from heritage.model.errors import InputError
from heritage.model.limits import LOCAL_COORDINATE_M, POINTS_IN_MEMORY
from heritage.model.report import Counts, Figure, balanced
from heritage.model.source import Chunk, Rgb, SourceHeader, Unit, UpAxis

METRES: Final[dict[Unit, float]] = {
    "m": 1.0,
    "mm": 0.001,
    "cm": 0.01,
    "km": 1000.0,
    "ft": 0.3048,
    "us-ft": 1200 / 3937,
    "in": 0.0254,
}

# Proper rotations that carry an axis to +z; each keeps as many of the other axes as it can.
_UPRIGHT: Final[dict[UpAxis, tuple[tuple[int, int, int], ...]]] = {
    "z": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "-z": ((1, 0, 0), (0, -1, 0), (0, 0, -1)),
    "y": ((1, 0, 0), (0, 0, -1), (0, 1, 0)),
    "-y": ((1, 0, 0), (0, 0, 1), (0, -1, 0)),
    "x": ((0, 0, -1), (0, 1, 0), (1, 0, 0)),
    "-x": ((0, 0, 1), (0, 1, 0), (-1, 0, 0)),
}
_ORIGIN_STEP_M = 100.0


class IngestOptions(Document):
    """What the curator knows better than the file."""

    up: UpAxis | None = Field(None, description="the file's up axis; default: the format's own")
    units: Unit | None = Field(None, description="the file's unit; default: the file's own, else metres")
    crs: str | None = Field(None, description="the file's CRS where the header has none or a wrong one")
    origin_m: Vec3 | None = Field(
        None,
        description="subtracted from coordinates, metres, z up; default per axis: 0, beyond 10 km the middle",
    )
    max_points: int = Field(
        POINTS_IN_MEMORY, ge=1, le=POINTS_IN_MEMORY, description="a cloud with more points is refused"
    )


class SourceFrame(Document):
    """How the cloud's coordinates came from the file's:
    ``xyz + origin_m = metres_per_unit * rotation(up) @ file``."""

    up: UpAxis
    metres_per_unit: Number
    crs: str | None = Field(description="WKT or authority code of the file's coordinates, None where unknown")
    origin_m: Vec3


@dataclass(frozen=True)
class Ingested:
    """The whole cloud, with what was decided on the way and why."""

    cloud: PointCloud
    frame: SourceFrame
    counts: Counts
    figures: tuple[Figure, ...]
    warnings: tuple[str, ...]


def ingest(header: SourceHeader, chunks: Iterable[Chunk], options: IngestOptions) -> Ingested:
    """Gather ``chunks`` into one cloud: z up, metres, float32 offsets from a float64 origin, 8-bit colours.

    Colours in 16-bit fields are taken as 16-bit when any channel of the whole cloud exceeds 255, else as
    8-bit ones in wide fields. Raises InputError for a cloud beyond ``max_points``, one in which no valid
    point is left, coordinates in degrees or geocentric, and points too far from each other for float32.
    """
    if header.points > options.max_points:
        raise InputError(
            header.name,
            f"{header.points} points",
            f"up to {options.max_points} points at once are allowed",
            "split the cloud by monument or part",
            code="cloud-too-large",
        )
    warnings = list(header.notes)
    crs = _crs(header, options, warnings)
    metres, unit_method = _metres_per_unit(header, crs, options, warnings)
    up = options.up or header.up
    rotation = upright_rotation(up)

    gathered = _gather(header, chunks)
    xyz = gathered.xyz @ (metres * rotation).T
    low, high = xyz.min(0), xyz.max(0)
    origin, origin_method = _origin(low, high, options)
    xyz -= origin
    if not (np.abs(xyz) <= LOCAL_COORDINATE_M).all():
        raise InputError(
            header.name,
            f"points from {_shown(low)} to {_shown(high)} m",
            f"up to {LOCAL_COORDINATE_M:g} m from the origin {_shown(origin)} is allowed",
            "remove stray points, split the cloud, or set units or origin_m",
            code="cloud-too-wide",
        )
    rgb, depth = _eight_bits(gathered.rgb, warnings)
    normal = None if gathered.normal is None else _unit_or_zero(gathered.normal @ rotation.T)
    cloud = PointCloud(
        origin, xyz.astype(np.float32), rgb, normal, gathered.confidence, gathered.source_class
    )
    figures = (
        *(
            _metre(f"size_{a}", s, f"z is the file's {up} axis")
            for a, s in zip("xyz", high - low, strict=True)
        ),
        *(_metre(f"origin_{a}", o, origin_method) for a, o in zip("xyz", origin, strict=True)),
        Figure(name="metres_per_unit", value=metres, unit="m", method=unit_method),
        depth,
    )
    frame = SourceFrame(
        up=up,
        metres_per_unit=metres,
        crs=None if crs is None else options.crs or header.crs,
        origin_m=(float(origin[0]), float(origin[1]), float(origin[2])),
    )
    counts = balanced("points", header.points, len(cloud), gathered.left_out)
    return Ingested(cloud, frame, counts, figures, tuple(warnings))


def upright_mesh(mesh: Mesh, up: UpAxis, units: Unit) -> Mesh:
    """``mesh`` turned so that its ``up`` axis is z, in metres. Normals turn along; everything else stays."""
    rotation, metres = upright_rotation(up), METRES[units]
    return mesh.with_(
        origin=mesh.origin @ (metres * rotation).T,
        vertices=(mesh.vertices.astype(np.float64) @ (metres * rotation).T).astype(np.float32),
        normals=None if mesh.normals is None else _unit_or_zero(mesh.normals @ rotation.T),
    )


def upright_rotation(up: UpAxis) -> F64:
    """(3, 3) proper rotation that carries the axis ``up`` to +z."""
    return np.array(_UPRIGHT[up], np.float64)


def _crs(header: SourceHeader, options: IngestOptions, warnings: list[str]) -> pyproj.CRS | None:
    text = options.crs or header.crs
    if text is None:
        return None
    try:
        crs = pyproj.CRS.from_user_input(text)
    except pyproj.exceptions.CRSError:
        allowed = "an EPSG code such as EPSG:32648"
        raise InputError(
            header.name, f"{text!r} is no CRS known to PROJ", allowed, code="crs-unknown"
        ) from None
    if crs.is_geographic or crs.is_geocentric:
        raise InputError(
            header.name,
            f"coordinates of {crs.name}, which are {'degrees' if crs.is_geographic else 'geocentric'}",
            "a projected CRS is allowed",
            "transform the cloud to the site's CRS, or set crs where the header is wrong",
            code="crs-not-projected",
        )
    if options.crs and header.crs and not crs.equals(pyproj.CRS.from_user_input(header.crs)):
        stated = pyproj.CRS.from_user_input(header.crs).name
        warnings.append(
            f"{header.name}: the header says {stated}, the site {crs.name}; the site's word is taken"
        )
    return crs


def _metres_per_unit(
    header: SourceHeader, crs: pyproj.CRS | None, options: IngestOptions, warnings: list[str]
) -> tuple[float, str]:
    """The unit by the strongest word: the curator's, the format's, the CRS's; else metres, with a warning."""
    factors = {axis.unit_conversion_factor for axis in crs.axis_info} if crs is not None else set()
    if options.units is not None:
        metres = METRES[options.units]
        if factors and factors != {metres}:
            warnings.append(
                f"{header.name}: the unit is set to {options.units}, which is not that of its CRS"
            )
        return metres, "set by the curator"
    if header.unit is not None:
        return METRES[header.unit], "by the format"
    if len(factors) > 1:
        raise InputError(
            header.name,
            "a CRS with one unit in plan and another in height",
            "one unit is allowed",
            "transform the cloud to a CRS in metres, or set units",
            code="cloud-units",
        )
    if factors:
        return factors.pop(), "by the CRS"
    warnings.append(f"{header.name}: the file does not say its unit; metres are assumed, set units to say it")
    return 1.0, "assumed"


def _gather(header: SourceHeader, chunks: Iterable[Chunk]) -> Chunk:
    """All chunks as one; arrays are taken once at the size the header promises."""
    n = header.points
    xyz = np.empty((n, 3), np.float64)
    others: dict[str, npt.NDArray[Any]] = {}
    left_out: Counter[str] = Counter()
    at = 0
    for chunk in chunks:
        end = at + len(chunk)
        if end > n:
            raise InputError(
                header.name, f"more than the {n} points promised", "both must agree", code="cloud-count"
            )
        xyz[at:end] = chunk.xyz
        for name in ("rgb", "normal", "confidence", "source_class"):
            values = getattr(chunk, name)
            if values is not None:
                if name not in others:
                    others[name] = np.zeros((n, *values.shape[1:]), values.dtype)
                others[name][at:end] = values
        left_out.update(chunk.left_out)
        at = end
    if at == 0:
        found = f"none of its {n} points is valid"
        raise InputError(header.name, found, "at least one is needed", "export it anew", code="cloud-empty")
    return Chunk(xyz[:at], **{name: values[:at] for name, values in others.items()}, left_out=dict(left_out))


def _origin(low: F64, high: F64, options: IngestOptions) -> tuple[F64, str]:
    if options.origin_m is not None:
        return np.array(options.origin_m, np.float64), "set by the curator"
    # Axis by axis, so that heights stay what they are where only east and north are map coordinates.
    far = np.maximum(np.abs(low), np.abs(high)) > LOCAL_COORDINATE_M
    middle = np.floor((low + high) / 2 / _ORIGIN_STEP_M) * _ORIGIN_STEP_M
    return np.where(far, middle, 0.0), f"0 within {LOCAL_COORDINATE_M:g} m, else the middle in whole 100 m"


def _eight_bits(rgb: Rgb | None, warnings: list[str]) -> tuple[U8 | None, Figure]:
    def depth(bits: float | None, method: str) -> Figure:
        return Figure(name="colour_depth", value=bits, unit="bit", method=method)

    if rgb is None:
        return None, depth(None, "the file has no colours")
    most = int(rgb.max())
    if most == 0:
        warnings.append("every colour in the file is black; it is taken to have none")
        return None, depth(None, "every colour is black")
    if rgb.dtype == np.uint8:
        return rgb.astype(np.uint8), depth(8, "8-bit fields")
    if most > 255:
        return (rgb >> 8).astype(np.uint8), depth(16, f"the largest value is {most}")
    return rgb.astype(np.uint8), depth(8, f"16-bit fields, but the largest value is {most}")


def _unit_or_zero(normal: npt.NDArray[Any]) -> F32:
    length = np.linalg.norm(normal, axis=1, keepdims=True)
    unit: F64 = np.divide(normal, length, out=np.zeros(normal.shape), where=length > 1e-6)
    return unit.astype(np.float32)


def _shown(point: F64) -> str:
    return ", ".join(f"{value:g}" for value in point)


def _metre(name: str, value: float, method: str) -> Figure:
    return Figure(name=name, value=float(value), unit="m", method=method)
