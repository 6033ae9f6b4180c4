"""A block's part of a surface that other blocks go on with: normals as if there were no blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix

from heritage.model.arrays import F32, F64, I32, Bool, Mesh
from heritage.ops.meshes.weld import first_and_place, vertex_normals


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
    a, b, c = (vertices[triangles[:, i]].astype(np.float64) for i in range(3))
    third = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 6
    return np.asarray(np.bincount(triangles.ravel(), np.repeat(third, 3), len(vertices)), np.float64)


def _in_order(triangles: I32) -> I32:
    """Each from its least corner on, by their corners."""
    first = triangles.argmin(1)[:, None]
    turned = np.take_along_axis(triangles, (first + np.arange(3)) % 3, 1)
    return np.asarray(turned[np.lexsort(turned.T[::-1])])


def _smoothed(vertices: F32, triangles: I32, rounds: int) -> F64:
    """(v, 3) unit normals, each the mean over the mesh's edges, ``rounds`` times."""
    normal = vertex_normals(vertices, triangles).astype(np.float64)
    row = triangles[:, [0, 1, 1, 2, 2, 0]].ravel()
    column = triangles[:, [1, 0, 2, 1, 0, 2]].ravel()
    n = len(normal)
    joined = (coo_matrix((np.ones(len(row)), (row, column)), shape=(n, n)).tocsr() > 0).astype(np.float64)
    joined.sort_indices()  # a row is summed in this order
    for _ in range(rounds):
        mean = normal + joined @ normal
        length = np.linalg.norm(mean, axis=1, keepdims=True)
        normal = np.where(length > 1e-9, mean / np.maximum(length, 1e-9), normal)
    return np.asarray(normal)
