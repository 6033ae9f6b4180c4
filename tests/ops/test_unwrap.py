from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage
from tile_scene import blob, box, mesh_of, sheet

from heritage.model.arrays import Mesh
from heritage.model.errors import InputError
from heritage.ops.tiles.bake import places, rasterise
from heritage.ops.tiles.charts import charts
from heritage.ops.tiles.pack import pack
from heritage.ops.tiles.tile import dress
from heritage.ops.tiles.unwrap import BLOCK, Unwrapped, unwrap


def signed_areas(flat: Unwrapped) -> np.ndarray:
    """Pixels; negative where the image shows the triangle from its front, as rows run down."""
    a, b = flat.pixels[:, 1] - flat.pixels[:, 0], flat.pixels[:, 2] - flat.pixels[:, 0]
    return (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]) / 2


def covered(flat: Unwrapped, which: np.ndarray) -> np.ndarray:
    """(h, w) pixels whose centre lies strictly inside one of the triangles ``which``."""
    pixels = flat.pixels[which]
    owner = rasterise(pixels, flat.width_px, flat.height_px)
    y, x = np.nonzero(owner >= 0)
    at = places(owner, pixels, np.pad(pixels, ((0, 0), (0, 0), (0, 1))).astype(np.float32))[:, :2]
    mask = np.zeros(owner.shape, bool)
    mask[y, x] = np.abs(at - np.stack([x, y], 1) - 0.5).max(1) < 1e-3
    return mask


def check_charts_apart(mesh: Mesh, flat: Unwrapped, padding: int) -> None:
    _, chart = charts(mesh)
    taken = np.zeros((flat.height_px, flat.width_px), np.int32)
    for c in range(flat.charts):
        mask = covered(flat, chart == c)
        wide = ndimage.binary_dilation(mask, np.ones((3, 3)), iterations=padding)
        assert not (taken[wide] > 0).any(), (
            f"chart {c} comes nearer than {padding} pixels to chart {taken[wide].max() - 1}"
        )
        taken[mask] = c + 1
        # Nothing of a chart is cut off at the image's border.
        assert not mask[[0, -1]].any()
        assert not mask[:, [0, -1]].any()


def check_rectangles(mesh: Mesh, flat: Unwrapped) -> None:
    """Whole blocks, each of one chart, which stays half a block within."""
    _, chart = charts(mesh)
    taken = np.zeros((flat.height_px, flat.width_px), np.int32)
    for left, top, right, bottom in flat.rectangles:
        taken[top:bottom, left:right] += 1
    assert taken.max() == 1
    assert (flat.rectangles % BLOCK == 0).all()
    own = flat.rectangles[chart][:, None]
    half = BLOCK / 2 - 1e-6
    assert (flat.pixels >= own[..., :2] + half).all()
    assert (flat.pixels <= own[..., 2:] - half).all()


def test_charts_are_apart_upright_and_inside() -> None:
    mesh = blob(4)
    flat = unwrap(mesh, 0.05, side_px=512)
    check_charts_apart(mesh, flat, 2)
    areas = signed_areas(flat)
    assert (areas < 0).mean() > 0.999  # no chart is mirrored
    assert flat.mesh.uv is not None
    assert flat.mesh.uv.min() > 0
    assert flat.mesh.uv.max() < 1
    assert flat.fill > 0.4
    check_rectangles(mesh, flat)
    assert np.array_equal(flat.mesh.vertices, mesh.vertices[flat.source])
    assert np.array_equal(flat.source[flat.mesh.triangles], mesh.triangles)


def test_along_charts_grow_with_gltfs_coordinates_and_show_the_same() -> None:
    mesh = blob(4)
    upright, flat = unwrap(mesh, 0.05, side_px=512), unwrap(mesh, 0.05, side_px=512, gltf_axes=True)
    check_charts_apart(mesh, flat, 2)
    check_rectangles(mesh, flat)
    assert (flat.charts, flat.stretch) == (upright.charts, upright.stretch)
    axis, _ = charts(mesh)
    gltf = mesh.vertices[mesh.triangles].astype(np.float64)[..., [0, 2, 1]] * (1, 1, -1)
    seen_by = np.array([[2, 1], [2, 1], [0, 1], [0, 1], [0, 2], [0, 2]])[axis]  # columns and rows
    step = np.take_along_axis(gltf, seen_by[:, None, :], axis=2)
    assert np.allclose(flat.pixels - flat.pixels[:, :1], (step - step[:, :1]) / flat.texel_m, atol=1e-6)


def test_a_box_has_six_charts_at_exactly_the_wanted_density() -> None:
    flat = unwrap(box((4, 3, 2)), 0.02)
    assert flat.charts == 6
    assert flat.texel_m == 0.02
    corners = flat.mesh.vertices[flat.mesh.triangles]
    metres = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2)
    texels = np.linalg.norm(flat.pixels - np.roll(flat.pixels, 1, axis=1), axis=2)
    assert np.allclose(texels * 0.02, metres, rtol=1e-5)
    assert len(flat.mesh.vertices) == 24
    # 52 m2 at 2 cm are 130,000 texels: the texture is not much larger.
    assert flat.width_px * flat.height_px < 130_000 * 1.5
    assert flat.width_px % 4 == flat.height_px % 4 == 0


@given(side=st.integers(48, 300), texel=st.floats(1e-4, 1.0))
@settings(max_examples=25, deadline=None)
def test_too_fine_a_density_becomes_coarser_until_it_fits(side: int, texel: float) -> None:
    flat = unwrap(box(), texel, side_px=side)
    assert flat.width_px <= side
    assert flat.height_px <= side
    assert flat.texel_m >= texel
    check_charts_apart(box(), flat, 2)
    check_rectangles(box(), flat)


def test_more_charts_than_a_texture_has_room_for_take_a_larger_one() -> None:
    """Rather than becoming so coarse that each of them is one texel of some colour."""
    rng = np.random.default_rng(3)
    middle = rng.uniform(-20, 20, (1_500, 1, 3))
    corners = (middle + rng.normal(0, 0.05, (1_500, 3, 3))).astype(np.float32)
    crumbs = mesh_of(corners.reshape(-1, 3), np.arange(4_500).reshape(-1, 3))
    with pytest.raises(InputError, match="1500 charts for a texture of 208 pixels"):
        unwrap(crumbs, 0.02, side_px=208)  # without padding and pictures they would just fit

    class Grey:
        def at(self, xyz: np.ndarray, side: np.ndarray) -> np.ndarray:
            return np.full((len(xyz), 3), 120.0, np.float32)

        def averaged(self, size_m: float) -> Grey:
            return self

    dressed = dress(crumbs, Grey(), 0.02, 208, lit=False)
    assert dressed.mesh.texture is not None
    assert 208 < max(dressed.mesh.texture.shape[:2]) <= 416
    assert dressed.texel_m is not None
    assert dressed.texel_m < 8 * 0.02


def test_a_noisy_wall_is_one_chart() -> None:
    wall = sheet(60)
    rng = np.random.default_rng(1)
    rough = wall.vertices.copy()
    rough[:, 2] = rng.normal(0, 0.012, len(rough))  # a third of the spacing: slopes of 30 degrees and more
    _, chart = charts(wall.with_(vertices=rough))
    assert np.bincount(chart).max() > 0.995 * len(wall.triangles)


def test_normals_change_and_colours_go_with_their_vertices() -> None:
    mesh = blob(3)
    n = len(mesh.vertices)
    rgb = np.arange(3 * n, dtype=np.int64).reshape(-1, 3) % 256
    change = np.arange(2 * n, dtype=np.float32).reshape(n, 1, 2)
    flat = unwrap(mesh.with_(rgb=rgb, change=change), 0.05).mesh
    source = unwrap(mesh, 0.05).source
    assert np.array_equal(flat.rgb, rgb[source])
    assert np.array_equal(flat.change, change[source])


def test_a_single_flat_triangle_works() -> None:
    flat = unwrap(mesh_of([[0, 0, 0], [1, 0, 0], [0, 0, 1]], [[0, 1, 2]]), 0.1)
    assert flat.charts == 1
    assert np.isclose(np.abs(signed_areas(flat)).sum(), 50, rtol=1e-6)


def test_nonsense_is_refused() -> None:
    with pytest.raises(InputError, match="no triangles"):
        unwrap(mesh_of(np.zeros((0, 3)), np.zeros((0, 3))), 0.1)
    with pytest.raises(InputError, match="positive"):
        unwrap(box(), 0.0)
    with pytest.raises(InputError, match="padding"):
        unwrap(box(), 0.1, side_px=7)


@given(
    st.lists(st.tuples(st.integers(1, 40), st.integers(1, 40)), min_size=1, max_size=60), st.integers(40, 120)
)
@settings(max_examples=80, deadline=None)
def test_packed_rectangles_do_not_overlap(sizes: list[tuple[int, int]], width: int) -> None:
    array = np.array(sizes, np.int64)
    corners, height = pack(array, width)
    taken = np.zeros((height, width), np.int32)
    for (w, h), (x, y) in zip(sizes, corners, strict=True):
        assert x >= 0 <= y
        assert x + w <= width
        assert y + h <= height
        taken[y : y + h, x : x + w] += 1
    assert taken.max() == 1


def test_a_rectangle_wider_than_the_strip_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        pack(np.array([[9, 1]]), 8)
