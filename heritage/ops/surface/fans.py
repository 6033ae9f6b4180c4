"""Vertices in which two fans of triangles meet, each fan given its own."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from heritage.model.arrays import I32


def split_fans(
    triangles: I32, vertices: int, rim: npt.NDArray[np.int64]
) -> tuple[I32, npt.NDArray[np.int64]]:
    """Triangles in which no two fans share a vertex, and the old vertex (w,) of each new one, the old ones first.

    ``rim`` are the open edges. A vertex between two fans has four of them at least.
    """
    meets = np.flatnonzero(np.bincount(rim.ravel(), minlength=vertices) >= 4)
    asked = np.zeros(vertices, bool)
    asked[meets] = True
    row, corner = _corners(triangles, asked)
    made = triangles.copy()
    copies: list[int] = []
    order = np.argsort(triangles[row, corner], kind="stable")
    row, corner = row[order], corner[order]
    begin, end = (np.searchsorted(triangles[row, corner], meets, side) for side in ("left", "right"))
    for v, a, b in zip(meets, begin, end, strict=True):
        fan = _fans(triangles[row[a:b]], v)
        for extra in range(1, int(fan.max()) + 1):
            mine = np.flatnonzero(fan == extra) + a
            made[row[mine], corner[mine]] = vertices + len(copies)
            copies.append(int(v))
    return made, np.concatenate([np.arange(vertices), np.array(copies, np.int64)])


@numba.njit(cache=True)
def _corners(triangles: Any, asked: Any) -> Any:
    """The rows (m,) and corners (m,) of triangles (t, 3) whose vertex is ``asked`` (v,) for."""
    row, corner = np.empty(0, np.int64), np.empty(0, np.int64)
    for write in range(2):
        n = 0
        for t in range(len(triangles)):
            for k in range(3):
                if asked[triangles[t, k]]:
                    if write == 1:
                        row[n], corner[n] = t, k
                    n += 1
        if write == 0:
            row, corner = np.empty(n, np.int64), np.empty(n, np.int64)
    return row, corner


@numba.njit(cache=True)
def _fans(triangles: Any, v: Any) -> Any:
    """The fan of each triangle around vertex ``v``: triangles are in one fan if they share an edge at ``v``."""
    fan = np.arange(len(triangles))
    changed = True
    while changed:
        changed = False
        for a in range(len(triangles)):
            for b in range(a):
                if fan[a] == fan[b]:
                    continue
                for x in triangles[a]:
                    if x != v and (triangles[b] == x).any():
                        low = min(fan[a], fan[b])
                        fan[a] = low
                        fan[b] = low
                        changed = True
                        break
    names = np.unique(fan)
    return np.searchsorted(names, fan)
