"""Releases: looked at before anybody else sees them, published, and taken back in one step; and who did what."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from heritage.store import Store, journal
from heritage.store.drafts import Drafts
from heritage.store.manifest import content_type
from heritage.web.errors import not_found, refused
from heritage.web.files import send_file
from heritage.web.releases import Releases
from heritage.web.studio.answers import problems, said
from heritage.web.studio.people import person

_ACTIONS = ("publish", "roll-back")
_RECORDS = 500


def register(studio: Blueprint, drafts: Drafts) -> None:
    """Add the routes."""
    store = Store(drafts.site)
    reviewed = Releases(store, unpublished=True)

    @studio.get("/api/releases")
    def releases() -> Response:
        return said(_listed(store))

    @studio.post("/api/releases")
    def show_release() -> Response:
        body: Any = request.get_json(silent=True)
        body = body if isinstance(body, dict) else {}
        action, release = body.get("action"), body.get("release")
        if action not in _ACTIONS or not isinstance(release, str):
            raise refused(
                400,
                "bad-request",
                "the body",
                "it is no order",
                '{"action": …, "release": …}',
                "publish, roll-back",
            )
        if release not in store.releases():
            raise not_found()
        who = person().name
        store.set_current(release)
        store.journal(who, action, {"release": release})
        return said(_listed(store))

    @studio.get("/r/<release_id>/<path:name>")
    def reviewed_file(release_id: str, name: str) -> Response:
        """A release's file as the public will have it; of those not published yet, for whoever is signed in."""
        path, folder, entry = reviewed.file(release_id, name)
        return send_file(
            request,
            path,
            folder,
            digest=entry.sha256,
            size=entry.bytes,
            kind=content_type(name),
            cache="private, no-cache",
        )

    @studio.get("/api/journal")
    def who_did_what() -> Response:
        """The newest records, the newest first, of releases, builds and saves; and where a chain does not hold."""
        documents = drafts.history.journals().items()
        found: list[dict[str, Any]] = []
        damage = []
        for key, root in (("releases", store.root), ("studio", drafts.notes), *documents):
            damage += problems(journal.verify(root))
            found += [_record(key, record) for record in journal.tail(root, _RECORDS)]
        found.sort(key=lambda one: one["when"], reverse=True)
        return said({"records": found[:_RECORDS], "problems": damage})


def _listed(store: Store) -> list[dict[str, Any]]:
    """All releases, the newest first; ``who`` and ``when`` are of its making, ``published`` whether it ever was."""
    made: dict[str, journal.Record] = {}
    for record in journal.read(store.root):
        made.setdefault(str(record.details.get("release")), record)
    current = store.current()
    listed = []
    for id in reversed(store.releases()):
        of = made.get(id)
        by = {"who": of.who if of else None, "when": of.time if of else None}
        listed.append({"id": id, "current": id == current, "published": store.is_public(id), **by})
    return listed


def _record(key: str, record: journal.Record) -> dict[str, Any]:
    kept = ("release", "revision", "build", "path", "monument", "merged")
    details = {name: record.details[name] for name in kept if name in record.details}
    return {"of": key, "who": record.who, "when": record.time, "what": record.action, **details}
