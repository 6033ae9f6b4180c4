"""What visitors have reported: answered by code, and in a queue. Nobody else sees it before a person releases it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, fields
from typing import Final, Literal, get_args

import sqlalchemy as sa

from heritage.model.errors import InputError
from heritage.model.limits import REPORT_LENGTH
from heritage.people.database import Database
from heritage.people.secret import digest
from heritage.people.tables import reports

Status = Literal["new", "accepted", "answered", "rejected"]
STATUSES: Final[tuple[Status, ...]] = get_args(Status)
Shown = Literal["nothing", "words", "all"]
SHOWN: Final[tuple[Shown, ...]] = get_args(Shown)
DAY_S: Final = 86_400
_READ_AS: Final = str.maketrans("OIL", "011")
_HIGHEST_ID: Final = 2**31 - 1  # what the column holds


@dataclass(frozen=True)
class Report:
    """One report as the queue shows it. Times in seconds since 1970, ``place_m`` in the monument frame.

    ``position`` is where its photo was taken (longitude and latitude, WGS 84), where the visitor wished that to be
    used: a proposal for the place. ``promised`` is what the visitor was told, ``due`` what was made of it since.
    ``shown`` is what everybody may see of it.
    """

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
    promised: int
    photo: str | None
    position: tuple[float, float] | None
    shown: str
    revision: int


def look_up(db: Database, code: str) -> Report | None:
    """The report with this code, however it is typed; None where there is none."""
    plain = "".join(code.upper().split()).replace("-", "").translate(_READ_AS)
    with db.reading() as connection:
        row = connection.execute(sa.select(reports).where(reports.c.code == digest(plain))).one_or_none()
    return None if row is None else report_of(row)


def queue(db: Database) -> tuple[Report, ...]:
    """All reports, the one that is due first first."""
    query = sa.select(reports).order_by(reports.c.due, reports.c.id)
    with db.reading() as connection:
        return tuple(report_of(row) for row in connection.execute(query))


def released(db: Database) -> tuple[Report, ...]:
    """What a person has released to everybody, the newest first."""
    query = (
        sa.select(reports).where(reports.c.shown != "nothing").order_by(reports.c.made.desc(), reports.c.id)
    )
    with db.reading() as connection:
        return tuple(report_of(row) for row in connection.execute(query))


def one(db: Database, id: int) -> Report:
    """The report of that number. Raises InputError (404)."""
    with db.reading() as connection:
        return report_of(row_of(connection, id))


def photos(db: Database) -> frozenset[str]:
    """The names of all photos that reports have."""
    query = sa.select(reports.c.photo).where(reports.c.photo.is_not(None))
    with db.reading() as connection:
        return frozenset(connection.scalars(query))


def row_of(connection: sa.Connection, id: int) -> sa.Row[tuple[object, ...]]:
    """The row of that number. Raises InputError (404)."""
    query = sa.select(reports).where(reports.c.id == id)
    row = connection.execute(query).one_or_none() if id <= _HIGHEST_ID else None
    if row is None:
        raise unknown()
    return row


def unknown() -> InputError:
    """404: there is no such report, or no photo of it."""
    return InputError(
        "the report",
        "there is none of that number",
        "one of the queue",
        "load it anew",
        code="report-unknown",
        status=404,
    )


def checked_text(text: str) -> str:
    """What somebody wrote, as it is stored. Raises InputError for nothing, and for too much."""
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


def report_of(row: sa.Row[tuple[object, ...]]) -> Report:
    """The report of a row."""
    place = None if row.x_m is None else (row.x_m, row.y_m, row.z_m)
    position = None if row.lon_deg is None else (row.lon_deg, row.lat_deg)
    own = {field.name: getattr(row, field.name) for field in fields(Report) if hasattr(row, field.name)}
    return Report(**own, place_m=place, position=position)
