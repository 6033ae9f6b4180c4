"""Plans that lie far from all others: slips of a digit, exchanged coordinates, strays of another project."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from heritage.model.arrays import F64, Bool

_FEWEST = 5  # with fewer plans there is no "all others"
_MAIN_BODY = 0.9  # share of the plans that says how large the site is


@dataclass(frozen=True)
class Outlying:
    """Where the body of plans is and which plans lie outside of it.

    ``middle`` is in the unit of the coordinates, ``radius_m`` and ``distances_m`` (one per row of ``rows``,
    from the middle) in metres. ``exchanged[k]`` is whether plan ``rows[k]`` would lie within the body if x
    and y changed places.
    """

    middle: tuple[float, float]
    radius_m: float
    rows: tuple[int, ...]
    distances_m: F64
    exchanged: Bool


def outlying_plans(
    centres: F64, unit_m: tuple[float, float], *, times: float = 10.0, least_m: float = 1000.0
) -> Outlying | None:
    """Plans more than ``times`` the body's radius, and ``least_m``, away from its middle; None below 5 plans.

    ``centres`` is (n, 2), ``unit_m`` the metres of one unit of x and of y (degrees have two lengths). The
    middle is the median per axis, the radius the distance within which nine tenths of the plans lie:
    neither moves much as long as fewer than a tenth of them are astray.
    """
    if len(centres) < _FEWEST:
        return None
    middle = np.median(centres, axis=0)

    def away(places: F64) -> F64:
        return np.asarray(np.hypot(*((places - middle) * unit_m).T))

    distances = away(centres)
    radius = float(np.quantile(distances, _MAIN_BODY))
    limit = max(times * radius, least_m)
    rows = np.flatnonzero(distances > limit)
    exchanged = away(centres[rows, ::-1]) <= limit
    place = (float(middle[0]), float(middle[1]))
    return Outlying(place, radius, tuple(rows.tolist()), distances[rows], exchanged)
