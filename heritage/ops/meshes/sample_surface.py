"""Points on a surface, uniform by area, with normals and colours: what a model would look like measured."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from heritage.model.arrays import F32, U8, Mesh, PointCloud
from heritage.model.errors import MethodError
from heritage.ops.meshes.weld import areas, crosses


def sample_surface(meshes: Sequence[Mesh], count: int, seed: int) -> PointCloud:
    """``count`` points on ``meshes`` together, in the first one's frame and relative to its origin.

    Colours come from the texture where there is one, else from vertices, else are left out when any mesh has
    none. Raises MethodError for meshes without area.
    """
    every = [areas(mesh) for mesh in meshes]
    total = sum(float(area.sum()) for area in every)
    if not total > 0:
        raise MethodError("model", "its triangles have no area", "a surface", code="mesh-without-area")
    rng = np.random.default_rng(seed)
    origin = meshes[0].origin
    xyz: list[F32] = []
    normals: list[F32] = []
    rgb: list[U8] = []
    for mesh, area in zip(meshes, every, strict=True):
        n = round(count * float(area.sum()) / total)
        if n == 0:
            continue
        triangle = rng.choice(len(area), n, p=area / area.sum())
        a, b = rng.random((2, n))
        # The square root makes the density uniform over the triangle (Osada et al. 2002).
        weights = np.stack([1 - np.sqrt(a), np.sqrt(a) * (1 - b), np.sqrt(a) * b], axis=1)
        corners = mesh.triangles[triangle]
        xyz.append(
            (
                np.einsum("nk,nkd->nd", weights, mesh.vertices[corners].astype(np.float64))
                + (mesh.origin - origin)
            ).astype(np.float32)
        )
        normals.append(_face_normals(mesh)[triangle])
        colour = _colours(mesh, corners, weights)
        if colour is not None:
            rgb.append(colour)
    return PointCloud(
        origin,
        np.concatenate(xyz),
        np.concatenate(rgb) if len(rgb) == len(xyz) else None,
        np.concatenate(normals),
    )


def _face_normals(mesh: Mesh) -> F32:
    cross = crosses(mesh.vertices, mesh.triangles)
    return np.asarray(cross / np.maximum(np.linalg.norm(cross, axis=1, keepdims=True), 1e-30), np.float32)


def _colours(mesh: Mesh, corners: np.ndarray, weights: np.ndarray) -> U8 | None:
    if mesh.texture is not None and mesh.uv is not None:
        uv = np.einsum("nk,nkd->nd", weights, mesh.uv[corners].astype(np.float64))
        h, w = mesh.texture.shape[:2]
        # glTF repeats textures by default.
        column = np.minimum((uv[:, 0] % 1.0 * w).astype(np.int64), w - 1)
        row = np.minimum((uv[:, 1] % 1.0 * h).astype(np.int64), h - 1)
        return np.asarray(mesh.texture[row, column], np.uint8)
    if mesh.rgb is not None:
        return np.asarray(
            np.rint(np.einsum("nk,nkd->nd", weights, mesh.rgb[corners].astype(np.float64))), np.uint8
        )
    return None
