"""The quadric of every vertex: the sum of squared distances to the planes around it (Garland and Heckbert 1997).

Corners, half-edges and their chains are those of `collapse`, which is given all this.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np


@numba.njit(cache=True, error_model="numpy")
def mean_area(vertices: Any, triangles: Any) -> Any:
    """Mean area of triangles (t, 3) over vertices (v, 3)."""
    total = 0.0
    for t in range(len(triangles)):
        a, b, c = triangles[t]
        ox, oy, oz = np.float64(vertices[a, 0]), np.float64(vertices[a, 1]), np.float64(vertices[a, 2])
        ux, uy, uz = vertices[b, 0] - ox, vertices[b, 1] - oy, vertices[b, 2] - oz
        wx, wy, wz = vertices[c, 0] - ox, vertices[c, 1] - oy, vertices[c, 2] - oz
        total += np.sqrt((uy * wz - uz * wy) ** 2 + (uz * wx - ux * wz) ** 2 + (ux * wy - uy * wx) ** 2)
    return total / 2 / max(len(triangles), 1)


@numba.njit(cache=True, error_model="numpy")
def chain(triangles: Any, vertices: int) -> Any:
    """First corner of every vertex (v,), and for every corner the next of the same vertex (3 t,); -1 ends."""
    head = np.full(vertices, -1, np.int32)
    after = np.empty(3 * len(triangles), np.int32)
    for c in range(3 * len(triangles) - 1, -1, -1):
        vertex = triangles[c // 3, c % 3]
        after[c] = head[vertex]
        head[vertex] = c
    return head, after


@numba.njit(cache=True, error_model="numpy")
def _uses(triangles: Any, head: Any, after: Any, u: int, w: int) -> int:
    """How many triangles of ``u`` use ``w`` as well."""
    count = 0
    c = head[u]
    while c >= 0:
        t, k = c // 3, c % 3
        if triangles[t, (k + 1) % 3] == w or triangles[t, (k + 2) % 3] == w:
            count += 1
        c = after[c]
    return count


@numba.njit(cache=True, error_model="numpy")
def _add_plane(quadric: Any, nx: float, ny: float, nz: float, d: float, weight: float) -> None:
    quadric[0] += weight * nx * nx
    quadric[1] += weight * nx * ny
    quadric[2] += weight * nx * nz
    quadric[3] += weight * ny * ny
    quadric[4] += weight * ny * nz
    quadric[5] += weight * nz * nz
    quadric[6] += weight * nx * d
    quadric[7] += weight * ny * d
    quadric[8] += weight * nz * d
    quadric[9] += weight * d * d


@numba.njit(cache=True, error_model="numpy")
def quadrics(xyz: Any, triangles: Any, head: Any, after: Any, border_weight: float) -> Any:
    """(v, 10) the sum of squared distances to a vertex's planes, weighted by area, and (v,) True on a border.

    A border is an edge that not exactly two triangles use; a plane through it across the triangle keeps it in place.
    """
    quadric = np.zeros((len(xyz), 10))
    border = np.zeros(len(xyz), np.bool_)
    balance = np.zeros(len(xyz), np.int64)
    for t in range(len(triangles)):
        for k in range(3):
            # Around an inner vertex every neighbour comes once as next and once as last corner.
            following, last = triangles[t, (k + 1) % 3], triangles[t, (k + 2) % 3]
            balance[triangles[t, k]] += (following * 2654435761) % 4294967291 - (
                last * 2654435761
            ) % 4294967291
    for t in range(len(triangles)):
        a, b, c = triangles[t]
        ux, uy, uz = xyz[b, 0] - xyz[a, 0], xyz[b, 1] - xyz[a, 1], xyz[b, 2] - xyz[a, 2]
        wx, wy, wz = xyz[c, 0] - xyz[a, 0], xyz[c, 1] - xyz[a, 1], xyz[c, 2] - xyz[a, 2]
        nx, ny, nz = uy * wz - uz * wy, uz * wx - ux * wz, ux * wy - uy * wx
        length = np.sqrt(nx * nx + ny * ny + nz * nz)
        if length == 0:
            continue
        nx, ny, nz = nx / length, ny / length, nz / length
        d = -(nx * xyz[a, 0] + ny * xyz[a, 1] + nz * xyz[a, 2])
        for k in range(3):
            _add_plane(quadric[triangles[t, k]], nx, ny, nz, d, length / 6)
        for k in range(3):
            u, w = triangles[t, k], triangles[t, (k + 1) % 3]
            if balance[u] == 0 or balance[w] == 0 or _uses(triangles, head, after, u, w) == 2:
                continue
            border[u] = border[w] = True
            ex, ey, ez = xyz[w, 0] - xyz[u, 0], xyz[w, 1] - xyz[u, 1], xyz[w, 2] - xyz[u, 2]
            side = ex * ex + ey * ey + ez * ez
            px, py, pz = ey * nz - ez * ny, ez * nx - ex * nz, ex * ny - ey * nx
            across = np.sqrt(px * px + py * py + pz * pz)
            if across == 0:
                continue
            px, py, pz = px / across, py / across, pz / across
            d_across = -(px * xyz[u, 0] + py * xyz[u, 1] + pz * xyz[u, 2])
            _add_plane(quadric[u], px, py, pz, d_across, border_weight * side)
            _add_plane(quadric[w], px, py, pz, d_across, border_weight * side)
    return quadric, border
