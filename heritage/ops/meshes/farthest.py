"""How far places are from a surface at most: exact, though hardly any place is searched for its nearest triangle.

A place that has some triangle nearer than the farthest place so far cannot be the farthest, whichever triangle is
its nearest. So a search ends at the first triangle that is near enough, mostly the one that its neighbour met.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from heritage.model.arrays import F32, Mesh

_HELD = 2  # triangles in one box of the lowest row
_SPREAD = 61  # every so-manieth place goes first: one of the farthest is soon known


class Boxes:
    """Boxes in boxes (a binary tree) around the triangles of one mesh, in the order the mesh has them.

    Right in any order; fast where triangles that follow each other lie near each other. Places are relative to the
    mesh's origin, metres.
    """

    def __init__(self, mesh: Mesh) -> None:
        self._corners = mesh.vertices[mesh.triangles]
        rows = max(-(-len(mesh.triangles) // _HELD), 1)
        self._boxes = np.empty((2 * (1 << (rows - 1).bit_length()) - 1, 6), np.float32)
        _enclose(self._corners, self._boxes)

    def farthest(self, xyz: F32, at_least: float = 0.0) -> float:
        """The distance of the place of ``xyz`` (n, 3) that is farthest from the surface, or ``at_least`` if none is
        farther than that. Infinite where the mesh is empty."""
        found = float(at_least) ** 2
        for start, step in ((0, _SPREAD), (0, 1)):
            found = _farthest(xyz[start::step], self._corners, self._boxes, found)
        return float(np.sqrt(found))

    def farther(self, xyz: F32, than: float) -> F32:
        """(n,) the distance of every place of ``xyz`` (n, 3) that is farther than ``than``; of the others some
        number that is at least their distance and at most ``than``."""
        found = np.empty(len(xyz), np.float32)
        _farther(xyz, self._corners, self._boxes, float(than) ** 2, found)
        return found


@numba.njit(cache=True)
def _enclose(corners: Any, boxes: Any) -> None:
    """Fill ``boxes`` (2 m - 1, 6), least and greatest corner: children of i are 2 i + 1 and 2 i + 2; empty ones are
    inside out."""
    first = len(boxes) // 2
    for row in range(len(boxes) - first):
        box = boxes[first + row]
        box[:3], box[3:] = np.inf, -np.inf
        for t in range(row * _HELD, min((row + 1) * _HELD, len(corners))):
            for k in range(3):
                for d in range(3):
                    box[d] = min(box[d], corners[t, k, d])
                    box[3 + d] = max(box[3 + d], corners[t, k, d])
    for i in range(first - 1, -1, -1):
        for d in range(3):
            boxes[i, d] = min(boxes[2 * i + 1, d], boxes[2 * i + 2, d])
            boxes[i, 3 + d] = max(boxes[2 * i + 1, 3 + d], boxes[2 * i + 2, 3 + d])


@numba.njit(cache=True)
def _farthest(xyz: Any, corners: Any, boxes: Any, found: float) -> float:
    row = 0
    stack = np.empty(64, np.int64)
    gaps = np.empty(64, np.float64)
    for i in range(len(xyz)):
        square, row = _near(xyz[i, 0], xyz[i, 1], xyz[i, 2], corners, boxes, found, row, stack, gaps)
        found = max(found, square)
    return found


@numba.njit(cache=True)
def _farther(xyz: Any, corners: Any, boxes: Any, enough: float, found: Any) -> None:
    row = 0
    stack = np.empty(64, np.int64)
    gaps = np.empty(64, np.float64)
    for i in range(len(xyz)):
        square, row = _near(xyz[i, 0], xyz[i, 1], xyz[i, 2], corners, boxes, enough, row, stack, gaps)
        found[i] = np.sqrt(square)


@numba.njit(cache=True)
def _near(
    x: float,
    y: float,
    z: float,
    corners: Any,
    boxes: Any,
    enough: float,
    row: int,
    stack: Any,
    gaps: Any,
) -> Any:
    """The squared distance to the nearest triangle, or to any that is no farther than ``enough`` (squared); and the
    lowest box it was found in, at best near ``row``, where the search begins."""
    first = len(boxes) // 2
    nearest = _nearest_of(x, y, z, corners, row)
    if nearest <= enough:
        return nearest, row
    stack[0], gaps[0] = 0, _gap(x, y, z, boxes, 0)
    height = 1
    while height:
        height -= 1
        if gaps[height] >= nearest:
            continue
        i = stack[height]
        if i >= first:
            square = _nearest_of(x, y, z, corners, i - first)
            if square < nearest:
                nearest, row = square, i - first
                if nearest <= enough:
                    break
            continue
        left, right = _gap(x, y, z, boxes, 2 * i + 1), _gap(x, y, z, boxes, 2 * i + 2)
        near, far = (2 * i + 1, 2 * i + 2) if left <= right else (2 * i + 2, 2 * i + 1)
        stack[height], gaps[height] = far, max(left, right)
        stack[height + 1], gaps[height + 1] = near, min(left, right)
        height += 2
    return nearest, row


@numba.njit(cache=True)
def _gap(x: float, y: float, z: float, boxes: Any, i: int) -> Any:
    """Squared distance to a box."""
    dx = max(boxes[i, 0] - x, 0.0, x - boxes[i, 3])
    dy = max(boxes[i, 1] - y, 0.0, y - boxes[i, 4])
    dz = max(boxes[i, 2] - z, 0.0, z - boxes[i, 5])
    return dx * dx + dy * dy + dz * dz


@numba.njit(cache=True)
def _nearest_of(x: float, y: float, z: float, corners: Any, row: int) -> Any:
    nearest = np.inf
    for t in range(row * _HELD, min((row + 1) * _HELD, len(corners))):
        nearest = min(nearest, _to_triangle(x, y, z, corners, t))
    return nearest


@numba.njit(cache=True)
def _to_triangle(x: float, y: float, z: float, corners: Any, t: int) -> Any:
    """Squared distance to triangle ``t``, by the region that the place lies over (Ericson 2005, 5.1.5)."""
    ox, oy, oz = np.float64(corners[t, 0, 0]), np.float64(corners[t, 0, 1]), np.float64(corners[t, 0, 2])
    bx, by, bz = corners[t, 1, 0] - ox, corners[t, 1, 1] - oy, corners[t, 1, 2] - oz
    cx, cy, cz = corners[t, 2, 0] - ox, corners[t, 2, 1] - oy, corners[t, 2, 2] - oz
    px, py, pz = x - ox, y - oy, z - oz
    bb, bc, cc = bx * bx + by * by + bz * bz, bx * cx + by * cy + bz * cz, cx * cx + cy * cy + cz * cz
    d1, d2 = bx * px + by * py + bz * pz, cx * px + cy * py + cz * pz
    d3, d4, d5, d6 = d1 - bb, d2 - bc, d1 - bc, d2 - cc
    va, vb, vc = d3 * d6 - d5 * d4, d5 * d2 - d1 * d6, d1 * d4 - d3 * d2
    v, w = 0.0, 0.0
    if bb * cc - bc * bc <= 1e-12 * bb * cc:  # no area, or a corner twice: the nearest of its edges
        side = bb + cc - 2 * bc
        u = _part(d4 - d3, side)
        best = np.inf
        for sv, sw in ((_part(d1, bb), 0.0), (0.0, _part(d2, cc)), (1 - u, u)):
            dx, dy, dz = px - sv * bx - sw * cx, py - sv * by - sw * cy, pz - sv * bz - sw * cz
            best = min(best, dx * dx + dy * dy + dz * dz)
        return best
    if d1 <= 0 and d2 <= 0:
        pass
    elif d3 >= 0 and d4 <= d3:
        v = 1.0
    elif d6 >= 0 and d5 <= d6:
        w = 1.0
    elif vc <= 0 and d1 >= 0 and d3 <= 0:
        v = d1 / bb
    elif vb <= 0 and d2 >= 0 and d6 <= 0:
        w = d2 / cc
    elif va <= 0 and d4 >= d3 and d5 >= d6:
        w = (d4 - d3) / (d4 - d3 + d5 - d6)
        v = 1 - w
    else:
        total = va + vb + vc
        v, w = vb / total, vc / total
    dx, dy, dz = px - v * bx - w * cx, py - v * by - w * cy, pz - v * bz - w * cz
    return dx * dx + dy * dy + dz * dz


@numba.njit(cache=True)
def _part(along: float, length: float) -> Any:
    """Where a place lies along an edge, 0 to 1."""
    return min(max(along / length, 0.0), 1.0) if length > 0 else 0.0
