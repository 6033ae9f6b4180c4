"""Points on several levels: themselves, then their means in cells of double width each.

A level says what is known of the surface at its width: where, which way it faces, how dense the points are, in what
colour. Means are taken in the order of cells and then of rows, so blocks that see the same points find the same bits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F32, U8
from heritage.ops.points.grid import I64
from heritage.ops.surface.lattice import cell_keys, find, gathered, key_of, runs, table_of


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
