"""Mean and scatter of the points in a cylinder along a direction: the measuring step of M3C2."""

from __future__ import annotations

import numba
import numpy as np

from heritage.model.arrays import F64
from heritage.model.octree import I64
from heritage.ops.comparison.bins import GROUP, Bins, collect, grouped, whole

FACING = 0.5  # cosine: a point whose surface faces more than 60 degrees away is another face


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
    looked for elsewhere. Returns the mean (n,) along the direction, the standard deviation (n,) and the number (n,) of
    points; NaN and NaN where there is no such place, and then the number at ``at`` itself.

    Places that follow each other in a cube (`nearby`) share one search; what each gets is the same in any order.
    """
    mean, deviation, count = np.full(len(at), np.nan), np.full(len(at), np.nan), np.zeros(len(at), np.int64)
    _measure(
        bins.row, bins.layer, bins.column, bins.start, bins.table, bins.size,
        at, direction, radius, facing, beyond, reach, least, mean, deviation, count,
    )  # fmt: skip
    return mean, deviation, count


@numba.njit(cache=True)
def _half(d, radius, p):  # type: ignore[no-untyped-def]
    """Half a side of the box around a cylinder that points ``d`` along the side's axis and stands at ``p`` on it; with a margin
    for rounding."""
    return 1.001 * radius * (2 * abs(d) + np.sqrt(max(1 - d * d, 0.0))) + 1e-6 * abs(p)


@numba.njit(cache=True)
def _held(near, m, px, py, pz, dx, dy, dz, radius, facing, centre, held, off, keep):  # type: ignore[no-untyped-def]
    """Into ``held``: how far along the axis those of the ``m`` points ``near`` are that lie within ``radius`` of it and twice
    that of ``centre`` on it, from ``centre``. Returns their number, and ``held``, and ``off`` and ``keep``, which are for use in
    between, longer if needed."""
    # The places are float32, so that these differences are exact where they are small.
    fx, fy, fz = np.float32(px), np.float32(py), np.float32(pz)
    gx, gy, gz = np.float32(dx), np.float32(dy), np.float32(dz)
    cx, cy, cz = np.float32(centre * dx), np.float32(centre * dy), np.float32(centre * dz)
    square, ends, alike = np.float32(radius * radius), np.float32(2 * radius), np.float32(facing)
    if whole(m) > len(off):
        more = 2 * whole(m)
        held, off, keep = np.empty(more), np.empty(more, np.float32), np.empty(more, np.uint8)
    x, y, z, u, v, w = near[0], near[1], near[2], near[3], near[4], near[5]
    # Without a branch and to the end of the lanes, so that several points are taken at once.
    for i in range(whole(m)):
        ox, oy, oz = x[i] - fx - cx, y[i] - fy - cy, z[i] - fz - cz
        along = ox * gx + oy * gy + oz * gz
        off[i] = along
        keep[i] = (
            (ox * ox + oy * oy + oz * oz - along * along <= square)
            & (abs(along) <= ends)
            & (u[i] * gx + v[i] * gy + w[i] * gz >= alike)
        )
    n = 0
    for i in range(m):
        held[n] = off[i]
        n += keep[i]
    return n, held, off, keep


@numba.njit(cache=True)
def _within(held, count, centre, radius):  # type: ignore[no-untyped-def]
    """Number, mean and variance of what is held within ``radius`` of ``centre``."""
    n, total, squares = 0, 0.0, 0.0
    for i in range(count):
        off = held[i] - centre
        inside = abs(off) <= radius
        off *= inside
        n += inside
        total += off
        squares += off * off
    if n == 0:
        return n, 0.0, 0.0
    mean = total / n
    return n, centre + mean, max(squares / n - mean * mean, 0.0) * n / max(n - 1, 1)


@numba.njit(cache=True)
def _measure(  # type: ignore[no-untyped-def]
    row, layer, column, start, table, size, at, direction, radius, facing, beyond, reach, least, mean, deviation, count
):  # fmt: skip
    nearest, steps = int(np.floor(beyond / radius)), int(np.floor(reach / radius))
    held, off, keep = np.empty(256), np.empty(256, np.float32), np.empty(256, np.uint8)
    shared, own = np.empty((6, 1024), np.float32), np.empty((6, 256), np.float32)
    low, high = np.empty(3), np.empty(3)
    first = 0
    while first < len(at):
        end = grouped(at, first, GROUP * radius)
        m = 0
        if nearest == 0:
            # What all cylinders of the group may hold.
            low[:], high[:] = np.inf, -np.inf
            for i in range(first, end):
                for k in range(3):
                    half = _half(direction[i, k], radius, at[i, k])
                    low[k], high[k] = min(low[k], at[i, k] - half), max(high[k], at[i, k] + half)
            m, shared = collect(row, layer, column, start, table, size, low, high, shared)
        for i in range(first, end):
            px, py, pz = at[i, 0], at[i, 1], at[i, 2]
            dx, dy, dz = direction[i, 0], direction[i, 1], direction[i, 2]
            for step in range(nearest, steps + 1):
                found, best, spread = 0, 0.0, 0.0
                for sign in (1.0, -1.0):
                    if step == 0 and sign < 0:
                        continue
                    centre = sign * step * radius
                    if step == 0:
                        total, held, off, keep = _held(
                            shared, m, px, py, pz, dx, dy, dz, radius, facing, centre, held, off, keep
                        )
                    else:
                        for k in range(3):
                            middle = at[i, k] + centre * direction[i, k]
                            half = _half(direction[i, k], radius, middle)
                            low[k], high[k] = middle - half, middle + half
                        alone, own = collect(row, layer, column, start, table, size, low, high, own)
                        total, held, off, keep = _held(
                            own, alone, px, py, pz, dx, dy, dz, radius, facing, centre, held, off, keep
                        )
                    n, m1, v = _within(held, total, 0.0, radius)
                    if step == 0:
                        count[i] = n
                    if n < least:
                        continue
                    # Again around what was found, so that the cylinder's end does not cut the surface's scatter.
                    n, m1, v = _within(held, total, m1, radius)
                    if n >= least and (found == 0 or abs(centre + m1) < abs(best)):
                        found, best, spread = n, centre + m1, v
                if found > 0:
                    mean[i], deviation[i], count[i] = best, np.sqrt(spread), found
                if found > 0 or (step == 0 and count[i] > 0):
                    break
        first = end
