"""Place a monument by control points; those that a person clicked leave it upright."""

from __future__ import annotations

from typing import Any

import numpy as np

from heritage.model.arrays import F64
from heritage.model.errors import MethodError
from heritage.model.placement_reason import because, said
from heritage.model.release import Placement
from heritage.ops.placement.gcp import Gcp, GcpOptions, fit_gcp, residual_figures
from heritage.ops.placement.place import heading_of
from heritage.ops.placement.register_at import plan_up
from heritage.ops.placement.register_options import RegisterOptions
from heritage.pipeline.placement.by_footprint import Placed, walls
from heritage.pipeline.placement.entry import frame_and_crs, point_entries
from heritage.pipeline.stage import Job


def by_gcp(job: Job, facts: dict[str, Any], sigma_m: float, options: RegisterOptions) -> Placed:
    """By the control points of ``facts``, ``sigma_m`` accurate: a full similarity, or a level one where ``facts`` say so.

    Raises MethodError where there are none, and as `fit_gcp`; for a level fit also where too few points of the survey
    are there to say which way is up.
    """
    if "gcps" not in facts:
        raise MethodError(
            "registration",
            "no control points to place by",
            "method gcp needs them",
            "name the file under registration.gcp",
            code="register-no-gcp",
        )
    frame, crs = frame_and_crs(facts)
    points = []
    for p in facts["gcps"]:
        site = frame.site_from_crs(crs, np.array([p["target"]], np.float64))[0]
        points.append(
            Gcp(p["name"], p["role"], tuple(p["source"]), (float(site[0]), float(site[1]), float(site[2])))
        )
    chosen = GcpOptions(scale=facts["scale"], sigma_m=sigma_m)
    level = bool(facts.get("level"))
    fit = fit_gcp(points, chosen, up=_up(job, points, chosen, options) if level else None)
    control = sum(r.use == "control" for r in fit.residuals)
    reasons = (because("points", control=control), *((because("upright"),) if level else ()), *fit.doubts)
    placement = Placement(
        method="gcp",
        settled=True,
        reasons=reasons,
        site_from_monument=fit.site_from_monument.columns,
        scale=fit.site_from_monument.scale,
        heading_deg=heading_of(fit.site_from_monument),
        rms_m=fit.rms_m,
        check_rms_m=fit.check_rms_m,
        sigma_m=fit.sigma_m,
    )
    figures = (*fit.figures, *residual_figures(fit))
    warnings = tuple(said([doubt]) for doubt in fit.doubts)
    return Placed(placement, figures, warnings, points=point_entries(fit))


def _up(job: Job, points: list[Gcp], chosen: GcpOptions, options: RegisterOptions) -> F64:
    """The way up by gravity, as laying the monument on a footprint finds it. A scale that is searched for is first that
    of the points with the survey's own z, which turns little of the plan."""
    scale = 1.0
    if chosen.scale == "unknown":
        scale = fit_gcp(points, chosen, up=np.array([0.0, 0.0, 1.0])).site_from_monument.scale
    return plan_up(walls(job), scale, options)
