"""What annotations measure on a surface: against shapes whose areas and lengths are known."""

import numpy as np
import pytest
import shapely

from heritage.model.errors import InputError
from heritage.ops.annotation.carry import carried
from heritage.ops.annotation.outline import outline_of
from heritage.ops.annotation.patch import Surface, area_patch, line_patch, point_patch


def grid(place, n=60, m=60):
    """Triangles over the unit square, ``place`` (u, v) -> xyz."""
    u, v = np.meshgrid(np.linspace(0, 1, n), np.linspace(0, 1, m), indexing="ij")
    vertices = np.stack(place(u.ravel(), v.ravel()), axis=1).astype(float)
    at = np.arange(n * m).reshape(n, m)
    a, b, c, d = at[:-1, :-1].ravel(), at[1:, :-1].ravel(), at[1:, 1:].ravel(), at[:-1, 1:].ravel()
    return vertices, np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])


def joined(*parts):
    starts = np.cumsum([0, *(len(v) for v, _ in parts)])
    return Surface(
        np.concatenate([v for v, _ in parts]),
        np.concatenate([t + s for (_, t), s in zip(parts, starts, strict=False)]),
    )


def area(surface, ring):
    ring = np.array(ring, float)
    return area_patch(surface, ring, outline_of(ring))


FLOOR = grid(lambda u, v: (4 * u - 2, 4 * v - 2, 0 * u))
WALL = grid(lambda u, v: (4 * u, 0 * u, 3 * v))  # faces -y
BACK = (WALL[0] + [0, 0.3, 0], WALL[1][:, ::-1])  # the same wall's other side


@pytest.mark.parametrize("turn", [1, -1], ids=["one way round", "the other"])
def test_a_flat_area_is_what_it_is_on_paper_whichever_way_it_was_drawn(turn):
    ring = [[0.31, 0, 0.2], [2.87, 0, 0.4], [2.2, 0, 2.71], [0.5, 0, 1.9]][::turn]
    x, z = np.array(ring)[:, [0, 2]].T
    truth = shapely.Polygon(np.stack([x, z], axis=1))

    found = area(joined(WALL, BACK), ring)

    assert found.measure == pytest.approx(truth.area, rel=1e-9)
    np.testing.assert_allclose(found.normal, [0, -1, 0], atol=1e-9)
    assert np.abs(found.places[:, 1]).max() == 0
    middle = found.places[:, 0].mean(), found.places[:, 2].mean()
    assert middle == pytest.approx((truth.centroid.x, truth.centroid.y), abs=0.03)


def test_a_slope_has_its_own_area_not_its_plan():
    surface = joined(grid(lambda u, v: (2 * u, 2 * v, 2 * v)))

    assert area(
        surface, [[0.5, 0.5, 0.5], [1.5, 0.5, 0.5], [1.5, 1.5, 1.5], [0.5, 1.5, 1.5]]
    ).measure == pytest.approx(np.sqrt(2))


def test_a_patch_of_a_column_is_measured_around_it_and_what_stands_behind_does_not_count():
    radius, half = 0.4, np.radians(50)
    column = grid(
        lambda u, v: (radius * np.sin(2 * np.pi * u), -radius * np.cos(2 * np.pi * u), 3 * v), 721, 60
    )
    behind = (WALL[0] + [-2, 0.9, 0], WALL[1])
    ring = [
        *([radius * np.sin(t), -radius * np.cos(t), 0.5] for t in np.linspace(-half, half, 9)),
        *([radius * np.sin(t), -radius * np.cos(t), 2.0] for t in np.linspace(half, -half, 9)),
    ]

    assert area(joined(column, behind), ring).measure == pytest.approx(2 * half * radius * 1.5, rel=2e-3)


@pytest.mark.parametrize("radius", [0.4, 3.0, 12.0])
def test_a_dome_is_measured_to_its_top_and_the_shaft_that_stands_on_a_floor_is_not(radius):
    """Also where its triangles come from tiles that share no vertex."""
    turn = 2 * np.pi
    dome = grid(
        lambda u, v: (
            radius * np.sin(turn * u) * np.sin(v * np.pi / 2),
            radius * np.cos(turn * u) * np.sin(v * np.pi / 2),
            radius * np.cos(v * np.pi / 2),
        ),
        241,
        121,
    )
    dome = dome[0], dome[1][:, ::-1]  # outwards
    halves = [(dome[0], dome[1][k::2]) for k in (0, 1)]
    t = np.linspace(0, turn, 240, endpoint=False)
    ring = radius * np.stack([np.cos(t) * np.sin(1.4), np.sin(t) * np.sin(1.4), np.full(240, np.cos(1.4))], 1)

    found = area(joined(*halves), ring)

    assert found.measure == pytest.approx(2 * np.pi * radius**2 * (1 - np.cos(1.4)), rel=0.01)
    # A rough column of 4 m on a floor: of its sides what is near counts, as before, and no more.
    rng = np.random.default_rng(2)
    shaft = grid(lambda u, v: (0.4 * np.sin(turn * u), 0.4 * np.cos(turn * u), 4 * v), 60, 100)
    rough = shaft[0] + rng.normal(0, 0.004, shaft[0].shape)
    within = area(joined(FLOOR, (rough, shaft[1])), [[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]])
    assert 4 <= within.measure < 4 + 0.8 * np.pi * 0.8


def test_the_anchor_of_a_ring_lies_on_it_and_not_in_its_middle():
    t = np.linspace(0, 1.9 * np.pi, 40)
    horseshoe = np.concatenate(
        [1.5 * np.stack([np.cos(t), np.sin(t)], 1), np.stack([np.cos(t), np.sin(t)], 1)[::-1]]
    )

    found = area(joined(FLOOR), np.column_stack([horseshoe, np.zeros(80)]))

    assert 1 <= np.hypot(*found.anchor[:2]) <= 1.5


def test_a_line_follows_the_surface():
    column = grid(lambda u, v: (np.sin(2 * np.pi * u), -np.cos(2 * np.pi * u), 3 * v), 721, 40)
    half = np.pi / 3
    chord = np.array([[np.sin(t), -np.cos(t), 1.0] for t in (-half, half)])

    found = line_patch(joined(column), chord)

    assert found.measure == pytest.approx(2 * half, rel=1e-3)
    assert np.linalg.norm(chord[1] - chord[0]) == pytest.approx(
        np.sqrt(3)
    )  # through the stone it would be shorter
    np.testing.assert_allclose(found.anchor, [0, -1, 1], atol=0.06)


def test_a_point_comes_to_the_surface():
    found = point_patch(joined(WALL), np.array([1.0, -0.02, 1.0]))

    np.testing.assert_allclose(found.anchor, [1, 0, 1], atol=1e-6)
    assert np.linalg.norm(found.places - found.anchor, axis=1).max() == pytest.approx(0.05, abs=1e-6)


@pytest.mark.parametrize(
    ("ring", "words"),
    [
        ([[0, 0, 0], [2, 0, 2], [2.5, 0, 0], [0, 0, 1]], "crosses or touches itself at [0.7"),
        ([[0, 0, 0], [1, 0, 0], [2, 0, 0]], "holds 0 mm²"),
        ([[0, 0, 0], [1, 0, 1], [1, 0, 0], [0, 0, 1]], "holds"),
    ],
    ids=["bow tie", "on one line", "bow tie of equal halves"],
)
def test_an_outline_that_is_no_ring_is_refused(ring, words):
    with pytest.raises(InputError) as error:
        outline_of(np.array(ring, float))

    assert words in str(error.value)


def test_carrying_asks_whether_the_surface_is_the_same():
    surface = joined(WALL)
    x = surface.vertices[:, 0]

    def verdict(distance, lod=0.01, places=None):
        change = np.stack([distance, np.full(len(x), lod)], 1).astype(np.float32)
        change[np.isnan(distance)] = np.nan
        places = (
            area(surface, [[0.5, 0, 0.5], [3.5, 0, 0.5], [3.5, 0, 2.5], [0.5, 0, 2.5]]).places
            if places is None
            else places
        )
        return carried(places, surface, change, lod)

    same = verdict(np.full(len(x), 0.004))
    assert (same.verdict, same.unchanged, same.comparable) == ("carried", 1.0, 1.0)
    third = verdict(np.where(x < 1.5, 0.05, 0.0))
    assert third.verdict == "review"
    assert third.unchanged == pytest.approx(2 / 3, abs=0.03)
    unknown = verdict(np.where(x < 2.5, np.nan, 0.0))
    assert unknown.verdict == "not-comparable"
    assert unknown.comparable == pytest.approx(1 / 3, abs=0.03)
    gone = verdict(np.zeros(len(x)), places=surface.vertices + np.array([0, -0.4, 0]))
    assert (gone.verdict, gone.unchanged) == ("review", 0.0)
