"""Which points of a cloud a piece of work needs: those near some places."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from heritage.model.arrays import F32, F64, Bool
from heritage.model.octree import I64

_BITS = 20


@dataclass(frozen=True, eq=False)
class Where:
    """A box from ``low`` to ``high`` (3,), metres; and, with ``keys``, in it only the cubes of ``size`` metres so named."""

    low: F64
    high: F64
    size: float = 0.0
    keys: I64 | None = None

    @classmethod
    def around(cls, places: F32 | F64, reach_m: float) -> Where:
        """The box that holds everything within ``reach_m`` of ``places`` (n, 3), n > 0."""
        return cls(places.min(0).astype(np.float64) - reach_m, places.max(0).astype(np.float64) + reach_m)

    @classmethod
    def along(cls, at: F64, direction: F64, steps: F64, reach_m: float) -> Where:
        """Everything within ``reach_m`` of ``at`` + step ``direction`` (n, 3), n > 0, for each of ``steps`` (k,); and more."""
        span = np.abs(direction) * np.abs(steps).max()
        low, high = (at - span).min(0) - 2 * reach_m, (at + span).max(0) + 2 * reach_m
        # Larger cubes where a million would not span the box.
        size = max(reach_m, float((high - low).max()) / ((1 << _BITS) - 8))
        where = cls(low, high, size)
        found = [np.unique(where._cubes(at + step * direction)) for step in steps]
        keys = np.unique(np.concatenate(found))
        for axis in range(3):  # with the cubes beside, and so those at edges and corners
            one = np.int64(1) << axis * _BITS
            keys = np.unique(np.concatenate([keys - one, keys, keys + one]))
        return cls(low, high, size, keys)

    def holds(self, xyz: F32) -> Bool:
        """(n,) for points (n, 3)."""
        inside = np.ones(len(xyz), bool)
        for axis in range(3):
            place = xyz[:, axis].astype(np.float64)
            inside &= (place >= self.low[axis]) & (place <= self.high[axis])
        if self.keys is not None:
            rows = np.flatnonzero(inside)
            cubes = self._cubes(xyz[rows].astype(np.float64))
            place = np.minimum(np.searchsorted(self.keys, cubes), len(self.keys) - 1)
            inside[rows] = self.keys[place] == cubes
        return inside

    def _cubes(self, xyz: F64) -> I64:
        index = np.floor((xyz - self.low) / self.size).astype(np.int64) + 1
        return np.asarray((index[:, 2] << 2 * _BITS) | (index[:, 1] << _BITS) | index[:, 0])
