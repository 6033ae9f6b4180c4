"""Normals: direction and side against the truth of a made building and of real captures that ship them."""

from __future__ import annotations

import numpy as np
import open3d as o3d
import pytest
from captured_scene import ROOF, capture

from heritage.model.arrays import REASONS, PointCloud
from heritage.model.errors import MethodError
from heritage.ops.cleaning.clean import clean
from heritage.ops.normals.normals import NormalsOptions, estimate_normals, surface_points
from heritage.ops.normals.sides import carry_sides
from heritage.ops.normals.sight import SKY, look_around
from heritage.ops.points.grid import thin


@pytest.fixture(scope="module")
def scene():
    return capture(30_000, seed=1)


@pytest.fixture(scope="module")
def oriented(scene):
    return estimate_normals(scene.cloud)


def _figure(oriented, name):
    return next(figure.value for figure in oriented.figures if figure.name == name)


def test_sides_of_a_building_come_out_right_without_cameras(scene, oriented):
    cosine = (oriented.normal * scene.normal).sum(1)

    assert np.mean(cosine < 0) < 0.012
    assert np.mean(cosine[scene.part != ROOF] < 0) < 0.003
    assert np.degrees(np.arccos(np.clip(np.median(np.abs(cosine)), 0, 1))) < 3
    assert np.allclose(np.linalg.norm(oriented.normal, axis=1), 1, atol=1e-4)
    wrong = cosine < 0
    assert oriented.confidence[wrong].mean() < oriented.confidence[~wrong].mean() - 0.2
    assert _figure(oriented, "doubtful_sides") < 0.03


def test_the_sky_alone_would_not_have_done(scene):
    """The battery must fail for the naive ways, or it tests nothing."""
    up = np.where(scene.normal[:, 2:] < 0, -1, 1)
    assert np.mean(up < 0) > 0.05
    few = thin(scene.cloud.xyz, 0.25)
    true = scene.normal[few].astype(np.float32)
    sight = look_around(scene.cloud.xyz[few], true, 0.25, 64)
    votes = np.where(sight.seen == SKY, sight.weight, 0).sum(1)
    assert 0.02 < np.mean(votes < 0) < 0.2
    # Most lines of sight between points are true, and not all.
    seen = sight.seen >= 0
    assert 0.7 < np.mean(sight.weight[seen] > 0) < 0.99


def test_cameras_are_used_where_they_are_known(scene):
    origin = np.array([100.0, 200.0, 5.0])

    result = estimate_normals(scene.cloud.with_(origin=origin), None, scene.cameras + origin)

    assert np.mean((result.normal * scene.normal).sum(1) < 0) < 0.015
    assert any("42 cameras" in figure.method for figure in result.figures)


def test_sound_shipped_normals_are_kept_and_unsound_ones_are_not():
    scene = capture(12_000, seed=1)
    oriented = estimate_normals(scene.cloud)
    shipped = scene.normal.astype(np.float32)
    some = shipped.copy()
    some[::50] = 0  # unknown
    kept = estimate_normals(scene.cloud.with_(normal=some))
    known = np.abs(some).sum(1) > 0
    assert np.allclose(kept.normal[known], some[known], atol=1e-6)
    assert np.mean((kept.normal[~known] * shipped[~known]).sum(1) < 0) < 0.05

    rng = np.random.default_rng(0)
    for bad in (
        shipped * rng.choice([-1, 1], (len(shipped), 1)),  # sides at random
        -shipped,  # inside out
        shipped * 0.5,  # no unit vectors
        np.tile([0.0, 0.0, 1.0], (len(shipped), 1)),  # a constant
    ):
        assert np.array_equal(
            estimate_normals(scene.cloud.with_(normal=bad.astype(np.float32))).normal, oriented.normal
        )


def test_the_same_input_in_any_order_gives_the_same_bits(scene, oriented):
    shuffled = np.random.default_rng(0).permutation(len(scene.cloud))
    again = estimate_normals(scene.cloud.select(shuffled))
    assert np.array_equal(again.normal, oriented.normal[shuffled])
    assert np.array_equal(again.confidence, oriented.confidence[shuffled])


def test_twins_get_one_normal_and_lines_none():
    rng = np.random.default_rng(0)
    plane = np.column_stack([rng.random((2_000, 2)), np.zeros(2_000)])
    line = np.column_stack([np.linspace(3, 4, 200), np.zeros(200), np.zeros(200)])
    xyz = np.vstack([plane, plane[:300], line]).astype(np.float32)

    result = estimate_normals(PointCloud(np.zeros(3), xyz))

    assert np.array_equal(result.normal[2_000:2_300], result.normal[:300])
    assert result.normal[:2_000, 2] == pytest.approx(1.0)
    assert not result.normal[2_320:].any()


def test_which_reasons_are_surface_is_the_options_choice():
    reasons = np.array([REASONS[name] for name in ("kept", "ground", "vegetation", "halo")], np.uint8)

    assert surface_points(reasons, NormalsOptions()).tolist() == [True, True, False, False]
    assert surface_points(reasons, NormalsOptions(surface=("kept",))).tolist() == [True, False, False, False]


@pytest.mark.parametrize(
    "xyz",
    [np.zeros((0, 3)), np.zeros((1, 3)), np.ones((1_000, 3)), np.linspace(0, 1, 500)[:, None] * [1.0, 2, 3]],
    ids=["none", "one", "equal", "line"],
)
def test_what_is_no_surface_is_an_error(xyz):
    with pytest.raises(MethodError):
        estimate_normals(PointCloud(np.zeros(3), xyz.astype(np.float32)))


@pytest.mark.real
@pytest.mark.slow
def test_a_real_statue_without_its_normals_agrees_with_them(real_data):
    file = o3d.t.io.read_point_cloud(str(real_data / "lion_takanawa" / "lion_takanawa_normals.ply"))
    cloud = PointCloud(
        np.zeros(3),
        file.point.positions.numpy().astype(np.float32),
        rgb=file.point.colors.numpy(),
        normal=file.point.normals.numpy().astype(np.float32),
    )
    cloud = cloud.select(clean(cloud).where("kept", "ground"))

    found = estimate_normals(cloud, NormalsOptions(shipped=False))

    assert np.mean((found.normal * cloud.normal).sum(1) < 0) < 0.01


def _sheets(spacing: float, thickness: float, rng: np.random.Generator):
    """A thin roof: places (n, 3) of its two faces, and their outward normals."""
    n = int((4 / spacing) ** 2)
    flat = rng.random((2 * n, 3)) * [4, 4, 0]
    up = np.arange(2 * n) % 2 == 0
    flat[:, 2] = np.where(up, 5 + thickness, 5.0)
    return flat.astype(np.float32), np.outer(np.where(up, 1, -1), [0, 0, 1]).astype(np.float32)


def test_points_of_a_thin_roof_take_the_side_of_their_own_face():
    rng = np.random.default_rng(3)
    dense, outward = _sheets(0.05, 0.15, rng)
    few, settled = _sheets(0.15, 0.15, rng)
    direction = outward * rng.choice([-1, 1], (len(outward), 1)).astype(np.float32)

    turned, agreement = carry_sides(dense, direction, few, settled, 0.15)

    assert np.mean((turned * outward).sum(1) > 0) > 0.999
    assert np.median(agreement) > 0.9


def test_a_ray_through_open_air_says_so_though_it_ends_at_the_ground():
    """A wall under eaves sees no sky, but the yard before it; the hollow behind it is open nowhere."""
    ground = np.stack(np.meshgrid(np.arange(0, 12, 0.1), np.arange(0, 6, 0.1), [0.0]), -1).reshape(-1, 3)
    roof = np.stack(np.meshgrid(np.arange(0, 4, 0.1), np.arange(0, 6, 0.1), [4.0]), -1).reshape(-1, 3)
    wall = np.stack(np.meshgrid([3.0], np.arange(0, 6, 0.1), np.arange(0.1, 4, 0.1)), -1).reshape(-1, 3)
    back = wall * [0, 1, 1]
    xyz = (np.concatenate([ground, roof, wall, back]) + 0.01).astype(np.float32)
    parts = np.repeat(np.arange(4), [len(ground), len(roof), len(wall), len(back)])
    direction = np.array([[0, 0, 1], [0, 0, 1], [1, 0, 0], [1, 0, 0]], np.float32)[parts]

    sight = look_around(xyz, direction, 0.1, 64)

    middle = (parts == 2) & (np.abs(xyz[:, 1] - 3) < 1) & (xyz[:, 2] > 1.5) & (xyz[:, 2] < 2.5)
    opened = sight.opened & (sight.seen >= 0)
    assert (sight.cosine[middle][opened[middle]] > 0).mean() > 0.99
    assert opened[middle].sum() > 2 * middle.sum()
