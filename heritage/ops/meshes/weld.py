"""Make one connected surface of meshes whose vertices were split for their textures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F32, F64, I32, U16, Mesh
from heritage.ops.meshes.join import join


def weld(meshes: Sequence[Mesh]) -> tuple[Mesh, I32]:
    """Join ``meshes``, give equal positions one vertex, drop triangles that cover nothing.

    Relative to the first one's origin. ``change`` is kept where every mesh has it, ``filled`` where any has: the
    first of the welded vertices speaks. Vertices of two ``part``s stay two. Colours, normals, uv and textures are
    left behind. Also returns, per triangle kept, its number (t,) int32 in the joined input.
    """
    joined = join(meshes)
    first, place = first_and_place(joined.vertices, joined.part)
    triangles = place[joined.triangles]
    kept = np.flatnonzero(covers(joined.vertices[first], triangles)).astype(np.int32)
    parts = [mesh.change for mesh in meshes if mesh.change is not None]
    change = np.concatenate(parts)[first] if len(parts) == len(meshes) else None
    mesh = compact(
        Mesh(
            joined.origin,
            joined.vertices[first],
            triangles[kept],
            change=change,
            filled=None if joined.filled is None else joined.filled[first],
            part=None if joined.part is None else joined.part[first],
            name=joined.name,
        )
    )
    return mesh, kept


def same_place(vertices: F32) -> I32:
    """(v,) int32: one number for each position, so that copies of a vertex get the same."""
    return first_and_place(vertices)[1]


def first_and_place(vertices: F32, part: U16 | None = None) -> tuple[npt.NDArray[np.intp], I32]:
    """The first vertex at every position, in source order, and for each vertex its place among those.

    With ``part`` (v,): the first of every part at every position.
    """
    first, place = _firsts(np.ascontiguousarray(vertices + np.float32(0)).view(np.uint32))  # + 0: -0 equals 0
    if part is None:
        return first, place
    rows = np.zeros((len(place), 3), np.uint32)
    rows[:, 0], rows[:, 1] = place, part
    return _firsts(rows)


def _firsts(bits: npt.NDArray[np.uint32]) -> tuple[npt.NDArray[np.intp], I32]:
    place = np.empty(len(bits), np.int32)
    slots = np.full(1 << max(int(2 * len(bits)).bit_length(), 4), -1, np.int32)
    first = np.empty(len(bits), np.intp)
    return first[: _numbered(bits, slots, first, place)].copy(), place


@numba.njit(cache=True)
def _numbered(bits: Any, slots: Any, first: Any, place: Any) -> Any:
    """Number different rows of ``bits`` (n, 3) by their first appearance; how many there are. A hash table."""
    count = 0
    mask = np.uint64(len(slots) - 1)
    for i in range(len(bits)):
        a, b, c = bits[i, 0], bits[i, 1], bits[i, 2]
        key = np.uint64(a) * np.uint64(0x9E3779B97F4A7C15)
        key = (key ^ (key >> np.uint64(29)) ^ np.uint64(b)) * np.uint64(0xBF58476D1CE4E5B9)
        key = (key ^ (key >> np.uint64(31)) ^ np.uint64(c)) * np.uint64(0x94D049BB133111EB)
        slot = (key ^ (key >> np.uint64(32))) & mask
        while True:
            j = slots[slot]
            if j < 0:
                slots[slot] = i
                first[count] = i
                place[i] = count
                count += 1
                break
            if bits[j, 0] == a and bits[j, 1] == b and bits[j, 2] == c:
                place[i] = place[j]
                break
            slot = (slot + np.uint64(1)) & mask
    return count


def covers(vertices: npt.NDArray[Any], triangles: I32) -> npt.NDArray[np.bool_]:
    """(t,) True for triangles with three different vertices and an area."""
    a, b, c = triangles.T
    return np.asarray(
        (a != b) & (b != c) & (c != a) & (np.linalg.norm(crosses(vertices, triangles), axis=1) > 0)
    )


def crosses(vertices: npt.NDArray[Any], triangles: I32) -> F64:
    """(t, 3) float64: twice the area along the normal of every triangle."""
    cross = np.empty((len(triangles), 3))
    _crosses(vertices, triangles, cross)
    return cross


@numba.njit(cache=True)
def _crosses(vertices: Any, triangles: Any, cross: Any) -> None:
    for t in range(len(triangles)):
        a, b, c = triangles[t]
        ox, oy, oz = np.float64(vertices[a, 0]), np.float64(vertices[a, 1]), np.float64(vertices[a, 2])
        ux, uy, uz = vertices[b, 0] - ox, vertices[b, 1] - oy, vertices[b, 2] - oz
        wx, wy, wz = vertices[c, 0] - ox, vertices[c, 1] - oy, vertices[c, 2] - oz
        cross[t, 0], cross[t, 1], cross[t, 2] = uy * wz - uz * wy, uz * wx - ux * wz, ux * wy - uy * wx


def open_edges(triangles: I32) -> npt.NDArray[np.int64]:
    """(e, 2) vertex pairs, each pair ascending, that belong to exactly one triangle. Vertices must be welded."""
    key: npt.NDArray[np.int64] = np.sort(_suspects(triangles, int(triangles.max(initial=-1)) + 1))
    alone = np.ones(len(key), bool)
    same = key[1:] == key[:-1]
    alone[1:] &= ~same
    alone[:-1] &= ~same
    return np.column_stack([key[alone] >> 32, key[alone] & 0xFFFFFFFF])


@numba.njit(cache=True)
def _suspects(triangles: Any, vertices: int) -> Any:
    """The edges of every triangle, the lesser vertex in the upper half, but for those that two triangles surely share.

    Around a vertex inside a surface every neighbour comes after it in one triangle and before it in another: what is
    added for one is taken away for the other. The neighbours' numbers are mixed, so that different ones cannot cancel.
    """
    left = np.zeros(vertices, np.uint64)
    for t in range(len(triangles)):
        a, b, c = triangles[t]
        of_a, of_b, of_c = _mixed(a), _mixed(b), _mixed(c)
        left[a] += of_b - of_c
        left[b] += of_c - of_a
        left[c] += of_a - of_b
    found = np.empty(0, np.int64)
    for write in range(2):
        n = 0
        for t in range(len(triangles)):
            for k in range(3):
                a, b = np.int64(triangles[t, k]), np.int64(triangles[t, (k + 1) % 3])
                if left[a] != 0 and left[b] != 0:
                    if write == 1:
                        found[n] = min(a, b) << 32 | max(a, b)
                    n += 1
        if write == 0:
            found = np.empty(n, np.int64)
    return found


@numba.njit(cache=True, inline="always")
def _mixed(number: Any) -> Any:
    """64 bits that look random (the finaliser of Steele, Lea and Flood 2014)."""
    bits = np.uint64(number) + np.uint64(0x9E3779B97F4A7C15)
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


def areas(mesh: Mesh) -> F64:
    """(t,) float64 square metres."""
    return np.asarray(np.linalg.norm(crosses(mesh.vertices, mesh.triangles), axis=1) / 2)


def compact(mesh: Mesh) -> Mesh:
    """The mesh without vertices that no triangle uses."""
    used = np.zeros(len(mesh.vertices), bool)
    used[mesh.triangles] = True
    if used.all():
        return mesh
    place = np.cumsum(used, dtype=np.int32) - np.int32(1)

    def pick(a: npt.NDArray[Any] | None) -> Any:
        return None if a is None else a[used]

    return mesh.with_(
        vertices=mesh.vertices[used],
        triangles=place[mesh.triangles],
        normals=pick(mesh.normals),
        uv=pick(mesh.uv),
        rgb=pick(mesh.rgb),
        change=pick(mesh.change),
        filled=pick(mesh.filled),
        part=pick(mesh.part),
    )


def unit(vectors: F64) -> F64:
    """Rows (n, 3) scaled to length 1; zero rows stay zero."""
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-300))


def vertex_normals(vertices: F32, triangles: I32) -> F32:
    """(v, 3) unit normals, the mean of a vertex's triangles weighted by area.

    Up where the triangles cancel out: a zero normal is an error in glTF.
    """
    normal = unit(at_corners(crosses(vertices, triangles), triangles, len(vertices)))
    normal[np.linalg.norm(normal, axis=1) < 0.5] = (0, 0, 1)
    return np.asarray(normal, np.float32)


def at_corners(values: F64, triangles: I32, vertices: int) -> F64:
    """(vertices, k) float64: the sum of the ``values`` (t, k) of each vertex's triangles, in their order."""
    total = np.zeros((vertices, values.shape[1]))
    _add_at_corners(values, triangles, total)
    return total


@numba.njit(cache=True)
def _add_at_corners(values: Any, triangles: Any, total: Any) -> None:
    for t in range(len(triangles)):
        for corner in triangles[t]:
            for k in range(values.shape[1]):
                total[corner, k] += values[t, k]
