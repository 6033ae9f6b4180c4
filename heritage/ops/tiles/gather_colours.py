"""The colour of many places from the points around each: a Gaussian mean over a grid of cells."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F32, Bool

_BITS = 21
_HALF = 1 << (_BITS - 1)


class Gatherer:
    """Points in cells of ``reach_m``; answers for places no farther than that from a point.

    ``xyz`` (n, 3) float32 metres; ``values`` (n, 3) float32; ``sides`` (n,) uint8: bit k is set where a point
    can be seen from axis k (see `charts.AXES`).
    """

    def __init__(self, xyz: F32, values: F32, sides: npt.NDArray[np.uint8], reach_m: float) -> None:
        self._reach = reach_m
        self._low = xyz.min(0).astype(np.float64) - reach_m if len(xyz) else np.zeros(3)
        cell = np.minimum(np.floor((xyz - self._low) / reach_m).astype(np.int64), 2 * _HALF - 2)
        key = cell[:, 0] << (2 * _BITS) | cell[:, 1] << _BITS | cell[:, 2]
        order = np.argsort(key, kind="stable")
        key = key[order]
        self._xyz, self._values = np.ascontiguousarray(xyz[order]), np.ascontiguousarray(values[order])
        self._sides = np.ascontiguousarray(sides[order])
        start = np.flatnonzero(np.diff(key, prepend=-1))
        self._keys = key[start]
        self._starts = np.append(start, len(key)).astype(np.int64)
        self._slots = np.full(1 << max(int(2 * len(start)).bit_length(), 4), -1, np.int32)
        _index(self._keys, self._slots)

    def means(self, xyz: F32, side: npt.NDArray[np.uint8], sigma_m: float) -> tuple[F32, Bool]:
        """Mean values (n, 3) of points within reach of places (n, 3) and seen from ``side`` (n,), 255 for any side,
        weighted by a Gaussian of ``sigma_m`` (a fifth of the reach at least); and whether there was any (n,)."""
        result = np.zeros((len(xyz), 3), np.float32)
        found = np.zeros(len(xyz), np.bool_)
        _means(
            np.ascontiguousarray(xyz),
            side,
            self._low,
            self._reach,
            -0.5 / sigma_m**2,
            self._keys,
            self._starts,
            self._slots,
            self._xyz,
            self._values,
            self._sides,
            result,
            found,
        )
        return result, found


@numba.njit(cache=True)
def _slot(key: Any, slots: Any) -> Any:
    mixed = np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)
    return (mixed ^ (mixed >> np.uint64(32))) & np.uint64(len(slots) - 1)


@numba.njit(cache=True)
def _index(keys: Any, slots: Any) -> None:
    for i in range(len(keys)):
        slot = _slot(keys[i], slots)
        while slots[slot] >= 0:
            slot = (slot + np.uint64(1)) & np.uint64(len(slots) - 1)
        slots[slot] = i


@numba.njit(cache=True)
def _means(
    xyz: Any,
    side: Any,
    low: Any,
    reach: float,
    factor: float,
    keys: Any,
    starts: Any,
    slots: Any,
    points: Any,
    values: Any,
    sides: Any,
    result: Any,
    found: Any,
) -> None:
    near = np.empty((6, 256), np.float32)  # place and value of what a cell's places may see
    count = 0
    lx, ly, lz, seen_from = -9, -9, -9, -9
    for i in range(len(xyz)):
        x = int(np.floor((xyz[i, 0] - low[0]) / reach))
        y = int(np.floor((xyz[i, 1] - low[1]) / reach))
        z = int(np.floor((xyz[i, 2] - low[2]) / reach))
        if x != lx or y != ly or z != lz or side[i] != seen_from:
            # Places come in rows: many in one cell, one after the other.
            lx, ly, lz, seen_from, count = x, y, z, side[i], 0
            wanted = 255 if side[i] == 255 else 1 << side[i]
            for dx in range(-1, 2):
                for dy in range(-1, 2):
                    for dz in range(-1, 2):
                        a, b, c = x + dx, y + dy, z + dz
                        if a < 0 or b < 0 or c < 0 or a >= 2097151 or b >= 2097151 or c >= 2097151:
                            continue
                        cell = _cell((a << 42) | (b << 21) | c, keys, slots)
                        if cell < 0:
                            continue
                        if count + starts[cell + 1] - starts[cell] > near.shape[1]:
                            grown = np.empty((6, 2 * (count + starts[cell + 1] - starts[cell])), np.float32)
                            grown[:, :count] = near[:, :count]
                            near = grown
                        for j in range(starts[cell], starts[cell + 1]):
                            if sides[j] & wanted:
                                for d in range(3):
                                    near[d, count], near[3 + d, count] = points[j, d], values[j, d]
                                count += 1
        total, r, g, b_ = _weighed(xyz[i], near, count, np.float32(reach * reach), np.float32(factor / 32))
        if total > 0:
            result[i, 0], result[i, 1], result[i, 2] = r / total, g / total, b_ / total
            found[i] = True


@numba.njit(cache=True)
def _cell(key: Any, keys: Any, slots: Any) -> Any:
    slot = _slot(key, slots)
    while slots[slot] >= 0:
        if keys[slots[slot]] == key:
            return slots[slot]
        slot = (slot + np.uint64(1)) & np.uint64(len(slots) - 1)
    return -1


@numba.njit(cache=True, fastmath={"reassoc", "contract", "nsz"})
def _weighed(place: Any, near: Any, count: int, square_reach: Any, factor: Any) -> Any:
    """Sum of weights and of weighted values. (1 + y + y^2 / 2)^32 with y = x / 32 stands for the Gaussian's exp(x):
    within 0.0003 down to x = -6, and several points are weighed at once."""
    px, py, pz = place[0], place[1], place[2]
    one, half, zero = np.float32(1), np.float32(0.5), np.float32(0)
    total, r, g, b = zero, zero, zero, zero
    for j in range(count):
        dx, dy, dz = near[0, j] - px, near[1, j] - py, near[2, j] - pz
        square = dx * dx + dy * dy + dz * dz
        y = factor * square
        w = one + y * (one + half * y)
        w = w * w
        w = w * w
        w = w * w
        w = w * w
        w = w * w
        w = w if square <= square_reach else zero
        total += w
        r += w * near[3, j]
        g += w * near[4, j]
        b += w * near[5, j]
    return total, r, g, b
