"""A signed distance from oriented points, on a sparse lattice of bricks, fine where the points are dense.

Implicit moving least squares (Kolluri 2005; Öztireli et al. 2009 for the weights): the distance at a place is the
mean of the distances to the points' tangent planes, weighted by (1 - d2 / R2)**3. It is computed on several levels of
double width each, from points averaged in cells of that width; a node takes the finest level that has points enough
around it and passes smoothly into the coarser one where it has not. So thinly seen places and small holes get the
surface that a coarse look gives them, and dense ones keep their detail.

A value depends on the points near it only, summed in the order of their cells and then of their rows, so blocks that
see the same points find the same bits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numba
import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F32, U8
from heritage.ops.points.grid import I64
from heritage.ops.surface.bricks import around, beside, reach_cells, refined, regions, touched
from heritage.ops.surface.lattice import (
    BRICK,
    BRICK_BITS,
    HALF,
    find,
    gathered,
    key_of,
    runs,
    table_of,
)
from heritage.ops.surface.levels import Entries, levels_of

RADIUS: Final = (
    2.0  # of the weights on the finest level, in its cells: wider ones mix the sides of thin parts
)
_WIDER: Final = 2.5  # on the others, so that the nodes around a finer one that lacks points are known
_OFF = 0.75  # of the squared radius: from there on a sheet is too faint to be told full
_FAINT = 0.01  # summed weight that a value needs where no coarser level knows one
_FADED, _SURE = 0.3, 1.5  # summed weight below which a level says nothing, above which it alone decides
_NEAR = 1.0  # cells: how far from a point, or from a coarse surface, bricks are kept
_UNKNOWN: Final = np.float32(np.nan)
_ALL: Final = np.array([[0, 0, 0], [2 * HALF, 2 * HALF, 2 * HALF]], np.int64)


@dataclass(frozen=True, eq=False)
class Field:
    """The finest level: ``value`` (b, BRICK, BRICK, BRICK) float32, signed distance in cells, NaN where unknown.

    ``keys`` (b,) ascending are the bricks' keys, ``table`` finds them. ``entries`` are the points on every level.
    """

    size: float
    keys: I64
    table: npt.NDArray[np.int32]
    value: F32
    entries: tuple[Entries, ...]


def reach_m(size: float, levels: int, bridge: int, beyond: int) -> float:
    """Metres around a block beyond which no point changes its field in the region `block_region` gives."""
    return size * (_outside(bridge) + beyond + 2 + reach_cells(levels, _WIDER))


def block_region(cube: I64, bridge: int, beyond: int) -> I64:
    """The first and last nodes (2, 3) that the cells of a block need which lie in its ``cube`` (2, 3) of cells or next to
    it, and ``beyond`` more cells around those."""
    more = _outside(bridge) + beyond + 2
    return np.stack([cube[0] - more, cube[1] + more])


def _outside(bridge: int) -> int:
    """Cells that a known one may lie from all points at most."""
    return BRICK * (_steps(bridge) + 1) + 1


def _steps(bridge: int) -> int:
    return -(-bridge // BRICK)


def field(
    xyz: F32, normal: F32, rgb: U8 | None, size: float, levels: int, bridge: int, region: I64 | None = None
) -> Field:
    """The field of points (n, 3) float32, metres from the cloud's origin, in the order of their rows, with outward unit
    normals (n, 3), on cells of ``size`` metres and ``levels`` levels, 3 at least.

    Nodes are known up to ``bridge`` cells from points, and some further ones; of the nodes from ``region``'s first to
    its last (2, 3) all that there are. Raises MethodError for a lattice too fine.
    """
    entries = levels_of(xyz, normal, rgb, size, levels)
    within = regions(_ALL if region is None else region, levels)
    keys, values = np.zeros(0, np.int64), np.zeros((0, BRICK, BRICK, BRICK), np.float32)
    table = table_of(keys)
    for level in reversed(range(levels)):
        of = entries[level]
        inverse, half = 1 / (size * (1 << level)), HALF >> level
        top = level == levels - 1
        radius = RADIUS if level == 0 else _WIDER
        wanted = touched(of.xyz, inverse, half, radius if top else _NEAR, *within[level])
        if not top:
            wanted = np.concatenate([wanted, refined(keys, values, _NEAR, *within[level])])
        own = np.unique(wanted)
        if level == 0:  # a brick here is a cell of level 2
            own = own[beside(own, entries[2].keys, entries[2].table, _steps(bridge))]
        held, start = runs(of.keys >> 3 * BRICK_BITS)
        start = of.start[start]
        value = np.empty((len(own), BRICK, BRICK, BRICK), np.float32)
        _values(
            own, held, start, table_of(held), of.xyz, of.normal, of.weight, inverse, half, radius, keys, table, values, value
        )  # fmt: skip
        keys, values, table = own, value, table_of(own)
    return Field(size, keys, table, values, entries)


@numba.njit(cache=True)
def _values(
    own: Any, held: Any, start: Any, table: Any, xyz: Any, normal: Any, weight: Any, inverse: Any, half: Any, radius: Any,
    coarse_keys: Any, coarse_table: Any, coarse: Any, value: Any,
) -> None:  # fmt: skip
    """Fill ``value`` (b, BRICK, BRICK, BRICK) of the bricks ``own`` from the entries and the coarser level."""
    w = np.empty((BRICK, BRICK, BRICK), np.float32)
    f = np.empty((BRICK, BRICK, BRICK), np.float32)
    parent = np.empty((BRICK // 2 + 1, BRICK // 2 + 1, BRICK // 2 + 1), np.float32)
    local = np.empty((BRICK + 1, BRICK + 1, BRICK + 1), np.float32)
    near = np.empty(27, np.int64)
    inverse2 = np.float32(1 / radius**2)
    one = np.float32(1)
    for r in range(len(own)):
        i, j, k = gathered(own[r]), gathered(own[r] >> 1), gathered(own[r] >> 2)
        n = 0
        for a in range(-1, 2):
            for b in range(-1, 2):
                for c in range(-1, 2):
                    row = find(key_of(i + a, j + b, k + c), held, table)
                    if row >= 0:
                        near[n] = row
                        n += 1
        near[:n].sort()  # the order of keys: sums must not depend on what else is in the block
        w[:] = 0
        f[:] = 0
        x0, y0, z0 = i * BRICK - half, j * BRICK - half, k * BRICK - half
        for q in range(n):
            for t in range(start[near[q]], start[near[q] + 1]):
                gx = np.float32(xyz[t, 0] * inverse - x0)
                if gx <= -radius or gx >= BRICK - 1 + radius:
                    continue
                gy = np.float32(xyz[t, 1] * inverse - y0)
                if gy <= -radius or gy >= BRICK - 1 + radius:
                    continue
                gz = np.float32(xyz[t, 2] * inverse - z0)
                if gz <= -radius or gz >= BRICK - 1 + radius:
                    continue
                nx, ny, nz, m = normal[t, 0], normal[t, 1], normal[t, 2], weight[t]
                for x in range(
                    max(0, int(np.ceil(gx - radius))), min(BRICK - 1, int(np.floor(gx + radius))) + 1
                ):
                    dx = np.float32(x) - gx
                    for y in range(
                        max(0, int(np.ceil(gy - radius))), min(BRICK - 1, int(np.floor(gy + radius))) + 1
                    ):
                        dy = np.float32(y) - gy
                        left = one - (dx * dx + dy * dy) * inverse2
                        if left <= 0:
                            continue
                        plane = nx * dx + ny * dy
                        for z in range(BRICK):
                            dz = np.float32(z) - gz
                            u = max(left - dz * dz * inverse2, np.float32(0))
                            u = u * u * u * m
                            w[x, y, z] += u
                            f[x, y, z] += u * (plane + nz * dz)
        fetched, there = False, False
        for x in range(BRICK):
            for y in range(BRICK):
                for z in range(BRICK):
                    much = w[x, y, z]
                    told, sure = _UNKNOWN, np.float32(0)
                    if much > _FAINT:
                        told = f[x, y, z] / much
                        # A full sheet's weight falls off with the fourth power of this, away from the sheet: what
                        # counts is how full it is beneath the node.
                        full = one - min(told * told * inverse2, np.float32(_OFF))
                        sure = much / (full * full * full * full)
                    if sure >= _SURE:
                        value[r, x, y, z] = told
                        continue
                    if not fetched:
                        there = _fetch(i, j, k, coarse_keys, coarse_table, coarse, local, parent)
                        fetched = True
                    guess = _UNKNOWN
                    if there:
                        guess = 2 * _between(parent, x, y, z)
                    if np.isnan(guess):
                        value[r, x, y, z] = told
                        continue
                    if sure <= _FADED:
                        value[r, x, y, z] = guess
                        continue
                    share = (sure - np.float32(_FADED)) / np.float32(_SURE - _FADED)
                    share = share * share * (np.float32(3) - 2 * share)
                    value[r, x, y, z] = guess + share * (told - guess)


@numba.njit(cache=True)
def _fetch(i: Any, j: Any, k: Any, keys: Any, table: Any, value: Any, local: Any, parent: Any) -> Any:
    """The coarse nodes under the brick (i, j, k), and one more at its far sides, into ``parent``."""
    if len(keys) == 0 or find(key_of(i >> 1, j >> 1, k >> 1), keys, table) < 0:
        return False
    around(i >> 1, j >> 1, k >> 1, keys, table, value, local, 0)
    half = BRICK // 2
    a, b, c = (i & 1) * half, (j & 1) * half, (k & 1) * half
    parent[:] = local[a : a + half + 1, b : b + half + 1, c : c + half + 1]
    return True


@numba.njit(cache=True)
def _between(parent: Any, x: Any, y: Any, z: Any) -> Any:
    """Trilinear at half steps: the mean of the 1, 2, 4 or 8 coarse nodes around a fine one."""
    total, many = np.float32(0), np.float32(0)
    for a in range(x >> 1, ((x + 1) >> 1) + 1):
        for b in range(y >> 1, ((y + 1) >> 1) + 1):
            for c in range(z >> 1, ((z + 1) >> 1) + 1):
                total += parent[a, b, c]
                many += np.float32(1)
    return total / many
