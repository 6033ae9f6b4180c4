"""The solids the buildings are made of: volumes, windings and outlines with a known answer."""

from __future__ import annotations

import numpy as np
import pytest
from shapely.geometry import Polygon

from heritage.sample import gate, hall, stele, wall
from heritage.sample.damage import IN_1844, IN_2019, IN_2024
from heritage.sample.roof import COARSE_M, Roof, gourd
from heritage.sample.scene import Building, Coat, Surface
from heritage.sample.shapes import OVAL, arch, box, lathe, prism, slab, solid_of, sweep


def is_closed(surface: Surface) -> bool:
    """Every edge is met once in each direction."""
    t, n = surface.triangles.astype(np.int64), len(surface.vertices)
    begin, end = t.ravel(), t[:, [1, 2, 0]].ravel()
    forward, back = np.sort(begin * n + end), np.sort(end * n + begin)
    return np.array_equal(forward, back) and (np.diff(forward) > 0).all()


def test_volumes_are_those_of_the_textbook() -> None:
    assert box((1, 3), (0, 1), (2, 5)).volume() == pytest.approx(6)
    assert prism([(0, 0), (2, 0), (0, 2)], (1, 4)).volume() == pytest.approx(6)
    assert lathe([(1.0, 0.0), (1.0, 3.0)], (5, 5, 1), 256).volume() == pytest.approx(3 * np.pi, rel=1e-3)
    assert arch(2.0, 1.0, (0.0, 3.0)).volume() == pytest.approx(3 * (2 + np.pi / 2), rel=0.01)
    x = np.linspace(0, 2, 5)
    wedge = slab(x, x, lambda gx, gy: 1 + gx, lambda gx, gy: np.zeros_like(gx))
    assert wedge.volume() == pytest.approx(8)


@pytest.mark.parametrize("turn", [1, -1])
def test_a_sweep_is_a_tube_whichever_way_it_runs(turn: int) -> None:
    path = np.array([[0, 0, 0], [1, 0, 0], [2, 0, 0.0], [4, 0, 0]])[::turn]
    tube = sweep(path, OVAL, 0.5)
    section = Polygon(OVAL * 0.5).area
    assert tube.volume() == pytest.approx(4 * section, rel=1e-5)


def test_an_open_surface_is_no_solid() -> None:
    with pytest.raises(ValueError, match="not a closed surface"):
        solid_of(np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0.0]]), np.array([[0, 1, 2]]))


def test_a_building_remembers_whose_every_face_is() -> None:
    wood, stone, hole = Coat("wood"), Coat("stone"), Coat("rubble")
    building = Building()
    building.add(wood, box((0, 2), (0, 2), (0, 2)))
    building.add(stone, box((1, 3), (0, 2), (0, 2)))
    building.cut(hole, box((0.5, 1.5), (-1, 3), (1.5, 3)))
    surface = building.surface()
    assert is_closed(surface)
    middle = surface.corners.mean(1)
    materials = np.array([c.material for c in surface.coats])[surface.coat]
    assert set(materials[middle[:, 0] == 0]) == {"wood"}
    assert set(materials[middle[:, 0] == 3]) == {"stone"}
    inside = (np.abs(middle[:, 2] - 1.5) < 1e-6) & (middle[:, 0] > 0.5) & (middle[:, 0] < 1.5)
    assert set(materials[inside]) == {"rubble"}


def test_a_roof_rises_to_its_ridge_and_turns_up_at_its_corners() -> None:
    roof = Roof((1.0, 2.0), (6.0, 4.0), 2.5, 5.0, 3.0, upturn=0.5)

    def at(x: float, y: float) -> float:
        return float(roof.height(np.array(x), np.array(y)))

    assert at(1.0, 2.0) == pytest.approx(8.0)
    assert at(1.0, -2.0) == pytest.approx(5.0)
    assert at(7.0, 6.0) == pytest.approx(5.5)
    assert at(1.0, 0.0) < (at(1.0, 2.0) + at(1.0, -2.0)) / 2, "the slope is concave"
    building = Building()
    roof.build(building, COARSE_M)
    surface = building.surface()
    assert is_closed(surface)
    assert {"tile", "boards", "mosaic", "dragon", "gold"} <= {c.material for c in surface.coats}


def test_a_gourd_stands_where_it_is_put() -> None:
    low_x, low_y, low_z, high_x, high_y, high_z = gourd((1, 2, 3), 0.8).bounding_box()
    assert (low_x + high_x, low_y + high_y) == pytest.approx((2, 4), abs=0.02)
    assert high_z - low_z == pytest.approx(1.35 * 0.8)


@pytest.mark.parametrize(
    "make",
    [
        lambda: hall.hall(IN_2019, COARSE_M),
        lambda: hall.hall(IN_2024, COARSE_M),
        lambda: hall.hall(IN_1844, COARSE_M, longest_edge=0.6),
        lambda: gate.gate(COARSE_M),
        lambda: stele.stele_house(COARSE_M),
        wall.wall,
    ],
    ids=["hall-2019", "hall-2024", "hall-1844", "gate", "stele", "wall"],
)
def test_every_monument_is_one_closed_surface(make) -> None:
    assert is_closed(make())


@pytest.mark.parametrize("module", [gate, hall, stele, wall])
def test_ground_plans_are_simple_counter_clockwise_and_not_symmetric(module) -> None:
    plan = Polygon(module.outline())
    assert plan.is_valid
    assert plan.exterior.is_ccw
    turned = Polygon([(2 * plan.centroid.x - x, 2 * plan.centroid.y - y) for x, y in module.outline()])
    assert plan.symmetric_difference(turned).area > 0.03 * plan.area, "a half turn must not look the same"
