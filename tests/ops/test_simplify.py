from __future__ import annotations

import numpy as np
import pytest
import trimesh
from tile_scene import blob, mesh_of, sheet

from heritage.model.errors import InputError
from heritage.ops import simplify as module
from heritage.ops.nearest import Nearest
from heritage.ops.simplify import simplify
from heritage.ops.weld import open_edges, weld


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


def test_dense_meshes_pass_through_both_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_DENSE", 10_000)
    monkeypatch.setattr(module, "_EVEN", 5_000)
    full = blob(5)
    small = simplify(full, 1500).mesh
    assert 1400 <= len(small.triangles) <= 1500
    assert Nearest(small).distance(full.vertices).max() < 0.08


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
