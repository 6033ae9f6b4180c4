"""Who may do what: one row for every route of the studio. A route without a row is refused, and fails a test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Role = Literal["administrator", "curator", "conservator", "translator"]

ALL: Final[frozenset[Role]] = frozenset({"administrator", "curator", "conservator", "translator"})
EDITORS: Final = ALL - {"translator"}
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
    Row("GET", "/studio/api/me", NOBODY_NEEDED),
    Row("GET", "/studio/api/documents", ALL),
    Row("GET", "/studio/api/documents/<path:key>", ALL),
    # A translator's save may touch the words of a tour only: the route sees to it.
    Row("PUT", "/studio/api/documents/<path:key>", ALL),
    Row("DELETE", "/studio/api/documents/<path:key>", EDITORS),
    Row("POST", "/studio/api/markdown", ALL),
    Row("GET", "/studio/api/history/<path:key>", ALL),
    Row("GET", "/studio/api/presence", ALL),
    Row("PUT", "/studio/api/presence", ALL),
)
