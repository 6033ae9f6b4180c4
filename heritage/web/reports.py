"""Visitors' reports over HTTP, where the site's own file says so: a form, the same as JSON, and the answer by code."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request

from heritage.model.documents import Site
from heritage.model.errors import InputError
from heritage.page.report_words import REPORT_WORDS
from heritage.page.reports import Answer, render_answer, render_form, render_sent
from heritage.page.words import spoken
from heritage.text.yaml import read_yaml
from heritage.web import errors
from heritage.web.errors import not_found, refused
from heritage.web.releases import Releases
from heritage.web.security import REPORTS, demand_own

if TYPE_CHECKING:
    from heritage.people.database import Database


@dataclass(frozen=True)
class ReportOptions:
    """Where reports go, and within how many days they are answered."""

    database: Database
    answer_days: int


def report_options(site: Path, accounts: str | None) -> ReportOptions | None:
    """As ``site.yaml`` has it; None where it does not want reports. Raises InputError where it cannot be read."""
    wanted = read_yaml(site / "site.yaml", Site, "site.yaml").document.reports
    if wanted is None:
        return None
    from heritage.people.database import Database

    return ReportOptions(Database(site, accounts), wanted.answer_days)


def register(app: Flask, releases: Releases, options: ReportOptions, origin: str | None) -> None:
    """Add the routes."""
    from heritage.people.reports import look_up, send

    @app.get(REPORTS)
    def form() -> Response:
        language = _language()
        listed = [(id, spoken(title, language, tuple(title))) for id, title in _monuments(releases).items()]
        at = request.args.get("at", "")
        page = render_form(
            language,
            listed,
            chosen=request.args.get("monument", ""),
            at=at if _place(at) else "",
            days=options.answer_days,
        )
        return _page(page)

    @app.post(REPORTS)
    def take_in() -> Response:
        demand_own(request, origin)
        body: Any = request.get_json(silent=True)
        told = body if isinstance(body, dict) else request.form.to_dict()
        monument, text, at, language = (told.get(key, "") for key in ("monument", "text", "at", "language"))
        if not all(isinstance(value, str) for value in (monument, text, at, language)):
            raise _strange()
        if monument not in _monuments(releases) or (at and _place(at) is None):
            raise _strange()
        language = language if language in REPORT_WORDS else _language()
        code, due = send(
            options.database,
            monument=monument,
            place_m=_place(at),
            text=text.replace("\r\n", "\n"),
            language=language,
            address=request.remote_addr or "",
            answer_days=options.answer_days,
        )
        if body is not None:
            return _json({"code": code, "due": due}, 201)
        return _page(render_sent(language, code, due), 201)

    @app.get(f"{REPORTS}answer")
    def answer() -> Response:
        code = request.args.get("code", "")[:100]
        found = look_up(options.database, code) if code else None
        if not errors.wants_page(request):
            if found is None:
                raise not_found()
            shown = ("status", "text", "answer", "made", "due", "answered")
            return _json({key: getattr(found, key) for key in shown})
        shown_as = None if found is None else Answer(found.status, found.text, found.answer, found.due)
        return _page(render_answer(_language(), code, shown_as), 404 if code and found is None else 200)


def _monuments(releases: Releases) -> dict[str, dict[str, str]]:
    current = releases.current()
    return {} if current is None else releases.monuments(current)


def _place(at: str) -> tuple[float, float, float] | None:
    """``x,y,z`` in metres."""
    try:
        x, y, z = (float(value) for value in at[:100].split(","))
    except ValueError:
        return None
    return x, y, z


def _language() -> str:
    return errors.choose_language(request, tuple(REPORT_WORDS))


def _page(text: str, status: int = 200) -> Response:
    headers = {"Cache-Control": "no-store", "Vary": "Accept, Accept-Language"}
    return Response(text, status, content_type="text/html; charset=utf-8", headers=headers)


def _json(value: dict[str, object], status: int = 200) -> Response:
    return Response(
        json.dumps(value), status, content_type="application/json", headers={"Cache-Control": "no-store"}
    )


def _strange() -> InputError:
    return refused(
        400,
        "bad-request",
        "the report",
        "it names no monument of this site, or no place",
        'monument, text, at ("x,y,z" or nothing), language: texts',
        "use the form at /reports/",
    )
