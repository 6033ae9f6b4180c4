"""What a placement leaves unexplained, against what the hand counts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely

from heritage.ops.placement.footprint_evidence import Meant, drawing_of, misshown, unexplained
from heritage.ops.placement.footprint_search import Pose
from heritage.ops.placement.walls import Cells, covered_area

HOUSE = shapely.box(0, 0, 8, 10)
ROW = [HOUSE, shapely.box(8, 0, 16, 10), shapely.box(-8, 0, 0, 10)]
HERE = Pose(0.0, 0.0, 0.0)


def _survey(walls, area):
    """Full cells every 25 cm along ``walls`` (ends and angle of the normal), the ``area`` covered."""
    xy, angle = [], []
    for a, b, normal in walls:
        count = int(np.hypot(*np.subtract(b, a)) / 0.25)
        xy.append(a + (np.arange(count) + 0.5)[:, None] / count * np.subtract(b, a))
        angle += [normal] * count
    low, high = np.array(area.bounds[:2]), np.array(area.bounds[2:])
    grid = np.stack(
        np.meshgrid(*(np.arange(a, b, 0.25) + 0.125 for a, b in zip(low, high, strict=True)), indexing="ij"),
        -1,
    )
    covered = covered_area(grid.reshape(-1, 2), cell=0.5, gap=0.0)
    cells = np.concatenate(xy)
    return Cells(cells, np.array(angle), np.ones(len(cells)), np.zeros(len(cells)), 0.25, covered)


FRONT, BACK = ((-3, 0), (11, 0), np.pi / 2), ((-3, 10), (11, 10), np.pi / 2)
SEEN = shapely.box(-3, 0, 11, 10)


def test_the_drawing_knows_which_outline_is_free():
    drawing = drawing_of(ROW, np.zeros(2))
    assert len(drawing.length) == 12
    assert drawing.free_length.sum() == pytest.approx(2 * 24 + 2 * 10)


def test_walls_on_lines_of_house_and_neighbours_leave_nothing_open():
    assert unexplained(_survey([FRONT, BACK], SEEN), HERE, 0.0, drawing_of(ROW, np.zeros(2))) == 0


@pytest.mark.parametrize("metres", [4, 9])
def test_a_wall_on_no_line_counts_by_the_root_of_its_length(metres):
    drawing = drawing_of(ROW, np.zeros(2))
    astray = ((2, 5), (2 + metres / 2, 5), np.pi / 2), ((2, 7), (2 + metres / 2, 7), np.pi / 2)
    assert unexplained(_survey([FRONT, BACK, *astray], SEEN), HERE, 0.0, drawing) == pytest.approx(
        3.5 * np.sqrt(metres), rel=0.1
    )


def test_a_side_in_the_dark_is_no_evidence_but_a_gap_is():
    drawing = drawing_of(ROW, np.zeros(2))
    assert unexplained(_survey([FRONT], SEEN), HERE, 0.0, drawing) == 0
    gap = _survey([FRONT, ((-3, 10), (1, 10), np.pi / 2), ((7, 10), (11, 10), np.pi / 2)], SEEN)
    assert unexplained(gap, HERE, 0.0, drawing) == pytest.approx(np.sqrt(5), abs=0.5)


def test_the_house_in_the_middle_of_what_is_shown_is_meant():
    drawing, survey = drawing_of(ROW, np.zeros(2)), _survey([FRONT, BACK], SEEN)
    middle, right, left = (misshown(survey, HERE, Meant(plan, drawing)) for plan in ROW)
    assert middle < 4.0  # squares of 0.5 m do not end where the survey does
    assert min(right, left) > middle + 1.5
    wide = replace(survey, covered=_survey([FRONT], shapely.box(-8, 0, 16, 10)).covered)
    assert misshown(wide, HERE, Meant(HOUSE, drawing)) < 5.0


def test_an_uneven_margin_is_unlikely_but_not_impossible():
    """80 square metres of one neighbour and none of the other: nearly the root counts; ten times as much is little more."""
    drawing, survey = drawing_of(ROW, np.zeros(2)), _survey([FRONT, BACK], shapely.box(0, 0, 16, 10))
    assert 8.0 < misshown(survey, HERE, Meant(HOUSE, drawing)) < 11.0
    hall = [shapely.box(-20, 0, 0, 40), HOUSE, shapely.box(8, 0, 28, 40)]
    survey = _survey([FRONT, BACK], shapely.box(0, 0, 28, 40))
    assert 10.0 < misshown(survey, HERE, Meant(HOUSE, drawing_of(hall, np.zeros(2)))) < 20.0


def test_a_shed_within_the_survey_of_a_house_is_not_meant():
    shed = shapely.box(9, 12, 12, 15)
    drawing = drawing_of([HOUSE, shed], np.zeros(2))
    survey = _survey([FRONT, BACK], shapely.box(-4, -4, 13, 16))
    house, other = (misshown(survey, HERE, Meant(plan, drawing)) for plan in (HOUSE, shed))
    assert other > house + 3.4  # odds of 30
