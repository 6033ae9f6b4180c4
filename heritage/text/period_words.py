"""A time in EDTF as visitors read it: '1844~' is 'around 1844', 'khoảng năm 1844', 'vers 1844'.

Levels 0 and 1 are told as they are written, part by part. Of level 2 (sets, significant digits, marks inside a date)
the bounds are told: true, and shorter than its grammar in words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from heritage.text.period_languages import LANGUAGES, Language

_DATE = re.compile(r"(-?\d{4})(?:-(\d\d|XX))?(?:-(\d\d|XX))?([?~%]?)")
_LONG = re.compile(r"Y(-?\d+)()()([?~%]?)")
_BLURRED = re.compile(r"(-?)(\d{2})(\d|X)X([?~%]?)")
_BOUND = re.compile(r"(-?\d+)-(\d\d)-(\d\d)")
_AROUND, _DOUBTED = ("~", "%"), ("?", "%")


@dataclass(frozen=True)
class _Moment:
    """The whole, or one side of an interval.

    ``year`` is astronomical, 0 is 1 BC; of a century it is its number, below 0 those before Christ. ``last`` ends a span.
    """

    kind: Literal["year", "month", "day", "season", "decade", "century", "span"]
    year: int
    month: int = 0
    day: int = 0
    last: int = 0
    mark: str = ""


_Side = _Moment | Literal["..", ""]


def period_words(text: str, earliest: str | None, latest: str | None, mark: str = "") -> dict[str, str]:
    """``text``, which is EDTF from the day ``earliest`` to ``latest``, in every language of the interface.

    ``mark`` is '~', '?' or '%' where one stands anywhere in it. Words for a line of facts: 'since 1985'.
    """
    written = [_side(part) for part in text.split("/")]
    sides = [side for side in written if side is not None]
    if len(sides) < len(written):
        sides = _bounds(earliest, latest, mark)
    return {name: _tell(sides, language) for name, language in LANGUAGES.items()}


def _side(text: str) -> _Side | None:
    """A date of level 0 or 1, or an open end; None for what level 2 adds."""
    if text == "..":
        return ".."
    if text == "":
        return ""
    if blurred := _BLURRED.fullmatch(text):
        sign, hundreds, tens, mark = blurred.groups()
        if tens == "X":
            century = int(hundreds) + 1
            return _Moment("century", -century if sign else century, mark=mark)
        decade = int(hundreds + tens) * 10
        # The 1840s, but not the 1800s: those would be taken for the century.
        if sign or tens == "0" or decade < 100:
            first = -decade - 9 if sign else decade
            return _Moment("span", first, last=first + 9, mark=mark)
        return _Moment("decade", decade, mark=mark)
    if not (found := _DATE.fullmatch(text) or _LONG.fullmatch(text)):
        return None
    year, month, day = (
        int(found[1]),
        *(int(part) if part and part != "XX" else 0 for part in found.group(2, 3)),
    )
    mark = found[4]
    if not month:
        return None if day else _Moment("year", year, mark=mark)
    if month > 12:
        return _Moment("season", year, month=month - 20, mark=mark) if month in range(21, 25) else None
    return _Moment("day" if day else "month", year, month=month, day=day, mark=mark)


def _bounds(earliest: str | None, latest: str | None, mark: str) -> list[_Side]:
    """The day, or the years, of what is not told part by part."""
    if earliest is not None and earliest == latest and (found := _BOUND.fullmatch(earliest)):
        year, month, day = (int(part) for part in found.groups())
        return [_Moment("day", year, month=month, day=day, mark=mark)]
    first, last = (None if bound is None else int(bound[:-6]) for bound in (earliest, latest))
    if first is None or last is None:
        return [".." if year is None else _Moment("year", year, mark=mark) for year in (first, last)]
    return [_Moment("year" if first == last else "span", first, last=last, mark=mark)]


def _tell(sides: Sequence[_Side], language: Language) -> str:
    first, last = sides[0], sides[-1]
    if isinstance(first, _Moment):
        if isinstance(last, _Moment):
            told = [_put(side, language.marked[side.mark], language) for side in (first, last)[: len(sides)]]
            return (" – " if any(" " in side for side in told) else "–").join(told)
        words = _put(first, language.since[last][first.mark in _AROUND], language)
        return _doubted(words, first, language)
    if isinstance(last, _Moment):
        until = language.until_around if last.mark in _AROUND else language.until[_noun(last, language)[0]]
        words = _put(last, until, language)
        return _doubted(words if first else language.no_start.format(words), last, language)
    return language.nothing


def _doubted(words: str, moment: _Moment, language: Language) -> str:
    return language.perhaps.format(words) if moment.mark in _DOUBTED else words


def _put(moment: _Moment, template: str, language: Language) -> str:
    the, bare = _noun(moment, language)
    return template.format(the=the + bare, bare=bare)


def _noun(moment: _Moment, language: Language) -> tuple[str, str]:
    """What stands before the moment where words lead to it, and the moment."""
    the, year = language.the.get(moment.kind, ""), _year(moment.year, language)
    match moment.kind:
        case "year":
            return the, year
        case "span":
            last = _year(moment.last, language)
            return the, f"{year}–{last}" if (year + last).isdigit() else f"{year} – {last}"
        case "century":
            words = language.names["century"].format(year=language.ordinal(abs(moment.year)))
            return the, words if moment.year > 0 else language.bc.format(words)
        case "season":
            season = language.seasons[moment.month - 1]
            return language.the.get(season, the), language.names["season"].format(season=season, year=year)
        case _:
            month = language.months[moment.month - 1] if moment.month else ""
            return the, language.names[moment.kind].format(
                day=language.first if moment.day == 1 else moment.day, month=month, year=year
            )


def _year(year: int, language: Language) -> str:
    if year <= 0:
        return language.bc.format(1 - year)
    return str(year) if year >= 100 else language.ad.format(year)
