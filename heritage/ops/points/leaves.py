"""Points in small groups along a Z-curve, with boxes over them: what neighbour searches run on.

The groups are the leaves of an octree: its largest cubes with no more than some tens of points, so they are as
fine as the cloud is dense, wherever it is. Over them stands a packed tree of boxes (as in packed R-trees,
Roussopoulos and Leifker 1985), eight to a box.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numba
import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F32, I32
from heritage.model.octree import DEPTH, U64, Octree, along_curve

LEAF_POINTS: Final = 32
FAN: Final = 8
U8 = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Leaves:
    """Points sorted along a Z-curve, and their groups.

    ``order`` (n,) int32, the place each had in what was given; ``x``, ``y``, ``z`` (n,) float32 metres;
    ``starts`` (l + 1,) int32, first point of each leaf; ``cubes`` (l,) uint64, the least full code of its cube,
    and ``depths`` (l,) uint8, how often the root was halved; ``boxes`` (b, 6) float32, least and greatest corner
    of the points of each leaf, then of each eight of those, and so on to one; ``levels``, first box of each.
    """

    root: Octree
    order: I32
    x: F32
    y: F32
    z: F32
    starts: I32
    cubes: U64
    depths: U8
    boxes: F32
    levels: I32

    @property
    def side_m(self) -> float:
        """Side of the root."""
        return float(2.0 ** (self.root.exponent + 1))


def gather(xyz: F32, *, root: Octree | None = None, most: int = LEAF_POINTS) -> Leaves:
    """Leaves of up to ``most`` of the points (n, 3) float32 metres, n > 0.

    With the same ``root`` (it must hold the points) any two points follow each other in the same order, whatever
    else is there; those within one smallest cube in the order given. By default the root is fitted.
    """
    root = root or Octree.of(xyz)
    codes = _codes(xyz, np.array(root.corner), 2.0 ** (DEPTH - 1 - root.exponent))
    if (codes[1:] < codes[:-1]).any():
        order = along_curve(codes).astype(np.int32)
        codes, xyz = codes[order], xyz.take(order, axis=0)
    else:
        order = np.arange(len(xyz), dtype=np.int32)
    x, y, z = (np.ascontiguousarray(column) for column in xyz.T)
    starts, cubes, depths = _divided(codes, most)
    boxes, levels = _boxes(x, y, z, starts)
    return Leaves(root, order, x, y, z, starts, cubes, depths, boxes, levels)


@numba.njit(cache=True)
def spread(value: Any) -> Any:
    """Each of the low 21 bits moved to every third place."""
    v = np.uint64(value)
    v = (v | v << np.uint64(32)) & np.uint64(0x1F00000000FFFF)
    v = (v | v << np.uint64(16)) & np.uint64(0x1F0000FF0000FF)
    v = (v | v << np.uint64(8)) & np.uint64(0x100F00F00F00F00F)
    v = (v | v << np.uint64(4)) & np.uint64(0x10C30C30C30C30C3)
    return (v | v << np.uint64(2)) & np.uint64(0x1249249249249249)


@numba.njit(cache=True)
def squeeze(code: Any) -> Any:
    """Every third bit moved back together: what ``spread`` made."""
    v = np.uint64(code) & np.uint64(0x1249249249249249)
    v = (v ^ v >> np.uint64(2)) & np.uint64(0x10C30C30C30C30C3)
    v = (v ^ v >> np.uint64(4)) & np.uint64(0x100F00F00F00F00F)
    v = (v ^ v >> np.uint64(8)) & np.uint64(0x1F0000FF0000FF)
    v = (v ^ v >> np.uint64(16)) & np.uint64(0x1F00000000FFFF)
    return (v ^ v >> np.uint64(32)) & np.uint64(0x1FFFFF)


@numba.njit(cache=True)
def _codes(xyz: F32, corner: npt.NDArray[np.float64], scale: float) -> U64:
    """As ``Octree.codes``."""
    codes = np.empty(len(xyz), np.uint64)
    low = np.floor(corner * scale)
    for i in range(len(xyz)):
        code = np.uint64(0)
        for axis in range(3):
            cell = np.floor(np.float64(xyz[i, axis]) * scale) - low[axis]
            if not 0.0 <= cell < 2097152.0:
                raise ValueError("a point outside the root")
            code |= spread(np.uint64(cell)) << np.uint64(axis)
        codes[i] = code
    return codes


@numba.njit(cache=True)
def _divided(codes: U64, most: int) -> tuple[I32, U64, U8]:
    """First point, cube and depth of every leaf of sorted codes."""
    starts = np.empty(len(codes) + 1, np.int32)
    cubes = np.empty(len(codes), np.uint64)
    depths = np.empty(len(codes), np.uint8)
    # First point of each cube that holds the place we are at, and one past its last; the root first.
    begins, ends = np.zeros(DEPTH + 1, np.int64), np.empty(DEPTH + 1, np.int64)
    count, at, depth = 0, 0, 0
    ends[0] = len(codes)
    while at < len(codes):
        # Out of the cubes that end here, then down until few enough points are in one.
        while ends[depth] <= at:
            depth -= 1
        while ends[depth] - begins[depth] > most and depth < DEPTH:
            depth += 1
            begins[depth] = at
            shift = np.uint64(3 * (DEPTH - depth))
            code = codes[at] >> shift
            low, high = at, ends[depth - 1]
            while low < high:
                middle = (low + high) // 2
                if codes[middle] >> shift <= code:
                    low = middle + 1
                else:
                    high = middle
            ends[depth] = low
        shift = np.uint64(3 * (DEPTH - depth))
        starts[count] = at
        cubes[count] = codes[at] >> shift << shift
        depths[count] = depth
        at = ends[depth]
        count += 1
    starts[count] = len(codes)
    return starts[: count + 1].copy(), cubes[:count].copy(), depths[:count].copy()


@numba.njit(cache=True)
def _boxes(x: F32, y: F32, z: F32, starts: I32) -> tuple[F32, I32]:
    """Boxes of the leaves and of each eight of them, level over level, and the first box of each level."""
    levels = [0]
    size, total = len(starts) - 1, len(starts) - 1
    while size > 1:
        levels.append(total)
        size = (size + FAN - 1) // FAN
        total += size
    levels.append(total)
    boxes = np.empty((total, 6), np.float32)
    for leaf in range(len(starts) - 1):
        first = starts[leaf]
        low_x, low_y, low_z = x[first], y[first], z[first]
        high_x, high_y, high_z = low_x, low_y, low_z
        for i in range(first + 1, starts[leaf + 1]):
            low_x, high_x = min(low_x, x[i]), max(high_x, x[i])
            low_y, high_y = min(low_y, y[i]), max(high_y, y[i])
            low_z, high_z = min(low_z, z[i]), max(high_z, z[i])
        box = boxes[leaf]
        box[0], box[1], box[2] = low_x, low_y, low_z
        box[3], box[4], box[5] = high_x, high_y, high_z
    for level in range(1, len(levels) - 1):
        below = levels[level - 1]
        for k in range(levels[level + 1] - levels[level]):
            box = boxes[levels[level] + k]
            box[:] = boxes[below + FAN * k]
            for child in range(below + FAN * k + 1, min(below + FAN * (k + 1), levels[level])):
                for axis in range(3):
                    box[axis] = min(box[axis], boxes[child, axis])
                    box[3 + axis] = max(box[3 + axis], boxes[child, 3 + axis])
    return boxes, np.array(levels, np.int32)
