"""Fewer triangles for the same surface, by quadric error (Garland and Heckbert 1997)."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import fast_simplification
import numpy as np

from heritage.model.arrays import Mesh
from heritage.model.errors import InputError
from heritage.model.report import Figure
from heritage.ops.weld import compact, covers

# The library keeps its mesh in a global variable.
_ONE_AT_A_TIME = threading.Lock()
# Its thresholds are absolute, so every mesh is scaled to one size and the result does not depend on the unit.
_SIZE = 30.0
# Above this, open borders were most of what was left and may be simplified as well.
_BORDER_SLACK = 1.25


@dataclass(frozen=True, eq=False)
class Simplified:
    """``mesh`` has vertices and triangles only: attributes belong to the surface they were measured on."""

    mesh: Mesh
    figures: tuple[Figure, ...]


def simplify(mesh: Mesh, triangles: int, *, keep_borders: bool = True) -> Simplified:
    """``mesh`` with about ``triangles`` triangles (never more than it has), same origin.

    Vertices must be welded. With ``keep_borders`` open borders stay as they are unless that alone makes the
    goal unreachable. Triangles without area are dropped. Raises InputError for ``triangles`` below 4.
    """
    if triangles < 4:
        raise InputError("triangles", f"{triangles}", "4 or more are allowed", code="simplify-goal")
    if triangles >= len(mesh.triangles):
        result = Mesh(mesh.origin, mesh.vertices, mesh.triangles, name=mesh.name)
    else:
        result = _collapsed(mesh, triangles, keep_borders)
        if keep_borders and len(result.triangles) > _BORDER_SLACK * triangles:
            result = _collapsed(result, triangles, False)
    share = len(result.triangles) / max(len(mesh.triangles), 1)
    figure = Figure(name="share of triangles kept", value=share, unit="1", method="quadric edge collapse")
    return Simplified(result, (figure,))


def _collapsed(mesh: Mesh, triangles: int, keep_borders: bool) -> Mesh:
    low = mesh.vertices.min(0).astype(np.float64)
    scale = _SIZE / max(float(np.ptp(mesh.vertices, axis=0).max()), 1e-9)
    with _ONE_AT_A_TIME:
        points, faces = fast_simplification.simplify(
            (mesh.vertices - low) * scale,
            mesh.triangles.copy(),
            target_count=triangles,
            preserve_border=keep_borders,
        )
    vertices = (points / scale + low).astype(np.float32)
    faces = faces.astype(np.int32)
    return compact(Mesh(mesh.origin, vertices, faces[covers(vertices, faces)], name=mesh.name))
