"""Regions that cylinders alone see, and regions that the points confirm."""

from __future__ import annotations

import numpy as np
import pytest

from heritage.model.arrays import F32, F64, Mesh, PointCloud
from heritage.ops.comparison.compare import Change, compare
from heritage.ops.comparison.plan import CompareOptions

SIGMA_M, RELIEF_M, WAVE_M, RADIUS_M, HALF_M = 0.002, 0.015, 0.08, 0.1, 1.0


def _ribs(x: F64, soft: bool = False) -> F64:
    """Height of a wall of ribs, narrower than a cylinder; as a surface through few points has it, where ``soft``."""
    return RELIEF_M * np.sin(2 * np.pi * x / WAVE_M) * (0.9 if soft else 1.0)


def _survey(seed: int, crests: float, shift_m: float = 0.0) -> tuple[PointCloud, Mesh]:
    """A plate of ribs of which the middle, 0.4 m wide, was seen with ``crests`` as the share of points on crests, and pushed."""
    rng = np.random.default_rng(seed)
    plan = rng.uniform(-HALF_M, HALF_M, (60_000, 2))
    middle = (np.abs(plan) < 0.2).all(1)
    share = np.where(np.sin(2 * np.pi * plan[:, 0] / WAVE_M) > 0, crests, 1 - crests)
    plan = plan[~middle | (rng.random(len(plan)) < share)]
    middle = (np.abs(plan) < 0.2).all(1)
    z = _ribs(plan[:, 0]) + shift_m * middle + rng.normal(0, SIGMA_M, len(plan))
    up = np.tile(np.float32([0, 0, 1]), (len(plan), 1))
    cloud = PointCloud(np.zeros(3), np.column_stack([plan, z]).astype(np.float32), normal=up)
    return cloud, _surface(shift_m)


def _surface(shift_m: float) -> Mesh:
    n = 200
    side = np.linspace(-HALF_M, HALF_M, n + 1)
    x, y = (a.ravel() for a in np.meshgrid(side, side))
    z = _ribs(x, soft=True) + shift_m * ((np.abs(x) < 0.2) & (np.abs(y) < 0.2))
    i = (np.arange(n)[:, None] * (n + 1) + np.arange(n)).ravel()
    triangles = np.vstack(
        [np.column_stack([i, i + 1, i + n + 2]), np.column_stack([i, i + n + 2, i + n + 1])]
    )
    vertices: F32 = np.column_stack([x, y, z]).astype(np.float32)
    return Mesh(np.zeros(3), vertices, triangles.astype(np.int32))


def _change(crests: float, shift_m: float, *, confirm: bool) -> Change:
    (before, early), (after, late) = _survey(1, 0.2), _survey(2, crests, shift_m)
    options = CompareOptions(radius_m=RADIUS_M, reach_m=0.3, normals="mesh", smoothing=10)
    return compare(late, before, after, 0.0001, options, reference=early if confirm else None)[2]


def _not_confirmed(change: Change) -> float:
    return next(f.value for f in change.figures if f.name == "regions_not_confirmed")


def test_relief_seen_in_other_shares_is_no_region() -> None:
    """Crests where there were valleys before: the means differ by some mm, and every point lies on the same wall."""
    alone, change = (_change(0.8, 0.0, confirm=way) for way in (False, True))

    assert len(alone.regions) >= 1  # else there is nothing to tell apart
    assert alone.regions[0].mean_m > 0.003
    assert change.regions == ()
    assert change.changed_area_m2 == 0
    assert _not_confirmed(change) == len(alone.regions)


@pytest.mark.parametrize("shift_m", [0.01, -0.01, 0.03])
@pytest.mark.parametrize("crests", [0.2, 0.5])
def test_a_push_as_wide_as_two_cylinders_is_confirmed(shift_m: float, crests: float) -> None:
    change = _change(crests, shift_m, confirm=True)

    assert len(change.regions) == 1
    assert change.regions[0].gained == (shift_m > 0)
    assert np.linalg.norm(change.regions[0].centre_m[:2]) < 0.05
    assert 0.4 < change.regions[0].greatest_m / shift_m < 2.0  # with what the ribs' shares add or take away
    assert _not_confirmed(change) == 0


def _plates(*heights_m: tuple[float, float]) -> tuple[PointCloud, Mesh]:
    """Level plates, each ``height`` and half its width, seen from above and captured with noise."""
    rng, clouds, vertices, triangles = np.random.default_rng(len(heights_m)), [], [], []
    for k, (height, half) in enumerate(heights_m):
        plan = rng.uniform(-half, half, (int(40_000 * half**2), 2))
        clouds.append(np.column_stack([plan, height + rng.normal(0, SIGMA_M, len(plan))]))
        side = np.linspace(-half, half, 41)
        x, y = (a.ravel() for a in np.meshgrid(side, side))
        i = (np.arange(40)[:, None] * 41 + np.arange(40)).ravel()
        vertices.append(np.column_stack([x, y, np.full(len(x), height)]))
        halves = [np.column_stack([i, i + 1, i + 42]), np.column_stack([i, i + 42, i + 41])]
        triangles.append(np.vstack(halves) + k * 41**2)
    xyz = np.vstack(clouds).astype(np.float32)
    up = np.tile(np.float32([0, 0, 1]), (len(xyz), 1))
    mesh = Mesh(np.zeros(3), np.vstack(vertices).astype(np.float32), np.vstack(triangles).astype(np.int32))
    return PointCloud(np.zeros(3), xyz, normal=up), mesh


@pytest.mark.parametrize(("hidden", "regions"), [(True, 1), (False, 0)])
def test_what_the_earlier_survey_did_not_see_before_what_both_saw_is_no_gain(
    hidden: bool, regions: int
) -> None:
    """A shelf that only the later survey has: added, if it hides the wall behind it, and not if that is there as it was."""
    wall, shelf = (0.0, 1.0), (0.05, 0.25)
    before, early = _plates(wall)
    after, late = _plates(wall, shelf)
    if hidden:
        below = (np.abs(after.xyz[:, :2]) < 0.25).all(1) & (after.xyz[:, 2] < 0.025)
        after = after.select(~below)
        corner = late.vertices[late.triangles]
        covered = (np.abs(corner[:, :, :2]) < 0.25).all((1, 2)) & (corner[:, :, 2] == 0).all(1)
        late = late.with_(triangles=late.triangles[~covered])
    options = CompareOptions(radius_m=0.03, reach_m=0.3, normals="mesh")

    alone, change = (
        compare(late, before, after, 0.0001, options, reference=mesh)[2] for mesh in (None, early)
    )

    assert len(alone.regions) == 1
    assert len(change.regions) == regions
