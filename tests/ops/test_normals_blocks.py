"""The stage normals on clouds in blocks: the same normals whatever the blocks, as in memory, and the right ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from captured_scene import Capture, capture

from heritage.formats.arrays import load_array, load_cloud, save_array
from heritage.formats.blocks import Blocks, save_blocks
from heritage.model.arrays import REASONS, PointCloud
from heritage.model.errors import MethodError
from heritage.ops.normals.normals import NormalsOptions, estimate_normals
from heritage.pipeline.stage import Job, Outcome
from heritage.pipeline.stages.normals import NORMALS


@pytest.fixture(scope="module")
def scene() -> Capture:
    """With coordinates to a hundredth, as files often have them: many points are equally far from each other."""
    made = capture(30_000, seed=1)
    xyz = (np.round(made.cloud.xyz * 100) / 100).astype(np.float32)
    return Capture(made.cloud.with_(xyz=xyz), made.normal, made.part, made.exact, made.cameras, made.truth)


def run(
    folder: Path, cloud: PointCloud, reasons: np.ndarray, most: int, *, cameras: Path | None = None
) -> Outcome:
    """``folder`` gets ingest, clean and out."""
    for name in ("ingest", "clean", "out"):
        (folder / name).mkdir(parents=True)
    save_blocks(folder / "ingest", cloud, most=most)
    save_array(folder / "clean", "reasons", reasons[load_array(folder / "ingest", "order")])
    inputs = {"ingest": folder / "ingest", "clean": folder / "clean"}
    sources = {} if cameras is None else {"cameras": cameras}
    return NORMALS.run(Job(folder / "out", "m", "e", NormalsOptions(), inputs, sources, {}))


def by_source_row(folder: Path, points: int) -> np.ndarray:
    """The normals (n, 3) in the order of the source; NaN where a point was set aside."""
    out = np.full((points, 3), np.nan, np.float32)
    out[load_array(folder / "out", "order")] = load_cloud(folder / "out").normal
    return out


def some_set_aside(points: int) -> np.ndarray:
    return np.where(np.arange(points) % 7 == 0, REASONS["vegetation"], REASONS["kept"]).astype(np.uint8)


def test_blocks_of_any_size_give_the_same_normals_as_the_whole(scene: Capture, tmp_path: Path) -> None:
    reasons = some_set_aside(len(scene.cloud))
    found, outcomes = [], []
    for most in (1_000_000, 9_000, 1_300):
        outcomes.append(run(tmp_path / str(most), scene.cloud, reasons, most))
        found.append(by_source_row(tmp_path / str(most), len(scene.cloud)))
    assert len(Blocks.open(tmp_path / "1300" / "out")) > 30

    for other in found[1:]:
        assert np.array_equal(found[0], other, equal_nan=True)
    assert all(outcome.figures == outcomes[0].figures for outcome in outcomes[1:])
    kept = reasons == REASONS["kept"]
    whole = estimate_normals(scene.cloud.select(kept))
    assert np.array_equal(found[0][kept], whole.normal)
    assert np.isnan(found[0][~kept]).all()


def test_what_is_written_is_the_surface_in_blocks(scene: Capture, tmp_path: Path) -> None:
    reasons = some_set_aside(len(scene.cloud))
    cloud = scene.cloud.with_(origin=np.array([10.0, -20.0, 3.0]))

    outcome = run(tmp_path, cloud, reasons, 3_000)

    blocks = Blocks.open(tmp_path / "out")
    order = load_array(tmp_path / "out", "order")
    assert np.array_equal(np.sort(order), np.flatnonzero(reasons == REASONS["kept"]))
    assert np.array_equal(load_cloud(tmp_path / "out").xyz, cloud.xyz[order])
    assert np.array_equal(load_cloud(tmp_path / "out").rgb, cloud.rgb[order])
    for block in blocks:
        xyz = blocks.points(block.number).xyz
        assert ((xyz >= block.low) & (xyz < block.high)).all()
    (counts,) = outcome.counts
    assert (counts.taken, counts.given) == (len(cloud), len(order))
    assert counts.reasons["vegetation"] == len(cloud) - len(order)
    wrong = (load_cloud(tmp_path / "out").normal * scene.normal[order]).sum(1) < 0
    assert wrong.mean() < 0.015
    assert not list((tmp_path / "out").glob("settled*"))
    assert not list((tmp_path / "out").glob("direction*"))


def test_shipped_normals_are_kept_in_blocks_too(scene: Capture, tmp_path: Path) -> None:
    shipped = scene.normal.astype(np.float32)
    reasons = np.zeros(len(shipped), np.uint8)

    run(tmp_path / "sound", scene.cloud.with_(normal=shipped), reasons, 3_000)
    run(tmp_path / "inverted", scene.cloud.with_(normal=-shipped), reasons, 3_000)

    assert np.allclose(by_source_row(tmp_path / "sound", len(shipped)), shipped, atol=1e-6)
    turned = by_source_row(tmp_path / "inverted", len(shipped))
    assert np.mean((turned * shipped).sum(1) < 0) < 0.015


def test_cameras_of_the_epoch_are_read_and_asked(scene: Capture, tmp_path: Path) -> None:
    cameras = tmp_path / "images.txt"
    lines = [f"{k} 1 0 0 0 {-x} {-y} {-z} 1 {k}.jpg\n\n" for k, (x, y, z) in enumerate(scene.cameras)]
    cameras.write_text("".join(lines), encoding="utf-8")
    reasons = np.zeros(len(scene.cloud), np.uint8)

    outcome = run(tmp_path / "with", scene.cloud, reasons, 9_000, cameras=cameras)
    moved = scene.cloud.with_(origin=np.array([100.0, 0.0, 0.0]))

    wrong = (by_source_row(tmp_path / "with", len(scene.cloud)) * scene.normal).sum(1) < 0
    assert wrong.mean() < 0.015
    assert any("42 cameras" in figure.method for figure in outcome.figures)
    cameras.write_text("1 1 0 0 0 9000 0 0 1 a.jpg\n\n", encoding="utf-8")
    with pytest.raises(MethodError, match="another frame"):
        run(tmp_path / "far", moved, reasons, 9_000, cameras=cameras)


def test_nothing_left_is_an_error(scene: Capture, tmp_path: Path) -> None:
    reasons = np.full(len(scene.cloud), REASONS["outlier"], np.uint8)
    with pytest.raises(MethodError, match="0 distinct points"):
        run(tmp_path, scene.cloud, reasons, 3_000)
