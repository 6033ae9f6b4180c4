"""Compiled loops: the nearest line that runs with each piece of wall, and the walls on each piece of line."""

from __future__ import annotations

from typing import Final

import numba
import numpy as np

from heritage.model.arrays import F64
from heritage.ops.points.grid import I64

PARALLEL: Final = float(np.cos(np.radians(25)))
FAR_M: Final = 1e6


@numba.njit(cache=True)
def nearest_edge(
    placed: F64, angle: F64, start: F64, along: F64, outward: F64, length: F64
) -> tuple[I64, F64, F64]:
    """Per place (m, 2) of a surface whose normal has an ``angle`` (m,), radians: the nearest of the edges that run with it to
    25 degrees, how far outward of its line (m,) and how far from it (m,) the place is, metres; edge 0 and 1e6 m where none does.

    Edges by ``start`` (e, 2), ``along`` (e, 2) and ``outward`` (e, 2) unit, ``length`` (e,).
    """
    nearest = np.zeros(len(placed), np.int64)
    outside, distance = np.zeros(len(placed)), np.full(len(placed), FAR_M)
    for i in range(len(placed)):
        c, s, least = np.cos(angle[i]), np.sin(angle[i]), FAR_M**2
        for e in range(len(start)):
            if abs(c * outward[e, 0] + s * outward[e, 1]) <= PARALLEL:
                continue
            x, y = placed[i, 0] - start[e, 0], placed[i, 1] - start[e, 1]
            across = x * outward[e, 0] + y * outward[e, 1]
            way = x * along[e, 0] + y * along[e, 1]
            beyond = way - min(max(way, 0.0), length[e])
            square = across * across + beyond * beyond
            if square < least:
                least, nearest[i], outside[i] = square, e, across
        distance[i] = np.sqrt(least)
    return nearest, outside, distance


@numba.njit(cache=True)
def seen_on(distance: F64, index: I64, angle: F64, outward: F64, tolerance: float) -> F64:
    """(q,) how near the nearest wall is that runs with each piece of a line: 1 on it, 0.6 at ``tolerance`` metres.

    ``distance`` (q, k) metres to walls near it, which are those of ``index`` (q, k); ``angle`` (m,) of all walls' normals,
    radians; ``outward`` (q, 2) unit normals of the pieces.
    """
    seen = np.zeros(len(distance))
    c, s = np.cos(angle), np.sin(angle)
    for q in range(len(distance)):
        for k in range(distance.shape[1]):
            wall = index[q, k]
            if abs(c[wall] * outward[q, 0] + s[wall] * outward[q, 1]) > PARALLEL:
                seen[q] = max(seen[q], np.exp(-0.5 * (distance[q, k] / tolerance) ** 2))
    return seen
