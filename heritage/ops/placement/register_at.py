"""Measure a placement that somebody has made: how well a monument stands on a footprint there. Nothing is moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from shapely.geometry import MultiPolygon, Polygon

from heritage.model.arrays import F32, F64, PointCloud, Similarity
from heritage.model.errors import MethodError
from heritage.model.placement_reason import PlacementReason, because
from heritage.model.report import Figure
from heritage.ops.placement.footprint_edges import edges_of
from heritage.ops.placement.footprint_fit import FITTED_M, Score, hold, score, solve
from heritage.ops.placement.footprint_laid import INSET_SIGMA, LEAST_CELLS
from heritage.ops.placement.footprint_measure import WallResidual, foot, overlap, wall_residuals
from heritage.ops.placement.footprint_plan import Prepared, cells_of, prepare
from heritage.ops.placement.footprint_search import Pose
from heritage.ops.placement.register import flat, plan_of
from heritage.ops.placement.register_options import RegisterOptions
from heritage.ops.placement.walls import Cells

_SIGMAS: Final = 2.0
_REACH_M: Final = (
    1.0  # what a person placed may stand that far off: nearer walls are held to be the drawn ones
)
_LEANS_DEG: Final = 2.0


@dataclass(frozen=True, eq=False)
class Measured:
    """How a monument stands on a footprint, as `Registered` says it. ``sigma_m`` is None where the walls say that it
    stands elsewhere: the pose is a person's then, and nobody knows how good. ``away_m``, ``turned_deg``: how far the
    nearest fit of the walls is, None where they fit nowhere near."""

    score: Score
    rms_m: float
    iou: float
    sigma_m: float | None
    away_m: float | None
    turned_deg: float | None
    residuals: tuple[WallResidual, ...]
    plan_m: F64
    figures: tuple[Figure, ...]
    reasons: tuple[PlacementReason, ...]


def measure_at(
    cloud: PointCloud,
    normal: F32 | None,
    footprint: Polygon | MultiPolygon,
    placed: Similarity,
    options: RegisterOptions | None = None,
    *,
    beside: Sequence[Polygon | MultiPolygon] = (),
    ground: F64 | None = None,
) -> Measured:
    """Hold the walls of ``cloud`` against ``footprint`` where ``placed`` (site_from_monument) puts them.

    Arguments as for `register_footprint`. Raises MethodError where nothing could be held against it.
    """
    chosen = options or RegisterOptions()
    edges = edges_of(footprint, beside)
    prepared = prepare(cloud, normal, edges, scale=placed.scale, upright=chosen.level)
    kind, cells, middle = _evidence(prepared, chosen, roofs=edges.attached)
    inset = INSET_SIGMA[kind]
    site_from_levelled = placed @ prepared.metres_from_monument.inverse()
    r = site_from_levelled.rotation
    yaw = float(np.arctan2(r[1, 0], r[0, 0]))
    # The plan is that of the walls' middle height: where the pose leans, their feet stand elsewhere.
    height = float(np.median(prepared.xyz[:, 2]))
    x, y = site_from_levelled.apply(np.array([[*middle, height]]))[0, :2] - edges.centre
    pose = Pose(yaw, float(x), float(y), site_from_levelled.scale)
    held = hold(cells, edges, pose, width=(_REACH_M, _REACH_M), rounds=0, free_scale=False, inset_sigma=inset)
    fit = score(cells, edges, held)
    stated = max(chosen.footprint_sigma_m, cells.size if kind == "outline" else 0.0)
    nearest = hold(
        cells, edges, pose, width=(_REACH_M, FITTED_M), rounds=8, free_scale=False, inset_sigma=inset
    )
    solution = solve(cells, edges, nearest, free_scale=False, inset_sigma=inset, stated_sigma=stated)
    sigma = float(np.sqrt(np.linalg.eigvalsh(solution.covariance[:2, :2])[-1]))
    sigma_heading = float(np.degrees(np.sqrt(solution.covariance[2, 2])))
    away, turned, agrees = None, None, False
    if score(cells, edges, solution.held).cover >= chosen.least_cover:
        best = solution.held.pose
        away = float(np.hypot(best.x - pose.x, best.y - pose.y))
        turned = float(np.degrees((pose.yaw - best.yaw + np.pi) % (2 * np.pi) - np.pi))
        agrees = away <= _SIGMAS * sigma and abs(turned) <= _SIGMAS * sigma_heading
    if agrees:  # then what registration calls a residual is one
        held = hold(
            cells, edges, pose, width=(FITTED_M, FITTED_M), rounds=0, free_scale=False, inset_sigma=inset
        )
    level_site = flat(pose, middle, edges.centre) @ prepared.metres_from_monument
    low, _, _ = foot(prepared, cells, held, edges, ground, level_site, kind)
    about = pose.apply(prepared.xyz[:, :2].astype(np.float64) - middle)
    iou = overlap(prepared, edges, about, low, kind=kind, kerb=chosen.kerb_m)
    weight = cells.weight * held.hold
    rms = float(np.sqrt((weight * held.residual**2).sum() / max(float(weight.sum()), 1e-9)))
    leaning = float(np.degrees(np.arccos(np.clip(r[2, 2], -1, 1))))
    figures = (
        Figure(name="residual_rms", value=rms, unit="m", method="cells on the footprint's edges, as placed by hand"),
        Figure(name="cover", value=fit.cover, unit="1", method="share of the footprint's edges with a wall on them"),
        Figure(name="outside", value=fit.outside, unit="1", method="share of the walls more than 0.6 m outside"),
        Figure(name="iou", value=iou, unit="1", method="footprint and plan of the points, eaves not counted"),
        Figure(name="fit_away", value=away, unit="m", method="to where the walls fit best nearby"),
        Figure(name="fit_turned", value=turned, unit="deg", method="the same, clockwise"),
        Figure(name="lean", value=leaning, unit="deg", method="up as found in the cloud off the vertical as placed"),
    )  # fmt: skip
    reasons = [_said_by_walls(agrees, away, turned)]
    if leaning > _LEANS_DEG:
        reasons.append(because("walls-lean", lean_deg=leaning))
    return Measured(
        fit,
        rms,
        iou,
        sigma if agrees else None,
        away,
        turned,
        wall_residuals(cells, edges, held),
        plan_of(prepared, cells, middle, low),
        figures,
        tuple(reasons),
    )


def _said_by_walls(agrees: bool, away_m: float | None, turned_deg: float | None) -> PlacementReason:
    if agrees:
        return because("walls-agree")
    if away_m is None or turned_deg is None:
        return because("walls-missing")
    return because("walls-elsewhere", away_m=away_m, turned_deg=abs(turned_deg))


def plan_cells(cloud: PointCloud, scale: float, options: RegisterOptions | None = None) -> F64:
    """(k, 3) where the walls of ``cloud`` stand, at the foot of them, or its outline; monument frame. None: (0, 3).

    ``scale``: metres per unit of the cloud.
    """
    chosen = options or RegisterOptions()
    try:
        prepared = prepare(cloud, None, None, scale=scale, upright=chosen.level)
        _, cells, middle = _evidence(prepared, chosen)
    except MethodError:
        return np.zeros((0, 3))
    return plan_of(prepared, cells, middle, float(np.median(cells.base)))


def plan_middle(cloud: PointCloud, scale: float, options: RegisterOptions | None = None) -> F64:
    """(3,) the middle of ``cloud`` in plan, which a prior's position is about, monument frame. Raises as `measure_at`."""
    chosen = options or RegisterOptions()
    prepared = prepare(cloud, None, None, scale=scale, upright=chosen.level)
    _, cells, middle = _evidence(prepared, chosen)
    at = np.array([[*(cells.covered.middle + middle), float(np.median(cells.base))]])
    return np.asarray(prepared.metres_from_monument.inverse().apply(at)[0])


def plan_up(cloud: PointCloud, scale: float, options: RegisterOptions | None = None) -> F64:
    """(3,) unit vector, the way up in the monument frame as the walls and floors of ``cloud`` say, or its z where ``options``
    do not let it be corrected. ``scale``: metres per unit of the cloud. Raises MethodError for fewer than 100 points."""
    prepared = prepare(cloud, None, None, scale=scale, upright=(options or RegisterOptions()).level)
    return np.asarray(prepared.metres_from_monument.rotation[2])


def _evidence(prepared: Prepared, options: RegisterOptions, *, roofs: bool = False) -> tuple[str, Cells, F64]:
    """The kind of a cloud's evidence, walls or, where they say little, the outline; its cells about the middle (2,). With
    ``roofs``, the steps between roofs are among the walls."""
    kinds = ("walls", "outline") if options.evidence == "auto" else (options.evidence,)
    for kind in kinds:
        cells = cells_of(prepared, kind, cell=options.cell_m, kerb=options.kerb_m, roofs=roofs)
        if len(cells.xy) >= LEAST_CELLS and not (kind == "walls" and prepared.sparse and len(kinds) > 1):
            middle = np.average(cells.xy, axis=0, weights=cells.weight)
            return kind, cells.about(middle), middle
    raise MethodError(
        "registration", f"fewer than {LEAST_CELLS} cells of wall or outline", "a building with walls",
        "check what cleaning left", code="register-no-walls",
    )  # fmt: skip
