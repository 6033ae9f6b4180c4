"""The documents of a release: what the viewer reads over HTTP. TypeScript types are generated from here.

Paths are relative to the release folder. Matrices are 16 numbers, column-major, ``target_from_source``.
Positions are in the monument frame, z up, metres, unless a name says otherwise.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from heritage.model.documents import (
    Certainty,
    Credit,
    CrsVec3,
    Decided,
    Document,
    Evidence,
    Rights,
    SectionPlane,
    Vec3,
    View,
    Words,
)
from heritage.model.placement_reason import PlacementReason

Matrix = tuple[float, ...]


class ReleaseDocument(Document):
    """Base of release documents: ours to write, so plain types."""


class Box(ReleaseDocument):
    """An axis-aligned box."""

    min: tuple[float, float, float]
    max: tuple[float, float, float]


class Frame(ReleaseDocument):
    """The site frame: east-north-up at a point of the ellipsoid."""

    lon_deg: float
    lat_deg: float
    height_m: float
    ecef_from_site: Matrix
    crs: str
    heights: str


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


class Period(ReleaseDocument):
    """A time as EDTF says it, worked out; a bound that is None is open or not known.

    Dates are years, months and days of the proleptic Gregorian calendar as ISO 8601 writes them, with a
    year of four digits or more and a sign before the year 0000.
    """

    earliest: str | None
    latest: str | None
    uncertain: bool = Field(False, description="'?': the source is doubted")
    approximate: bool = Field(False, description="'~': about then")
    words: dict[str, str] = Field(
        default_factory=dict,
        description="as visitors read it, in every language of the interface; none in older releases",
    )


class ArFile(ReleaseDocument):
    """A model in one size, in the two formats that phones know; standing on the ground, metres."""

    glb: str = Field(description="for Scene Viewer, y up")
    glb_bytes: int
    usdz: str = Field(description="for Quick Look, y up")
    usdz_bytes: int
    triangles: int
    texture_px: int = Field(description="side of its texture; 0: it has none")
    size_m: tuple[float, float, float] = Field(description="width, depth and height")


class ArEntry(ReleaseDocument):
    """A condition for augmented reality. That of a state has a plate before it that says it is no survey."""

    real: ArFile = Field(description="in real size")
    table: ArFile = Field(description="small enough for a table")


class SurveyAccuracy(ReleaseDocument):
    """What is known of how far a survey's surface is from what stood there, in metres of the monument frame.

    None where it is not known: a model brings no points, and few surveyors state an accuracy.
    """

    spacing_m: float | None = Field(
        None, description="median over points: side of the square of surface that holds one"
    )
    noise_m: float | None = Field(
        None, description="distance from the surface that 95 % of the measured points keep"
    )
    alignment_m: float = Field(
        0.0, description="1 sigma of the way into the monument frame; 0 for the reference epoch"
    )
    stated_m: float | None = Field(
        None, description="1 sigma of a point, true metres, as the surveyor states it"
    )


class EpochEntry(ReleaseDocument):
    """A measured condition as tiles."""

    id: str
    title: dict[str, str]
    captured: str | None
    method: str
    tileset: str
    download: str | None = None
    download_bytes: int = 0
    ar: ArEntry | None = Field(None, description="for phones; none in older releases")
    bounds: Box
    points: int
    triangles: int
    accuracy: SurveyAccuracy | None = Field(None, description="none in older releases")
    filled_m2: float = Field(
        0.0, description="area of the surface that closes holes instead of being measured"
    )
    points_tileset: str | None = Field(
        None, description="every measured point with its class and reason of cleaning"
    )
    cleaning: str | None = Field(
        None,
        description="what cleaning made of the points: a CleaningDocument; none of models and in older releases",
    )


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


class StatePartEntry(ReleaseDocument):
    """A part of a state: its place in the list is its feature id in the tiles."""

    id: str
    title: dict[str, str]
    certainty: Certainty
    evidence: tuple[Evidence, ...] = ()
    without_evidence: Words | None = Field(None, description="why there is none")
    author: str | None = None
    period: str | None = None
    time: Period | None = Field(None, description="the period worked out, where it is EDTF")


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


class StateEntry(ReleaseDocument):
    """An interpreted condition as tiles."""

    id: str
    title: dict[str, str]
    period: str | None
    time: Period | None = Field(
        None, description="the period worked out, where it is EDTF; none in older releases"
    )
    certainty: Certainty = Field(description="that of its least certain part")
    evidence: tuple[Evidence, ...] = Field((), description="of those parts that have no other")
    author: str | None = None
    parts: tuple[StatePartEntry, ...] = Field(
        (), description="none in releases of before there were parts: the state is one, as sure as it says"
    )
    placement: StatePlacementEntry | None = Field(None, description="None in such releases")
    tileset: str
    download: str | None = None
    download_bytes: int = 0
    ar: ArEntry | None = Field(None, description="for phones; none in older releases")
    bounds: Box


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


class MonumentEntry(ReleaseDocument):
    """One monument."""

    id: str
    title: dict[str, str]
    html: dict[str, str] = Field(description="description per language, sanitised HTML")
    period: str | None = None
    built: Period | None = Field(None, description="the period worked out, where it is EDTF")
    type: Words | None = Field(
        None, description="what kind of building; a text is the same in every language"
    )
    protection: str | None = None
    rights: Rights | None = Field(None, description="where they differ from the site's")
    credits: tuple[Credit, ...] = ()
    footprint: str | None = None
    reference_epoch: str
    placement: Placement
    bounds: Box
    view: View
    epochs: tuple[EpochEntry, ...]
    states: tuple[StateEntry, ...] = ()
    comparisons: tuple[ComparisonEntry, ...] = ()
    annotations: tuple[AnnotationEntry, ...] = ()
    report: str | None = None
    plan: str | None = Field(None, description="its `PlacementPlan`; none in older releases")

    @property
    def newest(self) -> EpochEntry:
        """The survey that the monument opens with: the last by date, of equal ones the last named."""
        return max(reversed(self.epochs), key=lambda epoch: epoch.captured or "")

    def condition(self, id: str) -> EpochEntry | StateEntry | None:
        """The epoch or state with that id."""
        conditions: list[EpochEntry | StateEntry] = [*self.epochs, *self.states]
        return next((c for c in conditions if c.id == id), None)


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


class MapImage(ReleaseDocument):
    """A picture over a rectangle of the site frame (east, north), its first row in the north."""

    url: str
    min: tuple[float, float]
    max: tuple[float, float]
    pixel_m: float


class GroundEntry(ReleaseDocument):
    """The ground as a surface over a rectangle of the site frame."""

    tileset: str
    min: tuple[float, float, float]
    max: tuple[float, float, float]
    spacing_m: float = Field(description="between the heights taken from the model")
    deviation_m: float = Field(description="95 % of heights taken between them differ by less")
    heights: str = Field(description="how the model's heights became the site's, in words")


class MapEntry(ReleaseDocument):
    """What stands and lies around the monuments."""

    buildings: str | None = Field(None, description="tileset of the footprints raised to their heights")
    building_count: int = 0
    min: tuple[float, float, float] = Field(description="of all buildings and monuments, site frame")
    max: tuple[float, float, float]
    assumed_height_m: float = Field(description="height drawn where none is known")
    assumed_count: int = Field(description="how many buildings are drawn with it")
    ground: GroundEntry | None = None
    photo: MapImage | None = None
    base: MapImage | None = Field(
        None, description="coverage of water (red), green (green) and streets (blue), 0 to 255"
    )


class Release(ReleaseDocument):
    """``release.json``."""

    format: Literal[1] = 1
    id: str
    sequence: int
    generator: str
    title: dict[str, str]
    html: dict[str, str]
    languages: tuple[str, ...]
    rights: Rights
    credits: tuple[Credit, ...]
    frame: Frame
    opening: View = Field(description="site frame")
    footprints: str | None = Field(None, description="the ground plans nearest to the monuments")
    map: MapEntry | None = None
    search: str | None = Field(None, description="what can be found beside monuments and tours")
    data: str | None = Field(None, description="the open data's table of contents")
    still: str | None = Field(None, description="a small picture of the opening view")
    vocabulary: tuple[TermEntry, ...] = Field((), description="the terms of annotations")
    monuments: tuple[MonumentEntry, ...]
    tours: tuple[TourEntry, ...]


class FootprintFeature(ReleaseDocument):
    """A ground plan in the site frame."""

    id: str
    name: str | None = None
    monument: str | None = None
    height_m: float | None = None
    ground_m: float = 0.0
    polygons: tuple[tuple[tuple[tuple[float, float], ...], ...], ...] = Field(
        description="polygons of rings of (east, north); first ring is the shell, counter-clockwise"
    )


class FootprintLayer(ReleaseDocument):
    """``footprints.json``: every monument's plan and the nearest others."""

    features: tuple[FootprintFeature, ...]
    complete: bool = Field(True, description="false: the layer has more, which are in the map's tiles only")


class StopFound(ReleaseDocument):
    """A stop that can be found by its name."""

    tour: str
    stop: str
    title: dict[str, str]


class PlaceFound(ReleaseDocument):
    """A named footprint: its middle in the site frame, and how far it reaches from there."""

    id: str
    name: str
    monument: str | None = None
    at_m: tuple[float, float, float] = Field(description="east, north, up")
    radius_m: float


class SearchDocument(ReleaseDocument):
    """``search.json``."""

    stops: tuple[StopFound, ...]
    places: tuple[PlaceFound, ...]


class DataFile(ReleaseDocument):
    """One way to have a data set."""

    path: str
    type: str = Field(description="media type")
    bytes: int


class DataSet(ReleaseDocument):
    """A data set of the release, whose it is and in which files it comes."""

    id: str
    kind: Literal["monuments", "footprints", "annotations", "model"]
    title: dict[str, str] = Field(description="the monument's, for a model; else empty: the viewer's words")
    subtitle: dict[str, str] = Field(default_factory=dict, description="the epoch's, for a model")
    items: int
    rights: Rights
    credits: tuple[Credit, ...]
    files: tuple[DataFile, ...]
    days: tuple[str | None, str | None] | None = Field(
        None,
        description="first and last day of what it tells of, ISO 8601; a bound that is None is not known",
    )


class DataDocument(ReleaseDocument):
    """``data/index.json``."""

    catalogue: DataFile
    sets: tuple[DataSet, ...]


class Narration(ReleaseDocument):
    """Recorded words of one stop in one language."""

    audio: str
    captions: str | None = None
    seconds: float


class ShownEntry(ReleaseDocument):
    """One condition; exactly one of the two is set."""

    epoch: str | None = None
    state: str | None = None


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


class FileEntry(ReleaseDocument):
    """One file of a release."""

    path: str
    sha256: str
    bytes: int
    type: str


class TakeAlong(ReleaseDocument):
    """``tours/<id>/take-along.json``: the files of the release without which the tour does not play."""

    tour: str
    release: str
    tiles_limit_bytes: int = Field(description="the most that tiles may take, as the tour says")
    tiles_bytes: int = Field(description="what they take")
    tiles_left_out: int = Field(description="tiles the stops would show that did not fit")
    bytes: int = Field(description="of all files together")
    files: tuple[FileEntry, ...] = Field(description="sorted by path")


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


class Manifest(ReleaseDocument):
    """``manifest.json``: every other file of the release with its digest, sorted by path."""

    release: str
    files: tuple[FileEntry, ...]
    provenance: tuple[dict[str, object], ...] = Field(
        (), description="stage, fingerprint, options and sources that each part came from"
    )
