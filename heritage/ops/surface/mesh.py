"""A surface from oriented points: where a signed distance is zero, as far as the points found it.

The field is implicit moving least squares on several levels (`heritage.ops.surface.implicit`), its zero surface is taken by
marching cubes (`heritage.ops.surface.contour`). Of that, what lies near points is measured and stays; enclosed holes up to a
stated width are kept and marked as filled; the rest is cut away (`heritage.ops.surface.holes`).

A cloud is meshed in blocks, each with the points around it: `plan_mesh`, then `mesh_block` of every block, then
`decide` once, then `finish_block` of every block. The surfaces of two blocks share their border bit for bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from pydantic import Field as Option
from scipy.spatial import cKDTree

from heritage.model.arrays import F32, F64, I32, U8, Bool, Mesh, PointCloud
from heritage.model.documents import Document, Positive
from heritage.model.errors import MethodError
from heritage.model.report import Counts, Figure, balanced
from heritage.ops.meshes.rays import distances, scene_of
from heritage.ops.meshes.weld import open_edges
from heritage.ops.points.grid import I64, morton_order
from heritage.ops.surface.contour import EVERYWHERE, Cubes, contour
from heritage.ops.surface.fans import split_fans
from heritage.ops.surface.founded import founded
from heritage.ops.surface.holes import Decision, Parts, decide, parts_of
from heritage.ops.surface.implicit import field, reach_m

_LEAST = 100
_LEVELS: Final = 4
CHECKED: Final = 50_000  # points whose distance to the surface is measured
_WINDOWS, _WINDOW, _ASKED = 64, 4096, 256


class MeshOptions(Document):
    """How the surface is made."""

    cell: Positive = Option(
        1.2, description="side of the finest cells in median spacings; triangles are about as large"
    )
    cell_m: Positive | None = Option(None, description="the same in metres")
    trim: Positive = Option(
        1.8, description="local spacings from the nearest point at which surface is no longer data"
    )
    trim_m: Positive | None = Option(None, description="the same in metres, everywhere")
    fill: float = Option(
        8.0, ge=0, le=60, description="widest enclosed hole that is filled, in median spacings; 0 fills none"
    )
    fill_m: Positive | None = Option(None, description="the same in metres")
    piece_share: float = Option(
        0.001, ge=0, le=1, description="least area of a separate piece as a share of the largest"
    )


@dataclass(frozen=True, eq=False)
class Meshed:
    """``mesh`` has normals, ``filled``, and colours where the cloud has; same origin as the cloud."""

    mesh: Mesh
    counts: Counts
    figures: tuple[Figure, ...]


@dataclass(frozen=True, eq=False)
class MeshPlan:
    """What is decided once for all blocks: ``spacing`` and ``size`` of cells in metres, ``levels``, the width of holes
    in metres, and the cells of every block (b, 2, 3), see `contour.cell_cubes`."""

    spacing: float
    size: float
    levels: int
    fill_m: float
    cubes: Cubes

    @property
    def reach_m(self) -> float:
        """Metres around a block within which its surface depends on points."""
        return reach_m(self.size, self.levels)


@dataclass(frozen=True, eq=False)
class Piece:
    """A block's surface before anything is cut: vertices (v, 3) float32 metres with normals, colours, ``measured``
    (v,), ``edge`` (v,) as in `Contour`; triangles (t, 3) and the part (t,) of each."""

    vertices: F32
    normals: F32
    rgb: U8 | None
    measured: Bool
    edge: I64
    triangles: I32
    part: I32


@dataclass(frozen=True, eq=False)
class Finished:
    """What the figures of a block's surface are made of: triangles that stay, of how many; lengths (e,) in metres of
    open edges; those on the block's border as pairs of lattice edges (e, 2) with lengths; and the distances (d,) in
    metres of some points."""

    triangles: int
    taken: int
    open_m: F64
    border: I64
    border_m: F64
    distance: F64


def windows(rows: int) -> list[slice]:
    """Stretches of a cloud along its Z-curve from which `spacing_of` judges the whole."""
    starts = np.unique(np.linspace(0, max(rows - _WINDOW, 0), _WINDOWS).astype(int))
    return [slice(int(start), int(min(start + _WINDOW, rows))) for start in starts]


def spacing_of(stretches: Sequence[F32]) -> float:
    """The median side in metres of the square of surface that holds one point: from the 8th neighbour of points in
    the middle of each stretch (m, 3). 0 without two distinct points."""
    found = []
    for xyz in stretches:
        distinct, first = np.unique(xyz, axis=0, return_index=True)
        if len(distinct) < 2:
            continue
        # Of the middle, where neighbours are in the stretch too; each place once, however often it is there.
        middle = np.sort(first[np.argsort(np.abs(first - len(xyz) // 2), kind="stable")[:_ASKED]])
        k = min(8, len(distinct) - 1)
        found.append(cKDTree(distinct).query(xyz[middle], k + 1)[0][:, -1] * np.sqrt(np.pi / k))
    return float(np.median(np.concatenate(found))) if found else 0.0


def plan_mesh(points: int, spacing: float, options: MeshOptions) -> MeshPlan:
    """The plan for a cloud of ``points`` points with normals whose median spacing is ``spacing`` metres, in one block.

    Raises MethodError for fewer than 100 points, or where all lie in one place.
    """
    if points < _LEAST:
        raise MethodError(
            "mesh",
            f"{points} points with normals",
            f"at least {_LEAST} are needed",
            "check what cleaning removed",
            code="mesh-too-few",
        )
    if spacing == 0:
        raise MethodError(
            "mesh", "points that all lie in one place", "a surface", "check the cloud", code="mesh-empty"
        )
    size = options.cell_m or options.cell * spacing
    fill = options.fill * spacing if options.fill_m is None else options.fill_m
    levels = max(_LEVELS, 2 + int(np.ceil(np.log2(max(fill / 2 / size, 1.0)))))
    return MeshPlan(spacing, size, levels, fill, EVERYWHERE)


def mesh_block(
    cloud: PointCloud, plan: MeshPlan, options: MeshOptions, block: int = 0
) -> tuple[Piece, Parts]:
    """The surface in block number ``block`` of the plan, from all points within ``plan.reach_m`` of it in the order of
    their rows, and the sum of it that `decide` needs. Points with zero normals are not used."""
    if cloud.normal is None:
        raise _no_normals()
    used = np.abs(cloud.normal).sum(1) > 0.5
    normal, rgb = cloud.normal[used], None if cloud.rgb is None else cloud.rgb[used]
    made = field(cloud.xyz[used], normal, rgb, plan.size, plan.levels)
    surface = contour(made, plan.cubes, block)
    base = founded(surface.xyz, made.entries, plan.size, options.trim, options.trim_m)
    bad = surface.open | (base.depth > plan.fill_m / 2)
    part, parts = parts_of(surface.xyz, surface.triangles, base.measured, bad, surface.edge)
    piece = Piece(surface.xyz, surface.normal, base.rgb, base.measured, surface.edge, surface.triangles, part)
    return piece, parts


def finish_block(piece: Piece, keep: Bool, origin: F64, points: F32) -> tuple[Mesh | None, Finished]:
    """The block's surface from the parts that ``keep`` (p,) names, None where nothing is left, and what its figures
    are made of. ``points`` (d, 3) are those whose distance is measured."""
    kept = keep[piece.part]
    triangles = piece.triangles[kept]
    if len(triangles) == 0:
        none = np.zeros(0)
        return None, Finished(0, len(kept), none, np.zeros((0, 2), np.int64), none, none)
    used = np.zeros(len(piece.vertices), bool)
    used[triangles] = True
    old = np.flatnonzero(used)
    index = np.full(len(used), -1, np.int32)
    index[old] = np.arange(len(old), dtype=np.int32)
    triangles = index[triangles]
    rim = open_edges(triangles)
    ends = piece.vertices[old[rim]].astype(np.float64)
    length = np.linalg.norm(ends[:, 0] - ends[:, 1], axis=1)
    border = piece.edge[old[rim]]
    shared = (border >= 0).all(1)
    triangles, again = split_fans(triangles, len(old), rim)
    old = old[again]
    mesh = Mesh(
        origin, piece.vertices[old], triangles, normals=piece.normals[old],
        rgb=None if piece.rgb is None else piece.rgb[old],
        filled=np.where(piece.measured[old], 0, 255).astype(np.uint8),
    )  # fmt: skip
    distance = distances(scene_of(mesh), points, 1) if len(points) else np.zeros(0)
    border = np.sort(border[shared], axis=1)
    return mesh, Finished(len(triangles), len(kept), length[~shared], border, length[shared], distance)


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
        raise _empty()
    return Meshed(mesh, *summed([finished], decision, plan))


def summed(
    finished: Sequence[Finished], decision: Decision, plan: MeshPlan
) -> tuple[Counts, tuple[Figure, ...]]:
    """Counts and figures of a surface from those of its blocks. Raises MethodError where nothing is left of it."""
    taken = sum(done.taken for done in finished)
    given = sum(done.triangles for done in finished)
    if given == 0:
        raise _empty()
    counts = balanced(
        "triangles", taken, given, {"no_data": decision.no_data, "small_piece": decision.small_piece}
    )
    border = np.concatenate([done.border for done in finished])
    # An edge on the border of two blocks is open where only one of them has it.
    _, first, many = np.unique(border, axis=0, return_index=True, return_counts=True)
    alone = np.concatenate([done.border_m for done in finished])[first[many == 1]]
    rim: npt.NDArray[np.float64] = np.concatenate([*(done.open_m for done in finished), alone])
    distance = np.concatenate([done.distance for done in finished])
    return counts, (
        Figure(
            name="spacing",
            value=plan.spacing,
            unit="m",
            method="median over points: side of the square of surface that holds one",
        ),
        Figure(name="cell", value=plan.size, unit="m", method="side of the finest cells"),
        Figure(name="triangles", value=given, unit="1", method="after trimming"),
        Figure(name="area", value=decision.area_m2, unit="m2", method="sum of triangles"),
        Figure(
            name="filled_holes",
            value=decision.filled,
            unit="1",
            method=f"enclosed holes up to {plan.fill_m:.3g} m wide, filled and marked",
        ),
        Figure(name="filled_area", value=decision.filled_area_m2, unit="m2", method="sum of their triangles"),
        *_of_distances(distance),
        Figure(
            name="open_edges",
            value=len(rim),
            unit="1",
            method="edges with one triangle: holes and the surface's rim",
        ),
        Figure(name="open_length", value=float(rim.sum()), unit="m", method="summed length of open edges"),
    )


def _of_distances(distance: F64) -> tuple[Figure, ...]:
    if len(distance) == 0:  # every block is smaller than its margin
        return ()
    how = f"distance from {len(distance)} points to the surface"
    return (
        Figure(name="points_to_surface_mean", value=float(distance.mean()), unit="m", method=how),
        Figure(
            name="points_to_surface_p95",
            value=float(np.percentile(distance, 95)),
            unit="m",
            method=f"{how}, 95 %",
        ),
    )


def _no_normals() -> MethodError:
    return MethodError(
        "mesh",
        "a cloud without normals",
        "oriented normals are needed",
        "estimate them first",
        code="mesh-no-normals",
    )


def _empty() -> MethodError:
    return MethodError(
        "mesh",
        "no surface near the points",
        "a surface",
        "check the cloud and mesh.trim",
        code="mesh-empty",
    )
