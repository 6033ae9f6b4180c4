"""Visitors' reports over HTTP: a form that needs no script, the same for programs, and the answer by code."""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import astuple
from typing import Any, Final

from flask import Flask, Response, request

from heritage.model.errors import HeritageError, InputError, StoreError, ThrottledError
from heritage.model.limits import HTTP_BODY_BYTES
from heritage.page.report_words import REPORT_WORDS
from heritage.page.reports import Answer, Typed, render_answer, render_form, render_sent
from heritage.store.photos import Photos, photos_full
from heritage.web import errors, released
from heritage.web.errors import not_found, refused
from heritage.web.once import HEADER, checked_key
from heritage.web.photo import Photo, clean
from heritage.web.releases import Releases
from heritage.web.report_answers import language, monuments, page, said
from heritage.web.report_options import BODY_BYTES, ENDPOINT, ReportOptions
from heritage.web.security import REPORTS, demand_own

_KEY_LENGTH: Final = 16  # a short key might be somebody else's too, and theirs would be the answer


def register(app: Flask, releases: Releases, options: ReportOptions, origin: str | None) -> None:
    """Add the routes."""
    from heritage.people.reports import checked_text, look_up
    from heritage.people.sending import Once, Sent, demand_room, key_known, send, sent_before

    released.register(app, releases, options)

    @app.before_request
    def own() -> None:
        """Before the body is read: what another site's page sends, or who may send no more, is not looked at."""
        if request.endpoint == ENDPOINT:
            demand_own(request, origin)
            request.max_content_length = BODY_BYTES
            key, long = request.headers.get(HEADER, ""), (request.content_length or 0) > HTTP_BODY_BYTES
            # A retry is answered, also of the last that an address may send.
            if long and not (key and key_known(options.database, key)):
                demand_room(options.database, request.remote_addr or "")

    def form(speaking: str, typed: Typed, status: int = 200, problem: str | None = None) -> Response:
        listed = [*monuments(releases, speaking).items()]
        return page(render_form(speaking, listed, typed, days=options.answer_days, problem=problem), status)

    @app.get(REPORTS)
    def empty_form() -> Response:
        at = request.args.get("at", "")
        place, once = at if _place(at) else "", secrets.token_urlsafe()
        return form(language(), Typed(request.args.get("monument", ""), "", place, once))

    @app.post(REPORTS, endpoint=ENDPOINT)
    def take_in() -> Response:
        body: Any = request.get_json(silent=True)
        told = body if isinstance(body, dict) else request.form.to_dict()
        asked = told.get("language")
        speaking = asked if isinstance(asked, str) and asked in REPORT_WORDS else language()
        kinds = request.accept_mimetypes
        in_words = body is None and kinds["application/json"] <= kinds["text/html"]
        typed = Typed(*(told.get(key, "") for key in ("monument", "text", "at", "once")))
        try:
            wished = told.get("photo_place") == "1"
            sent, pictured = _taken(typed, speaking, wished=wished)
        except HeritageError as error:
            if not in_words:
                raise
            # What was written stands in the form again; only the photo has to be chosen once more.
            refusal = errors.answer(request, error)
            again = form(speaking, typed, refusal.status_code, error.problems[0].code)
            if isinstance(error, ThrottledError):
                again.headers["Retry-After"] = refusal.headers["Retry-After"]
            return again
        located = sent.located if wished and pictured else None
        if in_words:
            return page(render_sent(speaking, sent.code, sent.due, located), 201)
        return said({"code": sent.code, "due": sent.due, "located": located}, 201)

    def _taken(typed: Typed, speaking: str, *, wished: bool) -> tuple[Sent, bool]:
        """What the sender is told, and whether there was a photo. What was taken in before is not looked at again."""
        if not all(isinstance(value, str) for value in astuple(typed)):
            raise _strange()
        address, given = request.remote_addr or "", request.files.get("photo")
        # A form sends a part without a name where no file was chosen; a chosen one may be empty, which is no photo.
        chosen = given if given is not None and given.filename else None
        once = _once(typed)
        before = None if once is None else sent_before(options.database, once, photo=chosen is not None)
        if before is not None:
            return before, chosen is not None
        if typed.monument not in monuments(releases, speaking) or (typed.at and _place(typed.at) is None):
            raise _strange()
        photo, name = Photo(b"", None), None
        if chosen:
            # Nothing is decoded for who may send no more, nor with words that are refused.
            demand_room(options.database, address)
            checked_text(typed.text)
            photo = clean(chosen.stream.read(), position=wished)
            name = _kept(options.photos, photo.jpeg)
        try:
            sent = send(
                options.database,
                monument=typed.monument,
                place_m=_place(typed.at),
                text=typed.text.replace("\r\n", "\n"),
                language=speaking,
                address=address,
                answer_days=options.answer_days,
                photo=name,
                position=photo.position,
                once=once,
            )
        except BaseException:
            _drop(name)
            raise
        if not sent.first:  # its other try came in meanwhile, with the same photo
            _drop(name)
        return sent, chosen is not None

    def _once(typed: Typed) -> Once | None:
        """The header's key, or the form's own, with what was written."""
        key = request.headers.get(HEADER) or typed.once
        words = (typed.monument, typed.text, typed.at)
        return Once(checked_key(key, least=_KEY_LENGTH), words) if key else None

    def _drop(name: str | None) -> None:
        if name is not None:
            with suppress(HeritageError):  # it is swept later
                options.photos.drop(name)

    @app.get(f"{REPORTS}answer")
    def answer() -> Response:
        code = request.args.get("code", "")[:100]
        found = look_up(options.database, code) if code else None
        if not errors.wants_page(request):
            if found is None:
                raise not_found()
            shown = {
                key: getattr(found, key) for key in ("status", "text", "answer", "made", "due", "answered")
            }
            return said(shown | {"photo": found.photo is not None})
        shown_as = (
            None
            if found is None
            else Answer(found.status, found.text, found.answer, found.due, found.photo is not None)
        )
        return page(render_answer(language(), code, shown_as), 404 if code and found is None else 200)


def _kept(photos: Photos, jpeg: bytes) -> str:
    try:
        return photos.keep(jpeg)
    except StoreError as error:
        if error.problems[0].code != "store-full":
            raise
        raise photos_full("the disk is full") from error


def _place(at: str) -> tuple[float, float, float] | None:
    """``x,y,z`` in metres."""
    try:
        x, y, z = (float(value) for value in at[:100].split(","))
    except ValueError:
        return None
    return x, y, z


def _strange() -> InputError:
    return refused(
        400,
        "bad-request",
        "the report",
        "it names no monument of this site, or no place",
        'monument, text, at ("x,y,z" or nothing), language, once: texts; photo: a file; photo_place: "1" or nothing',
        "use the form at /reports/",
    )
