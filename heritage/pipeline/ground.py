"""Read what the monuments are placed by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyproj

from heritage.formats.gcp import ControlPoint, read_gcp
from heritage.formats.vector import Footprint, read_footprints
from heritage.model.frames import SiteFrame, working_crs
from heritage.pipeline.frame import lon_lat, site_frame
from heritage.pipeline.guard import guarded_cloud
from heritage.pipeline.source_kind import source_kind
from heritage.text.site import LoadedMonument, LoadedSite


@dataclass(frozen=True)
class Ground:
    """The site's frame and CRS, its footprints by id (in ``footprints_crs``), the GCPs of each monument."""

    frame: SiteFrame
    crs: pyproj.CRS
    footprints: Mapping[str, Footprint]
    footprints_crs: pyproj.CRS
    gcps: Mapping[str, tuple[ControlPoint, ...]]


def read_ground(loaded: LoadedSite) -> Ground:
    """Footprints, GCPs and frame of a checked site. Raises InputError as the readers do."""
    crs = working_crs(loaded.site.crs, loaded.lines.where("crs"))
    footprints: dict[str, Footprint] = {}
    layer_crs = crs
    if loaded.site.footprints is not None:
        used = [m.monument.footprint for m in loaded.monuments.values() if m.monument.footprint is not None]
        table = read_footprints(
            loaded.site.footprints.source, loaded.site.footprints, base=loaded.root, used=used
        )
        footprints = {feature.id: feature for feature in table.features}
        layer_crs = table.crs
    gcps = {
        id: read_gcp(monument.folder / monument.monument.registration.gcp)
        for id, monument in loaded.monuments.items()
        if monument.monument.registration.gcp is not None
    }
    anchors = [
        anchor
        for id, monument in loaded.monuments.items()
        if (anchor := _anchor(monument, crs, footprints, layer_crs, gcps.get(id, ()))) is not None
    ]
    return Ground(site_frame(anchors, crs, loaded.site.ground_m), crs, footprints, layer_crs, gcps)


def _anchor(
    monument: LoadedMonument,
    crs: pyproj.CRS,
    footprints: Mapping[str, Footprint],
    layer_crs: pyproj.CRS,
    gcps: tuple[ControlPoint, ...],
) -> tuple[float, float] | None:
    """Roughly where a monument is, lon and lat, from the first thing that says so."""
    document = monument.monument
    footprint = footprints.get(document.footprint or "")
    if footprint is not None:
        middle = footprint.geometry.centroid
        return lon_lat(layer_crs, middle.x, middle.y)
    if gcps:
        x, y, _ = np.mean([p.target for p in gcps], axis=0)
        return lon_lat(crs, x, y)
    prior = document.registration.prior
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
