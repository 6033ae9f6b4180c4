"""A cloud in blocks: its points along a Z-curve on disk, cut into cubes of space that fit into memory.

The files are those of ``save_cloud``, whose rows now lie along the curve; ``order.npy``, the row each point had
in its source; and ``blocks.json``, the rows and the cube of each block. A piece of work reads one block and
what lies around it, so its memory is bounded by the block and not by the cloud. Equal points share a cube,
however small, and so a block: duplicates can be found block by block.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from heritage.formats.arrays import damaged, read_document, save_document
from heritage.formats.columns import (
    column_kind,
    create_column,
    gather_rows,
    read_rows,
    write_rows,
)
from heritage.model.arrays import F64, PointCloud
from heritage.model.octree import DEPTH, I64, Octree, along_curve, divide

__all__ = [
    "BLOCK_POINTS",
    "Block",
    "Blocks",
    "create_blocks",
    "create_column",
    "gather_rows",
    "packed",
    "read_rows",
    "save_blocks",
    "write_points",
    "write_rows",
]

BLOCK_POINTS: Final = 500_000  # with what lies around it, some 100 MB while a stage works on it
ORDER: Final = "order"
_TABLE: Final = "blocks.json"
# Columns of a cloud: dtype and width.
_COLUMNS: Final[dict[str, tuple[Any, int | None]]] = {
    "xyz": (np.float32, 3),
    "rgb": (np.uint8, 3),
    "normal": (np.float32, 3),
    "confidence": (np.float32, None),
    "source_class": (np.uint8, None),
}


@dataclass(frozen=True, eq=False)
class Block:
    """Rows ``start`` to ``stop`` of a cloud: all its points in the cube from ``low`` to ``high`` (3,) float64,
    metres from the cloud's origin, ``low`` included and ``high`` not. The cubes of a cloud are disjoint, and
    those of an octree: see ``heritage.model.octree``."""

    number: int
    start: int
    stop: int
    low: F64
    high: F64

    def __len__(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True, eq=False)
class Blocks:
    """A cloud on disk. ``origin`` (3,) float64, metres; ``names`` of its arrays as in ``PointCloud``."""

    folder: Path
    origin: F64
    names: tuple[str, ...]
    table: tuple[Block, ...]

    @classmethod
    def open(cls, folder: Path) -> Blocks:
        """Raises StoreError where the cloud or its table is missing, or they do not fit together."""
        cloud, document = read_document(folder / "cloud.json"), read_document(folder / _TABLE)
        table = []
        for number, (start, stop, low, side) in enumerate(document["blocks"]):
            corner = np.array(low, np.float64)
            table.append(Block(number, start, stop, corner, corner + side))
        ends = [0, *(block.stop for block in table)]
        if [block.start for block in table] != ends[:-1] or ends[-1] != cloud["points"]:
            raise damaged(folder / _TABLE, f"blocks that are not those of {cloud['points']} points")
        for name in cloud["arrays"]:
            if column_kind(folder, f"cloud.{name}")[0][0] != cloud["points"]:
                raise damaged(folder / f"cloud.{name}.npy", f"not {cloud['points']} rows")
        return cls(folder, np.array(cloud["origin_m"], np.float64), tuple(cloud["arrays"]), tuple(table))

    @property
    def rows(self) -> int:
        """Points of the whole cloud."""
        return self.table[-1].stop if self.table else 0

    def __len__(self) -> int:
        return len(self.table)

    def __getitem__(self, number: int) -> Block:
        return self.table[number]

    def __iter__(self) -> Iterator[Block]:
        return iter(self.table)

    def points(self, number: int) -> PointCloud:
        """The points of a block, in file order."""
        return self.slice(self.table[number].start, self.table[number].stop)

    def slice(self, start: int, stop: int) -> PointCloud:
        """Rows ``start`` to ``stop``."""
        held = {name: read_rows(self.folder, f"cloud.{name}", start, stop) for name in self.names}
        return PointCloud(self.origin, **held)

    def select(self, rows: npt.NDArray[Any]) -> PointCloud:
        """The points at ``rows`` (n,), ascending."""
        held = {name: gather_rows(self.folder, f"cloud.{name}", rows) for name in self.names}
        return PointCloud(self.origin, **held)

    def around(self, number: int, reach_m: float) -> tuple[PointCloud, I64]:
        """A block's own points, in file order, then every other point that is no farther than ``reach_m`` from
        its cube along any axis, by ascending row; and the row (n,) of each. The first ``len(blocks[number])``
        are the block's own."""
        own = self.table[number]
        low, high = own.low - reach_m, own.high + reach_m
        near = []
        for block in self.table:
            if block is own or (block.low > high).any() or (block.high < low).any():
                continue
            xyz = read_rows(self.folder, "cloud.xyz", block.start, block.stop)
            inside = np.ones(len(xyz), bool)
            for axis in range(3):
                # float32 widened to float64: the border itself must not be rounded.
                place = xyz[:, axis].astype(np.float64)
                inside &= (place >= low[axis]) & (place <= high[axis])
            near.append(block.start + np.flatnonzero(inside))
        halo = np.concatenate(near) if near else np.zeros(0, np.int64)
        rows = np.concatenate([np.arange(own.start, own.stop), halo])
        return _joined(self.points(number), self.select(halo)), rows


def save_blocks(folder: Path, cloud: PointCloud, *, most: int = BLOCK_POINTS) -> None:
    """Write a cloud held in memory in blocks of up to ``most`` points, with ``order.npy``.

    A cube whose points are all within a micrometre (more, in a cloud of kilometres) is not divided further, and
    may hold more.
    """
    if most < 1:
        raise ValueError(f"blocks of {most} points")
    made: list[Block] = []
    order = np.zeros(0, np.int64)
    if len(cloud):
        octree = Octree.of(cloud.xyz)
        codes = octree.codes(cloud.xyz)
        order = along_curve(codes)
        cells, counts = np.unique(codes[order], return_counts=True)
        made = cubes(octree, divide(cells, counts, DEPTH, most))
    names = [name for name in _COLUMNS if getattr(cloud, name) is not None]
    create_blocks(folder, cloud.origin, made, names)
    write_points(folder, 0, cloud.select(order))
    create_column(folder, ORDER, len(cloud), np.int32)
    write_rows(folder, ORDER, 0, order.astype(np.int32))


def cubes(octree: Octree, divided: Iterable[tuple[int, int, int]]) -> list[Block]:
    """Blocks of what ``divide`` gave: (code, depth, points) along the Z-curve."""
    made: list[Block] = []
    start = 0
    for code, depth, points in divided:
        made.append(Block(len(made), start, start + points, *octree.cube(code, depth)))
        start += points
    return made


def packed(blocks: Iterable[Block], counts: Iterable[int]) -> list[Block]:
    """The blocks of a part of a cloud: ``counts`` points remain in each. Blocks without a point are left out;
    the rows of the others follow each other as before."""
    made: list[Block] = []
    start = 0
    for block, points in zip(blocks, counts, strict=True):
        if points:
            made.append(Block(len(made), start, start + points, block.low, block.high))
            start += points
    return made


def create_blocks(folder: Path, origin: F64, blocks: Sequence[Block], names: Iterable[str]) -> None:
    """The files of a cloud in ``blocks``, every column of zeros; ``write_points`` fills them. ``names`` are
    arrays of ``PointCloud``."""
    rows = blocks[-1].stop if blocks else 0
    names = [name for name in _COLUMNS if name in {"xyz", *names}]
    for name in names:
        dtype, width = _COLUMNS[name]
        create_column(folder, f"cloud.{name}", rows, dtype, width)
    table = [[b.start, b.stop, b.low.tolist(), float(b.high[0] - b.low[0])] for b in blocks]
    save_document(folder / _TABLE, {"columns": ["start", "stop", "low_m", "side_m"], "blocks": table})
    save_document(
        folder / "cloud.json", {"points": rows, "origin_m": np.asarray(origin).tolist(), "arrays": names}
    )


def write_points(folder: Path, start: int, cloud: PointCloud) -> None:
    """Write the arrays of ``cloud`` over the rows from ``start``. Raises ValueError as ``write_rows``."""
    for name in _COLUMNS:
        values = getattr(cloud, name)
        if values is not None:
            write_rows(folder, f"cloud.{name}", start, values)


def _joined(first: PointCloud, second: PointCloud) -> PointCloud:
    def both(name: str) -> Any:
        a, b = getattr(first, name), getattr(second, name)
        return None if a is None else np.concatenate([a, b])

    return PointCloud(first.origin, **{name: both(name) for name in _COLUMNS})
