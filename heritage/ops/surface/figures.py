"""Counts and figures of a surface, from those of its blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F64
from heritage.model.errors import MethodError
from heritage.model.report import Counts, Figure, balanced
from heritage.ops.surface.holes import Decision
from heritage.ops.surface.plan import MeshPlan


@dataclass(frozen=True, eq=False)
class Finished:
    """What the figures of a block's surface are made of: triangles that stay, of how many; lengths (e,) in metres of
    their open edges; and the distances (d,) in metres of some points."""

    triangles: int
    taken: int
    open_m: F64
    distance: F64


def summed(
    finished: Sequence[Finished], decision: Decision, plan: MeshPlan
) -> tuple[Counts, tuple[Figure, ...]]:
    """Counts and figures of a surface from those of its blocks. Raises MethodError where nothing is left of it."""
    taken = sum(done.taken for done in finished)
    given = sum(done.triangles for done in finished)
    if given == 0:
        raise empty()
    counts = balanced(
        "triangles", taken, given, {"no_data": decision.no_data, "small_piece": decision.small_piece}
    )
    rim: npt.NDArray[np.float64] = np.concatenate([done.open_m for done in finished])
    distance = np.concatenate([done.distance for done in finished])
    return counts, (
        Figure(
            name="spacing",
            value=plan.spacing,
            unit="m",
            method="median over points: side of the square of surface that holds one",
        ),
        Figure(name="cell", value=plan.size, unit="m", method="side of the finest cells"),
        Figure(name="triangles", value=given, unit="1", method="after trimming"),
        Figure(name="area", value=decision.area_m2, unit="m2", method="sum of triangles"),
        Figure(
            name="filled_holes",
            value=decision.filled,
            unit="1",
            method=f"enclosed holes up to {plan.fill_m:.3g} m wide, filled and marked",
        ),
        Figure(name="filled_area", value=decision.filled_area_m2, unit="m2", method="sum of their triangles"),
        *_of_distances(distance),
        Figure(
            name="open_edges",
            value=len(rim),
            unit="1",
            method="edges with one triangle: holes and the surface's rim",
        ),
        Figure(name="open_length", value=float(rim.sum()), unit="m", method="summed length of open edges"),
    )


def _of_distances(distance: F64) -> tuple[Figure, ...]:
    if len(distance) == 0:  # every block is smaller than its margin
        return ()
    how = f"distance from {len(distance)} points to the surface"
    return (
        Figure(name="points_to_surface_mean", value=float(distance.mean()), unit="m", method=how),
        Figure(
            name="points_to_surface_p95",
            value=float(np.percentile(distance, 95)),
            unit="m",
            method=f"{how}, 95 %",
        ),
    )


def empty() -> MethodError:
    """What to raise where nothing is left of a surface."""
    return MethodError(
        "mesh",
        "no surface near the points",
        "a surface",
        "check the cloud and mesh.trim",
        code="mesh-empty",
    )
