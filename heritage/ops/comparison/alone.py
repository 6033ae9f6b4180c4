"""Things that one survey alone has: what stood free and is gone whole, or is new, has nothing to be measured against.

Surface of one epoch that has no point of the other within a cylinder may be gone or new, or the other survey just did not see
there. It is told as a region only where that survey is known to have looked: both surfaces close around a body, and the other
epoch has points on what the body stands on, in the midst of its foot, where nobody could have seen with the body in place.
Everything else stays not comparable.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.spatial import cKDTree

from heritage.model.arrays import F64
from heritage.ops.comparison.bins import GROUP, Bins, nearby
from heritage.ops.comparison.chance import Chance
from heritage.ops.comparison.confirm import Epoch
from heritage.ops.comparison.cylinders import measure
from heritage.ops.comparison.distance import Points
from heritage.ops.comparison.enclosed import Body, body_at, enclosed_surely, told
from heritage.ops.comparison.part import Part, section
from heritage.ops.comparison.plan import ComparePlan
from heritage.ops.comparison.region import Region, by_size
from heritage.ops.comparison.regions import find_parts
from heritage.ops.comparison.surface_piece import SurfacePiece
from heritage.ops.comparison.where import Where

_FOOT = 2.0  # radii: so near to a body's underside the other epoch's points are what it stood on
_ABOUT = 2.0  # radii about the surface in which a body's other faces are looked for at first
_LEAST = 0.5  # cylinder sections of foot that must have been seen


def find_alone(
    piece: SurfacePiece, own: Points, other: Points, plan: ComparePlan, sign: int
) -> tuple[Part, ...]:
    """What a piece of one epoch's surface has that the ``other`` epoch has nothing near of, in parts; ``sign`` 1 where the piece
    is of the compared epoch and -1 where of the reference. Distances are to the other's nearest point, up to the reach."""
    radius, vertices = plan.radius_m, piece.vertices.astype(np.float64)
    rows = np.flatnonzero(~piece.filled)
    distance, sigma = (np.full(len(vertices), np.nan, np.float32) for _ in range(2))
    if len(rows):
        rows = rows[nearby(vertices[rows], GROUP * radius)]
        there = Bins.of(*other(Where.around(vertices[rows], 3 * radius)), radius)
        seen = measure(there, vertices[rows], piece.direction[rows], radius, 0.0, 1, facing=-1.0)[2]
        rows = rows[seen == 0]
    if len(rows):
        at = vertices[rows]
        held = Bins.of(*own(Where.around(at, 3 * radius)), radius)
        mean, deviation, count = measure(held, at, piece.direction[rows], radius, 0.0, plan.least_points)
        measured = np.isfinite(mean)
        rows, at = rows[measured], at[measured]
        sigma[rows] = deviation[measured] / np.sqrt(count[measured])
    if len(rows):
        xyz = other(Where.around(at, plan.reach_m))[0].astype(np.float64)
        away = cKDTree(xyz).query(at, distance_upper_bound=plan.reach_m)[0] if len(xyz) else np.inf
        distance[rows] = sign * np.minimum(away, plan.reach_m)
    return find_parts(piece, distance, np.zeros_like(distance), sigma, radius, plan.step_m)


def with_alone(
    regions: Sequence[Region],
    parts: Sequence[Part],
    epochs: tuple[Epoch, Epoch],
    plan: ComparePlan,
    chance: Chance,
) -> tuple[Region, ...]:
    """``regions`` and those that are in ``parts`` and that the other survey is known to have looked for, largest volume first.

    One that was also measured, with what both surfaces enclose, stays as it was; what was measured without a volume along the
    same body goes up in it.
    """
    held = list(regions)
    for part in sorted(parts, key=lambda part: (-part.area_m2, part.low_m)):
        other = epochs[0 if part.gained else 1]
        if not _may_stand(part, other, plan):
            continue
        body = body_at(part, *epochs, plan.radius_m, _ABOUT * plan.radius_m)
        if body is None or not _stood(body, other, plan):
            continue
        region = replace(told(part, body, epochs, plan), alone=True)
        same = [r for r in held if r.gained == region.gained and body.along(r.spots, plan.radius_m)]
        if enclosed_surely(region, chance) and all(r.volume_m3 is None for r in same):
            held = [*(r for r in held if r not in same), region]
    return by_size(held)


def _may_stand(part: Part, other: Epoch, plan: ComparePlan) -> bool:
    """Whether the other epoch has anything where the part's foot may be: most parts are places that it did not see."""
    low, high = np.array(part.low_m), np.array(part.high_m)
    high[2] = low[2] + plan.radius_m
    low[2] -= 2 * _FOOT * plan.radius_m
    return len(other.points(Where(low, high))[0]) >= plan.least_points


def _stood(body: Body, other: Epoch, plan: ComparePlan) -> bool:
    """Whether the other epoch has points in contact with the body's underside, and not at its rim."""
    cell = plan.radius_m / 2
    places = body.middles()
    low = places[:, :2].min(0) - 2 * cell
    shape = tuple(np.ceil((places[:, :2].max(0) - low) / cell).astype(int) + 3)
    underside = np.full(shape, np.inf)
    np.minimum.at(underside, _cells(places, low, cell), places[:, 2])
    covered = np.isfinite(underside)
    inner = covered.copy()
    for i in (-1, 0, 1):
        for j in (-1, 0, 1):
            inner &= np.roll(covered, (i, j), (0, 1))
    reach = _FOOT * plan.radius_m
    xyz = other.points(Where.around(places, reach))[0].astype(np.float64)
    row = _cells(xyz, low, cell)
    inside = ((row[0] >= 0) & (row[0] < shape[0])) & ((row[1] >= 0) & (row[1] < shape[1]))
    xyz, row = xyz[inside], (row[0][inside], row[1][inside])
    touches = inner[row] & (np.abs(xyz[:, 2] - underside[row]) <= reach)
    seen = np.zeros(shape, bool)
    seen[row[0][touches], row[1][touches]] = True
    return float(seen.sum()) * cell**2 >= _LEAST * section(plan.radius_m)


def _cells(xyz: F64, low: F64, cell: float) -> tuple[np.ndarray, np.ndarray]:
    index = np.floor((xyz[:, :2] - low) / cell).astype(np.int64)
    return index[:, 0], index[:, 1]
