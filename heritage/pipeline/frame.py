"""Where the site's frame is: near its monuments, and the same for as long as they stay where they are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyproj
from shapely import transform
from shapely.geometry.base import BaseGeometry

from heritage.model.areas import area_middle, counted
from heritage.model.arrays import F64
from heritage.model.frames import WGS84_3D, SiteFrame

# Rounded to about 100 m, so that one corrected footprint does not move the frame and rebuild everything.
_DECIMALS = 3


def site_frame(anchors: Sequence[tuple[float, float]], crs: pyproj.CRS, ground_m: float) -> SiteFrame:
    """The frame at the middle of ``anchors`` (lon, lat degrees); without any, at the middle of the CRS's area of use.

    A site with no anchor is shown on its own, so the choice then only has to be valid, not right; the
    monuments say "not placed".
    """
    if anchors:
        lons, lats = zip(*anchors, strict=True)
        lon, lat = (float(np.mean(counted(lons))) + 180) % 360 - 180, float(np.mean(lats))
    else:
        lon, lat = area_middle(crs) or (0.0, 0.0)
    return SiteFrame(round(float(lon), _DECIMALS), round(float(lat), _DECIMALS), ground_m)


def lon_lat(crs: pyproj.CRS, x: float, y: float) -> tuple[float, float]:
    """A point of ``crs`` (x east, y north) as degrees."""
    lon, lat = pyproj.Transformer.from_crs(crs, WGS84_3D, always_xy=True).transform(x, y)
    return float(lon), float(lat)


def to_site(geometry: BaseGeometry, crs: pyproj.CRS, frame: SiteFrame, ground_m: float) -> BaseGeometry:
    """A geometry of ``crs`` in the plane of the site frame, metres. Taken at ``ground_m``, the height it lies at."""

    def move(places: F64) -> F64:
        heights = np.full(len(places), ground_m)
        return frame.site_from_crs(crs, np.column_stack([places[:, :2], heights]))[:, :2]

    return transform(geometry, move)
