"""What a format can hold comes back from it: order, ids, titles, words, languages, poses to 1e-6, times."""

from __future__ import annotations

import json
import math

import numpy as np
import pyproj
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_tours import poses, tours
from scipy.spatial.transform import Rotation

from heritage.formats.iiif_read import read_iiif
from heritage.formats.iiif_write import write_iiif
from heritage.formats.kml_pose import ASPECT, ecef_pose, globe_pose, place_of
from heritage.formats.kml_read import read_kml
from heritage.formats.kml_write import write_kml
from heritage.formats.pose import lean_of, y_up, z_up
from heritage.formats.svx_pose import camera_of, orbit_of
from heritage.formats.svx_read import read_svx
from heritage.formats.svx_write import write_svx
from heritage.model.arrays import Similarity
from heritage.model.exchange import ExchangedTour, Pose
from heritage.model.frames import SiteFrame

SOME = settings(max_examples=60, deadline=None)
places = st.tuples(
    st.floats(-180, 180), st.floats(-85, 85), st.floats(-100, 4000), st.floats(-math.pi, math.pi)
)


def _there(place: tuple[float, float, float, float]) -> Similarity:
    """A monument on the globe, turned by any heading and scaled a little, as by a map's scale."""
    lon, lat, height, heading = place
    turn = Rotation.from_euler("z", heading).as_matrix()
    return SiteFrame(lon, lat, height).ecef_from_site @ Similarity(turn, np.array([30.0, -20.0, 1.0]), 0.9995)


def _assert_words(before: ExchangedTour, after: ExchangedTour) -> None:
    assert [stop.id for stop in after.stops] == [stop.id for stop in before.stops]
    assert after.title == before.title
    assert set(after.languages) == set(before.languages)
    for was, now in zip(before.stops, after.stops, strict=True):
        assert now.title == was.title
        assert now.html == was.html


def _assert_pose(was: Pose, now: Pose, *, target: bool) -> None:
    eye, seen = np.array(was.eye_m), np.array(was.target_m)
    assert np.linalg.norm(np.array(now.eye_m) - eye) < 1e-6
    along = np.array(now.target_m) - now.eye_m
    assert np.linalg.norm(along / np.linalg.norm(along) - (seen - eye) / np.linalg.norm(seen - eye)) < 1e-6
    if target:
        assert np.linalg.norm(np.array(now.target_m) - seen) < 1e-6


@SOME
@given(tours(), st.tuples(*[st.floats(-50, 50)] * 3))
def test_svx_brings_back_what_it_holds(tour: ExchangedTour, centre: tuple[float, float, float]) -> None:
    svx = write_svx(tour, centre_m=np.array(centre), copyright_notice="(c)", generator="test")
    articles = {path: text.decode() for path, text in svx.articles.items()}
    (after,), problems = read_svx(svx.document, "scene.svx.json", articles.get)
    assert problems == ()
    _assert_words(tour, after)
    assert after.monument == "gate"
    assert after.html == tour.html
    for was, now in zip(tour.stops, after.stops, strict=True):
        _assert_pose(was.pose, now.pose, target=False)
        assert (now.move_s, now.easing, now.shows) == (was.move_s, was.easing, was.shows)
        assert now.narration == was.narration
        assert now.annotations == was.annotations
    assert {(m.id, *m.title.items()) for m in after.marks} == {(m.id, *m.title.items()) for m in tour.marks}
    # The scene is in metres whatever the monument's frame counts in.
    states = json.loads(svx.document)["setups"][0]["snapshots"]["states"]
    for was, state in zip(tour.stops, states, strict=True):
        away = tour.scale * np.linalg.norm(np.array(was.pose.eye_m) - centre)
        assert np.linalg.norm(state["values"][6]) == pytest.approx(away, abs=1e-9)


@SOME
@given(tours(), places, st.floats(-110, 90))
def test_kml_brings_back_what_it_holds(
    tour: ExchangedTour, place: tuple[float, float, float, float], geoid_m: float
) -> None:
    there = _there(place)
    text, _ = write_kml(tour, ecef_from_monument=there, geoid_m=geoid_m, has_media=True)
    (after,), problems = read_kml(text, "tour.kml")
    assert problems == ()
    _assert_words(tour, after)
    for was, now in zip(tour.stops, after.stops, strict=True):
        on_globe = ecef_pose(now.globe, geoid_m=geoid_m, ground_m=0.0, away_m=1.0)
        eye, target = there.inverse().apply(np.array([on_globe.eye_m, on_globe.target_m]))
        _assert_pose(was.pose, Pose(tuple(eye), tuple(target)), target=True)
        assert on_globe.is_distance_known
        assert on_globe.fov_deg == pytest.approx(was.pose.fov_deg, abs=1e-9)
        assert (now.move_s, now.easing, now.dwell_s) == (was.move_s, was.easing, was.dwell_s)
        assert {k: v.audio for k, v in now.narration.items()} == {
            k: v.audio for k, v in was.narration.items()
        }


@SOME
@given(tours())
def test_iiif_brings_back_what_it_holds(tour: ExchangedTour) -> None:
    text, _ = write_iiif(
        tour, base="https://example.org/a b/", rights=None, statement={"en": "(c)"}, nav=(107.5, 16.4)
    )
    (after,), problems = read_iiif(text, "manifest.json")
    assert problems == ()
    _assert_words(tour, after)
    assert after.monument == "gate"
    (scene,) = json.loads(text)["items"]
    assert scene["spatialScale"] == {"type": "Quantity", "quantityValue": tour.scale, "unit": "m"}
    for was, now in zip(tour.stops, after.stops, strict=True):
        _assert_pose(was.pose, now.pose, target=True)
        assert now.pose.fov_deg == was.pose.fov_deg
        assert now.shows == was.shows
        assert {k: v.audio.rpartition("/")[2] for k, v in now.narration.items()} == {
            k: v.audio.rpartition("/")[2] for k, v in was.narration.items()
        }
    for mark, found in zip(tour.marks, after.marks, strict=True):
        assert found.position_m == pytest.approx(mark.position_m)


@SOME
@given(poses(), st.floats(-720, 720))
def test_orbits_are_voyagers(pose: Pose, before: float) -> None:
    """Against scipy: Voyager's matrix is that of the intrinsic rotations z, y, x by roll, head, pitch."""
    eye, target = y_up(pose.eye_m), y_up(pose.target_m)
    orbit, offset = orbit_of(eye, target, before)
    axes = Rotation.from_euler("ZYX", [orbit[2], orbit[1], orbit[0]], degrees=True)
    assert np.allclose(axes.apply(offset), eye, atol=1e-9)
    along = (target - eye) / np.linalg.norm(target - eye)
    assert np.allclose(axes.apply([0, 0, -1]), along, atol=1e-9)
    assert abs(orbit[1] - before) <= 180 + 1e-9
    assert abs(orbit[0]) <= 90
    again, direction, up = camera_of(orbit, offset)
    assert np.allclose(again, eye, atol=1e-9)
    assert abs(lean_of(direction, up, np.array([0.0, 1.0, 0.0]))) < 1e-4


@SOME
@given(places, st.floats(0, 359.9), st.floats(5, 85), st.floats(1, 100))
def test_headings_and_tilts_are_geodesys(
    place: tuple[float, float, float, float], heading: float, tilt: float, away: float
) -> None:
    """Against PROJ's geodesic: the azimuth at the target, seen from the eye, and the heights of both."""
    lon, lat, height, _ = place
    frame = SiteFrame(lon, lat, height).ecef_from_site
    h, t = math.radians(heading), math.radians(tilt)
    along = np.array([math.sin(t) * math.sin(h), math.sin(t) * math.cos(h), -math.cos(t)])
    eye, target = frame.apply(np.stack([-away * along, np.zeros(3)]))
    globe = globe_pose(eye, target, 50.0, geoid_m=0.0)
    eye_lon, eye_lat, eye_height = place_of(eye)
    _, back, level = pyproj.Geod(ellps="WGS84").inv(eye_lon, eye_lat, globe.lon_deg, globe.lat_deg)
    towards = (back + 180) % 360
    assert min(abs(globe.heading_deg - towards), 360 - abs(globe.heading_deg - towards)) < 0.01
    rise = eye_height - globe.altitude_m
    assert globe.tilt_deg == pytest.approx(math.degrees(math.atan2(level, rise)), abs=0.1)
    assert globe.range_m == pytest.approx(away, abs=1e-6)
    assert math.tan(math.radians(globe.horizontal_fov_deg) / 2) == pytest.approx(
        ASPECT * math.tan(math.radians(25))
    )


def test_a_camera_that_looks_up_is_no_look_at() -> None:
    frame = SiteFrame(107.578, 16.469, 5.0).ecef_from_site
    eye, target = frame.apply(np.array([[0.0, -26, 3.2], [0, 0, 4.6]]))
    up = globe_pose(eye, target, None, geoid_m=0.0)
    assert up.range_m is None
    assert up.tilt_deg > 90
    assert up.beheld == pytest.approx(place_of(target))
    assert z_up(y_up((1.0, 2.0, 3.0))).tolist() == [1.0, 2.0, 3.0]


def test_one_line_each_says_what_is_lost() -> None:
    """A stop that has everything: each format names what it has no place for, and nothing else."""
    from heritage.model.exchange import Condition, ExchangedStop, Mark, Recording

    stop = ExchangedStop(
        id="then-and-now", title={"vi": "Nay", "en": "Now"}, html={"vi": "<p>a</p>", "en": "<p>b</p>"},
        pose=Pose((0.0, -10.0, 2.0), (0.0, 0.0, 2.0), 40.0), move_s=3.0, easing="smooth", dwell_s={"vi": 5.0, "en": 6.0},
        shows="epoch-2024", beside="epoch-2019", narration={"vi": Recording("media/a.mp3", "media/a.vtt")},
        annotations=("a", "b"),
    )  # fmt: skip
    plain = ExchangedStop(
        id="far",
        title={"vi": "Xa", "en": "Far"},
        pose=Pose((0.0, -90.0, 2.0), (0.0, 0.0, 2.0), 60.0),
        shows="state-1844",
    )
    marks = tuple(Mark(one, (0.0, 0.0, 1.0), {"en": one}, normal=(0.0, -1.0, 0.0)) for one in "ab")
    tour = ExchangedTour(
        {"vi": "Đi", "en": "Go"},
        (stop, plain),
        conditions=(Condition("epoch-2024", "models/gate/epoch-2024.glb"), Condition("state-1844", "")),
        marks=marks,
    )
    svx = write_svx(tour, centre_m=np.zeros(3), copyright_notice="", generator="t").problems
    kml = write_kml(tour, ecef_from_monument=_there((107.0, 16.0, 0.0, 0.0)), geoid_m=0.0, has_media=False)[1]
    iiif = write_iiif(tour, base="https://e.org/", rights=None, statement={}, nav=None)[1]
    assert [one.code for one in svx] == [
        "lost-language", "lost-dwell", "lost-comparison", "lost-fov", "lost-annotations", "lost-narration", "lost-model",
        "lost-target",
    ]  # fmt: skip
    assert [one.code for one in kml] == [
        "lost-model", "lost-comparison", "lost-annotations", "lost-normal", "lost-narration", "lost-captions",
    ]  # fmt: skip
    assert [one.code for one in iiif] == [
        "lost-timing", "lost-comparison", "lost-captions", "lost-annotations", "lost-normal", "lost-model",
    ]  # fmt: skip
    for one in (*svx, *kml, *iiif):
        assert one.severity == "warning"
        assert "\n" not in str(one)
