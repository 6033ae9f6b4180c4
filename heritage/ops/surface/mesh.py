"""A surface from oriented points: where a signed distance is zero, as far as the points found it.

The field is implicit moving least squares on several levels (`heritage.ops.surface.implicit`), its zero surface is taken by
marching cubes (`heritage.ops.surface.contour`). Of that, what lies near points is measured and stays; enclosed holes up to a
stated width are kept and marked as filled; the rest is cut away (`heritage.ops.surface.holes`), along a rim that is made
even (`heritage.ops.surface.rims`).

A cloud is meshed in blocks, each with the points around it: `plan_mesh`, then `mesh_block` of every block, then
`decide` once, then `finish_block` of every block. The surfaces of two blocks share their border bit for bit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from heritage.model.arrays import F32, F64, I32, U8, Bool, Mesh, PointCloud
from heritage.model.errors import MethodError
from heritage.model.report import Counts, Figure
from heritage.ops.meshes.farthest import Boxes
from heritage.ops.meshes.weld import open_edges
from heritage.ops.points.grid import I64, morton_order
from heritage.ops.surface.contour import contour
from heritage.ops.surface.fans import split_fans
from heritage.ops.surface.figures import Finished, empty, summed
from heritage.ops.surface.founded import founded
from heritage.ops.surface.holes import Parts, decide, parts_of
from heritage.ops.surface.implicit import field
from heritage.ops.surface.owners import NEAR, OWN
from heritage.ops.surface.plan import (
    HELD_CELLS,
    NEAR_CELLS,
    MeshOptions,
    MeshPlan,
    plan_mesh,
    spacing_of,
    windows,
)
from heritage.ops.surface.rims import even, smooth_rim

CHECKED: Final = 50_000  # points whose distance to the surface is measured


@dataclass(frozen=True, eq=False)
class Meshed:
    """``mesh`` has normals, ``filled``, and colours where the cloud has; same origin as the cloud."""

    mesh: Mesh
    counts: Counts
    figures: tuple[Figure, ...]


@dataclass(frozen=True, eq=False)
class Piece:
    """A block's surface before anything is cut, with some of what lies around it: vertices (v, 3) float32 metres with
    normals, colours and ``measured`` (v,); triangles (t, 3), the part (t,) of each, and which are the block's ``own``
    (t,)."""

    vertices: F32
    normals: F32
    rgb: U8 | None
    measured: Bool
    triangles: I32
    part: I32
    own: Bool


def mesh_block(
    cloud: PointCloud, plan: MeshPlan, options: MeshOptions, block: int = 0
) -> tuple[Piece, Parts]:
    """The surface in block number ``block`` of the plan, from all points within ``plan.reach_m`` of it in the order of
    their rows, and the sum of it that `decide` needs. Points with zero normals are not used."""
    if cloud.normal is None:
        raise _no_normals()
    used = np.abs(cloud.normal).sum(1) > 0.5
    normal, rgb = cloud.normal[used], None if cloud.rgb is None else cloud.rgb[used]
    made = field(cloud.xyz[used], normal, rgb, plan.size, plan.levels, plan.bridge, plan.region(block))
    surface = contour(made, plan.cubes, block, NEAR_CELLS, HELD_CELLS)
    base = founded(surface.xyz, made.entries, plan.size, plan.spacing, options.trim, options.trim_m)
    near = surface.standing & NEAR > 0
    old, triangles = _used(surface.triangles[near], len(surface.xyz))
    measured = even(base.beyond, surface.triangles, plan.size)[old] <= 0
    bad = (surface.open | (base.depth > plan.fill_m / 2))[old]
    own = surface.standing[near] & OWN > 0
    part, parts = parts_of(surface.xyz[old], triangles, own, measured, bad, surface.edge[old])
    colour = None if base.rgb is None else base.rgb[old]
    return Piece(surface.xyz[old], surface.normal[old], colour, measured, triangles, part, own), parts


def finish_block(piece: Piece, keep: Bool, origin: F64, points: F32) -> tuple[Mesh | None, Finished]:
    """The block's surface from the parts that ``keep`` (p,) names, None where nothing is left, and what its figures
    are made of. ``points`` (d, 3) are those whose distance is measured."""
    kept = keep[piece.part]
    taken = int(piece.own.sum())
    triangles, own = piece.triangles[kept], piece.own[kept]
    if not own.any():
        none = np.zeros(0)
        return None, Finished(0, taken, none, none)
    rim = open_edges(triangles)
    xyz = smooth_rim(piece.vertices, rim)
    border = rim
    if not own.all():
        triangles = triangles[own]
        border = open_edges(triangles)
    # An open edge has one triangle, so it is open among the block's own too; there it lies with those of the border.
    ends = xyz[_common(rim, border)].astype(np.float64)
    length = np.linalg.norm(ends[:, 0] - ends[:, 1], axis=1)
    triangles, again = split_fans(triangles, len(xyz), border)
    old, triangles = _used(triangles, len(again))
    old = again[old]
    mesh = Mesh(
        origin, xyz[old], triangles, normals=piece.normals[old],
        rgb=None if piece.rgb is None else piece.rgb[old],
        filled=np.where(piece.measured[old], 0, 255).astype(np.uint8),
    )  # fmt: skip
    distance = Boxes(mesh).farther(points, 0.0) if len(points) else np.zeros(0)
    return mesh, Finished(len(triangles), taken, length, distance.astype(np.float64))


def _used(triangles: I32, vertices: int) -> tuple[I64, I32]:
    """The vertices (w,), ascending, that ``triangles`` name, and the triangles by their places there."""
    used = np.zeros(vertices, bool)
    used[triangles] = True
    old = np.flatnonzero(used)
    index = np.full(vertices, -1, np.int32)
    index[old] = np.arange(len(old), dtype=np.int32)
    return old, index[triangles]


def _common(a: I64, b: I64) -> I64:
    """The rows (m, 2) that ``a`` and ``b`` share; ascending pairs of numbers below 2**31, distinct in each."""
    key: I64 = np.intersect1d(a[:, 0] << 32 | a[:, 1], b[:, 0] << 32 | b[:, 1], assume_unique=True)
    return np.column_stack([key >> 32, key & 0xFFFFFFFF])


def mesh_surface(cloud: PointCloud, options: MeshOptions | None = None) -> Meshed:
    """Surface of a cleaned ``cloud`` whose normals point outward; points with zero normals are not used.

    The whole cloud at once, in memory. Raises MethodError for fewer than 100 usable points, or where no surface is left.
    """
    chosen = options or MeshOptions()
    if cloud.normal is None:
        raise _no_normals()
    cloud = cloud.select(np.abs(cloud.normal).sum(1) > 0.5)
    cloud = cloud.select(morton_order(cloud.xyz))
    spacing = spacing_of([cloud.xyz[part] for part in windows(len(cloud))])
    plan = plan_mesh(len(cloud), spacing, chosen)
    piece, parts = mesh_block(cloud, plan, chosen)
    decision = decide([parts], chosen.piece_share)
    checked = cloud.xyz[:: max(1, len(cloud) // CHECKED)]
    mesh, finished = finish_block(piece, decision.keep[0], cloud.origin, checked)
    if mesh is None:
        raise empty()
    return Meshed(mesh, *summed([finished], decision, plan))


def _no_normals() -> MethodError:
    return MethodError(
        "mesh",
        "a cloud without normals",
        "oriented normals are needed",
        "estimate them first",
        code="mesh-no-normals",
    )
