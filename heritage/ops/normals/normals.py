"""Oriented normals: the file's own where they are sound, else estimated and turned outward.

Direction is principal component analysis of the nearest points. The side is settled on a thinned copy of the
cloud (see `sides`) and carried from there. The steps are separate so that the pieces of a cloud can take them:
`plane_directions` of every piece, `even_subset`, `choose_sides` once for the whole, `carry_sides` of every piece.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pydantic import Field
from scipy.spatial import cKDTree

from heritage.model.arrays import F32, F64, REASONS, U8, Bool, PointCloud
from heritage.model.documents import Document
from heritage.model.errors import MethodError
from heritage.model.octree import I64, Octree, along_curve
from heritage.model.report import Figure
from heritage.ops.normals.sides import Sides, carry_sides, settle_sides
from heritage.ops.points.grid import distinct, thin
from heritage.ops.points.neighbours import Neighbours
from heritage.ops.points.thinning import cubes_at_depths, even_grid, one_per_cube

_LEAST = 50  # fewer points are no surface
_DOUBT = 0.5
_REACH = (
    16.0  # cubes of four points from which neighbours are taken: where points are farther apart is no surface
)


class NormalsOptions(Document):
    """How normals are found, and of which points."""

    surface: tuple[str, ...] = Field(
        ("kept", "ground"), strict=False, description="reasons of cleaning that are surface"
    )
    shipped: bool = Field(True, description="use the cloud's own normals where they are sound")
    neighbours: int = Field(16, ge=6, le=100, description="points that make a tangent plane")
    subset: int = Field(
        100_000, ge=1_000, le=400_000, description="most points on which the sides are settled"
    )
    rays: int = Field(64, ge=16, le=256, description="lines of sight of each of them")


@dataclass(frozen=True, eq=False)
class Oriented:
    """``normal`` (n, 3) float32, unit, outward, zero where points make no plane; ``confidence`` (n,) float32.

    Confidence is how well the side agrees with its surroundings: 1 all agree, 0 as many against as for.
    """

    normal: F32
    confidence: F32
    figures: tuple[Figure, ...]


@dataclass(frozen=True, eq=False)
class Chosen:
    """The settled points of a cloud: ``normal`` (m, 3) float32 as long as it is certain, at ``xyz`` (m, 3).

    ``voxel``: metres between them. ``shipped``: the file's own normals are sound, and stay.
    """

    xyz: F32
    normal: F32
    voxel: float
    shipped: bool
    figures: tuple[Figure, ...]
    warnings: tuple[str, ...]


def surface_points(reasons: U8, options: NormalsOptions) -> Bool:
    """(n,) True for points whose cleaning reason (n,) is among ``options.surface``."""
    return np.isin(reasons, [REASONS[reason] for reason in options.surface])


def reach_m(four: float) -> float:
    """How far neighbours are taken from, metres, where a cube of side ``four`` holds four points."""
    return _REACH * four


def estimate_normals(
    cloud: PointCloud, options: NormalsOptions | None = None, cameras: F64 | None = None
) -> Oriented:
    """Normals for every point of ``cloud`` (z up); ``cameras`` (m, 3) float64 in its frame, origin added.

    Clean first: foliage and stray points have no sides. Raises MethodError for fewer than 50 distinct points,
    or points along a line.
    """
    chosen = options or NormalsOptions()
    if len(cloud) < _LEAST:
        raise too_few(len(cloud))
    root = Octree.of(cloud.xyz)
    order = along_curve(root.codes(cloud.xyz))
    xyz = np.ascontiguousarray(cloud.xyz[order])
    four, wanted, depth = even_grid(cubes_at_depths(xyz, root), len(xyz), chosen.subset, root)
    direction = plane_directions(xyz, len(xyz), root, chosen.neighbours, reach_m(four))
    few = even_subset(xyz, direction, one_per_cube(xyz, root, depth), root, depth, wanted, chosen.subset)
    own = None if cloud.normal is None else cloud.normal[order]
    settled = choose_sides(
        xyz[few],
        direction[few],
        wanted,
        None if own is None else own[few],
        None if cameras is None else cameras - cloud.origin,
        chosen,
    )
    turned, agreement = oriented_normals(xyz, direction, own, settled)
    normal, confidence = np.empty_like(turned), np.empty_like(agreement)
    normal[order], confidence[order] = turned, agreement
    normal.setflags(write=False)
    confidence.setflags(write=False)
    return Oriented(
        normal, confidence, (*settled.figures, doubtful(int((agreement < _DOUBT).sum()), len(cloud)))
    )


def too_few(points: int) -> MethodError:
    """What to raise for a cloud of so few points."""
    return MethodError(
        "normals",
        f"{points} distinct points",
        f"at least {_LEAST} are needed for a surface",
        "check what cleaning removed",
        code="normals-too-few",
    )


def plane_directions(xyz: F32, own: int, root: Octree, neighbours: int, reach: float) -> F32:
    """Unit normals (own, 3) float32, either side, of the first ``own`` points; zero where they make no plane.

    ``xyz`` (n, 3) float32 metres: a piece of a cloud, its own points first, then all others within ``reach``
    metres of them. ``root`` is that of the whole cloud. A point at the place of another gets the other's.
    """
    once = distinct(xyz)
    places = np.flatnonzero(once)
    asked = np.zeros(len(places), bool)
    asked[: int(np.searchsorted(places, own))] = True
    around = Neighbours.of(np.ascontiguousarray(xyz[places]), root=root).shape(
        neighbours, reach_m=reach, asked=asked
    )
    found = around.normal[asked]
    # Points along a line, or a lone one, make no plane.
    found[around.eigenvalues[asked, 1] <= 1e-6 * around.eigenvalues[asked, 2]] = 0
    direction = np.zeros((own, 3), np.float32)
    mine = places[asked]
    direction[mine] = found
    twins = np.flatnonzero(~once[:own])
    if len(twins):
        direction[twins] = found[cKDTree(xyz[mine]).query(xyz[twins])[1]]
    return direction


def even_subset(
    xyz: F32, direction: F32, few: I64, root: Octree, depth: int, wanted: float, most: int
) -> I64:
    """Of the points ``few`` (k,), those that thin the cloud evenly to ``wanted`` metres and have a direction.

    ``few`` are the points that ``one_per_cube`` gave of each piece. Raises MethodError where too few are left.
    """
    few = few[one_per_cube(xyz[few], root, depth)]
    kept = few[thin(xyz[few], wanted)]
    while len(kept) > most:
        wanted *= max(1.02, float(np.sqrt(len(kept) / most)))
        kept = few[thin(xyz[few], wanted)]
    if len(few) < _LEAST:
        raise too_few(len(few))
    kept = kept[np.abs(direction[kept]).sum(1) > 0]
    if len(kept) < 4:
        raise MethodError(
            "normals", "points along a line", "points on a surface", "check the scan", code="normals-line"
        )
    return np.asarray(kept)


def choose_sides(
    xyz: F32, direction: F32, voxel: float, own: F32 | None, cameras: F64 | None, options: NormalsOptions
) -> Chosen:
    """The sides of an even subset (m, 3) with its directions, and whether the file's ``own`` normals are sound."""
    sides = settle_sides(xyz, direction, voxel, cameras, rays=options.rays)
    seen = "the sky" if cameras is None or len(cameras) == 0 else f"{len(cameras)} cameras"
    figures = _settled_figures(sides, len(xyz), seen)
    if options.shipped and own is not None:
        sound, more = _soundness(own, direction, sides.side, xyz)
        figures += more
        if sound:
            length = np.linalg.norm(own, axis=1, keepdims=True)
            known = length[:, 0] > 0.5
            return Chosen(xyz[known], own[known] / length[known], voxel, True, tuple(figures), ())
    warnings: tuple[str, ...] = ()
    if not sides.agreeing > 0.6:
        warnings = (
            f"nothing says clearly which side of the surface is outside: {seen} could be on either; "
            "name the survey's cameras under `cameras`",
        )
    return Chosen(xyz, direction * sides.side[:, None], voxel, False, tuple(figures), warnings)


def oriented_normals(xyz: F32, direction: F32, own: F32 | None, chosen: Chosen) -> tuple[F32, F32]:
    """Normals (n, 3) and agreement (n,) of points (n, 3) with directions; ``own`` are the file's normals."""
    turned, agreement = carry_sides(xyz, direction, chosen.xyz, chosen.normal, chosen.voxel)
    if chosen.shipped and own is not None:
        length = np.linalg.norm(own, axis=1)
        known = length > 0.5
        against = (turned[known] * own[known]).sum(1) < 0
        turned[known] = own[known] / length[known, None]
        agreement[known] = np.where(against, 0, agreement[known])
    return turned, agreement


def doubtful(count: int, points: int) -> Figure:
    """The figure of ``count`` points whose side is in doubt, of ``points``."""
    return Figure(
        name="doubtful_sides",
        value=count / max(points, 1),
        unit="1",
        method=f"share of points that agree by less than {_DOUBT} with their surroundings",
    )


def in_doubt(agreement: F32) -> int:
    """How many of (n,) agreements are doubtful."""
    return int((agreement < _DOUBT).sum())


def _settled_figures(sides: Sides, points: int, seen: str) -> list[Figure]:
    figures = [
        Figure(
            name="sides_settled_on",
            value=float(points),
            unit="points",
            method=f"principal components; sides by lines of sight to {seen} and to each other",
        ),
        Figure(
            name="sides_turned",
            value=float(sides.turned),
            unit="points",
            method=f"of pieces that contradicted {seen} as a whole",
        ),
    ]
    if np.isfinite(sides.agreeing):
        figures.append(
            Figure(
                name="sides_agreeing",
                value=sides.agreeing,
                unit="1",
                method=f"share of the lines of sight to {seen} that leave from the outer side",
            )
        )
    return figures


def _soundness(own: F32, direction: F32, side: F32, xyz: F32) -> tuple[bool, list[Figure]]:
    """Whether shipped normals are unit vectors across the surface, agree, and are not inside out."""
    length = np.linalg.norm(own, axis=1)
    unit = float(np.mean(np.abs(length - 1) < 0.1))
    cosine = (own * direction).sum(1)
    across = float(np.mean(np.abs(cosine) > 0.7))
    near = cKDTree(xyz).query(xyz, min(6, len(xyz)))[1].reshape(len(xyz), -1)
    pair = (own[:, None] * own[near]).sum(2)[:, 1:]
    flat = np.abs(pair) > 0.7
    agreeing = float((pair[flat] > 0).mean()) if flat.any() else 0.0
    outward = float(np.mean(cosine * side > 0))
    sound = unit > 0.95 and across > 0.8 and agreeing > 0.9 and outward > 0.5
    verdict = "" if sound else "; not sound, so not used"
    return sound, [
        Figure(
            name="shipped_unit",
            value=unit,
            unit="1",
            method=f"share of shipped normals of unit length{verdict}",
        ),
        Figure(
            name="shipped_across",
            value=across,
            unit="1",
            method="share of shipped normals within 45 degrees of the estimated direction",
        ),
        Figure(
            name="shipped_agreeing",
            value=agreeing,
            unit="1",
            method="share of neighbours on one plane with the same side",
        ),
        Figure(
            name="shipped_outward",
            value=outward,
            unit="1",
            method="share of shipped normals on the side that lines of sight settle on",
        ),
    ]
