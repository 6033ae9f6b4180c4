"""One point in each cube of a grid of powers of two, so that pieces of a cloud are thinned as the whole would be."""

from __future__ import annotations

import numpy as np

from heritage.model.arrays import F32
from heritage.model.octree import DEPTH, I64, Octree

_SHARE = 4.0  # points in a cube that a surface fills without a gap
_FINER = 8.0  # first thinned to cubes so many times smaller than wanted, or
_MORE = 8  # to so many times more points than wanted


def cubes_at_depths(xyz: F32, root: Octree) -> I64:
    """(``DEPTH`` + 1,) how many cubes of each depth of ``root`` hold points (n, 3) float32 metres."""
    if len(xyz) == 0:
        return np.zeros(DEPTH + 1, np.int64)
    codes = np.sort(root.codes(xyz))
    differing = codes[1:] ^ codes[:-1]
    # A new cube begins at each depth below the first three bits that differ.
    shifts = np.arange(3 * DEPTH, -1, -3).astype(np.uint64)
    return np.array([1 + int(np.count_nonzero(differing >> shift)) for shift in shifts], np.int64)


def even_grid(counts: I64, points: int, most: int, root: Octree) -> tuple[float, float, int]:
    """Which grid thins a cloud evenly to at most about ``most`` points.

    ``counts`` as `cubes_at_depths` gives them for the whole cloud of ``points``. Returns the side in metres of
    the cube that holds four points on average; the side wanted, no smaller; and the depth to which pieces are
    thinned first, finer than that.
    """
    sides = 2.0 ** (root.exponent + 1 - np.arange(DEPTH + 1))
    # Both fall with depth; np.interp wants them to rise.
    filled = np.log(np.maximum(counts[::-1], 1))
    logs = np.log(sides[::-1])
    four = float(np.exp(np.interp(-np.log(points / _SHARE), -filled, logs)))
    wanted = max(four, float(np.exp(np.interp(-np.log(most), -filled, logs))))
    fits = (counts <= _MORE * most) & (sides >= wanted / _FINER)
    return four, wanted, int(np.flatnonzero(fits).max(initial=0))


def one_per_cube(xyz: F32, root: Octree, depth: int) -> I64:
    """Indices, ascending, of the point nearest to the middle of each cube at ``depth``, of equals the first."""
    codes = root.codes(xyz) >> np.uint64(3 * (DEPTH - depth))
    side = 2.0 ** (root.exponent + 1 - depth)
    place = (xyz.astype(np.float64) - root.corner) / side
    off = ((place - np.floor(place) - 0.5) ** 2).sum(1)
    order = np.lexsort((off, codes))
    first = np.ones(len(order), bool)
    first[1:] = codes[order][1:] != codes[order][:-1]
    return np.sort(order[first])
