"""Open3D's ray casting scene for our meshes; it works in float32, so coordinates stay near an origin."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F64, Mesh


def scene_of(mesh: Mesh, shift: F64 | None = None, *, threads: int = 0) -> Any:
    """A RaycastingScene with ``mesh``'s triangles, metres relative to its origin, moved by ``shift`` (3,).

    It is built by so many ``threads``; 0 are all there are.
    """
    vertices = mesh.vertices if shift is None else mesh.vertices + shift
    scene = empty_scene(threads)
    scene.add_triangles(tensor(vertices, np.float32), tensor(mesh.triangles, np.uint32))
    return scene


def empty_scene(threads: int = 0) -> Any:
    """A RaycastingScene without triangles, built by so many ``threads``; 0 are all there are."""
    from open3d.t.geometry import (
        RaycastingScene,
    )  # most of a second, and a build with nothing to do casts no ray

    return RaycastingScene(nthreads=threads)


def tensor(array: Any, dtype: Any) -> Any:
    """An Open3D tensor that owns a copy of ``array`` as ``dtype``."""
    from open3d.core import Tensor

    return Tensor.from_numpy(np.array(array, dtype, order="C"))


def distances(scene: Any, points: npt.NDArray[Any], threads: int) -> F64:
    """(n,) float64 metres from points (n, 3) to the nearest place on the scene's triangles."""
    return np.asarray(
        scene.compute_distance(tensor(points, np.float32), nthreads=threads).numpy(), np.float64
    )
