"""Group the triangles of a surface into charts that lie flat when seen along one of six axes."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F64, I32, U8, Mesh
from heritage.ops.meshes.weld import crosses, same_place, unit

I64 = npt.NDArray[np.int64]

# +x -x +y -y +z -z, and for each the two axes of its picture: right-handed, so that no chart is mirrored.
AXES = np.array([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]], np.float64)
RIGHT = np.array([[0, 1, 0], [0, -1, 0], [-1, 0, 0], [1, 0, 0], [1, 0, 0], [-1, 0, 0]], np.float64)
UP = np.array([[0, 0, 1], [0, 0, 1], [0, 0, 1], [0, 0, 1], [0, 1, 0], [0, 1, 0]], np.float64)
# The same for pictures whose columns and rows (down) grow with glTF's own coordinates x, z and -y, mirrored or upside
# down where that needs it: texture coordinates then repeat the steps between positions, and pack to next to nothing.
GLTF_RIGHT = np.array([[0, -1, 0], [0, -1, 0], [1, 0, 0], [1, 0, 0], [1, 0, 0], [1, 0, 0]], np.float64)
GLTF_UP = np.array([[0, 0, -1], [0, 0, -1], [0, 0, -1], [0, 0, -1], [0, 1, 0], [0, 1, 0]], np.float64)

_ROUNDS = 6  # of smoothing: about as many triangles wide is the noise it removes
_STEEP = np.cos(np.radians(68.0))  # steeper than this a triangle would lose more than 60 % of its texels
_FACING = 0.12  # what a triangle of a small chart must still show towards its neighbours' axis
_SMALL = 24  # triangles; a smaller chart costs more in padding than it shows


def charts(mesh: Mesh) -> tuple[I64, I64]:
    """The axis 0..5 and the chart 0..c-1 of every triangle, (t,) each.

    Each triangle starts with the axis it faces; axes are smoothed over neighbours so that a noisy wall stays
    one chart, then small charts join a neighbour they still face.
    """
    facing = unit(crosses(mesh.vertices, mesh.triangles)) @ AXES.T
    i, j = neighbours(same_place(mesh.vertices)[mesh.triangles])
    score = facing.clip(0) ** 2
    for _ in range(_ROUNDS):
        score = _smoothed(score, i, j)
    axis = _chosen(score, facing)
    for _ in range(2):
        chart = _connected(axis, i, j)
        small = np.bincount(chart)[chart] < _SMALL
        if not small.any():
            return axis, chart
        axis = _absorbed(axis, small, facing, i, j)
    return axis, _connected(axis, i, j)


@numba.njit(cache=True)
def _chosen(score: Any, facing: Any) -> Any:
    """The axis of the best score (t, 6) that is not too steep, or the one that is faced most."""
    axis = np.empty(len(score), np.int64)
    for t in range(len(score)):
        best, most, faced = -1, 0, 0
        for d in range(6):
            if facing[t, d] >= _STEEP and (best < 0 or score[t, d] > score[t, most]):
                best = most = d
            if facing[t, d] > facing[t, faced]:
                faced = d
        axis[t] = best if best >= 0 else faced
    return axis


def neighbours(triangles: I32) -> tuple[I64, I64]:
    """Pairs of triangles that share an edge, each pair once. An edge of more than two chains its triangles."""
    slots = np.full(1 << (6 * len(triangles)).bit_length(), -1, np.int64)
    pairs = np.empty((3 * len(triangles), 2), np.int64)
    i, j = pairs[: _paired(np.ascontiguousarray(triangles), slots, pairs)].T.copy()
    return i, j


@numba.njit(cache=True)
def _paired(triangles: Any, slots: Any, pairs: Any) -> int:
    """Fill ``pairs``; how many. A hash table of half-edges, each the last one that was met on its edge."""
    count = 0
    mask = np.uint64(len(slots) - 1)
    for t in range(len(triangles)):
        for k in range(3):
            a, b = triangles[t, k], triangles[t, (k + 1) % 3]
            low, high = min(a, b), max(a, b)
            key = (np.uint64(low) << np.uint64(32) | np.uint64(high)) * np.uint64(0x9E3779B97F4A7C15)
            slot = (key ^ (key >> np.uint64(32))) & mask
            while slots[slot] >= 0:
                s, m = slots[slot] // 3, slots[slot] % 3
                c, d = triangles[s, m], triangles[s, (m + 1) % 3]
                if min(c, d) == low and max(c, d) == high:
                    pairs[count, 0], pairs[count, 1] = s, t
                    count += 1
                    break
                slot = (slot + np.uint64(1)) & mask
            slots[slot] = 3 * t + k
    return count


@numba.njit(cache=True)
def _smoothed(score: Any, i: Any, j: Any) -> Any:
    """Half of a triangle's own score (t, 6) and a sixth of each neighbour's."""
    result = score / 2
    for pair in range(len(i)):
        for d in range(6):
            result[i[pair], d] += score[j[pair], d] / 6
            result[j[pair], d] += score[i[pair], d] / 6
    return result


@numba.njit(cache=True)
def _connected(axis: Any, i: Any, j: Any) -> Any:
    """The connected component of equal axis that each triangle belongs to, numbered by their first triangles."""
    above = np.arange(len(axis))
    for pair in range(len(i)):
        a, b = i[pair], j[pair]
        if axis[a] != axis[b]:
            continue
        while above[a] != a:
            above[a] = above[above[a]]
            a = above[a]
        while above[b] != b:
            above[b] = above[above[b]]
            b = above[b]
        above[max(a, b)] = min(a, b)
    count = 0
    number = np.empty(len(axis), np.int64)
    for t in range(len(axis)):
        if above[t] == t:
            number[t] = count
            count += 1
        else:
            number[t] = number[above[t]]  # a parent comes first and has its number
    return number


def _absorbed(axis: I64, small: npt.NDArray[np.bool_], facing: F64, i: I64, j: I64) -> I64:
    """Axes after triangles of small charts took the axis most of their neighbours in larger charts have."""
    to, of = np.concatenate([i, j]), np.concatenate([j, i])
    large = ~small[of] & small[to]
    votes = np.bincount(to[large] * 6 + axis[of[large]], minlength=facing.size).reshape(-1, 6)
    votes[facing < _FACING] = 0
    moved = small & (votes.max(1) > 0)
    return np.where(moved, votes.argmax(1), axis)


def side_of(normal: npt.NDArray[np.floating]) -> U8:
    """(n,) 0..5: the axis that each normal (n, 3) is nearest to."""
    return np.asarray(_side_of(normal), np.uint8)


@numba.njit(cache=True)
def _side_of(normal: Any) -> Any:
    side = np.empty(len(normal), np.uint8)
    for i in range(len(normal)):
        axis = 0
        for d in range(1, 3):
            if abs(normal[i, d]) > abs(normal[i, axis]):
                axis = d
        side[i] = 2 * axis + (1 if normal[i, axis] < 0 else 0)
    return side
