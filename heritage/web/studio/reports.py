"""The queue of visitors' reports: who looks after which, until when, and what is answered."""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

from flask import Blueprint, Response, request

from heritage.people import reports
from heritage.people.database import Database
from heritage.web.studio.answers import said, strange_body
from heritage.web.studio.people import person

_LATEST: Final = 2**37  # in the year 6325; a date ends with the year 9999


def register(studio: Blueprint, database: Database) -> None:
    """Add the routes."""

    @studio.get("/api/reports")
    def queue() -> Response:
        found = reports.queue(database)
        return said({"reports": [asdict(one) for one in found], "figures": asdict(reports.figures(found))})

    @studio.put("/api/reports/<int:id>")
    def change(id: int) -> Response:
        """The whole state: what is left out is not kept."""
        match request.get_json(silent=True):
            case {
                "status": str(status),
                "assignee": None | str() as assignee,
                "due": int(due),
                "answer": None | str() as answer,
                **more,
            } if not more and 0 <= due < _LATEST:
                changed = reports.change(
                    database, id, by=person().name, status=status, assignee=assignee, due=due, answer=answer
                )
                return said(asdict(changed))
        raise strange_body(
            '{"status": text, "assignee": text or null, "due": seconds since 1970, "answer": text or null}'
        )
