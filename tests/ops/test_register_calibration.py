"""Are the stated figures true? Many trials on plans alone, without the cost of clouds."""

from __future__ import annotations

import extruded
import neighbourhood
import numpy as np
import pytest
import shapely
from scipy.stats import chi2

from heritage.ops.placement.footprint_choice import FootprintPrior, choose
from heritage.ops.placement.footprint_edges import edges_of
from heritage.ops.placement.footprint_evidence import against
from heritage.ops.placement.footprint_fit import hold, solve
from heritage.ops.placement.footprint_search import Pose, turn
from heritage.ops.placement.footprint_trials import try_poses
from heritage.ops.placement.register import register_footprint
from heritage.ops.placement.register_options import RegisterOptions
from heritage.ops.placement.walls import Cells, covered_area

STATED_M = 0.15
INSET_M = 0.1


def _trial(plan, seed):
    """Cells of a plan turned at random, one side often unseen; a footprint drawn with errors; the true pose."""
    rng = np.random.default_rng(seed)
    true = edges_of(plan)
    keep = np.ones(len(true.sample), bool)
    if seed % 2:
        away = rng.uniform(0, 2 * np.pi)
        keep = (true.outward[true.sample_edge] @ [np.cos(away), np.sin(away)]) < 0.6
    # Walls have plaster, plinths and errors of their own: an offset per wall beside the noise per cell.
    wall = rng.normal(0, 0.03, len(true.length))[true.sample_edge] + rng.normal(0, 0.03, len(true.sample))
    placed = (true.sample + wall[:, None] * true.outward[true.sample_edge])[keep]
    normal = np.arctan2(true.outward[:, 1], true.outward[:, 0])[true.sample_edge][keep]
    rings = [np.asarray(r.coords)[:-1] for r in (true.plan.exterior, *true.plan.interiors)]
    drawn = [r + rng.normal(0, STATED_M, r.shape) for r in rings]
    edges = edges_of(shapely.Polygon(drawn[0], drawn[1:]))
    yaw = rng.uniform(0, 2 * np.pi)
    middle = placed.mean(0)
    xy = (placed - middle) @ turn(-yaw).T
    # Its roof was seen as well: the whole plan is covered.
    covered = covered_area((true.inside - middle) @ turn(-yaw).T, cell=0.5, gap=3.0)
    cells = Cells(xy, normal - yaw, np.ones(len(xy)), np.zeros(len(xy)), 0.25, covered)
    return cells, edges, Pose(yaw, *(middle - edges.centre))


def _drawn(edges):
    return shapely.transform(edges.plan, lambda xy: xy + edges.centre)


def test_the_stated_region_holds_the_truth_as_often_as_stated():
    """200 trials, half with one side unseen: the 95 % region of position holds 90-99 % of the truths; so does
    that of the heading."""
    plans = [extruded.L_SHAPE, extruded.CHURCH, extruded.GATE, extruded.COURT, extruded.RECTANGLE]
    position, heading = [], []
    for seed in range(200):
        cells, edges, pose = _trial(plans[seed % len(plans)], seed)
        held = hold(cells, edges, pose, width=(1.0, 0.3), rounds=12, free_scale=False, inset_sigma=INSET_M)
        found = solve(cells, edges, held, free_scale=False, inset_sigma=INSET_M, stated_sigma=STATED_M)
        off = np.array([found.held.pose.x - pose.x, found.held.pose.y - pose.y])
        position.append(off @ np.linalg.solve(found.covariance[:2, :2], off))
        heading.append((found.held.pose.yaw - pose.yaw) ** 2 / found.covariance[2, 2])
    assert 0.90 <= np.mean(np.array(position) < chi2.ppf(0.95, 2)) <= 0.99
    assert 0.90 <= np.mean(np.array(heading) < chi2.ppf(0.95, 1)) <= 0.99
    assert 0.35 <= np.mean(np.array(position) < chi2.ppf(0.5, 2)) <= 0.65


def test_no_flip_of_a_symmetric_plan_is_silent():
    """200 trials without a heading: none settled, and a right one among chosen and candidates."""
    plans = [extruded.RECTANGLE, extruded.SQUARE]
    for seed in range(200):
        cells, edges, pose = _trial(plans[seed % 2], 1000 + seed)
        trials = try_poses(cells, edges, free_scale=False, inset_sigma=INSET_M, expected=None)
        nothing = FootprintPrior()
        costs = against(cells, trials, edges, [_drawn(edges)], nothing)
        choice = choose(trials, costs, edges.centre, cells.covered.middle, nothing, RegisterOptions())
        assert choice.candidates or choice.doubts, f"seed {seed} was settled"
        turns = [*(c.heading_deg for c in choice.candidates), float(-np.degrees(choice.trial.held.pose.yaw))]
        off = [(t + np.degrees(pose.yaw) + 180) % 360 - 180 for t in turns]
        assert min(map(abs, off)) < 4, f"seed {seed}: the true heading is not offered"


@pytest.mark.parametrize("seed", [391, 553, 585])
def test_a_corner_in_the_dark_settles_no_turn(seed):
    """Two sides of a square unseen: only few directions leave both in the dark, and none may be missed for one turn
    and met for another. These are what a thousand trials found settled, one of them turned by 180 degrees."""
    made = neighbourhood.trial(extruded.SQUARE, [], seed, hide_side=True)
    found = register_footprint(made.scene.cloud, None, made.scene.footprint, FootprintPrior(ground_m=4.0))
    assert not found.settled
    turns = sorted((found.heading_deg, *(c.heading_deg for c in found.candidates)))
    assert np.allclose(np.diff(turns), 90, atol=3)
