"""The documents: what is there, what they say, and saving them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from flask import Blueprint, Response, request

from heritage.model.errors import HeritageError, InputError, Problem
from heritage.store.drafts import Change, Drafts
from heritage.store.history import OUTSIDE, Entry
from heritage.store.unit import Snapshot, Unit
from heritage.text.document import DocumentPlace, place_of, places, problems_of, read_value, write_value
from heritage.text.merge import Clash, merge
from heritage.web.errors import not_found, refused
from heritage.web.studio import answers
from heritage.web.studio.answers import Refusal, said, unprocessable
from heritage.web.studio.asked import document_body, expected_revision, request_key
from heritage.web.studio.people import person


def register(studio: Blueprint, drafts: Drafts) -> None:
    """Add the routes."""

    @studio.get("/api/documents")
    def every_document() -> Response:
        return said([_summary(place, drafts) for place in places(drafts.site)])

    @studio.get("/api/documents/<path:key>")
    def one_document(key: str) -> Response:
        place = place_or_404(key)
        found = drafts.read(unit_of(place))
        if found.revision is None:
            raise not_found()
        if request.if_none_match.contains(found.revision):
            return Response(status=304, headers={"ETag": f'"{found.revision}"', "Cache-Control": "no-store"})
        value = {"key": key, "kind": place.kind, **revision_value(place, found)}
        return said(value, etag=found.revision)

    @studio.put("/api/documents/<path:key>")
    def save_document(key: str) -> Response:
        place = place_or_404(key)
        expected, body = expected_revision(), document_body()

        def change(now: Snapshot) -> Change:
            if now.revision == expected:
                return Change(_allowed(place, now, _files(place, now.files, body)))
            return _merged(drafts, place, expected, now, body)

        entry = drafts.save(unit_of(place), change, who=person().name, request=request_key())
        return _saved(place, drafts, entry)

    @studio.delete("/api/documents/<path:key>")
    def delete_document(key: str) -> Response:
        place = place_or_404(key)
        if place.kind not in ("tour", "annotations", "corrections"):
            raise refused(
                405,
                "document-kept",
                "the document",
                f"a {place.kind} is not deleted here",
                "tours, annotations and corrections",
                "delete its folder",
            )
        expected = expected_revision()

        def change(now: Snapshot) -> Change:
            if expected is None or now.revision != expected:
                raise _stale(place, now)
            return Change({})

        drafts.save(unit_of(place), change, who=person().name, what="delete", request=request_key())
        return Response(status=204, headers={"Cache-Control": "no-store"})


def place_or_404(key: str) -> DocumentPlace:
    """What stands behind a key of a request."""
    place = place_of(key)
    if place is None:
        raise not_found()
    return place


def unit_of(place: DocumentPlace) -> Unit:
    """A document as the store knows it."""
    return Unit(place.key, place.folder, place.names)


def revision_value(place: DocumentPlace, found: Snapshot) -> dict[str, Any]:
    """A revision as the page gets it: ``value`` is None where the files cannot be read."""
    value, problems = _understood(place, found.files)
    return {
        "revision": found.revision,
        "value": value,
        "files": {name: content.decode("utf-8", "replace") for name, content in found.files.items()},
        "problems": answers.problems(problems),
    }


def _understood(
    place: DocumentPlace, files: Mapping[str, bytes]
) -> tuple[dict[str, Any] | None, tuple[Problem, ...]]:
    """The value of a document's files, None where they cannot be read, and what is wrong with them.

    What was read once is kept, as reading YAML takes most of a save's time: nobody may change it.
    """
    return _read_files(place.key, tuple(sorted(files.items())))


@lru_cache(maxsize=128)
def _read_files(
    key: str, files: tuple[tuple[str, bytes], ...]
) -> tuple[dict[str, Any] | None, tuple[Problem, ...]]:
    place, given = place_or_404(key), dict(files)
    try:
        value = read_value(place, given)
    except HeritageError as error:
        return None, error.problems
    return value, problems_of(place, given, value)


def _summary(place: DocumentPlace, drafts: Drafts) -> dict[str, Any]:
    """A document in the list. One whose files may not be read, as a link out of the site, hides none of the others."""
    try:
        found = drafts.read(unit_of(place))
        understood, problems = _understood(place, found.files)
    except InputError as error:
        found, understood, problems = Snapshot(None, {}), None, error.problems
    value = understood or {}
    title = value.get("title")
    if place.kind == "tour":
        title = {language: words["title"] for language, words in value.get("words", {}).items()}
    return {
        "key": place.key,
        "kind": place.kind,
        "title": title,
        "revision": found.revision,
        "problems": len(problems),
    }


def _saved(place: DocumentPlace, drafts: Drafts, entry: Entry) -> Response:
    understood, problems = _understood(place, drafts.history.files(entry))
    value = {
        "revision": entry.revision,
        "value": understood,
        "merged": entry.merged,
        "problems": answers.problems(problems),
    }
    return said(value, etag=entry.revision)


def _files(place: DocumentPlace, old: Mapping[str, bytes], body: Mapping[str, Any]) -> dict[str, bytes]:
    """The document's files with what the body says, or 422: a document that cannot be read is not saved."""
    try:
        if "value" in body:
            return write_value(place, old, body["value"])
        files = {name: text.encode() for name, text in body["files"].items()}
        read_value(place, files)
        return files
    except HeritageError as error:
        raise unprocessable(error) from error


def _allowed(place: DocumentPlace, now: Snapshot, files: dict[str, bytes]) -> dict[str, bytes]:
    """``files``, unless whoever saves may change words only and does more."""
    if set(person().roles) <= {"translator"} and (
        place.kind != "tour" or files.get(place.yaml) != now.files.get(place.yaml)
    ):
        raise refused(
            403,
            "role-forbidden",
            "the document",
            "more than words has changed",
            "translators change the words of tours",
            "ask a curator",
        )
    return files


def _merged(
    drafts: Drafts, place: DocumentPlace, expected: str | None, now: Snapshot, body: Mapping[str, Any]
) -> Change:
    """What the body changed in the revision it was made from, put into what is there now; 412 where both clash."""
    then = drafts.past(unit_of(place), expected) if expected is not None else None
    if then is None or now.revision is None:
        raise _stale(place, now)
    mine, base, theirs = (
        _understood(place, files)[0] for files in (_files(place, then.files, body), then.files, now.files)
    )
    if base is None or theirs is None:
        raise _stale(place, now)
    merged = merge(base, mine, theirs)
    if merged.clashes:
        raise _stale(place, now, merged.clashes, _who_since(drafts, place, then))
    try:
        files = write_value(place, now.files, merged.value)
    except HeritageError as error:
        # Each is a document, both together are none: what both touched is for a person to decide.
        whole = merge(base, mine, theirs, whole_items=True).clashes or (Clash("", base, mine, theirs),)
        raise _stale(place, now, whole, _who_since(drafts, place, then)) from error
    return Change(_allowed(place, now, files), merged=True)


def _who_since(drafts: Drafts, place: DocumentPlace, then: Snapshot) -> str:
    """Who changed the document since, where it was one person; else nobody is named: the field may be either's."""
    names = {entry.who for entry in drafts.history.since(place.key, then.revision)}
    return names.pop() if len(names) == 1 else OUTSIDE


def _stale(
    place: DocumentPlace, now: Snapshot, clashes: tuple[Clash, ...] = (), who: str = OUTSIDE
) -> Refusal:
    error = refused(
        412,
        "document-changed",
        "the document",
        "somebody has changed it meanwhile",
        "changes to the newest revision",
        "read it again",
    )
    theirs = revision_value(place, now)["value"] if now.revision else None
    told = [{**asdict(clash), "who": who} for clash in clashes]
    return Refusal(error, clashes=told, revision=now.revision, theirs=theirs)
