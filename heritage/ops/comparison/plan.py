"""How change is to be measured: as asked for, and worked out for two epochs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import Field

from heritage.model.arrays import F64
from heritage.model.documents import Document, Positive
from heritage.model.errors import InputError


class CompareOptions(Document):
    """How change is measured."""

    radius: Positive = Field(3.0, description="cylinder's radius in spacings of the thinner epoch")
    radius_m: Positive | None = Field(None, description="the same in metres")
    reach_m: Positive | None = Field(
        None,
        description="greatest distance looked for, metres; default: 5 % of the compared surface's diagonal",
    )
    least_points: int = Field(
        8, ge=3, le=1_000, description="points of each epoch that make a place comparable"
    )
    normals: Literal["planes", "mesh"] = Field(
        "planes",
        description="measure across the flattest plane through the points, or along the mesh's normals",
    )
    normal_scales: tuple[Positive, ...] = Field(
        (1.0, 2.0),
        min_length=1,
        max_length=8,
        description="balls that planes are laid through, in cylinder radii",
    )
    smoothing: int = Field(
        3, ge=0, le=100, description="rounds in which a vertex takes its neighbours' mean normal in the mesh"
    )
    unchanged_min: float = Field(
        0.05, ge=0, le=1,
        description="less of what can be compared unchanged is a mistake of alignment or scale; 0 where all may have changed",
    )  # fmt: skip
    uneven: float = Field(
        0.1, ge=0, le=1, allow_inf_nan=False,
        description="how unevenly two surveys may have seen relief, as a share of a cylinder's scatter; 0: LoD95 as in the paper",
    )  # fmt: skip


@dataclass(frozen=True)
class ComparePlan:
    """What is the same for all pieces. ``step_m`` is how finely distances are told apart in statistics, ``rings``
    how far from a piece its surroundings matter."""

    spacing_m: float
    radius_m: float
    reach_m: float
    registration_m: float
    least_points: int
    smoothing: int
    normal_radii_m: tuple[float, ...]
    uneven: float
    unchanged_min: float
    longest_edge_m: float

    @property
    def step_m(self) -> float:
        """A power of two, some thousandths of a spacing."""
        return float(2.0 ** np.floor(np.log2(self.radius_m / 2**12)))

    @property
    def rings_m(self) -> float:
        """Triangles no farther than this from a vertex may have a part in its direction."""
        return (self.smoothing + 1) * self.longest_edge_m


def plan_comparison(
    spacing_m: float,
    low: F64,
    high: F64,
    longest_edge_m: float,
    registration_m: float,
    options: CompareOptions,
) -> ComparePlan:
    """``spacing_m`` of the thinner epoch's points; ``low`` and ``high`` (3,) bound the compared surface.

    Raises InputError where the points have no spacing and no radius is given.
    """
    radius = options.radius_m or options.radius * spacing_m
    if not radius > 0:
        raise InputError(
            "compare", "points that all lie in one place", "points of a surface",
            "give compare.radius_m, or another scan", code="compare-empty",
        )  # fmt: skip
    return ComparePlan(
        spacing_m,
        radius,
        options.reach_m or 0.05 * float(np.linalg.norm(high - low)),
        registration_m,
        options.least_points,
        options.smoothing,
        tuple(scale * radius for scale in options.normal_scales) if options.normals == "planes" else (),
        options.uneven,
        options.unchanged_min,
        longest_edge_m,
    )
