"""How far two surfaces are from each other, both ways."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from heritage.model.arrays import F64, Mesh, PointCloud
from heritage.model.errors import InputError
from heritage.ops.meshes.rays import distances, scene_of
from heritage.ops.meshes.weld import areas


@dataclass(frozen=True)
class Deviation:
    """Distances in metres: from points on ``a`` to ``b``'s surface, and back.

    Where ``b`` is a point cloud both ways are the points' distances to ``a``: the other way would measure the
    cloud's spacing.
    """

    a_to_b_mean_m: float
    a_to_b_p95_m: float
    a_to_b_max_m: float
    b_to_a_mean_m: float
    b_to_a_p95_m: float
    b_to_a_max_m: float
    samples: int


def deviation(
    a: Mesh, b: Mesh | PointCloud, *, samples: int = 100_000, seed: int = 0, threads: int = 1
) -> Deviation:
    """Mean, 95th percentile and greatest distance between ``a`` and ``b``, in one frame.

    Meshes are sampled with ``samples`` points uniform by area, of a cloud every point is taken. Distances are
    to the nearest place on the other surface, in float32 near ``a``'s origin. Raises InputError for an empty
    mesh or cloud.
    """
    if len(a.triangles) == 0 or len(b.triangles if isinstance(b, Mesh) else b) == 0:
        raise InputError(
            "deviation", "an empty mesh or cloud", "two surfaces are needed", code="deviation-empty"
        )
    rng = np.random.default_rng(seed)
    shift = b.origin - a.origin
    if isinstance(b, PointCloud):
        one = distances(scene_of(a), b.xyz + shift, threads)
        return Deviation(*_three(one), *_three(one), samples=len(b))
    there = distances(scene_of(b, shift), places_on(a, samples, rng), threads)
    back = distances(scene_of(a), places_on(b, samples, rng) + shift, threads)
    return Deviation(*_three(there), *_three(back), samples=samples)


def places_on(mesh: Mesh, samples: int, rng: np.random.Generator) -> F64:
    """Points (samples, 3) float64, metres relative to the mesh's origin, uniform by area."""
    a, b, c = (mesh.vertices[mesh.triangles[:, i]].astype(np.float64) for i in range(3))
    area = areas(mesh)
    total = np.cumsum(area)
    face = np.minimum(np.searchsorted(total, rng.random(samples) * total[-1]), len(area) - 1)
    u, v = rng.random((2, samples, 1))
    fold = u + v > 1
    u, v = np.where(fold, 1 - u, u), np.where(fold, 1 - v, v)
    return np.asarray(a[face] + u * (b - a)[face] + v * (c - a)[face])


def _three(distance: F64) -> tuple[float, float, float]:
    return float(distance.mean()), float(np.percentile(distance, 95)), float(distance.max())
