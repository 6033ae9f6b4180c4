"""What visitors report: taken in within limits, worked off in a queue, answered by code. Nobody else sees any of it."""

from __future__ import annotations

import math
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, get_args

import sqlalchemy as sa

from heritage.model.errors import InputError, ThrottledError
from heritage.model.limits import LOCAL_COORDINATE_M, REPORT_LENGTH, REPORTS_A_DAY, REPORTS_OF_ADDRESS
from heritage.people import clock, events
from heritage.people.database import Database
from heritage.people.person import checked_name
from heritage.people.secret import digest
from heritage.people.tables import reports, senders

Status = Literal["new", "accepted", "answered", "rejected"]
STATUSES: Final[tuple[Status, ...]] = get_args(Status)
DAY_S: Final = 86_400
_SIGNS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: none is read as another
_CODE_LENGTH: Final = 12  # 60 bits: with a thousand reports, one guess in 10^15 finds one
_READ_AS: Final = str.maketrans("OIL", "011")
_HIGHEST_ID: Final = 2**31 - 1  # what the column holds


@dataclass(frozen=True)
class Report:
    """One report as the queue shows it. Times in seconds since 1970, ``place_m`` in the monument frame."""

    id: int
    monument: str
    place_m: tuple[float, float, float] | None
    text: str
    language: str
    status: str
    assignee: str | None
    answer: str | None
    made: int
    due: int
    answered: int | None


@dataclass(frozen=True)
class Figures:
    """How the queue is doing. ``on_time`` of ``answered`` were answered (or rejected) by their due date."""

    open: int
    overdue: int
    answered: int
    on_time: int


def send(
    db: Database,
    *,
    monument: str,
    place_m: tuple[float, float, float] | None,
    text: str,
    language: str,
    address: str,
    answer_days: int,
) -> tuple[str, int]:
    """Take in a report: the code to look its answer up by, and when it is due.

    Raises InputError for an empty or too long text and a place far away, ThrottledError.
    """
    said = _checked(text)
    if place_m is not None and not all(math.isfinite(v) and abs(v) <= LOCAL_COORDINATE_M for v in place_m):
        raise InputError(
            "the place",
            "it is far away",
            f"within {LOCAL_COORDINATE_M:.0f} m",
            "choose it on the model",
            code="report-place",
        )
    code, now = "".join(secrets.choice(_SIGNS) for _ in range(_CODE_LENGTH)), clock.now()
    due, (x, y, z) = now + answer_days * DAY_S, place_m or (None, None, None)
    with db.writing() as connection:
        connection.execute(senders.delete().where(senders.c.at <= now - DAY_S))
        for mine, limit in (
            (senders.c.address == address[:45], REPORTS_OF_ADDRESS),
            (sa.true(), REPORTS_A_DAY),
        ):
            count = sa.select(sa.func.count()).select_from(senders).where(mine)
            if (connection.scalar(count) or 0) >= limit:
                raise _throttled()
        connection.execute(senders.insert().values(address=address[:45], at=now))
        told = {"monument": monument, "text": said, "language": language[:35], "x_m": x, "y_m": y, "z_m": z}
        connection.execute(
            reports.insert().values(**told, code=digest(code), status="new", made=now, due=due)
        )
    return "-".join(code[i : i + 4] for i in range(0, _CODE_LENGTH, 4)), due


def look_up(db: Database, code: str) -> Report | None:
    """The report with this code, however it is typed; None where there is none."""
    plain = "".join(code.upper().split()).replace("-", "").translate(_READ_AS)
    with db.reading() as connection:
        row = connection.execute(sa.select(reports).where(reports.c.code == digest(plain))).one_or_none()
    return None if row is None else _report(row)


def queue(db: Database) -> tuple[Report, ...]:
    """All reports, the one that is due first first."""
    query = sa.select(reports).order_by(reports.c.due, reports.c.id)
    with db.reading() as connection:
        return tuple(_report(row) for row in connection.execute(query))


def figures(found: Iterable[Report]) -> Figures:
    """How it stands with the reports of a `queue` at this moment."""
    found, now = tuple(found), clock.now()
    waiting = [one for one in found if one.answered is None]
    done = [one.answered <= one.due for one in found if one.answered is not None]
    return Figures(len(waiting), sum(one.due < now for one in waiting), len(done), sum(done))


def change(
    db: Database,
    id: int,
    *,
    by: str,
    status: str,
    assignee: str | None,
    due: int,
    answer: str | None,
) -> Report:
    """Give a report its new state, with an event. Whoever is answered or rejected has an answer to read.

    Raises InputError (404, or 400 where the state contradicts itself or ``assignee`` is no name).
    """
    said = None if answer is None else _checked(answer)
    if status not in STATUSES or (status in ("answered", "rejected")) != (said is not None):
        raise InputError(
            "the report",
            "status and answer do not fit",
            f"{', '.join(STATUSES)}; an answer with the last two",
            "write an answer",
            code="report-state",
        )
    assignee = None if assignee is None else checked_name(assignee)
    query = sa.select(reports).where(reports.c.id == id)
    with db.writing() as connection:
        row = connection.execute(query).one_or_none() if id <= _HIGHEST_ID else None
        if row is None:
            raise InputError(
                "the report",
                "there is none of that number",
                "one of the queue",
                "load it anew",
                code="report-unknown",
                status=404,
            )
        # The first answer counts: correcting a word later does not make it late.
        answered = None if said is None else clock.now() if row.answered is None else row.answered
        values = {"status": status, "assignee": assignee, "due": due, "answer": said}
        connection.execute(reports.update().where(reports.c.id == id).values(**values, answered=answered))
        events.record(
            connection, by, "report changed", {"report": id, "status": status, "assignee": assignee}
        )
        return _report(connection.execute(query).one())


def _throttled() -> ThrottledError:
    error = ThrottledError(
        "the report",
        "there were too many today",
        f"{REPORTS_OF_ADDRESS} a day from one address, {REPORTS_A_DAY} from all",
        "try again tomorrow, or telephone",
        code="report-throttled",
    )
    error.retry_after_s = DAY_S
    return error


def _checked(text: str) -> str:
    said = _printable(text)
    if not 1 <= len(said) <= REPORT_LENGTH:
        raise InputError(
            "the text",
            "it is empty or too long",
            f"1 to {REPORT_LENGTH} letters",
            "say it in fewer words",
            code="report-text",
        )
    return said


def _printable(text: str) -> str:
    """NFC, without what is not seen: control characters, halves of pairs, marks that turn the writing round."""
    kept = (
        c
        for c in unicodedata.normalize("NFC", text)
        if c in "\n\u200c\u200d" or unicodedata.category(c)[0] != "C"
    )
    return "".join(kept).strip()


def _report(row: sa.Row[tuple[object, ...]]) -> Report:
    place = None if row.x_m is None else (row.x_m, row.y_m, row.z_m)
    rest = ("text", "language", "status", "assignee", "answer", "made", "due", "answered")
    return Report(row.id, row.monument, place, *(getattr(row, name) for name in rest))
