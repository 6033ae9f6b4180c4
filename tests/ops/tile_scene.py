"""Small surfaces with known truth, for tiles and textures."""

from __future__ import annotations

import numpy as np
import trimesh

from heritage.model.arrays import Mesh, PointCloud

ORIGIN = np.array([120.0, -45.0, 7.0])


def mesh_of(vertices: np.ndarray, triangles: np.ndarray, **more: np.ndarray) -> Mesh:
    return Mesh(ORIGIN, np.asarray(vertices, np.float32), np.asarray(triangles, np.int32), **more)


def blob(subdivisions: int = 5) -> Mesh:
    """A closed, bumpy ball of about 3 m: 20 * 4^subdivisions triangles."""
    ball = trimesh.creation.icosphere(subdivisions=subdivisions)
    d = np.asarray(ball.vertices)
    bumps = np.sin(7 * d[:, 0]) * np.sin(6 * d[:, 1] + 1) * np.sin(5 * d[:, 2] + 2)
    return mesh_of(d * (3 + 0.25 * bumps)[:, None] * (1.4, 1.0, 0.8), ball.faces)


def box(size: tuple[float, float, float] = (4.0, 3.0, 2.0)) -> Mesh:
    """A closed box of 12 triangles and 8 vertices."""
    solid = trimesh.creation.box(extents=size)
    return mesh_of(solid.vertices, solid.faces)


def sheet(n: int, side: float = 2.0) -> Mesh:
    """A flat square of 2 n^2 triangles in z = 0, facing up, from (0, 0) to (side, side)."""
    x, y = np.meshgrid(np.linspace(0, side, n + 1), np.linspace(0, side, n + 1))
    vertices = np.stack([x.ravel(), y.ravel(), np.zeros(x.size)], axis=1)
    a = (np.arange(n)[:, None] * (n + 1) + np.arange(n)).ravel()
    return mesh_of(
        vertices, np.concatenate([np.stack([a, a + 1, a + n + 2], 1), np.stack([a, a + n + 2, a + n + 1], 1)])
    )


def tint(xyz: np.ndarray) -> np.ndarray:
    """A smooth colour for every place, (n, 3) uint8 sRGB."""
    return np.rint(128 + 90 * np.sin(xyz * (1.1, 1.3, 1.7) + (0, 1, 2))).astype(np.uint8)


def sampled(mesh: Mesh, count: int, seed: int = 0) -> PointCloud:
    """``count`` points on the mesh in its ``tint``, with normals."""
    solid = trimesh.Trimesh(mesh.vertices, mesh.triangles, process=False)
    xyz, face = trimesh.sample.sample_surface(solid, count, seed=seed)
    return PointCloud(
        mesh.origin, xyz.astype(np.float32), tint(xyz), np.asarray(solid.face_normals[face], np.float32)
    )


def places(mesh: Mesh, count: int, seed: int) -> np.ndarray:
    """(count, 3) float32 places, uniform by area."""
    rng = np.random.default_rng(seed)
    corners = mesh.vertices[mesh.triangles].astype(np.float64)
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    triangle = rng.choice(len(area), count, p=area / area.sum())
    weights = rng.dirichlet([1, 1, 1], count)
    return np.einsum("nk,nkd->nd", weights, corners[triangle]).astype(np.float32)
