"""Make one connected surface of meshes whose vertices were split for their textures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F32, F64, I32, Mesh
from heritage.ops.join import join


def weld(meshes: Sequence[Mesh]) -> tuple[Mesh, I32]:
    """Join ``meshes``, give equal positions one vertex, drop triangles that cover nothing.

    Relative to the first one's origin. ``change`` is kept where every mesh has it: the first of the welded
    vertices speaks. Colours, normals, uv and textures are left behind. Also returns, per triangle kept, its
    number (t,) int32 in the joined input.
    """
    joined = join(meshes)
    first, place = _distinct(joined.vertices)
    triangles = place[joined.triangles]
    kept = np.flatnonzero(covers(joined.vertices[first], triangles)).astype(np.int32)
    parts = [mesh.change for mesh in meshes if mesh.change is not None]
    change = np.concatenate(parts)[first] if len(parts) == len(meshes) else None
    mesh = compact(
        Mesh(joined.origin, joined.vertices[first], triangles[kept], change=change, name=joined.name)
    )
    return mesh, kept


def same_place(vertices: F32) -> I32:
    """(v,) int32: one number for each position, so that copies of a vertex get the same."""
    return _distinct(vertices)[1]


def _distinct(vertices: F32) -> tuple[npt.NDArray[np.intp], I32]:
    """The first vertex at every position, in source order, and for each vertex its place among those."""
    bits = (
        np.ascontiguousarray(vertices + np.float32(0)).view([("", np.float32)] * 3).ravel()
    )  # + 0: -0 equals 0
    _, first, inverse = np.unique(bits, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return first[order], rank[inverse]


def covers(vertices: npt.NDArray[Any], triangles: I32) -> npt.NDArray[np.bool_]:
    """(t,) True for triangles with three different vertices and an area."""
    a, b, c = triangles.T
    return np.asarray(
        (a != b) & (b != c) & (c != a) & (np.linalg.norm(crosses(vertices, triangles), axis=1) > 0)
    )


def crosses(vertices: npt.NDArray[Any], triangles: I32) -> F64:
    """(t, 3) float64: twice the area along the normal of every triangle."""
    a, b, c = (vertices[triangles[:, k]].astype(np.float64) for k in range(3))
    return np.cross(b - a, c - a)


def open_edges(triangles: I32, place: I32 | None = None) -> I32:
    """The edges (e, 2) that one triangle alone uses, in its direction.

    ``place`` (v,) is needed where vertices have copies: the same number for copies of one.
    """
    edges = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    ends = np.sort(edges if place is None else place[edges], axis=1).astype(np.int64)
    _, index, count = np.unique(ends[:, 0] << 32 | ends[:, 1], return_index=True, return_counts=True)
    return np.asarray(edges[np.sort(index[count == 1])], np.int32)


def areas(mesh: Mesh) -> F64:
    """(t,) float64 square metres."""
    return np.asarray(np.linalg.norm(crosses(mesh.vertices, mesh.triangles), axis=1) / 2)


def compact(mesh: Mesh) -> Mesh:
    """The mesh without vertices that no triangle uses."""
    used = np.zeros(len(mesh.vertices), bool)
    used[mesh.triangles] = True
    if used.all():
        return mesh
    place = np.cumsum(used, dtype=np.int32) - np.int32(1)

    def pick(a: npt.NDArray[Any] | None) -> Any:
        return None if a is None else a[used]

    return mesh.with_(
        vertices=mesh.vertices[used],
        triangles=place[mesh.triangles],
        normals=pick(mesh.normals),
        uv=pick(mesh.uv),
        rgb=pick(mesh.rgb),
        change=pick(mesh.change),
    )


def unit(vectors: F64) -> F64:
    """Rows (n, 3) scaled to length 1; zero rows stay zero."""
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-300))


def vertex_normals(vertices: F32, triangles: I32) -> F32:
    """(v, 3) unit normals, the mean of a vertex's triangles weighted by area.

    Up where the triangles cancel out: a zero normal is an error in glTF.
    """
    cross = crosses(vertices, triangles)
    total = np.stack(
        [np.bincount(triangles.ravel(), np.repeat(cross[:, d], 3), len(vertices)) for d in range(3)], axis=1
    )
    normal = unit(total.astype(np.float64))
    normal[np.linalg.norm(normal, axis=1) < 0.5] = (0, 0, 1)
    return np.asarray(normal, np.float32)
