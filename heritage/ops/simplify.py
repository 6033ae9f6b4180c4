"""Fewer triangles for the same surface, by quadric error (Garland and Heckbert 1997)."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import fast_simplification
import numpy as np
import numpy.typing as npt
import open3d as o3d

from heritage.model.arrays import Mesh
from heritage.model.errors import InputError
from heritage.model.report import Figure
from heritage.ops.weld import areas, compact, covers, open_edges

# Two libraries. fast_simplification is five times faster and as good on dense, even triangles; on the long thin
# ones of constructed models it gets stuck (a palace of 234,543 triangles, asked for 29,000: mean distance 190 mm,
# Open3D 3 mm). So it makes dense meshes smaller, and Open3D does the rest.
_DENSE = 500_000
_EVEN = 250_000
# fast_simplification keeps its mesh in a global variable.
_ONE_AT_A_TIME = threading.Lock()
# Both have absolute thresholds, so every mesh is scaled: for fast_simplification to one size, for Open3D to triangles
# of mean area 1. Then the result does not depend on the unit (and is 30 % nearer on a statue given in metres).
_SIZE = 30.0
# Open edges per triangle of the goal beyond which kept borders would take the triangles that shapes need.
_BORDER_SHARE = 1 / 6
_BORDER_WEIGHT = 10.0


@dataclass(frozen=True, eq=False)
class Simplified:
    """``mesh`` has vertices and triangles only: attributes belong to the surface they were measured on."""

    mesh: Mesh
    figures: tuple[Figure, ...]


def simplify(mesh: Mesh, triangles: int, *, keep_borders: bool = True) -> Simplified:
    """``mesh`` with about ``triangles`` triangles (never more than it has), same origin.

    Vertices must be welded. ``keep_borders`` lets open borders resist ten times more than the rest. Triangles
    without area are dropped. Raises InputError for ``triangles`` below 4.
    """
    if triangles < 4:
        raise InputError("triangles", f"{triangles}", "4 or more are allowed", code="simplify-goal")
    result = Mesh(mesh.origin, mesh.vertices, mesh.triangles, name=mesh.name)
    if len(result.triangles) > _DENSE:
        result = _thinned(result, max(triangles, _EVEN), keep_borders)
    if len(result.triangles) > triangles:
        result = _collapsed(result, triangles, keep_borders)
    share = len(result.triangles) / max(len(mesh.triangles), 1)
    figure = Figure(name="share of triangles kept", value=share, unit="1", method="quadric edge collapse")
    return Simplified(result, (figure,))


def _thinned(mesh: Mesh, triangles: int, keep_borders: bool) -> Mesh:
    """By fast_simplification."""
    if triangles >= len(mesh.triangles):
        return mesh
    few = len(open_edges(mesh.triangles)) <= _BORDER_SHARE * triangles
    low = mesh.vertices.min(0).astype(np.float64)
    scale = _SIZE / max(float(np.ptp(mesh.vertices, axis=0).max()), 1e-9)
    with _ONE_AT_A_TIME:
        points, faces = fast_simplification.simplify(
            (mesh.vertices - low) * scale,
            mesh.triangles.copy(),
            target_count=triangles,
            preserve_border=keep_borders and few,
        )
    return _rebuilt(mesh, points / scale + low, faces)


def _collapsed(mesh: Mesh, triangles: int, keep_borders: bool) -> Mesh:
    """By Open3D."""
    low = mesh.vertices.min(0).astype(np.float64)
    scale = 1 / max(float(np.sqrt(areas(mesh).mean())), 1e-9)
    full = o3d.geometry.TriangleMesh(
        o3d.utility.Vector3dVector((mesh.vertices - low) * scale),
        o3d.utility.Vector3iVector(mesh.triangles.copy()),
    )
    result = full.simplify_quadric_decimation(
        triangles, boundary_weight=_BORDER_WEIGHT if keep_borders else 1.0
    )
    return _rebuilt(mesh, np.asarray(result.vertices) / scale + low, np.asarray(result.triangles))


def _rebuilt(mesh: Mesh, points: npt.NDArray[np.float64], faces: npt.NDArray[Any]) -> Mesh:
    vertices, triangles = points.astype(np.float32), faces.astype(np.int32)
    return compact(Mesh(mesh.origin, vertices, triangles[covers(vertices, triangles)], name=mesh.name))
