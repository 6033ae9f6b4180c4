"""Skirts: strips that hang behind a tile's cut edges and close the gap to a neighbour of another level."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from heritage.model.arrays import Mesh
from heritage.ops.weld import open_edges, same_place, vertex_normals

Plane = tuple[int, float]
"""An axis 0..2 and the coordinate on it, metres relative to the origin."""


def on_planes(vertices: npt.NDArray[np.float32], planes: frozenset[Plane]) -> npt.NDArray[np.bool_]:
    """(v, p) True where a vertex lies on a cut plane (exactly), in sorted order of the planes."""
    return np.stack([vertices[:, axis] == np.float32(at) for axis, at in sorted(planes)], axis=1)


def with_skirts(mesh: Mesh, planes: frozenset[Plane], depth_m: float) -> Mesh:
    """``mesh`` with a strip behind every open edge that lies in one of ``planes``.

    The strip goes ``depth_m`` inwards, against the surface's normal, with the border's own texture and change.
    """
    if not planes or depth_m <= 0:
        return mesh
    place = same_place(mesh.vertices)
    edges = open_edges(mesh.triangles, place)
    on = on_planes(mesh.vertices, planes)
    edges = edges[(on[edges[:, 0]] & on[edges[:, 1]]).any(1)]
    if not len(edges):
        return mesh
    normal = vertex_normals(mesh.vertices[_first_of(place)], place[mesh.triangles])[place]
    top, new = np.unique(edges, return_inverse=True)
    new = (new.reshape(-1, 2) + len(mesh.vertices)).astype(np.int32)
    # Wound so that the strip faces away from the tile, towards the neighbour.
    strip = np.concatenate(
        [
            np.stack([edges[:, 1], edges[:, 0], new[:, 0]], 1),
            np.stack([edges[:, 1], new[:, 0], new[:, 1]], 1),
        ]
    )
    return mesh.with_(
        vertices=np.concatenate([mesh.vertices, mesh.vertices[top] - normal[top] * np.float32(depth_m)]),
        triangles=np.concatenate([mesh.triangles, strip.astype(np.int32)]),
        normals=None if mesh.normals is None else np.concatenate([mesh.normals, mesh.normals[top]]),
        uv=None if mesh.uv is None else np.concatenate([mesh.uv, mesh.uv[top]]),
        change=None if mesh.change is None else np.concatenate([mesh.change, mesh.change[top]]),
    )


def _first_of(place: npt.NDArray[np.int32]) -> npt.NDArray[np.intp]:
    return np.unique(place, return_index=True)[1]
