"""An institution's people: one's own password and sessions, and what administrators do with accounts."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Flask, Response, request

from heritage.model.errors import InputError
from heritage.people import accounts, events, invitations, sessions
from heritage.people.secret import digest
from heritage.people.signing_in import forget, sign_in
from heritage.web.errors import not_found, refused
from heritage.web.studio.answers import said, strange_body
from heritage.web.studio.doors import Institution, texts
from heritage.web.studio.people import Cookie, described, person

_NEWEST_EVENTS = 500


def register(app: Flask, door: Institution, cookie: Cookie) -> None:
    """Add the routes."""
    database = door.database

    @app.put("/studio/api/me/password")
    def change_password() -> Response:
        """The old one is asked for, so that an open browser is not enough; all other sessions end."""
        old, new = texts(request.get_json(silent=True), "old", "new")
        me = person()
        try:
            sign_in(database, me.name, old, request.remote_addr or "")
        except InputError:
            raise refused(
                403, "password-wrong", "the old password", "it is another", "your present one", "type it anew"
            ) from None
        accounts.set_password(database, me.name, new, by=me.name, keep=digest(cookie.read() or ""))
        return Response(status=204)

    @app.get("/studio/api/me/sessions")
    def my_sessions() -> Response:
        return said([asdict(one) for one in sessions.running(database, person().id)])

    @app.delete("/studio/api/me/sessions/<id>")
    def end_my_session(id: str) -> Response:
        if id not in {one.id for one in sessions.running(database, person().id)}:
            raise not_found()
        sessions.end_by_id(database, id, by=person().name)
        return Response(status=204)

    @app.get("/studio/api/sessions")
    def all_sessions() -> Response:
        return said([asdict(one) for one in sessions.running(database)])

    @app.delete("/studio/api/sessions/<id>")
    def end_session(id: str) -> Response:
        sessions.end_by_id(database, id, by=person().name)
        return Response(status=204)

    @app.get("/studio/api/people")
    def everyone() -> Response:
        return said([_listed(one) for one in accounts.everyone(database)])

    @app.put("/studio/api/people/<name>")
    def change(name: str) -> Response:
        """``{"roles": […]}``, ``{"closed": true}`` or ``{"locked_out": false}``."""
        body, by = request.get_json(silent=True), person().name
        match body:
            case {"roles": list(given), **more} if not more and all(isinstance(role, str) for role in given):
                accounts.set_roles(database, name, given, by=by)
            case {"closed": True, **more} if not more:
                accounts.close(database, name, by=by)
            case {"closed": False, **more} if not more:
                accounts.reopen(database, name, by=by)
            case {"locked_out": False, **more} if not more:
                forget(database, name, by=by)
            case _:
                raise strange_body('{"roles": […]}, {"closed": true or false} or {"locked_out": false}')
        return Response(status=204)

    @app.get("/studio/api/people-events")
    def what_happened() -> Response:
        with database.reading() as connection:
            found = events.read(connection, newest=_NEWEST_EVENTS)
            return said({"events": [asdict(one) for one in found], "broken_at": events.broken_at(connection)})

    @app.get("/studio/api/invitations")
    def open_invitations() -> Response:
        return said([asdict(one) for one in invitations.standing(database)])

    @app.post("/studio/api/invitations")
    def invite() -> Response:
        """The answer has the secret, once; the page makes the link ``/studio/#invitation=<secret>`` of it."""
        match request.get_json(silent=True):
            case {"roles": list(given), **more} if not more and all(isinstance(role, str) for role in given):
                return said({"invitation": invitations.invite(database, given, by=person().name)}, 201)
        raise strange_body('{"roles": […]}')

    @app.delete("/studio/api/invitations/<id>")
    def withdraw(id: str) -> Response:
        invitations.withdraw(database, id, by=person().name)
        return Response(status=204)

    @app.post("/studio/api/accept-invitation")
    def accept() -> Response:
        secret, name, password = texts(request.get_json(silent=True), "invitation", "name", "password")
        somebody = invitations.accept(database, secret, name, password)
        session = door.admit(somebody, request, cookie.read())
        return cookie.set(said(described(somebody, door), 201), session)


def _listed(one: accounts.Account) -> dict[str, Any]:
    return {
        "name": one.person.name,
        "roles": list(one.person.roles),
        "made": one.made,
        "closed": one.closed,
        "sessions": one.sessions,
        "issuer": one.issuer,
    }
