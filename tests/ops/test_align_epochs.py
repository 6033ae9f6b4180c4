"""Aligning epochs: the transform against the true one, and its error against the error it claims."""

from __future__ import annotations

import numpy as np
import pytest
from captured_scene import COLUMN, ROOF, capture
from scipy.spatial.transform import Rotation

from heritage.model.arrays import Mesh, PointCloud, Similarity
from heritage.model.errors import MethodError
from heritage.ops.placement.align import AlignOptions, align
from heritage.ops.placement.align_scaled import align_scaled
from heritage.ops.placement.move import move_mesh


@pytest.fixture(scope="module")
def reference():
    return capture(25_000, seed=1)


def _later(seed: int, turn_deg: float, shift: tuple[float, float, float]):
    """A second survey in its own frame: a roof side sank by 50 mm and a column is gone."""
    scene = capture(25_000, seed=seed)
    xyz = scene.cloud.xyz.astype(float)
    sunk = (scene.part == ROOF) & (xyz[:, 0] > 2) & (xyz[:, 2] > 4.5)
    xyz[sunk] -= 0.05 * scene.normal[sunk]
    kept = ~((scene.part == COLUMN) & (xyz[:, 0] > 3))
    turn = Rotation.from_euler("zyx", [turn_deg, turn_deg / 3, -turn_deg / 4], degrees=True).as_matrix()
    reference_from_later = Similarity(turn, np.array(shift))
    origin = np.array([2.0, 1.0, 0.0])
    local = reference_from_later.inverse().apply(xyz[kept]) - origin
    return PointCloud(origin, local.astype(np.float32)), reference_from_later, scene.normal[kept]


@pytest.mark.parametrize(
    ("seed", "turn_deg", "shift"),
    [(2, 0.2, (0.03, -0.02, 0.01)), (3, 2.0, (0.8, -0.5, 0.3)), (4, 4.0, (1.0, 1.0, -0.6))],
)
def test_epochs_that_changed_come_back_onto_each_other(reference, seed, turn_deg, shift):
    later, truth, normal = _later(seed, turn_deg, shift)

    found = align(reference.cloud, later)

    error = found.reference_from_moving.apply(later.world()) - truth.apply(later.world())
    across = float(np.sqrt(((error * normal).sum(1) ** 2).mean()))
    assert np.linalg.norm(error, axis=1).max() < 0.003
    assert across < 3 * found.sigma_m
    assert 0.00002 < found.sigma_m < 0.001
    assert found.reference_from_moving.scale == 1.0
    assert 0.7 < found.overlap <= 1


def test_the_claimed_error_is_the_true_one_on_average(reference):
    ratios = []
    for seed in range(10, 15):
        later, truth, normal = _later(seed, 0.3, (0.02, 0.01, -0.02))
        found = align(reference.cloud, later)
        error = found.reference_from_moving.apply(later.world()) - truth.apply(later.world())
        ratios.append(np.sqrt(((error * normal).sum(1) ** 2).mean()) / found.sigma_m)

    assert 0.5 < np.sqrt(np.mean(np.square(ratios))) < 1.4


def test_map_coordinates_lose_nothing(reference):
    later, _, _ = _later(2, 0.2, (0.03, -0.02, 0.01))
    far = np.array([775_000.0, 1_822_000.0, 10.0])
    near = align(reference.cloud, later)

    found = align(
        reference.cloud.with_(origin=reference.cloud.origin + far), later.with_(origin=later.origin + far)
    )

    moved = found.reference_from_moving.apply(later.world() + far) - far
    assert np.abs(moved - near.reference_from_moving.apply(later.world())).max() < 1e-4


def test_what_cannot_be_aligned_is_an_error(reference):
    rng = np.random.default_rng(0)
    plane = PointCloud(
        np.zeros(3),
        np.column_stack([rng.random((8_000, 2)) * 5, rng.normal(0, 0.002, 8_000)]).astype(np.float32),
    )
    with pytest.raises(MethodError, match="slide"):
        align(plane, plane)
    ball = rng.normal(size=(8_000, 3))
    ball = 0.5 * ball / np.linalg.norm(ball, axis=1, keepdims=True) + [300, 0, 0]
    with pytest.raises(MethodError, match="lies on the reference"):
        align(reference.cloud, PointCloud(np.zeros(3), ball.astype(np.float32)))
    with pytest.raises(MethodError, match="distinct points"):
        align(reference.cloud, PointCloud(np.zeros(3), np.zeros((5_000, 3), np.float32)))
    with pytest.raises(MethodError, match="no rest"):
        align(reference.cloud, _later(3, 2.0, (0.8, -0.5, 0.3))[0], AlignOptions(iterations=1))


@pytest.mark.parametrize(
    ("factor", "what"), [(0.5, "is too|lie .* apart"), (1.01, "the moving epoch is too large")]
)
def test_epochs_in_different_scales_are_an_error_and_not_a_large_doubt(reference, factor, what):
    later = capture(12_000, seed=2, sigma=0.002).cloud

    with pytest.raises(MethodError, match=what):
        align(
            reference.cloud,
            later.with_(xyz=(later.xyz * factor).astype(np.float32), origin=later.origin * factor),
        )


def test_moving_turns_normals_and_keeps_places():
    turn = Similarity(Rotation.from_euler("z", 90, degrees=True).as_matrix(), np.array([1.0, 0, 0]))
    mesh = Mesh(
        np.array([10.0, 0, 0]),
        np.array([[1, 0, 0], [0, 0, 0], [0, 1, 0]], np.float32),
        np.array([[0, 1, 2]], np.int32),
        normals=np.array([[1, 0, 0]] * 3, np.float32),
    )
    origin = np.array([0.0, 10, 0])

    turned = move_mesh(mesh, turn, origin)

    assert turned.vertices[0] + turned.origin == pytest.approx([1, 11, 0])
    assert turned.normals[0] == pytest.approx([0, 1, 0], abs=1e-6)


@pytest.mark.parametrize("factor", [0.97, 1.03])
def test_a_free_scale_is_found_though_the_monument_changed(reference, factor):
    later, truth, normal = _later(2, 0.4, (0.05, -0.03, 0.02))
    other = later.with_(xyz=(later.xyz * factor).astype(np.float32), origin=later.origin * factor)

    found = align_scaled(reference.cloud, other, AlignOptions(scale="free"))

    assert found.reference_from_moving.scale == pytest.approx(1 / factor, abs=2e-4)
    error = found.reference_from_moving.apply(other.world()) - truth.apply(later.world())
    assert float(np.sqrt(((error * normal).sum(1) ** 2).mean())) < 3 * found.sigma_m
    assert next(f.value for f in found.figures if f.name == "scale") == pytest.approx(factor, abs=2e-4)


def test_a_scale_that_is_no_drift_is_refused_even_when_free(reference):
    later, _, _ = _later(2, 0.0, (0.0, 0.0, 0.0))
    with pytest.raises(MethodError):
        align_scaled(
            reference.cloud,
            later.with_(xyz=(later.xyz * 0.5).astype(np.float32), origin=later.origin * 0.5),
            AlignOptions(scale="free"),
        )
