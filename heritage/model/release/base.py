"""What several documents of a release are made of."""

from __future__ import annotations

from pydantic import Field

from heritage.model.documents import Document

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


class ShownEntry(ReleaseDocument):
    """One condition; exactly one of the two is set."""

    epoch: str | None = None
    state: str | None = None


class FileEntry(ReleaseDocument):
    """One file of a release."""

    path: str
    sha256: str
    bytes: int
    type: str
