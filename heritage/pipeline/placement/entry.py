"""What the studio is told of a placement: every place with its figures, and where the monument's own walls stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyproj

from heritage.model.arrays import F64, Similarity
from heritage.model.frames import SiteFrame
from heritage.model.placement_plan import PlacementEntry, PlacementPlan, PointEntry, WallEntry
from heritage.model.placement_reason import PlacementReason
from heritage.model.release import Placement
from heritage.ops.placement.footprint_measure import WallResidual
from heritage.ops.placement.gcp import GcpFit
from heritage.ops.placement.pose import crs_near, pose_of
from heritage.ops.placement.register import Registered

_DECIMALS = 3


def frame_and_crs(facts: dict[str, Any]) -> tuple[SiteFrame, pyproj.CRS]:
    """The site's, from the facts of a task."""
    return SiteFrame(*facts["frame"]), pyproj.CRS.from_wkt(str(facts["crs"]))


def reasons_of(facts: dict[str, Any]) -> tuple[PlacementReason, ...]:
    """What is said of the prior, from the facts of a task."""
    return tuple(PlacementReason.model_validate(one, strict=False) for one in facts["prior_reasons"])


def other_places(
    found: Sequence[Registered],
    footprints: Sequence[str],
    likelihoods: Sequence[float],
    facts: dict[str, Any],
) -> tuple[PlacementEntry, ...]:
    """Other placements than the present one, on ``footprints`` and by ``likelihoods`` relative to it."""
    frame, crs = frame_and_crs(facts)
    return tuple(
        PlacementEntry(
            site_from_monument=one.site_from_monument.columns,
            pose=pose_of(one.site_from_monument, frame, crs),
            footprint=footprint,
            likelihood=likelihood,
            rms_m=one.rms_m,
            iou=one.iou,
            cover=one.cover,
            outside=one.outside,
            sigma_m=one.sigma_m,
            walls=wall_entries(one.residuals),
        )
        for one, footprint, likelihood in zip(found, footprints, likelihoods, strict=True)
    )


def placement_plan(
    placement: Placement,
    cells_m: F64,
    facts: dict[str, Any],
    *,
    cover: float | None = None,
    outside: float | None = None,
    walls: tuple[WallEntry, ...] = (),
    others: tuple[PlacementEntry, ...] = (),
    points: tuple[PointEntry, ...] = (),
) -> PlacementPlan:
    """The plan of ``placement``; ``cells_m`` (k, 3) of its walls in the monument frame."""
    frame, crs = frame_and_crs(facts)
    placed = Similarity.from_columns(placement.site_from_monument)
    middle = placed.apply(cells_m).mean(0) if len(cells_m) else np.array(placed.translation)
    crs_from_site, error = crs_near(frame, crs, middle)
    present = PlacementEntry(
        site_from_monument=placement.site_from_monument,
        pose=pose_of(placed, frame, crs),
        footprint=placement.footprint,
        likelihood=1.0,
        rms_m=placement.rms_m,
        iou=placement.iou,
        cover=cover,
        outside=outside,
        sigma_m=placement.sigma_m,
        walls=walls,
    )
    rounded = np.round(cells_m, _DECIMALS)
    return PlacementPlan(
        cells_m=tuple((float(x), float(y), float(z)) for x, y, z in rounded),
        crs_from_site=crs_from_site,
        crs_error_m=error,
        places=(present, *others),
        points=points,
    )


def wall_entries(residuals: Sequence[WallResidual]) -> tuple[WallEntry, ...]:
    """Residuals of walls as the release has them."""
    return tuple(
        WallEntry(start_m=w.start_m, end_m=w.end_m, cells=w.cells, mean_m=w.mean_m) for w in residuals
    )


def point_entries(fit: GcpFit) -> tuple[PointEntry, ...]:
    """Residuals of control points as the release has them."""
    return tuple(
        PointEntry(
            name=r.name, use=r.use, east_m=r.east_m, north_m=r.north_m, up_m=r.up_m, length_m=r.length_m
        )
        for r in fit.residuals
    )
