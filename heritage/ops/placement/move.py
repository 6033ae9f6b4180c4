"""A mesh taken to another frame."""

import numpy as np

from heritage.model.arrays import F64, Mesh, Similarity


def move_mesh(mesh: Mesh, target_from_source: Similarity, origin: F64) -> Mesh:
    """``mesh`` in the target frame, relative to ``origin`` (3,) there; normals turn with it."""
    world = mesh.vertices.astype(np.float64) + mesh.origin
    normals = (
        None if mesh.normals is None else (mesh.normals @ target_from_source.rotation.T).astype(np.float32)
    )
    return mesh.with_(
        origin=origin, vertices=(target_from_source.apply(world) - origin).astype(np.float32), normals=normals
    )
