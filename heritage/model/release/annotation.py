"""What is written on a monument, and the words of the condition mapping."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from heritage.model.release.base import ReleaseDocument


class CarriedEntry(ReleaseDocument):
    """Whether an annotation still holds in a later survey, by the comparison of the two."""

    epoch: str
    verdict: Literal["carried", "review", "not-comparable"] = Field(
        description="carried: the surface is the same; review: it changed; not-comparable: too little is known"
    )
    comparable: float = Field(description="share of it where anything is known, 0 to 1")
    unchanged: float = Field(description="share of that within the level of detection, 0 to 1")


class AnnotationEntry(ReleaseDocument):
    """Content anchored to the monument: a point, a line or an area of its surface."""

    id: str
    title: dict[str, str]
    html: dict[str, str]
    position_m: tuple[float, float, float] = Field(description="the point, or a place in the middle of it")
    normal: tuple[float, float, float] | None = None
    epoch: str | None = Field(None, description="the survey it was seen in; none: all conditions")
    shape: Literal["point", "line", "area"] = "point"
    vertices_m: tuple[tuple[float, float, float], ...] = Field(
        (), description="as drawn; an area's outline closes by itself"
    )
    length_m: float | None = Field(None, description="of a line, along the surface")
    area_m2: float | None = Field(None, description="of an area, on the surface")
    term: str | None = Field(None, description="of the release's vocabulary")
    carried: tuple[CarriedEntry, ...] = Field((), description="in later surveys")


class TermEntry(ReleaseDocument):
    """A word of the condition mapping; its place in the vocabulary decides its colour and pattern."""

    id: str
    label: dict[str, str]
    definition: dict[str, str] = Field(default_factory=dict)
    broader: str | None = None
    uri: str | None = None
