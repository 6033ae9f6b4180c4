"""Reduce a cloud to its plan: cells where a wall stands, or, for clouds from above, cells along its outline."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import ndimage
from scipy.spatial import cKDTree

from heritage.model.arrays import F32, F64, Bool
from heritage.ops.points.grid import I64

_STANDING = 0.2  # |normal z| of a wall: within 11.5 degrees of vertical, batter included
_COHERENT = 0.55  # length of the mean doubled normal; foliage has about 0.2
_RAYLEIGH = 6.0  # n R^2: normals without direction reach it in 1 of 400 cells (Rayleigh's test)
_LEAST_STEPS = 3
_FULL_STEPS = 12  # 3 m of wall count in full, taller ones not more
DOOR_M = 3.0  # openings up to this width do not open a wall
_LEAST_PATCH = 0.1  # of the largest patch's area: what is smaller is no building of its own


@dataclass(frozen=True, eq=False)
class Covered:
    """Where a cloud has points in plan or encloses: ``mask`` of squares of ``cell`` metres from ``low`` (2,)."""

    mask: Bool
    low: F64
    cell: float

    @property
    def centres(self) -> F64:
        """(k, 2) of the covered squares."""
        return np.asarray((np.argwhere(self.mask) + 0.5) * self.cell + self.low)

    @property
    def middle(self) -> F64:
        """(2,) of the covered squares: what a position of the cloud is about."""
        return np.asarray(self.centres.mean(0))

    def holds(self, xy: F64) -> Bool:
        """(n,) whether points (n, 2) lie on covered squares."""
        place = np.floor((xy - self.low) / self.cell).astype(np.int64)
        inside = ((place >= 0) & (place < self.mask.shape)).all(1)
        held = np.zeros(len(xy), bool)
        held[inside] = self.mask[place[inside, 0], place[inside, 1]]
        return held


@dataclass(frozen=True, eq=False)
class Cells:
    """Evidence in plan. ``xy`` (m, 2) metres; ``angle`` (m,) of the surface's normal, radians modulo pi;
    ``weight`` (m,) 0..1; ``base`` (m,) lowest point of the column, metres, infinite where no foot is seen; ``size`` metres;
    ``covered`` the whole cloud in the same plan."""

    xy: F64
    angle: F64
    weight: F64
    base: F64
    size: float
    covered: Covered

    def about(self, middle: F64) -> Cells:
        """The same with ``middle`` (2,) as the plan's origin."""
        return replace(
            self, xy=self.xy - middle, covered=replace(self.covered, low=self.covered.low - middle)
        )

    def and_(self, more: Cells) -> Cells:
        """These and those of ``more`` of the same plan that are on none of these."""
        if not len(more.xy) or not len(self.xy):
            return self
        more = more.some(cKDTree(self.xy).query(more.xy)[0] > 1.5 * self.size)
        return replace(
            self,
            xy=np.concatenate([self.xy, more.xy]),
            angle=np.concatenate([self.angle, more.angle]),
            weight=np.concatenate([self.weight, more.weight]),
            base=np.concatenate([self.base, more.base]),
        )

    def some(self, which: Bool | I64) -> Cells:
        """Those cells that ``which`` picks."""
        return replace(
            self,
            xy=self.xy[which],
            angle=self.angle[which],
            weight=self.weight[which],
            base=self.base[which],
        )


def wall_cells(xyz: F32, normal: F32, covered: Covered, *, cell: float, step: float, kerb: float) -> Cells:
    """Cells of ``cell`` metres with a standing surface in at least three height steps of ``step`` metres.

    ``xyz`` (n, 3) metres, z up; ``normal`` (n, 3) unit, any sign. What is lower than ``kerb`` above the lowest
    points is left out. An eaves board or a beam is one step high and drops out; foliage has no common normal.
    """
    low = float(np.percentile(xyz[:, 2], 1))
    column = np.floor((xyz[:, :2] - xyz[:, :2].min(0)).astype(np.float64) / cell).astype(np.int64)
    key = column[:, 0] * (int(column[:, 1].max()) + 1) + column[:, 1]
    wall = (np.abs(normal[:, 2]) < _STANDING) & (xyz[:, 2] > low + kerb)
    cells, index = np.unique(key[wall], return_inverse=True)
    if len(cells) == 0:
        nothing = np.zeros(0)
        return Cells(np.zeros((0, 2)), nothing, nothing, nothing, cell, covered)
    p, n = xyz[wall].astype(np.float64), normal[wall].astype(np.float64)
    count = np.bincount(index)
    storey = np.floor((p[:, 2] - low) / step).astype(np.int64)
    steps = np.bincount(np.unique(index * 100_000 + storey) // 100_000, minlength=len(cells))
    xy = np.column_stack([np.bincount(index, p[:, axis]) / count for axis in (0, 1)])
    doubled = 2 * np.arctan2(n[:, 1], n[:, 0])
    cosine, sine = (np.bincount(index, f(doubled)) / count for f in (np.cos, np.sin))
    coherence = np.hypot(cosine, sine)
    good = (steps >= _LEAST_STEPS) & (coherence > _COHERENT) & (count * coherence**2 > _RAYLEIGH)
    base = np.full(len(cells), np.inf)
    place = np.minimum(np.searchsorted(cells, key), len(cells) - 1)
    under = cells[place] == key
    np.minimum.at(base, place[under], xyz[under, 2].astype(np.float64))
    weight = np.minimum(steps, _FULL_STEPS) / _FULL_STEPS * coherence
    angle = np.arctan2(sine, cosine) / 2
    return Cells(xy[good], angle[good], weight[good], base[good], cell, covered)


def outline_cells(xyz: F32, covered: Covered, *, cell: float) -> Cells:
    """Cells of ``cell`` metres along the edge of the area that the points cover, seen from above.

    For clouds that have hardly a wall, such as airborne ones. ``cell`` should be about twice the spacing.
    """
    low = xyz[:, :2].min(0)
    column = np.floor((xyz[:, :2] - low).astype(np.float64) / cell).astype(np.int64) + 3
    count = np.zeros(column.max(0) + 4)
    np.add.at(count, (column[:, 0], column[:, 1]), 1.0)
    filled = ndimage.binary_closing(count > 0, np.ones((3, 3), bool))
    label, patches = ndimage.label(filled)
    area = np.bincount(label.ravel(), minlength=patches + 1)
    area[0] = 0
    filled = (area >= max(4.0, _LEAST_PATCH * area.max()))[label]
    edge = filled & ~ndimage.binary_erosion(filled)
    smooth = ndimage.gaussian_filter(filled.astype(np.float64), 1.5)
    slope = np.stack(np.gradient(smooth), axis=-1)[edge]
    base = np.full(filled.shape, np.inf)
    np.minimum.at(base, (column[:, 0], column[:, 1]), xyz[:, 2].astype(np.float64))
    steep = np.hypot(slope[:, 0], slope[:, 1])
    place = (np.argwhere(edge) - 2.5) * cell + low
    good = np.isfinite(base[edge]) & (steep > 0.05)
    angle = np.arctan2(slope[:, 1], slope[:, 0])
    return Cells(place[good], angle[good], np.ones(int(good.sum())), base[edge][good], cell, covered)


def covered_area(xy: F64, *, cell: float, gap: float) -> Covered:
    """What points ``xy`` (n, 2) cover or enclose, in squares of ``cell`` metres; gaps up to ``gap`` metres are
    closed."""
    if len(xy) == 0:
        return Covered(np.zeros((1, 1), bool), np.zeros(2), cell)
    low = xy.min(0)
    reach = int(np.ceil(gap / 2 / cell))
    column = np.floor((xy - low) / cell).astype(np.int64) + reach + 1
    mask = np.zeros(column.max(0) + reach + 2, bool)
    mask[column[:, 0], column[:, 1]] = True
    closed = ndimage.binary_closing(mask, np.ones((3, 3), bool), iterations=reach) if reach else mask
    filled = ndimage.binary_fill_holes(closed) if reach else mask
    return Covered(np.asarray(filled, bool), low - (reach + 1) * cell, cell)
