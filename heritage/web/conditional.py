"""What a conditional or partial GET gets (RFC 9110, sections 13 and 14), decided without opening the file."""

from __future__ import annotations

import re
from dataclasses import dataclass

from werkzeug.datastructures import Headers
from werkzeug.http import parse_etags, unquote_etag

# No file has a position of more digits, and Python reads only so many as a number.
_ONE_RANGE = re.compile(r"bytes\s*=\s*([0-9]{0,40})-([0-9]{0,40})\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Answer:
    """Status 200, 206, 304, 412 or 416, and the bytes ``start`` to ``stop`` (exclusive) to send."""

    status: int
    start: int = 0
    stop: int = 0


def decide(headers: Headers, method: str, etag: str, size: int) -> Answer:
    """The answer for a representation of ``size`` bytes with the strong tag ``etag`` (without quotes).

    There is no Last-Modified, so dates match nothing. A Range that is malformed, endless, in other units or of several
    parts is ignored, as the RFC allows: the whole is sent.
    """
    if "If-Match" in headers and not parse_etags(headers["If-Match"]).contains(etag):
        return Answer(412)
    if "If-None-Match" in headers and parse_etags(headers["If-None-Match"]).contains_weak(etag):
        return Answer(304)
    whole = Answer(200, 0, size)
    if method != "GET" or "Range" not in headers:
        return whole
    if "If-Range" in headers and unquote_etag(headers["If-Range"]) != (etag, False):
        return whole
    match = _ONE_RANGE.fullmatch(headers["Range"])
    if match is None or match[1] == match[2] == "":
        return whole
    if match[1] == "":
        length = int(match[2])
        return Answer(206, max(0, size - length), size) if length and size else Answer(416)
    start = int(match[1])
    if match[2] and int(match[2]) < start:
        return whole
    if start >= size:
        return Answer(416)
    return Answer(206, start, min(size, int(match[2]) + 1) if match[2] else size)
