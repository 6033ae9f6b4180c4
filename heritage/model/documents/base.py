"""What the documents are made of: strict base, texts, ids, paths, numbers, a camera."""

from __future__ import annotations

import math
import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from heritage.model.limits import WRITTEN_CRS, WRITTEN_LOCAL

ID_PATTERN = r"^[a-z0-9-]{1,64}$"
TEXT_KINDS = ("~text", "~languages")  # how errors name the two ways to write a text
LANGUAGE_PATTERN = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
HOUR_PATTERN = r"^([01]\d|2[0-3]):[0-5]\d$"


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


def _writable(value: str) -> str:
    # Characters that no XML may hold: the words of a site go into SVG, KML and spreadsheets.
    if re.search("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", value):
        raise ValueError("text without control characters")
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
Hour = Annotated[str, Field(pattern=HOUR_PATTERN)]
Text = Annotated[str, Field(min_length=1, max_length=20_000), AfterValidator(_writable)]
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
Local = Annotated[float, Field(ge=-WRITTEN_LOCAL, le=WRITTEN_LOCAL)]
"""A coordinate near by: in the frame of a monument, an epoch or a site. A NaN is out of bounds, too."""
InCrs = Annotated[float, Field(ge=-WRITTEN_CRS, le=WRITTEN_CRS)]
"""A coordinate of a CRS."""
Vec3 = Annotated[tuple[Local, Local, Local], Field(strict=False)]
CrsVec3 = Annotated[tuple[InCrs, InCrs, InCrs], Field(strict=False)]
Vec2 = Annotated[tuple[Number, Number], Field(strict=False)]
Certainty = Literal["documented", "probable", "conjectural"]
Box3 = Annotated[tuple[Vec3, Vec3], Field(strict=False)]


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
        if math.dist(self.eye_m, self.target_m) < 1e-3:
            raise ValueError("eye_m and target_m are the same point; they must differ")
        return self


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
