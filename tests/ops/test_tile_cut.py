from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tile_scene import blob, box, mesh_of, sheet

from heritage.ops.cut import cut
from heritage.ops.skirt import with_skirts
from heritage.ops.weld import areas, open_edges, weld

BLOB = blob(3)


@given(axis=st.integers(0, 2), at=st.floats(-4, 4, width=32))
@settings(max_examples=60, deadline=None)
def test_nothing_is_lost_and_both_sides_meet(axis: int, at: float) -> None:
    below, above = cut(BLOB, axis, at)
    assert np.isclose(areas(below).sum() + areas(above).sum(), areas(BLOB).sum(), rtol=1e-5)
    assert not len(below.triangles) or below.vertices[:, axis].max() <= np.float32(at)
    assert not len(above.triangles) or above.vertices[:, axis].min() >= np.float32(at)
    # Bit for bit the same border: welded again, the closed surface is closed.
    whole, _ = weld([below, above])
    assert len(open_edges(whole.triangles)) == 0


def test_corners_on_the_plane_are_not_cut_again() -> None:
    flat = sheet(4)  # lines of vertices at x = 0, 0.5, 1, ...
    below, above = cut(flat, 0, 1.0)
    assert len(below.triangles) == len(above.triangles) == 16
    below, above = cut(box(), 2, 1.0)  # the lid lies in the plane: it stays below
    assert len(below.triangles) == 12
    assert len(above.triangles) == 0
    diamond = mesh_of([[0, 0, 0], [1, -1, 0], [2, 0, 0], [1, 1, 0]], [[0, 1, 3], [1, 2, 3]])
    below, above = cut(diamond, 1, 0.0)  # through one corner of each triangle and the opposite edge
    assert len(below.triangles) == len(above.triangles) == 2
    assert np.allclose(areas(below).sum(), areas(above).sum())


def test_orientation_normals_and_change_are_carried() -> None:
    flat = sheet(3)
    n = len(flat.vertices)
    change = np.repeat(flat.vertices[:, None, :1], 2, axis=2).astype(np.float32)
    change[flat.vertices[:, 0] < 0.1] = np.nan
    up = np.tile(np.float32([0, 0, 1]), (n, 1))
    for side in cut(flat.with_(change=change, normals=up), 0, 0.9):
        corners = side.vertices[side.triangles]
        assert (np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])[:, 2] > 0).all()
        assert side.normals is not None
        assert np.allclose(side.normals, [0, 0, 1])
        assert side.change is not None
        known = side.vertices[:, 0] > 0.1
        assert np.allclose(side.change[known, 0, 0], side.vertices[known, 0], atol=1e-6)
        assert np.isnan(side.change[~known]).all()


def test_a_cut_edge_with_an_unknown_end_is_unknown() -> None:
    triangle = mesh_of([[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 1, 2]])
    change = np.float32([[[np.nan, np.nan]], [[1, 1]], [[1, 1]]])
    _, above = cut(triangle.with_(change=change), 0, 0.5)
    assert above.change is not None
    at = {tuple(v): c for v, c in zip(above.vertices.tolist(), above.change[:, 0, 0], strict=True)}
    assert np.isnan(at[(0.5, 0.0, 0.0)])
    assert at[(0.5, 0.5, 0.0)] == 1


def test_skirts_hang_behind_cut_edges_only() -> None:
    flat = sheet(4)
    below, _ = cut(flat, 0, 1.2)
    plane = frozenset({(0, 1.2)})
    hung = with_skirts(below, plane, 0.1)
    strip = hung.triangles[len(below.triangles) :]
    corners = hung.vertices[strip]
    assert np.allclose(corners[..., 0], 1.2)  # in the plane
    assert np.isclose(corners[..., 2].min(), -0.1)  # behind the surface, which faces up
    assert np.isclose(areas(mesh_of(hung.vertices, strip)).sum(), 2 * 0.1, rtol=1e-5)  # 2 m long, no gap
    assert with_skirts(below, plane, 0.0) is below
    assert with_skirts(below, frozenset({(1, 1.0)}), 0.1) is below
