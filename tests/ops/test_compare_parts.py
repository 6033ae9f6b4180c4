"""The parts of comparing in blocks, each against brute force."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from heritage.model.arrays import Mesh
from heritage.ops.comparison.chance import CHANCE, Chance
from heritage.ops.comparison.compare import longest_edge
from heritage.ops.comparison.part import Part
from heritage.ops.comparison.region import Region, by_size, region_of
from heritage.ops.comparison.regions import find_parts, join_parts
from heritage.ops.comparison.surface_piece import surface_piece, vertex_areas
from heritage.ops.comparison.tally import Tally
from heritage.ops.comparison.where import Where

FEW = Chance(1.0, 14.0)


def test_the_longest_edge_is_that_of_all_sides() -> None:
    rng = np.random.default_rng(1)
    for count in (0, 1, 200):
        vertices = rng.normal(0, 1e3, (50, 3)).astype(np.float32)
        triangles = rng.integers(0, 50, (count, 3)).astype(np.int32)
        places = vertices.astype(np.float64)
        sides = [np.linalg.norm(places[t[i]] - places[t[i - 1]]) for t in triangles for i in range(3)]
        assert longest_edge(Mesh(np.zeros(3), vertices, triangles)) == pytest.approx(
            max(sides, default=0.0), rel=1e-15
        )


def test_a_tally_has_the_percentiles_of_all_values_however_they_are_parted() -> None:
    rng = np.random.default_rng(0)
    values, weight = rng.normal(0, 0.01, 5_000).astype(np.float32), rng.random(5_000)
    parts = [Tally.of(values[a : a + 700], weight[a : a + 700], 2.0**-16) for a in range(0, 5_000, 700)]

    tally = Tally.joined(parts)

    order = np.argsort(values)
    total = np.cumsum(weight[order])
    for q in (5, 50, 95, 100):
        exact = values[order][min(np.searchsorted(total, q / 100 * total[-1]), 4_999)]
        assert tally.percentile(q) * 2.0**-16 == pytest.approx(exact, abs=2.0**-17 + 1e-9)
    assert tally.weight.sum() == pytest.approx(weight.sum())
    sizes = tally.sizes()
    assert sizes.step.min() >= 0
    assert (np.diff(sizes.step) > 0).all()
    assert sizes.weight.sum() == pytest.approx(weight.sum())


@pytest.mark.parametrize("reach", [0.05, 0.4])
def test_along_lines_no_point_within_reach_is_passed_over(reach: float) -> None:
    rng = np.random.default_rng(1)
    at, way = rng.uniform(-2, 2, (40, 3)), rng.normal(size=(40, 3))
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    steps = np.array([-1.5, -0.5, 0.5, 1.5])
    xyz = rng.uniform(-5, 5, (40_000, 3)).astype(np.float32)

    held = Where.along(at, way, steps, reach).holds(xyz)

    places = (at[:, None] + steps[:, None] * way[:, None]).reshape(-1, 3)
    near = np.linalg.norm(xyz[:, None] - places, axis=2).min(1)
    assert held[near <= reach].all()
    assert not held[near > 4 * reach].any()
    assert Where.around(at, reach).holds(at.astype(np.float32)).all()


def _plate(n: int) -> Mesh:
    side = np.linspace(0, 1, n + 1)
    x, y = np.meshgrid(side, side)
    i = (np.arange(n)[:, None] * (n + 1) + np.arange(n)).ravel()
    triangles = np.vstack(
        [np.column_stack([i, i + 1, i + n + 2]), np.column_stack([i, i + n + 2, i + n + 1])]
    )
    vertices = np.column_stack([x.ravel(), y.ravel(), 0 * x.ravel()]).astype(np.float32)
    return Mesh(np.zeros(3), vertices, triangles.astype(np.int32))


def _told(part: Part) -> Region:
    return region_of(part, SimpleNamespace(radius_m=0.02, registration_m=0.001, step_m=2.0**-16))


def test_regions_over_blocks_are_those_of_the_whole() -> None:
    """Random patches of change on a plate cut into strips and into a checkerboard, whose cells meet at corners."""
    plate, rng = _plate(40), np.random.default_rng(2)
    field = sum(
        sign * (np.linalg.norm(plate.vertices[:, :2] - rng.random(2), axis=1) < rng.uniform(0.03, 0.12))
        for sign in (1, -1, 1, 1, -1, 1, -1)
    )
    change = {v.tobytes(): d for v, d in zip(plate.vertices, 0.01 * field.astype(np.float32), strict=True)}
    middle = plate.vertices[plate.triangles].mean(1)

    def regions(cell: np.ndarray):
        meshes = []
        for number in np.unique(cell):
            used, triangles = np.unique(plate.triangles[cell == number], return_inverse=True)
            meshes.append(Mesh(plate.origin, plate.vertices[used], triangles.reshape(-1, 3).astype(np.int32)))
        parts = []
        for k, own in enumerate(meshes):
            piece = surface_piece(own, [*meshes[:k], *meshes[k + 1 :]], 0)
            distance = np.array([change[v.tobytes()] for v in piece.vertices], np.float32)
            lod, sigma = (np.full(len(distance), v, np.float32) for v in (0.006, 0.003))
            parts += find_parts(piece, distance, lod, sigma, 0.02, 2.0**-16)
        return by_size([_told(part) for part in join_parts(parts, 0.02, FEW)])

    whole = regions(np.zeros(len(middle), int))
    for cell in (
        (middle[:, 0] * 7).astype(int),
        (middle[:, 0] * 5).astype(int) * 5 + (middle[:, 1] * 5).astype(int),
        ((middle[:, 0] * 8).astype(int) + (middle[:, 1] * 8).astype(int)) % 2,
    ):
        cut = regions(cell)
        assert len(cut) == len(whole) > 2
        for one, other in zip(cut, whole, strict=True):
            assert one.area_m2 == pytest.approx(other.area_m2, rel=1e-9)
            assert one.volume_m3 == pytest.approx(other.volume_m3, rel=1e-9)
            assert one.centre_m == pytest.approx(other.centre_m, abs=1e-9)
            assert one.median_m == other.median_m


@pytest.mark.parametrize(("gap_m", "count"), [(0.06, 1), (0.3, 2)])
def test_pieces_closer_than_the_cylinders_tell_are_one_region(gap_m: float, count: int) -> None:
    plate = _plate(50)
    x = plate.vertices[:, 0]
    piece = surface_piece(plate, (), 0)
    distance = np.where(np.abs(piece.vertices[:, 0] - 0.5) >= gap_m / 2, 0.02, 0).astype(np.float32)
    # And one that was lost beside them: never one with what was gained.
    distance[(piece.vertices[:, 0] > 0.9)] = -0.02
    lod, sigma = np.full(len(x), 0.006, np.float32), np.full(len(x), 0.003, np.float32)

    parts = join_parts(find_parts(piece, distance, lod, sigma, 0.08, 2.0**-16), 0.08, FEW)
    regions = [_told(part) for part in parts]

    assert len(regions) == count + 1
    gained = [region for region in regions if region.volume_m3 > 0]
    assert len(gained) == count
    area = vertex_areas(piece.vertices, piece.triangles)
    assert sum(region.area_m2 for region in gained) == pytest.approx(area[distance > 0].sum(), rel=1e-9)
    assert sum(region.volume_m3 for region in regions) == pytest.approx((area * distance).sum(), rel=1e-6)
    assert min(region.low_m[0] for region in gained) == 0
    assert {round(region.greatest_m, 6) for region in regions} == {0.02, -0.02}


@pytest.mark.parametrize("sections", [1, 3])
def test_of_many_places_noise_puts_about_one_beyond_chance(sections: int) -> None:
    """By lot: means of two epochs' 8 points a section each, over their estimated error; 400 surveys of 2,000 places."""
    rng, chance = np.random.default_rng(4), Chance(2_000.0, 14.0)
    limit = float(chance.sigmas(np.array(float(sections))))
    beyond = 0
    for _ in range(400):
        early, late = rng.normal(size=(2, 2_000, sections, 8)).astype(np.float32)
        shift = late.mean((1, 2)) - early.mean((1, 2))
        error = np.sqrt((early.var(2, ddof=1) + late.var(2, ddof=1)).mean(1) / (8 * sections))
        beyond += int((np.abs(shift) > limit * error).sum())

    assert limit > CHANCE or sections > 1
    assert beyond / 400 < 1.2  # fewer where the limit is CHANCE itself
    assert Chance(800_000.0, 14.0).sure == pytest.approx(4.85, abs=0.02)
    assert FEW.sigmas(np.ones(2)).tolist() == [CHANCE, CHANCE]
