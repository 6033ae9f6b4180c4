"""What stands and lies around the monuments."""

from __future__ import annotations

from pydantic import Field

from heritage.model.release.base import ReleaseDocument


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
