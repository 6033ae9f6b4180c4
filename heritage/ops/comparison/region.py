"""A region of change as it is told: where, how much, and how sure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from heritage.model.arrays import F32, F64, triple
from heritage.ops.comparison.part import Part, Vec, section
from heritage.ops.comparison.plan import ComparePlan


@dataclass(frozen=True, eq=False)
class Region:
    """Surface that changed one way, in the common frame: where, and how much.

    ``facing`` is the sum of its outward normals by area, square metres: short where it faces all ways. Mean and median
    are by area. ``volume_m3`` is distance times area, or of a tall region what both surfaces enclose (`enclosed`); none
    where they do not; ``volume_sigma_m3`` is its 1 sigma. ``spots`` (k, 3) are a place in each cube of a cylinder's radius.
    What is ``alone`` is surface that one epoch only has (`alone`): of the reference where it was lost; distances are then to the
    nearest point of the other epoch.
    """

    centre_m: Vec
    low_m: Vec
    high_m: Vec
    facing: Vec
    area_m2: float
    mean_m: float
    median_m: float
    greatest_m: float
    spots: F32
    volume_m3: float | None
    volume_sigma_m3: float | None
    volume_by: Literal["distance", "enclosed"] | None = "distance"
    alone: bool = False

    @property
    def gained(self) -> bool:
        """Whether material was added; it was lost otherwise."""
        return self.mean_m > 0

    def moved(self, by: F64) -> Region:
        """The same ``by`` (3,) farther."""
        centre, low, high = (
            triple(np.asarray(place) + by) for place in (self.centre_m, self.low_m, self.high_m)
        )
        spots = (self.spots + by).astype(np.float32)
        return replace(self, centre_m=centre, low_m=low, high_m=high, spots=spots)


def region_of(part: Part, plan: ComparePlan) -> Region:
    """A region that is all in one part; its volume is distance times area.

    The volume's variance is the sum of every place's variance times its area times the area over which errors hang
    together: places measured with the same points err alike, and how much two discs of pi r^2 overlap sums to pi r^2
    over all shifts. The registration's error is common to all of a region: area times it, squared, comes on top.
    """
    area = part.area_m2
    noise = part.noise * min(area, section(plan.radius_m))
    return Region(
        triple(np.array(part.moment) / area),
        part.low_m,
        part.high_m,
        part.facing,
        area,
        part.volume_m3 / area,
        part.distances.percentile(50) * plan.step_m,
        part.greatest_m,
        part.spots,
        part.volume_m3,
        math.sqrt(noise + (area * plan.registration_m) ** 2),
    )


def by_size(regions: Sequence[Region]) -> tuple[Region, ...]:
    """Largest volume first; one without a volume counts as distance times area."""

    def size(region: Region) -> float:
        return abs(region.mean_m * region.area_m2 if region.volume_m3 is None else region.volume_m3)

    return tuple(sorted(regions, key=lambda region: (-size(region), region.centre_m)))
