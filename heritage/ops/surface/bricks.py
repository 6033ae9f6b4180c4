"""Which bricks of a level are computed: where there are points, and where a coarser level puts the surface."""

from __future__ import annotations

from typing import Any, Final

import numba
import numpy as np

from heritage.ops.points.grid import I64
from heritage.ops.surface.lattice import BRICK, BRICK_BITS, fill_table, find, gathered, key_of

_UNKNOWN: Final = np.float32(np.nan)


def regions(region: I64, levels: int) -> list[tuple[I64, I64]]:
    """The first and last bricks (3,), (3,) of every level without which the nodes in ``region`` would differ.

    ``region`` (2, 3) are the first and last of the finest nodes. A brick is interpolated from the coarser nodes below
    it and one more at its far sides.
    """
    found = []
    low, high = region
    for level in range(levels):
        first, last = low >> (level + BRICK_BITS), high >> (level + BRICK_BITS)
        found.append((first, last))
        low, high = first << (level + BRICK_BITS), ((last + 1) << (level + BRICK_BITS)) + (1 << level)
    return found


def reach_cells(levels: int, radius: float) -> int:
    """Cells around a region beyond which no point changes its nodes: bricks and interpolation of every level but the
    coarsest, and of that the support of ``radius`` cells and the cells of the means."""
    through = sum((BRICK - 1 + 2) << level for level in range(levels - 1))
    return int(through + np.ceil((radius + 1) * (1 << (levels - 1)))) + 1


@numba.njit(cache=True)
def touched(xyz: Any, inverse: Any, half: Any, reach: Any, first: Any, last: Any) -> Any:
    """Keys, with repetitions, of the bricks from ``first`` to ``last`` (3,) that have a node within ``reach`` cells of
    a point."""
    found = np.empty(0, np.int64)
    for write in range(2):
        n = 0
        before = np.full(6, -1, np.int64)
        now = np.empty(6, np.int64)
        for t in range(len(xyz)):
            same = True
            for a in range(3):
                g = xyz[t, a] * inverse + half
                now[a] = max(np.int64(np.ceil(g - reach)) >> BRICK_BITS, first[a])
                now[3 + a] = min(np.int64(np.floor(g + reach)) >> BRICK_BITS, last[a])
                same = same and now[a] == before[a] and now[3 + a] == before[3 + a]
            if same:
                continue
            before[:] = now
            for i in range(now[0], now[3] + 1):
                for j in range(now[1], now[4] + 1):
                    for k in range(now[2], now[5] + 1):
                        if write == 1:
                            found[n] = key_of(i, j, k)
                        n += 1
        if write == 0:
            found = np.empty(n, np.int64)
    return found


@numba.njit(cache=True)
def around(i: Any, j: Any, k: Any, keys: Any, table: Any, value: Any, local: Any, below: Any) -> None:
    """Nodes of the brick (i, j, k) and its neighbours into ``local``, which begins ``below`` nodes before the brick."""
    side = local.shape[0]
    local[:] = _UNKNOWN
    high = (side - 1 - below) >> BRICK_BITS
    for a in range(-1 if below > 0 else 0, high + 1):
        for b in range(-1 if below > 0 else 0, high + 1):
            for c in range(-1 if below > 0 else 0, high + 1):
                row = find(key_of(i + a, j + b, k + c), keys, table)
                if row < 0:
                    continue
                x0, y0, z0 = a * BRICK + below, b * BRICK + below, c * BRICK + below
                for x in range(max(x0, 0), min(x0 + BRICK, side)):
                    for y in range(max(y0, 0), min(y0 + BRICK, side)):
                        for z in range(max(z0, 0), min(z0 + BRICK, side)):
                            local[x, y, z] = value[row, x - x0, y - y0, z - z0]


@numba.njit(cache=True)
def refined(keys: Any, value: Any, near: Any, first: Any, last: Any) -> Any:
    """Keys of the children, from ``first`` to ``last`` (3,), of bricks in whose part of the coarse field, one node more
    at the far sides, the surface may pass: where it is no further than ``near`` coarse cells."""
    size = 16
    while size < 2 * len(keys):
        size *= 2
    table = np.full(size, -1, np.int32)
    fill_table(keys, table)
    half = BRICK // 2
    local = np.empty((BRICK + 1, BRICK + 1, BRICK + 1), np.float32)
    found = np.empty(8 * len(keys), np.int64)
    n = 0
    for r in range(len(keys)):
        i, j, k = gathered(keys[r]), gathered(keys[r] >> 1), gathered(keys[r] >> 2)
        around(i, j, k, keys, table, value, local, 0)
        for child in range(8):
            a, b, c = child & 1, (child >> 1) & 1, child >> 2
            x, y, z = 2 * i + a, 2 * j + b, 2 * k + c
            if (
                x < first[0] or y < first[1] or z < first[2] or x > last[0] or y > last[1] or z > last[2]
            ):  # fmt: skip
                continue
            least = np.float32(np.inf)
            for x0 in range(a * half, a * half + half + 1):
                for y0 in range(b * half, b * half + half + 1):
                    for z0 in range(c * half, c * half + half + 1):
                        f = abs(local[x0, y0, z0])
                        if f < least:  # False for NaN
                            least = f
            if least <= near:
                found[n] = key_of(x, y, z)
                n += 1
    return found[:n]


@numba.njit(cache=True)
def beside(bricks: Any, held: Any, table: Any, steps: Any) -> Any:
    """Which ``bricks`` (b,) have one of the bricks ``held`` (h,) within ``steps`` of them along every axis."""
    found = np.zeros(len(bricks), np.bool_)
    for r in range(len(bricks)):
        i, j, k = gathered(bricks[r]), gathered(bricks[r] >> 1), gathered(bricks[r] >> 2)
        for n in range(steps + 1):  # the nearest first: most bricks hold points themselves
            for a in range(-n, n + 1):
                for b in range(-n, n + 1):
                    for c in range(-n, n + 1):
                        if max(abs(a), abs(b), abs(c)) < n or found[r]:
                            continue
                        found[r] = find(key_of(i + a, j + b, k + c), held, table) >= 0
            if found[r]:
                break
    return found
