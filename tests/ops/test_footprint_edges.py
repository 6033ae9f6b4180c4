from __future__ import annotations

import extruded
import numpy as np
import pytest
import shapely
from shapely.geometry import MultiPolygon

from heritage.model.errors import InputError
from heritage.ops.placement.footprint_edges import edges_of


@pytest.mark.parametrize("reverse", [False, True])
def test_edges_face_outward_of_shell_and_courtyard_whatever_the_winding(reverse):
    plan = extruded.COURT.reverse() if reverse else extruded.COURT
    edges = edges_of(plan)
    assert edges.perimeter == pytest.approx(plan.length)
    assert edges.sample_length.sum() == pytest.approx(plan.length)
    beyond = edges.sample + 0.01 * edges.outward[edges.sample_edge]
    within = edges.sample - 0.01 * edges.outward[edges.sample_edge]
    assert not shapely.contains_xy(edges.plan, *beyond.T).any()
    assert shapely.contains_xy(edges.plan, *within.T).all()
    assert shapely.centroid(edges.plan).distance(shapely.Point(0, 0)) < 1e-9


def test_parts_are_kept_and_vertices_on_a_line_are_not():
    square = shapely.Polygon([(0, 0), (5, 0.01), (10, 0), (10, 10), (0, 10)])
    edges = edges_of(MultiPolygon([square, shapely.affinity.translate(square, 20, 0)]))
    assert len(edges.length) == 8
    assert np.allclose(edges.length, 10)


def test_a_flat_footprint_is_refused():
    with pytest.raises(InputError, match="footprint: not usable"):
        edges_of(shapely.Polygon([(0, 0), (5, 0), (10, 0)]))
