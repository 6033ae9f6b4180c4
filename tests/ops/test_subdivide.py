from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tile_scene import box, mesh_of

from heritage.ops.meshes.subdivide import subdivide
from heritage.ops.meshes.weld import areas, open_edges, weld


@given(longest=st.floats(0.11, 6), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_no_edge_is_too_long_and_the_surface_stays_whole(longest: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    solid = box((4, 3, 0.2 + rng.random()))
    split = subdivide(solid, longest)
    corners = split.vertices[split.triangles].astype(np.float64)
    assert np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max() <= longest * (1 + 1e-6)
    assert len(open_edges(split.triangles)) == 0
    assert np.isclose(areas(split).sum(), areas(solid).sum(), rtol=1e-5)
    face = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert (np.einsum("td,td->t", face, corners.mean(1)) > 0).all()  # still facing out
    # Cut in two along edges it had, each half split by itself: the halves still join bit for bit.
    half = rng.random(len(solid.triangles)) < 0.5
    parts = [subdivide(mesh_of(solid.vertices, solid.triangles[h]), longest) for h in (half, ~half)]
    whole, _ = weld(parts)
    assert len(open_edges(whole.triangles)) == 0
    assert len(whole.triangles) == len(split.triangles)


def test_what_is_fine_enough_is_left_alone_and_attributes_are_halfway() -> None:
    triangle = mesh_of([[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 1, 2]])
    assert np.array_equal(subdivide(triangle, 2.0).triangles, triangle.triangles)
    change = np.float32([[[0, 1]], [[2, 1]], [[np.nan, np.nan]]])
    filled = np.uint8([0, 200, 0])
    split = subdivide(triangle.with_(change=change, filled=filled), 1.2)  # only the diagonal is longer
    assert len(split.vertices) == 4
    assert split.change is not None
    assert np.isnan(split.change[3]).all()  # between a known and an unknown end
    assert split.filled is not None
    assert split.filled[3] == 100
