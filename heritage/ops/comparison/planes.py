"""Multi-scale normals: the direction across the most planar of the neighbourhoods around a place."""

from __future__ import annotations

import numba
import numpy as np

from heritage.model.arrays import F32, F64
from heritage.ops.comparison.bins import Bins, in_layers, nearby
from heritage.ops.comparison.cylinders import FACING

_FLAT = 1e-6  # of the spread: points on a line have no plane


def plane_normals(
    xyz: F32, normal: F32, at: F64, direction: F64, radii: tuple[float, ...], least: int
) -> F64:
    """Unit normals (n, 3) of the planes through the points ``xyz`` (m, 3) around ``at`` (n, 3), metres.

    Of the balls of ``radii`` the one counts whose points, at least ``least`` of them, lie flattest: least variance across,
    as a share of all (Lague et al. 2013, after Brodu and Lague 2012). Only points take part whose ``normal`` (m, 3) is
    within 60 degrees of ``direction`` (n, 3), so that an edge is not taken for a slope; the result is on its side. Where
    no ball holds a plane, ``direction`` itself.
    """
    bins = Bins.of(xyz, normal, max(radii))
    order = nearby(at, 4 * max(radii))
    flattest, found = np.full(len(at), np.inf), direction.copy()
    for radius in radii:
        spread, count = np.zeros((len(at), 3, 3)), np.zeros(len(at), np.int64)
        _spread(
            bins.row, bins.layer, bins.column, bins.start, bins.table, bins.size, order,
            at, direction, radius, spread, count,
        )  # fmt: skip
        variance, axes = np.linalg.eigh(spread)
        share = variance[:, 0] / np.maximum(variance.sum(1), 1e-300)
        better = (count >= least) & (variance[:, 1] > _FLAT * variance[:, 2]) & (share < flattest)
        flattest[better] = share[better]
        across = axes[better, :, 0]
        found[better] = across * np.sign((across * direction[better]).sum(1, keepdims=True))
    return found


@numba.njit(cache=True)
def _spread(  # type: ignore[no-untyped-def]
    row, layer, column, start, table, size, order, at, direction, radius, spread, count
):
    """Covariance of the points within ``radius`` of each place, and their number."""
    reach = 1.000001 * radius
    for i in order:
        px, py, pz = at[i, 0], at[i, 1], at[i, 2]
        dx, dy, dz = direction[i, 0], direction[i, 1], direction[i, 2]
        n = 0
        sx, sy, sz, xx, xy, xz, yy, yz, zz = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        low, high = int(np.floor((pz - reach) / size)), int(np.floor((pz + reach) / size))
        for a in range(int(np.floor((px - reach) / size)), int(np.floor((px + reach) / size)) + 1):
            for b in range(int(np.floor((py - reach) / size)), int(np.floor((py + reach) / size)) + 1):
                first, end = in_layers(layer, column, start, table, a, b, low, high)
                for j in range(first, end):
                    if row[3, j] * dx + row[4, j] * dy + row[5, j] * dz < FACING:
                        continue
                    x, y, z = row[0, j] - px, row[1, j] - py, row[2, j] - pz
                    if x * x + y * y + z * z > radius * radius:
                        continue
                    n += 1
                    sx, sy, sz = sx + x, sy + y, sz + z
                    xx, xy, xz = xx + x * x, xy + x * y, xz + x * z
                    yy, yz, zz = yy + y * y, yz + y * z, zz + z * z
        count[i] = n
        if n == 0:
            continue
        sx, sy, sz = sx / n, sy / n, sz / n
        spread[i, 0, 0], spread[i, 1, 1], spread[i, 2, 2] = (
            xx / n - sx * sx,
            yy / n - sy * sy,
            zz / n - sz * sz,
        )
        spread[i, 0, 1] = spread[i, 1, 0] = xy / n - sx * sy
        spread[i, 0, 2] = spread[i, 2, 0] = xz / n - sx * sz
        spread[i, 1, 2] = spread[i, 2, 1] = yz / n - sy * sz
