"""Where do the roofs of a row end?"""

from __future__ import annotations

import numpy as np
import pytest

from heritage.ops.placement.roof_steps import roof_steps
from heritage.ops.placement.walls import Cells, covered_area


def _roofs(rng, height, *, turned_deg, per_m2=60.0, half=6.0):
    """(n, 3) points on the surface ``height`` (x, y) over a square, turned in plan; and some ground."""
    xy = rng.uniform(-half, half, (int(4 * half * half * per_m2), 2))
    roof = np.column_stack([xy, height(xy[:, 0], xy[:, 1])])
    ground = np.column_stack([rng.uniform(half, half + 3, 600), rng.uniform(-half, half, 600), np.zeros(600)])
    xyz = np.concatenate([roof, ground]) + rng.normal(0, 0.02, (len(roof) + 600, 3))
    c, s = np.cos(np.radians(turned_deg)), np.sin(np.radians(turned_deg))
    return (xyz @ np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]])).astype(np.float32)


def _steps(xyz):
    return roof_steps(xyz, covered_area(xyz[:, :2].astype(np.float64), cell=0.5, gap=1.0), cell=0.25)


@pytest.mark.parametrize("turned_deg", [0.0, 30.0, 45.0, 71.0])
@pytest.mark.parametrize("step_m", [0.4, 1.5])
def test_a_step_between_two_roofs_is_a_line_of_cells(turned_deg, step_m):
    """Slopes of 35 degrees along the row on both sides: the line lies right to 5 cm and is seen on most of its length."""
    rng = np.random.default_rng(int(turned_deg))
    xyz = _roofs(rng, lambda x, y: 7.0 - 0.7 * np.abs(y) + step_m * (x > 1.0), turned_deg=turned_deg)
    cells = _steps(xyz)
    across = np.radians(turned_deg)
    away = cells.xy @ [np.cos(across), np.sin(across)]
    along = cells.xy @ [-np.sin(across), np.cos(across)]
    assert abs(np.median(away) - 1.0) < 0.03
    assert np.abs(away - 1.0).max() < 0.2
    assert len(np.unique(np.floor(along / 0.5))) >= 0.45 * 24
    assert np.abs(np.cos(cells.angle - across)).min() > np.cos(np.radians(25))
    assert np.isinf(cells.base).all()


def test_a_ridge_a_valley_a_chimney_and_a_tree_are_no_step():
    rng = np.random.default_rng(3)

    def height(x, y):
        chimney = (np.abs(x - 2) < 0.3) & (np.abs(y - 2) < 0.3)
        return 5.0 + 0.7 * np.abs(np.abs(x) - 3) + 1.2 * chimney

    tree = rng.normal(0, 1, (400, 3)) * [1.2, 1.2, 1.5] + [-3.0, -6.0, 6.0]
    xyz = np.concatenate([_roofs(rng, height, turned_deg=20.0), tree.astype(np.float32)])
    assert len(_steps(xyz).xy) <= 3


def test_eaves_over_the_ground_and_low_walls_are_no_step_between_roofs():
    xyz = _roofs(np.random.default_rng(4), lambda x, y: np.where(x > 0, 5.0, 1.5), turned_deg=10.0)
    assert len(_steps(xyz).xy) == 0


def test_steps_where_a_wall_was_seen_are_not_counted_again():
    covered = covered_area(np.zeros((1, 2)), cell=0.5, gap=1.0)

    def line(x, base):
        xy = np.column_stack([np.full(8, x), np.arange(8) * 0.25])
        return Cells(xy, np.zeros(8), np.ones(8), np.full(8, base), 0.25, covered)

    walls = line(0.0, 0.1)
    assert len(walls.and_(line(0.2, np.inf)).xy) == 8
    both = walls.and_(line(2.0, np.inf))
    assert len(both.xy) == len(both.angle) == len(both.weight) == 16
    assert np.isfinite(both.base).sum() == 8
