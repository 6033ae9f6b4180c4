"""Who asks, and whether they may: every request below ``/studio/`` passes here first.

The cookie holds nothing but a random secret, for ``/studio/`` only; browsers send it with no request that another
site's page has made. What changes something must come from a page of this server besides.
"""

from __future__ import annotations

from typing import Final

from flask import Flask, Response, g, request

from heritage.model.errors import InputError
from heritage.people.person import Person
from heritage.web.errors import refused
from heritage.web.security import AHEAD, STUDIO, demand_own
from heritage.web.studio.answers import said
from heritage.web.studio.doors import Door
from heritage.web.studio.options import StudioOptions
from heritage.web.studio.table import EVERY

_SAFE: Final = ("GET", "HEAD")


def person() -> Person:
    """Who asks. Only where the table wants somebody to be signed in."""
    found: Person = g.person
    return found


class Cookie:
    """The session's cookie: its name, and how it is read, set and taken back."""

    def __init__(self, options: StudioOptions) -> None:
        self._behind_tls = (options.origin or "").startswith("https://")

    def read(self) -> str | None:
        """The secret that the request carries."""
        return request.cookies.get(self._name())

    def set(self, response: Response, secret: str) -> Response:
        """Hand out a session. Without an age: it goes with the browser, and the server's own expiry counts."""
        response.set_cookie(
            self._name(), secret, path=STUDIO, httponly=True, samesite="Strict", secure=self.secure()
        )
        return response

    def drop(self, response: Response) -> Response:
        """Take it back."""
        response.delete_cookie(
            self._name(), path=STUDIO, httponly=True, samesite="Strict", secure=self.secure()
        )
        return response

    def secure(self) -> bool:
        """Whether browsers reach this server over TLS."""
        return self._behind_tls or request.is_secure

    def _name(self) -> str:
        if self.secure():
            return "__Secure-heritage-studio"
        # Browsers keep cookies by host without its port: two servers of one machine must not share a name.
        port = request.host.rpartition(":")[2]
        return f"heritage-studio-{port}" if port.isdecimal() else "heritage-studio"


def register(app: Flask, door: Door, cookie: Cookie, options: StudioOptions) -> None:
    """Guard every address of the studio by the table, and let people in and out."""
    roles = {(row.method, row.rule): row.roles for row in EVERY}

    @app.before_request
    def guard() -> None:
        if not request.path.startswith(STUDIO) or request.url_rule is None:
            return
        if request.method not in _SAFE:
            demand_own(request, options.origin)
        allowed = roles[("GET" if request.method == "HEAD" else request.method, request.url_rule.rule)]
        secret = cookie.read()
        g.person = None if secret is None else door.find(secret, seen=AHEAD not in request.environ)
        if not allowed:
            return
        if g.person is None:
            raise signed_out()
        if not g.person.has(allowed):
            raise _forbidden(allowed)

    @app.post("/studio/api/session")
    def begin() -> Response:
        somebody, secret = door.enter(request.get_json(silent=True), request, cookie.read())
        return cookie.set(said(described(somebody, door)), secret)

    @app.delete("/studio/api/session")
    def end() -> Response:
        secret = cookie.read()
        if secret is not None:
            door.leave(secret)
        return cookie.drop(Response(status=204))

    @app.get("/studio/api/sign-in")
    def ways_in() -> Response:
        return said(
            {"mode": door.mode, "openid": options.provider.openid.label if options.provider else None}
        )

    @app.get("/studio/api/me")
    def me() -> Response:
        if g.person is None:
            raise signed_out()
        return said(described(g.person, door))


def signed_out() -> InputError:
    """401: nobody is signed in."""
    return refused(
        401,
        "sign-in",
        "the studio",
        "nobody is signed in",
        "people who are",
        "open the studio's page and sign in",
    )


def _forbidden(allowed: frozenset[str]) -> InputError:
    roles = ", ".join(sorted(allowed))
    return refused(
        403, "role-forbidden", "the studio", "this is not for your roles", roles, "ask an administrator"
    )


def described(somebody: Person, door: Door) -> dict[str, object]:
    """Who is signed in, as the page reads it."""
    return {"name": somebody.name, "roles": list(somebody.roles), "mode": door.mode}
