"""Cells and bricks of one lattice for a whole cloud, however it is cut into blocks; and looking them up.

Integer coordinates count cells of ``size`` from the cloud's origin, moved by `HALF` so that none is negative;
on level l a cell is 2**l as wide and its coordinate is the fine one shifted right by l. A key is the Morton code of
a coordinate, so that the cells of every level, and the bricks of `BRICK` cells a side, are runs of one order.
"""

from __future__ import annotations

from typing import Any, Final

import numba
import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F32
from heritage.model.errors import MethodError
from heritage.ops.points.grid import I64

HALF: Final = 1 << 19
BRICK_BITS: Final = 2
BRICK: Final = 1 << BRICK_BITS


@numba.njit(cache=True, inline="always")
def spread(value: Any) -> Any:
    """The low 20 bits of ``value``, each moved to every third place."""
    v = np.int64(value)
    v = (v | (v << 32)) & 0x1F00000000FFFF
    v = (v | (v << 16)) & 0x1F0000FF0000FF
    v = (v | (v << 8)) & 0x100F00F00F00F00F
    v = (v | (v << 4)) & 0x10C30C30C30C30C3
    return (v | (v << 2)) & 0x1249249249249249


@numba.njit(cache=True, inline="always")
def gathered(key: Any) -> Any:
    """The reverse of `spread`: every third bit of ``key``, from the lowest."""
    v = np.int64(key) & 0x1249249249249249
    v = (v | (v >> 2)) & 0x10C30C30C30C30C3
    v = (v | (v >> 4)) & 0x100F00F00F00F00F
    v = (v | (v >> 8)) & 0x1F0000FF0000FF
    v = (v | (v >> 16)) & 0x1F00000000FFFF
    return (v | (v >> 32)) & 0xFFFFF


@numba.njit(cache=True, inline="always")
def key_of(i: Any, j: Any, k: Any) -> Any:
    """The Morton code of a coordinate."""
    return spread(i) | (spread(j) << 1) | (spread(k) << 2)


@numba.njit(cache=True)
def _codes(xyz: Any, inverse: float, half: int, keys: Any) -> bool:
    for t in range(len(xyz)):
        i = np.int64(np.floor(xyz[t, 0] * inverse)) + half
        j = np.int64(np.floor(xyz[t, 1] * inverse)) + half
        k = np.int64(np.floor(xyz[t, 2] * inverse)) + half
        # Room for the bricks of the coarsest level around the outermost point.
        if min(i, j, k) < 1024 or max(i, j, k) >= 2 * half - 1024:
            return False
        keys[t] = key_of(i, j, k)
    return True


def cell_keys(xyz: F32, size: float) -> I64:
    """The key (n,) of the finest cell of each point (n, 3), metres from the cloud's origin.

    Raises MethodError where the lattice would have more than a million cells along an axis.
    """
    keys = np.empty(len(xyz), np.int64)
    if not _codes(xyz.astype(np.float64), 1 / size, HALF, keys):
        raise MethodError(
            "mesh",
            f"cells of {size:g} m for points {float(np.abs(xyz).max()):.0f} m from the origin",
            f"up to {HALF - 1024} cells on either side are allowed",
            "choose a larger mesh.cell_m, or split the cloud",
            code="grid-too-fine",
        )
    return keys


def runs(keys: I64) -> tuple[I64, I64]:
    """The distinct keys (r,) of ascending ``keys``, and where each begins, with the end (r + 1,)."""
    first = np.ones(len(keys), bool)
    first[1:] = keys[1:] != keys[:-1]
    start = np.flatnonzero(first).astype(np.int64)
    return keys[start], np.append(start, len(keys))


@numba.njit(cache=True, inline="always")
def _slot(key: Any, mask: int) -> Any:
    return np.int64((np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(24)) & mask


@numba.njit(cache=True)
def fill_table(keys: Any, table: Any) -> None:
    """Enter distinct ``keys`` into ``table``: a power of two of -1s, twice as many at least."""
    mask = len(table) - 1
    for row in range(len(keys)):
        at = _slot(keys[row], mask)
        while table[at] >= 0:
            at = (at + 1) & mask
        table[at] = row


def table_of(keys: I64) -> npt.NDArray[np.int32]:
    """An open-addressing hash table of distinct ``keys`` for `find`, half full at most."""
    size = 1 << max(4, int(2 * len(keys)).bit_length())
    table = np.full(size, -1, np.int32)
    fill_table(keys, table)
    return table


@numba.njit(cache=True, inline="always")
def find(key: Any, keys: Any, table: Any) -> Any:
    """The row of ``key`` in ``keys``, -1 where it is not there."""
    mask = len(table) - 1
    at = _slot(key, mask)
    while True:
        row = table[at]
        if row < 0 or keys[row] == key:
            return row
        at = (at + 1) & mask
