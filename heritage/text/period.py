"""Times as curators write them: EDTF (ISO 8601-2, levels 0 to 2) worked out to its first and last day.

The grammar is that of the library edtf (MIT); what it leaves to its callers is decided here: an interval that
ends before it begins is refused, and an end that is not known is None instead of a guess.
"""

from __future__ import annotations

import re
from time import struct_time

from heritage.model.release import Period
from heritage.text.period_words import period_words

# Longer texts are words, and larger exponents would be computed for minutes; EDTF has no spaces.
_LONGEST = 60
_BEYOND = re.compile(r"\s|[EpP]\d{3,}|\d{13,}")


def read_period(text: str | None) -> Period | None:
    """``text`` as EDTF, None where it is in words or not EDTF at all.

    '1805~' is 1805-01-01 to 1805-12-31, approximate; '18XX' the century; '1804/..' and '1804/' have no end.
    """
    from edtf import EDTFParseException, Interval, parse_edtf

    if text is None or len(text) > _LONGEST or not text.isascii() or _BEYOND.search(text):
        return None
    try:
        value = parse_edtf(text)
        unknown_start = isinstance(value, Interval) and text.startswith("/")
        unknown_end = isinstance(value, Interval) and text.endswith("/")
        earliest = None if unknown_start else _date(value.lower_strict())
        latest = None if unknown_end else _date(value.upper_strict())
        if earliest and latest and value.lower_strict() > value.upper_strict():
            return None
    except (EDTFParseException, ValueError, OverflowError, TypeError, AttributeError):
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


def _date(value: struct_time | float) -> str | None:
    """A day as ISO 8601 writes it; None for the infinite ends of open intervals."""
    if not isinstance(value, struct_time):
        return None
    year = value.tm_year
    sign = "-" if year < 0 else ""
    return f"{sign}{abs(year):04d}-{value.tm_mon:02d}-{value.tm_mday:02d}"
