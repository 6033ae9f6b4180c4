"""Where on Earth a CRS is made for, and whether coordinates lie there."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyproj

from heritage.model.arrays import F64
from heritage.model.frames import WGS84, plan_of

_MARGIN_DEG = 1.0  # areas of use are drawn generously, and a site may straddle their edge


def lies_within(crs: pyproj.CRS, x: float, y: float, other: pyproj.CRS) -> bool | None:
    """Whether a place of ``crs`` (x east, y north) lies in the area of use of ``other``; None where that states no area."""
    area = other.area_of_use
    if area is None:
        return None
    lon, lat = pyproj.Transformer.from_crs(plan_of(crs), WGS84, always_xy=True).transform(x, y)
    if not (np.isfinite(lon) and np.isfinite(lat)):
        return False
    if crs.is_geographic and not (abs(x) <= 360 and abs(y) <= 90):
        return False
    across = area.west <= area.east
    m = _MARGIN_DEG
    east_west = (
        area.west - m <= lon <= area.east + m if across else lon >= area.west - m or lon <= area.east + m
    )
    return bool(east_west and area.south - m <= lat <= area.north + m)


def area_middle(crs: pyproj.CRS) -> tuple[float, float] | None:
    """Longitude and latitude in the middle of the area of use; None where the CRS states none."""
    area = crs.area_of_use
    if area is None:
        return None
    # One that crosses the antimeridian begins in the east and ends in the west.
    east = area.east if area.west <= area.east else area.east + 360
    return (((area.west + east) / 2 + 180) % 360 - 180, (area.south + area.north) / 2)


def counted(lons: npt.ArrayLike) -> F64:
    """Longitudes (n,) as they are nearest to the first: their mean and median are then among them, which those of 179.9 and
    -179.9 degrees are not. What is no longitude stays as it is."""
    degrees = np.asarray(lons, np.float64)
    near = degrees[:1] + (degrees - degrees[:1] + 180) % 360 - 180
    return np.where(np.abs(degrees) <= 180, near, degrees)


def area_words(crs: pyproj.CRS) -> str:
    """The area of use in degrees, for a message; empty where the CRS states none."""
    area = crs.area_of_use
    return f"{area.west:g} to {area.east:g} east, {area.south:g} to {area.north:g} north" if area else ""


def reads_as(crs: pyproj.CRS | None, x: float, y: float, site_crs: pyproj.CRS | None) -> str | None:
    """As what the numbers of a place, which is wrong in ``crs`` (None: in none), would lie in the site's area.

    That is ``site_crs`` or degrees, as they are or exchanged; None where they fit nothing.
    """
    for other, name in ((site_crs, "the site's crs"), (WGS84, "EPSG:4326, degrees")):
        if other is None or other == crs:
            continue
        for (a, b), order in (((x, y), ""), ((y, x), " with x and y exchanged")):
            if lies_within(other, a, b, other) and (site_crs is None or lies_within(other, a, b, site_crs)):
                return f"{name}{order}"
    return None
