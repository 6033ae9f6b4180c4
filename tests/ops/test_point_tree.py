"""Points shared out over an octree: each once, evenly, in its own cube."""

from __future__ import annotations

import numpy as np
import pytest

from heritage.ops.tiles.point_tree import path_to, pick, point_tree, root_cube


def _cloud(n: int, seed: int = 0) -> np.ndarray:
    """Points on a wavy sheet, denser at one end."""
    rng = np.random.default_rng(seed)
    x, y = rng.random(n) ** 2, rng.random(n)
    return np.column_stack([x, y, 0.2 + 0.1 * np.sin(9 * x)]).astype(np.float32)


@pytest.mark.parametrize("n", [1, 2, 99, 100, 101, 5000])
def test_every_point_is_in_one_tile_and_inside_its_cube(n: int) -> None:
    xyz = _cloud(n)
    tree = point_tree(xyz, np.arange(n), np.zeros(3), 1.0, grid=16, most=100)
    assert tree is not None
    tiles = list(tree.walk())
    np.testing.assert_array_equal(np.sort(np.concatenate([tile.rows for tile in tiles])), np.arange(n))
    for tile in tiles:
        assert (xyz[tile.rows] >= tile.low - 1e-7).all()
        assert (xyz[tile.rows] <= tile.low + tile.side + 1e-7).all()
        assert len(tile.path) == round(np.log2(1 / tile.side))
        assert (tile.apart_m == 0) == (not tile.children)
        if not tile.children:
            assert len(tile.rows) <= 100


def test_a_tile_shows_one_point_of_every_cell_that_has_any() -> None:
    xyz = _cloud(20_000)
    tree = point_tree(xyz, np.arange(20_000), np.zeros(3), 1.0, grid=32, most=100)
    assert tree is not None
    cells = {tuple(c) for c in np.floor(xyz.astype(np.float64) * 32).astype(int)}
    assert {tuple(c) for c in np.floor(xyz[tree.rows].astype(np.float64) * 32).astype(int)} == cells
    assert len(tree.rows) == len(cells)


def test_equal_points_end() -> None:
    xyz = np.full((3000, 3), 0.3, np.float32)
    tree = point_tree(xyz, np.arange(3000), np.zeros(3), 1.0, grid=8, most=10)
    assert tree is not None
    assert sum(len(tile.rows) for tile in tree.walk()) == 3000


def test_pick_leaves_nothing_behind() -> None:
    xyz = _cloud(1000)
    taken, left = pick(xyz, np.arange(0, 1000, 2), np.zeros(3), 1.0, 8)
    np.testing.assert_array_equal(np.sort(np.concatenate([taken, left])), np.arange(0, 1000, 2))


def test_paths_lead_to_cubes() -> None:
    rng = np.random.default_rng(1)
    for _ in range(200):
        sides = 2.0 ** rng.integers(-2, 3, 5)
        lows = np.floor(rng.uniform(-20, 20, (5, 3)) / sides[:, None]) * sides[:, None]
        root_low, root_side = root_cube(lows, sides)
        for low, side in zip(lows, sides, strict=True):
            corner, size = root_low.copy(), root_side
            for octant in path_to(low, side, root_low, root_side):
                size /= 2
                corner += size * np.array([octant & 1, octant >> 1 & 1, octant >> 2])
            assert size == side
            np.testing.assert_array_equal(corner, low)
