"""Where a visitor stands for a stop, in degrees and in the site frame."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pyproj
import pytest

from heritage.model.arrays import Similarity
from heritage.model.documents import Tour
from heritage.model.errors import InputError
from heritage.model.frames import SiteFrame
from heritage.model.release import Frame
from heritage.pipeline.frame import site_frame
from heritage.pipeline.lint.places import place_findings
from heritage.pipeline.tours.places import place_entry
from heritage.text.lines import Lines

FRAME = SiteFrame(107.577, 16.469, 12.0)
TURN = np.radians(153.0)


def monument(method: str = "gcp") -> Any:
    """Turned by 153 degrees and moved, 40 m wide."""
    turned = np.array(
        [[np.cos(TURN), -np.sin(TURN), 0.0], [np.sin(TURN), np.cos(TURN), 0.0], [0.0, 0.0, 1.0]]
    )
    placement = SimpleNamespace(
        method=method, scale=1.0, site_from_monument=Similarity(turned, np.array([12.0, -7.0, 0.5])).columns
    )
    bounds = SimpleNamespace(min=(-20.0, -15.0, 0.0), max=(20.0, 15.0, 12.0))
    return SimpleNamespace(id="gate", placement=placement, bounds=bounds)


def tour(*places: dict[str, Any]) -> Any:
    """A tour with a stop for each place."""
    stops = [{"id": f"stop-{at}", "place": place} for at, place in enumerate(places)]
    document = Tour.model_validate({"monument": "gate", "stops": stops})
    lines = Lines("tours/walk/tour.yaml", {("stops", at, "place"): 10 + at for at in range(len(places))})
    return SimpleNamespace(tour=document, lines=lines)


def test_a_place_in_the_monuments_frame_is_where_a_geodesic_says() -> None:
    place = place_entry(tour({"at_m": [30.0, -80.0]}), 0, monument(), FRAME)

    assert place is not None
    east = np.cos(TURN) * 30.0 + np.sin(TURN) * 80.0 + 12.0
    north = np.sin(TURN) * 30.0 - np.cos(TURN) * 80.0 - 7.0
    assert place.at_m[:2] == pytest.approx((east, north), abs=2e-3)
    azimuth, _, distance = pyproj.Geod(ellps="WGS84").inv(107.577, 16.469, place.lon_deg, place.lat_deg)
    assert distance == pytest.approx(np.hypot(east, north), abs=5e-3)
    assert azimuth == pytest.approx(np.degrees(np.arctan2(east, north)), abs=1e-2)


def test_degrees_come_back_as_they_were_given() -> None:
    given = place_entry(tour({"at_m": [30.0, -80.0]}), 0, monument(), FRAME)
    assert given is not None
    degrees = {"lon": given.lon_deg, "lat": given.lat_deg}

    back = place_entry(tour(degrees), 0, monument("none"), FRAME)

    assert back is not None
    assert (back.lon_deg, back.lat_deg) == (given.lon_deg, given.lat_deg)
    assert back.at_m == pytest.approx(given.at_m, abs=2e-3)


def test_a_monument_that_stands_nowhere_gives_no_place() -> None:
    with pytest.raises(InputError) as caught:
        place_entry(tour({"at_m": [0.0, 0.0]}), 0, monument("none"), FRAME)

    assert str(caught.value) == (
        "tours/walk/tour.yaml:10: a place in the frame of gate, which is not placed on the map; "
        "lon and lat are allowed; place the monument"
    )


def test_a_place_far_from_the_monument_is_found() -> None:
    frame = Frame(
        lon_deg=107.577, lat_deg=16.469, height_m=12.0, crs="EPSG:32648", heights="unknown",
        ecef_from_site=FRAME.ecef_from_site.columns,
    )  # fmt: skip
    surfaces: Any = SimpleNamespace(
        monument=lambda _id: monument(), release=SimpleNamespace(frame=frame), folder=None
    )
    near, across, slip = (
        {"lon": 107.579, "lat": 16.475},
        {"lon": 107.577, "lat": 16.4805},
        {"lon": 17.6, "lat": 16.5},
    )

    found = list(place_findings(tour(near, across, slip, {"at_m": [-900.0, 0.0]}), surfaces))

    assert [(f.stop, f.problem.where.rpartition(":")[2]) for f in found] == [(1, "11"), (2, "12")]
    assert "is 1280 m from the middle of gate" in found[0].problem.found
    assert "lon: 107.57711, lat: 16.46894" in found[0].problem.remedy
    assert "km from the middle" in found[1].problem.found


def test_a_site_at_the_antimeridian_has_its_frame_there() -> None:
    crs = pyproj.CRS.from_epsg(32660)
    frame = site_frame([(179.9, -16.8), (-179.9, -16.6)], crs, 0.0)
    assert abs(frame.lon_deg) == 180.0
    assert frame.lat_deg == -16.7
    assert site_frame([(107.5, 16.4), (107.6, 16.5)], crs, 0.0).lon_deg == 107.55
