"""Elevations and sections are measured in: sizes and places against shapes that are known."""

from dataclasses import replace

import numpy as np
import pytest

from heritage.model.errors import InputError
from heritage.ops.viewing.elevation import Elevation, sheet_of
from heritage.ops.viewing.picture import Drawn
from heritage.ops.viewing.section import across, chained, cut, level, upright


def box(low, high, rgb=(200.0, 30.0, 30.0)):
    """A closed box, its triangles counter-clockwise from outside."""
    corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], float)
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    triangles = np.array([t for a, b, c, d in quads for t in ((a, b, c), (a, c, d))], np.int64)
    vertices = np.array(low) + corners * (np.array(high) - np.array(low))
    return Drawn(vertices, triangles, np.tile(np.array(rgb), (8, 1)))


def drawn(surfaces, azimuth, pixel_m, margin=0.5):
    sheet = sheet_of(np.concatenate([s.vertices for s in surfaces]), azimuth, pixel_m, margin)
    elevation = Elevation(sheet)
    for surface in surfaces:
        elevation.draw(surface)
    return sheet, elevation


@pytest.mark.parametrize(
    ("azimuth", "wide", "high"),
    [(0, 4, 2), (180, 4, 2), (90, 1, 2), (None, 4, 1)],
    ids=["y", "-y", "x", "top"],
)
def test_a_pixel_has_its_size_on_the_monument(azimuth, wide, high):
    _, elevation = drawn([box([3, 5, 0], [7, 6, 2])], azimuth, 0.01)
    shown = (elevation.picture() < 250).any(2)

    assert elevation.picture().shape[:2] == (100 * high + 100, 100 * wide + 100)
    assert shown.any(0).sum() == pytest.approx(100 * wide, abs=1)
    assert shown.any(1).sum() == pytest.approx(100 * high, abs=1)


def test_what_stands_in_front_hides_what_is_behind_in_whichever_order_they_are_drawn():
    front, back = box([1, 0, 0], [2, 0.5, 1]), box([0, 3, 0], [3, 4, 1], (20.0, 20.0, 220.0))
    for surfaces in ([front, back], [back, front]):
        sheet, elevation = drawn(surfaces, 180, 0.02)
        column, row, away = sheet.pixels(np.array([[1.5, 0, 0.5], [0.5, 3, 0.5]])).T
        picture = elevation.picture()
        seen = picture[row.astype(int), column.astype(int)]

        assert seen.tolist() == [[200, 30, 30], [20, 20, 220]]
        depth = elevation.depth()[row.astype(int), column.astype(int)]
        np.testing.assert_allclose(depth, away, atol=1e-5)


def test_what_is_interpreted_is_hatched_on_the_sheet_too(monkeypatch):
    """By its certainty, with lines that run on from one band of rays to the next."""
    solid = box([0, 0, 0], [4, 1, 2])
    sure = replace(solid, certainty=np.full(8, 2, np.uint8))
    _, plain = drawn([solid], 180, 0.02)
    _, whole = drawn([sure], 180, 0.02)
    monkeypatch.setattr("heritage.ops.viewing.elevation._RAYS", 5_000)
    _, bands = drawn([sure], 180, 0.02)

    changed = (plain.picture().astype(int) - whole.picture()).any(2)
    assert changed[30:120, 30:220].all()
    assert whole.picture()[30:120, 30:220].std() > 20
    np.testing.assert_array_equal(whole.picture(), bands.picture())


def test_from_the_south_the_east_is_on_the_right():
    east, west = box([4, 0, 0], [5, 1, 1]), box([0, 0, 0], [1, 1, 1], (20.0, 20.0, 220.0))
    _, elevation = drawn([east, west], 180, 0.05)

    assert elevation.picture()[20, -20].tolist() == [200, 30, 30]


def test_too_fine_a_pixel_is_refused_with_what_would_do():
    with pytest.raises(InputError, match="choose 13 or more"):
        sheet_of(np.array([[0, 0, 0], [100.0, 1, 100]]), 180, 0.001)


def test_a_section_of_a_box_is_its_rectangle():
    solid = box([1, 2, 0], [4, 6, 3])
    (ring,) = chained(
        cut(solid.vertices, solid.triangles, upright(np.array([0.0, 4.1]), np.array([5.0, 4.1])))
    )

    np.testing.assert_allclose(ring.min(0), [1, 0])
    np.testing.assert_allclose(ring.max(0), [4, 3])
    assert ring[0].tolist() == ring[-1].tolist()
    assert np.linalg.norm(np.diff(ring, axis=0), axis=1).sum() == pytest.approx(12)
    (plan,) = chained(cut(solid.vertices, solid.triangles, level(1.2)))
    assert (plan.min(0).tolist(), plan.max(0).tolist()) == ([1, 2], [4, 6])


def test_a_section_through_vertices_is_one_line():
    solid = box([1, 2, 0], [4, 6, 3])

    assert (
        len(
            chained(cut(solid.vertices, solid.triangles, upright(np.array([1.0, 2.0]), np.array([4.0, 6.0]))))
        )
        == 1
    )


def test_segments_are_those_of_every_triangle_by_itself():
    dice = np.random.default_rng(3)
    vertices, triangles = dice.normal(size=(300, 3)), dice.integers(0, 300, (400, 3))
    triangles = triangles[(triangles[:, 0] != triangles[:, 1]) & (triangles[:, 1] != triangles[:, 2])]
    triangles = triangles[triangles[:, 0] != triangles[:, 2]]
    plane = upright(np.array([-1.0, 0.3]), np.array([1.0, -0.2]))
    found = cut(vertices, triangles, plane)

    truth = []
    for corners in vertices[triangles]:
        height = (corners - plane.origin) @ plane.look
        ends = [
            corners[i] + (corners[j] - corners[i]) * height[i] / (height[i] - height[j])
            for i, j in ((0, 1), (1, 2), (2, 0))
            if (height[i] >= 0) != (height[j] >= 0)
        ]
        if ends:
            truth.append(sorted(plane.flat(np.array(ends)).round(9).tolist()))
    assert sorted(sorted(pair) for pair in found.round(9).tolist()) == sorted(truth)


@pytest.mark.parametrize(
    ("axis", "right", "up"),
    [("x", (0, 1, 0), (0, 0, 1)), ("y", (1, 0, 0), (0, 0, 1)), ("z", (1, 0, 0), (0, 1, 0))],
)
def test_a_plane_across_an_axis_lies_there_and_is_drawn_as_in_the_viewer(axis, right, up):
    """The viewer's `ACROSS` in `core/section.ts` has the same directions."""
    plane = across(axis, 2.5)

    assert (tuple(plane.right), tuple(plane.up)) == (right, up)
    assert plane.origin["xyz".index(axis)] == 2.5
    assert abs(plane.look["xyz".index(axis)]) == 1


def test_what_could_not_be_compared_is_hatched_and_told_apart_in_grey_print():
    """Half a wall is as before, half has nothing to compare: the same grey ink on average is not enough."""
    wall = box([0, 0, 0], [4, 1, 2], rgb=(212.0, 209.0, 204.0))
    unknown = wall.vertices[:, 0] > 2
    plain, hatched = (drawn([replace(wall, unknown=mask)], 180.0, 0.02)[1] for mask in (None, unknown))
    grey = hatched.picture() @ np.array([0.299, 0.587, 0.114])
    middle = grey[grey.shape[0] // 2 - 20 : grey.shape[0] // 2 + 20]

    assert np.array_equal(plain.depth(), hatched.depth())
    lines = np.ptp(middle[:, -80:-40])
    assert lines > 50
    # Lines run through the picture: every row of forty pixels has light and dark.
    assert (np.ptp(middle[:, -80:-40], axis=1) > 40).all()
