"""Group the triangles of a surface into charts that lie flat when seen along one of six axes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from heritage.model.arrays import F64, I32, Mesh
from heritage.ops.meshes.weld import crosses, same_place, unit

I64 = npt.NDArray[np.int64]

# +x -x +y -y +z -z, and for each the two axes of its picture: right-handed, so that no chart is mirrored.
AXES = np.array([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]], np.float64)
RIGHT = np.array([[0, 1, 0], [0, -1, 0], [-1, 0, 0], [1, 0, 0], [1, 0, 0], [-1, 0, 0]], np.float64)
UP = np.array([[0, 0, 1], [0, 0, 1], [0, 0, 1], [0, 0, 1], [0, 1, 0], [0, 1, 0]], np.float64)

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
    t = len(facing)
    graph = coo_matrix(
        (np.ones(2 * len(i)), (np.concatenate([i, j]), np.concatenate([j, i]))), shape=(t, t)
    ).tocsr()
    score = facing.clip(0) ** 2
    for _ in range(_ROUNDS):
        score = score / 2 + (graph @ score) / 6
    score[facing < _STEEP] = -1
    axis = np.where(score.max(1) < 0, facing.argmax(1), score.argmax(1))
    for _ in range(2):
        chart = _connected(axis, i, j)
        small = np.bincount(chart)[chart] < _SMALL
        if not small.any():
            return axis, chart
        axis = _absorbed(axis, small, facing, i, j)
    return axis, _connected(axis, i, j)


def neighbours(triangles: I32) -> tuple[I64, I64]:
    """Pairs of triangles that share an edge, each pair once. An edge of more than two chains its triangles."""
    edges = np.sort(
        np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]).astype(np.int64),
        axis=1,
    )
    key = edges[:, 0] << 32 | edges[:, 1]
    order = np.argsort(key, kind="stable")
    equal = np.flatnonzero(key[order][1:] == key[order][:-1])
    return order[equal] % len(triangles), order[equal + 1] % len(triangles)


def _connected(axis: I64, i: I64, j: I64) -> I64:
    """The connected component of equal axis that each triangle belongs to."""
    same = axis[i] == axis[j]
    graph = coo_matrix((np.ones(int(same.sum()), np.int8), (i[same], j[same])), shape=(len(axis), len(axis)))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)


def _absorbed(axis: I64, small: npt.NDArray[np.bool_], facing: F64, i: I64, j: I64) -> I64:
    """Axes after triangles of small charts took the axis most of their neighbours in larger charts have."""
    to, of = np.concatenate([i, j]), np.concatenate([j, i])
    large = ~small[of] & small[to]
    votes = np.bincount(to[large] * 6 + axis[of[large]], minlength=facing.size).reshape(-1, 6)
    votes[facing < _FACING] = 0
    moved = small & (votes.max(1) > 0)
    return np.where(moved, votes.argmax(1), axis)
