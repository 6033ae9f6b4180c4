"""Cut a mesh in two along an axis-aligned plane."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F32, I32, Mesh
from heritage.ops.weld import compact


def cut(mesh: Mesh, axis: int, at: float) -> tuple[Mesh, Mesh]:
    """``mesh`` below and above the plane where coordinate ``axis`` (relative to the origin) is ``at``, metres.

    Triangles that cross it are split there, so both sides get the same new vertices and no crack opens.
    ``normals`` and ``change`` are carried; NaN at either end of a cut edge gives NaN. Other attributes are
    dropped. Either side may be empty.
    """
    height = mesh.vertices[:, axis] - np.float32(at)
    corner = np.sign(height)[mesh.triangles]
    crossing = (corner.min(1) < 0) & (corner.max(1) > 0)
    whole = mesh.triangles[~crossing]
    # A triangle that lies in the plane belongs to the lower side.
    above = corner[~crossing].max(1) > 0
    edges, lower, upper = _split(height, mesh.triangles[crossing])
    grown = _grown(mesh, height, edges, axis, at)
    return (
        compact(grown.with_(triangles=np.concatenate([whole[~above], lower]))),
        compact(grown.with_(triangles=np.concatenate([whole[above], upper]))),
    )


def _split(height: F32, triangles: I32) -> tuple[I32, I32, I32]:
    """The edges (e, 2) that cross the plane, low end first, and the parts below and above of ``triangles``.

    In the parts, index ``len(height) + i`` is the point where edge i crosses.
    """
    # Turn each triangle so that its first corner is the one on the plane, or alone on its side.
    sign = np.sign(height)[triangles]
    alone = np.where(
        (sign == 0).any(1), (sign == 0).argmax(1), (sign == -np.sign(sign.sum(1))[:, None]).argmax(1)
    )
    turned = triangles[np.arange(len(triangles))[:, None], (alone[:, None] + np.arange(3)) % 3]
    touching = height[turned[:, 0]] == 0
    p, q, r = turned[touching].T
    a, b, c = turned[~touching].T
    ends = np.concatenate([np.stack([q, r], 1), np.stack([a, b], 1), np.stack([a, c], 1)])
    # Low end first: copies of a vertex then give the same point, bit for bit, in whatever order they are numbered.
    ends = np.where(height[ends[:, :1]] < 0, ends, ends[:, ::-1])
    edges, place = np.unique(ends, axis=0, return_inverse=True)
    qr, ab, ac = np.split((len(height) + place.ravel()).astype(np.int32), [len(p), len(p) + len(a)])
    first = np.concatenate([np.stack([p, q, qr], 1), np.stack([a, ab, ac], 1)])
    first_up = np.concatenate([height[q] > 0, height[a] > 0])
    second = np.concatenate([np.stack([p, qr, r], 1), np.stack([ab, b, c], 1), np.stack([ab, c, ac], 1)])
    second_up = np.concatenate([height[r] > 0, height[b] > 0, height[b] > 0])
    lower = np.concatenate([first[~first_up], second[~second_up]])
    upper = np.concatenate([first[first_up], second[second_up]])
    return edges, lower.astype(np.int32), upper.astype(np.int32)


def _grown(mesh: Mesh, height: F32, edges: I32, axis: int, at: float) -> Mesh:
    """The mesh's vertices and, after them, the points where ``edges`` cross the plane; no triangles."""
    ends = height[edges].astype(np.float64)
    share = ends[:, 0] / (ends[:, 0] - ends[:, 1])

    def with_points(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        weight = share.reshape(-1, *[1] * (values.ndim - 1))
        between = values[edges[:, 0]] * (1 - weight) + values[edges[:, 1]] * weight
        return np.concatenate([values, between.astype(values.dtype)])

    vertices = with_points(mesh.vertices)
    vertices[len(mesh.vertices) :, axis] = at
    return Mesh(
        mesh.origin,
        vertices,
        np.zeros((0, 3), np.int32),
        name=mesh.name,
        normals=None if mesh.normals is None else with_points(mesh.normals),
        change=None if mesh.change is None else with_points(mesh.change),
    )
