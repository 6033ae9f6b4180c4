"""Who is there. Alone on a laptop: one token, printed with the address, and sessions that end with the server."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, g, jsonify, request

from heritage.web.errors import refused
from heritage.web.studio.options import StudioOptions
from heritage.web.studio.table import TABLE

COOKIE = "heritage-studio"


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in."""

    id: str
    name: str
    roles: tuple[str, ...]


def person() -> Person:
    """Who asks. Only where the table wants somebody to be signed in."""
    found: Person = g.person
    return found


def register(app: Flask, site: Path, options: StudioOptions) -> None:
    """Guard every address of the studio by the table, and let people in."""
    sessions: set[str] = set()
    roles = {(row.method, row.rule): row.roles for row in TABLE}
    owner = Person("local", "local", ("administrator",))

    @app.before_request
    def guard() -> None:
        if not request.path.startswith("/studio/") or request.url_rule is None:
            return
        method = "GET" if request.method == "HEAD" else request.method
        allowed = roles.get((method, request.url_rule.rule))
        if method != "GET" and not _from_here():
            raise refused(
                403, "cross-site", "the request", "another site's page sent it", "the studio's own", ""
            )
        g.person = owner if request.cookies.get(COOKIE) in sessions else None
        if allowed is not None and not allowed:
            return
        if g.person is None:
            raise refused(401, "sign-in", "the studio", "nobody is signed in", "people who are", "sign in")
        if allowed is None or not allowed & set(g.person.roles):
            raise refused(
                403, "role-forbidden", "the studio", "it is not for your role", "others", "ask for it"
            )

    @app.post("/studio/api/session")
    def begin() -> Response:
        given = request.get_json(silent=True)
        token = given.get("token") if isinstance(given, dict) else None
        if options.token is None or not isinstance(token, str) or not _equal(token, options.token):
            raise refused(
                403, "token-wrong", "the token", "it is not this server's", "the one it printed", ""
            )
        session = secrets.token_urlsafe(32)
        sessions.add(session)
        response = _described(owner)
        response.set_cookie(
            COOKIE, session, path="/studio/", httponly=True, samesite="Strict", secure=request.is_secure
        )
        return response

    @app.delete("/studio/api/session")
    def end() -> Response:
        sessions.discard(request.cookies.get(COOKIE, ""))
        response = Response(status=204)
        response.delete_cookie(COOKIE, path="/studio/")
        return response

    @app.get("/studio/api/me")
    def me() -> Response:
        if g.person is None:
            raise refused(401, "sign-in", "the studio", "nobody is signed in", "people who are", "sign in")
        return _described(g.person)


def _described(somebody: Person) -> Response:
    response = jsonify({"name": somebody.name, "roles": list(somebody.roles), "mode": "local"})
    response.headers["Cache-Control"] = "no-store"
    return response


def _from_here() -> bool:
    """Whether a page of this server sent the request, as browsers tell."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin is not None and origin == request.host_url.rstrip("/")


def _equal(a: str, b: str) -> bool:
    return hmac.compare_digest(a.encode(), b.encode())
