"""Split long edges, so that no triangle is too large for a tile."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from heritage.model.arrays import I32, Mesh

_ROUNDS = 24


def subdivide(mesh: Mesh, longest_m: float) -> Mesh:
    """``mesh`` with edges longer than ``longest_m`` halved until none is.

    Whether and where an edge is split depends on its ends alone, so meshes that meet still meet, bit for bit.
    Colours and texture coordinates are dropped; what else a vertex has is halfway between its neighbours
    (unknown change stays unknown).
    """
    mesh = mesh.with_(rgb=None, uv=None, texture=None)
    for _ in range(_ROUNDS):
        long = _long(mesh.vertices, mesh.triangles, longest_m**2)
        if not long.any():
            break
        mesh = _halved(mesh, long)
    return mesh


@numba.njit(cache=True)
def _long(vertices: Any, triangles: Any, square_m2: float) -> Any:
    """(t, 3) which edges, from each corner to the next, are longer than the root of ``square_m2``."""
    long = np.empty(triangles.shape, np.bool_)
    for t in range(len(triangles)):
        for k in range(3):
            a, b = triangles[t, k], triangles[t, (k + 1) % 3]
            length = 0.0
            for d in range(3):
                length += (np.float64(vertices[b, d]) - vertices[a, d]) ** 2
            long[t, k] = length > square_m2
    return long


def _halved(mesh: Mesh, long: npt.NDArray[np.bool_]) -> Mesh:
    """Edges k of triangles where ``long`` (t, 3) are split in their middle."""
    t = mesh.triangles
    ends = np.sort(t[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 3, 2), axis=2)[long].astype(np.int64)
    key, place = np.unique(ends[:, 0] << 32 | ends[:, 1], return_inverse=True)
    middle = np.full(t.shape, -1, np.int64)
    middle[long] = place + len(mesh.vertices)
    first, second = (key >> 32).astype(np.intp), (key & 0xFFFFFFFF).astype(np.intp)

    def grown(values: npt.NDArray[Any] | None) -> Any:
        if values is None:
            return None
        between = (values[first].astype(np.float64) + values[second].astype(np.float64)) / 2
        return np.concatenate([values, between.astype(values.dtype)])

    parts = [t[long.sum(1) == 0]]
    for k in range(3):
        turn = [k, (k + 1) % 3, (k + 2) % 3]
        one = (long[:, turn] == (True, False, False)).all(1)
        (a, b, c), m = t[one][:, turn].T, middle[one, k]
        parts += [np.stack([a, m, c], 1), np.stack([m, b, c], 1)]
        two = (long[:, turn] == (True, True, False)).all(1)
        (a, b, c), m, n = t[two][:, turn].T, middle[two, k], middle[two, turn[1]]
        parts += [np.stack([m, b, n], 1), np.stack([a, m, n], 1), np.stack([a, n, c], 1)]
    every = long.all(1)
    (a, b, c), (m, n, o) = t[every].T, middle[every].T
    parts += [np.stack(f, 1) for f in ((a, m, o), (m, b, n), (o, n, c), (m, n, o))]
    triangles: I32 = np.concatenate(parts).astype(np.int32)
    return mesh.with_(
        vertices=grown(mesh.vertices),
        triangles=triangles,
        normals=grown(mesh.normals),
        change=grown(mesh.change),
        filled=grown(mesh.filled),
        part=grown(mesh.part),
    )
