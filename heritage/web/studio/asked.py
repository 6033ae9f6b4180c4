"""What a request for a document says: the revision it changes, whether it is a retry, and the document."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from flask import request

from heritage.web.errors import refused
from heritage.web.once import HEADER, checked_key
from heritage.web.studio.people import person

_TAG = re.compile(r'"([0-9a-f]{64})"')
_NUMBER = re.compile(r'"([0-9]{1,9})"')


def expected_revision() -> str | None:
    """The revision that the change was made to; None for a new document."""
    tag, new = request.headers.get("If-Match"), request.headers.get("If-None-Match")
    if tag is None and new == "*":
        return None
    if tag is None and new is None:
        raise refused(
            428,
            "precondition-missing",
            "the request",
            "it does not say what it changes",
            'If-Match: "<revision>", or If-None-Match: * for a new document',
            "send the revision that was read",
        )
    match = _TAG.fullmatch(tag.strip()) if tag is not None and new is None else None
    if match is None:
        allowed = 'If-Match: one strong tag, "<revision>"; or If-None-Match: *'
        raise refused(400, "precondition-strange", "the request", "it names no revision", allowed, "")
    return match[1]


def expected_number() -> int:
    """The revision of what counts its own, and is always there: a report."""
    tag, allowed = request.headers.get("If-Match"), 'If-Match: "<revision>"'
    if tag is None:
        said = ("the request", "it does not say what it changes", allowed, "send the revision that was read")
        raise refused(428, "precondition-missing", *said)
    match = _NUMBER.fullmatch(tag.strip())
    if match is None or "If-None-Match" in request.headers:
        raise refused(400, "precondition-strange", "the request", "it names no revision", allowed, "")
    return int(match[1])


def request_key() -> str | None:
    """What tells a retry from another save: whose it is, the page's key, and what is sent."""
    key = request.headers.get(HEADER)
    if key is None:
        return None
    checked_key(key)
    sent = hashlib.sha256(request.get_data()).hexdigest()[:16]
    return f"{person().id}:{key}:{sent}"


def document_body() -> dict[str, Any]:
    """The body, of which one key is set: ``value`` or ``files`` (text by name)."""
    body: Any = request.get_json(silent=True)
    if isinstance(body, dict) and len(body) == 1:
        files = body.get("files")
        if "value" in body:
            return body
        if isinstance(files, dict) and files and all(isinstance(text, str) for text in files.values()):
            return body
    raise refused(
        400,
        "bad-request",
        "the body",
        "it is no document, or a character or number in it is none",
        '{"value": …} or {"files": {…}}',
        "",
    )
