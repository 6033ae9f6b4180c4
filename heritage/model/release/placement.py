"""How what stands on the map came to its place, and how well that is known."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from heritage.model.documents import Decided
from heritage.model.placement_reason import PlacementReason
from heritage.model.release.base import Matrix, ReleaseDocument


class Candidate(ReleaseDocument):
    """A placement that fits nearly as well."""

    heading_deg: float
    east_m: float
    north_m: float
    score: float = Field(description="relative to the chosen one's, 1 = as good")
    footprint: str | None = Field(None, description="on another footprint than the chosen one")


class Placement(ReleaseDocument):
    """Where a monument stands and how well that is known."""

    method: Literal["footprint", "gcp", "crs", "prior", "hand", "none"]
    settled: bool = Field(description="false: shown as 'placement not settled'")
    reasons: tuple[PlacementReason, ...] = Field(
        (), description="what it was placed by, and what speaks against it"
    )
    reason: str = Field("", description="in older releases: the same as a sentence in English")
    site_from_monument: Matrix
    scale: float
    heading_deg: float
    rms_m: float | None = None
    check_rms_m: float | None = None
    iou: float | None = None
    sigma_m: float | None = Field(None, description="1 sigma of the horizontal position")
    candidates: tuple[Candidate, ...] = ()
    footprint: str | None = Field(None, description="the ground plan it was laid on, named or chosen")
    decided: Decided | None = Field(None, description="whose word it is, where a person decided")


class StatePlacementEntry(ReleaseDocument):
    """How a state's model came into the monument frame, and how well that is known."""

    method: Literal["frame", "gcp", "footprint"]
    settled: bool = Field(description="false: another place fits as well")
    reasons: tuple[PlacementReason, ...] = ()
    reason: str = Field("", description="in older releases: the same as a sentence in English")
    monument_from_state: Matrix
    scale: float
    rms_m: float | None = None
    check_rms_m: float | None = None
    iou: float | None = None
    sigma_m: float | None = None
