"""``monuments/<id>/monument.yaml``."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from heritage.model.documents.base import (
    Credit,
    CrsVec3,
    Document,
    Id,
    LangText,
    Positive,
    RelativePath,
    Rights,
    Text,
    View,
    Words,
)
from heritage.model.documents.registration import Registration
from heritage.model.documents.state import State


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
    accuracy_m: Positive | None = Field(
        None,
        description="1 sigma of a point against control, metres, as its surveyor states it; goes into the ± of measures",
    )
    origin_m: CrsVec3 | None = Field(
        None,
        description="subtracted from coordinates, metres; default: 0 or, for map coordinates, a round number",
    )
    cameras: RelativePath | None = Field(
        None,
        description="where the cameras stood, which settles the outer side of surfaces: COLMAP images.txt or "
        "images.bin, Metashape XML, OpenSfM or ODM reconstruction.json, ODM shots.geojson",
    )


class Pair(Document):
    """Two epochs to compare; distances are ``compared`` seen from ``reference``, positive = gained."""

    reference: Id = Field(description="the epoch distances are measured from")
    compared: Id = Field(description="the epoch that is measured")


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
    type: Words | None = Field(
        None,
        description="what kind of building it is; visitors can choose by it, so use the same words again",
    )
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
