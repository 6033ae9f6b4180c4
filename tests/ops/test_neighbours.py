"""The neighbour search against an exact one, on clouds that strain it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import cKDTree

from heritage.model.octree import Octree
from heritage.ops.points.neighbours import Neighbours


def _clouds():
    rng = np.random.default_rng(8)
    wall = np.column_stack([rng.uniform(0, 8, (2, 9_000)).T, rng.normal(0, 0.003, 9_000)])
    return {
        "in space": rng.random((4_000, 3)),
        "wall with strays": np.vstack([wall, rng.uniform(-9, 9, (150, 3))]),
        "dense beside thin": np.vstack([rng.normal(0, 1e-3, (6_000, 3)), rng.normal(0, 1, (900, 3))]),
        "far apart": np.vstack([rng.random((1_500, 3)) - 9_000, rng.random((1_500, 3)) + 9_000]),
        "line": np.linspace(-1, 1, 3_000)[:, None] * [1, 2, 3],
        "lattice": np.stack(np.meshgrid(*[np.arange(14.0)] * 3), -1).reshape(-1, 3),
        "one": np.ones((1, 3)),
        "33 of a leaf of 32": rng.random((33, 3)),
        "2000 at one place": np.vstack([np.full((2_000, 3), 0.3), rng.random((500, 3))]),
    }


@pytest.mark.parametrize("name", _clouds())
@pytest.mark.parametrize("reach_m", [np.inf, 0.05])
def test_the_nearest_are_those_of_an_exact_search(name, reach_m):
    xyz = _clouds()[name].astype(np.float32)
    made = Neighbours.of(xyz)

    index, distance = made.nearest(20, reach_m=reach_m)

    true = cKDTree(xyz).query(xyz, 20)[0]
    true[true > reach_m] = np.inf
    found = np.sort(distance, axis=1)
    near_reach = np.isclose(true, reach_m, rtol=1e-5) | np.isclose(found, reach_m, rtol=1e-5)
    assert np.allclose(np.where(near_reach, 0, found), np.where(near_reach, 0, true), rtol=2e-6, atol=1e-7)
    for row, of in zip(index[::97], distance[::97], strict=True):
        held = row[row >= 0]
        assert len(np.unique(held)) == len(held) == np.isfinite(of).sum()
    there = index >= 0
    offset = xyz[index].astype(np.float64) - xyz[:, None]
    assert np.allclose(np.linalg.norm(offset, axis=2)[there], distance[there], rtol=1e-6, atol=1e-7)
    mean = made.mean_distance(20, reach_m=reach_m)
    if len(xyz) >= 20:
        assert mean == pytest.approx(np.minimum(found, reach_m).sum(1) / 19, rel=1e-6)


def test_places_of_their_own_find_the_nearest_first():
    rng = np.random.default_rng(1)
    xyz = rng.normal(0, 1, (5_000, 3)).astype(np.float32)
    places = rng.uniform(-6, 6, (400, 3)).astype(np.float32)

    index, distance = Neighbours.of(xyz).nearest(7, queries=places)

    true, true_index = cKDTree(xyz).query(places, 7)
    assert distance == pytest.approx(true, rel=1e-5)
    assert (index == true_index).mean() > 0.999


def test_shape_is_the_covariance_of_the_nearest():
    xyz = _clouds()["wall with strays"].astype(np.float32)

    shape = Neighbours.of(xyz).shape(12)

    near = xyz[cKDTree(xyz).query(xyz, 12)[1]].astype(np.float64)
    near -= near.mean(1, keepdims=True)
    values, vectors = np.linalg.eigh(np.einsum("nki,nkj->nij", near, near) / 12)
    assert shape.eigenvalues == pytest.approx(values, rel=1e-5, abs=1e-12)
    cosine = np.abs((shape.normal * vectors[:, :, 0]).sum(1))
    clear = values[:, 0] < 0.9 * values[:, 1]
    assert cosine[clear].min() > 1 - 1e-5


def test_a_piece_with_what_lies_around_it_gives_the_same_as_the_whole_bit_for_bit():
    xyz = _clouds()["wall with strays"].astype(np.float32)
    root = Octree.around(xyz.min(0), xyz.max(0))
    xyz = xyz[np.argsort(root.codes(xyz), kind="stable")]
    whole = Neighbours.of(xyz, root=root).shape(20, reach_m=0.4)

    for low, high in (([0, 0, -1], [3, 3, 1]), ([2, -9, -9], [5, 9, 9])):
        inside = ((xyz >= low) & (xyz < high)).all(1)
        around = ((xyz >= np.array(low) - 0.4) & (xyz <= np.array(high) + 0.4)).all(1)
        rows = np.concatenate([np.flatnonzero(inside), np.flatnonzero(around & ~inside)])
        part = Neighbours.of(xyz[rows], root=root).shape(20, reach_m=0.4)
        for name in ("spacing", "centre", "normal", "eigenvalues"):
            assert np.array_equal(getattr(part, name)[: inside.sum()], getattr(whole, name)[inside]), name


def test_only_points_that_are_asked_get_a_row():
    xyz = _clouds()["in space"].astype(np.float32)
    asked = np.arange(len(xyz)) % 5 == 0

    index, distance = Neighbours.of(xyz).nearest(4, asked=asked)

    assert index.shape == distance.shape == (800, 4)
    assert (index == np.flatnonzero(asked)[:, None]).any(1).all()
    assert distance.max(1) == pytest.approx(cKDTree(xyz).query(xyz[asked], 4)[0][:, 3], rel=1e-5)
