"""register: where a monument stands, as a similarity from its frame to the site's, with how well that is known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyproj

from heritage.model.arrays import PointCloud, Similarity
from heritage.model.documents import Document, Prior
from heritage.model.errors import MethodError
from heritage.model.frames import SiteFrame
from heritage.model.placement_reason import PlacementReason, because, method_failed
from heritage.model.release import Placement
from heritage.ops.placement.gcp import GcpOptions
from heritage.ops.placement.place import place_crs, place_prior
from heritage.ops.placement.register_at import plan_cells
from heritage.ops.placement.register_options import RegisterOptions
from heritage.ops.source_frame import SourceFrame
from heritage.pipeline.placement.by_footprint import Placed, by_footprint, walls
from heritage.pipeline.placement.by_gcp import by_gcp
from heritage.pipeline.placement.by_hand import by_hand
from heritage.pipeline.placement.drawing import plan_drawing
from heritage.pipeline.placement.entry import placement_plan, reasons_of
from heritage.pipeline.placement.thinned import thinned
from heritage.pipeline.stage import Job, Outcome, Stage
from heritage.pipeline.stages.ingest import source_frame

PLACEMENT = "placement.json"
PLAN = "plan.json"


class PlacementOptions(Document):
    """How a monument is placed, whichever way is taken."""

    footprint: RegisterOptions = RegisterOptions()
    gcp_sigma_m: float = GcpOptions().sigma_m


def _run(job: Job) -> Outcome:
    facts: dict[str, Any] = dict(job.facts)
    source = source_frame(job.inputs["ingest"])
    method = _method(facts, source)
    found = _WAYS[method](job, facts, source)
    placement = found.placement
    if facts["settled"] and not placement.settled:
        placement = placement.model_copy(
            update={"settled": True, "reasons": (because("settled"), *placement.reasons)}
        )
    (job.folder / PLACEMENT).write_text(placement.model_dump_json(indent=1), encoding="utf-8")
    cells = found.cells_m
    if cells is None:
        cells = plan_cells(walls(job), placement.scale, job.chosen(PlacementOptions).footprint)
    plan = placement_plan(
        placement,
        cells,
        facts,
        cover=found.cover,
        outside=found.outside,
        walls=found.walls,
        others=found.others,
        points=found.points,
    )
    (job.folder / PLAN).write_text(plan.model_dump_json(), encoding="utf-8")
    pictures: tuple[str, ...] = ()
    if found.plan is not None:
        drawing = plan_drawing(walls(job), placement, found.plan)
        (job.folder / "plan.svg").write_text(drawing, encoding="utf-8")
        pictures = ("plan.svg",)
    return Outcome((), found.figures, found.warnings, pictures)


def placement_of(folder: Path) -> Placement:
    """What the stage found."""
    return Placement.model_validate_json((folder / PLACEMENT).read_bytes(), strict=False)


def _method(facts: dict[str, Any], source: SourceFrame) -> str:
    """`auto`: control points, then the cloud's own CRS, then a footprint, then a prior alone."""
    method = str(facts["method"])
    if not method.startswith("auto-"):
        return method
    return "crs" if source.crs is not None else method.removeprefix("auto-")


def _frame(facts: dict[str, Any]) -> SiteFrame:
    return SiteFrame(*facts["frame"])


def _by_footprint(job: Job, facts: dict[str, Any], source: SourceFrame) -> Placed:
    return by_footprint(job, facts, job.chosen(PlacementOptions).footprint)


def _by_hand(job: Job, facts: dict[str, Any], source: SourceFrame) -> Placed:
    return by_hand(job, facts, job.chosen(PlacementOptions).footprint)


def _among(job: Job, facts: dict[str, Any], source: SourceFrame) -> Placed:
    """On a footprint near the position if one fits beyond doubt; else by the prior, for most things that stand near
    buildings are none."""
    try:
        found = _by_footprint(job, facts, source)
    except MethodError as error:
        why: tuple[PlacementReason, ...] = (method_failed(error),)
    else:
        if found.placement.settled:
            return found
        why = found.placement.reasons
    prior = _by_prior(job, facts, source)
    reasons = (*prior.placement.reasons, because("no-footprint-fits"), *why)
    return replace(prior, placement=prior.placement.model_copy(update={"reasons": reasons}))


def _by_gcp(job: Job, facts: dict[str, Any], source: SourceFrame) -> Placed:
    options = job.chosen(PlacementOptions)
    return by_gcp(job, facts, options.gcp_sigma_m, options.footprint)


def _by_crs(job: Job, facts: dict[str, Any], source: SourceFrame) -> Placed:
    if source.crs is None:
        raise MethodError(
            "registration",
            "the cloud's file names no CRS",
            "method crs needs one",
            "write crs: EPSG:… at the reference epoch",
            code="register-no-crs",
        )
    crs = pyproj.CRS.from_user_input(source.crs)
    cloud = thinned(job.inputs["points"])
    placed = place_crs(
        np.array(source.origin_m),
        cloud.bounds(),
        crs,
        _frame(facts),
        heights=facts["heights"],
        site_crs=pyproj.CRS.from_wkt(facts["crs"]),
    )
    placement = Placement(
        method="crs",
        settled=True,
        reasons=placed.reasons,
        site_from_monument=placed.site_from_monument.columns,
        scale=placed.site_from_monument.scale,
        heading_deg=placed.heading_deg,
        rms_m=placed.rms_m,
    )
    return Placed(placement, placed.figures, placed.warnings)


def _by_prior(job: Job, facts: dict[str, Any], source: SourceFrame) -> Placed:
    given = Prior.model_validate(facts["prior"], strict=False) if facts["prior"] else Prior()
    if given.lon is None or given.lat is None:
        raise MethodError(
            "registration",
            "no position to place by",
            "method prior needs lon and lat",
            "write them under registration.prior",
            code="register-no-prior",
        )
    frame = _frame(facts)
    ground = float(facts["ground_m"]) if given.ground_m is None else given.ground_m - frame.height_m
    placed = place_prior(given, frame, anchor=_anchor(thinned(job.inputs["points"])), ground_m=ground)
    placement = Placement(
        method="prior",
        settled=False,
        reasons=(*placed.reasons, *reasons_of(facts)),
        site_from_monument=placed.site_from_monument.columns,
        scale=placed.site_from_monument.scale,
        heading_deg=placed.heading_deg,
        sigma_m=given.position_sigma_m,
    )
    return Placed(placement, placed.figures)


def _not_placed(job: Job, facts: dict[str, Any], source: SourceFrame) -> Placed:
    """Shown at the site's origin, and said so: a monument without a place is still worth a tour."""
    x, y, z = _anchor(thinned(job.inputs["points"]))
    moved = Similarity(np.eye(3), np.array([-x, -y, float(facts["ground_m"]) - z]))
    on_map = source.crs is None and all(source.origin_m[:2])
    placement = Placement(
        method="none",
        settled=False,
        reasons=(because("none"), *([because("crs-unsaid")] if on_map else [])),
        site_from_monument=moved.columns,
        scale=1.0,
        heading_deg=0.0,
    )
    return Placed(placement)


def _anchor(cloud: PointCloud) -> tuple[float, float, float]:
    """The middle of the foot of a cloud: a low percentile, because the lowest point of all is often a stray one."""
    low, high = np.percentile(cloud.world(), [1, 99], axis=0)
    return float((low[0] + high[0]) / 2), float((low[1] + high[1]) / 2), float(low[2])


_WAYS = {
    "footprint": _by_footprint,
    "gcp": _by_gcp,
    "crs": _by_crs,
    "among": _among,
    "prior": _by_prior,
    "hand": _by_hand,
    "none": _not_placed,
}

REGISTER = Stage(
    "register", 18, PlacementOptions, _run, ("numpy", "scipy", "numba", "shapely", "pyproj", "pillow")
)
