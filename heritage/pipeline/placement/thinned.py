"""As many points of a cloud as fit into memory, for what needs no more: where it stands and how it is turned."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from heritage.formats.arrays import load_array, load_cloud, read_document
from heritage.formats.blocks import Blocks, gather_rows
from heritage.model.arrays import U8, PointCloud

MOST = 3_000_000


def thinned(folder: Path, most: int = MOST) -> PointCloud:
    """The cloud of ``folder``; of one with more than ``most`` points every k-th along its Z-curve, so that every part
    of the surface keeps its share."""
    step = _step(folder, most)
    if step == 1:
        return load_cloud(folder)
    blocks = Blocks.open(folder)
    return blocks.select(np.arange(0, blocks.rows, step))


def thinned_labels(folder: Path, name: str, cloud: Path, most: int = MOST) -> U8:
    """The column ``name`` of ``folder`` for the points that `thinned` takes of ``cloud``."""
    step = _step(cloud, most)
    if step == 1:
        return np.asarray(load_array(folder, name), np.uint8)
    rows = np.arange(0, read_document(cloud / "cloud.json")["points"], step)
    return np.asarray(gather_rows(folder, name, rows), np.uint8)


def _step(folder: Path, most: int) -> int:
    return max(1, -(-int(read_document(folder / "cloud.json")["points"]) // most))
