"""A pose as people write it, and how well a monument stands where a person has put it."""

from __future__ import annotations

from math import cos, radians, sin

import extruded
import numpy as np
import pyproj
import pytest
import shapely

from heritage.model.arrays import Similarity
from heritage.model.documents import Pose
from heritage.model.frames import SiteFrame
from heritage.ops.placement.footprint_choice import FootprintPrior
from heritage.ops.placement.gravity import level
from heritage.ops.placement.pose import crs_near, placed_at, pose_of
from heritage.ops.placement.register import register_footprint
from heritage.ops.placement.register_at import measure_at, plan_cells, plan_middle

FRAME = SiteFrame(107.58, 16.47)
UTM = pyproj.CRS.from_epsg(32648)
RNG = np.random.default_rng(5)


@pytest.fixture(scope="module")
def made() -> extruded.Scene:
    return extruded.scene(extruded.L_SHAPE, 3)


def _turned(yaw: float) -> np.ndarray:
    return np.array([[cos(yaw), -sin(yaw), 0], [sin(yaw), cos(yaw), 0], [0, 0, 1.0]])


@pytest.mark.parametrize("tilt_deg", [0.0, 6.0])
@pytest.mark.parametrize("scale", [1.0, 0.37])
def test_a_pose_says_the_same_as_the_transform_it_was_made_from(tilt_deg, scale):
    lean = radians(tilt_deg)
    up = np.array([sin(lean) * 0.6, sin(lean) * 0.8, cos(lean)])
    placed = Similarity(_turned(2.1) @ level(up), np.array([130.0, -72.5, 3.25]), scale)
    pose = pose_of(placed, FRAME, UTM)
    again = placed_at(Pose.model_validate(pose.model_dump(), strict=False), FRAME, UTM)
    points = RNG.uniform(-60, 60, (200, 3))
    assert np.abs(placed.apply(points) - again.apply(points)).max() < 2e-4
    assert (pose.up == (0.0, 0.0, 1.0)) == (tilt_deg == 0)


def test_the_map_of_the_working_crs_near_a_monument_is_exact_to_a_tenth_of_a_millimetre_and_says_so():
    middle = np.array([420.0, -310.0, 4.0])
    columns, error = crs_near(FRAME, UTM, middle)
    points = middle + RNG.uniform(-1, 1, (500, 3)) * [150, 150, 25]
    matrix = np.array(columns).reshape(4, 4).T
    found = np.column_stack([points, np.ones(500)]) @ matrix.T
    away = np.linalg.norm(found[:, :3] - FRAME.crs_from_site(UTM, points), axis=1).max()
    assert away <= 1.05 * error
    assert error < 5e-3
    # The tenth of a per mille that a UTM zone shrinks is in it: a rigid map would be 4 cm off here.
    assert abs(np.linalg.norm(matrix[:3, 0]) - 1) > 1e-5


def test_at_the_true_pose_the_walls_stand_on_the_drawing(made):
    found = measure_at(made.cloud, None, made.footprint, made.truth)
    assert found.score.cover > 0.9
    assert found.sigma_m is not None
    assert found.away_m < 0.15
    assert abs(found.turned_deg) < 0.6
    assert max(abs(w.mean_m) for w in found.residuals if w.mean_m is not None) < 0.4


def test_a_metre_beside_it_the_figures_say_so_and_no_sigma_is_claimed(made):
    beside = Similarity(made.truth.rotation, made.truth.translation + np.array([1.0, 0, 0]), made.truth.scale)
    there, away = (measure_at(made.cloud, None, made.footprint, p) for p in (made.truth, beside))
    assert away.sigma_m is None
    assert away.away_m == pytest.approx(1.0, abs=0.2)
    assert away.score.cover < there.score.cover / 2
    assert away.score.outside > 0.2 > there.score.outside
    assert away.iou < there.iou
    # Walls that face east lie a metre farther out than they did, those that face west farther in.
    moved = []
    for a, b in zip(there.residuals, away.residuals, strict=True):
        along = np.subtract(a.end_m, a.start_m) / np.linalg.norm(np.subtract(a.end_m, a.start_m))
        if a.mean_m is not None and b.mean_m is not None and abs(along[1]) > 0.7:
            moved.append((b.mean_m - a.mean_m) / along[1])
    assert moved
    assert np.median(moved) == pytest.approx(1.0, abs=0.15)


def test_where_the_registration_put_it_the_figures_are_the_registrations_own(made):
    low = made.truth.inverse().apply(np.array([[*made.footprint.centroid.coords[0], 0.0]]))[0]
    ground = low + np.column_stack([RNG.uniform(-8, 8, (200, 2)), np.zeros(200)])
    known = FootprintPrior(heading_deg=_heading(made.truth))
    registered = register_footprint(made.cloud, None, made.footprint, known, ground=ground)
    found = measure_at(made.cloud, None, made.footprint, registered.site_from_monument, ground=ground)
    assert found.away_m < 0.02
    assert found.sigma_m == pytest.approx(registered.sigma_m, rel=0.15)
    assert found.iou == pytest.approx(registered.iou, abs=0.01)
    assert found.rms_m == pytest.approx(registered.rms_m, abs=0.03)
    assert found.score.cover == pytest.approx(registered.cover, abs=0.03)
    for a, b in zip(found.residuals, registered.residuals, strict=True):
        assert (a.start_m, a.end_m) == (b.start_m, b.end_m)
        if a.mean_m is not None and b.mean_m is not None:
            assert a.mean_m == pytest.approx(b.mean_m, abs=0.03)


def test_refining_from_two_metres_and_five_degrees_beside_returns_to_the_registered_place(made):
    known = FootprintPrior(heading_deg=_heading(made.truth))
    registered = register_footprint(made.cloud, None, made.footprint, known)
    middle = plan_middle(made.cloud, 1.0)
    there = made.truth.apply(middle[None])[0]
    for east, north, turn in ((2.0, 0.0, 5.0), (-1.4, -1.4, -5.0)):
        near = FootprintPrior(
            heading_deg=_heading(made.truth) + turn,
            heading_sigma_deg=5,
            position_m=(float(there[0]) + east, float(there[1]) + north),
            position_sigma_m=2,
        )
        again = register_footprint(made.cloud, None, made.footprint, near)
        assert (
            np.abs(again.site_from_monument.columns - np.array(registered.site_from_monument.columns)).max()
            < 2e-3
        )
    assert made.corner_error(registered.site_from_monument) < 0.3


def _heading(placed: Similarity) -> float:
    y = placed.rotation[:, 1]
    return float(np.degrees(np.arctan2(y[0], y[1])))


def test_the_plan_shown_is_of_the_walls(made):
    cells = made.truth.apply(plan_cells(made.cloud, 1.0))
    away = shapely.distance(made.footprint.exterior, shapely.points(cells[:, :2]))
    assert len(cells) > 50
    assert np.median(away) < 0.3


def test_of_a_cloud_of_too_few_points_there_is_no_plan(made):
    few = made.cloud.select(np.arange(50))
    assert plan_cells(few, 1.0).shape == (0, 3)
