"""One shape for every refusal: JSON for programs, a page for people; never a path, a traceback or the address."""

from __future__ import annotations

import json
import logging
from typing import Final

from flask import Flask, Request, Response, request
from werkzeug.exceptions import HTTPException

from heritage.model.errors import HeritageError, InputError, ThrottledError
from heritage.page.page import ViewerNotBuilt, render_message
from heritage.page.words import WORDS, words

_log = logging.getLogger("heritage.web")

# What werkzeug and waitress refuse by themselves, in our words: code, found, allowed, remedy.
BROKEN: Final = ("failed", "something went wrong here", "", "try again later; the server's log says more")
REFUSALS: Final = {
    400: ("bad-request", "it cannot be understood", "requests as browsers make them", "open the first page"),
    404: (
        "not-found",
        "there is nothing here",
        "addresses that a page of this site names",
        "open the first page",
    ),
    405: ("method-not-allowed", "a method that changes things", "GET and HEAD", "use GET"),
    408: ("too-slow", "it came too slowly", "requests that arrive within half a minute", "try again"),
    413: ("body-too-large", "its body is too long", "requests without a body", "send none"),
    431: ("headers-too-long", "its headers are too long", "up to 32 kB of them", "clear this site's cookies"),
    500: BROKEN,
    503: ("busy", "many are sending just now", "a few at a time", "try again in a minute"),
}


# What visitors can do something about, though it is the server's own trouble: told in its own words.
_TOLD: Final = frozenset({"photo-busy", "photos-full"})


def refused(status: int, code: str, where: str, found: str, allowed: str, remedy: str) -> InputError:
    """An InputError that the web answers with ``status``."""
    return InputError(where, found, allowed, remedy, code=code, status=status)


def not_found() -> InputError:
    """The error for every address with nothing behind it."""
    code, found, allowed, remedy = REFUSALS[404]
    return refused(404, code, "the address", found, allowed, remedy)


def choose_language(request: Request, languages: tuple[str, ...]) -> str:
    """The visitor's among ``languages``: ``?lang=``, else Accept-Language, else the first."""
    asked = request.args.get("lang", "")
    for candidate in (asked, asked.split("-")[0]):
        if candidate in languages:
            return candidate
    return request.accept_languages.best_match(languages, default=languages[0]) or languages[0]


def answer(request: Request, error: HeritageError) -> Response:
    """The response for an expected failure. What only whoever runs the server should read goes to the log."""
    shape = shape_of(error)
    if error.status >= 500:
        _log.error("%s", error)
        if not isinstance(error, ViewerNotBuilt) and shape["code"] not in _TOLD:
            shape = dict(zip(("code", "found", "allowed", "remedy"), BROKEN, strict=True)) | {
                "where": "this site"
            }
    if wants_page(request):
        body, kind = _page(request, error), "text/html; charset=utf-8"
    else:
        body, kind = json.dumps({"error": shape}), "application/json"
    response = Response(body, error.status, content_type=kind)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Accept, Accept-Language"
    if isinstance(error, ThrottledError):
        response.headers["Retry-After"] = str(error.retry_after_s)
    return response


def shape_of(error: HeritageError) -> dict[str, str]:
    """What a program is told of a refusal."""
    problem = error.problems[0]
    return {key: getattr(problem, key) for key in ("code", "where", "found", "allowed", "remedy")}


def wants_page(request: Request) -> bool:
    """Whether a person asks, with a browser, and not a program."""
    kinds = request.accept_mimetypes
    return kinds["text/html"] > kinds["application/json"]


def _page(request: Request, error: HeritageError) -> str:
    language = choose_language(request, tuple(WORDS))
    if isinstance(error, ViewerNotBuilt):
        problem = error.problems[0]
        return render_message(
            "en", problem.found.capitalize(), [f"To build it, {problem.remedy}."], home=False
        )
    kind = "missing" if error.status == 404 else "failed" if error.status >= 500 else "refused"
    return render_message(language, words(language)[kind], [words(language)[f"{kind}-text"]])


def register(app: Flask) -> None:
    """Answer every failure of ``app`` in the one shape."""

    @app.errorhandler(HeritageError)
    def expected(error: HeritageError) -> Response:
        return answer(request, error)

    @app.errorhandler(HTTPException)
    def by_werkzeug(error: HTTPException) -> Response:
        status = error.code or 500
        code, found, allowed, remedy = REFUSALS.get(status, REFUSALS[400] if status < 500 else BROKEN)
        response = answer(request, refused(status, code, "the request", found, allowed, remedy))
        for name, value in error.get_headers():
            if name in ("Allow", "Retry-After"):
                response.headers[name] = value
        return response

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        _log.error("unexpected", exc_info=error)
        code, found, allowed, remedy = BROKEN
        return answer(request, refused(500, code, "this site", found, allowed, remedy))
