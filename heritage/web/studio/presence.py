"""Who has which stop open: told by every page again and again, forgotten when it stops telling."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, request

from heritage.store.drafts import Drafts
from heritage.store.presence import Presence, Seen
from heritage.web.errors import refused
from heritage.web.studio.answers import said
from heritage.web.studio.documents import place_or_404
from heritage.web.studio.people import person

LONGEST = 200


def register(studio: Blueprint, drafts: Drafts) -> None:
    """Add the routes."""
    presence = Presence(drafts.site)

    @studio.get("/api/presence")
    def present() -> Response:
        return said([asdict(one) for one in presence.everyone()])

    @studio.put("/api/presence")
    def tell() -> Response:
        body: Any = request.get_json(silent=True)
        body = body if isinstance(body, dict) else {}
        key, stop, page = body.get("key"), body.get("stop"), body.get("page", "")
        texts = isinstance(key, str) and isinstance(stop, str | None) and isinstance(page, str)
        if not texts or len(stop or "") > LONGEST or len(page) > LONGEST:
            raise refused(
                400, "bad-request", "the body", "it is no place", '{"key": …, "stop": …, "page": …}', ""
            )
        place_or_404(key)
        return said([asdict(one) for one in presence.tell(person().id, Seen(person().name, page, key, stop))])
