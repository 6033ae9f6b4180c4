"""Tours with nothing left to the viewer to decide."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from heritage.model.documents import SectionPlane, Vec3, View
from heritage.model.release.base import FileEntry, ReleaseDocument, ShownEntry


class Narration(ReleaseDocument):
    """Recorded words of one stop in one language."""

    audio: str
    captions: str | None = None
    seconds: float


class ComparingEntry(ReleaseDocument):
    """Two conditions on one screen."""

    left: ShownEntry
    right: ShownEntry
    mode: Literal["swipe", "side", "blend", "overlay", "change"]
    position: float


class PlaceEntry(ReleaseDocument):
    """Where a visitor stands on the site."""

    lon_deg: float = Field(description="WGS 84")
    lat_deg: float
    at_m: Vec3 = Field(description="the same in the site frame, at the height of its origin: east, north, up")


class QuestionEntry(ReleaseDocument):
    """A question of a stop in one language."""

    asks: str
    html: str = Field(description="what stands between the question and its answers")
    answers: tuple[str, ...]
    right: int = Field(description="the right answer's place among the answers, from 0")
    because: str = Field(description="HTML, to be shown once it is answered")


class SunEntry(ReleaseDocument):
    """A day and a time in the site's own hours: those of the meridian nearest to it."""

    date: str = Field(description="ISO 8601")
    minutes: int = Field(description="after midnight")


class Waypoint(ReleaseDocument):
    """A control point of a camera's way, in the monument's frame, metres."""

    eye_m: Vec3
    target_m: Vec3


class SectionEntry(ReleaseDocument):
    """The cut of a stop's conditions, drawn to scale when the release was made."""

    plane: SectionPlane
    pictures: dict[str, str] = Field(description="SVG per language, with legend, scale and scale bar")


class StopEntry(ReleaseDocument):
    """One stop, everything resolved: no default is left to the viewer."""

    id: str
    title: dict[str, str]
    html: dict[str, str]
    text: dict[str, str] = Field(
        description="the same words without markup, for speech and search, and the question with its answers"
    )
    question: dict[str, QuestionEntry] = Field(default_factory=dict)
    show: ShownEntry | None = None
    compare: ComparingEntry | None = None
    section: SectionEntry | None = None
    view: View
    place: PlaceEntry | None = None
    sun: SunEntry | None = None
    move_s: float
    easing: Literal["smooth", "linear", "cut"]
    via: tuple[Waypoint, ...] = Field(
        (), description="control points of the spline from the stop before, around what stands between"
    )
    dwell_s: dict[str, float]
    narration: dict[str, Narration] = Field(default_factory=dict)
    annotations: tuple[str, ...] = ()


class TourDocument(ReleaseDocument):
    """``tours/<id>/tour.json``."""

    id: str
    monument: str
    title: dict[str, str]
    html: dict[str, str]
    stops: tuple[StopEntry, ...]


class TourEntry(ReleaseDocument):
    """A tour in the list."""

    id: str
    monument: str
    title: dict[str, str]
    url: str
    stops: int
    seconds: dict[str, float] = Field(description="length per language")
    pages: dict[str, str] = Field(
        default_factory=dict,
        description="the tour as text, a page per language, for readers without the 3D map",
    )
    take_along: str | None = Field(None, description="what to keep of the release to see it offline")


class TakeAlong(ReleaseDocument):
    """``tours/<id>/take-along.json``: the files of the release without which the tour does not play."""

    tour: str
    release: str
    tiles_limit_bytes: int = Field(description="the most that tiles may take, as the tour says")
    tiles_bytes: int = Field(description="what they take")
    tiles_left_out: int = Field(description="tiles the stops would show that did not fit")
    bytes: int = Field(description="of all files together")
    files: tuple[FileEntry, ...] = Field(description="sorted by path")
