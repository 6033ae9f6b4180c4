"""Ground plans: repairs against areas worked out by hand, duplicates against brute force, strays by construction."""

from __future__ import annotations

import time

import numpy as np
import pytest
import shapely
from shapely.affinity import rotate, translate

from heritage.ops.plans.duplicates import duplicate_plans
from heritage.ops.plans.outlying import outlying_plans
from heritage.ops.plans.repair import repair_plan


def test_a_figure_of_eight_becomes_its_two_lobes() -> None:
    # Two triangles that touch at (2, 1), each with a base of 2 and a height of 2.
    eight = shapely.Polygon([(0, 0), (4, 2), (4, 0), (0, 2)])

    repair = repair_plan(eight)

    assert repair is not None
    assert (repair.reason, repair.place) == ("Self-intersection", (2.0, 1.0))
    assert (repair.parts, repair.area_after) == (2, pytest.approx(2 * 2 * 2 / 2))
    assert repair.area_before == pytest.approx(0), "the lobes cancel in the shoelace formula"
    assert repair.proposed.is_valid


def test_a_hole_outside_its_shell_becomes_a_part() -> None:
    plan = shapely.Polygon([(0, 0), (10, 0), (10, 10), (0, 10)], [[(20, 0), (22, 0), (22, 2), (20, 2)]])

    repair = repair_plan(plan)

    assert repair is not None
    assert repair.reason == "Hole lies outside shell"
    assert (repair.parts, repair.area_before, repair.area_after) == (2, 96, 104)
    assert repair_plan(shapely.box(0, 0, 1, 1)) is None


def test_duplicates_agree_with_brute_force() -> None:
    rng = np.random.default_rng(3)
    plans = []
    for x, y in rng.uniform(0, 300, (150, 2)):
        plan = shapely.box(x, y, x + rng.uniform(5, 20), y + rng.uniform(5, 20))
        plan = rotate(plan, rng.uniform(0, 180))
        plans.append(plan)
        if rng.random() < 0.3:  # drawn again by someone else, a little off
            plans.append(translate(plan, *rng.uniform(-0.4, 0.4, 2)))
        if rng.random() < 0.1:  # the same ring, begun at another corner
            ring = list(plan.exterior.coords)[:-1]
            plans.append(shapely.Polygon(ring[2:] + ring[:2]))

    found = {d.second for d in duplicate_plans(plans)}

    expected = set()
    for j, second in enumerate(plans):
        for first in plans[:j]:
            if first.intersection(second).area / first.union(second).area >= 0.95:
                expected.add(j)
    assert found == expected
    assert 20 < len(expected) < len(plans) / 2


def test_a_heap_of_the_same_plan_takes_no_longer_than_a_town() -> None:
    plans = [shapely.box(0, 0, 12, 9)] * 20_000

    start = time.process_time()
    found = duplicate_plans(plans)

    assert len(found) == 19_999
    assert time.process_time() - start < 5


def test_strays_are_found_and_exchanged_coordinates_told_apart() -> None:
    rng = np.random.default_rng(5)
    centres = np.array([107.58, 16.46]) + rng.normal(0, 0.01, (60, 2))
    centres[7] = centres[7, ::-1]
    centres[21] = [107.58, 26.46]  # a slip of a digit
    one_degree = (106_600.0, 110_600.0)

    found = outlying_plans(centres, one_degree)

    assert found is not None
    assert found.rows == (7, 21)
    assert found.exchanged.tolist() == [True, False]
    assert found.distances_m[1] == pytest.approx(10 * 110_600, rel=0.01)
    assert outlying_plans(centres[:4], one_degree) is None, "four plans are no body"


def test_a_wide_and_uneven_site_has_no_strays() -> None:
    # A town and two villages, 8 km apart: as the buildings of Hue lie.
    rng = np.random.default_rng(6)
    town = rng.normal(0, 800, (100, 2))
    villages = np.concatenate([rng.normal(8000, 100, (4, 2)), rng.normal([-6000, 3000], 100, (5, 2))])

    found = outlying_plans(np.concatenate([town, villages]), (1.0, 1.0))

    assert found is not None
    assert found.rows == ()
