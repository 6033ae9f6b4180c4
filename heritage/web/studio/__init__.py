"""The studio: curators and conservators edit the site's files in the browser, below ``/studio/``."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Flask

from heritage.store.drafts import Drafts
from heritage.web.report_options import ReportOptions
from heritage.web.studio import (
    answers,
    builds,
    documents,
    findings,
    history,
    media,
    page,
    people,
    placements,
    presence,
    releases,
    schemas,
    table,
    words,
)
from heritage.web.studio.doors import Institution, door_of
from heritage.web.studio.options import StudioOptions
from heritage.web.studio.people import Cookie


def register(app: Flask, site: Path, options: StudioOptions, visitors: ReportOptions | None = None) -> None:
    """Add the studio of ``site`` to ``app``: who may come in first, then what there is.

    ``visitors`` is where their reports are, where the site takes any.
    """
    door, cookie = door_of(options), Cookie(options)
    people.register(app, door, cookie, options)
    if isinstance(door, Institution):
        from heritage.web.studio import staff

        staff.register(app, door, cookie)
        if options.provider is not None:
            from heritage.web.studio import openid

            openid.register(app, door, cookie, options.provider)
    studio = Blueprint("studio", __name__, url_prefix="/studio")
    drafts = Drafts(site)
    answers.register(studio)
    page.register(studio)
    documents.register(studio, drafts)
    words.register(studio)
    schemas.register(studio)
    history.register(studio, drafts)
    for room in (presence, findings, placements, media, builds, releases):
        room.register(studio, drafts)
    if visitors is not None:
        from heritage.web.studio import reports

        reports.register(studio, visitors)
    app.register_blueprint(studio)
    table.check(app)
