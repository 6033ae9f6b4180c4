"""Compiled loops: the nearest line that runs with each piece of wall, and the walls on each piece of line."""

from __future__ import annotations

from typing import Final

import numba
import numpy as np

from heritage.model.arrays import F64
from heritage.ops.points.grid import I64

PARALLEL: Final = float(np.cos(np.radians(25)))
FAR_M: Final = 1e6


@numba.njit(cache=True, nogil=True)
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


@numba.njit(cache=True, nogil=True)
def to_wall(line: F64, outward: F64, placed: F64, angle: F64) -> F64:
    """(q,) metres from each piece of a line to the nearest wall that runs with it to 25 degrees, of the three walls that are
    nearest to it; infinite where none of them does.

    ``line`` (q, 2) metres and ``outward`` (q, 2) unit normals of the pieces; ``placed`` (m, 2) metres and the ``angle`` (m,) of
    their normals, radians, of all walls.
    """
    away = np.full(len(line), np.inf)
    for q in range(len(line)):
        x, y = line[q]
        first, second, third = np.inf, np.inf, np.inf
        i, j, k = -1, -1, -1
        for m in range(len(placed)):
            square = (placed[m, 0] - x) ** 2 + (placed[m, 1] - y) ** 2
            if square >= third:
                continue
            if square < first:
                third, k, second, j, first, i = second, j, first, i, square, m
            elif square < second:
                third, k, second, j = second, j, square, m
            else:
                third, k = square, m
        for square, m in ((third, k), (second, j), (first, i)):
            if m >= 0 and abs(np.cos(angle[m]) * outward[q, 0] + np.sin(angle[m]) * outward[q, 1]) > PARALLEL:
                away[q] = np.sqrt(square)
    return away
