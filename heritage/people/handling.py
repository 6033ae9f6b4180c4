"""What the institution's people do with a report: its state, its answer, its photo; each with an event."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from heritage.model.errors import InputError
from heritage.people import clock, events
from heritage.people.database import Database
from heritage.people.person import checked_name
from heritage.people.reports import SHOWN, STATUSES, Report, checked_text, report_of, row_of, unknown
from heritage.people.tables import events as event_rows
from heritage.people.tables import reports

_CHANGED: Final = "report changed"
_DROPPED: Final = "report's photo removed"


@dataclass(frozen=True)
class Step:
    """What somebody did to a report: the state they gave it. ``at`` in seconds since 1970."""

    at: int
    who: str
    action: str
    status: str | None
    assignee: str | None
    due: int | None
    shown: str | None


def change(
    db: Database,
    id: int,
    *,
    by: str,
    expected: int,
    status: str,
    assignee: str | None,
    due: int,
    answer: str | None,
    shown: str = "nothing",
) -> Report:
    """Give a report its new state, with an event. Whoever is answered or rejected has an answer to read.

    ``expected`` is the revision that was read: what somebody else has done since is not written over.

    ``shown`` is what everybody may see from now on: ``nothing``, the ``words`` (with the answer), or ``all``, the photo
    as well. Raises InputError (404, 412 where it is of another revision, or 400 where the state contradicts itself or
    ``assignee`` is no name).
    """
    said = None if answer is None else checked_text(answer)
    if status not in STATUSES or (status in ("answered", "rejected")) != (said is not None):
        raise InputError(
            "the report",
            "status and answer do not fit",
            f"{', '.join(STATUSES)}; an answer with the last two",
            "write an answer",
            code="report-state",
        )
    if shown not in SHOWN:
        raise InputError(
            "the report",
            "nobody knows what is to be shown",
            ", ".join(SHOWN),
            "choose one",
            code="report-shown",
        )
    assignee = None if assignee is None else checked_name(assignee)
    with db.writing() as connection:
        row = row_of(connection, id)
        if row.revision != expected:
            raise InputError(
                "the report",
                "somebody has changed it meanwhile",
                "changes to the newest revision",
                "read it again",
                code="report-changed",
                status=412,
            )
        # The first answer counts: correcting a word later does not make it late.
        answered = None if said is None else clock.now() if row.answered is None else row.answered
        state = {"status": status, "assignee": assignee, "due": due, "shown": shown}
        values = state | {"answer": said, "answered": answered, "revision": reports.c.revision + 1}
        connection.execute(reports.update().where(reports.c.id == id).values(**values))
        events.record(connection, by, _CHANGED, {"report": id, **state})
        return report_of(row_of(connection, id))


def drop_photo(db: Database, id: int, *, by: str) -> str:
    """Take its photo from a report, with an event; the photo's name. Raises InputError (404) where it has none."""
    with db.writing() as connection:
        name = row_of(connection, id).photo
        if name is None:
            raise unknown()
        values = {"photo": None, "revision": reports.c.revision + 1}
        connection.execute(reports.update().where(reports.c.id == id).values(**values))
        events.record(connection, by, _DROPPED, {"report": id})
    return str(name)


def history(db: Database, id: int) -> tuple[Step, ...]:
    """Who did what to a report, oldest first, by the chain of events. Raises InputError (404)."""
    query = sa.select(event_rows).where(event_rows.c.action.in_((_CHANGED, _DROPPED)))
    steps = []
    with db.reading() as connection:
        row_of(connection, id)
        for row in connection.execute(query.order_by(event_rows.c.sequence)):
            told = json.loads(row.details)
            if told["report"] == id:
                state = (told.get(key) for key in ("status", "assignee", "due", "shown"))
                steps.append(Step(row.at, row.who, row.action, *state))
    return tuple(steps)
