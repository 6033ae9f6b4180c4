"""A block's part of a surface that other blocks go on with: normals as if there were no blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np

from heritage.model.arrays import F32, F64, I32, Bool, Mesh
from heritage.ops.meshes.weld import at_corners, crosses, first_and_place, vertex_normals


@dataclass(frozen=True, eq=False)
class SurfacePiece:
    """A block's mesh with one vertex per place.

    ``vertices`` (m, 3) float32 metres; ``direction`` (m, 3) float64, smoothed unit normals; ``triangles`` (t, 3);
    ``area`` (m,) square metres, a third of each of these triangles; ``filled`` (m,) where a hole was closed;
    ``shared`` (m,) where another block has this vertex too; ``place`` (v,) the vertex here of each as stored.
    """

    vertices: F32
    direction: F64
    triangles: I32
    area: F64
    filled: Bool
    shared: Bool
    place: I32


def surface_piece(own: Mesh, around: Sequence[Mesh], rounds: int) -> SurfacePiece:
    """``own`` with what lies ``around`` it: all triangles up to ``rounds`` + 1 edges from its vertices, others as may be.

    All relative to one origin. The same vertex gets the same direction, bit for bit, in every block that has it:
    vertices are put in order by their places and triangles by their corners before anything is summed.
    """
    meshes = [own, *around]
    xyz = np.concatenate([mesh.vertices for mesh in meshes]) + np.float32(0)  # + 0: -0 equals 0
    first, place = first_and_place(xyz)
    order = np.lexsort(xyz[first].T[::-1])
    rank = np.empty(len(first), np.int32)
    rank[order] = np.arange(len(first), dtype=np.int32)
    place, vertices = rank[place], xyz[first][order]
    starts = np.cumsum([0, *(len(mesh.vertices) for mesh in meshes)])
    corners = [place[m.triangles + np.int32(s)] for m, s in zip(meshes, starts[:-1], strict=True)]
    filled, shared = np.zeros(len(vertices), bool), np.zeros(len(vertices), bool)
    for mesh, start in zip(meshes, starts[:-1], strict=True):
        if mesh.filled is not None:
            filled[place[start : start + len(mesh.vertices)][mesh.filled > 0]] = True
    shared[place[starts[1] :]] = True
    direction = _smoothed(vertices, _in_order(np.concatenate(corners)), rounds)
    used, local = np.unique(place[: starts[1]], return_inverse=True)
    triangles = local[own.triangles].astype(np.int32)
    return SurfacePiece(
        vertices[used], direction[used], triangles, vertex_areas(vertices[used], triangles), filled[used],
        shared[used], local.astype(np.int32),
    )  # fmt: skip


def vertex_areas(vertices: F32, triangles: I32) -> F64:
    """(v,) square metres: a third of each triangle around the vertex."""
    third = np.linalg.norm(crosses(vertices, triangles), axis=1, keepdims=True) / 6
    return at_corners(third, triangles, len(vertices))[:, 0]


def _in_order(triangles: I32) -> I32:
    """Each from its least corner on, by their corners."""
    turned = np.empty_like(triangles)
    _from_least(triangles, turned)
    return np.asarray(turned[np.lexsort(turned.T[::-1])])


@numba.njit(cache=True)
def _from_least(triangles: Any, turned: Any) -> None:
    for t in range(len(triangles)):
        first = 0
        for k in range(1, 3):
            if triangles[t, k] < triangles[t, first]:
                first = k
        for k in range(3):
            turned[t, k] = triangles[t, (first + k) % 3]


def _smoothed(vertices: F32, triangles: I32, rounds: int) -> F64:
    """(v, 3) unit normals, each the mean over its own and its neighbours', ``rounds`` times.

    A neighbour counts in every triangle that it shares: twice, on a border once. So does a vertex itself, twice.
    """
    normal = vertex_normals(vertices, triangles).astype(np.float64)
    mean = np.empty_like(normal)
    for _ in range(rounds):
        _blend(normal, triangles, mean)
        normal, mean = mean, normal
    return normal


@numba.njit(cache=True)
def _blend(normal: Any, triangles: Any, mean: Any) -> None:
    """A round into ``mean``, triangle by triangle in the order given: a matrix of neighbours took ten times the room."""
    for v in range(len(normal)):
        for axis in range(3):
            mean[v, axis] = 2 * normal[v, axis]
    for t in range(len(triangles)):
        a, b, c = triangles[t]
        for axis in range(3):
            of_a, of_b, of_c = normal[a, axis], normal[b, axis], normal[c, axis]
            mean[a, axis] += of_b + of_c
            mean[b, axis] += of_c + of_a
            mean[c, axis] += of_a + of_b
    for v in range(len(normal)):
        x, y, z = mean[v]
        length = np.sqrt(x * x + y * y + z * z)
        for axis in range(3):
            mean[v, axis] = mean[v, axis] / length if length > 1e-9 else normal[v, axis]
