"""One node of a tree of tiles: its part of the surface, from pieces of the full one or from its children's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np

from heritage.model.arrays import F32, F64, I32, U8, Mesh
from heritage.ops.meshes.nearest import Nearest, change_at
from heritage.ops.meshes.reduce import SHAPELESS, reduce
from heritage.ops.meshes.weld import compact, first_and_place
from heritage.ops.points.grid import morton_order
from heritage.ops.tiles.seams import INNER, between_parts, locked
from heritage.ops.tiles.tile import edges_fixed

_GRID_STEPS = 65_535  # what 16 bits can count
_STEPS_PER_SPACING = 16  # at least: a power of two is chosen
_JOINTS = 0.25  # of a node's triangles: more edges between parts are not held


@dataclass(frozen=True, eq=False)
class Part:
    """A piece of surface with, in ``seam`` (v,) uint8, the depth of each vertex (see `seams`).

    The mesh has vertices, triangles, and ``change``, ``filled`` and ``part`` where the surface has them.
    """

    mesh: Mesh
    seam: U8


def grid_steps(low: F64, high: F64, depths: I32, spacing_m: float = 0.0) -> list[float]:
    """The grid of coordinates of each depth, metres, given the bounds (n, 3) and depth of all cells.

    16 bits span any tile of a depth, and where points were measured ``spacing_m`` apart no grid need be finer
    than a sixteenth of that: a place is then off by a thirtieth at most, and bits of noise do not pack. Powers
    of two: a coarser grid is part of every finer one, so a border that lies on the grid of its coarsest tile
    lies on those of all; and float32 holds every multiple.
    """
    extent = (high - low).max(1)
    finest = float(np.abs([low, high]).max()) * 2.0**-23
    needed = 2.0 ** np.floor(np.log2(spacing_m / _STEPS_PER_SPACING)) if spacing_m > 0 else 0.0
    steps: list[float] = []
    for depth in range(int(depths.max()) + 1):
        widest = float(extent[depths == depth].max())
        least = max(widest / (_GRID_STEPS - 4), finest, needed, 1e-9)
        steps.append(float(2.0 ** np.ceil(np.log2(least))))
    # A leaf may be larger than the deeper tiles beside it; grids only grow towards the root.
    return [max(steps[depth:]) for depth in range(len(steps))]


def merged(parts: Sequence[Part]) -> Part:
    """The parts (with one origin) as one, vertices at one place made one: borders match bit for bit."""
    meshes = [part.mesh for part in parts]
    starts = np.cumsum([0, *(len(mesh.vertices) for mesh in meshes)])
    change = [mesh.change for mesh in meshes if mesh.change is not None]
    filled = [np.zeros(len(m.vertices), np.uint8) if m.filled is None else m.filled for m in meshes]
    part = [mesh.part for mesh in meshes if mesh.part is not None]
    whole = Mesh(
        meshes[0].origin,
        np.concatenate([mesh.vertices for mesh in meshes]),
        np.concatenate(
            [mesh.triangles + np.int32(start) for mesh, start in zip(meshes, starts[:-1], strict=True)]
        ),
        change=np.concatenate(change) if len(change) == len(meshes) else None,
        filled=np.concatenate(filled) if any(m.filled is not None for m in meshes) else None,
        part=np.concatenate(part) if len(part) == len(meshes) else None,
        name=meshes[0].name,
    )
    return _one_vertex_a_place(whole, np.concatenate([part.seam for part in parts]))


def _one_vertex_a_place(mesh: Mesh, seam: U8) -> Part:
    """Triangles that have lost a corner by it are dropped. One flattened to a line stays: it joins its neighbours."""
    first, place = first_and_place(mesh.vertices, mesh.part)
    least = np.full(len(first), INNER, np.uint8)
    _least(place, seam, least)
    triangles = place[mesh.triangles]
    kept = triangles[(triangles != np.roll(triangles, 1, axis=1)).all(1)]
    used = np.zeros(len(first), bool)
    used[kept] = True
    joined = Mesh(
        mesh.origin,
        mesh.vertices[first],
        kept,
        change=None if mesh.change is None else mesh.change[first],
        filled=None if mesh.filled is None else mesh.filled[first],
        part=None if mesh.part is None else mesh.part[first],
        name=mesh.name,
    )
    return Part(compact(joined), least[used])


@numba.njit(cache=True)
def _least(place: Any, values: Any, least: Any) -> None:
    for i in range(len(place)):
        least[place[i]] = min(least[place[i]], values[i])


def snapped(part: Part, depth: int, steps: Sequence[float]) -> Part:
    """Inner vertices on the grid of ``depth``, those on a seam on that of the coarsest tile which it borders.

    A part so small that no triangle would be left is returned as it is.
    """
    vertices = on_grid(part.mesh.vertices, part.seam, depth, steps)
    result = _one_vertex_a_place(part.mesh.with_(vertices=vertices), part.seam)
    return result if len(result.mesh.triangles) else part


def in_order(part: Part) -> Part:
    """Vertices along a Z-curve and triangles by their first vertex: near ones are near in memory, for all that
    reads them."""
    mesh = part.mesh
    source = morton_order(mesh.vertices)
    place = np.empty(len(source), np.int32)
    place[source] = np.arange(len(source), dtype=np.int32)
    triangles = place[mesh.triangles]
    triangles = triangles[np.argsort(triangles.min(1), kind="stable")]
    ordered = Mesh(
        mesh.origin,
        mesh.vertices[source],
        triangles,
        change=None if mesh.change is None else mesh.change[source],
        filled=None if mesh.filled is None else mesh.filled[source],
        part=None if mesh.part is None else mesh.part[source],
        name=mesh.name,
    )
    return Part(ordered, part.seam[source])


def on_grid(vertices: F32, seam: U8, depth: int, steps: Sequence[float]) -> F32:
    """Where ``snapped`` puts vertices (v, 3), given the depth of the seam (v,) on which each lies."""
    by_depth = np.array([*steps, steps[-1]])
    own = np.where(seam == INNER, depth, np.minimum(seam.astype(np.int64) + 1, len(steps)))
    step = by_depth[own][:, None]
    return np.asarray(np.rint(vertices.astype(np.float64) / step) * step, np.float32)


def coarser(children: Part, triangles: int, depth: int, steps: Sequence[float], low: F64, high: F64) -> Part:
    """The ``merged`` children with about ``triangles`` triangles and their border as it is, bit for bit; more where
    the shape would be lost.

    ``low`` and ``high`` (3,) are the bounds of the full surface in the cell: nothing grows beyond them.
    """
    mesh = children.mesh
    border = locked(children.seam, depth)
    within = float((high - low).max()) / SHAPELESS
    joints = between_parts(mesh)
    if edges_fixed(mesh.triangles, joints) > _JOINTS * triangles:
        # Nothing would be left for the surfaces between: better a gap within the geometric error than no shape.
        joints = np.zeros(len(joints), bool)
    simplified = reduce(mesh, max(triangles, 4), border | joints, within)
    simple, source = simplified.mesh, simplified.source
    fixed = border[source]
    vertices = np.where(fixed[:, None], simple.vertices, np.clip(simple.vertices, low, high)).astype(
        np.float32
    )
    result = simple.with_(vertices=vertices)
    if mesh.change is not None or mesh.filled is not None:
        result = _attributed(result, mesh, fixed, source)
    if mesh.part is not None:
        # An edge lies within one part, and so does the vertex that it collapses to.
        result = result.with_(part=mesh.part[source])
    seam = np.where(fixed, children.seam[source], INNER).astype(np.uint8)
    return snapped(Part(result, seam), depth, steps)


def _attributed(mesh: Mesh, finer: Mesh, fixed: np.ndarray, source: I32) -> Mesh:
    """``mesh`` with the finer one's change and filled: its own where a vertex stayed, else from the nearest place."""
    place = Nearest(finer).place(mesh.vertices)
    changes = {}
    if finer.change is not None:
        there = change_at(place, finer.change, finer.triangles)
        there[fixed] = finer.change[source[fixed]]
        changes["change"] = there
    if finer.filled is not None:
        blended = place.blend(finer.filled[:, None].astype(np.float32), finer.triangles)[:, 0]
        marks = np.clip(np.rint(blended), 0, 255).astype(np.uint8)
        marks[fixed] = finer.filled[source[fixed]]
        changes["filled"] = marks
    return mesh.with_(**changes)
