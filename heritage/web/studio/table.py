"""Who may do what: one row for every route of the studio. A route without a row is refused, and fails a test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import Flask

from heritage.people.person import ROLES, Role

ALL: Final[frozenset[Role]] = frozenset(ROLES)
EDITORS: Final = ALL - {"translator"}
ADMINISTRATORS: Final[frozenset[Role]] = frozenset({"administrator"})
CURATORS: Final[frozenset[Role]] = frozenset({"administrator", "curator"})
NOBODY_NEEDED: Final[frozenset[Role]] = frozenset()
"""Open to who is not signed in."""


@dataclass(frozen=True)
class Row:
    """``rule`` is the route as Flask has it; who has one of ``roles`` may use ``method`` there."""

    method: str
    rule: str
    roles: frozenset[Role]


TABLE: Final = (
    Row("GET", "/studio/", NOBODY_NEEDED),
    Row("GET", "/studio/scene.html", NOBODY_NEEDED),
    Row("POST", "/studio/api/session", NOBODY_NEEDED),
    Row("DELETE", "/studio/api/session", NOBODY_NEEDED),
    Row("GET", "/studio/api/sign-in", NOBODY_NEEDED),
    Row("GET", "/studio/api/me", NOBODY_NEEDED),
    Row("GET", "/studio/api/documents", ALL),
    Row("GET", "/studio/api/documents/<path:key>", ALL),
    # A translator's save may touch the words of a tour only: the route sees to it.
    Row("PUT", "/studio/api/documents/<path:key>", ALL),
    Row("DELETE", "/studio/api/documents/<path:key>", EDITORS),
    Row("GET", "/studio/api/schemas/<kind>", ALL),
    Row("POST", "/studio/api/markdown", ALL),
    Row("GET", "/studio/api/history/<path:key>", ALL),
    Row("GET", "/studio/api/presence", ALL),
    Row("PUT", "/studio/api/presence", ALL),
    Row("GET", "/studio/api/findings/<tour>", ALL),
    Row("GET", "/studio/api/placements", ALL),
    Row("POST", "/studio/api/placements/<monument>", EDITORS),
    Row("POST", "/studio/api/media", EDITORS),
    Row("GET", "/studio/files/<path:name>", ALL),
    Row("GET", "/studio/api/builds", ALL),
    Row("POST", "/studio/api/builds", EDITORS),
    Row("DELETE", "/studio/api/builds/<id>", EDITORS),
    Row("GET", "/studio/api/releases", ALL),
    Row("POST", "/studio/api/releases", CURATORS),
    Row("GET", "/studio/r/<release_id>/<path:name>", ALL),
    Row("GET", "/studio/api/journal", ALL),
    Row("GET", "/studio/api/openapi.json", ALL),
)

# Only where there are accounts.
STAFF: Final = (
    Row("PUT", "/studio/api/me/password", ALL),
    Row("GET", "/studio/api/me/sessions", ALL),
    Row("DELETE", "/studio/api/me/sessions/<id>", ALL),
    Row("GET", "/studio/api/sessions", ADMINISTRATORS),
    Row("DELETE", "/studio/api/sessions/<id>", ADMINISTRATORS),
    Row("GET", "/studio/api/people", ADMINISTRATORS),
    Row("PUT", "/studio/api/people/<name>", ADMINISTRATORS),
    Row("GET", "/studio/api/people-events", ADMINISTRATORS),
    Row("GET", "/studio/api/invitations", ADMINISTRATORS),
    Row("POST", "/studio/api/invitations", ADMINISTRATORS),
    Row("DELETE", "/studio/api/invitations/<id>", ADMINISTRATORS),
    # Who has the link is nobody yet.
    Row("POST", "/studio/api/accept-invitation", NOBODY_NEEDED),
)

# Only where there is a provider: the way there and back is nobody's yet.
OPENID: Final = (
    Row("GET", "/studio/api/openid", NOBODY_NEEDED),
    Row("GET", "/studio/api/openid/return", NOBODY_NEEDED),
)

# Only where visitors may report.
REPORTS: Final = (
    Row("GET", "/studio/api/reports", EDITORS),
    Row("GET", "/studio/api/reports.csv", EDITORS),
    Row("PUT", "/studio/api/reports/<int:id>", EDITORS),
    Row("GET", "/studio/api/reports/<int:id>/history", EDITORS),
    Row("GET", "/studio/api/reports/<int:id>/photo", EDITORS),
    Row("DELETE", "/studio/api/reports/<int:id>/photo", CURATORS),
)
EVERY: Final = (*TABLE, *STAFF, *OPENID, *REPORTS)


def routes(app: Flask, below: str = "/") -> set[tuple[str, str]]:
    """Method and rule of every route of ``app``, or of those that begin with ``below``."""
    return {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(below)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def check(app: Flask) -> None:
    """Raise RuntimeError for a route without a row: the server does not start with one."""
    missing = routes(app, "/studio") - {(row.method, row.rule) for row in EVERY}
    if missing:
        raise RuntimeError(f"no row in {__name__} for {sorted(missing)}")
