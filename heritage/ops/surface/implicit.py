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
from heritage.ops.surface.lattice import (
    BRICK,
    BRICK_BITS,
    HALF,
    cell_keys,
    fill_table,
    find,
    gathered,
    key_of,
    runs,
    table_of,
)

RADIUS: Final = (
    2.0  # of the weights on the finest level, in its cells: wider ones mix the sides of thin parts
)
_WIDER: Final = 2.5  # on the others, so that the nodes around a finer one that lacks points are known
_OFF = 0.75  # of the squared radius: from there on a sheet is too faint to be told full
_FAINT = 0.01  # summed weight that a value needs where no coarser level knows one
_FADED, _SURE = 0.3, 1.5  # summed weight below which a level says nothing, above which it alone decides
_NEAR = 1.0  # cells: how far from a point, or from a coarse surface, bricks are kept
_UNKNOWN: Final = np.float32(np.nan)


@dataclass(frozen=True, eq=False)
class Entries:
    """Points, or their means in the cells of one level, in the order of their cells.

    ``xyz`` (m, 3) float32 metres; ``normal`` (m, 3) float32 unit; ``weight`` (m,) float32, how well the normals that
    went in agree; ``spacing`` (m,) float32 metres, the side of the square that holds one point; ``rgb`` (m, 3) float32;
    ``keys`` (r,) of the occupied cells, ``start`` (r + 1,), ``table`` to find them.
    """

    xyz: F32
    normal: F32
    weight: F32
    spacing: F32
    rgb: F32 | None
    keys: I64
    start: I64
    table: npt.NDArray[np.int32]


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


def reach_m(size: float, levels: int) -> float:
    """Metres around a block beyond which no point changes its field: support and cells of the coarsest level, and
    the bricks through which one level is refined from the next."""
    refined = sum(BRICK << level for level in range(1, levels))
    return size * (refined + (2 * _WIDER + 3) * (1 << (levels - 1)) + 2)


def field(xyz: F32, normal: F32, rgb: U8 | None, size: float, levels: int) -> Field:
    """The field of points (n, 3) float32, metres from the cloud's origin, in the order of their rows, with outward unit
    normals (n, 3), on cells of ``size`` metres and ``levels`` levels. Raises MethodError for a lattice too fine."""
    entries = levels_of(xyz, normal, rgb, size, levels)
    keys, values = np.zeros(0, np.int64), np.zeros((0, BRICK, BRICK, BRICK), np.float32)
    table = table_of(keys)
    for level in reversed(range(levels)):
        of = entries[level]
        inverse, half = 1 / (size * (1 << level)), HALF >> level
        top = level == levels - 1
        radius = RADIUS if level == 0 else _WIDER
        wanted = _touched(of.xyz, inverse, half, radius if top else _NEAR)
        if not top:
            wanted = np.concatenate([wanted, _refined(keys, values, _NEAR)])
        own = np.unique(wanted)
        held, start = runs(of.keys >> 3 * BRICK_BITS)
        start = of.start[start]
        value = np.empty((len(own), BRICK, BRICK, BRICK), np.float32)
        _values(
            own, held, start, table_of(held), of.xyz, of.normal, of.weight, inverse, half, radius, keys, table, values, value
        )  # fmt: skip
        keys, values, table = own, value, table_of(own)
    return Field(size, keys, table, values, entries)


def levels_of(xyz: F32, normal: F32, rgb: U8 | None, size: float, levels: int) -> tuple[Entries, ...]:
    """The points themselves, then their means in cells of 2, 4, ... times ``size``."""
    key = cell_keys(xyz, size)
    order = np.argsort(key, kind="stable")
    key = key[order]
    xyz, normal = xyz[order], normal[order]
    colour = None if rgb is None else rgb[order].astype(np.float32)
    keys, start = runs(key)
    one = np.ones(len(xyz), np.float32)
    made = [
        Entries(xyz, normal, one, np.full(len(xyz), size, np.float32), colour, keys, start, table_of(keys))
    ]
    count = np.ones(len(xyz), np.int64)
    weight = one
    for level in range(1, levels):
        keys, start = runs(key >> 3)
        xyz, normal, weight, count, colour = _means(xyz, normal, weight, count, colour, start)
        table = table_of(keys)
        spacing = np.empty(len(keys), np.float32)
        _spacings(keys, table, count, size * (1 << level), spacing)
        made.append(
            Entries(
                xyz, normal, weight, spacing, colour, keys, np.arange(len(keys) + 1, dtype=np.int64), table
            )
        )
        key = keys
    return tuple(made)


def _means(xyz: F32, normal: F32, weight: F32, count: I64, colour: F32 | None, start: I64) -> tuple[Any, ...]:
    m = len(start) - 1
    place, across = np.empty((m, 3), np.float32), np.empty((m, 3), np.float32)
    agreed, counted = np.empty(m, np.float32), np.empty(m, np.int64)
    given = np.zeros((len(xyz), 3), np.float32) if colour is None else colour
    mixed = np.empty((m, 3), np.float32)
    _mean(xyz, normal, weight, count, given, start, place, across, agreed, counted, mixed)
    return place, across, agreed, counted, None if colour is None else mixed


@numba.njit(cache=True)
def _mean(
    xyz: Any, normal: Any, weight: Any, count: Any, colour: Any, start: Any,
    place: Any, across: Any, agreed: Any, counted: Any, mixed: Any,
) -> None:  # fmt: skip
    sums = np.empty(9)
    for r in range(len(start) - 1):
        sums[:] = 0
        total, many = 0.0, 0
        for t in range(start[r], start[r + 1]):
            w = max(np.float64(weight[t]), 1e-6)
            total += w
            many += count[t]
            for a in range(3):
                sums[a] += w * xyz[t, a]
                sums[3 + a] += w * normal[t, a]
                sums[6 + a] += w * colour[t, a]
        length = np.sqrt(sums[3] ** 2 + sums[4] ** 2 + sums[5] ** 2)
        for a in range(3):
            place[r, a] = sums[a] / total
            across[r, a] = sums[3 + a] / length if length > 0 else 0.0
            mixed[r, a] = sums[6 + a] / total
        agreed[r] = length / (start[r + 1] - start[r])
        counted[r] = many


@numba.njit(cache=True)
def _spacings(keys: Any, table: Any, count: Any, size: Any, spacing: Any) -> None:
    """From the points in 27 cells around each, which a surface crosses as a square of 3 x 3."""
    for r in range(len(keys)):
        i, j, k = gathered(keys[r]), gathered(keys[r] >> 1), gathered(keys[r] >> 2)
        many = 0
        for a in range(-1, 2):
            for b in range(-1, 2):
                for c in range(-1, 2):
                    row = find(key_of(i + a, j + b, k + c), keys, table)
                    if row >= 0:
                        many += count[row]
        spacing[r] = 3 * size / np.sqrt(many)


@numba.njit(cache=True)
def _touched(xyz: Any, inverse: Any, half: Any, reach: Any) -> Any:
    """Keys, with repetitions, of the bricks that have a node within ``reach`` cells of a point."""
    found = np.empty(0, np.int64)
    for write in range(2):
        n = 0
        last = np.full(6, -1, np.int64)
        now = np.empty(6, np.int64)
        for t in range(len(xyz)):
            same = True
            for a in range(3):
                g = xyz[t, a] * inverse + half
                now[a] = np.int64(np.ceil(g - reach)) >> BRICK_BITS
                now[3 + a] = np.int64(np.floor(g + reach)) >> BRICK_BITS
                same = same and now[a] == last[a] and now[3 + a] == last[3 + a]
            if same:
                continue
            last[:] = now
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
def _refined(keys: Any, value: Any, near: Any) -> Any:
    """Keys of the children of bricks in whose part of the coarse field, one node more at the far sides, the surface
    may pass: where it is no further than ``near`` coarse cells."""
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
            least = np.float32(np.inf)
            for x in range(a * half, a * half + half + 1):
                for y in range(b * half, b * half + half + 1):
                    for z in range(c * half, c * half + half + 1):
                        f = abs(local[x, y, z])
                        if f < least:  # False for NaN
                            least = f
            if least <= near:
                found[n] = key_of(2 * i + a, 2 * j + b, 2 * k + c)
                n += 1
    return found[:n]


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
