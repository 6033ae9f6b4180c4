"""The zero surface of a field as triangles: marching cubes with the cases of `heritage.ops.surface.cube_cases`.

Vertices lie on the lattice's edges, one per crossed edge, so every triangle edge has two triangles wherever the four
cells around it are known. A vertex keeps a fiftieth of its edge away from the nodes: no triangle is
degenerate in float32. Everything of a vertex is computed from the field's nodes alone, so two blocks that share it
write the same bits.

Dual methods (surface nets, dual marching cubes) give rounder triangles of the same number, but meet four at an edge
in ambiguous cells and need repair there; simplification removes slivers later anyway.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numba
import numpy as np

from heritage.model.arrays import F32, I32, U8, Bool
from heritage.ops.points.grid import I64
from heritage.ops.surface.bricks import around
from heritage.ops.surface.cube_cases import CORNERS, COUNT, EDGES
from heritage.ops.surface.implicit import Field
from heritage.ops.surface.lattice import BRICK, HALF, find, gathered, key_of
from heritage.ops.surface.owners import (
    EVERYWHERE,
    HELD,
    SHARED,
    Cubes,
    neighbouring,
    standings,
)

_SHY: Final = np.float32(0.02)  # of an edge: least distance of a vertex from its nodes
_SIDE: Final = BRICK + 3
_MINUS: Final = np.uint8(1)
_PLUS: Final = np.uint8(2)
_CROSSED: Final = np.uint8(3)  # the surface passes between nodes of both
_NONE: Final = np.uint8(4)  # a node of which nothing is known
_EDGE_AXIS = np.array([number // 4 for number in range(12)], np.int32)
_EDGE_START = np.array([a for a, _ in EDGES], np.int32)


@dataclass(frozen=True, eq=False)
class Contour:
    """The surface in the cells that one block holds.

    ``xyz`` (v, 3) float32 metres, ``normal`` (v, 3) float32 unit, outward; ``triangles`` (t, 3) and the ``standing`` (t,)
    of their cells, see `heritage.ops.surface.owners`; ``open`` (v,) True on the field's rim; ``edge`` (v,) int64, the
    lattice edge of a vertex in a cell that is near for other blocks too, -1 elsewhere.
    """

    xyz: F32
    normal: F32
    triangles: I32
    standing: U8
    open: Bool
    edge: I64


def contour(of: Field, cubes: Cubes = EVERYWHERE, block: int = 0, near: int = 0, held: int = 0) -> Contour:
    """Triangles of ``of`` in the cells that block number ``block`` of ``cubes`` (b, 2, 3) holds: see
    `heritage.ops.surface.owners` for these and for ``near`` and ``held``.

    A cell that lies in no cube belongs to the nearest, of equally near ones to the first.
    """
    beside, mine = neighbouring(cubes, block)
    # Rows are written where the surface passes only: the others take no memory.
    number = np.empty((len(of.keys), BRICK, BRICK, BRICK, 3), np.int32)
    place = np.full(len(of.keys), -1, np.int32)
    args = (of.keys, of.table, of.value, cubes[beside], mine, near, held, place)
    vertices, triangles = _count(*args, number)
    xyz, normal = np.empty((vertices, 3), np.float32), np.empty((vertices, 3), np.float32)
    rim, edge = np.empty(vertices, bool), np.empty(vertices, np.int64)
    corners, standing = np.empty((triangles, 3), np.int32), np.empty(triangles, np.uint8)
    _write(*args, number, of.size, xyz, normal, rim, edge, corners, standing)
    return Contour(xyz, normal, corners, standing, rim, edge)


@numba.njit(cache=True)
def _signs_of(local: Any, signs: Any, corners: Any) -> Any:
    """The sign of every node, and what signs the corners have of the cells of a brick and of the layer before it;
    whether that changes in any known cell."""
    for a in range(_SIDE):
        for b in range(_SIDE):
            for c in range(_SIDE):
                f = local[a, b, c]
                signs[a, b, c] = _NONE if np.isnan(f) else (_MINUS if f < 0 else _PLUS)
    n = BRICK + 1
    changes = False
    for a in range(n):
        for b in range(n):
            before = signs[a, b, 0] | signs[a, b + 1, 0] | signs[a + 1, b, 0] | signs[a + 1, b + 1, 0]
            for c in range(n):
                after = (
                    signs[a, b, c + 1]
                    | signs[a, b + 1, c + 1]
                    | signs[a + 1, b, c + 1]
                    | signs[a + 1, b + 1, c + 1]
                )
                corners[a, b, c] = before | after
                changes = changes or corners[a, b, c] == _CROSSED
                before = after
    return changes


@numba.njit(cache=True)
def _crossed(
    i: Any, j: Any, k: Any, keys: Any, table: Any, value: Any, cubes: Any, mine: Any, near: Any, held: Any,
    local: Any, cells: Any, signs: Any, corners: Any,
) -> Any:  # fmt: skip
    """Whether the surface may pass through a held cell of a brick; only then are its values, cells and signs filled in."""
    if not standings(i, j, k, cubes, mine, near, held, cells):
        return False
    around(i, j, k, keys, table, value, local, 1)
    return _signs_of(local, signs, corners)


@numba.njit(cache=True)
def _count(
    keys: Any, table: Any, value: Any, cubes: Any, mine: Any, near: Any, held: Any, place: Any, number: Any
) -> Any:  # fmt: skip
    """Number the vertices of the edges that a held cell uses, in a row of ``number`` for every brick that the surface
    passes, whose ``place`` is that row; how many vertices there are, and triangles."""
    local = np.empty((_SIDE, _SIDE, _SIDE), np.float32)
    signs = np.empty((_SIDE, _SIDE, _SIDE), np.uint8)
    cells = np.empty((BRICK + 1, BRICK + 1, BRICK + 1), np.uint8)
    corners = np.empty((BRICK + 1, BRICK + 1, BRICK + 1), np.uint8)
    vertices, triangles, row = 0, 0, 0
    for r in range(len(keys)):
        i, j, k = gathered(keys[r]), gathered(keys[r] >> 1), gathered(keys[r] >> 2)
        if not _crossed(i, j, k, keys, table, value, cubes, mine, near, held, local, cells, signs, corners):
            continue
        place[r] = row
        number[row] = -1
        for x in range(BRICK):
            for y in range(BRICK):
                for z in range(BRICK):
                    if corners[x + 1, y + 1, z + 1] == _CROSSED and cells[x + 1, y + 1, z + 1]:
                        triangles += COUNT[_case(signs, x, y, z)]
                    sign = signs[x + 1, y + 1, z + 1]
                    for axis in range(3):
                        other = signs[x + 1 + (axis == 0), y + 1 + (axis == 1), z + 1 + (axis == 2)]
                        if sign | other != _CROSSED:
                            continue
                        used, _, _ = _surrounding(x, y, z, axis, corners, cells)
                        if used:
                            number[row, x, y, z, axis] = vertices
                            vertices += 1
        row += 1
    return vertices, triangles


@numba.njit(cache=True)
def _surrounding(x: Any, y: Any, z: Any, axis: Any, corners: Any, cells: Any) -> Any:
    """Of the four cells around an edge: whether one is held, one is shared, one is unknown."""
    used, shared, rim = False, False, False
    for step in range(4):
        p, q = step & 1, step >> 1
        a = x + 1 - (0 if axis == 0 else p)
        b = y + 1 - (0 if axis == 1 else (p if axis == 0 else q))
        c = z + 1 - (0 if axis == 2 else q)
        if corners[a, b, c] & _NONE:
            rim = True
        else:
            used = used or cells[a, b, c] & HELD != 0
            shared = shared or cells[a, b, c] & SHARED != 0
    return used, shared, rim


@numba.njit(cache=True)
def _case(signs: Any, x: Any, y: Any, z: Any) -> Any:
    case = 0
    for corner in range(8):
        if signs[x + 1 + (corner & 1), y + 1 + (corner >> 1 & 1), z + 1 + (corner >> 2)] == _MINUS:
            case |= 1 << corner
    return case


@numba.njit(cache=True)
def _slope(local: Any, x: Any, y: Any, z: Any, axis: Any) -> Any:
    """The field's derivative at a node, from the known ones of its two neighbours."""
    dx, dy, dz = axis == 0, axis == 1, axis == 2
    here = local[x, y, z]
    before, after = local[x - dx, y - dy, z - dz], np.float32(np.nan)
    if x + dx < _SIDE and y + dy < _SIDE and z + dz < _SIDE:
        after = local[x + dx, y + dy, z + dz]
    if np.isnan(before):
        return np.float32(0) if np.isnan(after) else after - here
    return here - before if np.isnan(after) else (after - before) / 2


@numba.njit(cache=True)
def _write(
    keys: Any, table: Any, value: Any, cubes: Any, mine: Any, near: Any, held: Any, place: Any, number: Any, size: Any,
    xyz: Any, normal: Any, rim: Any, edge: Any, triangles: Any, standing: Any,
) -> None:  # fmt: skip
    local = np.empty((_SIDE, _SIDE, _SIDE), np.float32)
    cells = np.empty((BRICK + 1, BRICK + 1, BRICK + 1), np.uint8)
    signs = np.empty((_SIDE, _SIDE, _SIDE), np.uint8)
    corners = np.empty((BRICK + 1, BRICK + 1, BRICK + 1), np.uint8)
    rows = np.empty(8, np.int64)
    n = 0
    for r in np.flatnonzero(place >= 0):
        i, j, k = gathered(keys[r]), gathered(keys[r] >> 1), gathered(keys[r] >> 2)
        _crossed(i, j, k, keys, table, value, cubes, mine, near, held, local, cells, signs, corners)
        for corner in range(8):
            there = find(key_of(i + (corner & 1), j + (corner >> 1 & 1), k + (corner >> 2)), keys, table)
            rows[corner] = place[there] if there >= 0 else -1
        for x in range(BRICK):
            for y in range(BRICK):
                for z in range(BRICK):
                    for axis in range(3):
                        v = number[rows[0], x, y, z, axis]
                        if v >= 0:
                            _, shared, rim[v] = _surrounding(x, y, z, axis, corners, cells)
                            _vertex(local, x + 1, y + 1, z + 1, axis, xyz[v], normal[v])
                            xyz[v, 0] = (np.float64(xyz[v, 0]) + (i * BRICK - HALF)) * size
                            xyz[v, 1] = (np.float64(xyz[v, 1]) + (j * BRICK - HALF)) * size
                            xyz[v, 2] = (np.float64(xyz[v, 2]) + (k * BRICK - HALF)) * size
                            lattice = key_of(i * BRICK + x, j * BRICK + y, k * BRICK + z)
                            edge[v] = lattice << 2 | axis if shared else -1
                    if corners[x + 1, y + 1, z + 1] != _CROSSED or not cells[x + 1, y + 1, z + 1]:
                        continue
                    case = _case(signs, x, y, z)
                    for t in range(COUNT[case]):
                        for c in range(3):
                            e = CORNERS[case, t, c]
                            start = _EDGE_START[e]
                            a, b, d = x + (start & 1), y + (start >> 1 & 1), z + (start >> 2)
                            beyond = (a // BRICK) | (b // BRICK) << 1 | (d // BRICK) << 2
                            triangles[n, c] = number[
                                rows[beyond], a % BRICK, b % BRICK, d % BRICK, _EDGE_AXIS[e]
                            ]
                        standing[n] = cells[x + 1, y + 1, z + 1]
                        n += 1


@numba.njit(cache=True)
def _vertex(local: Any, x: Any, y: Any, z: Any, axis: Any, place: Any, normal: Any) -> None:
    """Where the field is zero on an edge, in cells from the brick, and its direction of growth there."""
    u, v, w = x + (axis == 0), y + (axis == 1), z + (axis == 2)
    f, e = local[x, y, z], local[u, v, w]
    t = min(max(f / (f - e), _SHY), np.float32(1) - _SHY)
    place[0], place[1], place[2] = x - 1, y - 1, z - 1
    place[axis] += t
    length = np.float32(0)
    for a in range(3):
        normal[a] = _slope(local, x, y, z, a) * (np.float32(1) - t) + _slope(local, u, v, w, a) * t
        length += normal[a] * normal[a]
    length = np.sqrt(length)
    if length > 0:
        for a in range(3):
            normal[a] /= length
    else:
        normal[0], normal[1], normal[2] = 0, 0, 1
