"""What can be found beside monuments and tours."""

from __future__ import annotations

from pydantic import Field

from heritage.model.release.base import ReleaseDocument


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
