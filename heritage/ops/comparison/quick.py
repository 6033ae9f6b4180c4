"""A fast look: signed distance of points to a mesh, and robust figures of it. No level of detection, no regions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from heritage.model.arrays import F64, Mesh
from heritage.model.errors import InputError
from heritage.model.report import Figure
from heritage.ops.comparison.tally import Tally
from heritage.ops.meshes.rays import scene_of, tensor
from heritage.ops.meshes.weld import vertex_normals

_ON_RIM = 1e-4  # barycentric: nearer to a triangle's side than this is on it
_STEP_M = 2.0**-16  # distances are told apart so finely, 15 micrometres
_SIGMA = 1.4826  # times the median of absolute deviations, of normal errors


class Surface:
    """A mesh that distances are taken from, outward positive."""

    def __init__(self, mesh: Mesh) -> None:
        if not len(mesh.triangles):
            raise InputError("mesh", "no triangle", "a surface is needed", code="compare-empty")
        self.origin = mesh.origin
        self.low, self.high = (corner + mesh.origin for corner in mesh.bounds())
        self._triangles = mesh.triangles
        self._normals = vertex_normals(mesh.vertices, mesh.triangles).astype(np.float64)
        self._scene = scene_of(mesh)

    def distance(self, xyz: F64) -> F64:
        """(n,) metres of ``xyz`` (n, 3), in the frame of the mesh: to the nearest place, negative behind it.

        Over an edge or a corner the mean of the faces' normals says which side is outside (after Baerentzen and Aanaes
        2005), for the nearest face alone may say either.
        """
        local = xyz - self.origin
        found = self._scene.compute_closest_points(tensor(local, np.float32), nthreads=1)
        away = local - found["points"].numpy()
        v, w = found["primitive_uvs"].numpy().astype(np.float64).T
        share = np.stack([1 - v - w, v, w], axis=1)
        normal = found["primitive_normals"].numpy().astype(np.float64)
        rim = np.flatnonzero(share.min(1) < _ON_RIM)
        corner = self._triangles[found["primitive_ids"].numpy()[rim]]
        normal[rim] = (self._normals[corner] * share[rim, :, None]).sum(1)
        side = np.where((away * normal).sum(1) < 0, -1.0, 1.0)
        return np.asarray(side * np.linalg.norm(away, axis=1))


@dataclass(frozen=True, eq=False)
class Look:
    """What is known of points seen so far: how many, and the distances of those within reach."""

    points: int
    near: Tally


def look(surface: Surface, xyz: F64, reach_m: float) -> Look:
    """At points (n, 3); those farther than ``reach_m`` from the surface say nothing of it."""
    distance = surface.distance(xyz)
    near = distance[np.abs(distance) <= reach_m]
    return Look(len(xyz), Tally.of(near, np.ones(len(near)), _STEP_M))


def figures(looks: list[Look], reach_m: float) -> tuple[Figure, ...]:
    """Of all points. Raises InputError where none is within reach."""
    total, near = sum(one.points for one in looks), Tally.joined(one.near for one in looks)
    if not len(near.step):
        raise InputError(
            "cloud", f"none of {total} points is within {reach_m:g} m of the mesh", "both in one frame and one unit",
            "align them first, or give a larger --reach", code="compare-nothing",
        )  # fmt: skip
    count, step = float(near.weight.sum()), near.step * _STEP_M
    median = near.percentile(50) * _STEP_M
    sizes = near.sizes()
    off = Tally.of(np.abs(step - median), near.weight, _STEP_M)
    how = f"signed distance to the nearest place of the mesh, points within {reach_m:g} m"

    def metres(name: str, value: float) -> Figure:
        return Figure(name=name, value=value, unit="m", method=how)

    return (
        Figure(name="points", value=total, unit="1"),
        Figure(
            name="within_reach",
            value=count / max(total, 1),
            unit="1",
            method="the others say nothing of the surface",
        ),
        metres("median", median),
        metres("robust_sigma", _SIGMA * off.percentile(50) * _STEP_M),
        metres("p05", near.percentile(5) * _STEP_M),
        metres("p95", near.percentile(95) * _STEP_M),
        metres("absolute_p50", sizes.percentile(50) * _STEP_M),
        metres("absolute_p95", sizes.percentile(95) * _STEP_M),
    )
