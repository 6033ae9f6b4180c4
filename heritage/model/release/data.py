"""The open data's table of contents."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from heritage.model.documents import Credit, Rights
from heritage.model.release.base import ReleaseDocument


class DataFile(ReleaseDocument):
    """One way to have a data set."""

    path: str
    type: str = Field(description="media type")
    bytes: int


class DataSet(ReleaseDocument):
    """A data set of the release, whose it is and in which files it comes."""

    id: str
    kind: Literal["monuments", "footprints", "annotations", "model"]
    title: dict[str, str] = Field(description="the monument's, for a model; else empty: the viewer's words")
    subtitle: dict[str, str] = Field(default_factory=dict, description="the epoch's, for a model")
    items: int
    rights: Rights
    credits: tuple[Credit, ...]
    files: tuple[DataFile, ...]
    days: tuple[str | None, str | None] | None = Field(
        None,
        description="first and last day of what it tells of, ISO 8601; a bound that is None is not known",
    )


class DataDocument(ReleaseDocument):
    """``data/index.json``."""

    catalogue: DataFile
    sets: tuple[DataSet, ...]
