"""Read what the monuments are placed by."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from heritage.formats.gcp import ControlPoint, read_gcp
from heritage.formats.postgis import is_table
from heritage.formats.vector import Footprint, FootprintTable
from heritage.model.areas import counted
from heritage.model.arrays import F64
from heritage.model.documents import Footprints, Prior
from heritage.model.errors import InputError, Problem
from heritage.model.frames import SiteFrame, working_crs
from heritage.model.limits import SITE_REACH_M
from heritage.model.placement_reason import PlacementReason
from heritage.pipeline.frame import lon_lat, site_frame
from heritage.pipeline.map.extent import map_box
from heritage.pipeline.map.ground import GroundModel, read_ground_model
from heritage.pipeline.reading.guard import guarded_cloud
from heritage.pipeline.reading.guard_map import guarded_footprints
from heritage.pipeline.reading.guard_photos import prior_of
from heritage.pipeline.reading.guard_table import guarded_table
from heritage.pipeline.source_kind import source_kind
from heritage.text.site import LoadedMonument, LoadedSite


@dataclass(frozen=True)
class Ground:
    """The site's frame and CRS, its footprints by id (in ``footprints_crs``), the GCPs of each monument.

    ``plans`` are the footprints' shapes in the site frame, in their order; ``low`` and ``high`` (2,) the rectangle of
    the map there; ``ground_m`` the height of the ground in the working CRS where nothing else says it; ``priors`` by monument,
    the position of its photos included, and what was done for it.
    """

    frame: SiteFrame
    crs: pyproj.CRS
    footprints: Mapping[str, Footprint]
    footprints_crs: pyproj.CRS
    gcps: Mapping[str, tuple[ControlPoint, ...]]
    plans: npt.NDArray[np.object_]
    low: F64
    high: F64
    ground_m: float
    model: GroundModel | None
    priors: Mapping[str, tuple[Prior | None, tuple[PlacementReason, ...]]]

    def ground_at(self, footprint: Footprint) -> float:
        """Height of the ground at a footprint in the working CRS: its own word, else the DEM's, else the site's."""
        if footprint.ground_m is not None:
            return footprint.ground_m
        plan = self.plans[list(self.footprints).index(footprint.id)]
        _, ground = self.feet_and_ground([footprint], np.array([plan], dtype=object))
        return float(ground[0]) + self.frame.height_m

    def feet_and_ground(
        self, footprints: Sequence[Footprint], plans: npt.NDArray[np.object_]
    ) -> tuple[F64, F64]:
        """Site heights (n,) where walls begin (the lowest ground along the plan), and of the ground (its median)."""
        stated = (
            np.array([np.nan if f.ground_m is None else f.ground_m for f in footprints]) - self.frame.height_m
        )
        low = np.where(np.isfinite(stated), stated, self.ground_m - self.frame.height_m)
        ground = low.copy()
        if self.model is None:
            return low, ground
        xy, owner = shapely.get_coordinates(plans, return_index=True)
        z = self.model.terrain.at(xy)
        known = np.isfinite(z) & ~np.isfinite(stated)[owner]
        z, owner = z[known], owner[known]
        order = np.lexsort((z, owner))
        z, owner = z[order], owner[order]
        which, first, count = np.unique(owner, return_index=True, return_counts=True)
        low[which] = z[first]
        ground[which] = z[first + count // 2]
        return low, ground


def read_ground(loaded: LoadedSite) -> Ground:
    """Footprints, GCPs and frame of a checked site. Raises InputError as the readers do."""
    crs = working_crs(loaded.site.crs, loaded.lines.where("crs"))
    footprints: dict[str, Footprint] = {}
    layer_crs = crs
    used = [m.monument.footprint for m in loaded.monuments.values() if m.monument.footprint is not None]
    if loaded.site.footprints is not None:
        table = read_plans(loaded.site.footprints, loaded.root, used)
        footprints = {feature.id: feature for feature in table.features}
        layer_crs = table.crs
    gcps = {id: points for id, m in loaded.monuments.items() if (points := _control_points(m))}
    priors = {id: prior_of(monument) for id, monument in loaded.monuments.items()}
    found = {
        id: anchor
        for id, monument in loaded.monuments.items()
        if (anchor := _anchor(monument, crs, footprints, layer_crs, gcps.get(id, ()), priors[id][0]))
        is not None
    }
    middle = None
    if footprints:
        boxes = shapely.bounds(np.array([f.geometry for f in footprints.values()], dtype=object))
        east, north = ((boxes[:, :2] + boxes[:, 2:]) / 2).T
        x = np.nanmedian(counted(east) if layer_crs.is_geographic else east)
        middle = lon_lat(layer_crs, x, np.nanmedian(north))
    # Of two footprints that lie far apart nobody can tell which is wrong; of three, two agree.
    _together(loaded, found, middle if len(footprints) > 2 else None)
    anchors = list(found.values())
    if not anchors and middle is not None:  # a monument may yet be found on one of them
        anchors = [middle]
    frame = site_frame(anchors, crs, loaded.site.ground_m)
    plans = _in_site(list(footprints.values()), layer_crs, frame, loaded.site.ground_m)
    # Of one that lies nowhere on Earth the check has warned; a monument's own is an error when it is placed.
    placed = ~shapely.is_empty(plans) | np.isin(list(footprints), used)
    footprints = {id: f for (id, f), kept in zip(footprints.items(), placed, strict=True) if kept}
    plans = plans[placed]
    low, high = map_box(shapely.bounds(plans).reshape(-1, 4))
    model = read_ground_model(loaded, frame, low, high)
    return Ground(
        frame, crs, footprints, layer_crs, gcps, plans, low, high, loaded.site.ground_m, model, priors
    )


def _together(
    loaded: LoadedSite, anchors: Mapping[str, tuple[float, float]], middle: tuple[float, float] | None
) -> None:
    """Raises InputError where a monument's place (lon, lat) is out of reach of the others and of the footprints'
    ``middle``: one slip would carry the site's frame away from all."""
    if not anchors:
        return
    lons, lats = zip(*anchors.values(), strict=True)
    lon, lat = middle if middle is not None else (float(np.median(counted(lons))), float(np.median(lats)))
    geod = pyproj.Geod(ellps="WGS84")
    problems = []
    for id, anchor in anchors.items():
        _, _, away = geod.inv(lon, lat, *anchor)
        if away > SITE_REACH_M and loaded.monuments[id].monument.registration.method != "none":
            of = "the footprints" if middle is not None else "the site's monuments"
            lines = loaded.monuments[id].lines
            problems.append(Problem(
                "monument-astray", lines.where("registration"),
                f"{id} is said to be at {anchor[0]:.5f}, {anchor[1]:.5f} (lon, lat), {away / 1000:.0f} km from the "
                f"middle of {of}",
                f"up to {SITE_REACH_M / 1000:.0f} km", "correct its place or CRS, or make two sites",
            ))  # fmt: skip
    if problems:
        raise InputError.of(problems)


def read_plans(spec: Footprints, base: Path, used: Collection[str]) -> FootprintTable:
    """The site's footprints from its file or database. Raises InputError as the readers do."""
    if is_table(spec.source):
        return guarded_table(spec.source, spec, used=used)
    return guarded_footprints(spec.source, spec, base=base, used=used)


def footprints_digest(ground: Ground) -> str:
    """SHA-256 of the footprints' words and shapes: what of a database a release is made from."""
    content = hashlib.sha256(ground.footprints_crs.to_wkt().encode())
    for f in ground.footprints.values():
        content.update(json.dumps([f.id, f.name, f.height_m, f.ground_m, f.index]).encode())
        content.update(shapely.to_wkb(f.geometry))
    return content.hexdigest()


def _in_site(
    footprints: Sequence[Footprint], crs: pyproj.CRS, frame: SiteFrame, ground_m: float
) -> npt.NDArray[np.object_]:
    """The footprints' shapes (n,) in the plane of the site frame, metres; empty where PROJ has no answer.

    One footprint with exchanged coordinates, of which the check has warned, must not cost the map.
    """
    shapes = np.empty(len(footprints), dtype=object)
    shapes[:] = [footprint.geometry for footprint in footprints]

    def move(places: F64) -> F64:
        xyz = np.column_stack([places[:, :2], np.full(len(places), ground_m)])
        return frame.site_from_crs(crs, xyz)[:, :2]

    if not len(shapes):
        return shapes
    try:
        return np.asarray(shapely.transform(shapes, move))
    except InputError:
        for k, shape in enumerate(shapes):
            try:
                shapes[k] = shapely.transform(shape, move)
            except InputError:
                shapes[k] = shapely.Polygon()
        return shapes


def _control_points(monument: LoadedMonument) -> tuple[ControlPoint, ...]:
    """Those of the CSV or those that monument.yaml holds itself."""
    registration = monument.monument.registration
    if registration.gcp is not None:
        return read_gcp(monument.folder / registration.gcp)
    return tuple(ControlPoint(p.name, p.role, p.at_m, p.crs_m) for p in registration.points)


def _anchor(
    monument: LoadedMonument,
    crs: pyproj.CRS,
    footprints: Mapping[str, Footprint],
    layer_crs: pyproj.CRS,
    gcps: tuple[ControlPoint, ...],
    prior: Prior | None,
) -> tuple[float, float] | None:
    """Roughly where a monument is, lon and lat, from the first thing that says so."""
    document = monument.monument
    footprint = footprints.get(document.footprint or "")
    if footprint is not None:
        middle = footprint.geometry.centroid
        return lon_lat(layer_crs, middle.x, middle.y)
    if document.registration.pose is not None:
        x, y, _ = document.registration.pose.crs_m
        return lon_lat(crs, x, y)
    if gcps:
        x, y, _ = np.mean([p.target for p in gcps], axis=0)
        return lon_lat(crs, x, y)
    if prior is not None and prior.lon is not None and prior.lat is not None:
        return prior.lon, prior.lat
    source = monument.folder / document.reference.source
    if source_kind(source) == "cloud":
        header = guarded_cloud(source).header
        text = document.reference.crs or header.crs
        if text and header.low is not None and header.high is not None:
            low, high = header.low, header.high
            return lon_lat(pyproj.CRS.from_user_input(text), (low[0] + high[0]) / 2, (low[1] + high[1]) / 2)
    return None
