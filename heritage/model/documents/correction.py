"""``monuments/<id>/corrections/<epoch>.yaml``: what a person knows better than the cleaning of a survey."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from heritage.model.documents.base import CrsVec3, Document, Id, Number, Positive, Text, Vec2, Vec3
from heritage.model.limits import BRUSH_PLACES, CORRECTIONS, LASSO_CELLS, LASSO_CORNERS

# A duplicate is a fact, not an opinion; and what a scanner doubts is not for a person to doubt as it does.
Correctable = Literal["kept", "outlier", "fragment", "vegetation", "ground", "halo", "low_confidence"]
Corrected = Literal["kept", "outlier", "fragment", "vegetation", "ground", "halo"]
_SHORTEST: Final = 1e-6


class Brush(Document):
    """Balls in the epoch's frame, as a brush leaves them: every point in one of them is meant."""

    radius_m: Annotated[Positive, Field(le=1000)] = Field(description="of the balls, metres")
    at_m: Annotated[tuple[Vec3, ...], Field(strict=False, min_length=1, max_length=BRUSH_PLACES)] = Field(
        description="their middles, x y z in metres"
    )


class Seen(Document):
    """What may be seen through: nothing nearer the eye, in its cell of the picture, than the foremost point."""

    cell: Positive = Field(
        le=1, description="side of a cell, in the outline's unit: how large a point stands in the way"
    )
    behind_m: Positive = Field(
        description="how far behind the foremost point of its cell a point is still meant"
    )


class Lasso(Document):
    """An outline in the picture that an eye has: every point whose line of sight passes through it is meant."""

    eye_m: Vec3 = Field(description="where the eye is, x y z in metres in the epoch's frame")
    axis: Vec3 = Field(description="the direction it looks in; its length does not matter")
    outline: Annotated[tuple[Vec2, ...], Field(strict=False, min_length=3, max_length=LASSO_CORNERS)] = Field(
        description="corners, to the right and up over the distance along the axis (tangents); it closes by itself"
    )
    far_m: Positive | None = Field(None, description="distance along the axis beyond which nothing is meant")
    seen: Seen | None = Field(None, description="only what is seen; default: all the way through")

    @model_validator(mode="after")
    def _drawable(self) -> Lasso:
        if sum(c * c for c in self.axis) < _SHORTEST**2:
            raise ValueError("axis has no length; it is a direction")
        if self.seen is not None:
            width = max(max(side) - min(side) for side in zip(*self.outline, strict=True))
            if width > LASSO_CELLS * self.seen.cell:
                raise ValueError(f"seen.cell is too small: the outline is at most {LASSO_CELLS} cells wide")
        return self


class Correction(Document):
    """Points of some labels, in one region of the epoch's frame, get another label."""

    id: Id = Field(description="unique among the epoch's corrections")
    was: Annotated[tuple[Correctable, ...], Field(strict=False, min_length=1)] = Field(
        description="the labels that are wrong there; points with others stay as they are"
    )
    becomes: Corrected = Field(description="the label they get")
    brush: Brush | None = Field(None, description="the region as a brush leaves it; this or lasso")
    lasso: Lasso | None = Field(None, description="the region as a lasso takes it in; this or brush")
    who: Text | None = Field(None, description="who says so")
    when: date | None = Field(None, description="the day they said it")
    note: Text | None = Field(None, description="why")

    @model_validator(mode="after")
    def _says_something(self) -> Correction:
        if (self.brush is None) == (self.lasso is None):
            raise ValueError("exactly one of brush and lasso")
        if self.becomes in self.was:
            raise ValueError(f"was and becomes both say {self.becomes}; a correction changes the label")
        if len(set(self.was)) < len(self.was):
            raise ValueError("was names each label once")
        return self


class CorrectionFrame(Document):
    """What the coordinates are relative to: ``xyz + origin_m = metres_per_unit * upright(up) @ file``.

    The release's ``cleaning.json`` says it of every survey. A later build moves the regions where the origin has
    moved, and refuses them where the axis or the unit is another, for then they would lie anywhere.
    """

    up: Literal["x", "-x", "y", "-y", "z", "-z"] = Field(
        description="the file's up axis, as the build took it"
    )
    metres_per_unit: Number = Field(description="of the file's coordinates")
    origin_m: CrsVec3 = Field(description="subtracted from them, metres, z up")


class Corrections(Document):
    """``monuments/<id>/corrections/<epoch>.yaml``. They hold one after the other, so the last one wins."""

    frame: CorrectionFrame = Field(description="of all coordinates here")
    corrections: Annotated[tuple[Correction, ...], Field(strict=False, max_length=CORRECTIONS)] = Field(
        (), description="in the order in which they are applied"
    )
