"""What a person has released of visitors' reports, for everybody: words, answer and photo."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from flask import Flask, Response, request

from heritage.page.reports import Released, render_released
from heritage.web import errors
from heritage.web.errors import not_found
from heritage.web.releases import Releases
from heritage.web.report_answers import language, monuments, page, photo_of, said
from heritage.web.report_options import ReportOptions
from heritage.web.security import REPORTS

if TYPE_CHECKING:
    from heritage.people.reports import Report


def register(app: Flask, releases: Releases, options: ReportOptions) -> None:
    """Add the routes."""
    from heritage.people.reports import one, released

    @app.get(f"{REPORTS}released")
    def all_released() -> Response:
        found = [_shown(report) for report in released(options.database)]
        if not errors.wants_page(request):
            return said({"reports": [asdict(each) for each in found]})
        speaking = language()
        return page(render_released(speaking, monuments(releases, speaking), found))

    @app.get(f"{REPORTS}photos/<int:id>")
    def released_photo(id: int) -> Response:
        found = one(options.database, id)
        if found.shown != "all":
            raise not_found()
        return photo_of(found, options.photos)


def _shown(report: Report) -> Released:
    """What everybody may read of a released report: never the place, which may be somebody's balcony."""
    answer = report.answer if report.answered is not None else None
    photo = f"{REPORTS}photos/{report.id}" if report.shown == "all" and report.photo else None
    return Released(report.monument, report.text, report.language, report.status, answer, report.made, photo)
