"""Parameters of OGC API - Features, read strictly: what is not understood is refused, as the standard asks."""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time

from werkzeug.datastructures import MultiDict

from heritage.model.errors import InputError
from heritage.store.feature_index import Box, Times, halves
from heritage.web.errors import refused

DEFAULT_LIMIT = 100
MOST = 10_000
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?\s*", re.ASCII)
_TIME = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})(?:[Tt](\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(?:[Zz]|[+-](\d{2}):(\d{2})))?", re.ASCII
)


@dataclass(frozen=True)
class ItemsQuery:
    """What of a collection is wanted: ``boxes`` in degrees (two where one crosses the antimeridian)."""

    limit: int
    offset: int
    boxes: tuple[Box, ...]
    times: Times | None


def only(arguments: MultiDict[str, str], known: Collection[str]) -> None:
    """Raise InputError (400) for a parameter that is unknown or stands twice."""
    for name in arguments:
        if name not in known:
            allowed = f"{', '.join(sorted(known))} are allowed" if known else "there are none here"
            raise _wrong(f"the parameter {name[:40]!r}", "it is unknown", allowed)
        if len(arguments.getlist(name)) > 1:
            raise _wrong(f"the parameter {name}", "it stands twice", "once")


def items_query(arguments: MultiDict[str, str]) -> ItemsQuery:
    """The query of an items address. Raises InputError (400)."""
    only(arguments, ("limit", "offset", "bbox", "datetime"))
    limit = _whole(arguments, "limit", DEFAULT_LIMIT, 1)
    offset = _whole(arguments, "offset", 0, 0)
    boxes = _boxes(arguments["bbox"]) if "bbox" in arguments else ()
    times = _times(arguments["datetime"]) if "datetime" in arguments else None
    # More than the most is no error: the standard has the server send the most.
    return ItemsQuery(min(limit, MOST), offset, boxes, times)


def _whole(arguments: MultiDict[str, str], name: str, default: int, least: int) -> int:
    text = arguments.get(name)
    if text is None:
        return default
    if not re.fullmatch(r"\d{1,12}", text, re.ASCII) or int(text) < least:
        raise _wrong(f"the parameter {name}", f"{text[:40]!r}", f"a whole number from {least}")
    return int(text)


def _boxes(text: str) -> tuple[Box, ...]:
    allowed = "four numbers west,south,east,north in degrees, or six with heights"
    parts = text.split(",")
    numbers = [float(part) for part in parts if _NUMBER.fullmatch(part)]
    if len(parts) not in (4, 6) or len(numbers) != len(parts) or not all(map(math.isfinite, numbers)):
        raise _wrong("the parameter bbox", f"{text[:60]!r}", allowed)
    # Heights of a box with six numbers say nothing about flat features.
    west, south, east, north = numbers if len(numbers) == 4 else (*numbers[:2], *numbers[3:5])
    if south > north:
        raise _wrong("the parameter bbox", f"south {south:g} above north {north:g}", allowed)
    return halves((west, south, east, north))


def _times(text: str) -> Times:
    allowed = "a date-time of RFC 3339, or an interval first/last in which '..' leaves an end open"
    parts = text.split("/")
    if len(parts) > 2:
        raise _wrong("the parameter datetime", f"{text[:60]!r}", allowed)
    bounds: list[int | None] = []
    for part in parts:
        if len(parts) == 2 and part in ("", ".."):
            bounds.append(None)
            continue
        try:
            bounds.append(_day(part))
        except ValueError:
            raise _wrong("the parameter datetime", f"{text[:60]!r}", allowed) from None
    first, last = bounds[0], bounds[-1]
    if first is not None and last is not None and first > last:
        raise _wrong("the parameter datetime", "its end lies before its beginning", allowed)
    return first, last


def _day(text: str) -> int:
    """The day of a date or date-time of RFC 3339, as yyyymmdd. Raises ValueError where there is no such one."""
    match = _TIME.fullmatch(text)
    if match is None:
        raise ValueError("neither a date nor a date-time")
    year, month, day, hour, minute, second, offset_h, offset_min = (int(part or 0) for part in match.groups())
    # datetime knows neither a year 0, where the calendar is that of 400 years later, nor a leap second.
    datetime(year or 400, month, day, hour, minute, 59 if second == 60 else second)
    time(offset_h, offset_min)
    return year * 10_000 + month * 100 + day


def _wrong(where: str, found: str, allowed: str) -> InputError:
    return refused(400, "query-invalid", where, found, allowed, "correct the address")
