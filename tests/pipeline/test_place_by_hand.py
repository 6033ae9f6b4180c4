"""What a person decides of a placement is where the monument stands: candidates, poses and clicked control points."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from shapely import affinity

from heritage.model.arrays import Similarity
from heritage.model.documents import ControlPair, Pose, Registration
from heritage.model.errors import MethodError
from heritage.model.placement_plan import PlacementPlan
from heritage.model.placement_reason import because
from heritage.model.release import Placement
from heritage.pipeline.stages.register import PLACEMENT, PLAN

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "ops"))
sys.path.insert(0, str(Path(__file__).resolve().parent))
import extruded
import neighbourhood
from test_register_stage import FRAME, UTM, _site, register


@pytest.fixture(scope="module")
def made() -> neighbourhood.Trial:
    return neighbourhood.trial(
        extruded.RECTANGLE, [affinity.translate(extruded.GATE, 60, 5)], 4, hide_side=False, per_m2=25
    )


def _registered(
    folder: Path, made: neighbourhood.Trial, registration: str, footprint: str = "hall"
) -> tuple[Placement, PlacementPlan]:
    folder.mkdir(exist_ok=True)
    root = _site(folder, made, registration)
    document = root / "monuments" / "it" / "monument.yaml"
    document.write_text(document.read_text() + f"footprint: {footprint}\n")
    register(folder, made, root)
    placement = Placement.model_validate_json((folder / "out" / PLACEMENT).read_text())
    return placement, PlacementPlan.model_validate_json((folder / "out" / PLAN).read_text(), strict=False)


def _corners(made: neighbourhood.Trial, columns: tuple[float, ...]) -> np.ndarray:
    return Similarity.from_columns(columns).apply(made.scene.corners)


def _hand(pose: Pose) -> str:
    registration = Registration(method="hand", pose=pose)
    return json.dumps(registration.model_dump(mode="json", exclude_defaults=True))


@pytest.fixture(scope="module")
def symmetric(made, tmp_path_factory) -> tuple[Placement, PlacementPlan]:
    return _registered(tmp_path_factory.mktemp("auto") / "site", made, "{method: footprint}")


def test_a_chosen_candidate_is_where_the_monument_then_stands(tmp_path, made, symmetric):
    placement, plan = symmetric
    assert not placement.settled
    assert len(plan.places) == 1 + len(placement.candidates) == 2
    other = plan.places[1]
    assert other.likelihood == placement.candidates[0].score
    # The half turn of the present one: its corners are as far from the drawing's as theirs, and none of them is near its own.
    moved = _corners(made, other.site_from_monument) - _corners(made, placement.site_from_monument)
    assert np.linalg.norm(moved[:, :2], axis=1).min() > 9
    chosen, again = _registered(tmp_path / "site", made, _hand(other.pose))
    assert chosen.method == "hand"
    assert chosen.settled, chosen.reasons
    away = _corners(made, chosen.site_from_monument) - _corners(made, other.site_from_monument)
    assert np.abs(away).max() < 1e-3
    assert chosen.sigma_m == pytest.approx(other.sigma_m, rel=0.2)
    assert chosen.iou == pytest.approx(other.iou, abs=0.01)
    assert again.places[0].pose == other.pose


def test_both_have_their_own_figures(symmetric):
    _, plan = symmetric
    for place in plan.places:
        assert place.rms_m is not None
        assert place.rms_m < 0.2
        assert len(place.walls) == 4
    means = [[wall.mean_m for wall in place.walls] for place in plan.places]
    assert means[0] != means[1]


def test_what_the_plan_says_of_the_working_crs_is_what_the_pose_says(made, symmetric):
    _, plan = symmetric
    matrix = np.array(plan.crs_from_site).reshape(4, 4).T
    for place in plan.places:
        origin = np.array(place.site_from_monument).reshape(4, 4).T[:, 3]
        assert np.abs((matrix @ origin)[:3] - place.pose.crs_m).max() < 2 * plan.crs_error_m + 1e-4


@pytest.mark.parametrize("click_m", [0.0, 0.2])
def test_control_points_clicked_on_scene_and_map_give_the_pose_within_the_clicking_error(
    tmp_path, made, symmetric, click_m
):
    placement, plan = symmetric
    rng = np.random.default_rng(11)
    matrix = np.array(plan.crs_from_site).reshape(4, 4).T
    site = _corners(made, placement.site_from_monument)
    there = (np.column_stack([site, np.ones(len(site))]) @ matrix.T)[:, :3]
    there[:, :2] += click_m * rng.standard_normal((len(site), 2))
    points = tuple(
        ControlPair(name=f"P{k}", role="control" if k < 4 else "check", at_m=tuple(at), crs_m=tuple(to))
        for k, (at, to) in enumerate(zip(made.scene.corners.tolist(), there.tolist(), strict=True))
    )
    registration = Registration(method="gcp", points=points)
    text = json.dumps(registration.model_dump(mode="json", exclude_defaults=True))
    found, after = _registered(tmp_path / "site", made, text)
    away = np.linalg.norm((_corners(made, found.site_from_monument) - site)[:, :2], axis=1)
    assert away.max() < 2 * click_m + 0.01
    assert [p.name for p in after.points] == [p.name for p in points]
    assert max(p.length_m for p in after.points) < 4 * click_m + 0.01
    assert found.method == "gcp"
    assert because("upright") in found.reasons
    # Upright is what registration found it to be, whatever the clicks say: the rows of both are the same way up.
    ups = [Similarity.from_columns(one.site_from_monument).rotation[2] for one in (found, placement)]
    assert np.abs(ups[0] - ups[1]).max() < 1e-6


def test_points_written_by_people_keep_it_upright_and_a_surveyors_table_may_tilt_it():
    pair = ControlPair(name="P1", at_m=(0.0, 0.0, 0.0), crs_m=(775000.0, 1822000.0, 4.0))
    assert Registration(points=(pair,)).keeps_upright
    assert not Registration(points=(pair,), level=False).keeps_upright
    assert not Registration(gcp="gcp.csv").keeps_upright
    assert Registration(gcp="gcp.csv", level=True).keeps_upright


def test_two_points_are_too_few(tmp_path, made):
    points = [{"name": n, "at_m": [k, 0, 0], "crs_m": [775000 + k, 1822000, 4]} for k, n in enumerate("AB")]
    with pytest.raises(MethodError, match="2 pairs"):
        _registered(tmp_path / "site", made, json.dumps({"method": "gcp", "points": points}))


def test_by_hand_without_a_pose_is_an_error(tmp_path, made):
    with pytest.raises(MethodError, match="no pose to place by"):
        _registered(tmp_path / "site", made, "{method: hand}")


def test_a_monument_whose_plan_holds_no_walls_stands_where_it_was_put_and_that_is_said(tmp_path, made):
    x, y, _ = FRAME.crs_from_site(UTM, np.array([[60.0, 0.0, 0.0]]))[0]
    pose = Pose(crs_m=(float(x), float(y), 5.0), heading_deg=10.0)
    placement, plan = _registered(tmp_path / "site", made, _hand(pose))
    assert placement.settled
    assert placement.reasons == (because("hand"), because("walls-missing"))
    assert placement.sigma_m is None
    assert plan.places[0].pose.heading_deg == pytest.approx(10.0, abs=1e-6)
    assert plan.places[0].pose.crs_m == pytest.approx(pose.crs_m, abs=2e-4)
