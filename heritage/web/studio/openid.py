"""Signing in at an institution's OpenID provider: the way there, and the way back."""

from __future__ import annotations

from typing import Final

from flask import Flask, Response, request

from heritage.model.errors import HeritageError
from heritage.model.limits import JOURNEY_S
from heritage.people.journeys import arrive, depart, person_of
from heritage.people.openid import Provider
from heritage.web.security import STUDIO
from heritage.web.studio.doors import Institution
from heritage.web.studio.options import OPENID, OPENID_RETURN
from heritage.web.studio.people import Cookie

_COOKIE: Final = "heritage-openid"


def register(app: Flask, door: Institution, cookie: Cookie, provider: Provider) -> None:
    """Add the routes."""

    @app.get(OPENID)
    def go() -> Response:
        try:
            address, journey = provider.begin()
            secret = depart(door.database, journey)
        except HeritageError as error:
            return _home(error.problems[0].code)
        response = Response(status=303, headers={"Location": address})
        # Lax: the way back begins at the provider, and a strict cookie would stay at home.
        response.set_cookie(
            _COOKIE,
            secret,
            path=OPENID,
            httponly=True,
            samesite="Lax",
            secure=cookie.secure(),
            max_age=JOURNEY_S,
        )
        return response

    @app.get(OPENID_RETURN)
    def come_back() -> Response:
        journey = arrive(door.database, request.cookies.get(_COOKIE, ""))
        if journey is None:
            return _home("openid-expired")
        try:
            person = person_of(door.database, provider.finish(request.args, journey))
        except HeritageError as error:
            return _home(error.problems[0].code)
        session = door.admit(person, request, cookie.read())
        return cookie.set(_home(), session)

    def _home(code: str | None = None) -> Response:
        """To the studio's page; with the code of what went wrong in the fragment, for the page to say."""
        response = Response(status=303, headers={"Location": f"{STUDIO}#refused={code}" if code else STUDIO})
        response.delete_cookie(_COOKIE, path=OPENID, httponly=True, samesite="Lax", secure=cookie.secure())
        return response
