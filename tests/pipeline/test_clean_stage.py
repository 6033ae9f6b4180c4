"""Cleaning a cloud in blocks: the labels are those of the whole cloud at once, however it is cut."""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from heritage.formats.arrays import load_array
from heritage.formats.blocks import Blocks, save_blocks
from heritage.model.arrays import REASONS, PointCloud
from heritage.model.documents import Corrections
from heritage.ops.cleaning.clean import CleanOptions, clean
from heritage.pipeline.stage import Job, in_turn
from heritage.pipeline.stages.clean import CLEAN, TINTS


def _scene() -> PointCloud:
    """A wall on a lawn, a tree, stray points, clumps in the air, sky-coloured scatter, copies."""
    rng = np.random.default_rng(11)
    lawn = np.column_stack([rng.uniform(0, 16, (2, 9_000)).T, rng.normal(0, 0.01, 9_000)])
    wall = np.column_stack([rng.uniform(3, 13, 9_000), rng.normal(8, 0.004, 9_000), rng.uniform(0, 5, 9_000)])
    crown = rng.normal([3.5, 3.5, 2.4], 0.5, (2_500, 3))
    trunk = np.column_stack([rng.normal(3.5, 0.05, (2, 300)).T, rng.uniform(0.1, 1.8, 300)])
    stray = rng.uniform([-2, -2, 0], [18, 18, 9], (200, 3))
    clumps = np.vstack([rng.normal(0, 0.08, (70, 3)) + c for c in ([2, 14, 4], [14, 2, 5], [8, 8, 8])])
    halo = np.column_stack([rng.uniform(3, 13, 900), rng.normal(8, 0.15, 900), rng.normal(5.15, 0.1, 900)])
    parts = [lawn, wall, crown, trunk, stray, clumps, halo, wall[:150]]
    shades = [(110, 110, 70), (150, 140, 130), (70, 120, 40), (90, 70, 50), (90, 90, 90), (90, 90, 90),
              (140, 175, 225), (150, 140, 130)]  # fmt: skip
    rgb = np.repeat(shades, [len(p) for p in parts], axis=0) + rng.normal(0, 5, (sum(map(len, parts)), 3))
    order = rng.permutation(len(rgb))
    xyz = np.vstack(parts).astype(np.float32)[order]
    return PointCloud(np.zeros(3), xyz, np.clip(rgb, 0, 255).astype(np.uint8)[order])


def _stage(folder, cloud, most, mapper=in_turn, options=None, facts=None):
    ingest, out = folder / "ingest", folder / "clean"
    ingest.mkdir(parents=True)
    out.mkdir()
    save_blocks(ingest, cloud, most=most)
    job = Job(out, "m", "e", options or CleanOptions(), {"ingest": ingest}, {}, facts or {}, mapper=mapper)
    outcome = CLEAN.run(job)
    order = load_array(ingest, "order")
    reasons = np.empty(len(cloud), np.uint8)
    reasons[order] = load_array(out, "reasons")
    classes = np.empty(len(cloud), np.uint8)
    classes[order] = load_array(out, "classes")
    return outcome, reasons, classes, len(Blocks.open(ingest))


@pytest.fixture(scope="module")
def scene():
    cloud = _scene()
    return cloud, clean(cloud)


def test_the_scene_has_every_reason_in_it(scene):
    assert set(scene[1].counts.reasons) == {r for r in REASONS if r not in ("kept", "low_confidence")}


@pytest.mark.parametrize("most", [100_000, 9_000, 1_777, 300])
def test_labels_do_not_depend_on_how_the_cloud_is_cut(tmp_path, scene, most):
    cloud, whole = scene

    outcome, reasons, classes, blocks = _stage(tmp_path, cloud, most)

    assert blocks >= len(cloud) / most
    assert np.array_equal(reasons, whole.reasons)
    assert np.array_equal(classes, whole.classes)
    assert outcome.counts == (whole.counts,)
    assert outcome.figures == whole.figures
    assert sorted(p.name for p in (tmp_path / "clean").iterdir()) == [
        "before.webp", "classes.npy", "labels.webp", "reasons.npy",
    ]  # fmt: skip


@pytest.mark.parametrize("workers", [1, 2])
def test_labels_do_not_depend_on_the_number_of_workers(tmp_path, scene, workers):
    cloud, whole = scene
    with ProcessPoolExecutor(workers, get_context("forkserver")) as pool:
        _, reasons, _, _ = _stage(tmp_path, cloud, 2_500, lambda f, items: list(pool.map(f, items)))

    assert np.array_equal(reasons, whole.reasons)


@pytest.mark.parametrize(
    "options",
    [
        {"duplicates": False}, {"halo": False}, {"outliers": False}, {"fragments": False}, {"vegetation": False},
        {"ground": False}, {"fragment_gap_m": 0.4, "ground_cell_m": 0.3},
    ],
)  # fmt: skip
def test_options_mean_the_same_in_blocks(tmp_path, scene, options):
    chosen = CleanOptions(**options)

    _, reasons, _, _ = _stage(tmp_path, scene[0], 2_500, options=chosen)

    assert np.array_equal(reasons, clean(scene[0], chosen).reasons)


_RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    "xyz",
    [
        pytest.param(np.zeros((1, 3)), id="one point"),
        pytest.param(np.full((700, 3), 2.0), id="all equal"),
        pytest.param(np.linspace(0, 1, 500)[:, None] * [1, 2, 3], id="on a line"),
        pytest.param(_RNG.random((500, 3)) * [1, 1, 0], id="in a plane"),
        pytest.param(np.vstack([_RNG.random((300, 3)) - 9_990, _RNG.random((300, 3)) + 9_990]), id="far apart"),
        pytest.param(np.vstack([_RNG.random((900, 3)) * 1e-3, [[9_990.0, 0, 0]]]), id="vast and fine"),
        *(pytest.param(_RNG.random((n, 3)), id=f"{n} in blocks of 100") for n in (7, 8, 99, 100, 101, 800, 801)),
    ],
)  # fmt: skip
def test_degenerate_clouds_are_cleaned_in_blocks_as_in_memory(tmp_path, xyz):
    cloud = PointCloud(np.zeros(3), xyz.astype(np.float32))

    outcome, reasons, _, _ = _stage(tmp_path, cloud, 100)

    assert np.array_equal(reasons, clean(cloud).reasons)
    (counts,) = outcome.counts
    assert counts.taken == len(xyz) == counts.given + sum(counts.reasons.values())


def _corrected() -> dict[str, object]:
    """What people say of the scene: the crown is no plant after all, and what is seen of the wall's middle is a halo."""
    at = [[3.5, 3.5, 2.4 + 0.2 * k] for k in range(-3, 4)]
    lasso = {
        "eye_m": [8, -6, 2], "axis": [0, 1, 0], "outline": [[-0.2, -0.1], [0.2, -0.1], [0.1, 0.2]],
        "seen": {"cell": 0.02, "behind_m": 0.5},
    }  # fmt: skip
    return {
        "frame": {"up": "z", "metres_per_unit": 1.0, "origin_m": [0, 0, 0]},
        "corrections": [
            {"id": "crown", "was": ["vegetation"], "becomes": "kept", "brush": {"radius_m": 0.8, "at_m": at}},
            {"id": "wall", "was": ["kept", "ground"], "becomes": "halo", "lasso": lasso},
            {"id": "none", "was": ["low_confidence"], "becomes": "halo", "lasso": lasso},
        ],
    }


@pytest.mark.parametrize("most", [100_000, 1_777])
def test_corrections_do_not_depend_on_how_the_cloud_is_cut(tmp_path, scene, most):
    facts = _corrected()
    whole = clean(scene[0], corrections=Corrections.model_validate(facts, strict=False).corrections)

    outcome, reasons, classes, _ = _stage(tmp_path, scene[0], most, facts={"corrections": facts})

    corrected = np.empty(len(scene[0]), np.uint16)
    corrected[load_array(tmp_path / "ingest", "order")] = load_array(tmp_path / "clean", "corrected")
    assert min(np.bincount(corrected)[1:]) > 100
    assert np.array_equal(reasons, whole.reasons)
    assert not np.array_equal(reasons, scene[1].reasons)
    assert np.array_equal(classes, whole.classes)
    assert np.array_equal(corrected, whole.corrected)
    assert (outcome.counts, outcome.figures) == ((whole.counts,), whole.figures)
    (idle,) = outcome.warnings
    assert idle.startswith("correction none:")
    told = json.loads((tmp_path / "clean" / "corrections.json").read_text())
    before = {
        name: int(count)
        for name, count in zip(REASONS, np.bincount(scene[1].reasons, minlength=8), strict=True)
    }
    assert told["before"] == before
    assert [sum(one["was"].values()) for one in told["moved"]] == [one.points for one in whole.moved]


def test_report_and_viewer_colour_labels_alike():
    palette = json.loads((Path(__file__).parents[2] / "assets" / "colours" / "labels.json").read_bytes())
    labels = [(label["reason"], tuple(label["colour"])) for label in palette["labels"]]
    assert [name for name, _ in labels] == sorted(REASONS, key=REASONS.__getitem__)
    assert {name: colour for name, colour in labels if name != "kept"} == TINTS
