"""``tours/<id>/tour.yaml``."""

from __future__ import annotations

import math
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from heritage.model.documents.base import (
    Document,
    Hour,
    Id,
    Language,
    Local,
    RelativePath,
    Text,
    Vec2,
    Vec3,
    View,
)
from heritage.model.limits import FLIGHT_POINTS, TOUR_STOPS

SHORTEST_CUT_M = 0.01  # two points nearer to each other give no direction


class Shown(Document):
    """What a stop shows: one epoch or one state."""

    epoch: Id | None = Field(None, description="a measured condition")
    state: Id | None = Field(None, description="an interpreted condition")

    @model_validator(mode="after")
    def _one(self) -> Shown:
        if (self.epoch is None) == (self.state is None):
            raise ValueError("exactly one of epoch and state")
        return self


class Comparing(Document):
    """Two conditions on one screen."""

    left: Shown = Field(description="the condition on the left; for change, the pair's reference")
    right: Shown = Field(description="the condition on the right; for change, the pair's compared")
    mode: Literal["swipe", "side", "blend", "overlay", "change"] = Field(
        "swipe",
        description="a line to drag, side by side, a fade, the right one (a state) laid over the left one (an epoch), or "
        "the change map",
    )
    position: Annotated[float, Field(ge=0, le=1)] = Field(
        0.5, description="where line or fade begins: 0 left, 1 right; of an overlay, its opacity"
    )


class Sunlight(Document):
    """The sun of a day and an hour, at the site; it lights the map, for surveys keep the light of their own day."""

    day: date = Field(description="a day such as 2024-06-21")
    time: Hour = Field(description='the hour there, such as "07:30"')


class Place(Document):
    """Where a visitor stands in the real world, who walks the tour outdoors."""

    lon: Annotated[float, Field(ge=-180, le=180)] | None = Field(
        None, description="longitude, degrees, WGS 84"
    )
    lat: Annotated[float, Field(ge=-90, le=90)] | None = Field(None, description="latitude, degrees, WGS 84")
    at_m: Vec2 | None = Field(None, description="instead: x y in the monument frame, metres")

    @model_validator(mode="after")
    def _one(self) -> Place:
        degrees = (self.lon, self.lat)
        if degrees.count(None) == 1 or (None in degrees) == (self.at_m is None):
            raise ValueError("either lon and lat, or at_m")
        return self


class FlightPoint(Document):
    """A control point of a flight: where the camera is drawn to, and what it looks at there."""

    eye_m: Vec3 = Field(description="x y z in the monument frame, metres")
    target_m: Vec3 = Field(description="x y z in the monument frame, metres")

    @model_validator(mode="after")
    def _apart(self) -> FlightPoint:
        if math.dist(self.eye_m, self.target_m) < SHORTEST_CUT_M:
            raise ValueError("eye_m and target_m are the same point; they must differ")
        return self


class Move(Document):
    """How the camera comes to the stop."""

    seconds: Annotated[float, Field(ge=0, le=60)] = Field(4.0, description="length of the flight, seconds")
    easing: Literal["smooth", "linear", "cut"] = Field("smooth", description="cut: no flight")
    via: Annotated[tuple[FlightPoint, ...], Field(strict=False, max_length=FLIGHT_POINTS)] = Field(
        (),
        description="a flight drawn by hand: control points of its spline, which it bends towards; default: the build leads it "
        "around what stands between",
    )


class SectionPlane(Document):
    """A plane that cuts what a stop shows: across an axis of the monument frame, or upright through two points."""

    across: Literal["x", "y", "z"] | None = Field(
        None, description="the axis the plane is square to; z is a plan"
    )
    at_m: Local | None = Field(None, description="where on that axis, metres")
    from_m: Vec2 | None = Field(
        None, description="an upright plane instead: x y of its left end as it is drawn, metres"
    )
    to_m: Vec2 | None = Field(None, description="x y of its right end, metres")

    @model_validator(mode="after")
    def _one(self) -> SectionPlane:
        across, ends = (self.across, self.at_m), (self.from_m, self.to_m)
        if (None in across) == (None in ends) or across.count(None) == 1 or ends.count(None) == 1:
            raise ValueError("either across and at_m, or from_m and to_m")
        if self.from_m and self.to_m and math.dist(self.from_m, self.to_m) < SHORTEST_CUT_M:
            raise ValueError(f"from_m and to_m must lie {SHORTEST_CUT_M:g} m apart or more")
        return self


FindingCode = Literal[
    "view-hidden",
    "view-enclosed",
    "annotation-hidden",
    "flight-pierces",
    "flight-fast",
    "stop-too-short",
    "captions-length",
    "captions-missing",
    "picture-without-words",
    "question-missing",
    "place-far",
    "translation-empty",
    "translation-outdated",
    "state-without-name",
    "section-empty",
]


TourFindingCode = Literal["translation-empty", "translation-outdated", "picture-without-words"]


class Stop(Document):
    """One stop of a tour."""

    id: Id = Field(description="unique in the tour; the heading of its words")
    show: Shown | None = Field(None, description="default: the reference epoch")
    compare: Comparing | None = Field(None, description="instead of show: two conditions")
    section: SectionPlane | None = Field(
        None,
        description="a plane that cuts what is shown; the cut of each condition is drawn over the other's",
    )
    view: View | None = Field(None, description="default: the monument's first view")
    place: Place | None = Field(
        None,
        description="where to stand for it on the site; default: not told; ways lead to the view's camera",
    )
    sun: Sunlight | None = Field(None, description="default: the map's own light, of no particular hour")
    move: Move = Field(Move(), description="how the camera comes here")
    dwell_s: Annotated[float, Field(ge=0, le=600)] | None = Field(
        None, description="default: the narration's length, else the time to read the text"
    )
    narration: dict[Language, RelativePath] = Field(
        default_factory=dict, description="a recording per language, relative to the site's folder"
    )
    captions: dict[Language, RelativePath] = Field(
        default_factory=dict, description="WebVTT; default: beside the narration, .vtt for its ending"
    )
    annotations: Annotated[tuple[Id, ...], Field(strict=False)] = Field((), description="annotations to show")
    accept: dict[FindingCode, Text] = Field(
        default_factory=dict,
        description="findings of `heritage check` that are meant to be so, each with the reason: "
        "{view-hidden: the gate hides the hall on purpose}",
    )

    @model_validator(mode="after")
    def _one(self) -> Stop:
        if self.show is not None and self.compare is not None:
            raise ValueError("show and compare exclude each other")
        return self


class Tour(Document):
    """``tours/<id>/tour.yaml``; its words are in ``<language>.md`` beside it."""

    monument: Id = Field(description="the monument the tour goes to")
    stops: Annotated[tuple[Stop, ...], Field(strict=False, min_length=1, max_length=TOUR_STOPS)] = Field(
        description="the stops in their order"
    )
    take_along_mb: Annotated[float, Field(ge=1, le=2000)] = Field(
        60.0, description="the most that the tiles may take which visitors keep to see the tour offline, MB"
    )
    untranslated: dict[Language, Text] = Field(
        default_factory=dict,
        description="languages of the site that the tour is not told in on purpose, each with the reason: "
        "{fr: follows in May}; visitors read the site's first",
    )
    accept: dict[TourFindingCode, Text] = Field(
        default_factory=dict,
        description="as at a stop, findings about the words of the whole tour: {translation-outdated: a comma}",
    )
