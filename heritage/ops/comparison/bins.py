"""Points sorted into cubes, so that those near a place are found: columns along z and a hash table of them."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from heritage.model.arrays import F32, F64, I32
from heritage.model.errors import MethodError
from heritage.model.octree import I64

_BITS = 21  # of a cube's place along an axis
# Of the radius. Smaller cubes hold fewer points that are looked at in vain, but there are more to look up: 1 and 2 took
# 0.25 and 0.19 s for 500,000 cylinders.
_CUBE = 2.0
GROUP = (
    2.0  # of the radius: places in a cube so large share one search; 1, 1.5 and 2 took 0.25, 0.21 and 0.19 s
)
_LANES = 64  # points that a processor takes at once, and some: what is left over would be taken one by one


@dataclass(frozen=True, eq=False)
class Bins:
    """Points sorted into cubes by columns along z, and a hash table of the columns.

    The cubes lie alike for every piece of a cloud and points in one keep their order, so that sums over them are
    the same in every piece that has them. ``row`` (6, n) are places and normals, each coordinate on its own, for the
    processor to take several at once; ``layer`` (n,) is each point's cube in its column; columns are ``column`` (c, 2),
    their points begin at ``start`` (c + 1,).
    """

    row: F32
    layer: I32
    column: I32
    start: I32
    table: I32
    size: float

    @classmethod
    def of(cls, xyz: F32, normal: F32, radius: float) -> Bins:
        """``xyz`` (n, 3) metres and unit ``normal`` (n, 3), for cylinders of ``radius`` and as long each way.

        Raises MethodError where two million cubes along an axis would not span them.
        """
        size = _CUBE * radius
        span = int(_span(xyz) / size)
        if span >= 1 << _BITS:
            raise MethodError(
                "compare", f"{span} cubes of {size:.3g} m along one axis",
                f"up to {1 << _BITS} are allowed", "give a larger compare.radius_m", code="grid-too-fine",
            )  # fmt: skip
        row, layer, column, start, table = _sorted(xyz, normal, size)
        return cls(row, layer, column, start, table, size)


def nearby(at: F64, size: float) -> I64:
    """An order of the places ``at`` (n, 3) in which those in a cube of ``size`` follow each other: a search of one after the
    other is then shared by them."""
    cube = np.floor(at / size).astype(np.int64)
    return np.argsort((cube[:, 0] << 42) + (cube[:, 1] << 21) + cube[:, 2], kind="stable")


@numba.njit(cache=True)
def _span(xyz):  # type: ignore[no-untyped-def]
    """The longest side of the box around ``xyz``."""
    longest = 0.0
    for k in range(3):
        low, high = np.inf, -np.inf
        for i in range(len(xyz)):
            low, high = min(low, xyz[i, k]), max(high, xyz[i, k])
        longest = max(longest, high - low)
    return longest


@numba.njit(cache=True)
def _slot(table, column, a, b):  # type: ignore[no-untyped-def]
    """Where column (``a``, ``b``) is in the table, or would be."""
    slot = (a * 73856093 ^ b * 19349663) & (len(table) - 1)
    while table[slot] >= 0 and (column[table[slot], 0] != a or column[table[slot], 1] != b):
        slot = (slot + 1) & (len(table) - 1)
    return slot


@numba.njit(cache=True)
def _sorted(xyz, normal, size):  # type: ignore[no-untyped-def]
    """Columns in the order of their first points; points by counting, first by layers, then by columns."""
    n = len(xyz)
    table, column, count = np.full(1 << 10, -1, np.int32), np.empty((n, 2), np.int32), 0
    own, layer = np.empty(n, np.int32), np.empty(n, np.int32)
    for i in range(n):
        a, b = np.int64(np.floor(xyz[i, 0] / size)), np.int64(np.floor(xyz[i, 1] / size))
        layer[i] = np.int32(np.floor(xyz[i, 2] / size))
        slot = _slot(table, column, a, b)
        if table[slot] < 0:
            column[count, 0], column[count, 1] = a, b
            table[slot] = count
            count += 1
            if 2 * count > len(table):
                table = np.full(4 * len(table), -1, np.int32)
                for c in range(count):
                    table[_slot(table, column, np.int64(column[c, 0]), np.int64(column[c, 1]))] = c
            own[i] = count - 1
        else:
            own[i] = table[slot]
    low = layer.min() if n else 0
    order, _ = _counted(layer - low, np.arange(n, dtype=np.int32), (layer.max() - low + 1) if n else 0)
    order, start = _counted(own, order, count)
    row, ordered = np.empty((6, n), np.float32), np.empty(n, np.int32)
    for i in range(n):
        j = order[i]
        row[0, i], row[1, i], row[2, i] = xyz[j, 0], xyz[j, 1], xyz[j, 2]
        row[3, i], row[4, i], row[5, i] = normal[j, 0], normal[j, 1], normal[j, 2]
        ordered[i] = layer[j]
    return row, ordered, column[:count].copy(), start, table


@numba.njit(cache=True)
def _counted(key, order, count):  # type: ignore[no-untyped-def]
    """``order`` by ``key``, equal ones as they are; and where each key begins."""
    start = np.zeros(count + 1, np.int32)
    for i in range(len(order)):
        start[key[order[i]] + 1] += 1
    start = np.cumsum(start).astype(np.int32)
    place, found = start.copy(), np.empty(len(order), np.int32)
    for i in range(len(order)):
        k = key[order[i]]
        found[place[k]] = order[i]
        place[k] += 1
    return found, start


@numba.njit(cache=True)
def grouped(at, first, size):  # type: ignore[no-untyped-def]
    """The end of the places (n, 3) from ``first`` on that are in one cube of ``size`` with it."""
    a, b, c = np.floor(at[first, 0] / size), np.floor(at[first, 1] / size), np.floor(at[first, 2] / size)
    end = first + 1
    while end < len(at) and (
        np.floor(at[end, 0] / size) == a
        and np.floor(at[end, 1] / size) == b
        and np.floor(at[end, 2] / size) == c
    ):
        end += 1
    return end


@numba.njit(cache=True)
def collect(row, layer, column, start, table, size, low, high, near):  # type: ignore[no-untyped-def]
    """Into ``near`` (6, k): places and normals of the points in the box from ``low`` to ``high`` (3,), in the bins' order.

    Returns their number m and ``near``, longer if needed; up to the next multiple of ``_LANES`` it is filled with points that
    are nowhere.
    """
    n = 0
    below, above = int(np.floor(low[2] / size)), int(np.floor(high[2] / size))
    for a in range(int(np.floor(low[0] / size)), int(np.floor(high[0] / size)) + 1):
        for b in range(int(np.floor(low[1] / size)), int(np.floor(high[1] / size)) + 1):
            first, end = in_layers(layer, column, start, table, a, b, below, above)
            if n + (end - first) + _LANES > near.shape[1]:
                longer = np.empty((6, 2 * (n + end - first) + _LANES), np.float32)
                longer[:, :n] = near[:, :n]
                near = longer
            for j in range(first, end):
                x, y, z = row[0, j], row[1, j], row[2, j]
                near[0, n], near[1, n], near[2, n] = x, y, z
                near[3, n], near[4, n], near[5, n] = row[3, j], row[4, j], row[5, j]
                # Without a branch: whether a point is kept cannot be foretold.
                n += (
                    (x >= low[0])
                    & (x <= high[0])
                    & (y >= low[1])
                    & (y <= high[1])
                    & (z >= low[2])
                    & (z <= high[2])
                )
    near[:, n : whole(n)] = np.inf
    return n, near


@numba.njit(cache=True)
def whole(n):  # type: ignore[no-untyped-def]
    """The least multiple of ``_LANES`` that is ``n`` or more."""
    return (n + _LANES - 1) // _LANES * _LANES


@numba.njit(cache=True)
def in_layers(layer, column, start, table, a, b, low, high):  # type: ignore[no-untyped-def]
    """First and end of the points of column (``a``, ``b``) in the layers ``low`` to ``high``; equal where there are none."""
    c = table[_slot(table, column, a, b)]
    if c < 0:
        return 0, 0
    first, end = start[c], start[c + 1]
    return _first(layer, first, end, low), _first(layer, first, end, high + 1)


@numba.njit(cache=True)
def _first(layer, first, end, least):  # type: ignore[no-untyped-def]
    """The first of the ascending ``layer`` from ``first`` to ``end`` that is ``least`` or more, else ``end``."""
    if first == end or layer[end - 1] < least:
        return end
    if layer[first] >= least:
        return first
    while first < end:
        middle = (first + end) >> 1
        if layer[middle] < least:
            first = middle + 1
        else:
            end = middle
    return first
