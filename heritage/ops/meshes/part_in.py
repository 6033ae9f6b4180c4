"""The part of a surface that lies in a box."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from heritage.model.arrays import F32, F64, I32, Mesh
from heritage.ops.meshes.weld import first_and_place


def part_in(meshes: Iterable[Mesh], origin: F64, low: F64, high: F64) -> Mesh:
    """The triangles of ``meshes`` that `triangles_in` finds, as one mesh whose zero is ``origin``, with one vertex a place.
    Nothing but geometry is kept."""
    vertices, triangles, start = [np.zeros((0, 3), np.float32)], [np.zeros((0, 3), np.int32)], 0
    for mesh in meshes:
        places, held = triangles_in(mesh, origin, low, high)
        used, own = np.unique(held, return_inverse=True)
        vertices.append(places[used])
        triangles.append((own.reshape(-1, 3) + start).astype(np.int32))
        start += len(used)
    xyz = np.concatenate(vertices)
    first, place = first_and_place(xyz)
    return Mesh(np.zeros(3), xyz[first], place[np.concatenate(triangles)].astype(np.int32))


def triangles_in(mesh: Mesh, origin: F64, low: F64, high: F64) -> tuple[F32, I32]:
    """All vertices of ``mesh``, metres from ``origin`` (3,), and of its triangles those whose boxes meet the one from ``low`` to
    ``high`` (3,) there."""
    places, held = (mesh.vertices + (mesh.origin - origin)).astype(np.float32), mesh.triangles
    for axis in range(3):  # each leaves few to the next
        along = places[:, axis]
        below, above = along < low[axis], along > high[axis]
        first, second, third = held.T
        outside = below[first] & below[second] & below[third] | above[first] & above[second] & above[third]
        held = held[~outside]
    return places, held
