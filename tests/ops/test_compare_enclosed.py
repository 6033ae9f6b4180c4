"""Volumes of what is tall: two surfaces of known solids, captured with noise, or exact and with holes in them."""

from __future__ import annotations

import numpy as np
import pytest
from manifold3d import Manifold

from heritage.model.arrays import F64, Mesh, PointCloud
from heritage.ops.comparison.compare import compare
from heritage.ops.comparison.enclosed import TURN, Body
from heritage.ops.comparison.lattice import votes_between
from heritage.ops.comparison.plan import CompareOptions
from heritage.ops.meshes.sample_surface import sample_surface
from heritage.ops.meshes.weld import first_and_place

FLOOR = Manifold.cube((4, 4, 0.6)).translate((-2, -2, -0.6))


def _corners(solid: Manifold) -> F64:
    mesh = solid.to_mesh()
    return np.asarray(mesh.vert_properties[:, :3], np.float64)[mesh.tri_verts]


def _cut_fine(corners: F64, most: float) -> F64:
    """Triangles whose edges are no longer than ``most``: each long one is cut into four, which leaves no gap."""
    while len(corners) < 60_000:
        edge = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max()
        if edge <= most:
            break
        a, b, c = corners.swapaxes(0, 1)
        ab, bc, ca = (a + b) / 2, (b + c) / 2, (c + a) / 2
        corners = np.concatenate(
            [np.stack(t, axis=1) for t in ((a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca))]
        )
    return corners


def _epoch(solid: Manifold, seed: int, keep=None, n: int = 30_000, noise_m: float = 0.002):
    """Cloud and surface of a solid's upper side: what is below the floor's foot was not captured."""
    corners = _cut_fine(_corners(solid), 0.1)
    corners = corners[corners[:, :, 2].mean(1) > -0.59]
    if keep is not None:
        corners = corners[keep(corners.mean(1))]
    held = corners.reshape(-1, 3).astype(np.float32)
    first, place = first_and_place(held)
    mesh = Mesh(np.zeros(3), held[first], place.reshape(-1, 3).astype(np.int32))
    cloud = sample_surface([mesh], n, seed)
    noise = np.random.default_rng(seed).normal(0, noise_m, (len(cloud), 1))
    return cloud.with_(xyz=(cloud.xyz + noise * cloud.normal).astype(np.float32)), mesh


def _compared(before: tuple[PointCloud, Mesh], after: tuple[PointCloud, Mesh]):
    options = CompareOptions(reach_m=1.0)
    _, _, change = compare(after[1], before[0], after[0], 0.0001, options, reference=before[1])
    return change


BOX = Manifold.cube((0.5, 0.4, 0.9)).translate((-0.25, -0.2, -0.1))
CONE = Manifold.cylinder(1.1, 0.35, 0.05, 48).translate((0.3, 0.2, -0.1))
STAIR = sum(
    (Manifold.cube((1.2, 0.3 * (4 - k), 0.18)).translate((-0.6, 0.3 * k, 0.18 * k)) for k in range(4)),
    Manifold(),
)


@pytest.mark.parametrize(
    ("solid", "kind"), [(BOX, "lost"), (CONE, "lost"), (STAIR, "gained"), (BOX, "gained")]
)
def test_the_volume_of_what_is_tall_is_the_solids(solid, kind):
    true = (solid - FLOOR).volume()
    epochs = _epoch(FLOOR, 1), _epoch(FLOOR + solid, 2)

    change = _compared(*(epochs if kind == "gained" else epochs[::-1]))

    assert change.regions[0].volume_by == "enclosed"
    assert all(region.volume_m3 is not None for region in change.regions)
    found, other = (
        (change.gained_m3, change.lost_m3) if kind == "gained" else (change.lost_m3, change.gained_m3)
    )
    assert found == pytest.approx(true, rel=0.03)
    assert other < 0.01 * true
    assert abs(found - true) < 3 * change.regions[0].volume_sigma_m3 < 0.3 * true


def test_what_is_shallow_is_distance_times_area_and_the_enclosed_volume_is_the_same():
    slab = Manifold.cube((1.6, 1.4, 0.04)).translate((-0.8, -0.7, 0))
    before, after = _epoch(FLOOR, 1), _epoch(FLOOR + slab, 2)

    (region,) = _compared(before, after).regions

    assert region.volume_by == "distance"
    assert region.volume_m3 == pytest.approx(1.6 * 1.4 * 0.04, rel=0.06)
    low, size = np.array([-1.0, -0.9, -0.0507]), 0.0101
    first, second = (m.vertices.astype(np.float64)[m.triangles] for _, m in (before, after))
    votes = votes_between([first], [second], low, size, (200, 180, 20), 1)
    assert (votes == 6).sum() * size**3 == pytest.approx(1.6 * 1.4 * 0.04, rel=0.03)


def test_where_the_surfaces_do_not_close_no_volume_is_told():
    """A step in the ground that goes on beyond what was captured: how wide it is nobody can say."""
    step = Manifold.cube((1.0, 4, 0.5)).translate((1.0, -2, 0))
    inside = lambda middle: (np.abs(middle[:, :2]) < 1.99).all(1)  # noqa: E731

    change = _compared(_epoch(FLOOR, 1, inside), _epoch(FLOOR + step, 2, inside))

    region = change.regions[0]
    assert (region.volume_m3, region.volume_sigma_m3, region.volume_by) == (None, None, None)
    assert change.gained_m3 < 0.05
    assert change.changed_area_m2 > 2


def test_without_the_references_surface_a_tall_region_has_no_volume():
    before, after = _epoch(FLOOR, 1), _epoch(FLOOR + BOX, 2)

    _, _, change = compare(after[1], before[0], after[0], 0.0001, CompareOptions(reach_m=1.0))

    assert change.regions
    assert all(region.volume_by is None for region in change.regions)


def test_votes_are_those_of_the_solids_and_a_hole_spoils_some_only():
    """Two random solids: a voxel's middle is in the one and not in the other, as the solids themselves say."""
    first = Manifold.sphere(0.7, 40)
    second = (Manifold.sphere(0.6, 36) - Manifold.cube((0.5, 0.5, 2)).translate((0, 0, -1))).translate(
        (0.53, 0.07, 0.02)
    )
    low, size, shape = np.array([-1.001, -1.002, -1.003]), 0.0403, (60, 49, 51)
    middle = low + (np.indices(shape).reshape(3, -1).T + 0.5) * size

    votes = votes_between([_corners(first)], [_corners(second)], low, size, shape, 1)

    x, y = middle.T[:2]
    ball = np.linalg.norm(middle - [0.53, 0.07, 0.02], axis=1)
    slot = (x > 0.53) & (x < 1.03) & (y > 0.07) & (y < 0.57)
    for true, sure in (
        ((ball < 0.59) & ~slot & (np.linalg.norm(middle, axis=1) > 0.7), 6),
        ((ball > 0.61) | (np.linalg.norm(middle, axis=1) < 0.69), 0),
    ):
        assert true.sum() > 100
        assert (votes.ravel()[true] == sure).all()
    assert votes.sum() == 6 * (votes == 6).sum()  # closed: all ways agree everywhere
    second_minus_first = (second - first).volume()
    assert (votes == 6).sum() * size**3 == pytest.approx(second_minus_first, rel=0.05)
    holed = _corners(second)
    holed = holed[np.linalg.norm(holed.mean(1) - [0.9, -0.4, 0.1], axis=1) > 0.12]
    assert len(holed) < len(_corners(second))
    spoilt = votes_between([_corners(first)], [holed], low, size, shape, 1)
    assert (spoilt != votes).any()
    assert (spoilt >= 4).sum() * size**3 == pytest.approx(second_minus_first, rel=0.05)


@pytest.mark.parametrize("radius_m", [0.002, 0.005, 0.05])
def test_what_lies_on_a_body_lies_along_it_however_small_the_cylinders_are_beside_its_voxels(radius_m):
    size, low = 0.02, np.array([0.3, -0.2, 1.0])
    body = Body(np.pad(np.ones((20, 30, 10), bool), 3), 0, 0, low, size)
    ends = low + 3 * size, low + np.array([23, 33, 13]) * size
    rng = np.random.default_rng(3)
    on, side = rng.uniform(*ends, (400, 3)), rng.integers(0, 6, 400)
    on[np.arange(400), side % 3] = np.stack(ends)[side // 3, side % 3]
    away = on + np.where(side // 3, 1, -1)[:, None] * np.eye(3)[side % 3] * (radius_m + 1.8 * size)

    assert body.along((on @ TURN).astype(np.float32), radius_m)
    assert not body.along((away @ TURN).astype(np.float32), radius_m)
