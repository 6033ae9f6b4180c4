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
    number = np.full((len(of.keys), BRICK, BRICK, BRICK, 3), -1, np.int32)
    args = (of.keys, of.table, of.value, cubes[beside], mine, near, held)
    vertices, triangles = _count(*args, number)
    xyz, normal = np.empty((vertices, 3), np.float32), np.empty((vertices, 3), np.float32)
    rim, edge = np.empty(vertices, bool), np.empty(vertices, np.int64)
    corners, standing = np.empty((triangles, 3), np.int32), np.empty(triangles, np.uint8)
    _write(*args, number, of.size, xyz, normal, rim, edge, corners, standing)
    return Contour(xyz, normal, corners, standing, rim, edge)


@numba.njit(cache=True)
def _known_cells(local: Any, known: Any) -> Any:
    """Which cells of a brick and the layer before it have eight known nodes, and whether the sign changes in any."""
    n = BRICK + 1
    changes = False
    for a in range(n):
        for b in range(n):
            for c in range(n):
                inside, whole = 0, True
                for corner in range(8):
                    f = local[a + (corner & 1), b + (corner >> 1 & 1), c + (corner >> 2)]
                    whole = whole and not np.isnan(f)
                    inside += f < 0
                known[a, b, c] = whole
                changes = changes or (whole and 0 < inside < 8)
    return changes


@numba.njit(cache=True)
def _crossed(
    i: Any, j: Any, k: Any, keys: Any, table: Any, value: Any, cubes: Any, mine: Any, near: Any, held: Any,
    local: Any, cells: Any, known: Any,
) -> Any:  # fmt: skip
    """Whether the surface may pass through a held cell of a brick; only then are its values, cells and known ones filled in."""
    if not standings(i, j, k, cubes, mine, near, held, cells):
        return False
    around(i, j, k, keys, table, value, local, 1)
    return _known_cells(local, known)


@numba.njit(cache=True)
def _count(
    keys: Any, table: Any, value: Any, cubes: Any, mine: Any, near: Any, held: Any, number: Any
) -> Any:  # fmt: skip
    """Number the vertices of every brick's edges that a held cell uses, and count the triangles."""
    local = np.empty((_SIDE, _SIDE, _SIDE), np.float32)
    cells = np.empty((BRICK + 1, BRICK + 1, BRICK + 1), np.uint8)
    known = np.empty((BRICK + 1, BRICK + 1, BRICK + 1), np.bool_)
    vertices, triangles = 0, 0
    for r in range(len(keys)):
        i, j, k = gathered(keys[r]), gathered(keys[r] >> 1), gathered(keys[r] >> 2)
        if not _crossed(i, j, k, keys, table, value, cubes, mine, near, held, local, cells, known):
            continue
        for x in range(BRICK):
            for y in range(BRICK):
                for z in range(BRICK):
                    if known[x + 1, y + 1, z + 1] and cells[x + 1, y + 1, z + 1]:
                        triangles += COUNT[_case(local, x, y, z)]
                    f = local[x + 1, y + 1, z + 1]
                    for axis in range(3):
                        e = local[x + 1 + (axis == 0), y + 1 + (axis == 1), z + 1 + (axis == 2)]
                        if np.isnan(f) or np.isnan(e) or (f < 0) == (e < 0):
                            continue
                        used, _, _ = _surrounding(x, y, z, axis, known, cells)
                        if used:
                            number[r, x, y, z, axis] = vertices
                            vertices += 1
    return vertices, triangles


@numba.njit(cache=True)
def _surrounding(x: Any, y: Any, z: Any, axis: Any, known: Any, cells: Any) -> Any:
    """Of the four cells around an edge: whether one is held, one is shared, one is unknown."""
    used, shared, rim = False, False, False
    for step in range(4):
        p, q = step & 1, step >> 1
        a = x + 1 - (0 if axis == 0 else p)
        b = y + 1 - (0 if axis == 1 else (p if axis == 0 else q))
        c = z + 1 - (0 if axis == 2 else q)
        if not known[a, b, c]:
            rim = True
        else:
            used = used or cells[a, b, c] & HELD != 0
            shared = shared or cells[a, b, c] & SHARED != 0
    return used, shared, rim


@numba.njit(cache=True)
def _case(local: Any, x: Any, y: Any, z: Any) -> Any:
    case = 0
    for corner in range(8):
        if local[x + 1 + (corner & 1), y + 1 + (corner >> 1 & 1), z + 1 + (corner >> 2)] < 0:
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
    keys: Any, table: Any, value: Any, cubes: Any, mine: Any, near: Any, held: Any, number: Any, size: Any,
    xyz: Any, normal: Any, rim: Any, edge: Any, corners: Any, standing: Any,
) -> None:  # fmt: skip
    local = np.empty((_SIDE, _SIDE, _SIDE), np.float32)
    cells = np.empty((BRICK + 1, BRICK + 1, BRICK + 1), np.uint8)
    known = np.empty((BRICK + 1, BRICK + 1, BRICK + 1), np.bool_)
    rows = np.empty(8, np.int64)
    n = 0
    for r in range(len(keys)):
        i, j, k = gathered(keys[r]), gathered(keys[r] >> 1), gathered(keys[r] >> 2)
        if not _crossed(i, j, k, keys, table, value, cubes, mine, near, held, local, cells, known):
            continue
        for corner in range(8):
            rows[corner] = find(
                key_of(i + (corner & 1), j + (corner >> 1 & 1), k + (corner >> 2)), keys, table
            )
        for x in range(BRICK):
            for y in range(BRICK):
                for z in range(BRICK):
                    for axis in range(3):
                        v = number[r, x, y, z, axis]
                        if v >= 0:
                            _, shared, rim[v] = _surrounding(x, y, z, axis, known, cells)
                            _vertex(local, x + 1, y + 1, z + 1, axis, xyz[v], normal[v])
                            xyz[v, 0] = (np.float64(xyz[v, 0]) + (i * BRICK - HALF)) * size
                            xyz[v, 1] = (np.float64(xyz[v, 1]) + (j * BRICK - HALF)) * size
                            xyz[v, 2] = (np.float64(xyz[v, 2]) + (k * BRICK - HALF)) * size
                            lattice = key_of(i * BRICK + x, j * BRICK + y, k * BRICK + z)
                            edge[v] = lattice << 2 | axis if shared else -1
                    if not (known[x + 1, y + 1, z + 1] and cells[x + 1, y + 1, z + 1]):
                        continue
                    case = _case(local, x, y, z)
                    for t in range(COUNT[case]):
                        for c in range(3):
                            e = CORNERS[case, t, c]
                            start = _EDGE_START[e]
                            a, b, d = x + (start & 1), y + (start >> 1 & 1), z + (start >> 2)
                            beyond = (a // BRICK) | (b // BRICK) << 1 | (d // BRICK) << 2
                            corners[n, c] = number[
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
