"""Surfaces with more handles than a coarse picture has triangles."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh
from scipy.spatial.transform import Rotation

from heritage.model.arrays import Mesh
from heritage.model.errors import InputError
from heritage.ops.meshes.cluster import cluster
from heritage.ops.meshes.simplify import simplify
from heritage.ops.points.grid import voxels
from heritage.ops.tiles.deviation import deviation
from heritage.ops.tiles.seams import INNER
from heritage.ops.tiles.single import single, single_texel
from heritage.ops.tiles.tile_node import Part, coarser
from heritage.ops.tiles.unwrap import unwrap


def _grating(holes: int, pitch: float = 0.1) -> Mesh:
    """A plate one ``pitch`` thick with ``holes`` squared square holes, as many handles; at an angle to the axes."""
    n = 2 * holes + 1
    solid = np.zeros((n + 2, n + 2, 3), bool)
    solid[1:-1, 1:-1, 1] = True
    solid[2:-1:2, 2:-1:2, 1] = False
    quads = []
    for axis in range(3):
        across, up = np.eye(3, dtype=int)[(axis + 1) % 3], np.eye(3, dtype=int)[(axis + 2) % 3]
        for step in (1, -1):
            open_ = solid & ~np.roll(solid, -step, axis)
            base = np.argwhere(open_) + (step > 0) * np.eye(3, dtype=int)[axis]
            corners = np.stack([base, base + across, base + across + up, base + up], axis=1)
            quads.append(corners if step > 0 else corners[:, ::-1])
    corners = np.concatenate(quads).reshape(-1, 3)
    places, number = np.unique(corners, axis=0, return_inverse=True)
    quad = number.reshape(-1, 4).astype(np.int32)
    triangles = np.concatenate([quad[:, :3], quad[:, [0, 2, 3]]])
    turn = Rotation.from_euler("zx", [31, 17], degrees=True)
    return Mesh(np.zeros(3), turn.apply((places - places.mean(0)) * pitch).astype(np.float32), triangles)


def test_a_coarse_node_of_a_surface_full_of_holes_reaches_its_goal() -> None:
    mesh = _grating(60)
    euler = trimesh.Trimesh(mesh.vertices, mesh.triangles, process=False)
    assert euler.is_watertight
    assert euler.euler_number == 2 - 2 * 60 * 60
    goal = 4_000
    assert len(simplify(mesh, goal).mesh.triangles) > 3 * goal  # edge collapse keeps every handle
    low, high = mesh.vertices.min(0).astype(float), mesh.vertices.max(0).astype(float)
    part = Part(mesh, np.full(len(mesh.vertices), INNER, np.uint8))

    node = coarser(part, goal, 0, [0.001], low, high)

    assert len(node.mesh.triangles) <= 1.5 * goal
    # Still a plate of that size, and no farther off than vertices may be merged.
    within = float((high - low).max()) / 50
    assert np.allclose(node.mesh.vertices.min(0), low, atol=within)
    assert np.allclose(node.mesh.vertices.max(0), high, atol=within)
    assert deviation(node.mesh, (low[None], high[None]), lambda _: mesh) < within


def test_a_model_to_take_away_of_such_a_surface_fits_its_texture() -> None:
    """At 100 million points three monuments had no model for augmented reality: 50,000 charts for 1024 pixels a side."""
    mesh = _grating(60)
    texel = single_texel(mesh, 0.001, 512)
    with pytest.raises(InputError, match="charts"):
        unwrap(simplify(mesh, 4_000).mesh, texel, side_px=512)
    small = single(mesh, None, texel, triangles=4_000)
    assert len(small.triangles) <= 6_000
    assert unwrap(small, texel, side_px=512).height_px <= 512


def test_what_has_few_handles_is_not_merged() -> None:
    ball = trimesh.creation.icosphere(5, 1.0)
    mesh = Mesh(np.zeros(3), ball.vertices.astype(np.float32), ball.faces.astype(np.int32))
    part = Part(mesh, np.full(len(mesh.vertices), INNER, np.uint8))
    node = coarser(part, 500, 0, [1e-6], -np.ones(3), np.ones(3))
    shown = trimesh.Trimesh(node.mesh.vertices, node.mesh.triangles, process=False)
    assert shown.is_watertight
    assert shown.euler_number == 2


def test_vertices_of_a_cube_become_one_and_locked_ones_stay() -> None:
    mesh = _grating(6)
    locked = mesh.vertices[:, 0] < 0
    merged = cluster(mesh, 0.25, locked)
    kept = merged.mesh
    assert (kept.vertices == mesh.vertices[merged.source]).all()
    assert np.isin(np.flatnonzero(locked), merged.source).mean() > 0.9  # but those whose triangles all went
    free = np.flatnonzero(~locked)
    cube = dict(zip(free.tolist(), voxels(mesh.vertices[free], 0.25).tolist(), strict=True))
    mine = [cube[v] for v in merged.source.tolist() if v in cube]
    assert 0 < len(mine) == len(set(mine)) < len(free) / 4
    corners = np.sort(kept.triangles, axis=1)
    assert (corners[:, 1:] > corners[:, :-1]).all()
    assert len(np.unique(corners, axis=0)) == len(corners)


def test_a_sheet_faces_as_it_did() -> None:
    sheet = Mesh(
        np.zeros(3),
        np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [0.02, 0.02, 0]], np.float32) + np.float32(0.1),
        np.array([[4, 1, 2], [4, 2, 3], [0, 1, 4], [0, 4, 3]], np.int32),
    )
    merged = cluster(sheet, 0.5, np.zeros(5, bool)).mesh
    shown = trimesh.Trimesh(merged.vertices, merged.triangles, process=False)
    assert len(merged.triangles) == 2
    assert (shown.face_normals[:, 2] > 0.99).all()
