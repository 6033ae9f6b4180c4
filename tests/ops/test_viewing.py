from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.interpolate import BSpline

from heritage.model.documents import View
from heritage.ops.viewing.camera import Orbit, Pose, Window, fitted, orbit_of
from heritage.ops.viewing.choose import view_of_box, view_of_places
from heritage.ops.viewing.detour import CLEARANCE_M, detour, eyes_along
from heritage.ops.viewing.path import path_between
from heritage.ops.viewing.scenery import Scenery, covered, obstacle, pierced, standing

CASES = Path(__file__).parents[2] / "viewer" / "tests" / "unit" / "camera-cases.json"


def block(low: tuple[float, float, float], high: tuple[float, float, float]) -> tuple[np.ndarray, np.ndarray]:
    """A box's twelve triangles, outer sides counter-clockwise."""
    corners = np.array([[(low, high)[(i >> k) & 1][k] for k in range(3)] for i in range(8)], float)
    faces = [(0, 2, 3, 1), (4, 5, 7, 6), (0, 1, 5, 4), (2, 6, 7, 3), (0, 4, 6, 2), (1, 3, 7, 5)]
    return corners, np.array([t for a, b, c, d in faces for t in ((a, b, c), (a, c, d))])


GROUND = (
    np.array([[-30, -30, 0], [30, -30, 0], [30, 30, 0], [-30, 30, 0]], float),
    np.array([[0, 1, 2], [0, 2, 3]]),
)


def scenery(*blocks: tuple[np.ndarray, np.ndarray]) -> Scenery:
    """A level ground of 60 m and blocks on it."""
    return Scenery([GROUND, *blocks])


HALL = block((-5, -3, 0), (5, 3, 6))
SCREEN = block((-8, -9, 0), (8, -8.6, 7))  # a screen wall south of the hall


def test_blocks_face_outwards() -> None:
    distance, inner = scenery(HALL).hits(
        np.array([[0.0, -20, 3], [0, 0, 3]]), np.array([[0.0, 1, 0], [0, 1, 0]])
    )
    assert distance == pytest.approx([17, 3])
    assert inner.tolist() == [False, True]


def test_sceneries_put_together_see_as_one() -> None:
    rng = np.random.default_rng(3)
    starts = rng.uniform((-12, -12, -1), (12, 12, 9), (2000, 3))
    directions = rng.normal(size=(2000, 3))
    directions /= np.linalg.norm(directions, axis=1)[:, None]
    low, high = block((-5, -3, 1), (5, 3, 6)), block((-8, -9, 2), (8, -8.6, 7))  # no two faces in one plane
    whole = scenery(low, high)
    parts = Scenery.together([Scenery([high]), Scenery([]), scenery(low)])
    for one, other in zip(whole.hits(starts, directions), parts.hits(starts, directions), strict=True):
        assert np.array_equal(one, other)
    assert np.array_equal(whole.clearance(starts), parts.clearance(starts))
    assert parts.lowest() == whole.lowest() == 0.0


def test_where_nothing_is_nothing_is_hit() -> None:
    nothing = Scenery.together([])
    distance, inner = nothing.hits(np.zeros((2, 3)), np.array([[0.0, 0, 1], [1, 0, 0]]))
    assert np.isinf(distance).all()
    assert not inner.any()
    assert np.isinf(nothing.clearance(np.zeros((2, 3)))).all()


def test_a_place_behind_a_wall_is_hidden_and_says_by_what() -> None:
    place = np.array([0.0, -3.0, 2.0])
    assert obstacle(scenery(HALL), np.array([0.0, -20, 2]), place) is None
    assert obstacle(scenery(HALL, SCREEN), np.array([0.0, -20, 2]), place) == pytest.approx(11.0)
    assert obstacle(scenery(HALL), np.array([0.0, 20, 2]), place) == pytest.approx(17.0)
    assert obstacle(scenery(HALL, SCREEN), np.array([0.0, -5, 2]), place) is None


def test_a_box_is_covered_only_by_what_stands_before_it() -> None:
    low, high = np.array([-5.0, -3, 0]), np.array([5.0, 3, 6])
    assert covered(scenery(HALL), np.array([0.0, -25, 3]), low, high)[0] == 0
    share, distance = covered(scenery(HALL, SCREEN), np.array([0.0, -25, 1.7]), low, high)
    assert share > 0.95
    assert 16 < distance < 17.5
    assert 0.2 < covered(scenery(HALL, SCREEN), np.array([-18.0, -20, 1.7]), low, high)[0] < 0.9
    assert covered(scenery(HALL), np.array([0.0, 0, 3]), low, high)[0] == 0


@pytest.mark.parametrize(
    ("eye", "enclosed", "bottomless"),
    [
        ((0, 0, 3), True, False),  # in the hall's stone
        ((0, -6, 1.7), False, False),
        ((0, -6, -2), True, True),  # under the ground
        ((0, -20, 40), False, False),
        ((300, 0, 20), False, True),  # far away, where nothing is
    ],
)
def test_where_an_eye_may_not_be(eye: tuple[float, ...], enclosed: bool, bottomless: bool) -> None:
    around = standing(scenery(HALL), np.array(eye, float))
    assert (around.enclosed, around.bottomless) == (enclosed, bottomless)


def test_a_flight_through_a_wall_is_found_where_it_happens() -> None:
    def orbit(heading: float) -> Orbit:
        return Orbit(np.array([0.0, 0, 3]), 7.0, heading, 0.05, 45)

    around = path_between(
        Orbit(np.array([0.0, 0, 3]), 15, 0, 0.3, 45), Orbit(np.array([0.0, 0, 3]), 15, 2, 0.3, 45)
    )
    eyes = np.array([around.at(t).eye for t in np.linspace(0, 1, 101)])
    assert pierced(scenery(HALL), eyes) is None
    straight = np.linspace((0.0, -13.0, 3.0), (0.0, 13.0, 3.0), 101)
    assert pierced(scenery(HALL), straight) == 38  # the leg from y = -3.12 to -2.86
    close = np.array([path_between(orbit(0.3), orbit(2.8)).at(t).eye for t in np.linspace(0, 1, 101)])
    assert pierced(scenery(block((-9, -9, 0), (9, -5, 6))), close) is not None
    assert pierced(scenery(HALL), np.zeros((5, 3)) + 2.0) is None


def looking(eye: tuple[float, ...], target: tuple[float, ...]) -> Orbit:
    return orbit_of(np.array(eye, float), np.array(target, float), 45)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (looking((0, -20, 3), (0, -10, 3)), looking((0, 14, 3), (0, 24, 3))),
        (looking((0, -5, 1.6), (0, 0, 3)), looking((0, 5, 1.6), (0, 0, 3))),
        (looking((-8, 0.5, 2), (0, 0, 3)), looking((9, 0, 5), (12, 0, 3.5))),
    ],
)
def test_a_flight_leads_around_a_hall_evenly_level_and_with_clearance(start: Orbit, end: Orbit) -> None:
    # A phone's window stands farther back, along the same line of sight.
    back = [replace(o, distance=o.distance * 1.4) for o in (start, end)]
    flights = [(start, end), (back[0], back[1])]
    assert any(pierced(scenery(HALL), eyes_along(path_between(*flight))) is not None for flight in flights)
    via = detour(scenery(HALL), flights)
    assert via
    for flight in flights:
        path = path_between(*flight, via)
        eyes = np.array([path.at(t).eye for t in np.linspace(0, 1, 1001)])
        assert pierced(scenery(HALL), eyes) is None
        # By a second way of measuring: the distance to the hall's box itself.
        off = np.maximum(np.abs(eyes - [0, 0, 3]) - [5, 3, 3], 0)
        assert np.linalg.norm(off, axis=1).min() > 0.9 * CLEARANCE_M
        assert eyes[:, 2].min() > 0.9 * CLEARANCE_M
        steps = np.linalg.norm(np.diff(eyes, axis=0), axis=1)
        assert steps.max() < 1.02 * steps.mean()
        assert eyes[[0, -1]] == pytest.approx(np.array([flight[0].eye, flight[1].eye]), abs=1e-9)


def test_a_free_flight_needs_no_way_around_and_a_walled_in_one_has_none() -> None:
    outside, inside = looking((0, -14, 3), (0, 0, 3)), looking((0, 0, 3), (0, 2, 3))
    assert detour(scenery(HALL), [(outside, looking((-14, -14, 3), (0, 0, 3)))]) == ()
    assert detour(scenery(HALL), [(outside, inside)]) is None


@pytest.mark.parametrize("count", [1, 2, 3, 8])
def test_a_way_around_is_the_b_spline_of_its_points(count: int) -> None:
    """Second implementation: scipy's BSpline on the same clamped knots."""
    rng = np.random.default_rng(count)
    points = rng.uniform(-20, 20, (count + 2, 3))
    orbits = [looking((x, y, z), (x + 3, y + 9, z)) for x, y, z in points]
    path = path_between(orbits[0], orbits[-1], orbits[1:-1])
    degree = min(3, count + 1)
    knots = np.r_[[0.0] * degree, np.linspace(0, 1, count + 3 - degree), [1.0] * degree]
    curve = BSpline(knots, points, degree)(np.linspace(0, 1, 200001))
    for t in np.linspace(0, 1, 23):
        assert np.linalg.norm(curve - path.at(t).eye, axis=1).min() < 1e-3


def test_the_view_found_is_free_level_and_frontal() -> None:
    place = np.array([[0.0, -3.0, 2.0]])
    free = view_of_places(scenery(HALL), place, place, np.array([0.0, -1, 0]), 0.54, 0)
    assert free is not None
    back = np.array(free.eye_m) - place[0]
    assert back[1] < 0
    assert free.eye_m[2] >= 1.6
    assert np.degrees(np.arccos(-back[1] / np.linalg.norm(back))) < 45
    # With a screen wall just before the hall, the camera comes in between or looks over it.
    near = block((-8, -5, 0), (8, -4.8, 4))
    found = view_of_places(scenery(HALL, near), place, place, np.array([0.0, -1, 0]), 0.54, 0)
    assert found is not None
    assert obstacle(scenery(HALL, near), np.array(found.eye_m), place[0]) is None
    # Walled in from all sides there is none, and that is said.
    shell = block((-5.2, -3.2, -0.2), (5.2, 3.2, 6.2))
    assert view_of_places(scenery(HALL, shell), place, place, None, 0.54, 0) is None
    # An outline as wide as the hall is all in the picture.
    wide = np.array([[-4.0, -3.0, 1.0], [4.0, -3.0, 1.0], [4.0, -3.0, 3.0]])
    whole = view_of_places(scenery(HALL), place, wide, np.array([0.0, -1, 0]), 0.54, 0)
    assert whole is not None
    assert whole.fit_m == ((-4.54, -3.54, 0.46), (4.54, -2.46, 3.54))


def test_what_is_drawn_from_outside_alone_hides_from_outside_alone() -> None:
    house = Scenery([block((-2, -2, 0), (2, 2, 3)), block((-1, 4, 0), (1, 6, 3))], outside_only=True)
    inside, outside = np.array([0.0, 0, 1]), np.array([0.0, -9, 1])
    assert obstacle(house, outside, inside) == pytest.approx(7)
    assert obstacle(house, inside, outside) is None
    # Who stands within one still does not see through the next.
    assert obstacle(house, inside, np.array([0.0, 9, 1])) == pytest.approx(4, abs=1e-4)
    assert not standing(house, inside).enclosed


def test_a_hidden_view_of_the_whole_is_turned_as_little_as_needed() -> None:
    box = ((-5.0, -3.0, 0.0), (5.0, 3.0, 6.0))
    given = View(eye_m=(0, -25, 1.7), target_m=(0, 0, 3), fit_m=box)
    assert view_of_box(scenery(HALL), given) == given
    turned = view_of_box(scenery(HALL, SCREEN), given)
    assert covered(scenery(HALL, SCREEN), np.array(turned.eye_m), *map(np.array, box))[0] <= 0.35
    assert np.hypot(*turned.eye_m[:2]) == pytest.approx(25, abs=0.01)


@pytest.mark.parametrize("case", json.loads(CASES.read_text()))
def test_the_camera_is_the_viewers(case: dict) -> None:
    """The same cases hold in viewer/tests/unit/camera.test.ts."""

    def same(orbit: Orbit, wanted: dict) -> None:
        found = [*orbit.target, orbit.distance, orbit.heading, orbit.pitch, orbit.fov_deg]
        expected = [*wanted["target"], *(wanted[k] for k in ("distance", "heading", "pitch", "fovDeg"))]
        assert found == pytest.approx(expected, abs=1e-6)

    window = Window("window", **case["window"])
    poses = [
        Pose(np.array(p["eye"]), np.array(p["target"]), p["fovDeg"], np.array(p["fit"]).reshape(-1, 3))
        for p in case["poses"]
    ]
    start, end = (fitted(pose, window) for pose in poses)
    same(start, case["fitted"][0])
    same(end, case["fitted"][1])
    via = [orbit_of(np.array(w["eye"]), np.array(w["target"]), 45.0) for w in case.get("via", ())]
    path = path_between(start, end, via)
    for step in case["path"]:
        same(path.at(step["t"]), step)
