"""Where a visitor stands for a stop who walks the tour on the site."""

from __future__ import annotations

import numpy as np
import pyproj

from heritage.model.errors import InputError
from heritage.model.frames import ECEF, WGS84_3D, SiteFrame
from heritage.model.release import MonumentEntry, PlaceEntry
from heritage.pipeline.pictures.site_views import site_from
from heritage.text.site import LoadedTour


def place_entry(tour: LoadedTour, at: int, monument: MonumentEntry, frame: SiteFrame) -> PlaceEntry | None:
    """The place of the stop number ``at``, in degrees and in the site frame; None where it has none.

    Raises InputError for a place in the frame of a monument that stands nowhere on the map.
    """
    place = tour.tour.stops[at].place
    if place is None:
        return None
    if place.lon is not None and place.lat is not None:
        lon, lat = place.lon, place.lat
    elif monument.placement.method == "none":
        found = f"a place in the frame of {monument.id}, which is not placed on the map"
        where = tour.lines.where("stops", at, "place")
        raise InputError(where, found, "lon and lat are allowed", "place the monument", code="place-unplaced")
    else:
        site = site_from(monument).apply(
            np.array([[*(place.at_m or ()), monument.bounds.min[2]]], np.float64)
        )
        to_degrees = pyproj.Transformer.from_crs(ECEF, WGS84_3D, always_xy=True)
        lon, lat, _ = to_degrees.transform(*frame.ecef_from_site.apply(site)[0])
    to_ecef = pyproj.Transformer.from_crs(WGS84_3D, ECEF, always_xy=True)
    ecef = np.array([to_ecef.transform(lon, lat, frame.height_m)], np.float64)
    east, north, up = (round(float(v), 3) for v in frame.ecef_from_site.inverse().apply(ecef)[0])
    return PlaceEntry(lon_deg=round(float(lon), 8), lat_deg=round(float(lat), 8), at_m=(east, north, up))
