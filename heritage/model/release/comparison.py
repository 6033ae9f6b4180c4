"""Two surveys of a monument compared."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from heritage.model.documents import View
from heritage.model.release.base import Box, ReleaseDocument


class ComparisonEntry(ReleaseDocument):
    """``compared`` seen from ``reference``: a vertex attribute on the tiles of ``compared``."""

    reference: str
    compared: str
    attribute: str = Field(
        description="glTF attribute, VEC2 of signed normalised 16-bit: (distance, LoD95) / scale_m"
    )
    scale_m: float
    no_data: int = -32768
    sidecar: str
    reports: dict[str, str] = Field(
        default_factory=dict, description="the condition report to print, a page per language"
    )


class Histogram(ReleaseDocument):
    """Area of the compared surface by signed distance. ``area_m2`` has one value per bin."""

    edges_m: tuple[float, ...]
    area_m2: tuple[float, ...]


class RegionEntry(ReleaseDocument):
    """A connected piece of the compared surface, all of it beyond LoD95 and changed one way. Lost is negative."""

    id: str = Field(description="r1, r2, ... by volume, the largest first")
    kind: Literal["gained", "lost"]
    area_m2: float
    volume_m3: float | None = Field(
        description="none where it is deep for its width and the two surfaces do not close around what changed"
    )
    volume_sigma_m3: float | None = Field(
        description="1 sigma of the points' noise, of the alignment, which errs alike over all of the region, and of an "
        "enclosed volume also of the surfaces and of what is in doubt"
    )
    volume_by: Literal["distance", "enclosed"] | None = Field(
        "distance",
        description="distance times area, or what the two surfaces enclose: where it is deep for its width",
    )
    alone: bool = Field(
        False,
        description="a thing that stands in one survey only, gone whole or new: its area is that survey's surface, its distances "
        "are to the nearest point of the other",
    )
    mean_m: float = Field(description="distance, by area")
    median_m: float = Field(description="distance, by area")
    greatest_m: float = Field(description="the distance farthest from nought")
    centre_m: tuple[float, float, float]
    bounds: Box
    view: View = Field(description="the region fills it and is not hidden; monument frame")
    picture: str | None = Field(None, description="what is seen there, in the colours of change")


class RegionSum(ReleaseDocument):
    """Regions that are not listed one by one, together."""

    count: int = 0
    area_m2: float = 0.0
    gained_m3: float = 0.0
    lost_m3: float = 0.0


class ComparisonSettings(ReleaseDocument):
    """What distances and LoD95 were measured with."""

    spacing_m: float = Field(description="of the thinner epoch's points")
    radius_m: float = Field(description="of the cylinder whose points make a place")
    reach_m: float = Field(description="greatest distance looked for")
    least_points: int = Field(description="of each epoch, for a place to be comparable")
    confidence: float = Field(0.95, description="of the level of detection")


class ComparisonDocument(ReleaseDocument):
    """``monuments/<id>/compare/<reference>--<compared>.json``."""

    reference: str
    compared: str
    method: str
    settings: ComparisonSettings
    registration_m: float = Field(description="error of aligning the epochs, 1 sigma, part of LoD95")
    lod95_m: float = Field(description="median over the comparable area")
    comparable_area_m2: float
    not_comparable_area_m2: float
    changed_area_m2: float = Field(description="beyond LoD95")
    gained_m3: float = Field(description="of all regions that have a volume")
    lost_m3: float
    p05_m: float
    median_m: float
    p95_m: float
    histogram: Histogram
    regions: tuple[RegionEntry, ...] = Field(description="of change, the largest volume first")
    regions_left_out: RegionSum = Field(description="the smaller ones, where there are too many to list")
