from __future__ import annotations

import numpy as np
import pytest
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st
from tile_scene import blob, mesh_of, sheet

from heritage.model.errors import InputError
from heritage.ops.meshes.nearest import Nearest
from heritage.ops.meshes.simplify import simplify
from heritage.ops.meshes.weld import open_edges, weld


def test_reaches_the_goal_and_stays_near_the_surface() -> None:
    full = blob(5)
    small = simplify(full, 2000).mesh
    assert 1900 <= len(small.triangles) <= 2000
    assert len(open_edges(small.triangles)) == 0  # still closed
    away = Nearest(small).distance(full.vertices)
    assert away.mean() < 0.01  # a surface of 6 m with 2000 triangles
    assert away.max() < 0.06
    assert np.array_equal(small.origin, full.origin)


def test_a_plane_loses_triangles_but_neither_shape_nor_border() -> None:
    small = simplify(sheet(40), 200).mesh
    assert len(small.triangles) <= 200
    assert np.abs(small.vertices[:, 2]).max() < 1e-5
    assert np.allclose(np.ptp(small.vertices, axis=0)[:2], 2, atol=1e-5)
    edges = small.vertices[open_edges(small.triangles)]
    assert np.isclose(np.linalg.norm(edges[:, 0] - edges[:, 1], axis=1).sum(), 8, atol=1e-4)


def test_the_result_does_not_depend_on_the_unit() -> None:
    full = blob(4)
    metres = simplify(full, 500).mesh
    kilometres = simplify(full.with_(vertices=full.vertices / 1024), 500).mesh
    assert len(metres.triangles) == len(kilometres.triangles)
    assert np.allclose(kilometres.vertices * 1024, metres.vertices, atol=1e-3)


def test_rather_more_triangles_than_a_shape_that_is_lost() -> None:
    flat = sheet(60, 10.0)
    height = 2 * np.exp(-((flat.vertices[:, :2] - 5) ** 2).sum(1))
    hill = flat.with_(vertices=(flat.vertices + height[:, None] * (0, 0, 1)).astype(np.float32))
    still = sheet(10, 1.0).with_(vertices=sheet(10, 1.0).vertices + np.float32(20))  # must stay as it is
    whole, _ = weld([hill, still])
    locked = whole.vertices[:, 2] >= 20
    goal = len(still.triangles) + 8
    off = {}
    for within in (0.05, np.inf):
        few = simplify(whole, goal, locked=locked, within_m=within).mesh
        off[within] = len(few.triangles), float(Nearest(few).distance(hill.vertices).max())
    assert off[np.inf][0] <= goal
    assert off[np.inf][1] > 0.5, "the hill is gone"
    assert goal < off[0.05][0] < goal + 400
    assert off[0.05][1] < 0.15


def test_locked_vertices_stay_bit_for_bit_and_keep_their_edges() -> None:
    full = blob(5)
    locked = np.abs(full.vertices[:, 0] - 0.4) < 0.06
    made = simplify(full, 1500, locked=locked)
    small = made.mesh
    assert len(small.triangles) <= 1500
    kept = locked[made.source]
    assert kept.sum() == locked.sum()
    assert np.array_equal(small.vertices[kept], full.vertices[made.source[kept]])
    before = {frozenset(e) for e in _edges(full.triangles).tolist() if locked[e].all()}
    after = {frozenset(made.source[e].tolist()) for e in _edges(small.triangles) if kept[e].all()}
    assert before <= after


def test_a_manifold_stays_one_down_to_a_few_triangles() -> None:
    ring = trimesh.creation.torus(2.0, 0.5, major_sections=96, minor_sections=48)
    full, _ = weld([mesh_of(ring.vertices, ring.faces)])
    for goal in (2000, 300, 60, 4):
        small = simplify(full, goal).mesh
        solid = trimesh.Trimesh(small.vertices, small.triangles, process=False)
        assert solid.is_watertight
        assert solid.is_winding_consistent
        assert solid.euler_number == 0  # still one ring with one hole
        assert (
            np.bincount(np.unique(np.sort(_edges(small.triangles), 1), axis=0, return_inverse=True)[1]).max()
            == 2
        )


def test_no_triangle_turns_over() -> None:
    full = blob(5)
    small = simplify(full, 400).mesh
    corners = small.vertices[small.triangles].astype(np.float64)
    face = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    nearest = Nearest(full).place(corners.mean(1).astype(np.float32)).triangle
    there = full.vertices[full.triangles[nearest]].astype(np.float64)
    out = np.cross(there[:, 1] - there[:, 0], there[:, 2] - there[:, 0])
    assert (np.einsum("nd,nd->n", face, out) > 0).mean() > 0.995


@given(seed=st.integers(0, 2**32 - 1), goal=st.integers(4, 400))
@settings(max_examples=25, deadline=None)
def test_any_soup_of_triangles_gives_a_mesh(seed: int, goal: int) -> None:
    rng = np.random.default_rng(seed)
    soup = mesh_of(rng.integers(0, 5, (80, 3)), rng.integers(0, 80, (500, 3)))
    full, _ = weld([soup])
    small = simplify(full, goal).mesh
    assert len(small.triangles) <= len(full.triangles)
    assert np.isfinite(small.vertices).all()


def _edges(triangles: np.ndarray) -> np.ndarray:
    return np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])


def test_long_thin_triangles_of_constructed_models_keep_their_shape() -> None:
    # A comb of 12 slats on a base, as boolean operations leave them: few large faces, many slivers.
    parts = [trimesh.creation.box(extents=(6, 2, 0.2))]
    for i in range(12):
        slat = trimesh.creation.cylinder(radius=0.08, height=1.5, sections=64)
        slat.apply_translation((-2.75 + 0.5 * i, 0, 0.8))
        parts.append(slat)
    whole = trimesh.boolean.union(parts, engine="manifold")
    full, _ = weld([mesh_of(whole.vertices, whole.faces)])
    small = simplify(full, len(full.triangles) // 4).mesh
    assert Nearest(small).distance(full.vertices).max() < 0.05
    assert Nearest(full).distance(small.vertices).max() < 0.05
    # The goal is reached where almost every triangle left is long and thin.
    goal = len(full.triangles) // 12
    few = simplify(full, goal).mesh
    assert len(few.triangles) <= goal
    assert Nearest(full).distance(few.vertices).max() < 0.1


def test_never_more_triangles_than_before_and_no_empty_ones() -> None:
    full = blob(2)
    assert np.array_equal(simplify(full, 10_000).mesh.triangles, full.triangles)
    flat, kept = weld(
        [mesh_of([[0, 0, 0], [1, 0, 0], [0, 1, 0], [2, 0, 0]], [[0, 1, 2], [0, 1, 3], [1, 1, 2]])]
    )
    assert kept.tolist() == [0]
    assert len(flat.vertices) == 3


def test_a_goal_below_a_tetrahedron_is_refused() -> None:
    with pytest.raises(InputError, match="4 or more"):
        simplify(blob(1), 3)


def test_weld_joins_copies_and_keeps_known_change() -> None:
    one = sheet(2)
    split = one.with_(
        vertices=one.vertices[one.triangles.ravel()],
        triangles=np.arange(3 * len(one.triangles), dtype=np.int32).reshape(-1, 3),
    )
    change = np.repeat(split.vertices[:, None, :1], 2, axis=2)
    welded, _ = weld([split.with_(change=change)])
    assert len(welded.vertices) == 9
    assert welded.change is not None
    assert np.array_equal(welded.change[:, 0, 0], welded.vertices[:, 0])
