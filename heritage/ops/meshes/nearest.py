"""The nearest place on a surface, for many points: distance, triangle and barycentric weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F32, I32, Mesh
from heritage.ops.meshes.rays import scene_of, tensor

_CHUNK = 1_000_000


@dataclass(frozen=True, eq=False)
class Place:
    """``distance`` (n,) metres; ``triangle`` (n,) int32; ``weights`` (n, 3) of its corners, sum 1."""

    distance: F32
    triangle: I32
    weights: F32

    def blend(self, values: npt.NDArray[Any], triangles: I32) -> npt.NDArray[Any]:
        """Vertex ``values`` (v, c) float at the places, (n, c)."""
        corners = values[triangles[self.triangle]]
        return np.asarray(np.einsum("nk,nkc->nc", self.weights, corners, dtype=values.dtype))


class Nearest:
    """A search structure over one mesh; queries are relative to its origin and do not depend on ``threads``."""

    def __init__(self, mesh: Mesh, *, threads: int = 1) -> None:
        self._threads = threads
        self._scene = scene_of(mesh, threads=threads)

    def distance(self, xyz: F32) -> F32:
        """(n,) metres from points (n, 3)."""
        parts = [
            self._scene.compute_distance(tensor(xyz[i : i + _CHUNK], np.float32), self._threads).numpy()
            for i in range(0, len(xyz), _CHUNK)
        ]
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)

    def place(self, xyz: F32) -> Place:
        """The nearest place for points (n, 3)."""
        points, triangle, uv = [], [], []
        for i in range(0, len(xyz), _CHUNK):
            query = tensor(xyz[i : i + _CHUNK], np.float32)
            found = self._scene.compute_closest_points(query, self._threads)
            points.append(found["points"].numpy())
            triangle.append(found["primitive_ids"].numpy().astype(np.int32))
            uv.append(found["primitive_uvs"].numpy())
        u, v = np.concatenate(uv).T if uv else np.zeros((2, 0), np.float32)
        distance = np.linalg.norm(xyz - np.concatenate(points), axis=1) if points else np.zeros(0, np.float32)
        weights = np.clip(np.stack([1 - u - v, u, v], axis=1), 0, 1).astype(np.float32)
        where = np.concatenate(triangle) if triangle else np.zeros(0, np.int32)
        return Place(distance.astype(np.float32), where, weights)


def change_at(place: Place, change: F32, triangles: I32) -> F32:
    """Vertex ``change`` (v, k, 2) of the searched mesh's ``triangles`` at places (n,), as (n, k, 2).

    Corners that are not comparable (NaN) are left out; where they weigh half or more the place is not
    comparable either. Both numbers of a comparison are known or unknown together.
    """
    values = change[triangles[place.triangle]].astype(np.float64)
    known = np.asarray(np.isfinite(values).all(axis=3))
    weights = np.where(known, place.weights[:, :, None], np.float32(0))
    total = weights.sum(axis=1)
    blended = (weights[..., None] * np.where(known[..., None], values, 0.0)).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        result = blended / total[..., None]
    result[total <= 0.5] = np.nan
    return np.asarray(result, np.float32)
