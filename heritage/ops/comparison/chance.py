"""How far off noise alone comes somewhere, among so many places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import stdtrit

from heritage.model.arrays import F64
from heritage.ops.comparison.part import section
from heritage.ops.comparison.plan import ComparePlan

CHANCE: Final = 4.0  # sigma: of some ten thousand places noise makes about one so far off


@dataclass(frozen=True)
class Chance:
    """Of ``places`` that are measured with points of their own, each with ``freedom`` degrees of freedom."""

    places: float
    freedom: float

    @classmethod
    def over(cls, area_m2: float, plan: ComparePlan) -> Chance:
        """Of a surface that can be compared: as many places as cylinder sections cover it, each with the fewest points."""
        return cls(area_m2 / section(plan.radius_m), 2.0 * (plan.least_points - 1))

    def sigmas(self, sections: F64) -> F64:
        """(n,) by how many estimated sigmas noise puts one of all places off, if each is a mean over ``sections`` (n,).

        Student's quantile (Welch's degrees of freedom, of both epochs' points) that one in ``places`` exceeds, on either side;
        no less than ``CHANCE``.
        """
        if self.places <= 1:
            return np.full(np.shape(sections), CHANCE)
        limit = -stdtrit(self.freedom * np.maximum(sections, 1.0), 0.5 / self.places)
        return np.asarray(np.maximum(limit, CHANCE), np.float64)

    @property
    def sure(self) -> float:
        """The same where sigma itself is known and not estimated from a few points."""
        return float(self.sigmas(np.array(np.inf)))
