"""Points in the order of their source, written to the blocks they belong to; then each block along the Z-curve."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from heritage.formats.blocks import ORDER, Block, Blocks, create_blocks
from heritage.formats.columns import create_column, read_rows, write_rows, written
from heritage.model.arrays import PointCloud
from heritage.model.octree import Octree, along_curve


def scatter(folder: Path, octree: Octree, blocks: list[Block], clouds: Iterable[PointCloud]) -> None:
    """Write a cloud in ``blocks`` with ``order.npy``, given in pieces which share origin and arrays.

    Within a block the points keep the order they came in; ``sort_block`` must follow for each. Raises
    ValueError where the points are not as many, or not where, as the blocks say.
    """
    starts = octree.codes(np.array([block.low for block in blocks]))
    free = np.array([block.start for block in blocks])
    ends = np.array([block.stop for block in blocks])
    kind = np.min_scalar_type(len(blocks))  # the narrower, the faster it sorts
    done = 0
    with ExitStack() as stack:
        columns: dict[str, Callable[[int, npt.NDArray[Any]], None]] = {}
        for cloud in clouds:
            if not columns:
                names = [n for n in ("xyz", "rgb", "normal", "confidence", "source_class") if _has(cloud, n)]
                create_blocks(folder, cloud.origin, blocks, names)
                create_column(folder, ORDER, blocks[-1].stop, np.int32)
                columns = {n: stack.enter_context(written(folder, f"cloud.{n}")) for n in names}
                write_order = stack.enter_context(written(folder, ORDER))
            block = (np.searchsorted(starts, octree.codes(cloud.xyz), side="right") - 1).astype(kind)
            order = np.argsort(block, kind="stable")
            counts = np.bincount(block, minlength=len(blocks))
            if (free + counts > ends).any():
                raise ValueError("more points than the blocks have rows")
            cuts = np.concatenate([[0], np.cumsum(counts)]).tolist()
            held = {name: getattr(cloud, name)[order] for name in columns}
            source = (done + order).astype(np.int32)
            for k in np.flatnonzero(counts).tolist():
                for name, write in columns.items():
                    write(int(free[k]), held[name][cuts[k] : cuts[k + 1]])
                write_order(int(free[k]), source[cuts[k] : cuts[k + 1]])
            free += counts
            done += len(cloud)
    if (free != ends).any():
        raise ValueError("fewer points than the blocks have rows")


def sort_block(folder: Path, octree: Octree, number: int) -> None:
    """Bring the points of one block of a scattered cloud into the order of the Z-curve; equal codes keep that
    of the source."""
    blocks = Blocks.open(folder)
    block = blocks[number]
    codes = octree.codes(read_rows(folder, "cloud.xyz", block.start, block.stop))
    if (codes[1:] >= codes[:-1]).all():
        return
    order = along_curve(codes)
    for name in (*(f"cloud.{n}" for n in blocks.names), ORDER):
        write_rows(folder, name, block.start, read_rows(folder, name, block.start, block.stop)[order])


def _has(cloud: PointCloud, name: str) -> bool:
    return getattr(cloud, name) is not None
