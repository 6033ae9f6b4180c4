"""Mean and scatter of the points in a cylinder along a direction: the measuring step of M3C2."""

from __future__ import annotations

import numba
import numpy as np

from heritage.model.arrays import F64
from heritage.model.octree import I64
from heritage.ops.comparison.bins import Bins, in_layers, nearby

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


@numba.njit(cache=True)
def _gather(  # type: ignore[no-untyped-def]
    row, layer, column, start, table, size, px, py, pz, dx, dy, dz, hx, hy, hz, radius, facing, centre, held, off, keep
):  # fmt: skip
    """Into ``held``: how far along the axis the points within ``radius`` of it and twice that of ``centre`` on it
    are, from ``centre``; their box reaches (hx, hy, hz) from there. Returns their number, and ``held``, and ``off`` and
    ``keep``, which are for use in between, longer if needed."""
    ex, ey, ez = px + centre * dx, py + centre * dy, pz + centre * dz
    n = 0
    low, high = int(np.floor((ez - hz) / size)), int(np.floor((ez + hz) / size))
    # The places are float32, so that these differences are exact where they are small.
    fx, fy, fz, gx, gy, gz = (
        np.float32(px),
        np.float32(py),
        np.float32(pz),
        np.float32(dx),
        np.float32(dy),
        np.float32(dz),
    )
    cx, cy, cz = np.float32(centre * dx), np.float32(centre * dy), np.float32(centre * dz)
    square, ends, alike = np.float32(radius * radius), np.float32(2 * radius), np.float32(facing)
    for a in range(int(np.floor((ex - hx) / size)), int(np.floor((ex + hx) / size)) + 1):
        for b in range(int(np.floor((ey - hy) / size)), int(np.floor((ey + hy) / size)) + 1):
            first, last = in_layers(layer, column, start, table, a, b, low, high)
            m = last - first
            if m == 0:
                continue
            if n + m > len(held):
                held = np.append(held, np.empty(n + m))
            if m > len(off):
                off, keep = np.empty(2 * m, np.float32), np.empty(2 * m, np.int32)
            x, y, z = row[0, first:last], row[1, first:last], row[2, first:last]
            u, v, w = row[3, first:last], row[4, first:last], row[5, first:last]
            # Without a branch, so that several points are taken at once.
            for i in range(m):
                ox, oy, oz = x[i] - fx - cx, y[i] - fy - cy, z[i] - fz - cz
                along = ox * gx + oy * gy + oz * gz
                off[i] = along
                keep[i] = (
                    (ox * ox + oy * oy + oz * oz - along * along <= square)
                    & (abs(along) <= ends)
                    & (u[i] * gx + v[i] * gy + w[i] * gz >= alike)
                )
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
    row, layer, column, start, table, size, order, at, direction, radius, facing, beyond, reach, least,
    mean, deviation, count,
):  # fmt: skip
    near, steps = int(np.floor(beyond / radius)), int(np.floor(reach / radius))
    held, off, keep = np.empty(256), np.empty(256, np.float32), np.empty(256, np.int32)
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
                total, held, off, keep = _gather(
                    row, layer, column, start, table, size,
                    px, py, pz, dx, dy, dz, hx, hy, hz, radius, facing, centre, held, off, keep,
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
