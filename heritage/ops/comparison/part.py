"""What one block holds of a region of change, and several such parts as one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from heritage.model.arrays import F32, I32, triple
from heritage.ops.comparison.tally import Tally

Vec = tuple[float, float, float]

# Of a region's width, the root of its area: distance times area is off by about the depth's share of the width.
_TALL = 0.15


@dataclass(frozen=True, eq=False)
class Part:
    """What one block holds of a region. ``volume_m3`` is the sum of distances times area, ``noise`` of their variances times
    area, m^4, ``moment`` of places times area, ``facing`` of normals times area; ``cubes`` (k, 3) are where it is, ``spots``
    (k, 3) the place in each that changed most, by ``depths`` (k,) metres; ``border`` (b, 3) are the places it shares with other
    blocks.
    """

    area_m2: float
    volume_m3: float
    noise: float
    moment: Vec
    facing: Vec
    low_m: Vec
    high_m: Vec
    greatest_m: float
    distances: Tally
    cubes: I32
    spots: F32
    depths: F32
    border: F32

    @property
    def gained(self) -> bool:
        """Whether material was added; it was lost otherwise."""
        return self.volume_m3 > 0

    @property
    def tall(self) -> bool:
        """Whether distance times area is no volume, as it is deep for its width."""
        return abs(self.greatest_m) > _TALL * math.sqrt(self.area_m2)


def one_of(held: Sequence[Part]) -> Part:
    """Several parts as one."""
    if len(held) == 1:
        return held[0]

    def summed(name: str) -> Vec:
        return triple(np.array([math.fsum(getattr(part, name)[k] for part in held) for k in range(3)]))

    return Part(
        math.fsum(part.area_m2 for part in held),
        math.fsum(part.volume_m3 for part in held),
        math.fsum(part.noise for part in held),
        summed("moment"),
        summed("facing"),
        triple(np.min([part.low_m for part in held], axis=0)),
        triple(np.max([part.high_m for part in held], axis=0)),
        max((part.greatest_m for part in held), key=lambda d: (abs(d), d)),
        Tally.joined(part.distances for part in held),
        *thinned(
            *(np.concatenate([getattr(p, name) for p in held]) for name in ("cubes", "spots", "depths"))
        ),
        np.concatenate([part.border for part in held]),
    )


def thinned(cubes: I32, places: F32, depths: F32) -> tuple[I32, F32, F32]:
    """Each of ``cubes`` (n, 3) once, with that of its ``places`` (n, 3) whose depth (n,) is greatest, and this."""
    order = np.lexsort((*places.T[::-1], -np.abs(depths), *cubes.T[::-1]))
    cubes, places, depths = cubes[order], places[order], depths[order]
    first = np.concatenate([[True], (np.diff(cubes, axis=0) != 0).any(1)])
    return cubes[first], places[first], depths[first]


def section(radius_m: float) -> float:
    """Square metres of a cylinder's section: places that are measured with the same points err alike."""
    return math.pi * radius_m**2
