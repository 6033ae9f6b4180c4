"""Whether a region of change is also seen without cylinders: by points of either epoch off the surface of the other.

Where a surface has relief finer than a cylinder, two surveys see its faces in different shares and their means differ though
nothing changed. A point's distance from a surface that follows the relief does not know of shares. So either epoch's points
near the region are measured from both surfaces; that from their own takes off by how much a surface is beside its points.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
from scipy.spatial import cKDTree

from heritage.model.arrays import F64, Bool, Mesh
from heritage.ops.comparison.chance import CHANCE
from heritage.ops.comparison.cylinders import FACING
from heritage.ops.comparison.distance import Points
from heritage.ops.comparison.part import Part, section
from heritage.ops.comparison.plan import ComparePlan
from heritage.ops.comparison.quick import Surface
from heritage.ops.comparison.where import Where
from heritage.ops.meshes.part_in import part_in

_NEAR = 0.5  # radii from a place of the region: farther, its points may be of what did not change
_ONE_WAY = 0.5  # length of the mean normal: a region that faces all ways has no points that face away
_BATCH = 16.0  # radii: places in a cube so large are looked at together
_BATCHES = 32  # of a region, evenly over it


@dataclass(frozen=True)
class Epoch:
    """One epoch in a box from low to high (3,), metres: ``meshes`` are those of its surface that reach into it, whole, one
    after the other; ``points`` those that the surface was made from. Both are relative to ``origin`` (3,)."""

    meshes: Callable[[F64, F64], Iterable[Mesh]]
    points: Points
    origin: F64 = field(default_factory=lambda: np.zeros(3))

    def surface(self, low: F64, high: F64) -> Mesh:
        """The triangles that reach into the box, all in memory."""
        return part_in(self.meshes(low, high), self.origin, low, high)


def confirmed(part: Part, before: Epoch, after: Epoch, plan: ComparePlan) -> bool:
    """Whether the points say that the region in ``part`` changed, and the way that the cylinders do.

    There are two shifts: the later points' mean distance from the earlier surface less the earlier points' own, and the
    same from the later surface, its sign turned. Both must be ``CHANCE`` times their error: where the later survey has all
    that the earlier one saw, and more in front of it, nothing was added, the earlier one did not see it. The variance is
    the registration's and that of the points about their own surface over the number of the region's places, not of its
    points: where a surface does not follow the relief, neighbours are off alike. Where either epoch has fewer points there
    than make a place comparable, nothing speaks against the cylinders, if they are more than one: a region as wide as a
    cylinder's section.
    """
    batch = np.floor(part.spots / (_BATCH * plan.radius_m)).astype(np.int64)
    _, own = np.unique(batch, axis=0, return_inverse=True)
    own, count = own.ravel(), int(own.max()) + 1
    chosen = range(0, count, -(-count // _BATCHES))
    seen = [_distances(part, own == k, before, after, plan) for k in chosen]
    early_own, late_off, late_own, early_off = (np.concatenate(one) for one in zip(*seen, strict=True))
    if min(len(early_own), len(late_own)) < plan.least_points:
        return part.area_m2 >= section(plan.radius_m)
    there, back = late_off.mean() - early_own.mean(), late_own.mean() - early_off.mean()
    least = min(there, back) if part.gained else -max(there, back)
    places = int(np.isin(own, chosen).sum())
    noise = math.sqrt((early_own.var() + late_own.var()) / places)
    return bool(least >= CHANCE * math.hypot(noise, plan.registration_m))


def _distances(
    part: Part, chosen: Bool, before: Epoch, after: Epoch, plan: ComparePlan
) -> tuple[F64, F64, F64, F64]:
    """Of the earlier and the later points near the ``chosen`` spots (k,) from the earlier surface, of the later and the earlier
    ones from the later; none where a surface has nothing there. The earlier ones are near where its surface was."""
    radius, margin = plan.radius_m, abs(part.greatest_m) + 2 * plan.radius_m
    spots = part.spots[chosen].astype(np.float64)
    low, high = spots.min(0) - margin, spots.max(0) + margin
    surfaces = [epoch.surface(low, high) for epoch in (before, after)]
    if not all(len(mesh.triangles) for mesh in surfaces):
        return (np.zeros(0),) * 4
    facing = np.array(part.facing) / part.area_m2
    length = float(np.linalg.norm(facing))
    one_way = length > _ONE_WAY
    were = spots - part.depths[chosen, None] * (facing / length) if one_way else spots
    places = []
    for epoch, at in ((before, were), (after, spots)):
        xyz, normal = epoch.points(Where.around(at, radius))
        near = cKDTree(at).query(xyz, distance_upper_bound=_NEAR * radius)[0] <= _NEAR * radius
        if one_way:
            near &= normal @ (facing / length) >= FACING
        places.append(xyz[near].astype(np.float64))
    first, second = (Surface(mesh) for mesh in surfaces)
    early, late = places
    return first.distance(early), first.distance(late), second.distance(late), second.distance(early)
