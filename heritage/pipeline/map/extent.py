"""How far the map reaches, and where a raster lies in the site frame."""

from __future__ import annotations

import numpy as np
import pyproj
import shapely

from heritage.model.arrays import F64
from heritage.model.frames import SiteFrame
from heritage.model.raster import Raster

FARTHEST_M = 10_000.0  # float32 is finer than 1 mm up to here; what lies beyond is another place's map
MARGIN_M = 60.0


def map_box(boxes: F64) -> tuple[F64, F64]:
    """The rectangle (2,), (2,) around boxes (n, 4) of the site frame, with a margin; at least 200 m, at most 20 km."""
    near = boxes[(np.abs(boxes) <= FARTHEST_M).all(axis=1)]
    low, high = np.full(2, -100.0), np.full(2, 100.0)
    if len(near):
        low = np.minimum(low, near[:, :2].min(0) - MARGIN_M)
        high = np.maximum(high, near[:, 2:].max(0) + MARGIN_M)
    return low, high


def raster_box(raster: Raster, frame: SiteFrame, height_m: float) -> tuple[F64, F64, float]:
    """The rectangle around a raster in the site frame, and the side of its pixels there, metres."""
    corners = raster.corners()
    xyz = np.column_stack([corners, np.full(4, height_m)])
    crs = pyproj.CRS.from_wkt(raster.crs)
    site = frame.site_from_crs(crs, xyz)[:, :2]
    h, w = raster.values.shape[:2]
    area = shapely.Polygon(site).area
    return site.min(0), site.max(0), float(np.sqrt(area / (h * w)))


def pixel_from_site(raster: Raster, frame: SiteFrame, xy: F64, height_m: float) -> F64:
    """(column, row) of places (n, 2) of the site frame at a height of it."""
    crs = pyproj.CRS.from_wkt(raster.crs)
    there = frame.crs_from_site(crs, np.column_stack([xy, np.full(len(xy), height_m)]))
    return np.asarray(np.column_stack([there[:, :2], np.ones(len(xy))]) @ raster.pixel_from_xy.T)
