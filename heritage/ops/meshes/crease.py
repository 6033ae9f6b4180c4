"""Shading normals for surfaces with sharp edges."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from heritage.model.arrays import Mesh
from heritage.ops.meshes.weld import crosses, unit, vertex_normals


def crease(mesh: Mesh, angle_deg: float = 40.0) -> Mesh:
    """``mesh`` with normals, its vertices split along edges where the surface turns by more than ``angle_deg``.

    Vertices must be welded. Open and non-manifold edges are creases too. Change goes with the vertices; colours,
    uv and earlier normals are dropped.
    """
    t = len(mesh.triangles)
    # Half-edge h = k * t + i goes from corner k of triangle i to corner k + 1; corners are numbered likewise.
    start = mesh.triangles.T.ravel()
    end = np.roll(mesh.triangles, -1, axis=1).T.ravel()
    key = np.minimum(start, end).astype(np.int64) << 32 | np.maximum(start, end)
    order = np.argsort(key, kind="stable")
    group = np.flatnonzero(np.concatenate([[True], np.diff(key[order]) != 0]))
    pair = group[np.diff(np.append(group, len(order))) == 2]
    g, h = order[pair], order[pair + 1]
    face = unit(crosses(mesh.vertices, mesh.triangles))
    smooth = (np.einsum("ed,ed->e", face[g % t], face[h % t]) > np.cos(np.radians(angle_deg))) & (
        start[g] == end[h]
    )
    g, h = g[smooth], h[smooth]
    after_g, after_h = (g + t) % (3 * t), (h + t) % (3 * t)
    joined = np.concatenate([np.stack([g, after_h], 1), np.stack([after_g, h], 1)])
    graph = coo_matrix((np.ones(len(joined), np.int8), (joined[:, 0], joined[:, 1])), shape=(3 * t, 3 * t))
    count, label = connected_components(graph, directed=False)
    source = np.empty(count, np.int32)
    source[label] = start
    triangles = label.reshape(3, t).T.astype(np.int32)
    vertices = mesh.vertices[source]
    return Mesh(
        mesh.origin,
        vertices,
        triangles,
        normals=vertex_normals(vertices, triangles),
        change=None if mesh.change is None else mesh.change[source],
        filled=None if mesh.filled is None else mesh.filled[source],
        part=None if mesh.part is None else mesh.part[source],
        name=mesh.name,
    )
