"""Which parts of a surface stay: measured pieces that are large enough, and enclosed holes that are narrow enough.

A surface comes in blocks. Each block is summed up as parts: connected measured triangles, and connected triangles of
which a vertex is not measured. What parts of different blocks share on their border joins them. The decision is made
on these sums, once for all blocks, so it does not depend on where the blocks were cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F32, F64, I32, Bool
from heritage.ops.points.grid import I64


@dataclass(frozen=True, eq=False)
class Parts:
    """One block's parts, p of them.

    ``hole`` (p,) True where unmeasured; ``bad`` (p,) True for a
    hole that reaches the rim or is too wide; ``area`` (p,) float64 square metres and ``count`` (p,) triangles
    of its own; ``touches``
    (q, 2) a hole and a measured part that share a triangle; ``edge`` (b,) and ``edge_part`` (b,): the lattice edges
    that other blocks know too and the part of the vertex on each.
    """

    hole: Bool
    bad: Bool
    area: F64
    count: I64
    touches: I32
    edge: I64
    edge_part: I32


def parts_of(xyz: F32, triangles: I32, own: Bool, measured: Bool, bad: Bool, edge: I64) -> tuple[I32, Parts]:
    """The part (t,) of every triangle of a block's surface, and the parts.

    ``own`` (t,) True for the triangles that are the block's to count; ``measured`` (v,); ``bad`` (v,) True where an
    unmeasured vertex is too far from data or on the field's rim; ``edge`` (v,) as in `Contour`.
    """
    root = np.arange(len(xyz), dtype=np.int32)
    _join(triangles, measured, root)
    label = np.flatnonzero(root == np.arange(len(root)))
    part = np.empty(len(root), np.int32)
    part[label] = np.arange(len(label))
    part = part[root]
    n = len(label)
    hole = ~measured[label]
    of_triangle, area = np.empty(len(triangles), np.int32), np.empty(len(triangles))
    touch = np.empty((2 * len(triangles), 2), np.int32)  # two corners of a hole's triangle may be measured
    many = _sort_out(xyz, triangles, measured, part, of_triangle, area, touch)
    found = np.bincount(part[bad & ~measured], minlength=n) > 0
    shared = np.flatnonzero(edge >= 0)
    return of_triangle, Parts(
        hole, found,
        np.bincount(of_triangle[own], area[own], n).astype(np.float64),
        np.bincount(of_triangle[own], minlength=n).astype(np.int64),
        np.unique(touch[:many], axis=0).astype(np.int32), edge[shared], part[shared].astype(np.int32),
    )  # fmt: skip


@numba.njit(cache=True)
def _root(of: Any, v: Any) -> Any:
    while of[v] != v:
        of[v] = of[of[v]]
        v = of[v]
    return v


@numba.njit(cache=True)
def _unite(of: Any, a: Any, b: Any) -> None:
    a, b = _root(of, a), _root(of, b)
    if a < b:
        of[b] = a
    elif b < a:
        of[a] = b


@numba.njit(cache=True)
def _join(triangles: Any, measured: Any, root: Any) -> None:
    for t in range(len(triangles)):
        a, b, c = triangles[t]
        if measured[a] and measured[b] and measured[c]:
            _unite(root, a, b)
            _unite(root, b, c)
        else:
            if not measured[a] and not measured[b]:
                _unite(root, a, b)
            if not measured[b] and not measured[c]:
                _unite(root, b, c)
            if not measured[c] and not measured[a]:
                _unite(root, c, a)
    for v in range(len(root)):
        root[v] = _root(root, v)


@numba.njit(cache=True)
def _sort_out(
    xyz: Any, triangles: Any, measured: Any, part: Any, of_triangle: Any, area: Any, touch: Any
) -> Any:
    many = 0
    u, w = np.empty(3), np.empty(3)
    for t in range(len(triangles)):
        corners = triangles[t]
        for d in range(3):
            u[d] = np.float64(xyz[corners[1], d]) - xyz[corners[0], d]
            w[d] = np.float64(xyz[corners[2], d]) - xyz[corners[0], d]
        x, y, z = u[1] * w[2] - u[2] * w[1], u[2] * w[0] - u[0] * w[2], u[0] * w[1] - u[1] * w[0]
        area[t] = np.sqrt(x * x + y * y + z * z) / 2
        of_triangle[t] = part[corners[0]]
        hole = -1
        for v in corners:
            if not measured[v]:
                hole = part[v]
        if hole < 0:
            continue
        of_triangle[t] = hole
        for v in corners:
            if measured[v] and (many == 0 or touch[many - 1, 0] != hole or touch[many - 1, 1] != part[v]):
                touch[many, 0], touch[many, 1] = hole, part[v]
                many += 1
    return many


@dataclass(frozen=True, eq=False)
class Decision:
    """``keep`` per block (p,) True for the parts that stay; triangles taken away, by reason; the holes that were filled
    and their area, and all that stays, in square metres."""

    keep: tuple[Bool, ...]
    no_data: int
    small_piece: int
    filled: int
    filled_area_m2: float
    area_m2: float


def decide(blocks: Sequence[Parts], piece_share: float) -> Decision:
    """What stays of all ``blocks``: holes without a bad part, and pieces of ``piece_share`` of the largest's area."""
    offset = np.cumsum([0, *(len(block.hole) for block in blocks)])
    n = int(offset[-1])

    def all_of(name: str) -> npt.NDArray[Any]:
        return np.concatenate([getattr(block, name) for block in blocks]) if blocks else np.zeros(0, bool)

    hole, bad, area, count = (all_of(name) for name in ("hole", "bad", "area", "count"))
    root = np.arange(n, dtype=np.int64)
    key = np.concatenate([block.edge for block in blocks])
    part = np.concatenate([block.edge_part + offset[b] for b, block in enumerate(blocks)]).astype(np.int64)
    order = np.argsort(key, kind="stable")
    same = np.flatnonzero(key[order][1:] == key[order][:-1])
    _unite_all(root, part[order][same], part[order][same + 1])
    group = _roots(root)
    wrong = np.zeros(n, bool)
    wrong[group[bad & hole]] = True
    stays = ~(hole & wrong[group])
    touch = np.concatenate([block.touches + offset[b] for b, block in enumerate(blocks)]).astype(np.int64)
    touch = touch[stays[touch[:, 0]]]
    filled_group = group
    _unite_all(root, touch[:, 0].copy(), touch[:, 1].copy())
    group = _roots(root)
    size = np.bincount(group, np.where(hole, 0.0, area), n)
    large = (size[group] > 0) & (size[group] >= piece_share * size.max(initial=0.0))
    keep = stays & large
    filled = keep & hole
    return Decision(
        tuple(keep[offset[b] : offset[b + 1]] for b in range(len(blocks))),
        int(count[~stays].sum()),
        int(count[stays & ~large].sum()),
        len(np.unique(filled_group[filled])),
        float(area[filled].sum()),
        float(area[keep].sum()),
    )


@numba.njit(cache=True)
def _unite_all(root: Any, a: Any, b: Any) -> None:
    for i in range(len(a)):
        _unite(root, a[i], b[i])


def _roots(root: I64) -> I64:
    """The root of every element."""
    while True:
        above = root[root]
        if np.array_equal(above, root):
            return above
        root = above
