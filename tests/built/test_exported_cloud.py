"""The labelled cloud of every epoch of the sample, exported and held against its source, point by point.

Needs a built sample: scripts/test makes one and names it in HERITAGE_SAMPLE.
"""

from __future__ import annotations

from pathlib import Path

import laspy
import numpy as np
import pytest

from heritage.export.cloud import export_cloud
from heritage.formats.cloud import open_cloud
from heritage.model.arrays import REASONS

pytestmark = pytest.mark.slow

EPOCHS = {
    ("bia-dinh", "2023"): "2023.ply",
    ("la-thanh", "2021"): "2021.laz",
    ("ngo-mon", "2022"): "2022.e57",
    ("thai-hoa", "2019"): "2019.laz",
    ("thai-hoa", "2024"): "2024.laz",
}


@pytest.mark.parametrize(("monument", "epoch"), EPOCHS)
def test_every_source_point_is_there_in_source_order(
    site: Path, tmp_path: Path, monument: str, epoch: str
) -> None:
    target = tmp_path / "labelled.laz"
    count = export_cloud(site, monument, epoch, target)

    assert [path.name for path in tmp_path.iterdir()] == ["labelled.laz"], "nothing is left beside it"
    las = laspy.read(target)
    reader = open_cloud(site / "monuments" / monument / "scans" / EPOCHS[monument, epoch])
    chunks = list(reader.chunks())
    xyz = np.concatenate([chunk.xyz for chunk in chunks])
    assert count == len(las) == len(xyz)
    # float32 at up to 256 m from the origin, and the step of 0.1 mm in which they are written.
    assert np.abs(las.xyz - xyz).max() < 8e-6 + 0.51e-4
    rgb = np.concatenate([chunk.rgb for chunk in chunks if chunk.rgb is not None])
    written = np.column_stack([las.red, las.green, las.blue]) // 257
    assert (written == (rgb if rgb.dtype == np.uint8 else rgb >> 8)).all()
    # The truth's labels are in source order; were the export's shuffled, no more than chance would agree.
    true = np.load(site / "truth" / monument / epoch / "labels.npy")
    ground = true == REASONS["ground"]
    assert (np.asarray(las["reason"])[ground] == REASONS["ground"]).mean() > 0.9
    assert (np.asarray(las["reason"])[true == REASONS["kept"]] == REASONS["kept"]).mean() > 0.9
