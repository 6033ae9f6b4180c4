"""Place a monument by the footprint it has, or by the one of the layer that fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from shapely import MultiPolygon, Polygon, wkt

from heritage.model.arrays import F64, REASONS, U8, PointCloud, Similarity
from heritage.model.documents import Prior
from heritage.model.errors import MethodError
from heritage.model.frames import WGS84_3D, SiteFrame
from heritage.model.placement_plan import PlacementEntry, PointEntry, WallEntry
from heritage.model.release import Placement
from heritage.model.report import Figure
from heritage.ops.placement.footprint_choice import FootprintPrior
from heritage.ops.placement.footprint_measure import WallResidual
from heritage.ops.placement.register import Registered, register_footprint
from heritage.ops.placement.register_among import register_among
from heritage.ops.placement.register_options import RegisterOptions
from heritage.pipeline.placement.entry import other_places, reasons_of, wall_entries
from heritage.pipeline.placement.thinned import thinned, thinned_labels
from heritage.pipeline.stage import Job


@dataclass(frozen=True, eq=False)
class Placed:
    """A placement with its figures, and the ground plan it was laid on, if any. ``cells_m`` (k, 3): where walls stand,
    monument frame, None where nobody looked; ``others``: where else it could stand; ``points``: those it was placed by."""

    placement: Placement
    figures: tuple[Figure, ...] = ()
    warnings: tuple[str, ...] = ()
    plan: Polygon | MultiPolygon | None = None
    cells_m: F64 | None = None
    cover: float | None = None
    outside: float | None = None
    walls: tuple[WallEntry, ...] = ()
    others: tuple[PlacementEntry, ...] = ()
    points: tuple[PointEntry, ...] = ()


def by_footprint(job: Job, facts: dict[str, Any], options: RegisterOptions) -> Placed:
    """On the monument's footprint, or the one chosen among the layer's. Raises MethodError where there is none."""
    prior = Prior.model_validate(facts["prior"], strict=False) if facts["prior"] else Prior()
    frame = SiteFrame(*facts["frame"])
    ground_m = float(facts["ground_m"]) if prior.ground_m is None else prior.ground_m - frame.height_m
    known = FootprintPrior(
        heading_deg=prior.heading_deg,
        heading_sigma_deg=prior.heading_sigma_deg,
        position_m=_position(prior, frame),
        position_sigma_m=prior.position_sigma_m,
        ground_m=ground_m,
        scale=None if facts["scale"] == "unknown" else prior.scale or 1.0,
    )
    cloud, ground = walls(job), ground_points(job)
    if "footprint" in facts:
        plan, id = polygon(facts["footprint"]), str(facts["footprint_id"])
        beside = [polygon(text) for text in facts["beside"]]
        found = register_footprint(cloud, None, plan, known, options, beside=beside, ground=ground)
    else:
        layer = {id: polygon(text) for id, (text, _) in facts.get("layer", {}).items()}
        if not layer:
            raise MethodError(
                "registration", "no footprint to place by", "method footprint needs one",
                "name it under footprint:, or put it into the layer of site.yaml", code="register-no-footprint",
            )  # fmt: skip
        among = register_among(cloud, None, layer, known, options, ground=ground)
        plan, id, found = layer[among.id], among.id, among.registered
        if prior.ground_m is None:
            heights = {id: float(height) - ground_m for id, (_, height) in facts["layer"].items()}
            others = zip(found.others, found.candidates, strict=True)
            found = replace(
                _lifted(found, heights[id]),
                others=tuple(_lifted(other, heights[of.footprint or id]) for other, of in others),
            )
    placed = found.site_from_monument
    placement = Placement(
        method="footprint",
        settled=found.settled,
        reasons=(*found.reasons, *reasons_of(facts)),
        site_from_monument=placed.columns,
        scale=placed.scale,
        heading_deg=found.heading_deg,
        rms_m=found.rms_m,
        iou=found.iou,
        sigma_m=found.sigma_m,
        candidates=found.candidates,
        footprint=id,
    )
    return Placed(
        placement,
        (*found.figures, *walls_figures(found.residuals)),
        (),
        plan,
        cells_m=found.plan_m,
        cover=found.cover,
        outside=found.outside,
        walls=wall_entries(found.residuals),
        others=other_places(
            found.others,
            [other.footprint or id for other in found.candidates],
            [other.score for other in found.candidates],
            facts,
        ),
    )


def walls(job: Job) -> PointCloud:
    """The reference epoch's surface points without ground, which says nothing about where walls are."""
    cloud = thinned(job.inputs["points"])
    if "clean" not in job.inputs:
        return cloud
    full, reasons = _all(job)
    kept = full.select(reasons == REASONS["kept"])
    return kept if len(kept) else cloud


def walls_figures(residuals: Sequence[WallResidual]) -> tuple[Figure, ...]:
    """The residual of every wall of the footprint, in the order of its edges."""
    return tuple(
        Figure(
            name=f"wall {k}",
            value=None if wall.mean_m is None else 1000 * wall.mean_m,
            unit="mm",
            method=f"mean outward of the drawn edge, {wall.cells} cells, from "
            f"({wall.start_m[0]:.1f}, {wall.start_m[1]:.1f}) to ({wall.end_m[0]:.1f}, {wall.end_m[1]:.1f}) m",
        )
        for k, wall in enumerate(residuals, 1)
    )


def _lifted(found: Registered, up_m: float) -> Registered:
    placed = found.site_from_monument
    shift = placed.translation + np.array([0.0, 0.0, up_m])
    return replace(found, site_from_monument=Similarity(placed.rotation, shift, placed.scale))


def _position(prior: Prior, frame: SiteFrame) -> tuple[float, float] | None:
    if prior.lon is None or prior.lat is None:
        return None
    there = frame.site_from_crs(WGS84_3D, np.array([[prior.lon, prior.lat, frame.height_m]]))[0]
    return float(there[0]), float(there[1])


def polygon(text: str) -> Polygon | MultiPolygon:
    """A ground plan from WKT. Raises MethodError for any other shape."""
    geometry = wkt.loads(text)
    if not isinstance(geometry, (Polygon, MultiPolygon)):
        raise MethodError(
            "footprint",
            f"a {geometry.geom_type}",
            "a polygon is needed to place by",
            code="footprint-no-polygon",
        )
    return geometry


def _all(job: Job) -> tuple[PointCloud, U8]:
    """The reference epoch's points and why cleaning kept them or not."""
    ingest = job.inputs["ingest"]
    return thinned(ingest), thinned_labels(job.inputs["clean"], "reasons", ingest)


def ground_points(job: Job) -> F64 | None:
    """Points of the ground (k, 3), monument frame; None where cleaning found none."""
    if "clean" not in job.inputs:
        return None
    full, reasons = _all(job)
    ground = full.select(reasons == REASONS["ground"])
    return ground.world() if len(ground) else None
