"""How well places can be carried from one CRS to another here: datums, and the grids that PROJ has or has not."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Final

import pyproj
from pyproj.transformer import AreaOfInterest, TransformerGroup

from heritage.model.frames import plan_of

_GOOD_M: Final = (
    1.0  # what the registry states of the best way without a grid in most countries, Vietnam's too
)


@dataclass(frozen=True)
class DatumShift:
    """``accuracy_m``: what the registry states of the way, 0 within one datum, None where PROJ knows no way and takes
    the two datums for the same; ``missing``: grids with which the way would be better."""

    source: str
    target: str
    accuracy_m: float | None
    missing: tuple[str, ...] = ()

    @property
    def fault(self) -> str | None:
        """What is wrong with the way, None where it is as good as can be expected."""
        way = f"from {self.source} to {self.target}"
        if self.accuracy_m is None:
            return f"PROJ knows no way {way}: the two datums were taken for the same, which may be hundreds of metres off"
        if self.missing:
            grids = ", ".join(self.missing)
            return f"the way {way} is good to {self.accuracy_m:g} m only: PROJ's grid {grids} is missing here"
        if self.accuracy_m > _GOOD_M:
            return f"the way {way} is good to {self.accuracy_m:g} m only, says the registry"
        return None


def datum_shift(source: pyproj.CRS, target: pyproj.CRS, lon_deg: float, lat_deg: float) -> DatumShift:
    """The way that PROJ takes in plan near a place. Where a grid is missing it takes a poorer one in silence; this says so."""
    near = AreaOfInterest(lon_deg - 0.01, lat_deg - 0.01, lon_deg + 0.01, lat_deg + 0.01)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # it says in words what is asked for here
        ways = TransformerGroup(plan_of(source), plan_of(target), always_xy=True, area_of_interest=near)
    names = plan_of(source).name, plan_of(target).name
    if not ways.transformers or ways.transformers[0].accuracy < 0:
        return DatumShift(*names, None)
    unable = () if ways.best_available else ways.unavailable_operations[:1]
    missing = sorted({grid.short_name for way in unable for grid in way.grids if not grid.available})
    return DatumShift(*names, float(ways.transformers[0].accuracy), tuple(missing))
