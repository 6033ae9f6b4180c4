"""What hangs together, against brute force, whole and in blocks."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from heritage.ops.points.pieces import Grid, find_pieces, join_pieces

_EVERYWHERE = np.full(3, -np.inf), np.full(3, np.inf)


@pytest.fixture
def xyz():
    return (np.random.default_rng(4).random((200, 3)) - 0.3).astype(np.float32)


def _grid(xyz, size):
    return Grid.over(xyz.min(0).astype(np.float64), xyz.max(0).astype(np.float64), size)


def _same_by_brute_force(xyz, grid):
    cell = grid.indices(xyz)
    same = cdist(cell, cell, "chebyshev") <= 1
    for _ in range(8):
        same = same @ same
    return same


def test_pieces_are_those_of_brute_force(xyz):
    grid = _grid(xyz, 0.09)

    piece, found = find_pieces(xyz, grid, *_EVERYWHERE, xyz[:, 0] > 0)

    assert len(found.size) > 5
    assert np.array_equal(piece[:, None] == piece[None], _same_by_brute_force(xyz, grid))
    assert np.array_equal(np.bincount(piece), found.size)
    assert np.array_equal(np.bincount(piece, weights=xyz[:, 0] > 0), found.marked)
    for number in range(len(found.size)):
        assert np.array_equal(xyz[piece == number].min(0), found.low[number])
        assert np.array_equal(xyz[piece == number].max(0), found.high[number])
    assert len(found.border_key) == 0


@pytest.mark.parametrize("cut", [0.11, 0.3, 0.5])
def test_blocks_join_to_the_pieces_of_the_whole(xyz, cut):
    grid = _grid(xyz, 0.09)
    of_point, whole = find_pieces(xyz, grid, *_EVERYWHERE)
    whole = join_pieces([whole])

    parts, rows = [], []
    for corner in np.ndindex(*np.ceil(1 / cut * np.ones(3)).astype(int)):
        low = -0.3 + cut * np.array(corner)
        inside = ((xyz >= low) & (xyz < low + cut)).all(1)
        parts.append(find_pieces(xyz[inside], grid, low, low + cut))
        rows.append(np.flatnonzero(inside))
    joined = join_pieces([part for _, part in parts])

    assert sum(map(len, rows)) == len(xyz)
    for name in ("size", "marked", "low", "high"):
        assert np.array_equal(getattr(joined, name), getattr(whole, name)), name
    for (piece, _), row, of in zip(parts, rows, joined.of, strict=True):
        assert np.array_equal(of[piece], whole.of[0][of_point[row]])


def test_a_grid_that_would_be_too_fine_is_made_coarser():
    xyz = np.array([[-9_999, 0, 0], [9_999, 0, 0], [9_999, 1e-4, 0]], np.float32)
    grid = _grid(xyz, 1e-5)

    assert grid.size_m == pytest.approx(0.019, rel=0.01)
    assert find_pieces(xyz, grid, *_EVERYWHERE)[0].tolist() == [0, 1, 1]


def test_nothing_has_no_pieces():
    grid = _grid(np.ones((1, 3), np.float32), 0.1)
    piece, found = find_pieces(np.zeros((0, 3), np.float32), grid, *_EVERYWHERE)

    assert len(piece) == len(found.size) == len(join_pieces([found]).size) == 0
