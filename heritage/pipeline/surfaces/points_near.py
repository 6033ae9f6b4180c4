"""The points of an epoch near some places, in the monument frame, a block in memory at a time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from heritage.formats.blocks import Block, Blocks
from heritage.formats.columns import gather_rows, read_rows
from heritage.model.arrays import F32, F64
from heritage.ops.comparison.where import Where
from heritage.ops.meshes.weld import first_and_place
from heritage.pipeline.tiling.source import Source


@dataclass(frozen=True)
class PointsNear:
    """A cloud in blocks with normals, in ``folder``; ``matrix`` as in `Source`. Called, it is `distance.Points`."""

    folder: Path
    matrix: tuple[float, ...] | None

    def __call__(self, where: Where) -> tuple[F32, F32]:
        """Points (n, 3) that ``where`` holds, each place once, and their normals (n, 3)."""
        blocks, frame = Blocks.open(self.folder), Source(self.folder, (), matrix=self.matrix)
        xyz, normal = [np.zeros((0, 3), np.float32)], [np.zeros((0, 3), np.float32)]
        for block in blocks:
            if not _meets(frame, blocks.origin, block, where):
                continue
            placed = frame.placed(read_rows(self.folder, "cloud.xyz", block.start, block.stop), blocks.origin)
            rows = np.flatnonzero(where.holds(placed))
            xyz.append(placed[rows])
            normal.append(frame.turned(gather_rows(self.folder, "cloud.normal", block.start + rows)))
        held = np.concatenate(xyz)
        first = first_and_place(held)[0]
        return held[first], np.concatenate(normal)[first]


def _meets(frame: Source, origin: F64, block: Block, where: Where) -> bool:
    """Whether a block's cube, once placed, may hold something of the box."""
    ends = np.array([block.low, block.high])
    corners = np.array([[ends[i, 0], ends[j, 1], ends[k, 2]] for i in (0, 1) for j in (0, 1) for k in (0, 1)])
    placed = frame.placed(corners.astype(np.float32), origin)
    # float32 rounds corners and points alike.
    slack = 1e-6 * float(np.abs(placed).max())
    return bool(((placed.max(0) + slack >= where.low) & (placed.min(0) - slack <= where.high)).all())
