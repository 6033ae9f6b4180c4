"""Compiled loops over ``Leaves``: the k nearest points, exactly, within a reach.

A leaf gathers the points of the 27 cubes of its own size around it once, and each of its points picks its nearest
from them. Where they do not reach far enough, the tree of boxes is searched (Friedman, Bentley and Finkel 1977).
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from heritage.model.arrays import F32, F64, I32, Bool
from heritage.model.octree import DEPTH, U64
from heritage.ops.points.boxes import through_boxes
from heritage.ops.points.eigen import fit
from heritage.ops.points.k_least import least
from heritage.ops.points.leaves import U8, spread, squeeze

_MOST = 4096  # candidates of one leaf; more, where density jumps, are searched through the boxes
_SLACK = np.float32(
    1.5
)  # the next point's k-th distance (squared) is seldom more than so many times this one's
_EXPECTED = 0.4  # 1 / pi and some slack
_ROUNDED = np.float32(0.999999)  # float32 rounds; the border must not be counted as reached too early


@numba.njit(cache=True, nogil=True)
def search(
    x: F32, y: F32, z: F32, starts: I32, cubes: U64, depths: U8, boxes: F32, levels: I32, corner: F64,
    side: float, asked: Bool, k: int, reach_sq: float, pick: bool, shaped: bool, index: I32, square: F32,
    mean: F32, centre: F32, normal: F32, eigenvalues: F32,
) -> None:  # fmt: skip
    """For each point that is ``asked`` (in the order of the leaves), its ``k`` nearest with itself.

    With ``pick``: ``index`` (a, k), -1 where missing, and ``square`` (a, k) their squared distances, in the order of
    the leaves; a row for each that is asked. Always: ``mean`` distance to the other k - 1, of which each that is
    missing counts as the reach. With ``shaped``: mean place, least axis and variances (n, 3) of those found.
    """
    cx, cy, cz = np.empty(_MOST, np.float32), np.empty(_MOST, np.float32), np.empty(_MOST, np.float32)
    ci, d = np.empty(_MOST, np.int32), np.empty(_MOST, np.float32)
    near, near_sq = np.empty(max(k, _MOST), np.int32), np.empty(max(k, _MOST), np.float32)
    work = np.empty(_MOST, np.float32)
    box = np.empty(6)
    cap = np.float32(reach_sq)
    reach = np.sqrt(reach_sq)
    covariance, axes = np.empty((3, 3)), np.empty((3, 3))
    row = 0
    for leaf in range(len(starts) - 1):
        ask = False
        for i in range(starts[leaf], starts[leaf + 1]):
            ask |= asked[i]
        if not ask:
            continue
        m = _candidates(x, y, z, starts, cubes, depths, corner, side, leaf, cx, cy, cz, ci, box)
        # Of a surface that fills the cubes' middle the k nearest lie within this; if not, it is doubled.
        guess = min(cap, np.float32(_EXPECTED * k / max(m, 1) * (box[3] - box[0]) ** 2))
        for i in range(starts[leaf], starts[leaf + 1]):
            if not asked[i]:
                continue
            found, furthest = 0, cap
            done: Any = False
            px, py, pz = x[i], y[i], z[i]
            if m >= 0:
                for j in range(m):
                    dx, dy, dz = cx[j] - px, cy[j] - py, cz[j] - pz
                    d[j] = dx * dx + dy * dy + dz * dz
                found = least(d, ci, m, k, min(guess, cap), cap, near, near_sq, work)
                if found == k:
                    furthest = np.float32(0)
                    for j in range(found):
                        furthest = max(furthest, near_sq[j])
                    guess = furthest * _SLACK
                edge = min(
                    min(px - box[0], box[3] - px),
                    min(py - box[1], box[4] - py),
                    min(pz - box[2], box[5] - pz),
                )
                done = furthest <= np.float32(edge * edge) * _ROUNDED
            if not done:
                # What was found nearby bounds where the k nearest can be.
                within = furthest if m >= 0 and found == k else cap
                found = through_boxes(x, y, z, starts, boxes, levels, px, py, pz, k, within, near, near_sq)
                _by_index(near, near_sq, found)
            total = 0.0
            for j in range(found):
                # Rounded to float32 first, their sum in float64 is the same in any order.
                total += np.float64(np.float32(np.sqrt(near_sq[j])))
            mean[i] = total / max(k - 1, 1) if found == k else (total + (k - found) * reach) / max(k - 1, 1)
            if pick:
                for j in range(k):
                    index[row, j] = near[j] if j < found else -1
                    square[row, j] = near_sq[j] if j < found else np.inf
                row += 1
            if shaped:
                fit(x, y, z, px, py, pz, i, near, found, covariance, axes, centre, normal, eigenvalues)


@numba.njit(cache=True, nogil=True)
def _candidates(
    x: F32, y: F32, z: F32, starts: I32, cubes: U64, depths: U8, corner: F64, side: float, leaf: int,
    cx: F32, cy: F32, cz: F32, ci: I32, box: F64,
) -> int:  # fmt: skip
    """Gather the points of the leaves that meet the 27 cubes around a leaf, in order; -1 where they are too many.

    ``box`` becomes the cubes' common box.
    """
    depth = np.int64(depths[leaf])
    shift = np.uint64(3 * (DEPTH - depth))
    code = cubes[leaf] >> shift
    cell = (
        np.int64(squeeze(code)),
        np.int64(squeeze(code >> np.uint64(1))),
        np.int64(squeeze(code >> np.uint64(2))),
    )
    size = side / (1 << depth)
    for axis in range(3):
        box[axis] = corner[axis] + (cell[axis] - 1) * size
        box[3 + axis] = box[axis] + 3 * size
    firsts, lasts, count = np.empty(27, np.int64), np.empty(27, np.int64), 0
    for dz in range(-1, 2):
        for dy in range(-1, 2):
            for dx in range(-1, 2):
                a, b, c = cell[0] + dx, cell[1] + dy, cell[2] + dz
                if min(a, b, c) < 0 or max(a, b, c) >= 1 << depth:
                    continue
                key = (spread(a) | spread(b) << np.uint64(1) | spread(c) << np.uint64(2)) << shift
                end = key + (np.uint64(1) << shift)
                first = _first_at(cubes, key, leaf)
                if first > 0:
                    before = cubes[first - 1] + (np.uint64(1) << np.uint64(3 * (DEPTH - depths[first - 1])))
                    if before > key:
                        first -= 1  # a larger leaf holds this cube
                last = first
                while last < len(cubes) and cubes[last] < end:
                    last += 1
                if last == first:
                    continue
                # Sorted in as they come: leaves that hold several of the cubes must be taken once.
                at = count
                while at > 0 and firsts[at - 1] > first:
                    firsts[at], lasts[at] = firsts[at - 1], lasts[at - 1]
                    at -= 1
                firsts[at], lasts[at] = first, last
                count += 1
    m, taken = 0, np.int64(0)
    for r in range(count):
        start, stop = starts[max(firsts[r], taken)], starts[max(lasts[r], taken)]
        if m + stop - start > _MOST:
            return -1
        for i in range(start, stop):
            cx[m], cy[m], cz[m], ci[m] = x[i], y[i], z[i], i
            m += 1
        taken = max(taken, lasts[r])
    return m


@numba.njit(cache=True, nogil=True)
def _first_at(cubes: U64, key: Any, near: int) -> int:
    """The first leaf whose cube begins at ``key`` or after; looked for around the leaf ``near`` first."""
    # Everything before `low` is less than `key`, nothing from `high` on is.
    step, low, high = 1, 0, len(cubes)
    if cubes[near] < key:
        low = near + 1
        while near + step < high:
            if cubes[near + step] >= key:
                high = near + step
            else:
                low = near + step + 1
            step *= 2
    else:
        high = near
        while near - step >= low:
            if cubes[near - step] < key:
                low = near - step + 1
            else:
                high = near - step
            step *= 2
    while low < high:
        middle = (low + high) // 2
        if cubes[middle] < key:
            low = middle + 1
        else:
            high = middle
    return low


@numba.njit(cache=True, nogil=True)
def _by_index(near: I32, near_sq: F32, found: int) -> None:
    for j in range(1, found):
        index, square, at = near[j], near_sq[j], j
        while at > 0 and near[at - 1] > index:
            near[at], near_sq[at] = near[at - 1], near_sq[at - 1]
            at -= 1
        near[at], near_sq[at] = index, square
