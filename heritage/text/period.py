"""Times as curators write them: EDTF (ISO 8601-2, levels 0 to 2) worked out to its first and last day.

The grammar is that of the library edtf (MIT); what it leaves to its callers is decided here: an interval that
ends before it begins and a day that no calendar has are refused; an end that is not known is None instead of a guess;
a year of which only some digits are significant (1950S2) is every year that begins with them; a winter, and the south's
summer, begins in December of its year and ends with the February after it.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from functools import cache, partial
from time import struct_time
from typing import Any

from heritage.model.release import Period
from heritage.text.period_words import period_words

# Longer texts are words, and larger exponents would be computed for minutes; EDTF has no spaces.
_LONGEST = 60
_BEYOND = re.compile(r"\s|[EpP]\d{3,}|\d{13,}")
_MARKS = re.compile(r"[?~%]")
_DAY = re.compile(r"(-?\d{4})-(\d\d)-(\d\d)")
_SIGNIFICANT = re.compile(r"Y?(-?)(\d+)(?:E(\d+))?S(\d+)")
# Winter (21 to 24 say no hemisphere), the north's winter, the south's summer; with a qualifier where one is.
_OVER_NEW_YEAR = re.compile(r"(-?\d{4})-(?:24|28|30)(?:\^\S)?(?!\d|-)")
_LEAP_CYCLE = 8  # the most years from one 29 February to the next


def read_period(text: str | None) -> Period | None:
    """``text`` as EDTF, None where it is in words or not EDTF at all.

    '1805~' is 1805-01-01 to 1805-12-31, approximate; '18XX' the century, as is '1850S2'; '1804/..' and '1804/' have no
    end; '2001-24' is 2001-12-01 to 2002-02-28.
    """
    if text is None or len(text) > _LONGEST or not text.isascii() or _BEYOND.search(text):
        return None
    parse, failures = _parser()
    try:
        value = parse(text)
        lowest, highest = (_SIGNIFICANT.sub(partial(_year, side=side), text) for side in (0, 1))
        highest = _OVER_NEW_YEAR.sub(_february, highest)
        low, high = (value if form == text else parse(form) for form in (lowest, highest))
        if not all(_is_day(*map(int, day.groups())) for day in _DAY.finditer(_MARKS.sub("", text))):
            return None
        # Of an end that is not known the library has a guess.
        first = None if text.startswith("/") else _existing(low.lower_strict(), 1)
        last = None if text.endswith("/") else _existing(high.upper_strict(), -1)
        if first and last and first > last:
            return None
        earliest, latest = (None if day is None else _date(day) for day in (first, last))
    except failures:
        return None
    uncertain, approximate = (any(mark in text for mark in (own, "%")) for own in "?~")
    mark = {(True, True): "%", (True, False): "?", (False, True): "~"}.get((uncertain, approximate), "")
    return Period(
        earliest=earliest,
        latest=latest,
        uncertain=uncertain,
        approximate=approximate,
        words=period_words(text, earliest, latest, mark),
    )


@cache
def _parser() -> tuple[Callable[[str], Any], tuple[type[Exception], ...]]:
    """The library's parser, and what it raises. It comes when it is needed: it takes long to load."""
    from edtf import EDTFParseException, parse_edtf
    from edtf.parser import parser_classes

    # It prints what it tries and gives up, with no switch for that: on standard output, where answers go.
    vars(parser_classes)["print"] = lambda *_, **__: None
    return parse_edtf, (EDTFParseException, ValueError, OverflowError, TypeError, AttributeError)


def _year(found: re.Match[str], *, side: int) -> str:
    """The first (``side`` 0) or the last year (1) that begins with the significant digits of a match."""
    sign, digits, exponent, significant = found.groups()
    digits += "0" * int(exponent or 0)
    kept = int(significant)
    if not kept:
        raise ValueError("no digit is significant")
    rest = "09"[side ^ bool(sign)] * (len(digits) - kept)
    return _edtf_year(int(sign + digits[:kept] + rest))


def _february(winter: re.Match[str]) -> str:
    """The last month of a season that begins in December."""
    return f"{_edtf_year(int(winter[1]) + 1)}-02"


def _edtf_year(year: int) -> str:
    return f"{'-' * (year < 0)}{abs(year):04d}" if abs(year) < 10_000 else f"Y{year}"


def _is_day(year: int, month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]


def _existing(bound: struct_time | float, step: int) -> tuple[int, int, int] | None:
    """The bound as year, month, day, None if infinite. Where it is no day, as the last one of 198X-02-29, the nearest
    year inside that has it; ValueError where none does."""
    if not isinstance(bound, struct_time):
        return None
    for year in range(bound.tm_year, bound.tm_year + step * (_LEAP_CYCLE + 1), step):
        if _is_day(year, bound.tm_mon, bound.tm_mday):
            return year, bound.tm_mon, bound.tm_mday
    raise ValueError("no year has that day")


def _date(day: tuple[int, int, int]) -> str:
    """A day as ISO 8601 writes it."""
    year, month, date = day
    return f"{'-' * (year < 0)}{abs(year):04d}-{month:02d}-{date:02d}"
