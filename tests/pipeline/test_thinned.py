"""A large cloud is thinned along its curve; a small one is taken whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from heritage.formats.arrays import load_cloud, save_array
from heritage.formats.blocks import save_blocks
from heritage.model.arrays import PointCloud
from heritage.pipeline.placement.thinned import thinned, thinned_labels


def test_every_part_keeps_its_share_and_labels_go_with_their_points(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    xyz = rng.uniform(0, 8, (20_000, 3)).astype(np.float32)
    save_blocks(tmp_path, PointCloud(np.zeros(3), xyz), most=3000)
    whole = load_cloud(tmp_path)
    side = (whole.xyz[:, 0] > 4).astype(np.uint8)
    save_array(tmp_path, "side", side)

    few = thinned(tmp_path, 3000)
    labels = thinned_labels(tmp_path, "side", tmp_path, 3000)

    assert 2500 < len(few) <= 3000
    np.testing.assert_array_equal(labels, few.xyz[:, 0] > 4)
    octant = (few.xyz > 4) @ np.array([1, 2, 4])
    np.testing.assert_allclose(np.bincount(octant) / len(few), 1 / 8, atol=0.02)
    np.testing.assert_array_equal(thinned(tmp_path, 20_000).xyz, whole.xyz)
    np.testing.assert_array_equal(thinned_labels(tmp_path, "side", tmp_path, 20_000), side)
