"""The conditions of a monument: what was surveyed, and what was interpreted."""

from __future__ import annotations

from pydantic import Field

from heritage.model.documents import Certainty, Evidence, Words
from heritage.model.release.base import Box, Period, ReleaseDocument
from heritage.model.release.placement import StatePlacementEntry


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
    """What is known of how far a survey's surface is from what stood there, in true metres.

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
    stated_m: float | None = Field(None, description="1 sigma of a point, as the surveyor states it")


class EpochEntry(ReleaseDocument):
    """A measured condition as tiles."""

    id: str
    title: dict[str, str]
    captured: str | None
    method: str
    tileset: str
    download: str | None = Field(None, description="GLB to take away, true metres")
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
    download: str | None = Field(None, description="GLB to take away, true metres")
    download_bytes: int = 0
    ar: ArEntry | None = Field(None, description="for phones; none in older releases")
    bounds: Box
