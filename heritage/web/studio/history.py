"""What a document was: its revisions, who made them, and what they say."""

from __future__ import annotations

import re

from flask import Blueprint, Response

from heritage.store.drafts import Drafts
from heritage.text.document import DocumentPlace
from heritage.web.errors import not_found
from heritage.web.studio.answers import said
from heritage.web.studio.documents import place_or_404, revision_value, unit_of

_REVISION = re.compile(r"[0-9a-f]{64}")


def register(studio: Blueprint, drafts: Drafts) -> None:
    """Add the routes. To restore a revision is to save its value, so there is no route for that."""

    @studio.get("/api/history/<path:key>")
    def history(key: str) -> Response:
        """The revisions, the newest first; or, with a revision's name after the key, that one."""
        document, _, last = key.rpartition("/")
        if _REVISION.fullmatch(last):
            return _past(drafts, place_or_404(document), last)
        entries = drafts.entries(unit_of(place_or_404(key)))
        if not entries:
            raise not_found()
        return said(
            [
                {"revision": e.revision, "who": e.who, "when": e.when, "what": e.what, "merged": e.merged}
                for e in reversed(entries)
            ]
        )


def _past(drafts: Drafts, place: DocumentPlace, revision: str) -> Response:
    found = drafts.past(unit_of(place), revision)
    if found is None:
        raise not_found()
    value = {"key": place.key, "kind": place.kind, **revision_value(place, found)}
    return said(value, etag=revision)
