"""Who has which stop open: told by every page again and again, forgotten when it stops telling."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any

from flask import Blueprint, Response, request

from heritage.web.errors import refused
from heritage.web.studio.answers import said
from heritage.web.studio.documents import place_or_404
from heritage.web.studio.people import person

FORGOTTEN_S = 30.0
_MOST = 1000
_TEXT = 200


@dataclass(frozen=True)
class _Seen:
    name: str
    key: str
    stop: str | None
    at: float


class Presence:
    """Who was where lately, in this server; two servers on one folder know their own visitors only."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: dict[tuple[int, str], _Seen] = {}
        self._lock = Lock()

    def tell(self, who: int, name: str, page: str, key: str, stop: str | None) -> None:
        """Somebody has ``stop`` of the document ``key`` open in one of their pages."""
        with self._lock:
            self._forget()
            if len(self._seen) < _MOST or (who, page) in self._seen:
                self._seen[who, page] = _Seen(name, key, stop, self._clock())

    def everyone(self) -> list[dict[str, Any]]:
        """Who is there, as JSON."""
        with self._lock:
            self._forget()
            seen = [(one, page) for (_, page), one in self._seen.items()]
        return [{"name": s.name, "page": page, "key": s.key, "stop": s.stop} for s, page in seen]

    def _forget(self) -> None:
        end = self._clock() - FORGOTTEN_S
        self._seen = {who: seen for who, seen in self._seen.items() if seen.at > end}


def register(studio: Blueprint) -> None:
    """Add the routes."""
    presence = Presence()

    @studio.get("/api/presence")
    def present() -> Response:
        return said(presence.everyone())

    @studio.put("/api/presence")
    def tell() -> Response:
        body: Any = request.get_json(silent=True)
        body = body if isinstance(body, dict) else {}
        key, stop, page = body.get("key"), body.get("stop"), body.get("page", "")
        texts = isinstance(key, str) and isinstance(stop, str | None) and isinstance(page, str)
        if not texts or len(stop or "") > _TEXT or len(page) > _TEXT:
            raise refused(
                400, "bad-request", "the body", "it is no place", '{"key": …, "stop": …, "page": …}', ""
            )
        place_or_404(key)
        presence.tell(person().id, person().name, page, key, stop)
        return said(presence.everyone())
