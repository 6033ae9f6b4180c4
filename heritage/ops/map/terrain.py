"""The ground as a grid of the site frame, from a raster of heights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import distance_transform_edt

from heritage.model.arrays import F32, F64, checked

CrsFromSite = Callable[[F64], F64]


@dataclass(frozen=True, eq=False)
class Terrain:
    """``heights`` (h, w) float32, site metres, at ``low`` (2,) + (column, row) * ``spacing_m``; rows go north.

    ``cover`` (h, w) float32 is 1 where a height was taken from the model; from there it falls to 0 at the grid's rim,
    and the heights with it to the plane's. ``deviation_m``: see `terrain`.
    """

    heights: F32
    cover: F32
    low: F64
    spacing_m: float
    deviation_m: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "heights", checked("heights", self.heights, "float32", (None, None)))
        object.__setattr__(self, "cover", checked("cover", self.cover, "float32", self.heights.shape))
        object.__setattr__(self, "low", checked("low", self.low, "float64", (2,)))

    @property
    def high(self) -> F64:
        """The north-east corner (2,)."""
        rows, columns = self.heights.shape
        return np.asarray(self.low + self.spacing_m * np.array([columns - 1, rows - 1]))

    def at(self, xy: F64) -> F64:
        """Heights at places (n, 2) of the site frame; NaN where the model has none."""
        pixels = (xy - self.low) / self.spacing_m
        known = np.where(self.cover >= 1, self.heights, np.float32(np.nan))
        return bilinear(known, pixels)


def bilinear(values: F32, pixels: F64) -> F64:
    """Values (h, w) at (column, row) places (n, 2) between their middles; NaN beyond them and beside a NaN."""
    h, w = values.shape
    inside = np.all((pixels >= 0) & (pixels <= [w - 1, h - 1]), axis=1)
    place = np.where(inside[:, None], pixels, 0.0)
    corner = np.clip(np.floor(place).astype(np.int64), 0, [max(w - 2, 0), max(h - 2, 0)])
    u, v = (place - corner).T
    column, row = corner.T
    right, above = np.minimum(column + 1, w - 1), np.minimum(row + 1, h - 1)
    result = np.zeros(len(pixels))
    for r, c, weight in (
        (row, column, (1 - u) * (1 - v)),
        (row, right, u * (1 - v)),
        (above, column, (1 - u) * v),
        (above, right, u * v),
    ):
        # A neighbour that is not asked for may be NaN.
        result += np.where(weight > 0, values[r, c] * weight, 0.0)
    return np.where(inside, result, np.nan)


def terrain(
    values: F32,
    pixel_from_xy: F64,
    crs_from_site: CrsFromSite,
    low: F64,
    high: F64,
    spacing_m: float,
    *,
    offset_m: float,
    plane_m: float,
    blend_m: float,
) -> Terrain:
    """Heights at the nodes of a grid over the rectangle ``low`` to ``high`` (2,), site metres.

    ``values`` (h, w) are heights of a CRS at pixels; ``crs_from_site`` carries (n, 3) there, ``offset_m`` is added to
    what is read. Within ``blend_m`` of a place without height, or of the rectangle's rim, the ground passes from the
    nearest height to the plane at ``plane_m``: that band is no measurement, and ``cover`` says so.
    ``deviation_m`` is the 95th percentile of |model - grid| at the middles of cells, where four heights meet.
    """
    columns, rows = np.ceil((high - low) / spacing_m).astype(int) + 1

    def taken(shift: float, h: int, w: int) -> F64:
        grid = np.meshgrid(np.arange(w) + shift, np.arange(h) + shift)
        xy = low + spacing_m * np.column_stack([g.ravel() for g in grid])
        return _heights(values, pixel_from_xy, crs_from_site, xy, offset_m, plane_m).reshape(h, w)

    heights = taken(0.0, rows, columns)
    rim = np.ones(heights.shape, bool)
    width = int(np.ceil(blend_m / spacing_m))
    rim[width:-width, width:-width] = False
    known = np.isfinite(heights) & ~rim
    if not known.any():
        flat = np.full(heights.shape, plane_m, np.float32)
        return Terrain(flat, np.zeros_like(flat), low, spacing_m, 0.0)
    away, nearest = distance_transform_edt(~known, sampling=spacing_m, return_indices=True)
    cover = np.clip(1 - away / max(blend_m, spacing_m), 0, 1)
    smooth = cover * cover * (3 - 2 * cover)
    filled = plane_m + (heights[tuple(nearest)] - plane_m) * smooth
    between = taken(0.5, rows - 1, columns - 1)
    four = (filled[1:, 1:] + filled[1:, :-1] + filled[:-1, 1:] + filled[:-1, :-1]) / 4
    inside = known[1:, 1:] & known[1:, :-1] & known[:-1, 1:] & known[:-1, :-1] & np.isfinite(between)
    off = np.abs(between - four)[inside]
    return Terrain(
        filled.astype(np.float32),
        cover.astype(np.float32),
        low,
        spacing_m,
        float(np.percentile(off, 95)) if len(off) else 0.0,
    )


def _heights(
    values: F32, pixel_from_xy: F64, crs_from_site: CrsFromSite, xy: F64, offset_m: float, plane_m: float
) -> F64:
    """Site heights (n,) over places (n, 2) of the site frame."""
    z = np.full(len(xy), plane_m)
    for _ in range(2):  # the plumb lines of frame and CRS part by arc seconds: once is exact to a millimetre
        there = crs_from_site(np.column_stack([xy, np.where(np.isfinite(z), z, plane_m)]))
        pixels = np.column_stack([there[:, :2], np.ones(len(xy))]) @ pixel_from_xy.T
        read = bilinear(values, pixels) + offset_m
        z = np.where(np.isfinite(z), z, plane_m) + read - there[:, 2]
    return z
