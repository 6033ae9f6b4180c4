"""A view of a piece of surface: filled by it, and from where nothing stands before it."""

from __future__ import annotations

import numpy as np
import pytest

from heritage.model.arrays import F64
from heritage.ops.viewing.choose import view_of_surface
from heritage.ops.viewing.scenery import Scenery


def _quads(*corners: list[tuple[float, float, float]]) -> Scenery:
    vertices = np.array([corner for quad in corners for corner in quad], np.float64)
    first = np.arange(0, 4 * len(corners), 4)[:, None]
    triangles = np.vstack([first + np.array(three) for three in ([0, 1, 2], [0, 2, 3])])
    return Scenery([(vertices, triangles.astype(np.int64))])


WALL = [(-5.0, 0.0, 0.0), (5.0, 0.0, 0.0), (5.0, 0.0, 6.0), (-5.0, 0.0, 6.0)]  # faces -y
SCREEN = [(-1.5, -1.5, 0.0), (1.5, -1.5, 0.0), (1.5, -1.5, 6.0), (-1.5, -1.5, 6.0)]  # before its middle
LOW, HIGH = np.array([-0.5, 0.0, 2.0]), np.array([0.5, 0.0, 3.0])


def _places() -> F64:
    x, z = np.meshgrid(np.linspace(-0.5, 0.5, 5), np.linspace(2, 3, 5))
    return np.column_stack([x.ravel(), 0 * x.ravel(), z.ravel()])


@pytest.mark.parametrize("screened", [False, True])
def test_most_of_the_piece_is_seen_and_it_fills_the_picture(screened: bool) -> None:
    scenery = _quads(WALL, SCREEN) if screened else _quads(WALL)

    view = view_of_surface(scenery, _places(), np.array([0.0, -1.0, 0.0]), LOW, HIGH, 0.0)

    assert view is not None
    eye = np.array(view.eye_m)
    ways = _places() - eye
    length = np.linalg.norm(ways, axis=1)
    reached, _ = scenery.hits(np.broadcast_to(eye, ways.shape), ways / length[:, None])
    assert (reached > length - 0.1).mean() >= 0.9
    assert eye[1] < 0
    if not screened:  # nearly straight on, a little from the side
        assert np.degrees(np.arccos(-(eye - view.target_m)[1] / np.linalg.norm(eye - view.target_m))) < 35
    assert view.fit_m is not None
    low, high = np.array(view.fit_m)
    assert (low <= LOW).all()
    assert (high >= HIGH).all()
    wide = np.degrees(2 * np.arctan(0.5 / length.mean()))
    assert 0.2 * view.fov_deg < wide < view.fov_deg


def test_what_faces_all_ways_is_seen_too() -> None:
    assert view_of_surface(_quads(WALL), _places(), np.zeros(3), LOW, HIGH, 0.0) is not None
