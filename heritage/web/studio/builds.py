"""Builds: started, followed and cancelled from here, run in processes of their own. They outlive this server."""

from __future__ import annotations

import json
import re
import sys
from typing import Any

from flask import Blueprint, Response, request

from heritage.model.documents import ID_PATTERN
from heritage.store.drafts import Drafts
from heritage.store.jobs import Job, Jobs
from heritage.web.errors import not_found, refused
from heritage.web.studio.answers import said
from heritage.web.studio.people import person


def register(studio: Blueprint, drafts: Drafts) -> None:
    """Add the routes."""
    jobs = Jobs(drafts.site)

    @studio.get("/api/builds")
    def builds() -> Response:
        return said([_described(job) for job in jobs.all()])

    @studio.post("/api/builds")
    def start_build() -> Response:
        body: Any = request.get_json(silent=True)
        monument = body["monument"] if isinstance(body, dict) and "monument" in body else ""
        if monument is not None and not (isinstance(monument, str) and re.fullmatch(ID_PATTERN, monument)):
            raise refused(
                400, "bad-request", "the body", "it is no order", '{"monument": "<id>" or null}', ""
            )
        if monument is not None and not (drafts.site / "monuments" / monument).is_dir():
            raise not_found()
        command = [sys.executable, "-m", "heritage", "build", str(drafts.site), "--review", "--json"]
        if monument is not None:
            command += ["--monument", monument]
        job = jobs.start(command, {"who": person().name, "monument": monument})
        drafts.note(person().name, "build", {"build": job.id, "monument": monument})
        return said(_described(job), 201)

    @studio.delete("/api/builds/<id>")
    def cancel_build(id: str) -> Response:
        if not jobs.stop(id):
            raise not_found()
        drafts.note(person().name, "cancel", {"build": id})
        return said({"id": id}, 202)


def _described(job: Job) -> dict[str, Any]:
    """``status`` is running, done, failed (``problems`` say why) or stopped: cancelled, or the machine went down."""
    events = [event for line in job.lines if (event := _event(line)) is not None]
    last: dict[str, Any] = events[-1] if events else {}
    progress: dict[str, Any] = next((e for e in reversed(events) if "total" in e), {})
    ended = {"done": "done", "refused": "failed"}.get(last.get("event", ""), "stopped")
    found = last.get("problems", [])
    errors = [f"{p['where']}: {p['found']}" for p in found if p["severity"] == "error"]
    return {
        "id": job.id,
        "who": job.about.get("who"),
        "started": job.about.get("since"),
        "monument": job.about.get("monument"),
        "status": "running" if job.running else ended,
        "done": progress.get("done", 0),
        "total": progress.get("total", 0),
        "stage": " ".join(filter(None, map(progress.get, ("stage", "monument", "subject")))) or None,
        "release": last.get("release"),
        "problems": found,
        "message": "\n".join(errors) or None,
    }


def _event(line: str) -> dict[str, Any] | None:
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) and "event" in value else None
