"""The documents a curator writes: site, monument, tour, annotation. Strict, frozen, nothing unknown allowed.

Field descriptions are the reference: `docs/reference/files.md` is generated from them.
"""

from __future__ import annotations

import math
import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from heritage.model.errors import Contradiction
from heritage.model.limits import ANNOTATION_VERTICES, TOUR_STOPS

ID_PATTERN = r"^[a-z0-9-]{1,64}$"
TEXT_KINDS = ("~text", "~languages")  # how errors name the two ways to write a text
SHORTEST_CUT_M = 0.01  # two points nearer to each other give no direction
LANGUAGE_PATTERN = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"


class Document(BaseModel):
    """Base of all documents: unknown keys are errors, types are not guessed, values never change."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


def _relative_path(value: str) -> str:
    if (
        re.match(r"^([/\\]|[A-Za-z]:|[a-z]+://)", value)
        or ".." in re.split(r"[/\\]", value)
        or "\0" in value
        or "\\" in value
    ):
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
# Told apart by kind, so that a mistake in one is not also called a mistake in the other.
Words = Annotated[
    Annotated[Text, Tag(TEXT_KINDS[0])] | Annotated[LangText, Tag(TEXT_KINDS[1])],
    Discriminator(lambda value: TEXT_KINDS[isinstance(value, dict)]),
]
"""The same for every language, or per language."""
RelativePath = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_relative_path)]
Number = Annotated[float, AfterValidator(_finite)]
Positive = Annotated[float, Field(gt=0), AfterValidator(_finite)]
Url = Annotated[str, Field(max_length=2000), AfterValidator(_web_address)]
Vec3 = Annotated[tuple[Number, Number, Number], Field(strict=False)]
Vec2 = Annotated[tuple[Number, Number], Field(strict=False)]
Certainty = Literal["documented", "probable", "conjectural"]
Box3 = Annotated[tuple[Vec3, Vec3], Field(strict=False)]


class Footprints(Document):
    """Where the monuments' ground plans come from and which columns say what."""

    source: Annotated[
        str,
        Field(
            min_length=1,
            description="a file in the site's folder: GeoPackage, GeoJSON, Shapefile, SpatiaLite; or a table of "
            "PostGIS: postgresql://user@host/database#schema.table",
        ),
    ]
    layer: str | None = Field(None, description="layer of the file; default: its only one")
    id: str = Field("id", description="column with the footprint's id")
    name: str | None = Field(None, description="column with its name")
    height_m: str | None = Field(None, description="column with the height above ground, metres")
    ground_m: str | None = Field(
        None, description="column with the ground's height in the working CRS, metres"
    )
    crs: str | None = Field(None, description="the layer's CRS where the file does not say it")
    rights: Rights | None = Field(None, description="the layer's terms where they differ from the site's")
    credits: Annotated[tuple[Credit, ...], Field(strict=False)] = Field((), description="who drew the layer")


class Ground(Document):
    """The ground's shape and picture, from GeoTIFF files."""

    dem: RelativePath | None = Field(None, description="GeoTIFF of heights, metres")
    dem_crs: str | None = Field(None, description="its CRS where the file does not say it")
    dem_heights: Literal["ellipsoidal", "orthometric"] | None = Field(
        None,
        description="what its heights are above; default: the file's own word, else the site's `heights`",
    )
    dem_offset_m: Number | None = Field(
        None,
        description="added to its heights to make them the site's; needed where the two are above different surfaces",
    )
    photo: RelativePath | None = Field(None, description="GeoTIFF of an orthophoto, laid on the ground")
    photo_crs: str | None = Field(None, description="its CRS where the file does not say it")


class BaseLayer(Document):
    """One layer of the drawn base map: polygons, or lines with a width."""

    source: RelativePath = Field(
        description="a file in the site's folder: GeoPackage, GeoJSON, Shapefile, SpatiaLite"
    )
    layer: str | None = Field(None, description="layer of the file; default: its only one")
    crs: str | None = Field(None, description="the layer's CRS where the file does not say it")
    kind: Literal["water", "green", "street"] = Field(description="how it is drawn")
    width_m: Annotated[float, Field(gt=0, le=200)] = Field(
        3.0, description="how wide lines are drawn, metres; polygons have no need of it"
    )


class Rights(Document):
    """Under what terms the site is shown."""

    licence: Text = Field(description="an SPDX name such as CC-BY-4.0, or words")
    holder: Text | None = Field(None, description="who holds the rights")
    url: Url | None = Field(None, description="where the terms are written")


class Credit(Document):
    """Who did what."""

    role: Text = Field(description="what was done: survey, texts, voice")
    name: Text = Field(description="who did it")
    url: Url | None = Field(None, description="their page")


class Site(Document):
    """``site.yaml``."""

    title: LangText = Field(description="the site's name")
    description: LangText | None = Field(None, description="what the visitor reads first; Markdown")
    languages: Annotated[tuple[Language, ...], Field(strict=False, min_length=1)] = Field(
        description="languages of titles and tours; the first is shown where another is missing"
    )
    crs: str = Field(description="the working CRS: projected, metres")
    heights: Literal["unknown", "ellipsoidal", "orthometric"] = Field(
        "unknown", description="what heights in the working CRS are above"
    )
    ground_m: Number = Field(
        0.0, description="height of the ground in the working CRS where no footprint says it, metres"
    )
    footprints: Footprints | None = Field(None, description="the ground plans")
    ground: Ground | None = Field(None, description="the ground's shape and picture")
    base_map: Annotated[tuple[BaseLayer, ...], Field(strict=False, max_length=30)] = Field(
        (), description="what is drawn on the ground; later layers cover earlier ones of their kind"
    )
    rights: Rights = Field(description="under what terms the site is shown")
    credits: Annotated[tuple[Credit, ...], Field(strict=False)] = Field((), description="who did what")
    opening: View | None = Field(
        None, description="the first view, in the site frame (east, north, up; metres)"
    )


class View(Document):
    """A camera pose. ``fit_m`` is a box that must stay in view: the player backs off until it does."""

    eye_m: Vec3 = Field(description="where the camera is, x y z in metres")
    target_m: Vec3 = Field(description="what it looks at, x y z in metres")
    fov_deg: Annotated[float, Field(ge=10, le=120)] = Field(
        50.0, description="vertical field of view, degrees"
    )
    fit_m: Box3 | None = Field(None, description="two corners of a box that must stay in view, metres")

    @model_validator(mode="after")
    def _apart(self) -> View:
        if sum((a - b) ** 2 for a, b in zip(self.eye_m, self.target_m, strict=True)) < 1e-6:
            raise ValueError("eye_m and target_m are the same point; they must differ")
        return self


class Epoch(Document):
    """A measured condition: one survey."""

    id: Id = Field(description="unique among the monument's epochs")
    title: LangText | None = Field(None, description="what visitors read; default: the id")
    captured: date | None = Field(None, description="the day of the survey, such as 2019-03-14")
    source: RelativePath = Field(description="the cloud or textured mesh, relative to the monument's folder")
    method: Literal["photogrammetry", "laser", "mixed", "unknown"] = Field(
        "unknown", description="how it was captured"
    )
    up: Literal["x", "-x", "y", "-y", "z", "-z"] | None = Field(
        None, description="the file's up axis; default: the format's own"
    )
    units: Literal["m", "mm", "cm", "km", "ft", "us-ft", "in"] | None = Field(
        None, description="the file's unit; default: the file's own, else metres"
    )
    crs: str | None = Field(None, description="the file's CRS where the header has none")
    origin_m: Vec3 | None = Field(
        None,
        description="subtracted from coordinates, metres; default: 0 or, for map coordinates, a round number",
    )
    cameras: RelativePath | None = Field(
        None,
        description="where the cameras stood, which settles the outer side of surfaces: COLMAP images.txt or "
        "images.bin, Metashape XML, OpenSfM or ODM reconstruction.json, ODM shots.geojson",
    )


class Evidence(Document):
    """What an interpretation rests on."""

    label: Words = Field(description="the source in words: a photograph, a drawing, a text")
    url: Url | None = Field(None, description="where it can be seen")


class Basis(Document):
    """What is claimed of an interpretation, by whom, and on what grounds."""

    certainty: Certainty | None = Field(None, description="how sure the interpretation is; shown with it")
    evidence: Annotated[tuple[Evidence, ...], Field(strict=False)] = Field((), description="what it rests on")
    without_evidence: Words | None = Field(
        None,
        description="why there is no source to name; shown in its place, and allowed for what is conjectural only",
    )
    author: Text | None = Field(None, description="who made the interpretation")
    period: Text | None = Field(None, description="EDTF, for instance '1885~'")


class Part(Basis):
    """A part of a state with a certainty of its own; what it does not say, it takes from its state."""

    id: Id = Field(description="unique among the state's parts")
    title: LangText | None = Field(None, description="what visitors read; default: the id")
    source: RelativePath | None = Field(
        None, description="the part's own model, relative to the monument's folder; default: the state's"
    )
    named: Annotated[tuple[Text, ...], Field(strict=False)] = Field(
        (),
        description="the names of its nodes, meshes, materials, objects or groups in the state's model, "
        "with * for any letters; without names and source: all that no other part names",
    )


class StatePlacement(Document):
    """How a state's model comes into the monument frame."""

    method: Literal["frame", "gcp", "footprint"] = Field(
        "frame",
        description="frame: it is in an epoch's frame; gcp: by control points; footprint: on the plan",
    )
    gcp: RelativePath | None = Field(
        None,
        description="CSV in the monument's folder: name,role,x,y,z,X,Y,Z; x y z in the model, z up, metres; X Y Z in "
        "the epoch's frame",
    )
    scale: Literal["known", "unknown"] = Field("known", description="unknown: the scale is searched for, too")
    heading_deg: Annotated[float, Field(ge=-360, le=360)] | None = Field(
        None, description="on the plan: clockwise angle from north to the model's +y axis, where it is known"
    )
    settled: bool = Field(
        False, description="true: size, place and turn are as they shall be, a person has looked"
    )

    @model_validator(mode="after")
    def _points(self) -> StatePlacement:
        if (self.method == "gcp") != (self.gcp is not None):
            raise Contradiction(
                "method gcp without a file, or a file without it", "both are needed, or neither"
            )
        return self


class State(Basis):
    """An interpreted condition: a reconstruction or a planned restoration. Never drawn as if measured."""

    id: Id = Field(description="unique among the monument's states")
    title: LangText | None = Field(None, description="what visitors read; default: the id")
    source: RelativePath | None = Field(
        None,
        description="the model, relative to the monument's folder; not needed where every part has its own",
    )
    frame: Id | None = Field(
        None, description="the epoch whose frame the model is in; default: the reference epoch"
    )
    up: Literal["x", "-x", "y", "-y", "z", "-z"] = Field("y", description="the model's up axis; glTF is y up")
    units: Literal["m", "mm", "cm", "km", "ft", "us-ft", "in"] = Field(
        "m", description="the model's unit; glTF is in metres"
    )
    parts: Annotated[tuple[Part, ...], Field(strict=False, max_length=250)] = Field(
        (), description="parts of different certainty; without: the state is one part"
    )
    placement: StatePlacement = Field(
        StatePlacement(), description="how the model comes into the monument frame"
    )

    @model_validator(mode="after")
    def _claimed(self) -> State:
        ids = [part.id for part in self.parts]
        if len(set(ids)) < len(ids):
            again = next(one for one in ids if ids.count(one) > 1)
            raise Contradiction(f"the part {again} stands here twice", "each id is allowed once")
        for part in self.parts:
            if part.source is not None and part.named:
                raise Contradiction(
                    f"the part {part.id} has source and named",
                    "a model of its own is wholly its own",
                    "drop named",
                )
        inside = [part for part in self.parts if part.source is None]
        if self.source is None and (inside or not self.parts):
            raise Contradiction("no source", "a model is needed, or one for every part")
        if self.source is not None and self.parts and not inside:
            raise Contradiction(
                "the state's source belongs to no part",
                "every part has its own",
                "drop it, or add a part without source",
            )
        rest = [part.id for part in inside if not part.named]
        if len(rest) > 1:
            raise Contradiction(
                f"the parts {', '.join(rest)} have neither named nor source",
                "one part may take what the others leave",
            )
        for whole in self.whole:
            _well_founded(whole, f"the part {whole.id}" if self.parts else "the state")
        return self

    @property
    def whole(self) -> tuple[Part, ...]:
        """The parts with all that they take from the state; one, `whole`, where none is named."""
        parts = self.parts or (Part(id="whole"),)
        given = {name: getattr(self, name) for name in ("certainty", "author", "period")}
        return tuple(part.model_copy(update=_inherited(part, self, given)) for part in parts)


def _inherited(part: Part, state: State, given: dict[str, object]) -> dict[str, object]:
    found = {name: value for name, value in given.items() if getattr(part, name) is None}
    if not part.evidence and part.without_evidence is None:
        found |= {"evidence": state.evidence, "without_evidence": state.without_evidence}
    return found


def _well_founded(part: Part, what: str) -> None:
    if part.certainty is None:
        raise Contradiction(
            f"{what} has no certainty", "documented, probable or conjectural is needed", "add certainty: …"
        )
    if part.evidence and part.without_evidence is not None:
        raise Contradiction(f"{what} has evidence and without_evidence", "one of them is allowed")
    if part.evidence or (part.without_evidence is not None and part.certainty == "conjectural"):
        return
    if part.without_evidence is not None:
        raise Contradiction(
            f"{what} is {part.certainty} and has no source",
            "without evidence it is conjectural",
            "name its sources under evidence, or write certainty: conjectural",
        )
    raise Contradiction(
        f"{what} has no evidence",
        "what an interpretation rests on is needed",
        "name its sources under evidence, or say under without_evidence why there are none",
    )


class Pair(Document):
    """Two epochs to compare; distances are ``compared`` seen from ``reference``, positive = gained."""

    reference: Id = Field(description="the epoch distances are measured from")
    compared: Id = Field(description="the epoch that is measured")


class Prior(Document):
    """A rough placement: what GPS and compass say."""

    lon: Annotated[float, Field(ge=-180, le=180)] | None = Field(
        None, description="longitude, degrees, WGS 84"
    )
    lat: Annotated[float, Field(ge=-90, le=90)] | None = Field(None, description="latitude, degrees, WGS 84")
    position_sigma_m: Annotated[float, Field(gt=0, le=100_000)] = Field(
        10.0, description="1 sigma of the position, metres"
    )
    photos: RelativePath | None = Field(
        None,
        description="folder of the survey's photos, relative to the monument's; the GPS in their EXIF gives the position",
    )
    heading_deg: Annotated[float, Field(ge=-360, le=360)] | None = Field(
        None, description="clockwise angle from north to the monument frame's +y axis"
    )
    heading_sigma_deg: Annotated[float, Field(gt=0, le=180)] = Field(
        15.0, description="1 sigma of the heading, degrees"
    )
    scale: Positive | None = Field(
        None, description="metres per source unit where it is known; 1 for a metric cloud"
    )
    ground_m: Number | None = Field(None, description="height of the ground there in the working CRS, metres")


class Registration(Document):
    """How the monument gets its place. ``settled`` is the curator's word on an ambiguous placement."""

    method: Literal["auto", "footprint", "gcp", "crs", "prior", "none"] = Field(
        "auto", description="what decides the place"
    )
    gcp: RelativePath | None = Field(
        None, description="CSV in the monument's folder: name,role,x,y,z,X,Y,Z; role control or check"
    )
    prior: Prior | None = Field(None, description="a rough placement to begin with")
    scale: Literal["known", "unknown"] = Field("known", description="unknown: the scale is searched for, too")
    settled: bool = Field(False, description="true: the placement found is right, a person has looked")


class Monument(Document):
    """``monuments/<id>/monument.yaml``."""

    title: LangText = Field(description="the monument's name")
    description: LangText | None = Field(None, description="what visitors read about it; Markdown")
    footprint: str | None = Field(
        None, description="its id in the footprints; without it, method footprint chooses the one that fits"
    )
    period: Text | None = Field(
        None,
        description="when it was built: EDTF such as 1805~ or 1804/1832, which can be searched, or words",
    )
    type: Text | None = Field(None, description="what kind of building it is")
    protection: Text | None = Field(None, description="its legal protection, as a grade: national")
    rights: Rights | None = Field(
        None, description="the terms of its surveys and words where they differ from the site's"
    )
    credits: Annotated[tuple[Credit, ...], Field(strict=False)] = Field(
        (), description="who surveyed and described it; beside the site's credits"
    )
    epochs: Annotated[tuple[Epoch, ...], Field(strict=False, min_length=1)] = Field(description="the surveys")
    reference_epoch: Id | None = Field(
        None, description="the epoch whose frame is the monument frame; default: the first"
    )
    states: Annotated[tuple[State, ...], Field(strict=False)] = Field(
        (), description="interpreted conditions"
    )
    compare: Annotated[tuple[Pair, ...], Field(strict=False)] = Field(
        (), description="pairs of epochs to compare"
    )
    registration: Registration = Field(Registration(), description="how the monument gets its place")
    view: View | None = Field(None, description="the monument's own first view; default: computed")
    ingest: dict[str, object] = Field(default_factory=dict, description="overrides of the stage's options")
    clean: dict[str, object] = Field(default_factory=dict, description="overrides of the stage's options")
    points: dict[str, object] = Field(default_factory=dict, description="overrides of the stage's options")
    normals: dict[str, object] = Field(default_factory=dict, description="overrides of the stage's options")
    mesh: dict[str, object] = Field(default_factory=dict, description="overrides of the stage's options")
    align: dict[str, object] = Field(default_factory=dict, description="overrides of the stage's options")
    tile: dict[str, object] = Field(default_factory=dict, description="overrides of the stage's options")
    ar: dict[str, object] = Field(default_factory=dict, description="overrides of the stage's options")
    register_: dict[str, object] = Field(
        default_factory=dict, alias="register", description="overrides of the stage's options"
    )
    place: dict[str, object] = Field(default_factory=dict, description="overrides of the stage's options")
    compare_options: dict[str, object] = Field(
        default_factory=dict, description="overrides of the options of the stage compare"
    )

    @property
    def reference(self) -> Epoch:
        """The epoch whose frame is the monument frame."""
        wanted = self.reference_epoch or self.epochs[0].id
        return next(epoch for epoch in self.epochs if epoch.id == wanted)


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
    mode: Literal["swipe", "side", "blend", "change"] = Field(
        "swipe", description="a line to drag, side by side, a fade, or the change map"
    )
    position: Annotated[float, Field(ge=0, le=1)] = Field(
        0.5, description="where line or fade begins: 0 left, 1 right"
    )


class Sunlight(Document):
    """The sun of a day and an hour, at the site; it lights the map, for surveys keep the light of their own day."""

    day: date = Field(description="a day such as 2024-06-21")
    time: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = Field(
        description='the hour there, such as "07:30"'
    )


class Move(Document):
    """How the camera comes to the stop."""

    seconds: Annotated[float, Field(ge=0, le=60)] = Field(4.0, description="length of the flight, seconds")
    easing: Literal["smooth", "linear", "cut"] = Field("smooth", description="cut: no flight")


class SectionPlane(Document):
    """A plane that cuts what a stop shows: across an axis of the monument frame, or upright through two points."""

    across: Literal["x", "y", "z"] | None = Field(
        None, description="the axis the plane is square to; z is a plan"
    )
    at_m: Number | None = Field(None, description="where on that axis, metres")
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
    "picture-without-words",
    "translation-empty",
    "translation-outdated",
    "state-without-name",
    "section-empty",
]


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


class Term(Document):
    """What an annotation can say about a surface: one word of the site's vocabulary."""

    id: Id = Field(description="unique in the vocabulary; what annotations name")
    label: LangText = Field(description="what visitors read")
    definition: LangText | None = Field(None, description="what it means, and where it ends")
    broader: Id | None = Field(None, description="the wider term that it is a kind of")
    uri: Url | None = Field(None, description="the same term in a published vocabulary")


class Vocabulary(Document):
    """``vocabulary.yaml``: the words of the condition mapping."""

    terms: Annotated[tuple[Term, ...], Field(strict=False, max_length=2000)] = Field(
        (), description="the terms; colours and patterns of maps follow their order"
    )


class Annotation(Document):
    """Content anchored to the monument: a point, a line or an area on its surface, with words."""

    id: Id = Field(description="unique among the monument's annotations")
    title: LangText = Field(description="its name")
    text: LangText | None = Field(None, description="what it says; Markdown")
    position_m: Vec3 | None = Field(None, description="a point: x y z in the monument frame, metres")
    line_m: (
        Annotated[tuple[Vec3, ...], Field(strict=False, min_length=2, max_length=ANNOTATION_VERTICES)] | None
    ) = Field(None, description="a line: two or more points on the surface, in their order")
    area_m: (
        Annotated[tuple[Vec3, ...], Field(strict=False, min_length=3, max_length=ANNOTATION_VERTICES)] | None
    ) = Field(
        None, description="an area: its outline, three or more points on the surface; it closes by itself"
    )
    normal: Vec3 | None = Field(None, description="the direction the surface faces there")
    epoch: Id | None = Field(
        None,
        description="the survey it was seen in; default: every condition, measured on the reference epoch",
    )
    term: Id | None = Field(None, description="a term of `vocabulary.yaml`")

    @model_validator(mode="after")
    def _one(self) -> Annotation:
        if sum(shape is not None for shape in (self.position_m, self.line_m, self.area_m)) != 1:
            raise ValueError("exactly one of position_m, line_m and area_m")
        return self

    @property
    def shape(self) -> tuple[Literal["position_m", "line_m", "area_m"], tuple[Vec3, ...]]:
        """The key that is set, and its points."""
        if self.area_m is not None:
            return "area_m", self.area_m
        if self.line_m is not None:
            return "line_m", self.line_m
        assert self.position_m is not None  # noqa: S101 - the validator has seen to it
        return "position_m", (self.position_m,)


class Annotations(Document):
    """``monuments/<id>/annotations.yaml``."""

    annotations: Annotated[tuple[Annotation, ...], Field(strict=False)] = Field(
        (), description="the annotations"
    )


Footprints.model_rebuild()
Site.model_rebuild()
