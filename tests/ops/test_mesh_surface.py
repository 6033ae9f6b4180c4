"""Meshing: accuracy, orientation, trimming and counts against shapes whose truth is known."""

from __future__ import annotations

import numpy as np
import open3d as o3d
import pytest
from captured_scene import capture
from scipy.spatial import cKDTree

from heritage.model.arrays import Mesh, PointCloud
from heritage.model.errors import MethodError
from heritage.ops.meshes.deviation import deviation
from heritage.ops.meshes.weld import open_edges
from heritage.ops.surface.mesh import mesh_surface
from heritage.ops.surface.plan import MeshOptions


def _sphere(n=12_000, *, hole=False, colour=True):
    rng = np.random.default_rng(1)
    normal = rng.normal(size=(n, 3))
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    if hole:
        normal = normal[normal[:, 2] < 0.8]
    xyz = normal + rng.normal(0, 0.001, normal.shape)
    rgb = np.where(normal[:, 2:] > 0, [200, 30, 30], [30, 30, 200]).astype(np.uint8) if colour else None
    return PointCloud(
        np.array([10.0, 20, 30]), xyz.astype(np.float32), rgb=rgb, normal=normal.astype(np.float32)
    )


def _volume(mesh):
    a, b, c = (mesh.vertices[mesh.triangles[:, i]].astype(float) for i in range(3))
    return float((a * np.cross(b, c)).sum() / 6)


def test_a_sphere_comes_out_closed_round_and_outward():
    result = mesh_surface(_sphere())
    mesh = result.mesh

    radius = np.linalg.norm(mesh.vertices, axis=1)
    assert np.abs(radius - 1).mean() < 0.001
    assert np.abs(radius - 1).max() < 0.01
    assert len(open_edges(mesh.triangles)) == 0
    assert _volume(mesh) == pytest.approx(4 / 3 * np.pi, rel=0.003)
    assert np.mean((mesh.normals * mesh.vertices).sum(1) > 0.99) == 1.0
    assert mesh.origin.tolist() == [10, 20, 30]
    assert np.mean((mesh.rgb[:, 0] > 128) == (mesh.vertices[:, 2] > 0)) > 0.98
    assert result.counts.taken == result.counts.given + sum(result.counts.reasons.values())
    figures = {figure.name: figure.value for figure in result.figures}
    assert figures["open_edges"] == 0
    assert figures["area"] == pytest.approx(4 * np.pi, rel=0.005)
    assert figures["points_to_surface_mean"] == pytest.approx(0.0008, rel=0.3)


def test_what_was_not_seen_stays_open():
    result = mesh_surface(_sphere(hole=True, colour=False))

    assert result.mesh.vertices[:, 2].max() < 0.9
    assert result.mesh.rgb is None
    assert result.counts.reasons["no_data"] > 100
    length = next(figure.value for figure in result.figures if figure.name == "open_length")
    assert length == pytest.approx(2 * np.pi * 0.6, rel=0.4)


def test_sparse_points_bear_no_surface_far_from_them():
    cloud = _sphere(24_000)
    rng = np.random.default_rng(5)
    held = cloud.select((cloud.xyz[:, 0] < 0) | (rng.random(24_000) < 0.05))

    mesh = mesh_surface(held, MeshOptions(fill=0)).mesh

    spacing = np.sqrt(4 * np.pi / 24_000)
    distance, _ = cKDTree(held.xyz).query(mesh.vertices)
    assert mesh.vertices[:, 0].max() > 0.9  # the sparse half is there
    assert distance.max() < 1.4 * 1.8 * 2 * spacing  # balls around means of cells, not around points


def test_a_thinly_seen_part_keeps_its_surface():
    cloud = _sphere(24_000)
    rng = np.random.default_rng(3)
    thinned = (cloud.xyz[:, 0] < 0) | (rng.random(24_000) < 0.3)

    result = mesh_surface(cloud.select(thinned))

    assert len(open_edges(result.mesh.triangles)) < 100
    assert _volume(result.mesh) == pytest.approx(4 / 3 * np.pi, rel=0.01)


def test_a_captured_building_is_within_its_noise():
    scene = capture(30_000, sigma=0.003)
    result = mesh_surface(scene.cloud.with_(normal=scene.normal.astype(np.float32)))

    measured = deviation(result.mesh, scene.truth, samples=20_000)
    exact = deviation(result.mesh, PointCloud(np.zeros(3), scene.exact.astype(np.float32)))

    assert measured.a_to_b_mean_m < 0.012
    assert exact.a_to_b_mean_m < 0.009
    assert exact.a_to_b_p95_m < 0.04


def test_small_pieces_go_and_are_counted():
    rng = np.random.default_rng(0)
    ball = rng.normal(size=(150, 3))
    ball /= np.linalg.norm(ball, axis=1, keepdims=True)
    cloud = _sphere(colour=False)
    both = PointCloud(
        cloud.origin,
        np.vstack([cloud.xyz, 0.08 * ball + [3, 0, 0]]).astype(np.float32),
        normal=np.vstack([cloud.normal, ball]).astype(np.float32),
    )

    kept = mesh_surface(both, MeshOptions(piece_share=0.0))
    gone = mesh_surface(both, MeshOptions(piece_share=0.02))

    assert kept.mesh.vertices[:, 0].max() > 2.9
    assert gone.mesh.vertices[:, 0].max() < 1.1
    assert gone.counts.reasons["small_piece"] == kept.counts.given - gone.counts.given


def test_the_order_of_points_changes_nothing_but_rounding():
    cloud = _sphere(8_000)
    turned = cloud.select(np.random.default_rng(0).permutation(8_000))
    one, two, three = (mesh_surface(c).mesh for c in (cloud, cloud, turned))

    assert np.array_equal(one.vertices, two.vertices)
    assert np.array_equal(one.rgb, two.rgb)
    assert np.array_equal(one.triangles, three.triangles)
    assert np.abs(one.vertices - three.vertices).max() < 1e-5


def test_a_cell_in_metres_is_taken_as_it_is():
    result = mesh_surface(_sphere(3_000), MeshOptions(cell_m=0.1))

    figures = {figure.name: figure.value for figure in result.figures}
    assert figures["cell"] == 0.1
    assert np.sqrt(figures["area"] / figures["triangles"]) == pytest.approx(0.1 * 0.65, rel=0.15)


def test_a_million_duplicates_do_not_matter():
    cloud = _sphere(2_000, colour=False)
    many = cloud.select(np.concatenate([np.arange(2_000), np.zeros(200_000, int)]))

    assert mesh_surface(many).mesh.vertices.shape[0] == pytest.approx(
        len(mesh_surface(cloud).mesh.vertices), rel=0.15
    )


def test_no_normals_and_too_few_points_are_errors():
    cloud = _sphere(2_000)
    with pytest.raises(MethodError, match="without normals"):
        mesh_surface(cloud.with_(normal=None))
    with pytest.raises(MethodError, match="at least 100"):
        mesh_surface(cloud.with_(normal=np.zeros_like(cloud.normal)))


def test_deviation_is_the_hausdorff_distance_of_known_shapes():
    def ball(radius):
        mesh = o3d.geometry.TriangleMesh.create_sphere(radius, 100)
        return Mesh(
            np.array([5e5, 2e6, 0.0]),
            np.asarray(mesh.vertices, np.float32),
            np.asarray(mesh.triangles, np.int32),
        )

    measured = deviation(ball(1.0), ball(1.05), samples=20_000, seed=1)

    for value in (
        measured.a_to_b_mean_m,
        measured.b_to_a_mean_m,
        measured.a_to_b_p95_m,
        measured.b_to_a_max_m,
    ):
        assert value == pytest.approx(0.05, abs=0.001)
    assert deviation(ball(1.0), ball(1.05), samples=20_000, seed=1) == measured
    shifted = ball(1.0).with_(origin=np.array([5e5, 2e6, 3.0]))
    assert deviation(ball(1.0), shifted, samples=20_000).a_to_b_max_m == pytest.approx(3.0, abs=0.01)
