"""Seams: where the cells of a tree of tiles meet, and which vertices must therefore stay where they are.

A vertex that several leaves use has a **depth**: that of the deepest cell that holds all of them. In every cell
below, it lies on the border, must not move, and must lie on a grid that all of them can count.
"""

from __future__ import annotations

from typing import Any, Final

import numba
import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F32, I32, U8, Bool, Mesh
from heritage.ops.meshes.crease import crease
from heritage.ops.meshes.weld import crosses, same_place, unit

INNER: Final = 255
"""The depth of a vertex that one leaf alone uses: it may move everywhere."""


def seam_depths(vertex: npt.NDArray[np.integer], leaf: I32, lineage: I32, count: int) -> U8:
    """The depth (``count``,) of every vertex, given pairs of a ``vertex`` (n,) and a ``leaf`` (n,) that uses it.

    ``lineage`` (cells, levels) is that of ``Cells``. Vertices without a pair are inner.
    """
    depths = np.full(count, INNER, np.uint8)
    shared = _shared(vertex, leaf, count)[vertex]
    pairs = np.unique(vertex[shared].astype(np.int64) << 32 | leaf[shared].astype(np.int64))
    if not len(pairs):
        return depths
    who, by = pairs >> 32, (pairs & 0xFFFFFFFF).astype(np.int32)
    start = np.flatnonzero(np.diff(who, prepend=-1))
    deepest = np.zeros(len(start), np.uint8)  # the root holds all
    for depth in range(1, lineage.shape[1]):
        above = lineage[by, depth]
        low = np.minimum.reduceat(above, start)
        same = (low >= 0) & (low == np.maximum.reduceat(above, start))
        deepest[same] = depth
    depths[who[start]] = deepest
    return depths


@numba.njit(cache=True)
def _shared(vertex: Any, leaf: Any, count: int) -> Any:
    """(``count``,) True for the vertices that more than one leaf uses: few, so that few pairs need be sorted."""
    first = np.full(count, -1, np.int32)
    shared = np.zeros(count, np.bool_)
    for i in range(len(vertex)):
        v = vertex[i]
        if first[v] < 0:
            first[v] = leaf[i]
        elif first[v] != leaf[i]:
            shared[v] = True
    return shared


def common(xyz: F32, leaf: I32, lineage: I32) -> tuple[F32, U8]:
    """Places (m, 3) that several leaves use and their depths (m,), from places (n, 3) and the leaf of each."""
    if not len(xyz):
        return np.zeros((0, 3), np.float32), np.zeros(0, np.uint8)
    place = same_place(xyz)
    depths = seam_depths(place, leaf, lineage, int(place.max()) + 1)
    first = np.unique(place, return_index=True)[1]
    seam = depths != INNER
    return xyz[first[seam]], depths[seam]


def looked_up(xyz: F32, table: F32, depths: U8 | np.uint8) -> U8:
    """The depth (n,) of each place (n, 3) by the ``table`` (m, 3) that ``common`` made, inner where it is not there."""
    if not len(table) or not len(xyz):
        return np.full(len(xyz), INNER, np.uint8)
    place = same_place(np.concatenate([table, xyz]))
    held = np.full(int(place.max()) + 1, INNER, np.uint8)
    held[place[: len(table)]] = depths
    return held[place[len(table) :]]


def locked(seam: U8, depth: int) -> Bool:
    """(v,) True for the vertices on the border of a cell at ``depth``."""
    return np.asarray(seam < depth)


def between_parts(mesh: Mesh) -> Bool:
    """(v,) True where vertices of several parts lie at one place: to be held, so that no gap opens between parts."""
    if mesh.part is None:
        return np.zeros(len(mesh.vertices), bool)
    place = same_place(mesh.vertices)
    return np.asarray(np.bincount(place)[place] > 1)


def normal_sums(mesh: Mesh, angle_deg: float) -> tuple[F32, F32]:
    """For every vertex of a welded mesh and each of its smooth sides: the place (m, 3), and the sum of the normals
    (m, 3) of the triangles there, weighted by area: sums of several meshes add up."""
    split = crease(mesh, angle_deg)
    cross = crosses(split.vertices, split.triangles)
    sums = np.stack(
        [
            np.bincount(split.triangles.ravel(), np.repeat(cross[:, d], 3), len(split.vertices))
            for d in range(3)
        ],
        axis=1,
    )
    return split.vertices, sums.astype(np.float32)


def smooth_sides(xyz: F32, sums: F32, angle_deg: float) -> tuple[F32, F32]:
    """Places (m, 3) and unit normals (m, 3) of sums of normals (n, 3) at places (n, 3): those at one place that turn
    by less than ``angle_deg`` are one smooth side, which the border of two meshes had cut."""
    place = same_place(xyz)
    order = np.argsort(place, kind="stable")
    total = sums.astype(np.float64)
    normal = unit(total)
    kept = np.ones(len(order), bool)
    alike = np.cos(np.radians(angle_deg))
    again = place[order][1:] == place[order][:-1]
    for k in np.flatnonzero(again).tolist():
        i, j = order[k], order[k + 1]
        if normal[i] @ normal[j] > alike:
            total[j] += total[i]
            normal[j] = unit(total[j : j + 1])[0]
            kept[i] = False
    return xyz[kept], normal[kept].astype(np.float32)


def looked_up_normals(xyz: F32, normals: F32, table: F32, table_normals: F32) -> F32:
    """``normals`` (n, 3) with those of vertices at a place of the ``table`` (m, 3) replaced by its own most alike."""
    if not len(table):
        return normals
    place = same_place(np.concatenate([table, xyz]))
    own = place[len(table) :]
    result = normals.copy()
    order = np.argsort(place[: len(table)], kind="stable")
    held = place[: len(table)][order]
    best = np.full(len(xyz), -1.0, np.float32)
    start, stop = np.searchsorted(held, own), np.searchsorted(held, own, side="right")
    for k in range(int((stop - start).max(initial=0))):
        rows = np.flatnonzero(start + k < stop)
        candidate = table_normals[order[start[rows] + k]]
        alike = np.einsum("nd,nd->n", candidate, normals[rows])
        better = alike > best[rows]
        best[rows[better]] = alike[better]
        result[rows[better]] = candidate[better]
    return result
