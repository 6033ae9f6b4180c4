"""What we write, read by libraries that had no part in it (battery D10).

LAZ: LASzip itself (we write by lazrs). E57: the Rust crate e57 (we write by libE57). PLY: Open3D and trimesh.
GLB: trimesh and pygltflib; those of a release also by Khronos' validator, in test_gltf. Pictures: Open3D.
"""

from __future__ import annotations

import datetime
from pathlib import Path

import e57
import laspy
import numpy as np
import open3d as o3d
import pygltflib
import pytest
import trimesh

from heritage.formats.las_write import Labelled, write_las
from heritage.formats.texture import save_picture
from heritage.model.arrays import PointCloud
from heritage.sample import files

N = 10_007
RANDOM = np.random.default_rng(8)
XYZ = np.round(RANDOM.uniform(-40, 40, (N, 3)), 3)
RGB = RANDOM.integers(0, 256, (N, 3)).astype(np.uint8)
ORIGIN = np.array([500_000.0, 1_800_000.0, 0.0])


def by_laszip(path: Path) -> laspy.LasData:
    with laspy.open(path, laz_backend=laspy.LazBackend.Laszip) as reader:
        return reader.read()


@pytest.mark.parametrize("ending", ["las", "laz"])
@pytest.mark.parametrize("coloured", [True, False])
@pytest.mark.parametrize("n", [1, 4_999, 49_999, 50_000, 50_001])
def test_labelled_clouds(n: int, coloured: bool, ending: str, tmp_path: Path) -> None:
    """Sizes around LAZ's chunk of 50 000 points; written in pieces that do not fit it."""
    random = np.random.default_rng(n)
    xyz = random.uniform(-40, 40, (n, 3)).astype(np.float32)
    rgb = random.integers(0, 256, (n, 3)).astype(np.uint8) if coloured else None
    classes, reasons = random.integers(0, 19, n).astype(np.uint8), random.integers(0, 8, n).astype(np.uint8)
    pieces = [
        Labelled(PointCloud(ORIGIN, xyz[s], None if rgb is None else rgb[s]), classes[s], reasons[s])
        for s in (slice(k, k + 7_001) for k in range(0, n, 7_001))
    ]

    write_las(tmp_path / f"a.{ending}", ORIGIN, pieces, crs="EPSG:32648")
    read = by_laszip(tmp_path / f"a.{ending}")

    assert len(read) == n
    np.testing.assert_allclose(read.xyz, xyz.astype(np.float64) + ORIGIN, rtol=0, atol=0.51e-4)
    np.testing.assert_array_equal(read.classification, classes)
    np.testing.assert_array_equal(read["reason"], reasons)
    if rgb is not None:
        np.testing.assert_array_equal(
            np.column_stack([read.red, read.green, read.blue]), rgb.astype(int) * 257
        )
    assert read.header.parse_crs().to_epsg() == 32648


def test_laz_of_the_sample(tmp_path: Path) -> None:
    files.write_laz(tmp_path / "a.laz", XYZ + ORIGIN, RGB, datetime.date(2024, 5, 2))

    read = by_laszip(tmp_path / "a.laz")

    np.testing.assert_allclose(read.xyz, XYZ + ORIGIN, rtol=0, atol=0.26e-3)
    np.testing.assert_array_equal(np.column_stack([read.red, read.green, read.blue]) // 257, RGB)


def test_e57_of_the_sample(tmp_path: Path) -> None:
    files.write_e57(tmp_path / "a.e57", XYZ, RGB)

    read = e57.read_points(str(tmp_path / "a.e57"))

    np.testing.assert_allclose(read.points, XYZ, rtol=0, atol=4e-6)  # float32 at 40 m
    np.testing.assert_allclose(read.color * 255, RGB, rtol=0, atol=1e-3)


def test_ply_of_the_sample(tmp_path: Path) -> None:
    normal = RANDOM.normal(size=(N, 3))
    normal = (normal / np.linalg.norm(normal, axis=1, keepdims=True)).astype(np.float32)
    files.write_ply(tmp_path / "a.ply", XYZ, RGB, normal)

    read = o3d.t.io.read_point_cloud(str(tmp_path / "a.ply"))
    other = trimesh.load(tmp_path / "a.ply", process=False)

    for found in (read.point.positions.numpy(), other.vertices):
        np.testing.assert_array_equal(found, XYZ.astype(np.float32))
    np.testing.assert_array_equal(read.point.colors.numpy(), RGB)
    np.testing.assert_array_equal(read.point.normals.numpy(), normal)
    np.testing.assert_array_equal(other.colors[:, :3], RGB)


def test_glb_of_the_sample(tmp_path: Path) -> None:
    ball = trimesh.creation.icosphere(3)
    triangles = np.asarray(ball.faces, np.int32)
    vertices = np.asarray(ball.vertices, np.float32)
    colours = np.tile([0.2, 0.5, 0.9], (len(vertices), 1))
    files.write_glb(tmp_path / "a.glb", vertices, vertices, {"ball": triangles}, colours)

    (read,) = trimesh.load(tmp_path / "a.glb", process=False).geometry.values()
    document = pygltflib.GLTF2().load(str(tmp_path / "a.glb"))

    np.testing.assert_array_equal(read.vertices, vertices[:, [0, 2, 1]] * np.float32([1, 1, -1]))
    np.testing.assert_array_equal(read.faces, triangles)
    assert document.accessors[document.meshes[0].primitives[0].attributes.POSITION].count == len(vertices)


@pytest.mark.parametrize("ending", ["png", "jpg"])
def test_pictures(ending: str, tmp_path: Path) -> None:
    ramp = np.stack(np.meshgrid(np.arange(64), np.arange(48)), -1)
    picture = np.dstack([ramp * 3, np.full((48, 64), 90)]).astype(np.uint8)
    save_picture(tmp_path / f"a.{ending}", picture)

    read = np.asarray(o3d.io.read_image(str(tmp_path / f"a.{ending}")))

    assert read.shape == picture.shape
    assert np.abs(read.astype(int) - picture).max() <= (0 if ending == "png" else 6)
