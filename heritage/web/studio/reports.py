"""The queue of visitors' reports: who looks after which, until when, what is answered, and what everybody may see."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Final

from flask import Blueprint, Response, request

from heritage.model.errors import InputError
from heritage.model.spreadsheet import spreadsheet
from heritage.people import handling, reports
from heritage.people.punctuality import figures
from heritage.people.reports import Report
from heritage.web.report_answers import photo_of
from heritage.web.report_options import ReportOptions
from heritage.web.studio.answers import Refusal, said, strange_body
from heritage.web.studio.asked import expected_number
from heritage.web.studio.people import person

_LATEST: Final = 2**37  # in the year 6325; a date ends with the year 9999
_TIMES: Final = ("made", "promised", "due", "answered")
_COLUMNS: Final = (
    *(
        "id",
        "monument",
        "status",
        "assignee",
        *_TIMES,
        "shown",
        "text",
        "answer",
        "language",
        "x_m",
        "y_m",
        "z_m",
    ),
    *("lon_deg", "lat_deg", "photo"),
)


def register(studio: Blueprint, visitors: ReportOptions) -> None:
    """Add the routes."""
    database = visitors.database

    @studio.get("/api/reports")
    def report_queue() -> Response:
        found = reports.queue(database)
        return said({"reports": [_listed(one) for one in found], "figures": asdict(figures(found))})

    @studio.get("/api/reports.csv")
    def report_table() -> Response:
        """For a spreadsheet: UTF-8 with its mark, times in UTC; no cell is a formula."""
        table = spreadsheet(_COLUMNS, map(_cells, reports.queue(database)))
        headers = {"Content-Disposition": 'attachment; filename="reports.csv"'}
        return Response(table, content_type="text/csv; charset=utf-8", headers=headers)

    @studio.put("/api/reports/<int:id>")
    def change_report(id: int) -> Response:
        """The whole state: what is left out is not kept; without ``shown``, nothing is shown."""
        expected = expected_number()
        match request.get_json(silent=True):
            case {
                "status": str(status),
                "assignee": None | str() as assignee,
                "due": int(due),
                "answer": None | str() as answer,
                **more,
            } if more.keys() <= {"shown"} and isinstance(more.get("shown", ""), str) and 0 <= due < _LATEST:
                try:
                    changed = handling.change(
                        database,
                        id,
                        by=person().name,
                        expected=expected,
                        status=status,
                        assignee=assignee,
                        due=due,
                        answer=answer,
                        shown=str(more.get("shown", "nothing")),
                    )
                except InputError as error:
                    if error.status != 412:
                        raise
                    raise Refusal(error, theirs=_listed(reports.one(database, id))) from error
                return said(_listed(changed), etag=str(changed.revision))
        raise strange_body(
            '{"status": text, "assignee": text or null, "due": seconds since 1970, "answer": text or null, '
            '"shown": "nothing", "words" or "all"}'
        )

    @studio.get("/api/reports/<int:id>/history")
    def report_history(id: int) -> Response:
        return said([asdict(step) for step in handling.history(database, id)])

    @studio.get("/api/reports/<int:id>/photo")
    def report_photo(id: int) -> Response:
        return photo_of(reports.one(database, id), visitors.photos)

    @studio.delete("/api/reports/<int:id>/photo")
    def drop_report_photo(id: int) -> Response:
        """For what nobody should have sent: it is gone at once, but from backups."""
        visitors.photos.drop(handling.drop_photo(database, id, by=person().name))
        return Response(status=204)


def _listed(one: Report) -> dict[str, object]:
    """A report without its photo's name: its address is the report's own."""
    return asdict(one) | {"photo": one.photo is not None}


def _cells(one: Report) -> list[object]:
    values = asdict(one)
    values |= dict(zip(("x_m", "y_m", "z_m"), one.place_m or (None,) * 3, strict=True))
    values |= dict(zip(("lon_deg", "lat_deg"), one.position or (None,) * 2, strict=True))
    values |= {name: _utc(values[name]) for name in _TIMES} | {"photo": "yes" if one.photo else ""}
    return [values[name] for name in _COLUMNS]


def _utc(at: int | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M")
