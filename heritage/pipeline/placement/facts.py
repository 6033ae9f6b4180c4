"""Everything from outside the cloud that decides where a monument stands, as the facts of its task."""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely
from shapely import wkt
from shapely.geometry import Point

from heritage.model.documents import Monument, Prior, State
from heritage.model.errors import InputError
from heritage.model.frames import WGS84_3D
from heritage.pipeline.frame import to_site
from heritage.pipeline.ground import Ground
from heritage.text.site import LoadedMonument, LoadedSite

_BESIDE_M: Final = 14.0  # how near a neighbour is whose walls the cloud may show
_HALF_M: Final = 100.0  # half the width of the largest monument that is sought by position
_SIGMAS: Final = 3.0
_MOST: Final = 2_000  # footprints that are tried; a glance takes about 0.1 s


def placement_facts(loaded: LoadedSite, monument: LoadedMonument, ground: Ground) -> dict[str, object]:
    """What the stage `register` is told. Raises InputError where a footprint is to be chosen among more than 2,000."""
    document = monument.monument
    registration = document.registration
    prior, reasons = ground.priors[monument.id]
    footprint = ground.footprints.get(document.footprint or "")
    height = ground.ground_at(footprint) if footprint is not None else loaded.site.ground_m
    method = _method(
        document, prior, footprint is not None, monument.id in ground.gcps, bool(ground.footprints)
    )
    facts: dict[str, object] = {
        "method": method,
        "settled": registration.settled,
        "scale": registration.scale,
        "pose": registration.pose.model_dump(mode="json") if registration.pose else None,
        "prior": prior.model_dump(mode="json") if prior else None,
        "prior_reasons": [reason.model_dump(mode="json") for reason in reasons],
        "frame": [ground.frame.lon_deg, ground.frame.lat_deg, ground.frame.height_m],
        "crs": ground.crs.to_wkt(),
        "heights": loaded.site.heights,
        "ground_m": height - ground.frame.height_m,
        "epoch_crs": document.reference.crs,
    }
    if footprint is not None:
        plan = to_site(footprint.geometry, ground.footprints_crs, ground.frame, height)
        facts["footprint_id"] = footprint.id
        facts["footprint"] = wkt.dumps(plan, rounding_precision=4)
        facts["beside"] = [_text(ground, k) for k in _rows(ground, plan, _BESIDE_M, without=footprint.id)]
    elif method in ("footprint", "auto-among"):
        facts["layer"] = _sought(ground, prior)
    if monument.id in ground.gcps:
        facts["gcps"] = [
            {"name": p.name, "role": p.role, "source": list(p.source), "target": list(p.target)}
            for p in ground.gcps[monument.id]
        ]
        if registration.keeps_upright:
            facts["level"] = True
    return facts


def state_facts(
    loaded: LoadedSite, monument: LoadedMonument, state: State, ground: Ground
) -> dict[str, object]:
    """What the stage `place` is told of the plan that a state's model is laid on. Raises InputError where there is none."""
    footprint = ground.footprints.get(monument.monument.footprint or "")
    if footprint is None:
        raise InputError(
            f"monuments/{monument.id}/monument.yaml", f"the state {state.id} is to be laid on a ground plan",
            "the monument's footprint is needed", "name it under footprint:", code="register-no-footprint",
        )  # fmt: skip
    height = ground.ground_at(footprint)
    plan = to_site(footprint.geometry, ground.footprints_crs, ground.frame, height)
    return {
        "footprint": wkt.dumps(plan, rounding_precision=4),
        "ground_m": height - ground.frame.height_m,
        "heading_deg": state.placement.heading_deg,
    }


def _sought(ground: Ground, prior: Prior | None) -> dict[str, object]:
    """Footprints by id, each its shape and the ground's height in the site frame, among which one is chosen."""
    if prior is not None and prior.lon is not None and prior.lat is not None:
        place = np.array([[prior.lon, prior.lat, ground.frame.height_m]])
        east, north, _ = ground.frame.site_from_crs(WGS84_3D, place)[0]
        found = _rows(ground, Point(east, north), _SIGMAS * prior.position_sigma_m + _HALF_M)
    else:
        found = _rows(ground, None, 0.0)
    if len(found) > _MOST:
        raise InputError(
            "registration", f"{len(found)} footprints to choose among", f"up to {_MOST} are allowed",
            "give lon and lat under registration.prior, or name the footprint", code="register-too-many",
        )  # fmt: skip
    footprints = list(ground.footprints.values())
    some = [footprints[k] for k in found]
    _, heights = ground.feet_and_ground(some, ground.plans[found])
    return {
        footprint.id: [_text(ground, k), float(height)]
        for k, footprint, height in zip(found, some, heights, strict=True)
    }


def _rows(
    ground: Ground, around: shapely.Geometry | None, reach_m: float, without: str | None = None
) -> list[int]:
    """Which footprints are usable and within reach."""
    usable = shapely.is_valid(ground.plans) & (shapely.area(ground.plans) > 0)
    if around is not None:
        usable &= shapely.dwithin(ground.plans, around, reach_m)
    ids = list(ground.footprints)
    return [int(k) for k in np.flatnonzero(usable) if ids[k] != without]


def _text(ground: Ground, row: int) -> str:
    """A footprint's shape in the site frame as WKT, to a tenth of a millimetre."""
    return str(wkt.dumps(ground.plans[row], rounding_precision=4))


def _method(
    document: Monument, prior: Prior | None, has_footprint: bool, has_gcps: bool, has_layer: bool
) -> str:
    """`auto` in order of strength: a person's word, measured control, a plan to fit, a prior alone. `crs` is tried first
    inside the stage, which alone knows what the cloud's header says."""
    method = document.registration.method
    if method != "auto":
        return method
    if document.registration.pose is not None:
        return "hand"
    if has_gcps:
        return "gcp"
    if has_footprint:
        return "auto-footprint"
    if prior is None:
        return "auto-none"
    return "auto-among" if has_layer and prior.lon is not None else "auto-prior"
