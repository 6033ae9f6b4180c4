"""Distance and level of detection at every vertex of a piece of the compared surface: M3C2's measuring."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from heritage.model.arrays import F32, F64
from heritage.ops.comparison.bins import GROUP, Bins, nearby
from heritage.ops.comparison.cylinders import measure
from heritage.ops.comparison.plan import ComparePlan
from heritage.ops.comparison.planes import plane_normals
from heritage.ops.comparison.surface_piece import SurfacePiece
from heritage.ops.comparison.where import Where

Points = Callable[[Where], tuple[F32, F32]]
"""The points (n, 3) of an epoch in a region and their outward normals (n, 3), in the cloud's order; more than
those are no harm. The same place twice counts once."""

_Z95 = 1.96
_NEAR = 8  # radii: so far every vertex is searched at once; farther only where nothing was found
# Radii: a cylinder found at a step is moved by up to one, and what it then holds lies within sqrt(2) of its middle.
_ASIDE = 2.5
_STRIDE = 4  # radii between the places along a line around which points are wanted


def measure_piece(
    piece: SurfacePiece, before: Points, after: Points, plan: ComparePlan
) -> tuple[F32, F32, F32]:
    """``distance``, its ``lod95`` and its ``sigma`` without the registration's part, (m,) metres at the vertices of a
    piece, NaN where not comparable.

    What a vertex gets depends on nothing but its place, its direction and the points within reach of it.
    """
    distance, lod, sigma = np.full((3, len(piece.vertices)), np.nan, np.float32)
    rows = np.flatnonzero(~piece.filled)  # nothing was measured where a hole was closed
    radius, least = plan.radius_m, plan.least_points
    if not len(rows):
        return distance, lod, sigma
    rows = rows[nearby(piece.vertices[rows].astype(np.float64), GROUP * radius)]
    at, direction = piece.vertices[rows].astype(np.float64), piece.direction[rows]
    near = min(plan.reach_m, _NEAR * radius)
    box = Where.around(at, max(near + (1 + _ASIDE) * radius, *plan.normal_radii_m, 0.0))
    seen = after(box)
    if plan.normal_radii_m:
        direction = plane_normals(*seen, at, direction, plan.normal_radii_m, least)
    bins = Bins.of(*seen, radius)
    m2, s2, n2 = measure(bins, at, direction, radius, 0.0, least)
    present = np.isfinite(m2)
    rows, at, direction = rows[present], at[present], direction[present]
    m2, s2, n2 = m2[present], s2[present], n2[present]
    if not len(rows):
        return distance, lod, sigma
    m1, s1, n1 = measure(Bins.of(*before(box), radius), at, direction, radius, near, least)
    lost = np.flatnonzero(n1 == 0)
    m1[_elsewhere(bins, at, direction, m1, m2, plan)] = np.nan
    if plan.reach_m > near and len(lost):
        at_, direction_ = at[lost], direction[lost]
        steps = np.arange(near, plan.reach_m + _STRIDE * radius, _STRIDE * radius)
        lines = Where.along(at_, direction_, np.concatenate([-steps, steps]), (_ASIDE + _STRIDE / 2) * radius)
        far = Bins.of(*before(lines), radius)
        m, s, n = measure(far, at_, direction_, radius, plan.reach_m, least, beyond=near)
        found = np.flatnonzero(np.isfinite(m))
        if len(found):
            lost, at_, direction_ = lost[found], at_[found], direction_[found]
            m, s, n = m[found], s[found], n[found]
            place = Where.along(at_ + m[:, None] * direction_, direction_, np.zeros(1), _ASIDE * radius)
            bins = Bins.of(*after(place), radius)
            m[_elsewhere(bins, at_, direction_, m, m2[lost], plan)] = np.nan
            m1[lost], s1[lost], n1[lost] = m, s, n
    known = np.isfinite(m1)
    e1, e2 = s1[known] ** 2 / n1[known], s2[known] ** 2 / n2[known]
    freedom = (e1 + e2) ** 2 / np.maximum(
        e1**2 / np.maximum(n1[known] - 1, 1) + e2**2 / np.maximum(n2[known] - 1, 1), 1e-300
    )
    shares = plan.uneven**2 * (s1[known] ** 2 + s2[known] ** 2) / 2
    distance[rows[known]] = (m2 - m1)[known]
    sigma[rows[known]] = np.sqrt(e1 + e2 + shares)
    lod[rows[known]] = _t95(np.maximum(freedom, least - 1)) * sigma[rows[known]] + _Z95 * plan.registration_m
    return distance, lod, sigma


def _elsewhere(bins: Bins, at: F64, direction: F64, m1: F64, m2: F64, plan: ComparePlan) -> np.ndarray:
    """Rows where the compared epoch has points, facing any way, at the surface that the reference has far off: that one
    has not become this one, the reference did not see this place."""
    far = np.flatnonzero(np.abs(m2 - m1) > 2 * plan.radius_m)
    there = at[far] + m1[far, None] * direction[far]
    found = measure(bins, there, direction[far], plan.radius_m, 0.0, plan.least_points, facing=-1.0)[0]
    return far[np.isfinite(found)]


def _t95(freedom: F64) -> F64:
    """Two-sided 95 % quantile of Student's t: the normal one with its first two corrections."""
    z = _Z95
    return np.asarray(z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2))
