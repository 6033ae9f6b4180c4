"""Mean and scatter of the points in a cylinder along a direction: the measuring step of M3C2."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from heritage.model.arrays import F32, F64, I32
from heritage.model.errors import MethodError
from heritage.model.octree import I64

FACING = 0.5  # cosine: a point whose surface faces more than 60 degrees away is another face
_BITS = 21  # of a cube's place along an axis
# Of the radius. Smaller cubes hold fewer points that are looked at in vain, but there are more to look up.
_CUBE = 1.4


@dataclass(frozen=True, eq=False)
class Bins:
    """Points sorted into cubes by columns along z, and a hash table of the columns.

    The cubes lie alike for every piece of a cloud and points in one keep their order, so that sums over them are
    the same in every piece that has them. ``row`` (n, 6) are places and normals; ``layer`` (n,) is each point's cube in
    its column; columns are ``column`` (c, 2), their points begin at ``start`` (c + 1,).
    """

    row: F32
    layer: I32
    column: I32
    start: I64
    table: I32
    size: float

    @classmethod
    def of(cls, xyz: F32, normal: F32, radius: float) -> Bins:
        """``xyz`` (n, 3) metres and unit ``normal`` (n, 3), for cylinders of ``radius`` and as long each way.

        Raises MethodError where two million cubes along an axis would not span them.
        """
        size = _CUBE * radius
        cube = _cubes(xyz, size)
        low = cube.min(0) if len(cube) else np.zeros(3, np.int64)
        cube -= low
        if len(cube) and int(cube.max()) >= 1 << _BITS:
            raise MethodError(
                "compare", f"{int(cube.max())} cubes of {size:.3g} m along one axis",
                f"up to {1 << _BITS} are allowed", "give a larger compare.radius_m", code="grid-too-fine",
            )  # fmt: skip
        key = (cube[:, 0] << 2 * _BITS) + (cube[:, 1] << _BITS) + cube[:, 2]
        order = np.argsort(key, kind="stable")
        key = key[order]
        new = np.flatnonzero(np.diff(key >> _BITS, prepend=-1))
        column = key[new] >> _BITS
        table = np.full(1 << max(4, (2 * len(column)).bit_length()), -1, np.int32)
        column = np.stack([column >> _BITS, column & ((1 << _BITS) - 1)], axis=1) + low[:2]
        _enter(table, column)
        layer = (key & ((1 << _BITS) - 1)) + low[2]
        row = np.empty((len(xyz), 6), np.float32)
        row[:, :3], row[:, 3:] = xyz[order], normal[order]
        start = np.append(new, len(xyz)).astype(np.int64)
        return cls(row, layer.astype(np.int32), column.astype(np.int32), start, table, size)


def measure(
    bins: Bins,
    at: F64,
    direction: F64,
    radius: float,
    reach: float,
    least: int,
    *,
    beyond: float = 0.0,
    facing: float = FACING,
) -> tuple[F64, F64, I64]:
    """Where the surface lies along ``direction`` (n, 3) through ``at`` (n, 3), metres.

    The cylinder of ``radius`` is moved away from ``at`` both ways, from ``beyond`` up to ``reach``, until it holds at least
    ``least`` points of a surface that faces the same way: the cosine between the normals is ``facing`` or more. Of two
    equally far the nearer counts. Where some but fewer lie at ``at`` itself, the surface is there, thinly measured, and is not
    looked for elsewhere. Returns the mean (n,) along the direction, the standard deviation (n,) and the number (n,)
    of points; NaN and NaN where there is no such place, and then the number at ``at`` itself.
    """
    mean, deviation, count = np.full(len(at), np.nan), np.full(len(at), np.nan), np.zeros(len(at), np.int64)
    # Neighbours one after the other find each other's points in the processor's cache.
    order = nearby(at, 4 * radius)
    _measure(
        bins.row, bins.layer, bins.column, bins.start, bins.table, bins.size, order,
        at, direction, radius, facing, beyond, reach, least, mean, deviation, count,
    )  # fmt: skip
    return mean, deviation, count


def nearby(at: F64, size: float) -> I64:
    """An order of the places ``at`` (n, 3) in which those in a cube of ``size`` follow each other."""
    cube = np.floor(at / size).astype(np.int64)
    return np.argsort((cube[:, 0] << 42) + (cube[:, 1] << 21) + cube[:, 2], kind="stable")


@numba.njit(cache=True)
def _cubes(xyz, size):  # type: ignore[no-untyped-def]
    cube = np.empty((len(xyz), 3), np.int64)
    for i in range(len(xyz)):
        for k in range(3):
            cube[i, k] = int(np.floor(xyz[i, k] / size))
    return cube


@numba.njit(cache=True)
def _slot(table, a, b):  # type: ignore[no-untyped-def]
    return (a * 73856093 ^ b * 19349663) & (len(table) - 1)


@numba.njit(cache=True)
def _enter(table, column):  # type: ignore[no-untyped-def]
    for c in range(len(column)):
        slot = _slot(table, np.int64(column[c, 0]), np.int64(column[c, 1]))
        while table[slot] >= 0:
            slot = (slot + 1) & (len(table) - 1)
        table[slot] = c


@numba.njit(cache=True)
def from_layer(layer, column, start, table, a, b, low):  # type: ignore[no-untyped-def]
    """First and end of the points of column (``a``, ``b``) from the layer ``low`` on; equal where there are none."""
    slot = _slot(table, a, b)
    while table[slot] >= 0:
        c = table[slot]
        if column[c, 0] == a and column[c, 1] == b:
            first, end = start[c], start[c + 1]
            last = end
            while first < last:
                middle = (first + last) >> 1
                if layer[middle] < low:
                    first = middle + 1
                else:
                    last = middle
            return first, end
        slot = (slot + 1) & (len(table) - 1)
    return 0, 0


@numba.njit(cache=True)
def _gather(  # type: ignore[no-untyped-def]
    row, layer, column, start, table, size, px, py, pz, dx, dy, dz, hx, hy, hz, radius, facing, centre, held
):
    """Into ``held``: how far along the axis the points within ``radius`` of it and twice that of ``centre`` on it
    are, from ``centre``; their box reaches (hx, hy, hz) from there. Returns their number and ``held``, longer if needed."""
    ex, ey, ez = px + centre * dx, py + centre * dy, pz + centre * dz
    n = 0
    low, high = int(np.floor((ez - hz) / size)), int(np.floor((ez + hz) / size))
    for a in range(int(np.floor((ex - hx) / size)), int(np.floor((ex + hx) / size)) + 1):
        for b in range(int(np.floor((ey - hy) / size)), int(np.floor((ey + hy) / size)) + 1):
            first, end = from_layer(layer, column, start, table, a, b, low)
            for i in range(first, end):
                if layer[i] > high:
                    break
                x, y, z = row[i, 0] - px, row[i, 1] - py, row[i, 2] - pz
                along = x * dx + y * dy + z * dz
                if x * x + y * y + z * z - along * along > radius * radius:
                    continue
                along -= centre
                if abs(along) > 2 * radius:
                    continue
                if row[i, 3] * dx + row[i, 4] * dy + row[i, 5] * dz < facing:
                    continue
                if n == len(held):
                    held = np.append(held, np.empty(n))
                held[n] = along
                n += 1
    return n, held


@numba.njit(cache=True)
def _within(held, count, centre, radius):  # type: ignore[no-untyped-def]
    """Number, mean and variance of what is held within ``radius`` of ``centre``."""
    n, total, squares = 0, 0.0, 0.0
    for i in range(count):
        off = held[i] - centre
        if abs(off) <= radius:
            n += 1
            total += off
            squares += off * off
    if n == 0:
        return n, 0.0, 0.0
    mean = total / n
    return n, centre + mean, max(squares / n - mean * mean, 0.0) * n / max(n - 1, 1)


@numba.njit(cache=True)
def _measure(  # type: ignore[no-untyped-def]
    row, layer, column, start, table, size, order, at, direction, radius, facing, beyond, reach, least,
    mean, deviation, count,
):  # fmt: skip
    near, steps = int(np.floor(beyond / radius)), int(np.floor(reach / radius))
    held = np.empty(256)
    for i in order:
        px, py, pz = at[i, 0], at[i, 1], at[i, 2]
        dx, dy, dz = direction[i, 0], direction[i, 1], direction[i, 2]
        # Half the sides of the box around a cylinder; a little more, for what rounding may do.
        hx = 1.000001 * radius * (2 * abs(dx) + np.sqrt(max(1 - dx * dx, 0.0)))
        hy = 1.000001 * radius * (2 * abs(dy) + np.sqrt(max(1 - dy * dy, 0.0)))
        hz = 1.000001 * radius * (2 * abs(dz) + np.sqrt(max(1 - dz * dz, 0.0)))
        for step in range(near, steps + 1):
            found, best, spread = 0, 0.0, 0.0
            for sign in (1.0, -1.0):
                if step == 0 and sign < 0:
                    continue
                centre = sign * step * radius
                total, held = _gather(
                    row, layer, column, start, table, size,
                    px, py, pz, dx, dy, dz, hx, hy, hz, radius, facing, centre, held,
                )  # fmt: skip
                n, m, v = _within(held, total, 0.0, radius)
                if step == 0:
                    count[i] = n
                if n < least:
                    continue
                # Again around what was found, so that the cylinder's end does not cut the surface's scatter.
                n, m, v = _within(held, total, m, radius)
                if n >= least and (found == 0 or abs(centre + m) < abs(best)):
                    found, best, spread = n, centre + m, v
            if found > 0:
                mean[i], deviation[i], count[i] = best, np.sqrt(spread), found
            if found > 0 or (step == 0 and count[i] > 0):
                break
