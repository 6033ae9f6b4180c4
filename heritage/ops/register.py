"""Register a monument to its footprint: where it stands, how well that is known, and where else it could stand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
import shapely
from pydantic import Field
from shapely.geometry import MultiPolygon, Polygon

from heritage.model.arrays import F32, F64, PointCloud, Similarity
from heritage.model.documents import Document
from heritage.model.errors import MethodError
from heritage.model.release import Candidate
from heritage.model.report import Figure
from heritage.ops.footprint_choice import FootprintPrior, choose
from heritage.ops.footprint_edges import Edges, edges_of
from heritage.ops.footprint_fit import Held, Score, hold, score, solve
from heritage.ops.footprint_search import Pose, turn
from heritage.ops.footprint_trials import Trial, try_poses
from heritage.ops.gravity import find_up, level
from heritage.ops.grid import shape, spacing, thin
from heritage.ops.place import heading_of
from heritage.ops.walls import Cells, covered_area, outline_cells, wall_cells

_POINTS: Final = 120_000  # more only sharpen what the footprint's own accuracy drowns
_DRAWN: Final = 500_000
_LEAST_CELLS: Final = 24
_NEAR_GROUND_M: Final = 3.0
_SPARSE_M: Final = 0.25  # spacing of airborne clouds, which see roofs and hardly a wall
_DOOR_M: Final = 3.0  # openings up to this width do not open a wall
_EAVES_M: Final = 2.5  # above the ground: where people pass under a roof it does not belong to the plan
_INSET_SIGMA: Final = {"walls": 0.1, "outline": 0.5}


class RegisterOptions(Document):
    """How a monument is fitted to its footprint."""

    evidence: Literal["auto", "walls", "outline"] = Field(
        "auto",
        description="what is laid on the footprint: standing surfaces, or the cloud's outline from above",
    )
    level: bool = Field(True, description="correct the up direction by walls and floors")
    cell_m: float = Field(0.25, gt=0, le=5, description="size of a wall cell in plan, metres")
    kerb_m: float = Field(0.2, ge=0, le=5, description="what is lower above the ground is no wall, metres")
    footprint_sigma_m: float = Field(
        0.15, gt=0, le=10, description="accuracy of the footprint's corners, 1 sigma, metres"
    )
    alike: float = Field(
        0.9, gt=0.5, lt=1, description="a placement that scores this share of the best fits nearly as well"
    )
    least_cover: float = Field(0.35, ge=0, le=1, description="less of the outline found is not settled")
    most_outside: float = Field(0.35, ge=0, le=1, description="more of the walls outside is not settled")
    most_sigma_m: float = Field(1.0, gt=0, description="a less certain position is not settled, metres")


@dataclass(frozen=True)
class WallResidual:
    """One edge of the footprint: ends in the site frame, and how the monument's walls lie along it (outward is
    positive). ``mean_m`` and ``rms_m`` are None where no wall was found."""

    start_m: tuple[float, float]
    end_m: tuple[float, float]
    cells: int
    mean_m: float | None
    rms_m: float | None


@dataclass(frozen=True, eq=False)
class Registered:
    """A placement on a footprint.

    ``covariance`` (3, 3) of east, north (metres) and heading (radians, counter-clockwise) at ``centre_m``, the middle
    of the walls in the monument frame; ``sigma_m`` is the greatest horizontal 1 sigma. ``iou``: of the footprint and
    the plan area that the points cover or enclose, overhanging eaves not counted. ``candidates``: other placements
    that fit nearly as well and that no prior excludes.
    """

    site_from_monument: Similarity
    heading_deg: float
    settled: bool
    reason: str
    candidates: tuple[Candidate, ...]
    rms_m: float
    iou: float
    cover: float
    outside: float
    covariance: F64
    centre_m: F64
    sigma_m: float
    sigma_heading_deg: float
    sigma_up_m: float
    residuals: tuple[WallResidual, ...]
    figures: tuple[Figure, ...]


@dataclass(frozen=True, eq=False)
class _Prepared:
    """The cloud thinned, levelled and in metres: ``xyz`` = factor * rotation @ monument + shift."""

    xyz: F32
    normal: F32
    spacing: float
    metres_from_monument: Similarity
    tilt_deg: float
    sparse: bool


def register_footprint(
    cloud: PointCloud,
    normal: F32 | None,
    footprint: Polygon | MultiPolygon,
    prior: FootprintPrior | None = None,
    options: RegisterOptions | None = None,
    *,
    ground: F64 | None = None,
    threads: int = 1,
) -> Registered:
    """Lay the walls of ``cloud`` (monument frame, z up to about 10 degrees, cleaned) on ``footprint`` (site frame).

    ``normal`` (n, 3) float32 unit, either side, or None to estimate them. Trees and ground should be gone from the
    cloud. The placement is level; its ground is put on ``prior.ground_m``: that of ``ground`` (k, 3), points of the
    ground in the monument frame, or else the foot of the walls. Raises MethodError where nothing can be
    laid on the footprint, InputError for an unusable footprint. A doubtful result is returned as not settled.
    """
    known, chosen = prior or FootprintPrior(), options or RegisterOptions()
    edges = edges_of(footprint)
    prepared = _prepare(cloud, normal, edges, known, chosen, threads)
    trials: list[tuple[str, Cells, F64, list[Trial]]] = []
    for kind in _kinds(chosen):
        cells = _cells(prepared, kind, chosen)
        if len(cells.xy) < _LEAST_CELLS:
            continue
        middle = np.average(cells.xy, axis=0, weights=cells.weight)
        centred = replace(cells, xy=cells.xy - middle)
        tried = try_poses(
            centred,
            edges,
            free_scale=known.scale is None,
            inset_sigma=_INSET_SIGMA[kind],
            yaw=known.yaw(),
            threads=threads,
        )
        trials.append((kind, centred, middle, tried))
        if tried[0].score.cover >= chosen.least_cover and not prepared.sparse:
            break
    if not trials:
        raise MethodError(
            "registration", f"fewer than {_LEAST_CELLS} cells of wall or outline", "a building with walls",
            "check what cleaning left, or place by control points", code="register-no-walls",
        )  # fmt: skip
    kind, cells, middle, found = max(trials, key=lambda trial: trial[3][0].score.value)
    return _conclude(prepared, edges, cells, middle, kind, found, known, chosen, ground)


def _kinds(options: RegisterOptions) -> tuple[str, ...]:
    return ("walls", "outline") if options.evidence == "auto" else (options.evidence,)


def _prepare(
    cloud: PointCloud, normal: F32 | None, edges: Edges, prior: FootprintPrior, options: RegisterOptions, threads: int
) -> _Prepared:  # fmt: skip
    if len(cloud) < 100:
        raise MethodError(
            "registration", f"{len(cloud)} points", "at least 100 are needed", "check what cleaning left",
            code="register-too-few",
        )  # fmt: skip
    few = np.arange(0, len(cloud), -(-len(cloud) // _DRAWN))
    middle = np.median(cloud.xyz[few], axis=0).astype(np.float64)
    factor = prior.scale or _rough_scale(cloud.xyz[few], edges)
    xyz = (factor * (cloud.xyz[few] - middle)).astype(np.float32)
    voxel = 0.08
    keep = thin(xyz, voxel)
    while len(keep) > _POINTS:
        voxel *= max(1.1, float(np.sqrt(len(keep) / _POINTS)))
        keep = thin(xyz, voxel)
    xyz = xyz[keep]
    n = shape(xyz, 12, threads=threads).normal if normal is None else normal[few][keep]
    up = find_up(n) if options.level else np.array([0.0, 0.0, 1.0])
    rotation = level(up)
    metres = Similarity(rotation, -factor * (rotation @ (middle + cloud.origin)), factor)
    tilt = float(np.degrees(np.arccos(np.clip(up[2], -1, 1))))
    turned = rotation.astype(np.float32).T
    apart = spacing(xyz, threads=threads)
    sparse = apart > max(_SPARSE_M, 1.5 * voxel)  # as it came, not as it was thinned
    return _Prepared(xyz @ turned, n @ turned, apart, metres, tilt, sparse)


def _rough_scale(xyz: F32, edges: Edges) -> float:
    """Metres per unit if the cloud covers about what the footprint does, seen from above."""
    thinned = xyz[:: max(1, len(xyz) // 5_000), :2]
    low, high = np.percentile(thinned, [1, 99], axis=0)
    inside = thinned[((thinned >= low) & (thinned <= high)).all(1)]
    hull = shapely.convex_hull(shapely.multipoints(inside.astype(np.float64)))
    if hull.area <= 0:
        raise MethodError(
            "registration", "points on a line", "a building", "check the scan", code="register-no-walls"
        )
    return float(np.sqrt(edges.plan.convex_hull.area / hull.area))


def _cells(prepared: _Prepared, kind: str, options: RegisterOptions) -> Cells:
    if kind == "outline":
        return outline_cells(prepared.xyz, cell=max(2 * options.cell_m, 2 * prepared.spacing))
    cell = max(options.cell_m, 1.5 * prepared.spacing)
    return wall_cells(prepared.xyz, prepared.normal, cell=cell, step=max(0.25, cell), kerb=options.kerb_m)


def _conclude(
    prepared: _Prepared,
    edges: Edges,
    cells: Cells,
    middle: F64,
    kind: str,
    trials: list[Trial],
    prior: FootprintPrior,
    options: RegisterOptions,
    ground: F64 | None,
) -> Registered:
    choice = choose(trials, edges.centre, prior, alike=options.alike)
    free, inset = prior.scale is None, _INSET_SIGMA[kind]
    solution = solve(
        cells,
        edges,
        hold(
            cells,
            edges,
            choice.trial.held.pose,
            width=(0.3, 0.3),
            rounds=4,
            free_scale=free,
            inset_sigma=inset,
        ),
        free_scale=free,
        inset_sigma=inset,
        # An outline from above is only as good as its cells, and sheds and trees touch it.
        stated_sigma=options.footprint_sigma_m
        if kind == "walls"
        else max(options.footprint_sigma_m, cells.size),
    )
    held = solution.held
    fit = score(cells, edges, held)
    level_site = _flat(held.pose, middle, edges.centre) @ prepared.metres_from_monument
    foot, sigma_up, how = _foot(prepared, cells, held, edges, ground, level_site, kind)
    placed = Similarity(
        level_site.rotation,
        level_site.translation + np.array([0, 0, prior.ground_m - held.pose.scale * foot]),
        level_site.scale,
    )
    iou = _iou(
        prepared, edges, held.pose.apply(prepared.xyz[:, :2].astype(np.float64) - middle), foot, kind, options
    )
    belongs = held.hold > 0.25
    weight = cells.weight * held.hold
    rms = float(np.sqrt((weight * held.residual**2).sum() / max(float(weight.sum()), 1e-9)))
    sigma = float(np.sqrt(np.linalg.eigvalsh(solution.covariance[:2, :2])[-1]))
    sigma_heading = float(np.degrees(np.sqrt(solution.covariance[2, 2])))
    doubts = [*choice.doubts, *_weak(fit, sigma, options)]
    basis = {
        "walls": "by walls on the footprint",
        "outline": "by the cloud's outline: hardly a wall was seen",
    }[kind]
    centre = prepared.metres_from_monument.inverse().apply(np.array([[*middle, foot]]))[0]
    figures = (
        Figure(name="residual_rms", value=rms, unit="m", method=f"{int(belongs.sum())} cells on the footprint's edges"),
        Figure(name="cover", value=fit.cover, unit="1", method="share of the footprint's edges with a wall on them"),
        Figure(name="outside", value=fit.outside, unit="1", method="share of the walls more than 0.6 m outside"),
        Figure(name="iou", value=iou, unit="1", method="footprint and plan of the points, eaves not counted"),
        Figure(name="sigma_horizontal", value=sigma, unit="m", method="greatest 1 sigma, mixed model of edges"),
        Figure(name="sigma_heading", value=sigma_heading, unit="deg", method="1 sigma, mixed model of edges"),
        Figure(name="sigma_up", value=sigma_up, unit="m", method=how),
        Figure(name="edge_sigma", value=solution.edge_sigma_m, unit="m", method="accuracy of corners, from the edges"),
        Figure(name="inset", value=held.inset_m, unit="m", method="walls beyond the footprint's edges, all round"),
        Figure(name="tilt", value=prepared.tilt_deg, unit="deg", method="found up from the cloud's z"),
        Figure(name="cells", value=float(len(cells.xy)), unit="1", method=f"{kind}, {cells.size:.2f} m"),
    )  # fmt: skip
    return Registered(
        placed,
        heading_of(placed),
        not doubts,
        "; ".join([basis, *doubts]),
        choice.candidates,
        rms,
        iou,
        fit.cover,
        fit.outside,
        solution.covariance,
        centre,
        sigma,
        sigma_heading,
        sigma_up,
        _wall_residuals(cells, edges, held),
        figures,
    )


def _weak(fit: Score, sigma: float, options: RegisterOptions) -> list[str]:
    doubts = []
    if fit.cover < options.least_cover:
        doubts.append(f"only {fit.cover:.0%} of the footprint's edges have a wall on them")
    if fit.outside > options.most_outside:
        doubts.append(f"{fit.outside:.0%} of the walls are outside the footprint")
    if sigma > options.most_sigma_m:
        doubts.append(f"the position is known to {sigma:.1f} m only")
    return doubts


def _flat(pose: Pose, middle: F64, centre: F64) -> Similarity:
    """The pose as a similarity of space: about ``middle`` of the levelled plan, onto the footprint's ``centre``."""
    rotation = np.eye(3)
    rotation[:2, :2] = turn(pose.yaw)
    shift = np.array([pose.x, pose.y]) + centre - pose.scale * (rotation[:2, :2] @ middle)
    return Similarity(rotation, np.array([*shift, 0.0]), pose.scale)


def _foot(
    prepared: _Prepared,
    cells: Cells,
    held: Held,
    edges: Edges,
    ground: F64 | None,
    level_site: Similarity,
    kind: str,
) -> tuple[float, float, str]:
    """Height of the ground in the levelled metric frame, its 1 sigma, and how it was found."""
    if ground is not None and len(ground):
        placed = level_site.apply(ground)
        near = shapely.contains_xy(
            shapely.transform(edges.plan, lambda xy: xy + edges.centre).buffer(_NEAR_GROUND_M),
            placed[:, 0],
            placed[:, 1],
        )
        if near.sum() >= _LEAST_CELLS:
            z = placed[near, 2] / held.pose.scale
            return (
                float(np.median(z)),
                _spread(z),
                f"{int(near.sum())} ground points within {_NEAR_GROUND_M:g} m",
            )
    if kind == "outline":
        z = prepared.xyz[:, 2]
        return (
            float(np.percentile(z, 1)),
            float(np.ptp(np.percentile(z, [1, 50]))),
            "lowest points: no wall was seen",
        )
    base = cells.base[held.hold > 0.25]
    low = np.sort(base)[: max(1, len(base) // 2)]
    return float(np.median(low)), _spread(low), "foot of the walls: median of the lower half"


def _spread(z: F64) -> float:
    """Half the middle 68 %: 1 sigma of a normal distribution, untouched by the tails."""
    return max(float(np.ptp(np.percentile(z, [16, 84]))) / 2, 0.01)


def _iou(
    prepared: _Prepared, edges: Edges, placed: F64, foot: float, kind: str, options: RegisterOptions
) -> float:
    """Intersection over union of the footprint with the cloud's plan, in which eaves and what lies on the ground do
    not count as built area outside. ``placed`` (n, 2) the points about the footprint's centre."""
    cell = max(2 * prepared.spacing, edges.radius / 100)
    height = prepared.xyz[:, 2] - foot
    low = (height > options.kerb_m) & ((height < _EAVES_M) | (kind == "outline"))
    covered = covered_area(placed, cell=cell, gap=_DOOR_M)
    inside = float(shapely.contains_xy(edges.plan, covered[:, 0], covered[:, 1]).sum()) * cell**2
    beside = covered_area(placed[low], cell=cell, gap=0.0)
    outside = float((~shapely.contains_xy(edges.plan, beside[:, 0], beside[:, 1])).sum()) * cell**2
    return min(inside / (edges.plan.area + outside), 1.0)


def _wall_residuals(cells: Cells, edges: Edges, held: Held) -> tuple[WallResidual, ...]:
    belongs = held.hold > 0.25
    rows = []
    for e in range(len(edges.length)):
        r = held.residual[belongs & (held.edge == e)] + held.inset_m
        start = edges.start[e] + edges.centre
        end = start + edges.length[e] * edges.along[e]
        rows.append(
            WallResidual(
                (float(start[0]), float(start[1])),
                (float(end[0]), float(end[1])),
                len(r),
                float(r.mean()) if len(r) else None,
                float(np.sqrt((r**2).mean())) if len(r) else None,
            )
        )
    return tuple(rows)
