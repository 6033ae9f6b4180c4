"""Register a monument to its footprint: where it stands, how well that is known, and where else it could stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from shapely.geometry import MultiPolygon, Polygon

from heritage.model.arrays import F32, F64, PointCloud, Similarity
from heritage.model.placement_reason import PlacementReason, because
from heritage.model.release import Candidate
from heritage.model.report import Figure
from heritage.ops.placement.footprint_choice import Choice, FootprintPrior, choose, told_apart
from heritage.ops.placement.footprint_edges import edges_of
from heritage.ops.placement.footprint_evidence import against
from heritage.ops.placement.footprint_fit import FITTED_M, Score, hold, score, solve
from heritage.ops.placement.footprint_laid import Laid, lay
from heritage.ops.placement.footprint_measure import WallResidual, foot, overlap, wall_residuals
from heritage.ops.placement.footprint_plan import Prepared, prepare
from heritage.ops.placement.footprint_search import Pose, turn
from heritage.ops.placement.footprint_trials import some
from heritage.ops.placement.place import heading_of
from heritage.ops.placement.register_options import RegisterOptions
from heritage.ops.placement.walls import Cells

_DRAWN: Final = 1_500


@dataclass(frozen=True, eq=False)
class Registered:
    """A placement on a footprint.

    ``covariance`` (3, 3) of east, north (metres) and heading (radians, counter-clockwise) at ``centre_m``, the middle
    of the walls in the monument frame; ``middle_m`` (2,) where the middle of the cloud is placed, east and north;
    ``sigma_m`` is the greatest horizontal 1 sigma. ``iou``: of the footprint and
    the plan area that the points cover or enclose, overhanging eaves not counted. ``candidates``: other placements
    that fit nearly as well and that no prior excludes, ``others`` the same worked out. ``score``: what placements are
    compared by, 1 = perfect. ``plan_m`` (k, 3): some of the cells that were laid, at their foot, monument frame.
    """

    site_from_monument: Similarity
    heading_deg: float
    settled: bool
    reasons: tuple[PlacementReason, ...]
    candidates: tuple[Candidate, ...]
    others: tuple[Registered, ...]
    score: float
    rms_m: float
    iou: float
    cover: float
    outside: float
    covariance: F64
    centre_m: F64
    middle_m: F64
    sigma_m: float
    residuals: tuple[WallResidual, ...]
    plan_m: F64
    figures: tuple[Figure, ...]


def register_footprint(
    cloud: PointCloud,
    normal: F32 | None,
    footprint: Polygon | MultiPolygon,
    prior: FootprintPrior | None = None,
    options: RegisterOptions | None = None,
    *,
    beside: Sequence[Polygon | MultiPolygon] = (),
    ground: F64 | None = None,
) -> Registered:
    """Lay the walls of ``cloud`` (monument frame, z up to about 10 degrees, cleaned) on ``footprint`` (site frame).

    ``normal`` (n, 3) float32 unit, either side, or None to estimate them. Trees and ground should be gone from the
    cloud. ``beside``: footprints of neighbours, whose walls the cloud may show too. The placement is level; its
    ground is put on ``prior.ground_m``: that of ``ground`` (k, 3), points of the ground in the monument frame, or
    else the foot of the walls. Raises MethodError where nothing can be laid on the footprint, InputError for an
    unusable footprint. A doubtful result is returned as not settled.
    """
    known, chosen = prior or FootprintPrior(), options or RegisterOptions()
    edges = edges_of(footprint, beside)
    prepared = prepare(cloud, normal, edges, scale=known.scale, upright=chosen.level)
    laid = lay(prepared, edges, known, chosen, roofs=edges.attached)
    costs = against(laid.cells, laid.trials, edges, [footprint, *beside], known)
    choice = choose(laid.trials, costs, edges.centre, laid.cells.covered.middle, known, chosen)
    return conclude(laid, choice, known, chosen, ground)


def conclude(
    laid: Laid, choice: Choice, prior: FootprintPrior, options: RegisterOptions, ground: F64 | None
) -> Registered:
    """The placement that was chosen, exactly, with how well it is known and what speaks against it."""
    prepared, edges, cells, kind = laid.prepared, laid.edges, laid.cells, laid.kind
    free, inset = prior.scale is None, laid.inset_sigma
    pose = choice.trial.held.pose
    held = hold(cells, edges, pose, width=(FITTED_M, FITTED_M), rounds=4, free_scale=free, inset_sigma=inset)
    # An outline from above is only as good as its cells, and sheds and trees touch it.
    stated = max(options.footprint_sigma_m, cells.size if kind == "outline" else 0.0)
    solution = solve(cells, edges, held, free_scale=free, inset_sigma=inset, stated_sigma=stated)
    held = solution.held
    fit = score(cells, edges, held)
    level_site = flat(held.pose, laid.middle, edges.centre) @ prepared.metres_from_monument
    low, sigma_up, how = foot(prepared, cells, held, edges, ground, level_site, kind)
    placed = Similarity(
        level_site.rotation,
        level_site.translation + np.array([0, 0, prior.ground_m - held.pose.scale * low]),
        level_site.scale,
    )
    about = held.pose.apply(prepared.xyz[:, :2].astype(np.float64) - laid.middle)
    iou = overlap(prepared, edges, about, low, kind=kind, kerb=options.kerb_m)
    belongs = held.hold > 0.25
    weight = cells.weight * held.hold
    rms = float(np.sqrt((weight * held.residual**2).sum() / max(float(weight.sum()), 1e-9)))
    sigma = float(np.sqrt(np.linalg.eigvalsh(solution.covariance[:2, :2])[-1]))
    sigma_heading = float(np.degrees(np.sqrt(solution.covariance[2, 2])))
    corner = float(np.hypot(sigma, np.radians(sigma_heading) * edges.radius))
    others = tuple(
        conclude(laid, Choice(rival, (), (), ()), prior, options, ground) for rival in choice.rivals
    )
    candidates = worked_out(choice.candidates, others)
    middle = held.pose.apply(cells.covered.middle[None])[0] + edges.centre
    here = Candidate(
        heading_deg=heading_of(placed), east_m=float(middle[0]), north_m=float(middle[1]), score=1.0
    )
    doubts = [*told_apart(here, candidates), *choice.doubts, *_weak(fit, corner, options)]
    centre = prepared.metres_from_monument.inverse().apply(np.array([[*laid.middle, low]]))[0]
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
        Figure(name="scale", value=placed.scale, unit="1", method="found with the fit" if free else "given"),
        Figure(name="tilt", value=prepared.tilt_deg, unit="deg", method="found up from the cloud's z"),
        Figure(name="cells", value=float(len(cells.xy)), unit="1", method=f"{kind}, {cells.size:.2f} m"),
    )  # fmt: skip
    return Registered(
        placed,
        here.heading_deg,
        not doubts,
        (because("walls" if kind == "walls" else "outline"), *doubts),
        candidates,
        others,
        choice.trial.score.value,
        rms,
        iou,
        fit.cover,
        fit.outside,
        solution.covariance,
        centre,
        middle,
        sigma,
        wall_residuals(cells, edges, held),
        plan_of(prepared, cells, laid.middle, low),
        figures,
    )


def worked_out(candidates: Sequence[Candidate], exactly: Sequence[Registered]) -> tuple[Candidate, ...]:
    """``candidates`` where they stand ``exactly``, one each: the search knew them to a degree or two only."""
    return tuple(
        candidate.model_copy(
            update={
                "heading_deg": found.heading_deg,
                "east_m": float(found.middle_m[0]),
                "north_m": float(found.middle_m[1]),
            }
        )
        for candidate, found in zip(candidates, exactly, strict=True)
    )


def plan_of(prepared: Prepared, cells: Cells, middle: F64, low: float) -> F64:
    """(k, 3) up to 1,500 of ``cells``, which are about ``middle``, at height ``low`` of the levelled plan; monument
    frame."""
    few = some(cells, _DRAWN).xy + middle
    at = np.column_stack([few, np.full(len(few), low)])
    return prepared.metres_from_monument.inverse().apply(at)


def _weak(fit: Score, corner: float, options: RegisterOptions) -> list[PlacementReason]:
    doubts = []
    if fit.cover < options.least_cover:
        doubts.append(because("little-cover", cover_share=fit.cover))
    if fit.outside > options.most_outside:
        doubts.append(because("much-outside", outside_share=fit.outside))
    if corner > options.most_sigma_m:
        doubts.append(because("coarse-corners", sigma_m=corner))
    return doubts


def flat(pose: Pose, middle: F64, centre: F64) -> Similarity:
    """The pose as a similarity of space: about ``middle`` of the levelled plan, onto the footprint's ``centre``."""
    rotation = np.eye(3)
    rotation[:2, :2] = turn(pose.yaw)
    shift = np.array([pose.x, pose.y]) + centre - pose.scale * (rotation[:2, :2] @ middle)
    return Similarity(rotation, np.array([*shift, 0.0]), pose.scale)
