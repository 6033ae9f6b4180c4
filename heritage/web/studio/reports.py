"""The queue of visitors' reports: who looks after which, until when, and what is answered."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, Response, request

from heritage.people import reports
from heritage.people.database import Database
from heritage.web.errors import refused
from heritage.web.studio.answers import said
from heritage.web.studio.people import person


def register(studio: Blueprint, database: Database) -> None:
    """Add the routes."""

    @studio.get("/api/reports")
    def queue() -> Response:
        found = [asdict(one) for one in reports.queue(database)]
        return said({"reports": found, "figures": asdict(reports.figures(database))})

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
            } if not more and 0 <= due < 2**40:
                changed = reports.change(
                    database, id, by=person().name, status=status, assignee=assignee, due=due, answer=answer
                )
                return said(asdict(changed))
        raise refused(
            400,
            "bad-request",
            "the body",
            "it is something else",
            '{"status": text, "assignee": text or null, "due": seconds since 1970, "answer": text or null}',
            "send it as JSON",
        )
