"""Which footprint of a layer is it?"""

from __future__ import annotations

import extruded
import neighbourhood
import numpy as np
import pytest
from shapely import Polygon, affinity

import heritage.ops.placement.register_among as register_among_module
from heritage.model.errors import MethodError
from heritage.model.placement_reason import because
from heritage.ops.placement.footprint_choice import FootprintPrior
from heritage.ops.placement.register_among import register_among

ROW = [affinity.translate(extruded.GATE, 40, 5), affinity.translate(extruded.CHURCH, -45, 0)]


def _asked(seed, plan, others, **prior):
    made = neighbourhood.trial(plan, others, seed, hide_side=bool(seed % 2), per_m2=40)
    layer = {"it": made.scene.footprint, **{f"o{k}": p for k, p in enumerate(made.around)}}
    return made, register_among(made.scene.cloud, None, layer, FootprintPrior(ground_m=4.0, **prior))


@pytest.mark.parametrize("seed", range(3))
def test_the_right_one_is_chosen_with_nothing_but_the_layer(seed):
    made, among = _asked(seed, extruded.L_SHAPE, ROW)
    assert among.id == "it"
    assert among.registered.settled, among.registered.reasons
    assert among.registered.reasons[0] == because("among", footprint=among.id, tried=3)
    assert made.scene.corner_error(among.registered.site_from_monument) < 0.5


def test_twins_are_told_apart_by_position_only():
    twin = affinity.translate(extruded.L_SHAPE, 60, 0)
    made, among = _asked(4, extruded.L_SHAPE, [twin])
    assert not among.registered.settled
    other = "o0" if among.id == "it" else "it"
    assert any(candidate.footprint == other for candidate in among.registered.candidates)
    assert among.registered.reasons[-1].code == "other-footprints"
    middle = made.scene.footprint.centroid
    _, told = _asked(
        4, extruded.L_SHAPE, [twin], position_m=(middle.x + 6.0, middle.y - 5.0), position_sigma_m=8.0
    )
    assert told.id == "it"
    assert told.registered.settled, told.registered.reasons


def test_a_building_that_is_not_in_the_layer_is_not_settled():
    made = neighbourhood.trial(extruded.CHURCH, [], 5, hide_side=False, per_m2=40)
    layer = {
        "gate": affinity.translate(extruded.GATE, 20, 0),
        "l": affinity.translate(extruded.L_SHAPE, -40, 0),
    }
    assert not register_among(made.scene.cloud, None, layer, FootprintPrior()).registered.settled


def test_no_footprint_within_reach_is_an_error():
    far = FootprintPrior(position_m=(5_000.0, 5_000.0), position_sigma_m=10.0)
    cloud = extruded.scene(extruded.L_SHAPE, 1, per_m2=4).cloud
    with pytest.raises(MethodError, match="no footprint within"):
        register_among(cloud, None, {"it": extruded.L_SHAPE}, far)


def test_walls_of_attached_neighbours_do_not_draw_the_building_to_them():
    """A house in a row of four, its back unseen: the facades run on, only roofs and steps say where it is."""
    house = affinity.translate(extruded.GATE, 0, 0)
    row = [affinity.translate(extruded.RECTANGLE, -18, 1.2), affinity.translate(extruded.RECTANGLE, 21, -0.8)]
    for seed in (1, 2, 3):
        made, among = _asked(seed, house, row)
        assert (
            made.scene.corner_error(among.registered.site_from_monument) < 0.5 or not among.registered.settled
        )
    assert np.isfinite(among.registered.sigma_m)


def test_what_adjoins_the_likeliest_is_looked_at_in_full_whatever_its_glance(monkeypatch):
    """As of an end house whose free side is in the dark: the glance at it is worse than at its neighbour, by more than a
    glance may be wrong."""
    row = [affinity.translate(extruded.RECTANGLE, -18, 1.2), affinity.translate(extruded.RECTANGLE, 21, -0.8)]
    glance = register_among_module._glance

    def wrong(prepared, edges, *rest):
        return glance(prepared, edges, *rest) - 3.0 * (len(edges.plan.exterior.coords) > 8)

    monkeypatch.setattr(register_among_module, "_glance", wrong)
    made, among = _asked(1, extruded.GATE, row)
    assert among.id == "it"
    assert made.scene.corner_error(among.registered.site_from_monument) < 0.5


def test_the_house_in_the_middle_of_what_is_shown_is_the_one():
    """Five equal houses in a row, each a little forward or back of the last; the position is good to two thirds of one."""
    house = Polygon([(0, 0), (6, 0), (6, 10), (2.5, 10), (2.5, 12), (0, 12)])
    row = [affinity.translate(house, 6 * k, y) for k, y in ((-2, 0.8), (-1, -0.5), (1, 0.6), (2, -0.7))]
    settled = 0
    for seed in (0, 1, 2, 4):
        made = neighbourhood.trial(house, row, seed, hide_side=bool(seed % 2), per_m2=40)
        layer = {"it": made.scene.footprint, **{f"o{k}": p for k, p in enumerate(made.around)}}
        middle = np.array(made.scene.footprint.centroid.coords[0])
        east, north = middle + np.random.default_rng(seed).normal(0, 4, 2)
        prior = FootprintPrior(made.compass(6.0), 10.0, (east, north), 4.0, ground_m=4.0)
        among = register_among(made.scene.cloud, None, layer, prior)
        assert among.id == "it", f"seed {seed}: {among.registered.reasons}"
        assert made.scene.corner_error(among.registered.site_from_monument) < 0.3
        settled += among.registered.settled
    assert settled >= 3
