"""Fewer triangles for the same surface, by quadric error (Garland and Heckbert 1997)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F32, F64, I32, Bool, Mesh
from heritage.model.errors import InputError
from heritage.model.report import Figure
from heritage.ops.meshes.collapse import evaluate, sweep
from heritage.ops.meshes.quadric import chain, mean_area, quadrics
from heritage.ops.meshes.weld import compact
from heritage.ops.points.grid import morton_order

# Edges are not collapsed in the order of their cost, which would jump all over the memory, but in sweeps over the
# mesh, each with a higher limit of cost than the one before. A step this small costs no accuracy that shows.
_STEP = 1.6
_SHARE = 0.4  # of the edges that are still to go: no sweep may allow more, so that the last ones are choosy
_FIRST = 0.03  # of all edges: what the first sweep allows
_SAMPLE = 65_536  # costs that a limit is found from
_BORDER_WEIGHT = 1.0
_LOOSE_BORDER_WEIGHT = 0.1


@dataclass(frozen=True, eq=False)
class Simplified:
    """``mesh`` has vertices and triangles only: attributes belong to the surface they were measured on.

    ``source`` (v,) int32 is the vertex of the input that each vertex took the place of; a locked one is that vertex.
    """

    mesh: Mesh
    source: I32
    figures: tuple[Figure, ...]


def simplify(
    mesh: Mesh,
    triangles: int,
    *,
    locked: Bool | None = None,
    keep_borders: bool = True,
    within_m: float = np.inf,
) -> Simplified:
    """``mesh`` with about ``triangles`` triangles (never more than it has), same origin.

    Vertices must be welded. ``locked`` (v,) vertices stay where they are, bit for bit, so edges between two of
    them stay too. ``keep_borders`` lets open borders resist ten times more than otherwise. A manifold stays one;
    triangles that name a vertex twice are dropped. Where no edge can go without turning a triangle over, or without
    moving about as much surface as a triangle has by more than ``within_m`` metres, more triangles are left than
    asked for. Deterministic. Raises InputError for ``triangles`` below 4.
    """
    if triangles < 4:
        raise InputError("triangles", f"{triangles}", "4 or more are allowed", code="simplify-goal")
    kept = _cornered(mesh.triangles)
    source = np.arange(len(mesh.vertices), dtype=np.int32)
    vertices = mesh.vertices
    if len(kept) > triangles:
        fixed = np.zeros(len(vertices), bool) if locked is None else np.asarray(locked, bool)
        weight = _BORDER_WEIGHT if keep_borders else _LOOSE_BORDER_WEIGHT
        vertices, kept, source = _collapsed(mesh, kept, fixed, triangles, weight, within_m)
    used = np.unique(kept)
    result = compact(Mesh(mesh.origin, vertices, kept, name=mesh.name))
    share = len(result.triangles) / max(len(mesh.triangles), 1)
    figure = Figure(name="share of triangles kept", value=share, unit="1", method="quadric edge collapse")
    return Simplified(result, source[used], (figure,))


def _collapsed(
    mesh: Mesh, triangles: I32, fixed: Bool, goal: int, border_weight: float, within_m: float
) -> tuple[F32, I32, I32]:
    """Vertices, triangles and the vertices' numbers in ``mesh``, with about ``goal`` triangles."""
    # Thresholds are absolute, so the mesh is scaled to triangles of mean area 1: the result knows no unit.
    middle = mesh.vertices[triangles[:, 0]].astype(np.float64).mean(0)
    # Neighbours near in memory: twice as fast.
    source = morton_order(mesh.vertices).astype(np.int32)
    place = np.empty_like(source)
    place[source] = np.arange(len(source), dtype=np.int32)
    faces = place[triangles]
    faces = np.ascontiguousarray(faces[np.argsort(faces.min(1), kind="stable")])
    scale = 1 / max(float(np.sqrt(mean_area(mesh.vertices, triangles))), 1e-12)
    xyz: F64 = (mesh.vertices[source].astype(np.float64) - middle) * scale
    head, after = chain(faces, len(xyz))
    quadric, border = quadrics(xyz, faces, head, after, border_weight)
    fixed = fixed[source]
    cost = np.empty(3 * len(faces), np.float32)
    evaluate(xyz, faces, quadric, fixed, border, cost)
    # The mean area was 1, so the number of triangles was the area.
    area, square, limit, retried = len(faces), (within_m * scale) ** 2, 0.0, False
    while True:
        mark = np.zeros(len(xyz) + 1, np.int64)
        alive, whole = len(faces), len(faces)
        while alive > goal and alive > 0.5 * whole:
            limit = _next_limit(cost, limit, alive, goal)
            if limit > square * area / alive or not np.isfinite(limit):
                break
            alive -= sweep(xyz, faces, quadric, fixed, border, head, after, cost, mark, limit, alive - goal)
        if alive <= goal or (alive == whole and retried) or np.inf > limit > square * area / alive:
            break
        # Half of the arrays is empty, or every edge left was refused once: close up.
        held = faces[:, 0] >= 0
        used, faces = _closed_up(faces[held], len(xyz))
        cost = cost.reshape(-1, 3)[held].ravel()
        xyz, quadric = xyz[used], quadric[used]
        fixed, border, source = fixed[used], border[used], source[used]
        head, after = chain(faces, len(xyz))
        retried = not np.isfinite(limit)
        if retried:
            evaluate(xyz, faces, quadric, fixed, border, cost)
            limit = 0.0
    used, faces = _closed_up(faces[faces[:, 0] >= 0], len(xyz))
    xyz, fixed, source = xyz[used], fixed[used], source[used]
    vertices = (xyz / scale + middle).astype(np.float32)
    vertices[fixed] = mesh.vertices[source[fixed]]
    return vertices, faces, source


def _closed_up(triangles: I32, vertices: int) -> tuple[Bool, I32]:
    """Which of so many vertices are used (v,), and the triangles counted among those."""
    used = np.zeros(vertices, bool)
    used[triangles] = True
    place = np.cumsum(used, dtype=np.int32) - np.int32(1)
    return used, place[triangles]


def _cornered(triangles: I32) -> I32:
    """Those with three different corners. One flattened to a line stays: without it there would be a crack."""
    return np.asarray(triangles[(triangles != np.roll(triangles, 1, axis=1)).all(1)])


def _next_limit(cost: npt.NDArray[np.float32], limit: float, alive: int, goal: int) -> float:
    """The cost that the next sweep may pay; infinite where no edge is left."""
    sample = cost[:: max(len(cost) // _SAMPLE, 1)]
    known = sample[np.isfinite(sample)]
    if not len(known):
        known = cost[np.isfinite(cost)]
        if not len(known):
            return np.inf
    edges = 1.5 * alive
    # A collapse takes two triangles and three edges.
    wanted = max(_SHARE * 1.5 * (alive - goal) / edges, 16 / edges)
    enough = float(np.quantile(known, min(wanted, 1.0)))
    if limit == 0:
        return min(float(np.quantile(known, _FIRST)), enough)
    above = max(limit * _STEP, float(known.min()))
    return max(min(above, enough), float(known.min()))
