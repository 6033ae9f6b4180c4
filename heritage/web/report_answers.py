"""What the pages of reports have in common: the language, the monuments by name, answers that nobody stores, photos."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flask import Response, request

from heritage.page.report_words import REPORT_WORDS
from heritage.page.words import spoken
from heritage.store.manifest import digest
from heritage.store.photos import Photos
from heritage.web import errors
from heritage.web.errors import not_found
from heritage.web.files import send_file
from heritage.web.releases import Releases

if TYPE_CHECKING:
    from heritage.people.reports import Report


def language() -> str:
    """The visitor's, of those that the pages of reports speak."""
    return errors.choose_language(request, tuple(REPORT_WORDS))


def monuments(releases: Releases, spoken_language: str) -> dict[str, str]:
    """Titles of the current release's monuments by their ids."""
    current = releases.current()
    found = {} if current is None else releases.monuments(current)
    return {id: spoken(title, spoken_language, tuple(title)) for id, title in found.items()}


def page(text: str, status: int = 200) -> Response:
    """A page for this visitor only."""
    headers = {"Cache-Control": "no-store", "Vary": "Accept, Accept-Language"}
    return Response(text, status, content_type="text/html; charset=utf-8", headers=headers)


def said(value: dict[str, object], status: int = 200) -> Response:
    """The same as JSON."""
    return Response(
        json.dumps(value), status, content_type="application/json", headers={"Cache-Control": "no-store"}
    )


def photo_of(report: Report, photos: Photos) -> Response:
    """A report's photo, to be asked for again each time: it may be withdrawn. Raises InputError (404)."""
    if report.photo is None:
        raise not_found()
    path = photos.path(report.photo)
    if not path.is_file():
        raise not_found()
    answer = send_file(
        request,
        path,
        path.parent,
        digest=digest(path),
        size=path.stat().st_size,
        kind="image/jpeg",
        cache="private, no-cache",
    )
    answer.headers["Content-Disposition"] = "attachment"
    return answer
