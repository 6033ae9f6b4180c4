"""The 256 cases of marching cubes, made from one rule for faces (Lorensen and Cline 1987; Chernyaev 1995 for why).

On a face whose corners alternate, the positive (outer) corners are kept apart. The rule depends on the face's signs
only, so two cells that share a face always agree and the surface has no cracks. No triangle's inner edge lies on a
face of the cell, so that an edge never belongs to more than two triangles.

Corner c has bit 0 for x, bit 1 for y, bit 2 for z. Edge 4 a + u runs along axis a; u counts its place on the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Final

import numpy as np

from heritage.model.arrays import I32, Bool

_Triangle = tuple[int, int, int]


def edge_corners() -> list[tuple[int, int]]:
    """The two corners of each of the 12 edges, the lower first."""
    corners = []
    for axis in range(3):
        u, v = ((1, 2), (0, 2), (0, 1))[axis]
        for step in range(4):
            start = ((step & 1) << u) | ((step >> 1) << v)
            corners.append((start, start | 1 << axis))
    return corners


EDGES: Final = edge_corners()
_MIDDLE = np.array(
    [[((a >> d & 1) + (b >> d & 1)) / 2 for d in range(3)] for a, b in EDGES]
)  # of every edge, in cells


def _faces() -> Iterator[tuple[int, int, list[int]]]:
    """Axis, side, and the four corners of each face in turn around it."""
    for axis, side in product(range(3), range(2)):
        u, v = ((1, 2), (0, 2), (0, 1))[axis]
        base = side << axis
        yield axis, side, [base, base | 1 << u, base | 1 << u | 1 << v, base | 1 << v]


_EDGE_OF = {frozenset(pair): number for number, pair in enumerate(EDGES)}
_ON_FACE: Bool = np.zeros((6, 12), bool)
for _number, (_, _, _ring) in enumerate(_faces()):
    for _q in range(4):
        _ON_FACE[_number, _EDGE_OF[frozenset((_ring[_q], _ring[(_q + 1) % 4]))]] = True


def _segments(case: int) -> Iterator[tuple[int, int]]:
    """Directed edges of the surface on the cell's faces, with the outer side on their right seen from outside the cell."""
    for axis, side, ring in _faces():
        outer = [not case >> corner & 1 for corner in ring]
        edge = [_EDGE_OF[frozenset((ring[q], ring[(q + 1) % 4]))] for q in range(4)]
        crossed = [q for q in range(4) if outer[q] != outer[(q + 1) % 4]]
        if len(crossed) == 4:
            # Each outer corner q is cut off by itself: its edges are q - 1 and q.
            pairs = [(edge[q - 1], edge[q], ring[q]) for q in range(4) if outer[q]]
        elif crossed:
            q = next(q for q in range(4) if outer[q])
            pairs = [(edge[crossed[0]], edge[crossed[1]], ring[q])]
        else:
            continue
        for a, b, corner in pairs:
            normal = np.zeros(3)
            normal[axis] = 1 if side else -1
            place = np.array([corner >> d & 1 for d in range(3)]) - _MIDDLE[a]
            to_right = np.cross(_MIDDLE[b] - _MIDDLE[a], normal) @ place < 0
            yield (a, b) if to_right else (b, a)


def loops(case: int) -> list[list[int]]:
    """The closed loops of crossed edges of a case; bit c of ``case`` is set where corner c is inside (negative)."""
    following = dict(_segments(case))
    found = []
    while following:
        first, second = next(iter(following.items()))
        loop = [first]
        while second != first:
            loop.append(second)
            second = following.pop(second)
        following.pop(first)
        found.append(loop)
    return found


def _triangulated(loop: list[int]) -> list[_Triangle]:
    """The triangles of a loop: no inner edge on a face, then the least sum of inner edges' lengths."""

    def cost(a: int, b: int) -> float:
        return 1000.0 * bool((_ON_FACE[:, a] & _ON_FACE[:, b]).any()) + float(
            np.linalg.norm(_MIDDLE[a] - _MIDDLE[b])
        )

    @cache
    def best(i: int, j: int) -> tuple[float, tuple[_Triangle, ...]]:
        if j == i + 1:
            return 0.0, ()
        options = []
        for k in range(i + 1, j):
            left, right = best(i, k), best(k, j)
            inner = (cost(loop[i], loop[k]) if k > i + 1 else 0.0) + (
                cost(loop[k], loop[j]) if j > k + 1 else 0.0
            )
            options.append((left[0] + right[0] + inner, (*left[1], (loop[i], loop[k], loop[j]), *right[1])))
        return min(options)

    worth, triangles = best(0, len(loop) - 1)
    if worth >= 1000:
        raise AssertionError(f"the loop {loop} has no triangles without an inner edge on a face")
    return list(triangles)


def _tables() -> tuple[I32, I32]:
    made = [[t for loop in loops(case) for t in _triangulated(loop)] for case in range(256)]
    count = np.array([len(triangles) for triangles in made], np.int32)
    corners = np.zeros((256, int(count.max()), 3), np.int32)
    for case, triangles in enumerate(made):
        if triangles:
            corners[case, : len(triangles)] = triangles
    return count, corners


COUNT, CORNERS = _tables()
"""Triangles of each case (256,), and their three edges (256, most, 3), counter-clockwise seen from outside."""
