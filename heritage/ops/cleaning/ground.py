"""Find the ground of a monument's surroundings: the patch of near-level surface that nothing lies below.

Progressive morphological and cloth filters decide by the size of what stands on the ground, and eat a terrace
that is wider than their window. Here the lowest points are cut into patches at every step that a floor does
not make; the lowest large patch is ground, and so is every patch that the ground's own slope can reach. A
terrace, a stair or a roof behind a parapet starts with a step and is left alone, however large it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from heritage.model.arrays import F32, F64, Bool
from heritage.model.octree import I64

_START_SHARE = 0.1  # the first patch must have this share of the largest patch's cells: a pit is no start
_START_HEIGHT = (
    0.3  # and reach into the lowest third of the cloud: the flat roof of a roof-only capture is no ground
)
_LEAST_CELLS = 4
_MOST_CELLS = 2048  # along an axis: some 300 MB while patches are joined
_BINS = 4096  # of the heights


@dataclass(frozen=True)
class Plan:
    """Cells of ``cell_m`` over a plan: ``shape`` of them from the corner ``low`` (x, y), metres."""

    low: tuple[float, float]
    cell_m: float
    shape: tuple[int, int]

    @classmethod
    def over(cls, low: F64, high: F64, cell_m: float) -> Plan:
        """For a cloud from ``low`` to ``high`` (3,); the cells are larger where it is very wide."""
        x, y = float(low[0]), float(low[1])
        size = np.asarray(high[:2], np.float64) - np.asarray(low[:2], np.float64)
        cell_m = max(cell_m, float(size.max()) / _MOST_CELLS)
        return cls((x, y), cell_m, (int(size[0] / cell_m) + 1, int(size[1] / cell_m) + 1))

    def cells(self, xyz: F32) -> I64:
        """The cell (n,) of each point, row by row."""
        column = np.floor((xyz[:, :2].astype(np.float64) - self.low) / self.cell_m).astype(np.int64)
        column = np.clip(column, 0, np.array(self.shape) - 1)
        return np.asarray(column[:, 0] * self.shape[1] + column[:, 1])


@dataclass(frozen=True, eq=False)
class Lowest:
    """Of a block: ``cells`` (c,) that hold points, the height (c,) of the lowest in each, and how many points are
    in each of the ``bins`` of all heights."""

    cells: I64
    height: F32
    bins: I64


@dataclass(frozen=True, eq=False)
class Floor:
    """Cells (c,), ascending, that are ground, and the height (c,) of each."""

    cells: I64
    height: F32

    def within(self, cells: I64) -> Floor:
        """Those among ``cells``, ascending."""
        mask = np.isin(self.cells, cells, assume_unique=True)
        return Floor(self.cells[mask], self.height[mask])


def lowest(xyz: F32, plan: Plan, low_m: float, high_m: float) -> Lowest:
    """What a block says of the ground. Heights of the whole cloud are ``low_m`` to ``high_m``."""
    cells, place = np.unique(plan.cells(xyz), return_inverse=True)
    height = np.full(len(cells), np.inf, np.float32)
    np.minimum.at(height, place, xyz[:, 2])
    scale = _BINS / max(high_m - low_m, 1e-9)
    at = np.clip(((xyz[:, 2].astype(np.float64) - low_m) * scale).astype(np.int64), 0, _BINS - 1)
    return Lowest(cells, height, np.bincount(at, minlength=_BINS))


def find_floor(
    parts: Sequence[Lowest], plan: Plan, low_m: float, high_m: float, *, step: float, slope: float
) -> Floor:
    """Which cells are ground, from the lowest points of all blocks; options as of ``ground``."""
    flat = np.full(plan.shape[0] * plan.shape[1], np.inf)
    for part in parts:
        flat[part.cells] = np.minimum(flat[part.cells], part.height)
    bins = np.sum([part.bins for part in parts], axis=0)
    none = Floor(np.zeros(0, np.int64), np.zeros(0, np.float32))
    if bins.sum() < _LEAST_CELLS:
        return none
    upto = np.cumsum(bins) / bins.sum()
    low, high = (
        low_m + (np.searchsorted(upto, share) + 0.5) * (high_m - low_m) / _BINS for share in (0.02, 0.98)
    )
    height = flat.reshape(plan.shape)
    patch = _patches(height, step + slope * plan.cell_m)
    accepted = _accepted(height, patch, low, high, plan.cell_m, step, slope)
    if accepted is None:
        return none
    cells = np.flatnonzero(accepted.ravel())
    return Floor(cells, flat[cells].astype(np.float32))


def on_floor(xyz: F32, plan: Plan, floor: Floor, *, step: float, slope: float) -> Bool:
    """(n,) True for points on the ground."""
    if len(floor.cells) == 0:
        return np.zeros(len(xyz), bool)
    cells = plan.cells(xyz)
    place = np.minimum(np.searchsorted(floor.cells, cells), len(floor.cells) - 1)
    lifted = xyz[:, 2] - floor.height[place]
    return np.asarray((floor.cells[place] == cells) & (lifted <= step + slope * plan.cell_m))


def ground(xyz: F32, *, cell: float, step: float, slope: float) -> Bool:
    """(n,) True for points (n, 3) on the ground; z is up.

    ``cell`` metres, the grid's spacing; ``step`` metres, height difference between neighbouring cells that
    is still noise; ``slope`` rise over run that is still ground.
    """
    if len(xyz) < _LEAST_CELLS:
        return np.zeros(len(xyz), bool)
    low, high = xyz.min(0).astype(np.float64), xyz.max(0).astype(np.float64)
    plan = Plan.over(low, high, cell)
    floor = find_floor([lowest(xyz, plan, low[2], high[2])], plan, low[2], high[2], step=step, slope=slope)
    return on_floor(xyz, plan, floor, step=step, slope=slope)


def _patches(height: F64, rise: float) -> I64:
    """A patch number per cell, -1 where empty: cells that differ by no more than ``rise`` hang together."""
    cells = np.isfinite(height)
    index = np.full(height.shape, -1, np.int64)
    index[cells] = np.arange(int(cells.sum()))
    filled = np.where(cells, height, np.nan)
    rows, columns = [], []
    for a, b in (
        ((slice(None, -1), slice(None)), (slice(1, None), slice(None))),
        ((slice(None), slice(None, -1)), (slice(None), slice(1, None))),
    ):
        joined = np.abs(filled[a] - filled[b]) <= rise
        rows.append(index[a][joined])
        columns.append(index[b][joined])
    row, column = np.concatenate(rows), np.concatenate(columns)
    n = int(cells.sum())
    label = connected_components(
        coo_matrix((np.ones(len(row), np.int8), (row, column)), shape=(n, n)), directed=False
    )[1]
    index[cells] = label
    return index


def _accepted(
    height: F64, patch: I64, low: float, high: float, cell: float, step: float, slope: float
) -> Bool | None:
    """Cells of patches that are ground; None where no patch may be the first.

    ``low`` and ``high``: 2 and 98 % of the points are below, metres.
    """
    cells = patch >= 0
    size = np.bincount(patch[cells])
    every = np.arange(len(size))
    median, least = ndimage.median(height, patch, every), ndimage.minimum(height, patch, every)
    may_start = (size >= max(_LEAST_CELLS, _START_SHARE * size.max())) & (
        least <= low + _START_HEIGHT * (high - low)
    )
    if not may_start.any():
        return None
    first = int(np.flatnonzero(may_start)[np.argmin(median[may_start])])
    accepted: Bool = patch == first
    waiting = (size >= _LEAST_CELLS) & (every != first)
    while waiting.any():
        distance, (row, column) = ndimage.distance_transform_edt(
            ~accepted, sampling=cell, return_indices=True
        )
        excess = np.where(cells, height - height[row, column] - step - slope * distance, np.inf)
        # The patch's edge that faces the ground decides: far inside, any height can be reached by the slope.
        nearest = ndimage.minimum(distance, patch, every)
        facing = cells & (distance <= np.where(cells, nearest[patch], 0) + 2 * cell)
        rise = ndimage.mean(np.where(facing, excess, 0), np.where(facing, patch, -1), every)
        joins = waiting & (rise <= 0)
        if not joins.any():
            break
        accepted |= cells & joins[patch]
        waiting &= ~joins
    return accepted
