"""Place a monument by what is already known: its cloud's own CRS, or a rough prior of position and heading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyproj

from heritage.model.arrays import F64, Similarity
from heritage.model.datum import datum_shift
from heritage.model.documents import Prior
from heritage.model.errors import InputError, MethodError
from heritage.model.frames import WGS84, WGS84_3D, Heights, SiteFrame, heights_of, plan_of
from heritage.model.placement_reason import PlacementReason, because
from heritage.model.report import Figure
from heritage.ops.placement.similarity import fit_similarity

_GRID = (7, 7, 3)  # the mapping is smooth: more nodes change nothing
# A projection true to shape and nearly to scale leaves millimetres. More than this share of the cloud's size, or this many
# metres, would show; a scale farther from one squeezes plan and heights unlike, even where a flat cloud does not tell.
_BENT, _BENT_M = 0.002, 0.05
_STRETCHED = 0.01


@dataclass(frozen=True, eq=False)
class Placed:
    """``rms_m`` and ``max_m``: what the similarity cannot follow of the exact mapping, metres (None: no mapping)."""

    site_from_monument: Similarity
    heading_deg: float
    rms_m: float | None
    max_m: float | None
    reasons: tuple[PlacementReason, ...]
    figures: tuple[Figure, ...]
    warnings: tuple[str, ...] = ()


def heading_of(site_from_monument: Similarity) -> float:
    """Clockwise angle from north to the monument's +y axis, degrees in [0, 360)."""
    y = site_from_monument.rotation[:, 1]
    return float(np.degrees(np.arctan2(y[0], y[1])) % 360)


def place_crs(
    origin: F64,
    bounds: tuple[F64, F64],
    crs: pyproj.CRS,
    frame: SiteFrame,
    *,
    heights: Literal["unknown", "ellipsoidal", "orthometric"] = "unknown",
    site_crs: pyproj.CRS | None = None,
) -> Placed:
    """The similarity that follows ``crs`` best over a cloud that is in it.

    ``origin`` (3,) what was subtracted from the cloud's coordinates, and ``bounds``, its least and greatest corner in
    the monument frame, (3,) each: all in metres, x east and y north, whatever the unit of ``crs``. pyproj maps a grid
    of the bounds exactly; the rest is stated. A projected CRS shrinks and turns: scale and heading (the convergence)
    are the found ones. Heights are kept as they are; what they are above is said, and where ``heights``, the site's, are
    above something else, it is a warning; so is a poor way from its datum to that of ``site_crs`` (default: WGS 84).
    Raises InputError for a geographic CRS and where PROJ has no answer, MethodError where no similarity follows the CRS:
    it is no map of that place (Web Mercator far from the equator), or its axes lead elsewhere.
    """
    if not crs.is_projected:
        raise InputError(
            "crs", f"{crs.name} is not projected", "a cloud in metres or feet of a projected CRS",
            "transform the cloud, for instance with PDAL filters.reprojection", code="place-not-projected",
        )  # fmt: skip
    low, high = bounds
    axes = [np.linspace(a, b, n) for a, b, n in zip(low, np.maximum(high, low + 1.0), _GRID, strict=True)]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    factors = np.array([*(axis.unit_conversion_factor for axis in plan_of(crs).axis_info), 1.0])
    site = frame.site_from_crs(crs, (grid + origin) / factors)
    fit = fit_similarity(grid, site)
    heading = heading_of(fit.target_from_source)
    above = heights_of(crs)
    worst = float(np.linalg.norm(fit.residual, axis=1).max())
    scale = fit.target_from_source.scale
    if worst > max(_BENT_M, _BENT * float(np.linalg.norm(high - low))) or abs(scale - 1) > _STRETCHED:
        raise MethodError(
            "crs", f"{crs.name} distorts the cloud: {worst:.2f} m at worst, {scale:.4f} true metres for one of its own",
            f"up to {_BENT:.1%} of its size and {_STRETCHED:.0%} of scale are allowed",
            "transform the cloud to the UTM zone or the national grid of the place, x east and y north, with PDAL or QGIS",
            code="place-crs-distorts",
        )  # fmt: skip
    convergence = (heading + 180) % 360 - 180
    x, y = ((low + high) / 2 + origin)[:2] / factors[:2]
    lon, lat = pyproj.Transformer.from_crs(plan_of(crs), WGS84, always_xy=True).transform(x, y)
    shift = datum_shift(crs, site_crs or WGS84, lon, lat)
    figures = (
        Figure(name="crs_residual", value=1000 * fit.rms_m, unit="mm",
               method=f"RMS of similarity less exact mapping by PROJ, {len(grid)} nodes over the cloud's bounds"),
        Figure(name="crs_residual_worst", value=1000 * worst, unit="mm", method="greatest of the same"),
        Figure(name="convergence", value=convergence, unit="deg", method="heading of the CRS's grid north"),
        Figure(name="scale", value=fit.target_from_source.scale, unit="1", method="true metres per metre of the CRS"),
        Figure(name="datum", value=shift.accuracy_m, unit="m", method=f"of the way to {shift.target}, as the registry states it"),
    )  # fmt: skip
    reasons = (because("crs", crs=crs.name), _vertical(above))
    doubts = (*([shift.fault] if shift.fault else []), *_at_odds(above, heights))
    return Placed(fit.target_from_source, heading, fit.rms_m, worst, reasons, figures, doubts)


def _vertical(above: Heights) -> PlacementReason:
    if above.kind == "unstated":
        return because("heights-unstated")
    return because(
        "heights-ellipsoidal" if above.kind == "ellipsoidal" else "heights-orthometric", crs=above.name
    )


def _at_odds(above: Heights, site: str) -> tuple[str, ...]:
    """Warnings where heights of the cloud and of the site are above different things."""
    if above.kind == "unstated" or site in ("unknown", above.kind):
        return ()
    grids = f"; the geoid grid is missing here ({', '.join(above.missing)})" if above.missing else ""
    return (
        f"the cloud's heights are {above.kind} ({above.name}), the site's are {site}: they were not converted and may "
        f"be tens of metres off{grids}; convert the cloud, or correct heights in site.yaml",
    )


def place_prior(
    prior: Prior,
    frame: SiteFrame,
    *,
    anchor: tuple[float, float, float] = (0.0, 0.0, 0.0),
    ground_m: float = 0.0,
) -> Placed:
    """Put ``anchor``, a point of the monument frame, on the prior's position, level and turned by its heading.

    ``ground_m`` is the ground's height in the site frame, metres. Without a heading, +y points north; without a
    scale, 1. Raises MethodError where the prior has no position.
    """
    if prior.lon is None or prior.lat is None:
        raise MethodError(
            "registration.prior", "no position", "lon and lat are needed to place by a prior", "add them",
            code="place-no-position",
        )  # fmt: skip
    there = frame.site_from_crs(WGS84_3D, np.array([[prior.lon, prior.lat, frame.height_m]]))[0]
    there[2] = ground_m
    turn = np.radians(prior.heading_deg or 0.0)
    rotation = np.array([[np.cos(turn), np.sin(turn), 0], [-np.sin(turn), np.cos(turn), 0], [0, 0, 1.0]])
    scale = prior.scale or 1.0
    placed = Similarity(rotation, there - scale * (rotation @ np.array(anchor)), scale)
    reasons = [because("prior")]
    if prior.heading_deg is None:
        reasons.append(because("heading-assumed"))
    if prior.scale is None:
        reasons.append(because("scale-assumed"))
    figures = (
        Figure(name="scale", value=scale, unit="1", method="given" if prior.scale else "assumed"),
        Figure(name="heading_sigma", value=prior.heading_sigma_deg if prior.heading_deg is not None else None,
               unit="deg", method="as the prior states it"),
    )  # fmt: skip
    return Placed(placed, heading_of(placed), None, None, tuple(reasons), figures)
