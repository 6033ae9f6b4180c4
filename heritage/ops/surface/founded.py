"""How well the vertices of a surface are founded on points: how far from data, and in what colour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numba
import numpy as np

from heritage.model.arrays import F32, U8
from heritage.ops.surface.lattice import HALF, find, key_of
from heritage.ops.surface.levels import Entries

_LEAST_CELLS: Final = 1.5  # no vertex this near to data is cut off, however dense the points are
_SPARSE: Final = (
    2.0  # median spacings; points that lie further apart bear out no more than this, for strays do
)
_MOST_CELLS: Final = 1.5  # of a level: what its neighbouring cells are sure to show
_KEPT: Final = 8  # cells a side whose neighbours are remembered


@dataclass(frozen=True, eq=False)
class Founded:
    """``beyond`` (v,) float32 metres: how far outside of what data bear out, negative inside; ``depth`` (v,) float32 metres
    to data, roughly; ``rgb`` (v, 3) or None."""

    beyond: F32
    depth: F32
    rgb: U8 | None


def founded(
    xyz: F32, entries: tuple[Entries, ...], size: float, spacing: float, trim: float, trim_m: float | None
) -> Founded:
    """Of vertices (v, 3) float32 metres: data bear out a ball around the points' mean in a cell of any level, of
    ``trim`` spacings of the points there, which count up to twice the whole cloud's median ``spacing``, or ``trim_m``.
    Depth is the distance to the nearest mean on the finest level that has one; infinite where none has. The coarsest
    level does not count: it bridges, but so few points are no evidence. Colours are those of the points
    around, finest level first."""
    beyond, depth = np.full(len(xyz), np.inf, np.float32), np.full(len(xyz), np.inf, np.float32)
    for level in range(1, len(entries) - 1):
        of = entries[level]
        wide = size * (1 << level)
        if trim_m is None:
            apart = np.minimum(of.spacing, _SPARSE * spacing)
            reach = np.clip(trim * apart, _LEAST_CELLS * size, _MOST_CELLS * wide)
        else:
            reach = np.full(len(of.spacing), trim_m)
        # A few stray points say nothing of the surface around them; a coarser level may.
        reach = np.where(of.spacing <= wide, reach, -np.inf)
        _found(
            xyz, of.xyz, reach.astype(np.float32), of.keys, of.table, 1 / wide, HALF >> level, beyond, depth
        )
    if entries[0].rgb is None:
        return Founded(beyond, depth, None)
    rgb, done = np.zeros((len(xyz), 3), np.uint8), np.zeros(len(xyz), bool)
    for level, of in enumerate(entries):
        inverse = 1 / (size * (1 << level))
        _colours(xyz, of.xyz, of.rgb, of.keys, of.start, of.table, inverse, HALF >> level, rgb, done)
    return Founded(beyond, depth, rgb)


@numba.njit(cache=True)
def _found(
    xyz: Any, means: Any, reach: Any, keys: Any, table: Any, inverse: Any, half: Any, beyond: Any, depth: Any
) -> None:  # fmt: skip
    # Vertices that follow each other share their cells: who stands around one is remembered.
    known, around = np.full(_KEPT**3, -1, np.int64), np.empty((_KEPT**3, 27), np.int32)
    many = np.zeros(_KEPT**3, np.int32)
    for v in range(len(xyz)):
        i = np.int64(np.floor(xyz[v, 0] * inverse)) + half
        j = np.int64(np.floor(xyz[v, 1] * inverse)) + half
        k = np.int64(np.floor(xyz[v, 2] * inverse)) + half
        slot = ((i % _KEPT) * _KEPT + j % _KEPT) * _KEPT + k % _KEPT
        key = key_of(i, j, k)
        if known[slot] != key:
            known[slot], many[slot] = key, 0
            for a in range(-1, 2):
                for b in range(-1, 2):
                    for c in range(-1, 2):
                        row = find(key_of(i + a, j + b, k + c), keys, table)
                        if row >= 0:
                            around[slot, many[slot]] = row
                            many[slot] += 1
        first = np.isinf(depth[v])
        near = np.float32(np.inf)
        for n in range(many[slot]):
            row = around[slot, n]
            x, y, z = xyz[v, 0] - means[row, 0], xyz[v, 1] - means[row, 1], xyz[v, 2] - means[row, 2]
            d = np.sqrt(x * x + y * y + z * z)
            near = min(near, d)
            beyond[v] = min(beyond[v], d - reach[row])
        if first:
            depth[v] = near


@numba.njit(cache=True)
def _colours(
    xyz: Any, place: Any, colour: Any, keys: Any, start: Any, table: Any, inverse: Any, half: Any,
    rgb: Any, done: Any,
) -> None:  # fmt: skip
    """Mean colour of the points in the 2 x 2 x 2 cells around each vertex, weighted by inverse square distance."""
    for v in range(len(xyz)):
        if done[v]:
            continue
        i = np.int64(np.floor(xyz[v, 0] * inverse - 0.5)) + half
        j = np.int64(np.floor(xyz[v, 1] * inverse - 0.5)) + half
        k = np.int64(np.floor(xyz[v, 2] * inverse - 0.5)) + half
        total, red, green, blue = 0.0, 0.0, 0.0, 0.0
        for a in range(2):
            for b in range(2):
                for c in range(2):
                    row = find(key_of(i + a, j + b, k + c), keys, table)
                    if row < 0:
                        continue
                    for t in range(start[row], start[row + 1]):
                        d = 1e-3
                        for axis in range(3):
                            d += ((xyz[v, axis] - place[t, axis]) * inverse) ** 2
                        total += 1 / d
                        red += colour[t, 0] / d
                        green += colour[t, 1] / d
                        blue += colour[t, 2] / d
        if total > 0:
            done[v] = True
            rgb[v, 0] = np.uint8(min(255.0, red / total + 0.5))
            rgb[v, 1] = np.uint8(min(255.0, green / total + 0.5))
            rgb[v, 2] = np.uint8(min(255.0, blue / total + 0.5))
