"""What ``monument.yaml`` says of the monument's place."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from heritage.model.documents.base import CrsVec3, Document, InCrs, Positive, RelativePath, Text, Vec3


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
    ground_m: InCrs | None = Field(None, description="height of the ground there in the working CRS, metres")


class Pose(Document):
    """Where a person has put the monument."""

    crs_m: CrsVec3 = Field(
        description="where the origin of the monument frame is in the site's working CRS: X east, Y north, Z height"
    )
    heading_deg: Annotated[float, Field(ge=-360, le=360)] = Field(
        description="clockwise angle from north to the monument frame's +y axis"
    )
    scale: Positive = Field(1.0, description="metres per unit of the monument frame")
    up: Vec3 = Field(
        (0.0, 0.0, 1.0),
        description="the way up in the monument frame, where the survey does not stand upright",
    )

    @model_validator(mode="after")
    def _upright(self) -> Pose:
        if self.up[2] <= 0.5 * sum(value**2 for value in self.up) ** 0.5:
            raise ValueError("up is more than 60° from the z axis; the monument frame has z up")
        return self


class ControlPair(Document):
    """One point of the monument and where it is on the map."""

    name: Text = Field(description="what the point is called, each name once")
    role: Literal["control", "check"] = Field(
        "control", description="control: fitted to; check: only judges the fit"
    )
    at_m: Vec3 = Field(description="where it is in the monument frame, x y z")
    crs_m: CrsVec3 = Field(description="where it is in the site's working CRS: X east, Y north, Z height")


class Decided(Document):
    """Whose word a placement is."""

    by: Text = Field(description="who decided")
    when: date = Field(description="the day")
    note: Text | None = Field(None, description="why")


class Registration(Document):
    """How the monument gets its place. ``settled`` is the curator's word on an ambiguous placement."""

    method: Literal["auto", "footprint", "gcp", "crs", "prior", "hand", "none"] = Field(
        "auto", description="what decides the place"
    )
    gcp: RelativePath | None = Field(
        None, description="CSV in the monument's folder: name,role,x,y,z,X,Y,Z; role control or check"
    )
    points: Annotated[tuple[ControlPair, ...], Field(strict=False, max_length=1000)] = Field(
        (), description="control points written here instead of in a CSV"
    )
    level: bool | None = Field(
        None,
        description="true: control points move the monument and turn it about the vertical, never tilt it; default: true "
        "of points written here, false of a CSV",
    )
    pose: Pose | None = Field(None, description="where a person has put it: method hand")
    prior: Prior | None = Field(None, description="a rough placement to begin with")
    scale: Literal["known", "unknown"] = Field("known", description="unknown: the scale is searched for, too")
    settled: bool = Field(False, description="true: the placement found is right, a person has looked")
    decided: Decided | None = Field(None, description="who decided where it stands, when and why")

    @property
    def keeps_upright(self) -> bool:
        """Whether control points may not tilt the monument: a map, where points are clicked, tells no heights."""
        return bool(self.points) if self.level is None else self.level

    @model_validator(mode="after")
    def _once(self) -> Registration:
        if self.gcp is not None and self.points:
            raise ValueError("gcp and points are both given; one of them says the control points")
        names = [point.name for point in self.points]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"the point {twice} stands in points twice; each name once")
        return self


class PlacementOrder(Document):
    """A placement to try: what monument.yaml would say. ``footprint`` instead of the monument's own."""

    registration: Registration = Registration()
    footprint: Text | None = None
    refine: bool = Field(False, description="lay the walls on the footprint anew, beginning from the pose")
