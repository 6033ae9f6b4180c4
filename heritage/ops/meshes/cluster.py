"""Merge vertices that lie close together, whatever the surface between them (Rossignac and Borrel 1993).

For surfaces with more handles and holes than a coarse picture has triangles: edge collapse keeps each of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from heritage.model.arrays import I32, Bool, Mesh
from heritage.ops.points.grid import voxels


@dataclass(frozen=True, eq=False)
class Clustered:
    """``mesh`` has vertices and triangles only; ``source`` (v,) int32 is the vertex of the input that each one is."""

    mesh: Mesh
    source: I32


def cluster(mesh: Mesh, size_m: float, locked: Bool) -> Clustered:
    """``mesh`` with one vertex in every cube of ``size_m`` metres, same origin.

    Of the vertices in a cube the one nearest to their mean stays, where it is; ``locked`` (v,) vertices all stay, and
    take in nobody. Triangles of one or two vertices are dropped, and of those with the same three the first is left.
    """
    free = np.flatnonzero(~locked)
    _, cube = np.unique(voxels(mesh.vertices[free], size_m), return_inverse=True)
    count = int(cube.max(initial=-1)) + 1
    mean = (
        np.stack([np.bincount(cube, mesh.vertices[free, d], count) for d in range(3)], axis=1)
        / np.maximum(np.bincount(cube, minlength=count), 1)[:, None]
    )
    off = ((mesh.vertices[free] - mean[cube]) ** 2).sum(1)
    order = np.lexsort([free, off, cube])
    chosen = free[order][np.searchsorted(cube[order], np.arange(count))]
    stands = np.arange(len(mesh.vertices), dtype=np.int32)
    stands[free] = chosen[cube]
    triangles = _distinct(stands[mesh.triangles])
    used, placed = np.unique(triangles, return_inverse=True)
    kept = Mesh(mesh.origin, mesh.vertices[used], placed.reshape(-1, 3).astype(np.int32), name=mesh.name)
    return Clustered(kept, used.astype(np.int32))


def _distinct(triangles: I32) -> I32:
    """Triangles of three vertices, each once, whichever way it faces."""
    triangles = triangles[(triangles != np.roll(triangles, 1, axis=1)).all(1)]
    _, first = np.unique(np.sort(triangles, axis=1), axis=0, return_index=True)
    return triangles[np.sort(first)]
