"""place: a state's model into the monument frame, and whether it can be meant so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from heritage.formats.arrays import load_mesh, read_document
from heritage.formats.gcp import read_gcp
from heritage.model.arrays import F64, PointCloud, Similarity
from heritage.model.documents import Document
from heritage.model.errors import InputError
from heritage.model.limits import LOCAL_COORDINATE_M
from heritage.model.placement_reason import PlacementReason, because, said
from heritage.model.release import StatePlacementEntry
from heritage.model.report import Figure
from heritage.ops.meshes.sample_surface import sample_surface
from heritage.ops.placement.footprint_choice import FootprintPrior
from heritage.ops.placement.gcp import Gcp, GcpOptions, fit_gcp, residual_figures
from heritage.ops.placement.plausible import PlausibleOptions, plausible
from heritage.ops.placement.register import register_footprint
from heritage.ops.placement.register_options import RegisterOptions
from heritage.pipeline.placement.by_footprint import polygon, walls_figures
from heritage.pipeline.placement.thinned import thinned
from heritage.pipeline.stage import Job, Outcome, Stage
from heritage.pipeline.stages.align import alignment
from heritage.pipeline.stages.ingest import PARTS
from heritage.pipeline.stages.register import placement_of

STATE_PLACEMENT = "state-placement.json"
_POINTS = 60_000  # stand for the model's surface, as for a survey
_SEEN = 200_000  # of the survey


class PlaceOptions(Document):
    """How a state's model is placed, and what is taken for a mistake."""

    # A model's up axis is said, not measured; a slope must not tilt it.
    footprint: RegisterOptions = RegisterOptions(level=False)
    gcp_sigma_m: float = GcpOptions().sigma_m
    plausible: PlausibleOptions = PlausibleOptions()


@dataclass(frozen=True, eq=False)
class _Found:
    entry: StatePlacementEntry
    figures: tuple[Figure, ...] = ()
    warnings: tuple[str, ...] = ()


def _run(job: Job) -> Outcome:
    facts: dict[str, Any] = dict(job.facts)
    options = job.chosen(PlaceOptions)
    model = _sampled(job.inputs["ingest"])
    found = _WAYS[facts["method"]](job, facts, options, model)
    entry, warnings = found.entry, list(found.warnings)
    if facts["settled"] and not entry.settled:
        reasons = (because("settled"), *entry.reasons)
        entry = entry.model_copy(update={"settled": True, "reasons": reasons})
    placed = Similarity.from_columns(entry.monument_from_state).apply(model)
    judged = plausible(placed, thinned(job.inputs["survey"], _SEEN).world(), options.plausible)
    wrong = judged.finding
    if wrong is not None and not facts["settled"]:
        where = f"monuments/{job.monument}, {job.subject}"
        remedy = f"{wrong.remedy}; where it is meant so, say placement: {{settled: true}}"
        raise InputError(where, wrong.found, wrong.allowed, remedy, code="state-implausible")
    judgement = "a person has settled it" if facts["settled"] else "look at it"
    warnings += [f"{one.found}; {judgement}" for one in (wrong, judged.doubt) if one is not None]
    (job.folder / STATE_PLACEMENT).write_text(entry.model_dump_json(indent=1), encoding="utf-8")
    return Outcome((), (*found.figures, *judged.figures), tuple(warnings))


def _sampled(ingest: Path) -> F64:
    """Points (n, 3) on the model, in its own frame, z up, metres: of a model in a wrong unit as well, which is larger
    than a cloud may be."""
    count = read_document(ingest / PARTS)["parts"]
    meshes = [load_mesh(ingest, f"part-{i}") for i in range(count)]
    reach = max(float(np.abs(mesh.bounds()).max()) for mesh in meshes)
    scale = max(1.0, reach / LOCAL_COORDINATE_M)
    small = [
        mesh.with_(origin=mesh.origin / scale, vertices=(mesh.vertices / scale).astype(np.float32))
        for mesh in meshes
    ]
    return np.asarray(sample_surface(small, _POINTS, 0).world() * scale)


def _in_frame(job: Job, facts: dict[str, Any], options: PlaceOptions, model: F64) -> _Found:
    """In the frame of an epoch: as that epoch is aligned, so is the state."""
    placed, sigma = alignment(job.inputs.get("align"))
    return _Found(_entry("frame", placed, [because("frame", epoch=str(facts["frame"]))], sigma_m=sigma))


def _by_points(job: Job, facts: dict[str, Any], options: PlaceOptions, model: F64) -> _Found:
    """By points measured in the model and in an epoch's frame."""
    points = [Gcp(p.name, p.role, p.source, p.target) for p in read_gcp(job.sources["gcp"])]
    fit = fit_gcp(points, GcpOptions(scale=facts["scale"], sigma_m=options.gcp_sigma_m))
    aligned, _ = alignment(job.inputs.get("align"))
    control = sum(r.use == "control" for r in fit.residuals)
    entry = _entry(
        "gcp",
        aligned @ fit.site_from_monument,
        [because("points", control=control), *fit.doubts],
        rms_m=fit.rms_m,
        check_rms_m=fit.check_rms_m,
        sigma_m=fit.sigma_m,
    )
    return _Found(entry, (*fit.figures, *residual_figures(fit)), tuple(said([doubt]) for doubt in fit.doubts))


def _on_footprint(job: Job, facts: dict[str, Any], options: PlaceOptions, model: F64) -> _Found:
    """On the monument's ground plan, as a survey would be; then from the site's frame to the monument's."""
    prior = FootprintPrior(
        heading_deg=facts["heading_deg"],
        ground_m=facts["ground_m"],
        scale=None if facts["scale"] == "unknown" else 1.0,
    )
    plan = polygon(facts["footprint"])
    origin = np.round(model.mean(0))
    cloud = PointCloud(origin, (model - origin).astype(np.float32))
    found = register_footprint(cloud, None, plan, prior, options.footprint)
    monument = Similarity.from_columns(placement_of(job.inputs["register"]).site_from_monument)
    entry = _entry(
        "footprint",
        monument.inverse() @ found.site_from_monument,
        found.reasons,
        settled=found.settled,
        rms_m=found.rms_m,
        iou=found.iou,
        sigma_m=found.sigma_m,
    )
    return _Found(entry, (*found.figures, *walls_figures(found.residuals)))


def _entry(
    method: str,
    placed: Similarity,
    reasons: Sequence[PlacementReason],
    *,
    settled: bool = True,
    rms_m: float | None = None,
    check_rms_m: float | None = None,
    iou: float | None = None,
    sigma_m: float | None = None,
) -> StatePlacementEntry:
    return StatePlacementEntry.model_validate(
        {
            "method": method,
            "settled": settled,
            "reasons": tuple(reasons),
            "monument_from_state": placed.columns,
            "scale": placed.scale,
            "rms_m": rms_m,
            "check_rms_m": check_rms_m,
            "iou": iou,
            "sigma_m": sigma_m,
        }
    )


def state_placement(folder: Path) -> StatePlacementEntry:
    """What the stage found."""
    return StatePlacementEntry.model_validate_json((folder / STATE_PLACEMENT).read_bytes(), strict=False)


_WAYS = {"frame": _in_frame, "gcp": _by_points, "footprint": _on_footprint}

PLACE = Stage("place", 7, PlaceOptions, _run, ("numpy", "scipy", "numba", "shapely", "pyproj"))
