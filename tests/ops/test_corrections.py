"""What people correct of a cleaned cloud: exactly the points of the region, by brute force, and nothing else."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from heritage.model.arrays import REASONS, PointCloud
from heritage.model.documents import Brush, Correction, CorrectionFrame, Corrections, Lasso, Seen
from heritage.model.errors import InputError
from heritage.ops.cleaning.clean import clean
from heritage.ops.cleaning.moved_frame import in_frame
from heritage.ops.cleaning.region import front_of, in_brush, in_lasso

CASES = Path(__file__).parents[2] / "viewer" / "tests" / "unit" / "region-cases.json"
KEPT, VEGETATION, GROUND = (REASONS[name] for name in ("kept", "vegetation", "ground"))
LASSO = Lasso(
    eye_m=(0, -10, 2), axis=(0, 3, 0), outline=((-0.2, -0.1), (0.25, -0.15), (0.1, 0.2), (-0.1, 0.12))
)


def scene() -> tuple[PointCloud, np.ndarray]:
    """A wall with moss on it, green and rough, and a bush before it; True for the points of the moss."""
    rng = np.random.default_rng(5)
    wall = np.column_stack([rng.uniform(-4, 4, 6000), rng.normal(0, 0.003, 6000), rng.uniform(0, 4, 6000)])
    moss = np.column_stack([rng.uniform(-1, 1, 900), rng.uniform(-0.12, 0, 900), rng.uniform(2, 3, 900)])
    bush = rng.normal([2.5, -2, 0.6], 0.25, (900, 3))
    shades = [(150, 140, 130), (80, 130, 50), (70, 120, 40)]
    rgb = np.repeat(shades, [len(wall), len(moss), len(bush)], axis=0)
    order = rng.permutation(len(rgb))
    xyz = np.vstack([wall, moss, bush]).astype(np.float32)[order]
    is_moss = (np.arange(len(rgb)) >= 6000) & (np.arange(len(rgb)) < 6900)
    return PointCloud(np.array([3.0, 5.0, 0.0]), xyz, rgb[order].astype(np.uint8)), is_moss[order]


def brushed(cloud: PointCloud, **changes: object) -> Correction:
    at = tuple((3.0 + x, 5.0 - 0.06, z) for x in (-0.7, 0.0, 0.7) for z in (2.2, 2.8))
    given = {"id": "moss", "was": ("vegetation",), "becomes": "kept", "brush": Brush(radius_m=0.5, at_m=at)}
    return Correction.model_validate({**given, **changes})


def by_hand(cloud: PointCloud, brush: Brush) -> np.ndarray:
    """The points in any of the balls, one ball after the other."""
    inside = np.zeros(len(cloud), bool)
    for place in brush.at_m:
        inside |= np.array([math.dist(p, place) <= brush.radius_m for p in cloud.world().tolist()])
    return inside


def test_a_brush_moves_exactly_its_points_and_the_labels_become_better_by_those():
    cloud, moss = scene()
    before, one = clean(cloud), brushed(cloud)

    after = clean(cloud, corrections=[one])

    meant = by_hand(cloud, one.brush) & (before.reasons == VEGETATION)
    wrong = moss & (before.reasons == VEGETATION)
    assert wrong.sum() > 500, "cleaning takes moss for a bush"
    assert (meant & moss).sum() > 0.9 * wrong.sum()
    assert np.array_equal(after.reasons, np.where(meant, KEPT, before.reasons))
    assert np.array_equal(after.classes[meant], np.ones(meant.sum())), "unclassified, as other kept points"
    assert np.array_equal(after.classes[~meant], before.classes[~meant])
    assert np.array_equal(after.corrected, meant)
    # Precision and recall against the truth, by exactly those points.
    bush = (before.reasons == VEGETATION) & ~moss
    assert (after.reasons == VEGETATION).sum() == bush.sum() + (wrong & ~meant).sum() - (meant & ~moss).sum()
    kept = {"before": (before.reasons == KEPT) & moss, "after": (after.reasons == KEPT) & moss}
    assert kept["after"].sum() - kept["before"].sum() == (meant & moss).sum()


def test_counts_balance_and_say_what_moved():
    cloud, _ = scene()
    before, one = clean(cloud), brushed(cloud)

    after = clean(cloud, corrections=[one])

    moved = after.moved[0].points
    assert after.moved[0].was == {"vegetation": moved}
    assert moved > 0
    assert after.counts.given == before.counts.given + moved
    assert after.counts.reasons["vegetation"] == before.counts.reasons["vegetation"] - moved
    figure = next(f for f in after.figures if f.name == "correction moss")
    assert figure.value == moved
    assert "vegetation" in figure.method


def test_corrections_hold_in_order_and_the_last_one_wins():
    cloud, _ = scene()
    one = brushed(cloud)
    two = brushed(cloud, id="back", was=("kept",), becomes="ground")

    both, other = clean(cloud, corrections=[one, two]), clean(cloud, corrections=[two, one])

    inside, before = by_hand(cloud, one.brush), clean(cloud).reasons
    assert np.array_equal(
        both.reasons, np.where(inside & np.isin(before, [KEPT, VEGETATION]), GROUND, before)
    )
    assert np.array_equal(
        other.reasons,
        np.where(inside & (before == KEPT), GROUND, np.where(inside & (before == VEGETATION), KEPT, before)),
    )
    assert set(np.unique(both.corrected)) == {0, 2}


def test_a_correction_that_is_taken_away_leaves_the_cloud_as_cleaning_had_it():
    cloud, _ = scene()
    there = clean(cloud, corrections=[brushed(cloud, was=("halo",))])
    assert there.moved[0].points == 0
    assert np.array_equal(there.reasons, clean(cloud).reasons)
    assert not there.corrected.any()


def test_the_files_own_codes_do_not_contradict_what_a_person_said():
    cloud, _ = scene()
    codes = np.where(np.arange(len(cloud)) % 2 == 0, 5, 6).astype(np.uint8)  # foliage, building
    cloud = cloud.with_(source_class=codes)
    one = brushed(cloud)

    after = clean(cloud, corrections=[one])

    meant = after.corrected > 0
    assert meant.any()
    assert set(after.classes[meant & (codes == 5)]) == {1}
    assert (clean(cloud).reasons[meant] == VEGETATION).all()


def test_copies_of_a_point_stay_what_they_are():
    cloud, _ = scene()
    twice = PointCloud(cloud.origin, np.vstack([cloud.xyz, cloud.xyz]), np.vstack([cloud.rgb, cloud.rgb]))
    after = clean(
        twice, corrections=[brushed(cloud, was=("vegetation", "kept", "outlier", "fragment"), becomes="halo")]
    )
    assert (after.reasons == REASONS["duplicate"]).sum() == len(cloud)


def seen_by_hand(xyz: np.ndarray, lasso: Lasso, opaque: np.ndarray) -> np.ndarray:
    """Point by point: before the eye, in the outline by winding angles, and where it counts none before it in its cell."""
    ahead = np.array(lasso.axis) / np.linalg.norm(lasso.axis)
    right = np.cross(ahead, [0, 0, 1] if abs(ahead[2]) <= 0.9 else [0, 1, 0])
    right /= np.linalg.norm(right)
    up = np.cross(right, ahead)
    outline = np.array(lasso.outline)
    found, depths, cells = [], [], []
    for p in xyz:
        d = p - np.array(lasso.eye_m)
        depth = d @ ahead
        if depth <= 0 or (lasso.far_m is not None and depth > lasso.far_m):
            place = np.array([np.inf, np.inf])
        else:
            place = np.array([d @ right, d @ up]) / depth
        arms = np.arctan2(*(outline - place).T[::-1]) if np.isfinite(place).all() else np.zeros(len(outline))
        turn = np.sum((np.diff(arms, append=arms[0]) + np.pi) % (2 * np.pi) - np.pi)
        found.append(abs(turn) > np.pi)
        depths.append(depth)
        size = 1.0 if lasso.seen is None else lasso.seen.cell
        cells.append(tuple(np.floor((place - outline.min(0)) / size)) if np.isfinite(place).all() else None)
    if lasso.seen is None:
        return np.array(found)
    inside = []
    for k, cell in enumerate(cells):
        boxed = cell is not None and found[k]
        before = [depths[j] for j in np.flatnonzero(opaque) if cells[j] == cell] if boxed else []
        inside.append(boxed and (not before or depths[k] <= min(before) + lasso.seen.behind_m))
    return np.array(inside)


@pytest.mark.parametrize("axis", [(0, 3, 0), (0.3, 1, -0.2), (0.05, 0.1, -1), (0, 0, 1)])
@pytest.mark.parametrize("seen", [None, Seen(cell=0.05, behind_m=0.4)])
@pytest.mark.parametrize("far_m", [None, 11.0])
def test_a_lasso_takes_in_what_a_hand_would(axis, seen, far_m):
    rng = np.random.default_rng(3)
    lasso = LASSO.model_copy(update={"axis": axis, "seen": seen, "far_m": far_m})
    middle = np.array(lasso.eye_m) + 10 * np.array(axis) / np.linalg.norm(axis)
    xyz = rng.normal(middle, 3, (900, 3))
    opaque = rng.random(900) < 0.7

    inside = in_lasso(xyz, lasso, None if seen is None else front_of(xyz[opaque], lasso))

    hand = seen_by_hand(xyz, lasso, opaque)
    assert hand.sum() > 20
    assert np.array_equal(inside, hand)


def test_what_crosses_itself_means_what_it_looks_like_filled():
    bow = LASSO.model_copy(update={"outline": ((-0.1, -0.1), (0.1, 0.1), (0.1, -0.1), (-0.1, 0.1))})
    at = lambda u, v: np.array([[10 * u, 0.0, 2 + 10 * v]])  # noqa: E731 - the place (u, v) of the picture
    assert [bool(in_lasso(at(*p), bow)[0]) for p in ((0.05, 0), (-0.05, 0), (0, 0.05), (0, -0.05))] == [
        True,
        True,
        False,
        False,
    ]


def test_only_what_is_seen_leaves_what_stands_behind_the_wall():
    cloud, moss = scene()
    behind = cloud.xyz[moss] + np.float32([0, 1.5, 0])
    both = PointCloud(cloud.origin, np.vstack([cloud.xyz, behind]), np.vstack([cloud.rgb, cloud.rgb[moss]]))
    lasso = Lasso(
        eye_m=(3, -5, 2.5), axis=(0, 1, 0), outline=((-0.2, -0.1), (0.2, -0.1), (0.2, 0.1), (-0.2, 0.1))
    )
    given = {"id": "moss", "was": ("vegetation",), "becomes": "kept"}
    through = Correction(**given, lasso=lasso)
    only = Correction(**given, lasso=lasso.model_copy(update={"seen": Seen(cell=0.02, behind_m=0.3)}))

    first, second = clean(both, corrections=[through]), clean(both, corrections=[only])

    hidden = np.arange(len(both)) >= len(cloud)
    assert (first.corrected[hidden] > 0).sum() > 500
    assert not (second.corrected[hidden] > 0).any()
    assert np.array_equal(first.corrected[~hidden], second.corrected[~hidden])
    assert second.corrected.any()


def test_a_brushs_balls_have_their_surface():
    brush = Brush(radius_m=2.0, at_m=((0, 0, 0), (10, 0, 0)))
    xyz = np.array([[0, 0, 2.0], [0, 0, np.nextafter(2.0, 3)], [8, 0, 0], [5, 0, 0]])
    assert in_brush(xyz, brush).tolist() == [True, False, True, False]


FRAME = CorrectionFrame(up="z", metres_per_unit=1.0, origin_m=(0, 0, 0))


def test_regions_move_with_the_frames_origin_and_are_refused_in_another_frame():
    cloud, _ = scene()
    one, two = brushed(cloud), Correction(id="l", was=("kept",), becomes="halo", lasso=LASSO)
    written = Corrections(frame=FRAME, corrections=(one, two))

    moved = in_frame(written, FRAME.model_copy(update={"origin_m": (100.0, 0, -5)}), "m")

    assert in_frame(written, FRAME, "m") == written.corrections
    shift = np.array([-100.0, 0, 5])
    assert np.allclose(np.array(moved[0].brush.at_m), np.array(one.brush.at_m) + shift)
    assert np.allclose(moved[1].lasso.eye_m, np.array(LASSO.eye_m) + shift)
    assert moved[1].lasso.outline == LASSO.outline
    for other in ({"up": "y"}, {"metres_per_unit": 0.3048}):
        with pytest.raises(InputError, match="draw the corrections anew"):
            in_frame(written, FRAME.model_copy(update=other), "m")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"becomes": "vegetation"}, "both say vegetation"),
        ({"was": ("kept", "kept"), "becomes": "halo"}, "each label once"),
        ({"was": ()}, "at least 1"),
        ({"was": ("duplicate",)}, "duplicate"),
        ({"lasso": LASSO}, "exactly one"),
        ({"brush": None}, "exactly one"),
        ({"brush": {"radius_m": 0, "at_m": [[0, 0, 0]]}}, "greater than 0"),
        ({"brush": {"radius_m": 1, "at_m": [[0, 0, float("nan")]]}}, "less than or equal"),
        ({"brush": None, "lasso": {"eye_m": [0, 0, 0], "axis": [0, 0, 0], "outline": [[0, 0], [1, 0], [0, 1]]}}, "no length"),
        ({"brush": None, "lasso": {"eye_m": [0, 0, 0], "axis": [1, 0, 0], "outline": [[0, 0], [1, 0], [0, 1]],
                                   "seen": {"cell": 1e-5, "behind_m": 1}}}, "too small"),
    ],
)  # fmt: skip
def test_corrections_that_say_nothing_sensible_are_refused(changes, said):
    with pytest.raises(ValidationError, match=said):
        brushed(scene()[0], **changes)


@pytest.mark.parametrize("case", json.loads(CASES.read_text()), ids=range(13))
def test_the_page_and_the_build_mean_the_same_points(case):
    """The page's preview is held against the same file (viewer/tests/unit/cleaning.test.ts)."""
    xyz, opaque = np.array(case["xyz"]), np.array(case["opaque"])
    if "brush" in case:
        inside = in_brush(xyz, Brush.model_validate(case["brush"], strict=False))
    else:
        lasso = Lasso.model_validate(case["lasso"], strict=False)
        inside = in_lasso(xyz, lasso, front_of(xyz[opaque], lasso) if lasso.seen else None)
    assert inside.tolist() == case["inside"]
