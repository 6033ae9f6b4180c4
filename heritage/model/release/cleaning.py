"""What became of a survey's points."""

from __future__ import annotations

from pydantic import Field

from heritage.model.documents import CrsVec3
from heritage.model.release.base import Matrix, ReleaseDocument


class CorrectionEntry(ReleaseDocument):
    """What one correction did: points by the label that they had."""

    id: str
    was: dict[str, int]
    becomes: str


class CleaningDocument(ReleaseDocument):
    """What became of a survey's points. ``xyz + origin_m = metres_per_unit * upright(up) @ file``, in the epoch's frame."""

    up: str
    metres_per_unit: float
    origin_m: CrsVec3
    monument_from_epoch: Matrix
    labels: dict[str, int] = Field(description="points by label")
    before: dict[str, int] = Field(description="points by label as cleaning gave them, before any correction")
    corrections: tuple[CorrectionEntry, ...] = Field(
        (), description="in the order in which they were applied"
    )
