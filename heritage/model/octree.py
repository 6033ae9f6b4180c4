"""Space in cubes that divide into eight: where a point lies along the Z-curve, and which cubes hold a cloud."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F64
from heritage.model.limits import LOCAL_COORDINATE_M

U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]

DEPTH: Final = 21  # three axes of 21 bits fill a 64-bit code
# Where the grid of all cubes has a corner, on each axis: 0 then lies at a third of every side of 1 m and more.
# Grounds and walls are often drawn at 0; with a border there, half of each would be in the one block and half in
# the other, and all of it in both surroundings.
ANCHOR_M: Final = 5461.25
_LEAST: Final = 0  # a root of two 1 m cubes still tells 1 um apart, finer than float32 at that distance
_MOST: Final = (int(LOCAL_COORDINATE_M) - 1).bit_length()
_BYTE_BITS: Final = 11
# Every number of 11 bits with each bit moved to every third place: two looked up for one axis.
_SPREAD: Final[U64] = np.array(
    [sum((v >> b & 1) << 3 * b for b in range(_BYTE_BITS)) for v in range(1 << _BYTE_BITS)], np.uint64
)


@dataclass(frozen=True)
class Octree:
    """A root cube of side ``2 * 2**exponent`` metres, its least corner at a whole multiple of ``2**exponent`` from
    ``ANCHOR_M`` on every axis.

    So every cube below the root lies on one grid of powers of two, whatever the cloud: cubes of two clouds are
    equal, disjoint or one within the other. A grid of step 2**-k metres through (0, 0, 0), k at least 2, is
    aligned with all that are no smaller. A cube at ``depth`` d has a code of 3 d bits, three for each division,
    z y x from the highest; the codes of the points in it begin with it (the Z-curve of G. M. Morton, 1966).
    """

    corner: tuple[float, float, float]
    exponent: int

    @classmethod
    def around(cls, low: npt.ArrayLike, high: npt.ArrayLike) -> Octree:
        """The smallest one that holds the box from ``low`` to ``high`` (3,), metres, both included.

        Raises ValueError for a box that does not lie within ``LOCAL_COORDINATE_M`` of (0, 0, 0).
        """
        low, high = np.asarray(low, np.float64), np.asarray(high, np.float64)
        if not (np.abs([low, high]) <= LOCAL_COORDINATE_M).all():
            raise ValueError(f"a box from {low} to {high} m")
        for exponent in range(_LEAST, _MOST + 1):
            first, last = (np.floor((place - ANCHOR_M) / 2.0**exponent) for place in (low, high))
            if (last - first <= 1).all():
                break
        x, y, z = (float(c) for c in ANCHOR_M + first * 2.0**exponent)
        return cls((x, y, z), exponent)

    @classmethod
    def of(cls, xyz: npt.NDArray[Any]) -> Octree:
        """The smallest one that holds the points (n, 3), metres, n > 0. Raises as ``around``."""
        return cls.around(*box_of(xyz))

    def codes(self, xyz: npt.NDArray[Any]) -> U64:
        """Codes (n,) at full depth of points (n, 3), metres. Exact for float32: no step here rounds.

        Raises ValueError where a point lies outside the root.
        """
        scale = 2.0 ** (DEPTH - 1 - self.exponent)
        code = np.zeros(len(xyz), np.uint64)
        for axis in range(3):
            # Scaled by a power of two and floored before the corner is taken off: -1e-30 stays below 0.
            cell = np.floor(xyz[:, axis].astype(np.float64) * scale).astype(np.int64)
            cell -= int(self.corner[axis] * scale)
            if len(cell) and (cell.min() < 0 or cell.max() >= 1 << DEPTH):
                raise ValueError("a point outside the root")
            spread = _SPREAD[cell & ((1 << _BYTE_BITS) - 1)]
            spread |= _SPREAD[cell >> _BYTE_BITS] << np.uint64(3 * _BYTE_BITS)
            code |= spread << np.uint64(axis)
        return code

    def cube(self, code: int, depth: int) -> tuple[F64, F64]:
        """Least corner and the one opposite, (3,) float64 metres, of the cube of ``code`` at ``depth``; half open."""
        side = 2.0 ** (self.exponent + 1 - depth)
        steps = [sum((code >> 3 * bit + axis & 1) << bit for bit in range(depth)) for axis in range(3)]
        low = np.array(self.corner) + side * np.array(steps, np.float64)
        return low, low + side


def box_of(xyz: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Least and greatest corner (3,) of points (n, 3), n > 0. By columns: numpy takes 20 times as long by rows."""
    columns = [xyz[:, axis] for axis in range(3)]
    return np.array([c.min() for c in columns], xyz.dtype), np.array([c.max() for c in columns], xyz.dtype)


def along_curve(codes: U64) -> I64:
    """The order (n,) in which ``codes`` (n,) ascend; equal ones stay as they come."""
    order = np.argsort(codes)
    # A stable sort of 64 bits takes four times as long, and few are equal: those are put right.
    ascending = codes[order]
    equal = ascending[1:] == ascending[:-1]
    tied = np.flatnonzero(np.append(equal, False) | np.insert(equal, 0, False))
    order[tied] = order[tied][np.lexsort((order[tied], ascending[tied]))]
    return order


def divide(codes: U64, counts: I64, depth: int, most: int) -> list[tuple[int, int, int]]:
    """The cubes in which a cloud of many points is kept, as (code, depth, points) along the Z-curve.

    ``codes`` (c,) ascending are the occupied cubes at ``depth``, ``counts`` (c,) the points in each. A cube
    is divided while it holds more than ``most`` points; what is still over at ``depth`` is given as it is.
    """
    ends = np.concatenate([[0], np.cumsum(counts)])
    made = []
    waiting = [(0, 0, 0, len(codes))]
    while waiting:
        code, at, first, last = waiting.pop()
        points = int(ends[last] - ends[first])
        if points <= most or at == depth:
            if points:
                made.append((code, at, points))
            continue
        down = 3 * (depth - at - 1)
        starts = np.array([(8 * code + k) << down for k in range(1, 8)], np.uint64)
        cuts = [first, *(first + np.searchsorted(codes[first:last], starts)).tolist(), last]
        # The last child first, so that the first is the next to be taken.
        waiting += [(8 * code + k, at + 1, cuts[k], cuts[k + 1]) for k in range(7, -1, -1)]
    return made
