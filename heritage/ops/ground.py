"""Find the ground of a monument's surroundings: the patch of near-level surface that nothing lies below.

Progressive morphological and cloth filters decide by the size of what stands on the ground, and eat a terrace
that is wider than their window. Here the lowest points are cut into patches at every step that a floor does
not make; the lowest large patch is ground, and so is every patch that the ground's own slope can reach. A
terrace, a stair or a roof behind a parapet starts with a step and is left alone, however large it is.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from heritage.model.arrays import F32, F64, Bool
from heritage.ops.grid import I64

_START_SHARE = 0.1  # the first patch must have this share of the largest patch's cells: a pit is no start
_START_HEIGHT = (
    0.3  # and reach into the lowest third of the cloud: the flat roof of a roof-only capture is no ground
)
_LEAST_CELLS = 4
_MOST_CELLS = 4096  # along an axis


def ground(xyz: F32, *, cell: float, step: float, slope: float) -> Bool:
    """(n,) True for points (n, 3) on the ground; z is up.

    ``cell`` metres, the grid's spacing; ``step`` metres, height difference between neighbouring cells that
    is still noise; ``slope`` rise over run that is still ground.
    """
    none = np.zeros(len(xyz), bool)
    if len(xyz) < _LEAST_CELLS:
        return none
    # A stray point far away must not ask for more memory than the ground is worth.
    cell = max(cell, float(np.ptp(xyz[:, :2], axis=0).max()) / _MOST_CELLS)
    column = np.floor((xyz[:, :2] - xyz[:, :2].min(0)).astype(np.float64) / cell).astype(np.int64)
    shape = (int(column[:, 0].max()) + 1, int(column[:, 1].max()) + 1)
    flat = column[:, 0] * shape[1] + column[:, 1]
    lowest = np.full(shape[0] * shape[1], np.inf)
    np.minimum.at(lowest, flat, xyz[:, 2].astype(np.float64))
    height = lowest.reshape(shape)
    patch = _patches(height, step + slope * cell)
    accepted = _accepted(height, patch, xyz[:, 2], cell, step, slope)
    if accepted is None:
        return none
    lifted = xyz[:, 2] - np.where(np.isfinite(height), height, 0).ravel()[flat]
    return np.asarray(accepted.ravel()[flat] & (lifted <= step + slope * cell))


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


def _accepted(height: F64, patch: I64, z: F32, cell: float, step: float, slope: float) -> Bool | None:
    """Cells of patches that are ground; None where no patch may be the first."""
    cells = patch >= 0
    size = np.bincount(patch[cells])
    every = np.arange(len(size))
    median, least = ndimage.median(height, patch, every), ndimage.minimum(height, patch, every)
    low, high = np.percentile(z, [2, 98])
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
