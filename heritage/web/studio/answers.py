"""What the studio answers: JSON that nobody stores, and refusals that carry more than one problem."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, request

from heritage.model.errors import HeritageError, InputError, Problem
from heritage.web.errors import answer, refused, shape_of

_RETRY_S = "1"
_OUR_TROUBLE = {"store-busy": 503, "store-full": 507, "store-not-writable": 507}
"""What whoever edits has to know of the server's own trouble; by code, with its status."""


class Refusal(Exception):
    """A refusal with further keys beside the one error shape."""

    def __init__(self, error: HeritageError, **more: Any) -> None:
        super().__init__(str(error))
        self.error = error
        self.more = more


def said(value: Any, status: int = 200, *, etag: str | None = None) -> Response:
    """``value`` as JSON, its keys in their own order: what is written anew stands as its author wrote it."""
    response = Response(json.dumps(value, ensure_ascii=False), status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    if etag is not None:
        response.set_etag(etag)
    return response


def problems(found: tuple[Problem, ...]) -> list[dict[str, str]]:
    """Problems as JSON."""
    return [asdict(problem) for problem in found]


def strange_body(allowed: str) -> InputError:
    """400: the request's body is not what the address wants."""
    return refused(400, "bad-request", "the body", "it is something else", allowed, "send it as JSON")


def unprocessable(error: HeritageError) -> Refusal:
    """422 with every problem of a document that was not saved."""
    first = error.problems[0]
    said = refused(422, first.code, first.where, first.found, first.allowed, first.remedy)
    return Refusal(said, problems=problems(error.problems))


def register(studio: Blueprint) -> None:
    """Answer the studio's refusals."""

    @studio.errorhandler(Refusal)
    def with_more(refusal: Refusal) -> Response:
        response = answer(request, refusal.error)
        response.set_data(json.dumps({"error": shape_of(refusal.error), **refusal.more}, ensure_ascii=False))
        response.content_type = "application/json"
        if refusal.error.status == 503:
            response.headers["Retry-After"] = _RETRY_S
        return response

    @studio.errorhandler(HeritageError)
    def trouble(error: HeritageError) -> Response:
        """The server's own trouble as whoever edits should read it, without the machine's paths; others as they are."""
        first = error.problems[0]
        status = _OUR_TROUBLE.get(first.code)
        if status is None:
            return answer(request, error)
        found = "the disk is full" if first.code == "store-full" else first.found
        remedy = "nothing is lost: keep this page open, and save again"
        return with_more(Refusal(refused(status, first.code, "the site", found, first.allowed, remedy)))
