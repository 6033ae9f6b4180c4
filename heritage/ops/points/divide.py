"""Into which cubes a cloud is cut that is too large to hold: by counting, over and over where it is dense."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import numpy as np

from heritage.model.arrays import F32
from heritage.model.octree import DEPTH, Octree, divide

# Levels counted at once: of the whole 8**7 cubes, 16 MB; later 8**4 below each that holds too many.
_FIRST: Final = 7
_LATER: Final = 4


def divide_cloud(
    octree: Octree, points: int, passes: Callable[[], Iterable[F32]], most: int
) -> list[tuple[int, int, int]]:
    """The cubes (code, depth, points) along the Z-curve of a cloud of ``points``, each of up to ``most`` where
    it can be divided: the same as ``heritage.model.octree.divide`` of all points at once.

    Each call of ``passes`` gives the points (n, 3) anew, in pieces; most clouds need one or two.
    """
    if points <= most:
        return [(0, 0, points)] if points else []
    made: list[tuple[int, int, int]] = []
    crowded, depth = [0], 0
    while crowded:
        levels = _FIRST if depth == 0 else min(_LATER, DEPTH - depth)
        width = 8**levels
        counts = np.zeros(len(crowded) * width, np.int64)
        above = np.array(crowded, np.uint64)
        for xyz in passes():
            code = octree.codes(xyz) >> np.uint64(3 * (DEPTH - depth - levels))
            if depth:
                parent = code >> np.uint64(3 * levels)
                place = np.minimum(np.searchsorted(above, parent), len(above) - 1)
                inside = above[place] == parent
                code = (code[inside] & np.uint64(width - 1)) + (place[inside] * width).astype(np.uint64)
            counts += np.bincount(code.astype(np.int64), minlength=len(counts))
        next_crowded = []
        for parent_code, held in zip(crowded, counts.reshape(-1, width), strict=True):
            cells = np.flatnonzero(held)
            for child, down, count in divide(cells.astype(np.uint64), held[cells], levels, most):
                cube = (parent_code << 3 * down | child, depth + down, count)
                if count > most and depth + down < DEPTH:
                    next_crowded.append(cube[0])
                else:
                    made.append(cube)
        crowded, depth = sorted(next_crowded), depth + levels
    return sorted(made, key=lambda cube: cube[0] << 3 * (DEPTH - cube[1]))
