from __future__ import annotations

import numpy as np
import pytest

from heritage.ops.placement.walls import covered_area, outline_cells, wall_cells


def _wall(rng, length=6.0, height=4.0, lift=0.0, n=6000):
    xyz = np.column_stack([rng.uniform(0, length, n), np.zeros(n), rng.uniform(lift, lift + height, n)])
    return xyz.astype(np.float32), np.tile(np.array([0, 1, 0], np.float32), (n, 1))


def _covered(xyz):
    return covered_area(xyz[:, :2].astype(np.float64), cell=0.25, gap=1.0)


def test_a_wall_is_a_row_of_cells_that_know_its_direction_and_foot():
    xyz, normal = _wall(np.random.default_rng(0))
    cells = wall_cells(xyz, normal, _covered(xyz), cell=0.25, step=0.25, kerb=0.2)
    assert len(cells.xy) == 24
    assert np.abs(cells.xy[:, 1]).max() < 1e-6
    assert np.abs(np.cos(cells.angle)).max() < 1e-6
    assert cells.weight.min() > 0.9
    assert cells.base.max() < 0.1


def test_an_eaves_board_and_foliage_are_no_wall():
    rng = np.random.default_rng(1)
    wall, wall_normal = _wall(rng)
    board, board_normal = _wall(rng, height=0.2, lift=4.0)
    board[:, 1] = 1.0
    tree = rng.normal(0, 1, (3000, 3)) + np.array([3.0, 6.0, 3.0])
    leaf = rng.normal(0, 1, (3000, 3))
    leaf /= np.linalg.norm(leaf, axis=1, keepdims=True)
    xyz = np.concatenate([wall, board, tree]).astype(np.float32)
    normal = np.concatenate([wall_normal, board_normal, leaf]).astype(np.float32)
    cells = wall_cells(xyz, normal, _covered(xyz), cell=0.25, step=0.25, kerb=0.2)
    assert (np.abs(cells.xy[:, 1] - 1.0) > 0.2).all()
    assert (cells.xy[:, 1] > 2).mean() < 0.15


def test_a_kerb_is_no_wall_and_no_wall_is_no_cell():
    xyz, normal = _wall(np.random.default_rng(2), height=0.5)
    assert len(wall_cells(xyz, normal, _covered(xyz), cell=0.25, step=0.25, kerb=0.2).xy) == 0
    normal[:] = [0, 0, 1]
    assert len(wall_cells(xyz, normal, _covered(xyz), cell=0.25, step=0.25, kerb=0.2).xy) == 0


def test_the_outline_of_a_roof_runs_along_its_edges():
    xyz = np.random.default_rng(3).uniform([0, 0, 5], [12, 8, 5.1], (4000, 3)).astype(np.float32)
    cells = outline_cells(xyz, _covered(xyz), cell=0.5)
    x, y = cells.xy.T
    away = np.minimum(np.minimum(np.abs(x), np.abs(x - 12)), np.minimum(np.abs(y), np.abs(y - 8)))
    assert away.max() < 0.6
    south = (y < 0.5) & (x > 2) & (x < 10)
    assert south.sum() > 10
    assert np.abs(np.sin(cells.angle[south])).min() > 0.95  # normals across the edge


@pytest.mark.parametrize(("gap", "area"), [(3.0, 80.0), (0.0, 9.0)])
def test_a_ring_with_a_door_encloses_its_area_when_the_gap_is_closed(gap, area):
    rng = np.random.default_rng(4)
    side = rng.uniform(0, 1, 8000)
    ring = np.concatenate([
        np.column_stack([side * 10, np.zeros(8000)]), np.column_stack([side * 10, np.full(8000, 8.0)]),
        np.column_stack([np.zeros(8000), side * 8]), np.column_stack([np.full(8000, 10.0), side * 8]),
    ])  # fmt: skip
    ring = ring[~((ring[:, 1] == 0) & (np.abs(ring[:, 0] - 5) < 1))]  # a door of 2 m
    covered = covered_area(ring, cell=0.25, gap=gap)
    assert covered.mask.sum() * 0.25**2 == pytest.approx(area, rel=0.1)


def test_no_point_covers_nothing():
    assert covered_area(np.zeros((0, 2)), cell=0.5, gap=1.0).centres.shape == (0, 2)
