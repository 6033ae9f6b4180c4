"""The labelled cloud as tiles: valid, complete, and the same however the cloud is cut into blocks."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from outside_gltf import Glb, judge
from scipy.spatial import cKDTree
from tiles3d_rules import check_tileset

from heritage.formats.arrays import load_array, save_array
from heritage.formats.blocks import save_blocks
from heritage.model.arrays import REASONS, PointCloud
from heritage.pipeline.stage import Job
from heritage.pipeline.stages.points import POINTS, PointsOptions


def _cloud(n: int) -> tuple[PointCloud, np.ndarray]:
    rng = np.random.default_rng(4)
    plan = rng.uniform(-6, 6, (n, 2))
    xyz = np.column_stack([plan, np.sin(plan[:, 0]) + rng.normal(0, 0.01, n)]).astype(np.float32)
    cloud = PointCloud(np.zeros(3), xyz, rng.integers(0, 255, (n, 3)).astype(np.uint8))
    return cloud, rng.integers(0, len(REASONS), n).astype(np.uint8)


def _built(
    folder: Path, cloud: PointCloud, reasons: np.ndarray, most: int, corrected: np.ndarray | None = None
) -> Path:
    made, ingest = folder / f"made-{most}", folder / f"ingest-{most}"
    made.mkdir()
    ingest.mkdir()
    save_blocks(ingest, cloud, most=most)
    order = load_array(ingest, "order")
    save_array(ingest, "reasons", reasons[order])
    save_array(ingest, "classes", (10 + reasons[order]).astype(np.uint8))
    if corrected is not None:
        save_array(ingest, "corrected", corrected[order])
    options = PointsOptions(tile_points=500, grid=16)
    outcome = POINTS.run(Job(made, "m", "e", options, {"ingest": ingest, "clean": ingest}, {}, {}))
    assert [(c.taken, c.given) for c in outcome.counts] == [(len(cloud), len(cloud))]
    return made


@pytest.mark.parametrize("most", [900, 100_000])
def test_every_point_is_published_once_with_its_labels(tmp_path: Path, most: int) -> None:
    cloud, reasons = _cloud(20_000)
    corrected = (
        np.arange(20_000, dtype=np.uint16) % 300
    )  # the number of a correction, most of them beyond a byte
    made = _built(tmp_path, cloud, reasons, most, corrected)
    contents = check_tileset(made / "tileset.json", "ADD")
    assert len(contents) == len(list((made / "tiles").iterdir())) > 10
    found, step = [], 0.0
    for path in judge(contents, tmp_path / "plain"):
        glb = Glb.read(path)
        labels = [glb.attribute(name).reshape(-1) for name in ("_REASON", "_CLASS", "_CORRECTED")]
        found.append(np.column_stack([glb.world(), *labels]))
        step = max(step, glb.document["nodes"][0]["scale"][0])
    rows = np.concatenate(found)
    assert len(rows) == len(cloud)
    distance, index = cKDTree(cloud.xyz).query(rows[:, :3])
    assert distance.max() <= step * np.sqrt(3) / 2 + 1e-6
    # Points closer to each other than the grid may be taken for each other, no more than a few in 20,000.
    assert (np.sort(index) == np.arange(len(cloud))).mean() > 0.999
    truth = np.column_stack([reasons, 10 + reasons, corrected > 0])
    assert (rows[:, 3:] == truth[index]).all(1).mean() > 0.999


def test_the_first_tile_is_an_even_sample_of_the_whole(tmp_path: Path) -> None:
    cloud, reasons = _cloud(20_000)
    made = _built(tmp_path, cloud, reasons, 900)
    root = json.loads((made / "tileset.json").read_text())["root"]
    first = Glb.read(judge([made / root["content"]["uri"]], tmp_path / "plain")[0])
    (primitive,) = first.document["meshes"][0]["primitives"]
    count = first.document["accessors"][primitive["attributes"]["POSITION"]]["count"]
    assert 30 < count < 1000
    assert root["geometricError"] > root["children"][0]["geometricError"] >= 0
