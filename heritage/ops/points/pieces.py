"""Which points hang together, also where a cloud is held in blocks: connected components of occupied voxels.

Each block finds its own pieces and tells their sizes and the voxels at its border; from those alone the pieces
of the whole cloud are known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from heritage.model.arrays import F32, F64, Bool
from heritage.model.octree import I64

_BITS: Final = 21
_MOST_VOXELS: Final = 1 << 20  # along an axis
_STEPS: Final = [
    (i << 2 * _BITS) + (j << _BITS) + k
    for i in (-1, 0, 1)
    for j in (-1, 0, 1)
    for k in (-1, 0, 1)
    if (i, j, k) > (0, 0, 0)
]


@dataclass(frozen=True)
class Grid:
    """Cubes of ``size_m`` that lie alike for every block: voxel 1 of each axis holds the cloud's least coordinate."""

    size_m: float
    base: tuple[int, int, int]

    @classmethod
    def over(cls, low: F64, high: F64, size_m: float) -> Grid:
        """For a cloud from ``low`` to ``high`` (3,). The cubes are larger where a million would not span it."""
        size_m = max(size_m, float((high - low).max()) / (_MOST_VOXELS - 4))
        x, y, z = (int(c) - 1 for c in np.floor(low / size_m))
        return cls(size_m, (x, y, z))

    def indices(self, xyz: F32) -> I64:
        """Voxel (n, 3), from 1, of each point."""
        return np.asarray(np.floor(xyz.astype(np.float64) / self.size_m).astype(np.int64) - self.base)

    def keys(self, xyz: F32) -> I64:
        """One sortable number (n,) for the voxel of each point."""
        i = self.indices(xyz)
        return np.asarray((i[:, 0] << 2 * _BITS) | (i[:, 1] << _BITS) | i[:, 2])


@dataclass(frozen=True, eq=False)
class Pieces:
    """The c pieces of one block: points ``size`` (c,), those of them ``marked`` (c,), box ``low`` and ``high``
    (c, 3), least voxel ``key`` (c,); and of the b voxels that may touch another block's the key and the piece."""

    size: I64
    marked: I64
    low: F32
    high: F32
    key: I64
    border_key: I64
    border_piece: I64


def find_pieces(xyz: F32, grid: Grid, low: F64, high: F64, marked: Bool | None = None) -> tuple[I64, Pieces]:
    """The piece (n,) of each point of a block whose cube is ``low`` to ``high`` (3,); 26 neighbours touch."""
    each = grid.keys(xyz)
    # Points come along a curve: a few follow each other in one voxel, and such runs are fewer to sort.
    start = np.flatnonzero(np.diff(each, prepend=-1))
    keys, voxel = np.unique(each[start], return_inverse=True)
    label = _connected(len(keys), *_touching(keys))
    count = int(label.max()) + 1 if len(label) else 0
    run = label[voxel]
    piece = np.repeat(run, np.diff(start, append=len(xyz)))
    low_of, high_of = _boxes(xyz, start, run, count)
    key = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(key, label, keys)
    mask = (1 << _BITS) - 1
    index = np.column_stack([keys >> 2 * _BITS, keys >> _BITS & mask, keys & mask]) + np.array(grid.base)
    inner = ((index - 1) * grid.size_m >= low) & ((index + 2) * grid.size_m <= high)
    border = ~inner.all(1)
    many = None if marked is None else marked.astype(np.float64)
    return piece, Pieces(
        np.bincount(piece, minlength=count),
        np.bincount(piece, weights=many, minlength=count).astype(np.int64),
        low_of,
        high_of,
        key,
        keys[border],
        label[border],
    )


def _boxes(xyz: F32, start: I64, run: I64, count: int) -> tuple[F32, F32]:
    """Least and greatest corner (c, 3) of each of ``count`` pieces: ``run`` (r,) is that of the points from ``start``."""
    if not count:
        return np.zeros((0, 3), np.float32), np.zeros((0, 3), np.float32)
    order = np.argsort(run, kind="stable")
    first = np.flatnonzero(np.diff(run[order], prepend=-1))
    low, high = (at.reduceat(xyz, start, axis=0)[order] for at in (np.minimum, np.maximum))
    return np.minimum.reduceat(low, first, axis=0), np.maximum.reduceat(high, first, axis=0)


@dataclass(frozen=True, eq=False)
class Joined:
    """The pieces of the whole cloud, by least voxel: as ``Pieces``; ``of`` has for each block the number here of
    each of its own."""

    size: I64
    marked: I64
    low: F32
    high: F32
    of: tuple[I64, ...]

    @property
    def largest(self) -> int:
        """The piece of most points."""
        return int(np.argmax(self.size))


def join_pieces(parts: Sequence[Pieces]) -> Joined:
    """The pieces of a cloud from those of its blocks, which must share one ``Grid``."""
    counts = [len(part.size) for part in parts]
    offset = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    key = np.concatenate([part.border_key for part in parts])
    piece = np.concatenate([part.border_piece + o for part, o in zip(parts, offset, strict=False)])
    order = np.argsort(key, kind="stable")
    key, piece = key[order], piece[order]
    first = np.ones(len(key), bool)
    first[1:] = key[1:] != key[:-1]
    again = np.flatnonzero(~first)  # one voxel in several blocks
    a, b = _touching(key[first])
    row = np.concatenate([piece[again - 1], piece[first][a]])
    column = np.concatenate([piece[again], piece[first][b]])
    label = _connected(int(offset[-1]), row, column)
    count = int(label.max()) + 1 if len(label) else 0
    least = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(least, label, np.concatenate([part.key for part in parts]))
    # Numbered by place, so that the largest of equals is the same however the cloud was cut.
    number = np.empty(count, np.int64)
    number[np.argsort(least)] = np.arange(count)
    label = number[label]
    low, high = np.full((count, 3), np.inf, np.float32), np.full((count, 3), -np.inf, np.float32)
    np.minimum.at(low, label, np.concatenate([part.low for part in parts]))
    np.maximum.at(high, label, np.concatenate([part.high for part in parts]))
    size, marked = np.zeros(count, np.int64), np.zeros(count, np.int64)
    np.add.at(size, label, np.concatenate([part.size for part in parts]))
    np.add.at(marked, label, np.concatenate([part.marked for part in parts]))
    return Joined(size, marked, low, high, tuple(np.split(label, offset[1:-1])))


def _touching(keys: I64) -> tuple[I64, I64]:
    """Pairs of places in ascending, distinct ``keys`` whose voxels touch."""
    rows, columns = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for step in _STEPS if len(keys) else ():
        place = np.searchsorted(keys, keys + step)
        found = np.flatnonzero(keys[np.minimum(place, len(keys) - 1)] == keys + step)
        rows.append(found)
        columns.append(place[found])
    return np.concatenate(rows), np.concatenate(columns)


def _connected(count: int, row: I64, column: I64) -> I64:
    if count == 0:
        return np.zeros(0, np.int64)
    graph = coo_matrix((np.ones(len(row), np.int8), (row, column)), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1].astype(np.int64))
