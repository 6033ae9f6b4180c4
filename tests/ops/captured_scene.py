"""A small made building as a photographer captures it: only what some camera sees, with noise and truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import open3d as o3d

from heritage.model.arrays import Mesh, PointCloud

GROUND, TERRACE, WALL, ROOF, COLUMN = range(5)


@dataclass(frozen=True, eq=False)
class Capture:
    """``cloud`` without normals; per point its true ``normal``, its ``part`` and its place ``exact``."""

    cloud: PointCloud
    normal: np.ndarray
    part: np.ndarray
    exact: np.ndarray
    cameras: np.ndarray
    truth: Mesh


def _box(low, high):
    mesh = o3d.geometry.TriangleMesh.create_box(*(np.subtract(high, low)))
    return np.asarray(mesh.vertices) + low, np.asarray(mesh.triangles)


def _column(x, y, low, high, radius=0.25):
    mesh = o3d.geometry.TriangleMesh.create_cylinder(radius, high - low, 24, 1)
    return np.add(mesh.vertices, [x, y, (low + high) / 2]), np.asarray(mesh.triangles)


def _gable(low, high, ridge):
    (x0, y0, z0), (x1, y1, _) = low, high
    ym = (y0 + y1) / 2
    v = np.array(
        [[x0, y0, z0], [x1, y0, z0], [x1, y1, z0], [x0, y1, z0], [x0, ym, ridge], [x1, ym, ridge]], float
    )
    t = np.array([[0, 2, 1], [0, 3, 2], [0, 1, 5], [0, 5, 4], [2, 3, 4], [2, 4, 5], [0, 4, 3], [1, 2, 5]])
    return v, t


def solids():
    """(vertices, triangles, part) of every solid: a hall on a terrace with porch, stair and a free wall."""
    parts = [
        (
            np.array([[-9, -7, 0], [9, -7, 0], [9, 7, 0], [-9, 7, 0]], float),
            np.array([[0, 1, 2], [0, 2, 3]]),
            GROUND,
        ),
        (*_box([-6, -4, -0.4], [6, 4, 0.9]), TERRACE),
        (*_box([-1.2, -4.9, -0.4], [1.2, -4, 0.3]), TERRACE),
        (*_box([-1.2, -4.45, -0.4], [1.2, -3.9, 0.6]), TERRACE),
        (*_box([-4, -2, 0.5], [4, 2.6, 4.0]), WALL),
        (*_box([7.2, -5, -0.3], [7.5, 5, 1.8]), WALL),
        (*_gable([-5.2, -3.9, 3.9], [5.2, 3.4, 4.0], 6.2), ROOF),
    ]
    parts += [(*_column(x, -3.3, 0.8, 4.0), COLUMN) for x in (-4, -1.4, 1.4, 4)]
    return parts


def capture(points: int = 60_000, *, sigma: float = 0.003, seed: int = 1) -> Capture:
    """Sample the solids' surface, keep what one of 42 cameras sees, add noise."""
    rng = np.random.default_rng(seed)
    vertices, triangles, part, base = [], [], [], 0
    for v, t, kind in solids():
        vertices.append(v)
        triangles.append(t + base)
        part.append(np.full(len(t), kind))
        base += len(v)
    v, t, kind = np.vstack(vertices), np.vstack(triangles), np.concatenate(part)
    scene = o3d.t.geometry.RaycastingScene()
    scene.add_triangles(o3d.core.Tensor(v.astype(np.float32)), o3d.core.Tensor(t.astype(np.uint32)))
    a, b, c = v[t[:, 0]], v[t[:, 1]], v[t[:, 2]]
    cross = np.cross(b - a, c - a)
    area = np.linalg.norm(cross, axis=1) / 2
    face = rng.choice(len(t), points * 3, p=area / area.sum())
    u, w = rng.random((2, len(face), 1))
    flip = u + w > 1
    u, w = np.where(flip, 1 - u, u), np.where(flip, 1 - w, w)
    xyz = a[face] + u * (b - a)[face] + w * (c - a)[face]
    normal = (cross / (2 * area[:, None]))[face]
    ring = np.linspace(0, 2 * np.pi, 14, endpoint=False)
    cameras = np.vstack(
        [
            np.column_stack([r * np.cos(ring), 0.85 * r * np.sin(ring), np.full(14, z)])
            for r, z in ((12, 1.6), (13, 4), (11, 10))
        ]
    )
    seen = np.zeros(len(xyz), bool)
    for camera in cameras:
        way = camera - xyz
        distance = np.linalg.norm(way, axis=1)
        way /= distance[:, None]
        rays = np.column_stack([xyz + 1e-3 * way, way]).astype(np.float32)
        hit = scene.cast_rays(o3d.core.Tensor(rays))["t_hit"].numpy()
        seen |= ((way * normal).sum(1) > 0.15) & ~(hit < distance)
    chosen = np.flatnonzero(seen)[:points]
    exact, normal, kind = xyz[chosen], normal[chosen], kind[face[chosen]]
    noisy = (exact + rng.normal(0, sigma, exact.shape)).astype(np.float32)
    colour = np.array([[120, 110, 95], [150, 145, 140], [175, 80, 60], [205, 160, 60], [150, 40, 35]])[kind]
    rgb = np.clip(colour + rng.normal(0, 8, colour.shape), 0, 255).astype(np.uint8)
    truth = Mesh(np.zeros(3), v.astype(np.float32), t.astype(np.int32))
    return Capture(PointCloud(np.zeros(3), noisy, rgb=rgb), normal, kind, exact, cameras, truth)
