"""The loops of edge collapse by quadric error: `simplify` says what they are for.

All work on float64 positions scaled to triangles of mean area 1. A corner ``c = 3 t + k`` is corner k of triangle t,
and also the half-edge from it to the triangle's next corner. ``head`` and ``after`` chain the corners of every vertex.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

_DRIFT = 1e-4  # of the weight: pulls a position that planes leave open to the middle of its edge
_LENGTH = 1e-5  # of the weight times the length squared: among equals on a plane, short edges go first
_TURN = 0.2  # cosine: no triangle may turn further in one collapse
# A triangle's shape is 4 sqrt(3) area / (sum of squared sides). Below _SLIVER none may become much thinner in one
# collapse; a little thinner it may, or the long thin ones of columns and ridges could never be joined.
_SLIVER = 0.04
_THINNER = 0.3


@numba.njit(cache=True, error_model="numpy")
def _error(q: Any, x: float, y: float, z: float) -> Any:
    return (
        x * (q[0] * x + 2 * (q[1] * y + q[2] * z + q[6]))
        + y * (q[3] * y + 2 * (q[4] * z + q[7]))
        + z * (q[5] * z + 2 * q[8])
        + q[9]
    )


@numba.njit(cache=True, error_model="numpy")
def _joined(xyz: Any, quadric: Any, fixed: Any, border: Any, u: int, w: int, q: Any) -> Any:
    """What it costs to make one vertex of ``u`` and ``w``, and where it goes. Infinite where both are fixed."""
    for i in range(10):
        q[i] = quadric[u, i] + quadric[w, i]
    ex, ey, ez = xyz[w, 0] - xyz[u, 0], xyz[w, 1] - xyz[u, 1], xyz[w, 2] - xyz[u, 2]
    side = ex * ex + ey * ey + ez * ez
    weight = q[0] + q[3] + q[5]
    extra = _LENGTH * weight * side
    stays_u = fixed[u] or (border[u] and not border[w] and not fixed[w])
    stays_w = fixed[w] or (border[w] and not border[u] and not fixed[u])
    if stays_u and stays_w:
        return np.inf, 0.0, 0.0, 0.0
    if stays_u or stays_w:
        s = u if stays_u else w
        x, y, z = xyz[s, 0], xyz[s, 1], xyz[s, 2]
        return max(_error(q, x, y, z), 0.0) + extra, x, y, z
    mx, my, mz = (xyz[u, 0] + xyz[w, 0]) / 2, (xyz[u, 1] + xyz[w, 1]) / 2, (xyz[u, 2] + xyz[w, 2]) / 2
    pull = _DRIFT * weight + 1e-12
    a00, a11, a22 = q[0] + pull, q[3] + pull, q[5] + pull
    a01, a02, a12 = q[1], q[2], q[4]
    # Relative to the middle, so that the right side is small beside the numbers it is made of.
    r0 = -(q[6] + q[0] * mx + q[1] * my + q[2] * mz)
    r1 = -(q[7] + q[1] * mx + q[3] * my + q[4] * mz)
    r2 = -(q[8] + q[2] * mx + q[4] * my + q[5] * mz)
    c00, c01, c02 = a11 * a22 - a12 * a12, a02 * a12 - a01 * a22, a01 * a12 - a02 * a11
    determinant = a00 * c00 + a01 * c01 + a02 * c02
    c11, c12, c22 = a00 * a22 - a02 * a02, a01 * a02 - a00 * a12, a00 * a11 - a01 * a01
    dx = (c00 * r0 + c01 * r1 + c02 * r2) / determinant
    dy = (c01 * r0 + c11 * r1 + c12 * r2) / determinant
    dz = (c02 * r0 + c12 * r1 + c22 * r2) / determinant
    if dx * dx + dy * dy + dz * dz <= side:
        x, y, z = mx + dx, my + dy, mz + dz
        return max(_error(q, x, y, z), 0.0) + extra, x, y, z
    # Planes that nearly agree cross far away: one of three places on the edge instead.
    x, y, z = mx, my, mz
    best = _error(q, x, y, z)
    for s in (u, w):
        other = _error(q, xyz[s, 0], xyz[s, 1], xyz[s, 2])
        if other < best:
            best, x, y, z = other, xyz[s, 0], xyz[s, 1], xyz[s, 2]
    return max(best, 0.0) + extra, x, y, z


@numba.njit(cache=True, error_model="numpy")
def _keeps_shape(
    xyz: Any, triangles: Any, after: Any, first: int, other: int, x: float, y: float, z: float
) -> bool:
    """False where moving the vertex of corner ``first`` to a place turns over or squeezes one of its triangles.

    Triangles that use ``other`` vanish and are not looked at.
    """
    corner = first
    while corner >= 0:
        t, k = corner // 3, corner % 3
        corner = after[corner]
        o, b, c = triangles[t, k], triangles[t, (k + 1) % 3], triangles[t, (k + 2) % 3]
        if b == other or c == other:
            continue
        bx, by, bz = xyz[b, 0], xyz[b, 1], xyz[b, 2]
        sx, sy, sz = xyz[c, 0] - bx, xyz[c, 1] - by, xyz[c, 2] - bz
        ux, uy, uz = xyz[o, 0] - bx, xyz[o, 1] - by, xyz[o, 2] - bz
        vx, vy, vz = x - bx, y - by, z - bz
        nx, ny, nz = sy * uz - sz * uy, sz * ux - sx * uz, sx * uy - sy * ux
        mx, my, mz = sy * vz - sz * vy, sz * vx - sx * vz, sx * vy - sy * vx
        before, now = nx * nx + ny * ny + nz * nz, mx * mx + my * my + mz * mz
        turn = nx * mx + ny * my + nz * mz
        if turn < 0 or turn * turn < _TURN * _TURN * before * now:
            return False
        base = sx * sx + sy * sy + sz * sz
        sides_before = base + ux * ux + uy * uy + uz * uz + (ux - sx) ** 2 + (uy - sy) ** 2 + (uz - sz) ** 2
        sides_now = base + vx * vx + vy * vy + vz * vz + (vx - sx) ** 2 + (vy - sy) ** 2 + (vz - sz) ** 2
        if (
            12 * now < (_SLIVER * sides_now) ** 2
            and now * sides_before**2 < _THINNER**2 * before * sides_now**2
        ):
            return False
    return True


@numba.njit(cache=True, error_model="numpy")
def _may_join(
    triangles: Any, head: Any, after: Any, border: Any, mark: Any, stamp: int, u: int, w: int
) -> bool:
    """The link condition (Dey et al. 1999): whether the surface stays what it is, no fold, no pinch."""
    shared, around = 0, 0
    c = head[u]
    while c >= 0:
        t, k = c // 3, c % 3
        b, d = triangles[t, (k + 1) % 3], triangles[t, (k + 2) % 3]
        mark[b] = mark[d] = stamp
        around += 1
        if b == w or d == w:
            shared += 1
        c = after[c]
    if border[u] and border[w] and shared == 2:
        return False
    common = 0
    c = head[w]
    while c >= 0:
        t, k = c // 3, c % 3
        around += 1
        for i in (1, 2):
            b = triangles[t, (k + i) % 3]
            if b != u and mark[b] == stamp:
                mark[b] = stamp + 1
                common += 1
        c = after[c]
    left = around - 2 * shared
    return common == shared and (left >= 3 or border[u] or border[w])


@numba.njit(cache=True, error_model="numpy")
def evaluate(xyz: Any, triangles: Any, quadric: Any, fixed: Any, border: Any, cost: Any) -> None:
    """Fill ``cost`` (3 t,) float32 with the cost of every edge, at one of its half-edges; infinite at the other."""
    q = np.empty(10)
    for t in range(len(triangles)):
        for k in range(3):
            u, w = triangles[t, k], triangles[t, (k + 1) % 3]
            cost[3 * t + k] = np.inf
            if u < w or (border[u] and border[w]):
                cost[3 * t + k] = _joined(xyz, quadric, fixed, border, u, w, q)[0]


@numba.njit(cache=True, error_model="numpy")
def sweep(
    xyz: Any,
    triangles: Any,
    quadric: Any,
    fixed: Any,
    border: Any,
    head: Any,
    after: Any,
    cost: Any,
    mark: Any,
    limit: float,
    most: int,
) -> int:
    """Collapse edges that cost up to ``limit``, in the order of the triangles, until ``most`` triangles are gone.

    A triangle that is gone has -1 for its corners. Returns how many went.
    """
    gone = 0
    stamp = mark[-1]
    q = np.empty(10)
    for c in range(3 * len(triangles)):
        if cost[c] > limit:
            continue
        t, k = c // 3, c % 3
        u, w = triangles[t, k], triangles[t, (k + 1) % 3]
        if u < 0:
            continue
        cost[c] = np.inf  # until its surroundings change
        price, x, y, z = _joined(xyz, quadric, fixed, border, u, w, q)
        stamp += 2
        if not np.isfinite(price) or not _may_join(triangles, head, after, border, mark, stamp, u, w):
            continue
        if not _keeps_shape(xyz, triangles, after, head[u], w, x, y, z):
            continue
        if not _keeps_shape(xyz, triangles, after, head[w], u, x, y, z):
            continue
        if fixed[w]:
            u, w = w, u
        for i in range(10):
            quadric[u, i] = q[i]
        xyz[u, 0], xyz[u, 1], xyz[u, 2] = x, y, z
        border[u] = border[u] or border[w]
        # One chain of both vertices' corners, without those of triangles that vanish.
        chained = -1
        for first in (head[w], head[u]):
            corner = first
            while corner >= 0:
                following = after[corner]
                s, j = corner // 3, corner % 3
                b, d = triangles[s, (j + 1) % 3], triangles[s, (j + 2) % 3]
                if b < 0 or b in (u, w) or d in (u, w):
                    if b >= 0:
                        other = d if b in (u, w) else b
                        _unchain(head, after, other, s)
                        triangles[s, 0] = triangles[s, 1] = triangles[s, 2] = -1
                        cost[3 * s] = cost[3 * s + 1] = cost[3 * s + 2] = np.inf
                        gone += 1
                else:
                    triangles[s, j] = u
                    after[corner] = chained
                    chained = corner
                corner = following
        head[u], head[w] = chained, -1
        corner = chained
        while corner >= 0:
            s, j = corner // 3, corner % 3
            for i in (j, (j + 2) % 3):
                b, d = triangles[s, i], triangles[s, (i + 1) % 3]
                cost[3 * s + i] = np.inf
                if b < d or (border[b] and border[d]):
                    cost[3 * s + i] = _joined(xyz, quadric, fixed, border, b, d, q)[0]
            corner = after[corner]
        if gone >= most:
            break
    mark[-1] = stamp
    return gone


@numba.njit(cache=True, error_model="numpy")
def _unchain(head: Any, after: Any, vertex: int, triangle: int) -> None:
    """Take the corner of ``triangle`` out of the chain of ``vertex``."""
    last = -1
    c = head[vertex]
    while c >= 0:
        if c // 3 == triangle:
            if last < 0:
                head[vertex] = after[c]
            else:
                after[last] = after[c]
            return
        last = c
        c = after[c]
