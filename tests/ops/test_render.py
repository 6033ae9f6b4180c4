"""Small pictures show what stands where."""

from __future__ import annotations

import numpy as np

from heritage.model.arrays import Mesh, PointCloud
from heritage.model.documents import View
from heritage.ops.meshes.join import join
from heritage.ops.meshes.sample_surface import sample_surface
from heritage.ops.render import SKY, render_points, render_surface, view_of

_SQUARE = np.array([[-1, 0, -1], [1, 0, -1], [1, 0, 1], [-1, 0, 1]], np.float32)
_TWO = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
_SOUTH = View(eye_m=(0, -10, 0), target_m=(0, 0, 0), fov_deg=20)


def _square(colour: tuple[int, int, int], shift: tuple[float, float, float] = (0, 0, 0)) -> Mesh:
    return Mesh(np.array(shift, float), _SQUARE, _TWO, rgb=np.full((4, 3), colour, np.uint8))


def test_surface_covers_the_pixels_it_should() -> None:
    picture = render_surface([_square((200, 0, 0))], _SOUTH, 101, 101, light=0)
    red = (picture == (200, 0, 0)).all(axis=2)
    # 2 m seen from 10 m with 20 degrees over 101 pixels.
    expected = 2 / (2 * 10 * np.tan(np.radians(10))) * 101
    assert abs(red[50].sum() - expected) <= 2
    assert tuple(picture[0, 0]) == SKY


def test_the_nearer_surface_hides_the_farther_one_whatever_the_origins() -> None:
    near, far = _square((0, 0, 200), (0, -2, 0)), _square((0, 200, 0), (0, 3, 0))
    picture = render_surface([far, near], _SOUTH, 51, 51, light=0)
    assert tuple(picture[25, 25]) == (0, 0, 200)


def test_the_nearest_point_is_drawn_last() -> None:
    cloud = PointCloud(
        np.array([5e5, 1e6, 0]),
        np.array([[0, -1, 0], [0, 4, 0]], np.float32),
        np.array([[9, 9, 9], [250, 0, 0]], np.uint8),
    )
    view = View(eye_m=(5e5, 1e6 - 10, 0), target_m=(5e5, 1e6, 0), fov_deg=20)
    assert tuple(render_points(cloud, view, 51, 51)[25, 25]) == (9, 9, 9)


def test_view_holds_the_whole_box() -> None:
    low, high = np.array([-20, -3, 0]), np.array([20, 3, 9])
    for azimuth in range(0, 360, 30):
        corners = [[x, y, z] for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])]
        cloud = PointCloud(np.zeros(3), np.array(corners, np.float32), np.zeros((8, 3), np.uint8))
        for corner in range(8):
            view = view_of(low, high, azimuth_deg=azimuth)
            picture = render_points(cloud.select(np.array([corner])), view, 300, 200, radius_px=0)
            assert (picture != SKY).any(), (azimuth, corner)


def test_join_keeps_places_and_order() -> None:
    joined = join([_square((1, 1, 1), (10, 0, 0)), _square((2, 2, 2), (30, 0, 0))])
    places = joined.vertices + joined.origin
    np.testing.assert_allclose(np.add(places[:4], [20, 0, 0]), places[4:])
    assert joined.triangles.tolist() == [[0, 1, 2], [0, 2, 3], [4, 5, 6], [4, 6, 7]]
    assert joined.rgb is not None
    assert joined.rgb[:, 0].tolist() == [1] * 4 + [2] * 4


def test_sampled_points_lie_on_the_surface_by_area_with_its_colours() -> None:
    small, large = _square((10, 0, 0)), _square((20, 0, 0), (0, 5, 0))
    large = large.with_(vertices=large.vertices * np.float32(3))
    cloud = sample_surface([small, large], 10_000, seed=1)
    assert len(cloud) == 10_000
    y = cloud.world()[:, 1]
    assert set(np.unique(np.round(y, 5))) == {0.0, 5.0}
    assert abs(float(np.mean(y == 0)) - 0.1) < 0.01
    assert cloud.rgb is not None
    assert set(np.unique(cloud.rgb[y == 0, 0])) == {10}
    assert cloud.normal is not None
    np.testing.assert_allclose(np.abs(cloud.normal[:, 1]), 1, atol=1e-6)
