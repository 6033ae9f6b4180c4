"""What is settled on a source before a point of it is read: axis, unit and coordinate reference system."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyproj
from pydantic import Field

from heritage.model.arrays import F32, F64, Mesh
from heritage.model.documents import CrsVec3, Document, Number
from heritage.model.errors import InputError
from heritage.model.limits import LOCAL_COORDINATE_M, POINTS_STREAMED
from heritage.model.source import SourceHeader, Unit, UpAxis

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


class IngestOptions(Document):
    """What the curator knows better than the file."""

    up: UpAxis | None = Field(None, description="the file's up axis; default: the format's own")
    units: Unit | None = Field(None, description="the file's unit; default: the file's own, else metres")
    crs: str | None = Field(None, description="the file's CRS where the header has none or a wrong one")
    origin_m: CrsVec3 | None = Field(
        None,
        description="subtracted from coordinates, metres, z up; default per axis: 0, beyond 10 km the middle",
    )
    max_points: int = Field(
        POINTS_STREAMED, ge=1, le=POINTS_STREAMED, description="a cloud with more points is refused"
    )


class SourceFrame(Document):
    """How the cloud's coordinates came from the file's:
    ``xyz + origin_m = metres_per_unit * rotation(up) @ file``."""

    up: UpAxis
    metres_per_unit: Number
    crs: str | None = Field(description="WKT or authority code of the file's coordinates, None where unknown")
    origin_m: CrsVec3


ASSUMED: Final = "assumed"  # how the unit is known where nothing says it
_DEGREES_WIDE: Final = 0.05  # of longitude or latitude: 5 km
_DEGREES_TALL: Final = 200.0  # heights to degrees: 20 m over the whole 5 km


@dataclass(frozen=True)
class Begun:
    """What the header and the curator settle before a point is read."""

    header: SourceHeader
    options: IngestOptions
    up: UpAxis
    metres_per_unit: float
    unit_method: str
    crs: str | None
    warnings: tuple[str, ...]


def begin(header: SourceHeader, options: IngestOptions) -> Begun:
    """Unit, axis and CRS. Raises InputError for a cloud beyond ``max_points``, an unknown CRS, coordinates in
    degrees or geocentric, and a CRS with two units."""
    if header.points > options.max_points:
        raise InputError(
            header.name,
            f"{header.points} points",
            f"up to {options.max_points} points are allowed",
            "split the cloud by monument or part, or raise max_points",
            code="cloud-too-large",
        )
    warnings = list(header.notes)
    crs = _crs(header, options, warnings)
    metres, unit_method = _metres_per_unit(header, crs, options, warnings)
    said = None if crs is None else options.crs or header.crs
    return Begun(header, options, options.up or header.up, metres, unit_method, said, tuple(warnings))


def on_a_map(low: F64, high: F64, metres_per_unit: float) -> bool:
    """Whether a cloud from ``low`` to ``high`` (3,), file coordinates, is so far from 0 in both directions of its plan
    that its coordinates are those of a map."""
    return bool((np.abs((low + high) / 2 * metres_per_unit)[:2] > LOCAL_COORDINATE_M).all())


def refuse_degrees(begun: Begun, low: F64, high: F64) -> None:
    """Raises InputError where neither CRS nor unit is known and the cloud, from ``low`` to ``high`` (3,) in file
    coordinates, is a needle: longitude and latitude with heights in metres."""
    if begun.crs is not None or begun.unit_method != ASSUMED or begun.up != "z":
        return
    wide, tall = float((high - low)[:2].max()), float(high[2] - low[2])
    in_range = np.abs([low[:2], high[:2]]).max() <= 180
    if in_range and wide <= _DEGREES_WIDE and tall > _DEGREES_TALL * wide:
        x, y = ((low + high) / 2)[:2]
        raise InputError(
            begun.header.name,
            f"{wide:.2g} wide and {tall:.3g} tall about {x:.7g}, {y:.7g}, as degrees with heights in metres are",
            "coordinates in one unit",
            "transform the cloud to the site's CRS; or set units where it is that thin",
            code="cloud-degrees",
        )


def upright_mesh(mesh: Mesh, up: UpAxis, units: Unit) -> Mesh:
    """``mesh`` turned so that its ``up`` axis is z, in metres. Normals turn along; everything else stays."""
    rotation, metres = upright_rotation(up), METRES[units]
    return mesh.with_(
        origin=mesh.origin @ (metres * rotation).T,
        vertices=(mesh.vertices.astype(np.float64) @ (metres * rotation).T).astype(np.float32),
        normals=None if mesh.normals is None else unit_or_zero(mesh.normals @ rotation.T),
    )


def upright_rotation(up: UpAxis) -> F64:
    """(3, 3) proper rotation that carries the axis ``up`` to +z."""
    return np.array(_UPRIGHT[up], np.float64)


def unit_or_zero(normal: npt.NDArray[Any]) -> F32:
    """Normals (n, 3) made of length 1; zero, which is unknown, where they are shorter than 1e-6."""
    length = np.linalg.norm(normal, axis=1, keepdims=True)
    unit: F64 = np.divide(normal, length, out=np.zeros(normal.shape), where=length > 1e-6)
    return unit.astype(np.float32)


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


def _stated_units(
    header: SourceHeader, crs: pyproj.CRS | None, options: IngestOptions
) -> tuple[set[float], set[float]]:
    """The units, metres, that CRS and header state for the plan and for heights."""
    axes = [_alike(axis.unit_conversion_factor) for axis in crs.axis_info] if crs is not None else []
    plan, heights = set(axes[:2]), set(axes[2:])
    if crs is None:
        return plan, heights
    # What the header states of the plan says nothing of a CRS that the curator has set.
    if header.plan_unit is not None and options.crs is None:
        plan.add(_alike(METRES[header.plan_unit]))
    if header.height_unit is not None:
        # Beside the code of a vertical CRS a unit is there to change that CRS's, as in GeoTIFF.
        heights = (heights if options.crs else set()) | {_alike(METRES[header.height_unit])}
    return plan, heights


def _two_units(header: SourceHeader, found: str) -> InputError:
    remedy = "transform the cloud to a CRS in metres, or set units"
    return InputError(header.name, found, "one unit is allowed", remedy, code="cloud-units")


def _alike(factor: float) -> float:
    """A unit's metres, to be compared: the registry and we write the survey foot alike to 1e-15, the other is 6e-7 off."""
    return round(factor, 12)


def _metres_per_unit(
    header: SourceHeader, crs: pyproj.CRS | None, options: IngestOptions, warnings: list[str]
) -> tuple[float, str]:
    """The unit by the strongest word: the curator's, the format's, the CRS's; else metres, with a warning."""
    plan, heights = _stated_units(header, crs, options)
    factors = plan | heights
    if options.units is not None:
        metres = METRES[options.units]
        if factors and factors != {_alike(metres)}:
            warnings.append(
                f"{header.name}: the unit is set to {options.units}, which is not that of its CRS"
            )
        return metres, "set by the curator"
    if header.unit is not None:
        if header.height_unit not in (None, header.unit):
            raise _two_units(header, f"coordinates in {header.unit} with heights in {header.height_unit}")
        return METRES[header.unit], "by the format"
    if len(plan) > 1:
        raise _two_units(header, f"a plan said to be in {header.plan_unit}, and a CRS with another unit")
    if len(factors) > 1:
        raise _two_units(header, "a CRS with one unit in plan and another in height")
    if crs is not None:
        return crs.axis_info[0].unit_conversion_factor, "by the CRS"
    warnings.append(f"{header.name}: the file does not say its unit; metres are assumed, set units to say it")
    return 1.0, ASSUMED
