"""Places near an area, against shapely."""

import numpy as np
import pytest
import shapely
from shapely.geometry import MultiPolygon, Point, Polygon

from heritage.ops.placement.footprint_edges import segments
from heritage.ops.placement.near_area import near_area

COURT = Polygon([(0, 0), (20, 0), (20, 14), (9, 17), (0, 14)], [[(5, 5), (12, 5), (12, 9), (5, 9)]])
TWICE = Polygon([(0, 0), (20, 0), (20, 0), (20, 14), (0, 14)])
BESIDE = Polygon([(23, 2), (30, 2), (30, 9), (26, 4)])


@pytest.mark.parametrize("area", [COURT, TWICE, MultiPolygon([COURT, BESIDE]), Polygon()])
@pytest.mark.parametrize("reach", [0.6, 3.0])
def test_as_shapely_says(area, reach):
    ends = np.array(list(segments(area))).reshape(-1, 2, 2)
    places = np.random.default_rng(3).uniform([-6, -6], [36, 22], (20_000, 2))
    assert np.array_equal(
        near_area(places, ends, reach), shapely.dwithin(area, shapely.points(places), reach)
    )


def test_a_line_through_corners_counts_them_once():
    """At the heights of corners, where a crossing could be counted twice or not at all."""
    heights = sorted({y for _, y in [*COURT.exterior.coords, *COURT.interiors[0].coords]})
    places = np.array([(x, y) for y in heights for x in np.arange(-3.3, 25)])
    ends = np.array(list(segments(COURT)))
    expected = [COURT.distance(Point(place)) <= 0.1 for place in places]
    assert near_area(places, ends, 0.1).tolist() == expected
