"""``site.yaml`` and ``vocabulary.yaml``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from heritage.model.documents.base import (
    Credit,
    Document,
    Id,
    InCrs,
    LangText,
    Language,
    RelativePath,
    Rights,
    Url,
    View,
)


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
    dem_offset_m: InCrs | None = Field(
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


class Reports(Document):
    """Visitors may report damage, and get an answer."""

    answer_days: Annotated[int, Field(ge=1, le=365)] = Field(
        14, description="days within which somebody answers; visitors are told"
    )


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
    ground_m: InCrs = Field(
        0.0, description="height of the ground in the working CRS where no footprint says it, metres"
    )
    footprints: Footprints | None = Field(None, description="the ground plans")
    ground: Ground | None = Field(None, description="the ground's shape and picture")
    base_map: Annotated[tuple[BaseLayer, ...], Field(strict=False, max_length=30)] = Field(
        (), description="what is drawn on the ground; later layers cover earlier ones of their kind"
    )
    rights: Rights = Field(description="under what terms the site is shown")
    credits: Annotated[tuple[Credit, ...], Field(strict=False)] = Field((), description="who did what")
    reports: Reports | None = Field(
        None,
        description="whether visitors may report damage to the server; others see of it what somebody releases",
    )
    opening: View | None = Field(
        None, description="the first view, in the site frame (east, north, up; metres)"
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
