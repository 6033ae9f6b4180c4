"""Cleaning: every point gets a reason, the reasons are the true ones, and nothing is lost."""

from __future__ import annotations

import numpy as np
import pytest
from captured_scene import COLUMN, GROUND, ROOF, TERRACE, WALL, capture
from hypothesis import given, settings
from hypothesis import strategies as st

from heritage.model.arrays import REASONS, PointCloud
from heritage.model.errors import InputError
from heritage.ops.cleaning.clean import CleanOptions, clean


def _cloud(xyz, **arrays) -> PointCloud:
    return PointCloud(np.zeros(3), np.asarray(xyz, np.float32), **arrays)


@pytest.fixture(scope="module")
def dirty():
    """The made building with everything that cleaning looks for, and the true reason of every point."""
    rng = np.random.default_rng(5)
    scene = capture(30_000, seed=3)
    leaves = rng.normal(size=(2_500, 3))
    leaves = leaves / np.linalg.norm(leaves, axis=1, keepdims=True) * rng.random((2_500, 1)) ** (1 / 3) + [
        -7.5,
        5,
        2.2,
    ]
    green = np.clip(rng.normal([70, 120, 40], 15, (2_500, 3)), 0, 255)
    stray = rng.uniform([-9, -7, 6.5], [9, 7, 10], (150, 3))
    pieces = np.vstack([rng.normal(0, 0.1, (60, 3)) + c for c in ([-8, -6, 4], [8, 6, 5], [6.2, -6, 4])])
    eaves = scene.exact[(scene.part == ROOF) & (scene.exact[:, 2] < 4.3)][:1_000]
    halo = eaves + rng.normal(0, 0.1, (1_000, 3)) + [0, 0, 0.15]
    blue = np.clip(rng.normal([140, 175, 225], 8, (1_000, 3)), 0, 255)
    grey = np.full((150 + 180, 3), 90.0)
    twins = scene.cloud.xyz[:500]
    xyz = np.vstack([scene.cloud.xyz, leaves, stray, pieces, halo, twins])
    rgb = np.vstack([scene.cloud.rgb, green, grey, blue, scene.cloud.rgb[:500]]).astype(np.uint8)
    truth = np.repeat(
        [REASONS[r] for r in ("kept", "vegetation", "outlier", "fragment", "halo", "duplicate")],
        [30_000, 2_500, 150, 180, 1_000, 500],
    )
    part = np.concatenate([scene.part, np.full(len(xyz) - 30_000, -1)])
    return _cloud(xyz, rgb=rgb), truth, part


def test_clean_finds_what_is_there_and_leaves_the_building_alone(dirty):
    cloud, truth, part = dirty

    result = clean(cloud)

    rate = {
        name: float(np.mean(result.reasons[truth == value] == value))
        for name, value in REASONS.items()
        if (truth == value).any() and name != "kept"
    }
    assert rate["duplicate"] == 1.0
    assert rate["vegetation"] > 0.95
    assert rate["fragment"] > 0.95
    assert rate["halo"] > 0.9
    stray = result.reasons[truth == REASONS["outlier"]]
    assert np.mean(np.isin(stray, [REASONS["outlier"], REASONS["fragment"]])) > 0.95
    building = np.isin(part, [TERRACE, WALL, ROOF, COLUMN])
    lost = building & ~result.where("kept", "ground")
    assert lost.sum() / building.sum() < 0.005
    assert np.mean(result.where("ground")[part == GROUND]) > 0.97
    assert np.mean(result.where("ground")[part == TERRACE]) < 0.1


def test_clean_keeps_counts_classes_and_source_order(dirty):
    cloud, _, _ = dirty

    result = clean(cloud)
    shuffled = np.random.default_rng(0).permutation(len(cloud))
    again = clean(cloud.select(shuffled))

    assert result.counts.taken == result.counts.given + sum(result.counts.reasons.values()) == len(cloud)
    assert result.counts.given == np.count_nonzero(result.reasons == 0)
    assert set(np.unique(result.classes[result.where("vegetation")])) == {5}
    assert set(np.unique(result.classes[result.where("ground")])) == {2}
    assert set(np.unique(result.classes[result.where("kept")])) == {1}
    assert set(np.unique(result.classes[result.where("outlier", "halo", "duplicate", "fragment")])) == {7}
    # Which of two equal points is the duplicate depends on the order, so only single ones can be compared.
    single = ~result.where("duplicate") & ~np.isin(np.arange(len(cloud)), np.arange(500))
    back = np.empty_like(result.reasons)
    back[shuffled] = again.reasons
    assert np.mean(back[single] == result.reasons[single]) > 0.999


def test_every_search_can_be_switched_off(dirty):
    cloud, _, _ = dirty
    off = {
        "duplicates": False,
        "halo": False,
        "outliers": False,
        "fragments": False,
        "vegetation": False,
        "ground": False,
    }

    for name in off:
        reason = {"duplicates": "duplicate", "outliers": "outlier", "fragments": "fragment"}.get(name, name)
        assert not clean(cloud, CleanOptions(**{name: False})).where(reason).any()
    assert clean(cloud, CleanOptions(**off)).where("kept").all()


def test_green_clumps_that_float_are_fragments_and_a_crown_of_clumps_is_not():
    rng = np.random.default_rng(11)
    scene = capture(30_000, seed=3)
    trunk = rng.normal([-7.5, 5, 0], [0.05, 0.05, 0], (300, 3)) + rng.uniform(0, 2, (300, 1)) * [0, 0, 1]
    middles = rng.normal(size=(60, 3))
    middles = middles / np.linalg.norm(middles, axis=1, keepdims=True) * 0.8 + [-7.5, 5, 2.4]
    crown = np.vstack([rng.normal(0, 0.06, (50, 3)) + c for c in middles])
    afloat = np.vstack([rng.normal(0, 0.1, (60, 3)) + c for c in ([-3, -6, 7], [8, 6, 8], [6, -6, 9])])
    green = np.clip(rng.normal([70, 120, 40], 12, (300 + 3_000 + 180, 3)), 0, 255)
    xyz = np.vstack([scene.cloud.xyz, trunk, crown, afloat])
    rgb = np.vstack([scene.cloud.rgb, green]).astype(np.uint8)

    result = clean(_cloud(xyz, rgb=rgb))
    without = clean(_cloud(xyz, rgb=rgb), CleanOptions(fragments=False))

    assert np.mean(result.where("vegetation")[30_300:33_300]) > 0.98
    assert not result.where("vegetation", "kept")[33_300:].any()
    assert np.mean(without.where("vegetation")[33_300:]) > 0.5
    assert (result.where("vegetation") <= without.where("vegetation")).all()


def test_moss_yellow_tiles_and_green_glaze_are_not_foliage():
    rng = np.random.default_rng(2)
    flat = np.column_stack([rng.uniform(0, 4, (2, 8_000)).T, rng.normal(0, 0.002, 8_000)])
    relief = flat + np.column_stack([np.zeros((8_000, 2)), 0.05 * rng.standard_normal(8_000)])
    for xyz, colour in (
        (flat, [80, 120, 50]),  # moss on a level slab
        (relief, [205, 165, 60]),  # rough imperial yellow
        (relief, [50, 130, 95]),  # rough green glaze
    ):
        rgb = np.clip(rng.normal(colour, 6, (8_000, 3)), 0, 255).astype(np.uint8)
        assert not clean(_cloud(xyz, rgb=rgb), CleanOptions(ground=False)).where("vegetation").any()


def test_low_confidence_and_the_files_own_classes_are_believed():
    scene = capture(8_000)
    confidence = np.where(np.arange(8_000) < 100, 1.0, 5.0).astype(np.float32)
    codes = np.ones(8_000, np.uint8)
    codes[200:300], codes[300:320], codes[400:500] = 2, 7, 9
    cloud = scene.cloud.with_(confidence=confidence, source_class=codes)

    result = clean(cloud, CleanOptions(confidence_min=2.0))

    assert result.where("low_confidence").nonzero()[0].tolist() == list(range(100))
    assert result.where("ground").nonzero()[0].tolist() == list(range(200, 300))
    assert result.where("outlier")[300:320].all()
    assert (result.classes[400:500] == 9).all()
    without = clean(cloud, CleanOptions(source_classes=False))
    assert without.where("ground").sum() > 1_000


@pytest.mark.parametrize(
    "xyz",
    [
        pytest.param(np.zeros((1, 3)), id="one point"),
        pytest.param(np.ones((500, 3)), id="all equal"),
        pytest.param(np.linspace(0, 1, 500)[:, None] * [1, 2, 3], id="on a line"),
        pytest.param(np.random.default_rng(0).random((500, 3)) * [1, 1, 0], id="in a plane"),
        pytest.param(np.vstack([np.zeros((300, 3)), np.full((300, 3), 9_000.0)]), id="two places far apart"),
        pytest.param(
            np.repeat(np.random.default_rng(1).random((20, 3)), 50_000, axis=0), id="a million duplicates"
        ),
        pytest.param(np.random.default_rng(1).random((7, 3)), id="seven points"),
        pytest.param(
            np.vstack([np.random.default_rng(1).random((500, 3)) * 1e-4, [[9_000.0, 0, 0]]]),
            id="vast and fine",
        ),
    ],
)
@pytest.mark.parametrize("duplicates", [True, False])
def test_degenerate_clouds_get_labels_that_balance(xyz, duplicates):
    result = clean(_cloud(xyz), CleanOptions(duplicates=duplicates))

    assert len(result.reasons) == len(result.classes) == len(xyz)
    assert result.counts.taken == len(xyz) == result.counts.given + sum(result.counts.reasons.values())
    distinct = len(np.unique(np.asarray(xyz, np.float32), axis=0))
    assert result.counts.reasons.get("duplicate", 0) == (len(xyz) - distinct if duplicates else 0)


def test_an_empty_cloud_is_an_error():
    with pytest.raises(InputError, match="no points"):
        clean(_cloud(np.zeros((0, 3))))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(1, 400), st.integers(0, 2**32 - 1), st.sampled_from([1e-3, 1.0, 100.0]), st.booleans())
def test_in_equals_out_plus_reasons_for_random_clouds(n, seed, scale, coloured):
    rng = np.random.default_rng(seed)
    xyz = rng.normal(0, scale, (n, 3)).round(rng.integers(0, 6))
    rgb = rng.integers(0, 256, (n, 3)).astype(np.uint8) if coloured else None

    result = clean(_cloud(xyz, rgb=rgb))

    found = np.bincount(result.reasons, minlength=8)
    assert found[0] == result.counts.given
    assert {
        name: int(found[value]) for name, value in REASONS.items() if name != "kept" and found[value]
    } == result.counts.reasons
