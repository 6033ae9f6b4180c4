"""A place to stand that is nowhere near the monument: mostly a slip in a number."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyproj

from heritage.model.arrays import Similarity
from heritage.model.frames import ECEF, WGS84_3D, SiteFrame
from heritage.pipeline.lint.finding import Finding, finding
from heritage.pipeline.lint.surfaces import ReleaseSurfaces
from heritage.pipeline.pictures.site_views import site_from
from heritage.pipeline.tours.places import place_entry
from heritage.text.site import LoadedTour

PLACES = ("place-far",)
FAR_M = 1000.0  # beyond the monument's walls: from farther away it is a detail of the view


def place_findings(tour: LoadedTour, surfaces: ReleaseSurfaces) -> Iterator[Finding]:
    """Findings about where visitors are to stand; none of a monument that stands nowhere on the map."""
    entry, frame = surfaces.monument(tour.tour.monument), surfaces.release.frame
    if entry is None or entry.placement.method == "none":
        return
    to_degrees = pyproj.Transformer.from_crs(ECEF, WGS84_3D, always_xy=True)
    ecef_from_monument = Similarity.from_columns(frame.ecef_from_site) @ site_from(entry)
    low, high = np.array(entry.bounds.min), np.array(entry.bounds.max)
    lon, lat, _ = to_degrees.transform(*ecef_from_monument.apply((low + high)[None] / 2)[0])
    reach = float(np.linalg.norm((high - low)[:2])) / 2 * entry.placement.scale
    for at, stop in enumerate(tour.tour.stops):
        place = place_entry(tour, at, entry, SiteFrame(frame.lon_deg, frame.lat_deg, frame.height_m))
        if place is None:
            continue
        _, _, distance = pyproj.Geod(ellps="WGS84").inv(lon, lat, place.lon_deg, place.lat_deg)
        if distance - reach > FAR_M:
            far = f"{distance / 1000:.0f} km" if distance > 9995 else f"{distance:.0f} m"
            found = f"the place to stand for {stop.id} is {far} from the middle of {entry.id}"
            allowed = f"up to {FAR_M:.0f} m from its walls are allowed"
            where = tour.lines.where("stops", at, "place")
            remedy = f"look at lon and lat (the monument is at lon: {lon:.5f}, lat: {lat:.5f})"
            yield finding(tour, at, "place-far", where, found, allowed, remedy)
