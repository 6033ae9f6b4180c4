"""``monuments/<id>/plan.json`` of a release: where a monument stands, where else it could, and what says so."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from heritage.model.documents import Pose
from heritage.model.release import Matrix, Placement, ReleaseDocument


class WallEntry(ReleaseDocument):
    """One edge of a footprint (east, north) and how the monument's walls lie along it."""

    start_m: tuple[float, float]
    end_m: tuple[float, float]
    cells: int = Field(description="of wall that lie along it")
    mean_m: float | None = Field(description="mean of them, outward of the drawn edge; None without any")


class PlacementEntry(ReleaseDocument):
    """A placement with its figures."""

    site_from_monument: Matrix
    pose: Pose = Field(description="the same as monument.yaml says it")
    footprint: str | None = None
    likelihood: float = Field(description="relative to the present one, 1 = as likely")
    rms_m: float | None = Field(None, description="of walls to the footprint's edges, or of control points")
    iou: float | None = Field(None, description="of the footprint and the plan of the points")
    cover: float | None = Field(None, description="share of the footprint's edges with a wall on them")
    outside: float | None = Field(None, description="share of the walls outside")
    sigma_m: float | None = Field(None, description="1 sigma of the horizontal position")
    walls: tuple[WallEntry, ...] = ()


class PointEntry(ReleaseDocument):
    """A control point's residual: measured less placed."""

    name: str
    use: Literal["control", "check", "blunder"]
    east_m: float
    north_m: float
    up_m: float
    length_m: float


class PlacementPlan(ReleaseDocument):
    """What a person needs to judge and change a placement."""

    cells_m: tuple[tuple[float, float, float], ...] = Field(
        description="where walls stand, at their foot, monument frame; of the outline where hardly a wall was seen"
    )
    crs_from_site: Matrix = Field(
        description="working CRS from site frame about the monument; exact to crs_error_m"
    )
    crs_error_m: float
    places: tuple[PlacementEntry, ...] = Field(description="the present one first")
    points: tuple[PointEntry, ...] = Field(
        (), description="of the present one, where it is by control points"
    )


class PlacementTrial(ReleaseDocument):
    """What `heritage place` answers: what a registration would give, with nothing changed."""

    placement: Placement
    plan: PlacementPlan
    warnings: tuple[str, ...] = ()
