"""Measure a placement: the height of the ground, the overlap with the footprint, the residuals of its walls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from heritage.model.arrays import F64, Similarity
from heritage.ops.placement.footprint_edges import Edges
from heritage.ops.placement.footprint_fit import Held
from heritage.ops.placement.footprint_plan import Prepared
from heritage.ops.placement.walls import DOOR_M, Cells, covered_area

_LEAST_POINTS: Final = 24
_NEAR_GROUND_M: Final = 3.0
_EAVES_M: Final = 2.5  # above the ground: where people pass under a roof it does not belong to the plan


@dataclass(frozen=True)
class WallResidual:
    """One edge of the footprint: ends in the site frame, and how the monument's walls lie along it (outward is
    positive). ``mean_m`` and ``rms_m`` are None where no wall was found."""

    start_m: tuple[float, float]
    end_m: tuple[float, float]
    cells: int
    mean_m: float | None
    rms_m: float | None


def foot(
    prepared: Prepared,
    cells: Cells,
    held: Held,
    edges: Edges,
    ground: F64 | None,
    level_site: Similarity,
    kind: str,
) -> tuple[float, float, str]:
    """Height of the ground in the levelled metric frame, its 1 sigma, and how it was found."""
    if ground is not None and len(ground):
        placed = level_site.apply(ground)
        near = shapely.contains_xy(
            shapely.transform(edges.plan, lambda xy: xy + edges.centre).buffer(_NEAR_GROUND_M),
            placed[:, 0],
            placed[:, 1],
        )
        if near.sum() >= _LEAST_POINTS:
            z = placed[near, 2] / held.pose.scale
            return (
                float(np.median(z)),
                _spread(z),
                f"{int(near.sum())} ground points within {_NEAR_GROUND_M:g} m",
            )
    if kind == "outline":
        z = prepared.xyz[:, 2]
        return (
            float(np.percentile(z, 1)),
            float(np.ptp(np.percentile(z, [1, 50]))),
            "lowest points: no wall was seen",
        )
    has_foot = np.isfinite(cells.base)
    belongs = has_foot & (held.hold > 0.25)
    base = cells.base[belongs if belongs.any() else has_foot]
    low = np.sort(base)[: max(1, len(base) // 2)]
    return float(np.median(low)), _spread(low), "foot of the walls: median of the lower half"


def _spread(z: F64) -> float:
    """Half the middle 68 %: 1 sigma of a normal distribution, untouched by the tails."""
    return max(float(np.ptp(np.percentile(z, [16, 84]))) / 2, 0.01)


def overlap(prepared: Prepared, edges: Edges, placed: F64, ground: float, *, kind: str, kerb: float) -> float:
    """Intersection over union of the footprint with the cloud's plan, in which eaves, neighbours and what lies on
    the ground do not count as built area outside. ``placed`` (n, 2) the points about the footprint's centre,
    ``ground`` the height of the ground among them and ``kerb`` what lies on it, metres."""
    cell = max(2 * prepared.spacing, edges.radius / 100)
    height = prepared.xyz[:, 2] - ground
    low = (height > kerb) & ((height < _EAVES_M) | (kind == "outline"))
    covered = covered_area(placed, cell=cell, gap=DOOR_M).centres
    inside = float(shapely.contains_xy(edges.plan, covered[:, 0], covered[:, 1]).sum()) * cell**2
    beside = covered_area(placed[low], cell=cell, gap=0.0).centres
    built = edges.plan.union(edges.beside)
    outside = float((~shapely.contains_xy(built, beside[:, 0], beside[:, 1])).sum()) * cell**2
    return min(inside / (edges.plan.area + outside), 1.0)


def wall_residuals(cells: Cells, edges: Edges, held: Held) -> tuple[WallResidual, ...]:
    """One row per edge of the footprint, in its order."""
    belongs = held.hold > 0.25
    rows = []
    for e in np.flatnonzero(edges.own):
        r = held.residual[belongs & (held.edge == e)] + held.inset_m
        start = edges.start[e] + edges.centre
        end = start + edges.length[e] * edges.along[e]
        rows.append(
            WallResidual(
                (float(start[0]), float(start[1])),
                (float(end[0]), float(end[1])),
                len(r),
                float(r.mean()) if len(r) else None,
                float(np.sqrt((r**2).mean())) if len(r) else None,
            )
        )
    return tuple(rows)
