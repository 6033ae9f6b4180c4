"""Weighted values in whole steps: small however many there were, and their percentiles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F64
from heritage.model.octree import I64


@dataclass(frozen=True, eq=False)
class Tally:
    """Distinct ``step`` (k,) int64, ascending, and the ``weight`` (k,) float64 of each."""

    step: I64
    weight: F64

    @classmethod
    def of(cls, values: npt.NDArray[np.floating], weight: F64, size: float) -> Tally:
        """Of finite ``values`` (n,), each rounded to a multiple of ``size``."""
        return cls._gathered(np.rint(values.astype(np.float64) / size).astype(np.int64), weight)

    @classmethod
    def joined(cls, parts: Iterable[Tally]) -> Tally:
        """Of all values of ``parts``."""
        held = list(parts)
        if not held:
            return cls(np.zeros(0, np.int64), np.zeros(0))
        return cls._gathered(np.concatenate([p.step for p in held]), np.concatenate([p.weight for p in held]))

    @classmethod
    def _gathered(cls, step: I64, weight: F64) -> Tally:
        distinct, place = np.unique(step, return_inverse=True)
        return cls(distinct, np.bincount(place, weight, len(distinct)).astype(np.float64))

    def sizes(self) -> Tally:
        """Of the values without their signs."""
        return self._gathered(np.abs(self.step), self.weight)

    def percentile(self, q: float) -> int:
        """The step below which, itself included, ``q`` per cent of the weight lie. Needs a value."""
        total = np.cumsum(self.weight)
        return int(self.step[min(int(np.searchsorted(total, q / 100 * total[-1])), len(total) - 1)])
