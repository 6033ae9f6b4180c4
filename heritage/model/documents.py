"""The documents a curator writes: site, monument, tour, annotation. Strict, frozen, nothing unknown allowed.

Field descriptions are the reference: `docs/reference/files.md` is generated from them.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from heritage.model.limits import TOUR_STOPS

ID_PATTERN = r"^[a-z0-9-]{1,64}$"
LANGUAGE_PATTERN = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"


class Document(BaseModel):
    """Base of all documents: unknown keys are errors, types are not guessed, values never change."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


def _relative_path(value: str) -> str:
    if re.match(r"^([/\\]|[A-Za-z]:|[a-z]+://)", value) or ".." in re.split(r"[/\\]", value) or "\0" in value or "\\" in value:
        raise ValueError("a path inside the site folder, with forward slashes and without '..'")
    return value


def _finite(value: float) -> float:
    if value != value or abs(value) == float("inf"):
        raise ValueError("a finite number")
    return value


def _web_address(value: str) -> str:
    # Shown as a link: a `javascript:` address would run in the visitor's page.
    if not re.match(r"^https?://[^\s/@\\]+(/\S*)?$", value):
        raise ValueError("a web address that starts with https:// or http://")
    return value


Id = Annotated[str, Field(pattern=ID_PATTERN)]
Language = Annotated[str, Field(pattern=LANGUAGE_PATTERN)]
Text = Annotated[str, Field(min_length=1, max_length=20_000)]
LangText = Annotated[dict[Language, Text], Field(min_length=1)]
RelativePath = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_relative_path)]
Number = Annotated[float, AfterValidator(_finite)]
Positive = Annotated[float, Field(gt=0), AfterValidator(_finite)]
Url = Annotated[str, Field(max_length=2000), AfterValidator(_web_address)]
Vec3 = Annotated[tuple[Number, Number, Number], Field(strict=False)]
Certainty = Literal["documented", "probable", "conjectural"]
Box3 = Annotated[tuple[Vec3, Vec3], Field(strict=False)]


class Footprints(Document):
    """Where the monuments' ground plans come from and which columns say what."""

    source: Annotated[str, Field(min_length=1, description="a vector file in the site folder, or postgresql://…#table")]
    layer: str | None = None
    id: str = Field("id", description="column with the footprint's id")
    name: str | None = Field(None, description="column with its name")
    height_m: str | None = Field(None, description="column with the height above ground, metres")
    ground_m: str | None = Field(None, description="column with the ground's height in the working CRS, metres")
    crs: str | None = Field(None, description="the layer's CRS where the file does not say it")


class Rights(Document):
    """Under what terms the site is shown."""

    licence: Text
    holder: Text | None = None
    url: Url | None = None


class Credit(Document):
    """Who did what."""

    role: Text
    name: Text
    url: Url | None = None


class Site(Document):
    """``site.yaml``."""

    title: LangText
    description: LangText | None = None
    languages: Annotated[tuple[Language, ...], Field(strict=False, min_length=1)]
    crs: str = Field(description="the working CRS: projected, metres")
    heights: Literal["unknown", "ellipsoidal", "orthometric"] = Field("unknown", description="what heights in the working CRS are above")
    ground_m: Number = Field(0.0, description="height of the ground in the working CRS where no footprint says it, metres")
    footprints: Footprints | None = None
    rights: Rights
    credits: Annotated[tuple[Credit, ...], Field(strict=False)] = ()
    opening: View | None = Field(None, description="the first view, in the site frame (east, north, up; metres)")


class View(Document):
    """A camera pose. ``fit_m`` is a box that must stay in view: the player backs off until it does."""

    eye_m: Vec3
    target_m: Vec3
    fov_deg: Annotated[float, Field(ge=10, le=120)] = 50.0
    fit_m: Box3 | None = None

    @model_validator(mode="after")
    def _apart(self) -> View:
        if sum((a - b) ** 2 for a, b in zip(self.eye_m, self.target_m, strict=True)) < 1e-6:
            raise ValueError("eye_m and target_m are the same point; they must differ")
        return self


class Epoch(Document):
    """A measured condition: one survey."""

    id: Id
    title: LangText | None = None
    captured: date | None = None
    source: RelativePath
    method: Literal["photogrammetry", "laser", "mixed", "unknown"] = "unknown"
    up: Literal["x", "-x", "y", "-y", "z", "-z"] | None = Field(None, description="the file's up axis; default: the format's own")
    units: Literal["m", "mm", "cm", "km", "ft", "us-ft", "in"] | None = Field(None, description="the file's unit; default: the file's own, else metres")
    crs: str | None = Field(None, description="the file's CRS where the header has none")
    origin_m: Vec3 | None = Field(None, description="subtracted from coordinates, metres; default: 0 or, for map coordinates, a round number")


class Evidence(Document):
    """What an interpretation rests on."""

    label: Text
    url: Url | None = None


class State(Document):
    """An interpreted condition: a reconstruction or a planned restoration. Never drawn as if measured."""

    id: Id
    title: LangText | None = None
    period: Text | None = Field(None, description="EDTF, for instance '1885~'")
    source: RelativePath
    frame: Id = Field(description="the epoch whose frame the model is in")
    up: Literal["y", "z"] = Field("y", description="the model's up axis; glTF is y up")
    certainty: Certainty
    evidence: Annotated[tuple[Evidence, ...], Field(strict=False)] = ()
    author: Text | None = None


class Pair(Document):
    """Two epochs to compare; distances are ``compared`` seen from ``reference``, positive = material gained."""

    reference: Id
    compared: Id


class Prior(Document):
    """A rough placement: what GPS and compass say."""

    lon: Annotated[float, Field(ge=-180, le=180)] | None = None
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    heading_deg: Annotated[float, Field(ge=-360, le=360)] | None = Field(
        None, description="clockwise angle from north to the monument frame's +y axis"
    )
    heading_sigma_deg: Annotated[float, Field(gt=0, le=180)] = 15.0
    scale: Positive | None = Field(None, description="metres per source unit where it is known; 1 for a metric cloud")
    ground_m: Number | None = None


class Registration(Document):
    """How the monument gets its place. ``settled`` is the curator's word on an ambiguous placement."""

    method: Literal["auto", "footprint", "gcp", "crs", "prior", "none"] = "auto"
    gcp: RelativePath | None = Field(None, description="CSV: name,role,x,y,z,X,Y,Z with role control or check")
    prior: Prior | None = None
    scale: Literal["known", "unknown"] = "known"
    settled: bool = False


class Monument(Document):
    """``monuments/<id>/monument.yaml``."""

    title: LangText
    description: LangText | None = None
    footprint: str | None = None
    period: Text | None = None
    type: Text | None = None
    protection: Text | None = None
    epochs: Annotated[tuple[Epoch, ...], Field(strict=False, min_length=1)]
    reference_epoch: Id | None = None
    states: Annotated[tuple[State, ...], Field(strict=False)] = ()
    compare: Annotated[tuple[Pair, ...], Field(strict=False)] = ()
    registration: Registration = Registration()
    view: View | None = Field(None, description="the monument's own first view; default: computed")
    ingest: dict[str, object] = Field(default_factory=dict, description="overrides of the stage's options")
    clean: dict[str, object] = Field(default_factory=dict)
    mesh: dict[str, object] = Field(default_factory=dict)
    tile: dict[str, object] = Field(default_factory=dict)
    register_: dict[str, object] = Field(default_factory=dict, alias="register")
    compare_options: dict[str, object] = Field(default_factory=dict)

    @property
    def reference(self) -> Epoch:
        """The epoch whose frame is the monument frame."""
        wanted = self.reference_epoch or self.epochs[0].id
        return next(epoch for epoch in self.epochs if epoch.id == wanted)


class Shown(Document):
    """What a stop shows: one epoch or one state."""

    epoch: Id | None = None
    state: Id | None = None

    @model_validator(mode="after")
    def _one(self) -> Shown:
        if (self.epoch is None) == (self.state is None):
            raise ValueError("exactly one of epoch and state")
        return self


class Comparing(Document):
    """Two conditions on one screen."""

    left: Shown
    right: Shown
    mode: Literal["swipe", "blend", "change"] = "swipe"
    position: Annotated[float, Field(ge=0, le=1)] = 0.5


class Move(Document):
    """How the camera comes to the stop."""

    seconds: Annotated[float, Field(ge=0, le=60)] = 4.0
    easing: Literal["smooth", "linear", "cut"] = "smooth"


class Stop(Document):
    """One stop of a tour."""

    id: Id
    show: Shown | None = Field(None, description="default: the reference epoch")
    compare: Comparing | None = None
    view: View | None = Field(None, description="default: the monument's first view")
    move: Move = Move()
    dwell_s: Annotated[float, Field(ge=0, le=600)] | None = Field(
        None, description="default: the narration's length, else the time to read the text"
    )
    narration: dict[Language, RelativePath] = Field(default_factory=dict)
    captions: dict[Language, RelativePath] = Field(
        default_factory=dict, description="WebVTT; default: beside the narration, .vtt for its ending"
    )
    annotations: Annotated[tuple[Id, ...], Field(strict=False)] = ()

    @model_validator(mode="after")
    def _one(self) -> Stop:
        if self.show is not None and self.compare is not None:
            raise ValueError("show and compare exclude each other")
        return self


class Tour(Document):
    """``tours/<id>/tour.yaml``; its words are in ``<language>.md`` beside it."""

    monument: Id
    stops: Annotated[tuple[Stop, ...], Field(strict=False, min_length=1, max_length=TOUR_STOPS)]


class Annotation(Document):
    """Content anchored to the monument: a point in its frame, with words."""

    id: Id
    title: LangText
    text: LangText | None = None
    position_m: Vec3
    normal: Vec3 | None = None
    epoch: Id | None = None
    term: Text | None = None


class Annotations(Document):
    """``monuments/<id>/annotations.yaml``."""

    annotations: Annotated[tuple[Annotation, ...], Field(strict=False)] = ()


Site.model_rebuild()
