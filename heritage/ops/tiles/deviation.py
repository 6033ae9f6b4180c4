"""How far a node of a tree of tiles is from the full surface below it: its geometric error, measured."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np

from heritage.model.arrays import F32, F64, Mesh
from heritage.ops.meshes.farthest import Boxes
from heritage.ops.meshes.weld import areas

_SAMPLES = 20_000  # places per part at which a distance is measured, besides its vertices
_LONG = 3  # times their spacing: a triangle longer than this gets places of its own


def deviation(part: Mesh, boxes: tuple[F64, F64], leaf: Callable[[int], Mesh]) -> float:
    """The largest distance, both ways, between a node's ``part`` and the full surface in its cell.

    ``leaf(i)`` gives leaf i of the full surface, within ``boxes`` ((n, 3), (n, 3)); it may be asked for more than
    once, and one leaf is held at a time. Metres. Measured at all vertices, at the middle of the part's triangles,
    and at places within every triangle that is long.
    """
    low, high = (np.ascontiguousarray(box, np.float64) for box in boxes)
    apart = float(np.sqrt(areas(part).sum() / _SAMPLES))
    own, xyz = Boxes(part), places(part, apart, middles=True)
    first = _first_box(xyz, low, high)
    away = np.zeros(len(xyz), np.float32)
    largest = 0.0
    for i in range(len(low)):
        mesh = leaf(i)
        largest = own.farthest(places(mesh, apart, middles=False), largest)
        rows = np.flatnonzero(first == i)
        if len(rows):
            away[rows] = Boxes(mesh).farther(xyz[rows], largest)
    # Another leaf may be nearer; that matters only for places that would be the farthest of all.
    rows = np.flatnonzero(away > largest)
    first, away, xyz = first[rows], away[rows], xyz[rows]
    for i in range(len(low)):
        open_ = (away > largest) & (first != i)
        nearer = np.flatnonzero(open_)[_gap(xyz[open_], low[i], high[i]) < away[open_]]
        if len(nearer):
            away[nearer] = np.minimum(away[nearer], Boxes(leaf(i)).farther(xyz[nearer], largest))
    return max(largest, float(away.max(initial=0.0)))


def places(mesh: Mesh, apart: float, *, middles: bool) -> F32:
    """Vertices; with ``middles`` the centre of every triangle; and within triangles much longer than ``apart``
    metres a regular grid of that width."""
    longest = _longest(mesh.vertices, mesh.triangles)
    parts = np.minimum(np.ceil(longest / max(apart, 1e-9)), 200).astype(np.int64)
    parts[parts <= _LONG] = 0
    result = [mesh.vertices]
    if middles:
        result.append(mesh.vertices[mesh.triangles[parts == 0]].mean(1))
    for n in np.unique(parts[parts > 0]):
        i, j = (grid.ravel() for grid in np.meshgrid(np.arange(n + 1), np.arange(n + 1)))
        inside = (i + j <= n) & (np.maximum(np.maximum(i, j), n - i - j) < n)  # without the corners
        weights = np.stack([n - i - j, i, j], axis=1)[inside] / n
        corners = mesh.vertices[mesh.triangles[parts == n]]
        result.append(np.einsum("wk,tkd->twd", weights.astype(np.float32), corners).reshape(-1, 3))
    return np.concatenate(result)


@numba.njit(cache=True)
def _longest(vertices: Any, triangles: Any) -> Any:
    """(t,) float32 the length of every triangle's longest edge."""
    longest = np.empty(len(triangles), np.float32)
    for t in range(len(triangles)):
        most = 0.0
        for k in range(3):
            a, b = triangles[t, k], triangles[t, (k + 1) % 3]
            square = 0.0
            for d in range(3):
                square += (np.float64(vertices[a, d]) - vertices[b, d]) ** 2
            most = max(most, square)
        longest[t] = np.sqrt(most)
    return longest


@numba.njit(cache=True)
def _first_box(xyz: Any, low: Any, high: Any) -> Any:
    """(n,) the box (m, 3), (m, 3) that each place is in, or nearest to."""
    first = np.empty(len(xyz), np.int32)
    for i in range(len(xyz)):
        least = np.inf
        for j in range(len(low)):
            square = 0.0
            for d in range(3):
                square += max(low[j, d] - xyz[i, d], 0.0, xyz[i, d] - high[j, d]) ** 2
            if square < least:
                least, first[i] = square, j
                if square == 0:
                    break
    return first


def _gap(xyz: F32, low: F64, high: F64) -> F32:
    """(n,) distance from places to a box."""
    beyond = np.maximum(np.maximum(low - xyz, xyz - high), 0)
    return np.asarray(np.linalg.norm(beyond, axis=1), np.float32)
