"""A tour on its way to or from another system: what every exchange format can hold some of.

Positions are in the monument frame (z up, metres) unless a value says otherwise; languages are BCP 47 tags, and
`UNKNOWN` where a file does not say its language. Readers and writers of a format meet here, so that what one
writes the other can be held to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from heritage.model.documents import Number

Words = Mapping[str, str]
"""One text per language."""
Point = tuple[Number, Number, Number]
Easing = Literal["smooth", "linear", "cut"]

UNKNOWN: Final = "und"
WARNING: Final = "warning"
"""What cannot be carried is no error: the severity of every such line."""


@dataclass(frozen=True)
class Pose:
    """A camera: where it is, what it looks at, its vertical field of view in degrees, how far it leans."""

    eye_m: Point
    target_m: Point
    fov_deg: Number | None = None
    roll_deg: Number = 0.0
    is_distance_known: bool = True
    """False: the file gives a direction only, and the target stands somewhere along it."""


@dataclass(frozen=True)
class GlobePose:
    """A camera on the globe, as KML has it: degrees of WGS 84, ``altitude_m`` above ``above``.

    With ``range_m`` the place is that of the target and the camera that far from it (KML's LookAt), else the
    camera's own (Camera). ``heading_deg`` is clockwise from north, ``tilt_deg`` 0 straight down and 90 level.
    """

    lon_deg: Number
    lat_deg: Number
    altitude_m: Number
    heading_deg: Number = 0.0
    tilt_deg: Number = 0.0
    roll_deg: Number = 0.0
    range_m: Number | None = None
    above: Literal["sea", "ground"] = "sea"
    horizontal_fov_deg: Number | None = None
    beheld: tuple[Number, Number, Number] | None = None
    """Longitude, latitude and altitude of what a Camera looks at, where the file says it elsewhere."""


@dataclass(frozen=True)
class Recording:
    """Spoken words of a stop: paths relative to the file that names them."""

    audio: str
    captions: str | None = None


@dataclass(frozen=True)
class ExchangedStop:
    """One stop. ``shows`` and ``beside`` are names of conditions; ``beside`` is the left one of a comparison."""

    id: str
    title: Words = field(default_factory=dict)
    html: Words = field(default_factory=dict)
    pose: Pose | None = None
    globe: GlobePose | None = None
    move_s: Number | None = None
    easing: Easing | None = None
    dwell_s: Mapping[str, Number] = field(default_factory=dict)
    shows: str | None = None
    beside: str | None = None
    narration: Mapping[str, Recording] = field(default_factory=dict)
    annotations: tuple[str, ...] = ()


@dataclass(frozen=True)
class Condition:
    """A model that a tour shows: an epoch, a state, or what another system has. ``uri`` is relative where it can be."""

    name: str
    uri: str
    title: Words = field(default_factory=dict)
    size_bytes: int = 0


@dataclass(frozen=True)
class Mark:
    """A place on the monument with words."""

    id: str
    position_m: Point
    title: Words = field(default_factory=dict)
    html: Words = field(default_factory=dict)
    normal: Point | None = None


@dataclass(frozen=True)
class ExchangedTour:
    """A tour with everything it refers to. ``monument`` is its id, or what a file says that may be one; one of its frame's
    metres, in which models, views and marks are, is ``scale`` true ones."""

    title: Words
    stops: tuple[ExchangedStop, ...]
    html: Words = field(default_factory=dict)
    monument: str = ""
    conditions: tuple[Condition, ...] = ()
    marks: tuple[Mark, ...] = ()
    scale: float = 1.0

    @property
    def languages(self) -> tuple[str, ...]:
        """Every language of its titles and words, the tour's own first."""
        texts = [self.title, self.html, *(words for stop in self.stops for words in (stop.title, stop.html))]
        return tuple(dict.fromkeys(language for words in texts for language in words))


def canonical(language: str) -> str:
    """A tag as BCP 47 wants it written: ``ZH-hant-tw`` is zh-Hant-TW."""
    first, *rest = language.replace("_", "-").split("-")
    return "-".join(
        [
            first.lower(),
            *(
                part.title()
                if len(part) == 4 and part.isalpha()
                else part.upper()
                if len(part) == 2
                else part.lower()
                for part in rest
            ),
        ]
    )
