"""Clouds and meshes in another frame."""

from __future__ import annotations

import numpy as np

from heritage.model.arrays import F32, F64, Mesh, PointCloud, Similarity


def moved_cloud(cloud: PointCloud, target_from_source: Similarity) -> PointCloud:
    """The cloud in the target frame; its origin moves along, so float32 offsets stay small."""
    origin, offsets = _moved(cloud.origin, cloud.xyz, target_from_source)
    return cloud.with_(origin=origin, xyz=offsets, normal=_turned(cloud.normal, target_from_source))


def moved_mesh(mesh: Mesh, target_from_source: Similarity) -> Mesh:
    """The mesh in the target frame; its origin moves along."""
    origin, offsets = _moved(mesh.origin, mesh.vertices, target_from_source)
    return mesh.with_(origin=origin, vertices=offsets, normals=_turned(mesh.normals, target_from_source))


def _moved(origin: F64, offsets: F32, similarity: Similarity) -> tuple[F64, F32]:
    turned = similarity.scale * (offsets.astype(np.float64) @ similarity.rotation.T)
    return similarity.apply(origin[None])[0], turned.astype(np.float32)


def _turned(normals: F32 | None, similarity: Similarity) -> F32 | None:
    return None if normals is None else (normals.astype(np.float64) @ similarity.rotation.T).astype(np.float32)
