"""The part of a surface that lies in a box."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from heritage.model.arrays import F64, Mesh
from heritage.ops.meshes.weld import first_and_place


def part_in(meshes: Iterable[Mesh], origin: F64, low: F64, high: F64) -> Mesh:
    """The triangles of ``meshes`` whose boxes meet the one from ``low`` to ``high`` (3,), metres from ``origin`` (3,), as one
    mesh whose zero that is, with one vertex a place. Nothing but geometry is kept."""
    vertices, triangles, start = [np.zeros((0, 3), np.float32)], [np.zeros((0, 3), np.int32)], 0
    for mesh in meshes:
        places = (mesh.vertices + (mesh.origin - origin)).astype(np.float32)
        held = mesh.triangles
        for axis in range(3):  # each leaves few to the next
            along = places[:, axis]
            outside = (along < low[axis])[held].all(1) | (along > high[axis])[held].all(1)
            held = held[~outside]
        used, own = np.unique(held, return_inverse=True)
        vertices.append(places[used])
        triangles.append((own.reshape(-1, 3) + start).astype(np.int32))
        start += len(used)
    xyz = np.concatenate(vertices)
    first, place = first_and_place(xyz)
    return Mesh(np.zeros(3), xyz[first], place[np.concatenate(triangles)].astype(np.int32))
