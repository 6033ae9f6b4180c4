"""Compiled searches down the tree of boxes over ``Leaves``, from any place."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from heritage.model.arrays import F32, I32
from heritage.ops.points.leaves import FAN

_ROUNDED = np.float32(0.999999)  # float32 rounds; nothing may be passed over for that
_STACK = 512  # eight to a box, and 2**31 points make eleven levels


@numba.njit(cache=True)
def through_boxes(
    x: F32, y: F32, z: F32, starts: I32, boxes: F32, levels: I32, px: Any, py: Any, pz: Any, k: int,
    cap: Any, near: I32, near_sq: F32,
) -> int:  # fmt: skip
    """The ``k`` nearest to one place within ``cap`` (squared), nearest first, of equals the first in order."""
    stack, level_of, gap_of = np.empty(_STACK, np.int64), np.empty(_STACK, np.int64), np.empty(_STACK)
    gaps, kids = np.empty(FAN), np.empty(FAN, np.int64)
    top, found, bound = 1, 0, cap
    stack[0], level_of[0], gap_of[0] = 0, len(levels) - 2, 0.0
    while top > 0:
        top -= 1
        node, level = stack[top], level_of[top]
        if gap_of[top] > bound:
            continue
        if level == 0:
            for i in range(starts[node], starts[node + 1]):
                dx, dy, dz = x[i] - px, y[i] - py, z[i] - pz
                square = dx * dx + dy * dy + dz * dz
                if square > bound or (found == k and (square == bound and i > near[k - 1])):
                    continue
                at = found if found < k else k - 1
                while at > 0 and (
                    near_sq[at - 1] > square or (near_sq[at - 1] == square and near[at - 1] > i)
                ):
                    near[at], near_sq[at] = near[at - 1], near_sq[at - 1]
                    at -= 1
                near[at], near_sq[at] = i, square
                found = min(found + 1, k)
                if found == k:
                    bound = near_sq[k - 1]
            continue
        first = FAN * node
        count = min(FAN, levels[level] - levels[level - 1] - first)
        for child in range(count):
            b = boxes[levels[level - 1] + first + child]
            dx = max(max(b[0] - px, px - b[3]), np.float32(0))
            dy = max(max(b[1] - py, py - b[4]), np.float32(0))
            dz = max(max(b[2] - pz, pz - b[5]), np.float32(0))
            gap, at = (dx * dx + dy * dy + dz * dz) * _ROUNDED, child
            while at > 0 and gaps[at - 1] < gap:
                gaps[at], kids[at] = gaps[at - 1], kids[at - 1]
                at -= 1
            gaps[at], kids[at] = gap, first + child
        for child in range(count):  # the nearest comes last, and is taken first
            if gaps[child] <= bound:
                stack[top], level_of[top], gap_of[top] = kids[child], level - 1, gaps[child]
                top += 1
    return found


@numba.njit(cache=True)
def ask(
    queries: F32, x: F32, y: F32, z: F32, starts: I32, boxes: F32, levels: I32, k: int, reach_sq: float,
    index: I32, square: F32,
) -> None:  # fmt: skip
    """As ``search`` with ``pick``, for ``queries`` (q, 3) that need not be among the points; nearest first."""
    near, near_sq = np.empty(k, np.int32), np.empty(k, np.float32)
    cap = np.float32(reach_sq)
    for i in range(len(queries)):
        found = through_boxes(
            x, y, z, starts, boxes, levels, queries[i, 0], queries[i, 1], queries[i, 2], k, cap, near, near_sq
        )
        for j in range(k):
            index[i, j] = near[j] if j < found else -1
            square[i, j] = near_sq[j] if j < found else np.inf
