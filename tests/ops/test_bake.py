from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tile_scene import ORIGIN, blob, box, mesh_of, sampled, sheet, tint

from heritage.model.arrays import Mesh, PointCloud
from heritage.model.colour import LINEAR, to_linear, to_srgb
from heritage.ops.tiles.bake import bake, filled, places, rasterise
from heritage.ops.tiles.charts import charts, side_of
from heritage.ops.tiles.cloud_colours import CloudColours
from heritage.ops.tiles.colours import colours_of
from heritage.ops.tiles.surface_colours import SurfaceColours
from heritage.ops.tiles.unwrap import Unwrapped, unwrap


def looked_up(
    flat: Unwrapped, texture: np.ndarray, count: int, spread: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Places on the surface, and the texture's colour there (bilinear, as a graphics card reads it).

    They lie evenly in their triangles; with a ``spread`` below one they crowd towards borders and corners."""
    rng = np.random.default_rng(5)
    triangle = rng.integers(0, len(flat.mesh.triangles), count)
    weights = rng.dirichlet([spread] * 3, count)
    xyz = np.einsum(
        "nk,nkd->nd", weights, flat.mesh.vertices[flat.mesh.triangles[triangle]].astype(np.float64)
    )
    x, y = (np.einsum("nk,nkd->nd", weights, flat.pixels[triangle]) - 0.5).T
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    fx, fy = (x - left)[:, None], (y - top)[:, None]
    t = texture.astype(np.float64)
    rgb = (
        t[top, left] * (1 - fx) * (1 - fy)
        + t[top, left + 1] * fx * (1 - fy)
        + t[top + 1, left] * (1 - fx) * fy
        + t[top + 1, left + 1] * fx * fy
    )
    return xyz, rgb


def test_the_texture_shows_the_clouds_colours_everywhere_even_at_chart_borders() -> None:
    mesh = blob(4)
    cloud = sampled(mesh, 60_000)
    flat = unwrap(mesh, 0.03, side_px=1024)
    colours = colours_of([mesh], cloud)
    assert isinstance(colours, CloudColours)
    xyz, rgb = looked_up(flat, bake(flat, colours), 20_000)
    away = np.abs(rgb - tint(xyz))
    assert away.mean() < 1.5
    assert away.max() < 16  # no texel of another chart, nor an empty one, shines through anywhere


def halved(texture: np.ndarray) -> np.ndarray:
    """The next mip level, as a graphics card makes it."""
    rows, columns = texture.shape[0] // 2, texture.shape[1] // 2
    return texture[: 2 * rows, : 2 * columns].reshape(rows, 2, columns, 2, 3).mean((1, 3))


@pytest.mark.parametrize("solid", [box((2.0, 1.0, 1.0)), blob(3)], ids=["box", "blob"])
def test_no_chart_shines_through_another_in_the_first_two_mip_levels(solid: Mesh) -> None:
    flat = unwrap(solid, 0.03, side_px=1024)
    _, chart = charts(solid)
    loud = np.random.default_rng(7).integers(0, 256, (flat.charts, 3)).astype(np.uint8)
    owner = rasterise(flat.pixels, flat.width_px, flat.height_px)
    painted = owner >= 0
    level = np.zeros((*owner.shape, 3), np.uint8)
    level[painted] = loud[chart[owner[painted]]]
    filled(level, painted, flat.rectangles)

    triangle = np.random.default_rng(5).integers(
        0, len(flat.mesh.triangles), 20_000
    )  # as `looked_up` draws them
    for shrunk in (1, 2, 4):
        scaled = replace(flat, pixels=flat.pixels / shrunk)
        _, rgb = looked_up(scaled, level, 20_000, spread=0.25)  # mostly near borders
        assert np.abs(rgb - loud[chart[triangle]]).max() < 1e-6
        level = halved(level)


def test_a_thin_wall_keeps_its_two_faces() -> None:
    # 20 mm thick, points 30 mm apart: the nearest point is as often behind the wall as on it.
    wall = box((2.0, 0.02, 1.0))
    cloud = sampled(wall, 4500)
    assert cloud.normal is not None
    red, blue = np.array([200, 40, 40], np.uint8), np.array([30, 60, 200], np.uint8)
    cloud = cloud.with_(rgb=np.where(cloud.normal[:, 1:2] > 0.5, red, blue))
    flat = unwrap(wall, 0.01)
    colours = colours_of([wall], cloud)
    assert colours is not None
    xyz, rgb = looked_up(flat, bake(flat, colours), 5000)
    inner = (np.abs(xyz[:, 0]) < 0.97) & (np.abs(xyz[:, 2]) < 0.47)  # the narrow sides may be either
    front, back = inner & (xyz[:, 1] > 0.0099), inner & (xyz[:, 1] < -0.0099)
    assert front.sum() > 500 < back.sum()
    assert np.abs(rgb[front] - red).max() < 1
    assert np.abs(rgb[back] - blue).max() < 1
    # And so do coarse textures, for which points are averaged first.
    coarse = colours.averaged(0.08)
    side = np.float32([[0, 1, 0]])
    assert np.array_equal(to_srgb(coarse.at(np.float32([[0, 0.01, 0]]), side_of(side)))[0], red)
    assert np.array_equal(to_srgb(coarse.at(np.float32([[0, -0.01, 0]]), side_of(-side)))[0], blue)


def test_colours_are_averaged_as_light() -> None:
    n = 40
    flat = sheet(n)
    checker = np.indices((n + 1, n + 1)).sum(0).ravel() % 2 * 255
    cloud = PointCloud(ORIGIN, flat.vertices, np.repeat(checker[:, None], 3, 1).astype(np.uint8))
    colours = colours_of([flat], cloud)
    assert colours is not None
    seen = to_srgb(colours.averaged(1.0).at(np.float32([[1, 1, 0]]), side_of(np.float32([[0, 0, 1]]))))
    assert abs(int(seen[0, 0]) - 188) <= 3  # half the light; the mean of the bytes would be 128


def test_places_nobody_saw_take_the_nearest_colour() -> None:
    floor = sheet(20)
    up = np.tile(np.float32([0, 0, 1]), (len(floor.vertices), 1))
    grey = np.full((len(floor.vertices), 3), 90, np.uint8)
    colours = colours_of([floor], PointCloud(ORIGIN, floor.vertices, grey, up))
    assert colours is not None
    below = colours.at(np.float32([[1, 1, -3], [50, 0, 0]]), side_of(np.float32([[0, 0, -1], [1, 0, 0]])))
    assert (to_srgb(below) == 90).all()


def test_the_source_of_colours_is_chosen_in_order() -> None:
    plain = sheet(2)
    tinted = plain.with_(rgb=tint(plain.vertices))
    cloud = PointCloud(ORIGIN, plain.vertices)
    assert colours_of([plain], cloud) is None
    assert isinstance(colours_of([tinted], cloud), SurfaceColours)
    assert isinstance(colours_of([tinted], cloud.with_(rgb=tint(plain.vertices))), CloudColours)


def textured_quad() -> tuple[Mesh, np.ndarray]:
    rng = np.random.default_rng(0)
    texture = rng.integers(0, 256, (8, 16, 3)).astype(np.uint8)
    quad = sheet(1)
    return quad.with_(uv=np.float32([[0, 1], [1, 1], [0, 0], [1, 0]]), texture=texture), texture


def test_a_texture_is_read_at_its_texels() -> None:
    quad, texture = textured_quad()
    colours = colours_of([quad], None)
    assert colours is not None
    assert np.isclose(colours.texel_m, np.sqrt(4 / 128))
    row, column = np.indices((8, 16)).reshape(2, -1)
    xyz = np.stack([(column + 0.5) / 8, 2 - (row + 0.5) / 4, np.zeros(128)], axis=1).astype(np.float32)
    seen = colours.at(xyz, side_of(np.tile(np.float32([0, 0, 1]), (128, 1))))
    assert np.array_equal(to_srgb(seen), texture[row, column])


def test_a_coarser_texture_has_the_same_light() -> None:
    quad, texture = textured_quad()
    coarse = SurfaceColours([quad]).averaged(8 * np.sqrt(4 / 128))
    middle = coarse.at(np.float32([[0.5, 1, 0], [1.5, 1, 0]]), side_of(np.float32([[0, 0, 1]] * 2)))
    truth = [to_linear(texture[:, :8]).mean((0, 1)), to_linear(texture[:, 8:]).mean((0, 1))]
    assert np.abs(middle - truth).max() < 0.005


def test_faces_at_the_same_place_show_their_own_side() -> None:
    front = sheet(1).with_(rgb=np.full((4, 3), 250, np.uint8))
    back = front.with_(triangles=front.triangles[:, ::-1], rgb=np.full((4, 3), 10, np.uint8))
    colours = SurfaceColours([front, back])
    at = np.float32([[1, 1, 0]])
    assert (to_srgb(colours.at(at, side_of(np.float32([[0, 0, 1]])))) == 250).all()
    assert (to_srgb(colours.at(at, side_of(np.float32([[0, 0, -1]])))) == 10).all()


def test_vertex_colours_reach_the_texture() -> None:
    mesh = blob(5)
    tinted = mesh.with_(rgb=tint(mesh.vertices))
    flat = unwrap(mesh, 0.03, side_px=1024)
    xyz, rgb = looked_up(flat, bake(flat, SurfaceColours([tinted])), 5000)
    assert np.abs(rgb - tint(xyz)).mean() < 1.5


def test_every_pixel_belongs_to_the_triangle_that_covers_it() -> None:
    rng = np.random.default_rng(3)
    corners = rng.uniform(2, 30, (1, 3, 2))
    owner = rasterise(corners, 32, 32)
    y, x = np.indices((32, 32))
    centre = np.stack([x, y], axis=2) + 0.5
    a, b, c = corners[0]
    solved = np.linalg.solve(
        np.array([[*a, 1], [*b, 1], [*c, 1]]).T, np.dstack([centre, np.ones((32, 32))])[..., None]
    )[..., 0]
    inside = (solved >= 0).all(2)
    assert (owner[inside] == 0).all()
    # Around it, exactly the pixels within one pixel, at the nearest place of the border.
    dense = np.concatenate(
        [p + np.linspace(0, 1, 2000)[:, None] * (q - p) for p, q in ((a, b), (b, c), (c, a))]
    )
    apart = np.sqrt(((centre[~inside][:, None] - dense) ** 2).sum(2))
    away = apart.min(1)
    clear = np.abs(away - 1) > 0.01
    assert np.array_equal((owner[~inside] == 0)[clear], (away <= 1)[clear])
    # Heights that rise with the picture's columns tell where each pixel looks.
    shown = np.full((32, 32, 3), np.nan, np.float32)
    shown[owner == 0] = places(owner, corners, np.dstack([corners, corners[..., :1]]).astype(np.float32))
    assert np.allclose(shown[inside][:, :2], centre[inside], atol=1e-4)
    assert np.array_equal(shown[..., 0], shown[..., 2], equal_nan=True)
    border = (owner == 0) & ~inside
    nearest = dense[apart.argmin(1)][(owner[~inside] == 0)]
    assert np.abs(shown[border][:, :2] - nearest).max() < 0.02


def test_empty_texels_continue_their_neighbours() -> None:
    triangle = mesh_of([[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 1, 2]], rgb=np.full((3, 3), 77, np.uint8))
    flat = unwrap(triangle, 0.05)
    assert (bake(flat, SurfaceColours([triangle])) == 77).all()


@given(st.integers(0, 255))
def test_srgb_bytes_survive(value: int) -> None:
    assert to_srgb(to_linear(np.array([value], np.uint8)))[0] == value


def test_linear_light_of_known_bytes() -> None:
    assert np.allclose(LINEAR[[0, 10, 128, 255]], [0, 0.0030353, 0.2158605, 1], atol=1e-6)
