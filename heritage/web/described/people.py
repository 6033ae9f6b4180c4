"""Signing in, accounts, and what staff do with visitors' reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from heritage.people.reports import SHOWN, STATUSES
from heritage.web.described.operation import STORE, Operation, file
from heritage.web.described.shapes import ROLE, TEXT, TRUTH, WHOLE, listed, maybe, name, record, ref


def _links(*found: tuple[str, str, str, Mapping[str, str]]) -> Callable[[str], dict[str, Any]]:
    """Operations that follow from an answer: how each is called, its method and address, and what it takes of it."""

    def links(_: str) -> dict[str, Any]:
        own = {"header.Sec-Fetch-Site": "same-origin"}
        return {
            called: {
                "operationId": name(method, address),
                "parameters": dict(taken) | ({} if method == "get" else own),
            }
            for called, method, address, taken in found
        }

    return links


_REPORT: Final = {"path.id": "$response.body#/reports/0/id"}
_WORK: Final = {**_REPORT, "header.If-Match": '"{$response.body#/reports/0/revision}"'}
_FIRST: Final = {"path.id": "$response.body#/0/id"}
_SESSION: Final = {"Set-Cookie": {"schema": {"type": "string"}}}
PEOPLE: Final = {
    ("POST", "/studio/api/session"): Operation(
        "Signs in",
        ref("Me"),
        body={"anyOf": [record(token=TEXT), record(name=TEXT, password=TEXT)]},
        refusals=(401, 429),
        headers=_SESSION,
    ),
    ("DELETE", "/studio/api/session"): Operation("Signs out", status=204),
    ("GET", "/studio/api/sign-in"): Operation(
        "How one signs in", record(mode={"enum": ["local", "accounts"]}, openid=maybe(TEXT))
    ),
    ("GET", "/studio/api/me"): Operation("Who is signed in", ref("Me"), refusals=(401,)),
    ("PUT", "/studio/api/me/password"): Operation(
        "Changes one's password", status=204, body=record(old=TEXT, new=TEXT), refusals=(429,)
    ),
    ("GET", "/studio/api/me/sessions"): Operation(
        "One's sessions",
        listed(ref("Session")),
        links=_links(("end", "delete", "/studio/api/me/sessions/{id}", _FIRST)),
    ),
    ("DELETE", "/studio/api/me/sessions/<id>"): Operation("Ends one of them", status=204),
    ("GET", "/studio/api/sessions"): Operation(
        "Everybody's sessions",
        listed(ref("Session")),
        links=_links(("end", "delete", "/studio/api/sessions/{id}", _FIRST)),
    ),
    ("DELETE", "/studio/api/sessions/<id>"): Operation("Ends a session", status=204),
    ("GET", "/studio/api/people"): Operation(
        "The accounts",
        listed(
            record(
                name=TEXT,
                roles=listed(ROLE),
                made=WHOLE,
                closed=maybe(WHOLE),
                sessions=WHOLE,
                issuer=maybe(TEXT),
            )
        ),
    ),
    ("PUT", "/studio/api/people/<name>"): Operation(
        "Changes an account",
        status=204,
        body={
            "anyOf": [
                record(roles={**listed(ROLE), "minItems": 1}),
                record(closed=TRUTH),
                record(locked_out={"const": False}),
            ]
        },
        refusals=(400, 422),
    ),
    ("GET", "/studio/api/people-events"): Operation(
        "What happened to accounts", record(events=listed(ref("Event")), broken_at=maybe(WHOLE))
    ),
    ("GET", "/studio/api/invitations"): Operation(
        "The open invitations",
        listed(ref("Invitation")),
        links=_links(("withdraw", "delete", "/studio/api/invitations/{id}", _FIRST)),
    ),
    ("POST", "/studio/api/invitations"): Operation(
        "Invites somebody", record(invitation=TEXT), 201, body=record(roles={**listed(ROLE), "minItems": 1})
    ),
    ("DELETE", "/studio/api/invitations/<id>"): Operation("Withdraws an invitation", status=204),
    ("POST", "/studio/api/accept-invitation"): Operation(
        "Makes the account of an invitation",
        ref("Me"),
        201,
        body=record(invitation=TEXT, name=TEXT, password=TEXT),
        refusals=(404,),
        headers=_SESSION,
    ),
    ("GET", "/studio/api/openid"): Operation("To the institution's OpenID provider", status=303),
    ("GET", "/studio/api/openid/return"): Operation("Back from it", status=303),
    ("GET", "/studio/api/reports"): Operation(
        "Visitors' reports",
        record(reports=listed(ref("Report")), figures=ref("Figures")),
        links=_links(
            ("work", "put", "/studio/api/reports/{id}", _WORK),
            ("history", "get", "/studio/api/reports/{id}/history", _REPORT),
            ("photo", "get", "/studio/api/reports/{id}/photo", _REPORT),
        ),
    ),
    ("PUT", "/studio/api/reports/<int:id>"): Operation(
        "Works on a report",
        ref("Report"),
        body=record(
            ("shown",),
            status={"enum": list(STATUSES)},
            assignee=maybe(TEXT),
            due=WHOLE,
            answer=maybe(TEXT),
            shown={"enum": list(SHOWN)},
        ),
        refusals=(404, 412, 428),
        parameters={("header", "If-Match"): {"type": "string", "pattern": '^"[0-9]{1,9}"$'}},
        headers={"ETag": {"schema": {"type": "string"}}},
    ),
    ("GET", "/studio/api/reports.csv"): Operation(
        "The same as a table", TEXT, kind="text/csv; charset=utf-8"
    ),
    ("GET", "/studio/api/reports/<int:id>/history"): Operation(
        "Who did what to a report", listed(ref("Step"))
    ),
    ("GET", "/studio/api/reports/<int:id>/photo"): file("A report's photo"),
    ("DELETE", "/studio/api/reports/<int:id>/photo"): Operation(
        "Removes a report's photo", status=204, refusals=STORE
    ),
}
