"""The building blocks against brute force."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from heritage.model.errors import MethodError
from heritage.ops.cleaning.ground import ground
from heritage.ops.points.grid import (
    distinct,
    group_means,
    morton_order,
    shape,
    spacing,
    thin,
    voxel_indices,
    voxel_keys,
)


@pytest.fixture
def xyz():
    return np.random.default_rng(4).random((700, 3)).astype(np.float32)


def test_distinct_keeps_the_first_of_equal_points(xyz):
    doubled = np.vstack([xyz, xyz[::-1], [[0.0, 0, 0]], [[-0.0, 0, -0.0]]]).astype(np.float32)

    kept = distinct(doubled)

    assert kept[:700].all()
    assert not kept[700:1400].any()
    assert kept[1400:].tolist() == [True, False]


def test_thin_takes_one_point_of_every_voxel(xyz):
    few = thin(xyz, 0.25)

    keys = voxel_keys(voxel_indices(xyz, 0.25))
    assert len(np.unique(keys[few])) == len(few) == len(np.unique(keys))
    assert (np.diff(few) > 0).all()


def test_of_points_equally_near_the_middle_the_first_stays():
    alike = [[0, 0.25, 0], [0.25, 0, 0], [0.5, 0.25, 0], [0.25, 0.5, 0]]
    assert thin(np.array([[3, 3, 3], *alike], np.float32), 1.0).tolist() == [0, 1]
    assert thin(np.array([*alike[::-1], [3, 3, 3]], np.float32), 1.0).tolist() == [0, 4]


def test_shape_is_the_covariance_of_the_nearest(xyz):
    result = shape(xyz, 12)

    near = np.argsort(cdist(xyz, xyz), axis=1)[:, :12]
    for i in range(0, 700, 70):
        patch = xyz[near[i]].astype(float)
        values = np.linalg.eigvalsh(np.cov(patch.T, bias=True))
        assert result.eigenvalues[i] == pytest.approx(values, rel=1e-3, abs=1e-7)
        assert result.centre[i] == pytest.approx(patch.mean(0), abs=1e-5)
        assert np.var((patch - patch.mean(0)) @ result.normal[i]) == pytest.approx(
            values[0], rel=1e-3, abs=1e-7
        )


def test_spacing_of_a_square_lattice_is_its_pitch():
    x, y = np.meshgrid(np.arange(80) * 0.03, np.arange(80) * 0.03)
    lattice = np.column_stack([x.ravel(), y.ravel(), np.zeros(6400)]).astype(np.float32)

    assert spacing(lattice) == pytest.approx(0.03, rel=0.2)
    assert spacing(lattice[:1]) == 0.0


def test_morton_order_brings_neighbours_together(xyz):
    order = morton_order(xyz)

    assert np.array_equal(np.sort(order), np.arange(700))
    steps = np.linalg.norm(np.diff(xyz[order], axis=0), axis=1).mean()
    assert steps < 0.4 * np.linalg.norm(np.diff(xyz, axis=0), axis=1).mean()


def test_group_means(xyz):
    group = np.arange(700) % 7

    assert group_means(group, xyz)[3] == pytest.approx(xyz[3::7].astype(float).mean(0))


def test_a_grid_that_is_too_fine_is_an_error(xyz):
    with pytest.raises(MethodError, match="larger size"):
        voxel_indices(xyz, 1e-7)


def test_ground_climbs_slopes_but_not_steps():
    rng = np.random.default_rng(0)
    plan = rng.uniform(0, 40, (60_000, 2))
    slope = 0.08 * plan[:, 0]  # a hillside
    terrace = (np.abs(plan - 20) < 12).all(1)  # wider than any window, 0.9 m high
    pit = ((plan - [3, 3]) ** 2).sum(1) < 1
    stair = (np.abs(plan[:, 0] - 20) < 2) & (plan[:, 1] > 6.5) & (plan[:, 1] < 8)
    tread = 0.15 * np.ceil((plan[:, 1] - 6.5) / 0.25)
    z = slope + np.where(terrace, 0.9, 0) - np.where(pit, 0.8, 0) + np.where(stair, tread, 0)
    xyz = np.column_stack([plan, z + rng.normal(0, 0.01, len(z))]).astype(np.float32)

    found = ground(xyz, cell=0.4, step=0.06, slope=0.15)

    assert found[~terrace & ~stair].mean() > 0.97
    assert found[terrace].mean() < 0.01
    assert found[stair].mean() < 0.1
