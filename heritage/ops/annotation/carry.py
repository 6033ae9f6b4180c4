"""Whether what was mapped in one epoch can be carried to a later one: is the surface there still the same?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from heritage.model.arrays import F32, F64
from heritage.ops.annotation.patch import Surface
from heritage.ops.meshes.nearest import change_at

Verdict = Literal["carried", "review", "not-comparable"]

# LoD95 itself calls 5 % of an unchanged surface changed, and neighbouring places err together.
UNCHANGED_SHARE = 0.9
COMPARABLE_SHARE = 0.5
_GONE_LODS, _GONE_M = 4.0, 0.05  # no surface within these of where it was: it is gone, whatever is behind it


@dataclass(frozen=True)
class Carried:
    """``comparable``: share of the places where anything is known; ``unchanged``: share of those within LoD95."""

    verdict: Verdict
    comparable: float
    unchanged: float


def carried(places: F64, surface: Surface, change: F32, lod95_m: float) -> Carried:
    """Of ``places`` (n, 3) on the earlier surface; ``surface`` carries ``change`` (v, 2): distance and LoD95, metres, NaN
    where not comparable. ``lod95_m`` is the comparison's, for places where the surface is gone."""
    if not len(places) or not len(surface.triangles):
        return Carried("not-comparable", 0.0, 0.0)
    _, place = surface.nearest(places)
    triangles = surface.triangles.astype(np.int32)
    distance, lod = change_at(place, change[:, None], triangles)[:, 0].T
    gone = place.distance > max(_GONE_LODS * lod95_m, _GONE_M)
    known = np.isfinite(distance) | gone
    same = known & ~gone & (np.abs(np.nan_to_num(distance)) <= np.nan_to_num(lod))
    comparable = float(known.mean())
    unchanged = float(same.sum() / known.sum()) if known.any() else 0.0
    if comparable < COMPARABLE_SHARE:
        return Carried("not-comparable", comparable, unchanged)
    return Carried("carried" if unchanged >= UNCHANGED_SHARE else "review", comparable, unchanged)
