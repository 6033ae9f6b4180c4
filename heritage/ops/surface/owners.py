"""Whose a cell is: every cell of the lattice belongs to one block, and is held by the blocks near to it as well.

A block's surface is drawn in its own cells and some around them, so that what is done to its rim (`heritage.ops.surface.rims`)
finds the same neighbours as in any other block.
"""

from __future__ import annotations

from typing import Any, Final

import numba
import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F64
from heritage.ops.points.grid import I64
from heritage.ops.surface.lattice import BRICK, HALF

HELD: Final = 1  # drawn
NEAR: Final = 2  # of the surface that is decided on; what is held beyond is the surroundings of that
OWN: Final = 4
SHARED: Final = 8  # near for another block too

Cubes = npt.NDArray[np.int64]
EVERYWHERE: Final[Cubes] = np.array([[[0, 0, 0], [2 * HALF, 2 * HALF, 2 * HALF]]], np.int64)


def cell_cubes(low: F64, high: F64, size: float) -> Cubes:
    """Half-open cubes (b, 2, 3) of cells from cubes of metres (b, 3) to (b, 3): a cell lies where its least corner does."""
    cubes = np.stack([np.ceil(low / size), np.ceil(high / size)], axis=1)
    return np.asarray(np.clip(cubes, -HALF, HALF), np.int64) + HALF


def neighbouring(cubes: Cubes, block: int) -> tuple[I64, int]:
    """The numbers, ascending, of cubes that may share a cell with ``block`` or take one from it, and its place there."""
    mine = cubes[block]
    margin = 2 * max(1, int((mine[1] - mine[0]).max())) + 512
    near = np.flatnonzero(((cubes[:, 0] <= mine[1] + margin) & (cubes[:, 1] >= mine[0] - margin)).all(1))
    return near.astype(np.int64), int(np.searchsorted(near, block))


@numba.njit(cache=True)
def _away(x: Any, y: Any, z: Any, cube: Any) -> Any:
    """Cells from a cell to a cube along the axis where they are farthest apart."""
    away = np.int64(0)
    for a in range(3):
        c = x if a == 0 else (y if a == 1 else z)
        away = max(away, cube[0, a] - c, c - cube[1, a] + 1)
    return away


@numba.njit(cache=True)
def _standing(x: Any, y: Any, z: Any, cubes: Any, mine: Any, near: Any, held: Any) -> Any:
    """What a cell is to block ``mine``. It belongs to the nearest cube, to the first of equally near ones; who is no more
    than ``near`` or ``held`` cells further from it has it near or holds it. Cells within half of that of a block's own
    are so too."""
    own, least = -1, np.int64(1) << 62
    for b in range(len(cubes)):
        away = _away(x, y, z, cubes[b])
        if away < least:
            own, least = b, away
    here = _away(x, y, z, cubes[mine])
    if here > least + held:
        return 0
    if here > least + near:
        return HELD
    many = 0
    for b in range(len(cubes)):
        many += _away(x, y, z, cubes[b]) <= least + near
    return HELD | NEAR | (OWN if own == mine else 0) | (SHARED if many > 1 else 0)


@numba.njit(cache=True)
def standings(i: Any, j: Any, k: Any, cubes: Any, mine: Any, near: Any, held: Any, standing: Any) -> Any:
    """`_standing` of the cells of a brick and of one layer before it, whose coordinates begin at BRICK * i - 1; whether
    any is held."""
    low, high = cubes[mine, 0], cubes[mine, 1]
    x, y, z = i * BRICK - 1, j * BRICK - 1, k * BRICK - 1
    n = BRICK + 1
    far = near if len(cubes) > 1 else 0  # a cube this deep inside is no other block's
    if (
        x - far >= low[0] and y - far >= low[1] and z - far >= low[2]
        and x + n + far <= high[0] and y + n + far <= high[1] and z + n + far <= high[2]
    ):  # fmt: skip
        standing[:] = HELD | NEAR | OWN
        return True
    some = False
    for a in range(n):
        for b in range(n):
            for c in range(n):
                standing[a, b, c] = _standing(x + a, y + b, z + c, cubes, mine, near, held)
                some = some or standing[a, b, c] != 0
    return some
