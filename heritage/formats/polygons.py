"""Polygons cut into triangles: as a fan where that is right, else by clipping ears (Meisters 1975), many at a time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F64
from heritage.model.errors import InputError

I64 = npt.NDArray[np.int64]
_CORNERS_AT_ONCE = 1_000_000  # 24 MB of coordinates
_PAIRS_AT_ONCE = 2_000_000  # of a corner and an ear; some ten arrays of them are held
_ROUNDED = 1e-6  # of a polygon's area: coordinates are written with so many digits
_EVEN = 1e-3  # of a polygon's length: how far it may leave its plane to count as flat
_THIN = 1e-9  # of the square of its length: a polygon without an area


def cut(polygons: I64, positions: F64, where: Callable[[int], str]) -> I64:
    """Polygons of one outline, (n, k) rows of ``positions`` (v, 3), as triangles (n * (k - 2), 3): places in
    ``polygons.reshape(-1)``, those of a polygon together and turning as it does.

    Around the first corner where every triangle of that fan turns as the polygon does; else each polygon is cut in its
    own plane (Newell's). Raises InputError for a flat outline that crosses itself; ``where`` names the polygon of a row.
    """
    n, k = polygons.shape
    fan = np.column_stack([np.zeros(k - 2, np.int64), np.arange(1, k - 1), np.arange(2, k)])
    cuts: I64 = np.arange(0, n * k, k)[:, None, None] + fan
    step = max(1, _CORNERS_AT_ONCE // k)
    for at in range(0, n if k > 3 else 0, step):
        bent = at + _not_a_fan(positions[polygons[at : at + step]])
        many = max(1, _PAIRS_AT_ONCE // k**2)
        for rows in (bent[i : i + many] for i in range(0, len(bent), many)):
            outlines = positions[polygons[rows]]
            corners, failed = _ears(outlines)
            crossing = failed & _flat(outlines)
            if crossing.any():
                raise InputError(
                    where(int(rows[crossing.argmax()])), f"a face of {k} corners that crosses itself",
                    "faces of one plain outline are allowed", "triangulate the model at export", code="model-invalid",
                )  # fmt: skip
            # One that is folded in space has no plane that says which cut is right: it stays a fan.
            done = rows[~failed]
            cuts[done] = corners[~failed] + done[:, None, None] * k
    return np.asarray(cuts.reshape(-1, 3))


def _not_a_fan(corners: F64) -> I64:
    """Which polygons, corners (n, k, 3), have triangles around their first corner that turn against them."""
    # Coordinates that are no numbers, or too large, stay a fan: the check of all vertices names them.
    with np.errstate(over="ignore", invalid="ignore"):
        edges: F64 = corners[:, 1:] - corners[:, :1]
        return _against_normal(edges)


def _against_normal(edges: F64) -> I64:
    crosses = np.cross(edges[:, :-1], edges[:, 1:])
    sizes = np.linalg.norm(crosses, axis=2).sum(1)
    whole = crosses.sum(1)
    length = np.linalg.norm(whole, axis=1)
    # Along the normal, so that a polygon that is not quite flat counts as its picture in that plane.
    turned = np.einsum("ntc,nc->nt", crosses, whole) / np.where(length > 0, length, 1)[:, None]
    against = -np.minimum(turned, 0).sum(1)
    thin = sizes <= _THIN * (edges**2).sum(2).max(1)
    # A pair of triangles that undo each other has no normal to turn against.
    return np.flatnonzero(
        np.isfinite(sizes) & ~thin & ((against > _ROUNDED * sizes) | (length <= _ROUNDED * sizes))
    )


def _ears(corners: F64) -> tuple[I64, npt.NDArray[np.bool_]]:
    """Triangles (n, k - 2, 3) of polygons (n, k, 3) as places in their corners, and which of them cannot be cut so."""
    n, k = corners.shape[:2]
    flat = _in_plane(corners)
    area = _area(flat[:, :1], flat[:, 1:-1], flat[:, 2:]).sum(1)
    rows = np.arange(n)
    left = np.tile(np.arange(k), (n, 1))
    found = np.empty((n, k - 2, 3), np.int64)
    against = np.zeros(n)
    cost = np.stack([_cost(flat, left, np.full(n, i)) for i in range(k)], axis=1)
    for m in range(k, 2, -1):
        best = cost.argmin(1)
        ear = np.stack([left[rows, (best + d) % m] for d in (-1, 0, 1)], axis=1)
        found[:, k - m] = ear
        a, b, c = (flat[rows, ear[:, i]] for i in range(3))
        against -= np.minimum(_area(a, b, c), 0)
        if m == 3:
            break
        keep = np.ones((n, m), bool)
        keep[rows, best] = False
        left, cost = left[keep].reshape(n, m - 1), cost[keep].reshape(n, m - 1)
        for side in ((best - 1) % (m - 1), best % (m - 1)):
            cost[rows, side] = _cost(flat, left, side)
        # What stood in the way of an ear may be gone.
        stuck = np.flatnonzero(~(cost.min(1) < _NO_EAR))
        if len(stuck):
            cost[stuck] = np.stack(
                [_cost(flat[stuck], left[stuck], np.full(len(stuck), i)) for i in range(m - 1)], axis=1
            )
    return found, (area <= 0) | (against > _ROUNDED * np.abs(area))


_NO_EAR = 1e200  # more than the square of any distance that is read


def _cost(flat: F64, left: I64, at: I64) -> F64:
    """(n,) what it costs to clip the corner ``at`` of what is ``left`` (n, m): the square of the new side's length, far more
    for a corner without an area, and most for one that turns inwards or has another corner in its triangle."""
    n, m = left.shape
    rows = np.arange(n)
    a, b, c = (flat[rows, left[rows, (at + d) % m]] for d in (-1, 0, 1))
    others = flat[rows[:, None], left]
    area = _area(a, b, c)
    size = np.maximum(((b - a) ** 2).sum(1), ((c - b) ** 2).sum(1))
    inside = np.ones((n, m), bool)
    for p, q in ((a, b), (b, c), (c, a)):
        inside &= _area(p[:, None], q[:, None], others) >= 0
    # A corner at the same place as one of the ear's is in nobody's way: there a hole is joined to the rim.
    for p in (a, b, c):
        inside &= (others != p[:, None]).any(2)
    flat_corner = np.abs(area) <= _THIN * size
    bad = ((area < 0) | inside.any(1)) & ~flat_corner
    diagonal = ((c - a) ** 2).sum(1)
    return np.where(
        bad,
        _NO_EAR * (2 - area / (size + np.abs(area) + 1e-300)),
        np.where(flat_corner, _NO_EAR / 2, diagonal),
    )


def _area(a: F64, b: F64, c: F64) -> F64:
    """Twice the area of triangles in the plane, above 0 where they turn left."""
    u, v = b - a, c - a
    return np.asarray(u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0])


def _flat(corners: F64) -> npt.NDArray[np.bool_]:
    """(n,) whether the corners (n, k, 3) lie in a plane."""
    spread = np.linalg.svd(corners - corners.mean(1, keepdims=True), compute_uv=False)
    return np.asarray(spread[:, 2] <= _EVEN * spread[:, 0])


def _in_plane(corners: F64) -> F64:
    """(n, k, 2) of polygons (n, k, 3) from their first corner, seen so that the whole turns left; a longest side of 1."""
    local = corners - corners[:, :1]
    normal = np.cross(local[:, 1:-1], local[:, 2:]).sum(1)
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-300)
    axis = np.eye(3)[np.abs(normal).argmin(1)]
    u = np.cross(axis, normal)
    u /= np.linalg.norm(u, axis=1, keepdims=True)
    v = np.cross(normal, u)
    flat = np.stack([np.einsum("nkc,nc->nk", local, u), np.einsum("nkc,nc->nk", local, v)], axis=2)
    return np.asarray(flat / np.maximum(np.abs(flat).max((1, 2)), 1e-300)[:, None, None])
