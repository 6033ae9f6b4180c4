"""``release.json`` and ``manifest.json``: what a release is and which files it has."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from heritage.model.documents import Credit, Rights, View
from heritage.model.release.annotation import TermEntry
from heritage.model.release.base import FileEntry, Frame, ReleaseDocument
from heritage.model.release.map import MapEntry
from heritage.model.release.monument import MonumentEntry
from heritage.model.release.tour import TourEntry


class Release(ReleaseDocument):
    """``release.json``."""

    format: Literal[1] = 1
    id: str
    sequence: int
    generator: str
    title: dict[str, str]
    html: dict[str, str]
    languages: tuple[str, ...]
    rights: Rights
    credits: tuple[Credit, ...]
    frame: Frame
    opening: View = Field(description="site frame")
    footprints: str | None = Field(None, description="the ground plans nearest to the monuments")
    map: MapEntry | None = None
    search: str | None = Field(None, description="what can be found beside monuments and tours")
    data: str | None = Field(None, description="the open data's table of contents")
    still: str | None = Field(None, description="a small picture of the opening view")
    vocabulary: tuple[TermEntry, ...] = Field((), description="the terms of annotations")
    monuments: tuple[MonumentEntry, ...]
    tours: tuple[TourEntry, ...]


class Manifest(ReleaseDocument):
    """``manifest.json``: every other file of the release with its digest, sorted by path."""

    release: str
    files: tuple[FileEntry, ...]
    provenance: tuple[dict[str, object], ...] = Field(
        (), description="stage, fingerprint, options and sources that each part came from"
    )
