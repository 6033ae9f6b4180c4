"""Signed distances of points to a mesh: against what the mesh is by formula."""

from __future__ import annotations

from pathlib import Path

import laspy
import numpy as np
import open3d as o3d
import pytest

from heritage.formats.reader import CloudReader
from heritage.model.arrays import Mesh
from heritage.model.errors import InputError
from heritage.ops.comparison.quick import Surface, figures, look
from heritage.pipeline.quick_compare import quick_compare


def _box() -> Mesh:
    made = o3d.geometry.TriangleMesh.create_box(2, 1, 0.5)
    return Mesh(
        np.array([1000.0, 0, 0]), np.asarray(made.vertices, np.float32), np.asarray(made.triangles, np.int32)
    )


def _of_the_box(xyz: np.ndarray) -> np.ndarray:
    """Signed distance to the box, by formula."""
    q = np.abs(xyz - [1001.0, 0.5, 0.25]) - [1, 0.5, 0.25]
    return np.linalg.norm(np.maximum(q, 0), axis=1) + np.minimum(q.max(1), 0)


def test_distances_and_sides_are_those_of_the_formula_over_edges_and_corners_too():
    rng = np.random.default_rng(0)
    xyz = rng.uniform([999.5, -0.5, -0.5], [1002.5, 1.5, 1.0], (5_000, 3))

    distance = Surface(_box()).distance(xyz)

    np.testing.assert_allclose(distance, _of_the_box(xyz), atol=2e-6)


def test_figures_are_robust():
    """A tenth of the points is far off: median and robust sigma are those of the others."""
    rng = np.random.default_rng(1)
    top = np.column_stack(
        [rng.uniform(1000.2, 1001.8, 20_000), rng.uniform(0.2, 0.8, 20_000), np.full(20_000, 0.5)]
    )
    top[:, 2] += 0.004 + rng.normal(0, 0.002, 20_000)
    top[::10, 2] += 0.05
    surface = Surface(_box())

    found = {
        f.name: f.value for f in figures([look(surface, part, 0.1) for part in np.array_split(top, 3)], 0.1)
    }

    assert found["points"] == 20_000
    assert found["within_reach"] == 1
    assert found["median"] == pytest.approx(0.0043, abs=0.0002)
    assert found["robust_sigma"] == pytest.approx(0.0023, abs=0.0003)
    assert figures([look(surface, top, 0.02)], 0.02)[1].value == pytest.approx(0.9)


def test_files_that_do_not_lie_together_are_an_error(tmp_path: Path):
    def cloud(offset: float) -> Path:
        points = o3d.geometry.PointCloud(
            o3d.utility.Vector3dVector(np.random.default_rng(2).random((500, 3)) + offset)
        )
        path = tmp_path / f"at-{offset:g}.ply"
        o3d.io.write_point_cloud(str(path), points)
        return path

    made = o3d.geometry.TriangleMesh.create_box(1, 1, 1)
    o3d.io.write_triangle_mesh(str(tmp_path / "box.ply"), made)

    found = {f.name: f.value for f in quick_compare(cloud(0.0), tmp_path / "box.ply", 1.0)}
    assert found["median"] < 0  # inside
    with pytest.raises(InputError, match=r"m away from box\.ply"):
        quick_compare(cloud(5_000.0), tmp_path / "box.ply", 0.1)
    with pytest.raises(InputError, match="none of 500 points is within"):
        quick_compare(cloud(0.0), tmp_path / "box.ply", 1e-7)


def test_stretches_of_withheld_points_are_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    made = o3d.geometry.TriangleMesh.create_box(1, 1, 1)
    o3d.io.write_triangle_mesh(str(tmp_path / "box.ply"), made)
    las = laspy.LasData(laspy.LasHeader(point_format=6, version="1.4"))
    las.header.scales = [0.001] * 3
    las.xyz = np.random.default_rng(3).random((500, 3))
    las.withheld = np.ones(500, int)
    las.write(tmp_path / "none.las")
    las.withheld = np.arange(500) < 300
    las.write(tmp_path / "some.las")

    with pytest.raises(InputError, match="none of 0 points is within"):
        quick_compare(tmp_path / "none.las", tmp_path / "box.ply", 1.0)

    monkeypatch.setattr(CloudReader.chunks, "__defaults__", (100,))
    found = quick_compare(tmp_path / "some.las", tmp_path / "box.ply", 1.0)
    assert found[0].value == 200
