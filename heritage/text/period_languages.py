"""The words and templates in which times are told, a record per language of the interface."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True)
class Language:
    """Templates: ``{bare}`` is the moment, ``{the}`` the same with what stands before it where words lead to it."""

    months: tuple[str, ...]
    first: str  # day of a month
    seasons: tuple[str, ...]
    names: Mapping[str, str]
    ordinal: Callable[[int], str]
    bc: str
    ad: str
    the: Mapping[str, str]  # by season or kind
    marked: Mapping[str, str]
    since: Mapping[str, tuple[str, str]]  # by the other side: known, and about then
    until: Mapping[str, str]  # by what stands before
    until_around: str
    no_start: str
    perhaps: str
    nothing: str


def _english(number: int) -> str:
    last = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number % 100 in (11, 12, 13) else last}"


_TENS = ["", "X", "XX", "XXX", "XL", "L", "LX", "LXX", "LXXX", "XC", "C"]
_ONES = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"]


def _roman(number: int) -> str:
    tens, ones = divmod(number, 10)
    return _TENS[tens] + _ONES[ones]


_EN: Final = Language(
    months=("January", "February", "March", "April", "May", "June",
            "July", "August", "September", "October", "November", "December"),
    first="1",
    seasons=("spring", "summer", "autumn", "winter"),
    names={
        "day": "{day} {month} {year}",
        "month": "{month} {year}",
        "season": "{season} {year}",
        "decade": "{year}s",
        "century": "{year} century",
    },
    ordinal=_english,
    bc="{} BC",
    ad="AD {}",
    the={"decade": "the ", "century": "the "},
    marked={"": "{bare}", "~": "around {the}", "?": "perhaps {the}", "%": "perhaps around {the}"},
    since={
        "..": ("since {the}", "since around {the}"),
        "": ("from {the}, end unknown", "from around {the}, end unknown"),
    },
    until={"": "until {bare}", "the ": "until the {bare}"},
    until_around="until around {the}",
    no_start="{}, beginning unknown",
    perhaps="perhaps {}",
    nothing="time unknown",
)  # fmt: skip

_FR: Final = Language(
    months=("janvier", "février", "mars", "avril", "mai", "juin",
            "juillet", "août", "septembre", "octobre", "novembre", "décembre"),
    first="1er",
    seasons=("printemps", "été", "automne", "hiver"),
    names={
        "day": "{day} {month} {year}",
        "month": "{month} {year}",
        "season": "{season} {year}",
        "decade": "années {year}",
        "century": "{year} siècle",
    },
    ordinal=lambda number: "Ier" if number == 1 else f"{_roman(number)}e",
    bc="{} av. J.-C.",
    ad="{} apr. J.-C.",
    the={"day": "le ", "printemps": "le ", "season": "l’", "decade": "les ", "century": "le "},
    marked={"": "{bare}", "~": "vers {the}", "?": "peut-être {the}", "%": "peut-être vers {the}"},
    since={
        "..": ("depuis {the}", "depuis {the} environ"),
        "": ("dès {the}, fin inconnue", "dès {the} environ, fin inconnue"),
    },
    until={"": "jusqu’en {bare}", "le ": "jusqu’au {bare}", "les ": "jusqu’aux {bare}", "l’": "jusqu’à l’{bare}"},
    until_around="jusque vers {the}",
    no_start="{}, début inconnu",
    perhaps="peut-être {}",
    nothing="date inconnue",
)  # fmt: skip

_VI: Final = Language(
    months=tuple(f"tháng {number}" for number in range(1, 13)),
    first="1",
    seasons=("mùa xuân", "mùa hè", "mùa thu", "mùa đông"),
    names={
        "day": "{day} {month} năm {year}",
        "month": "{month} năm {year}",
        "season": "{season} năm {year}",
        "decade": "thập niên {year}",
        "century": "thế kỷ {year}",
    },
    ordinal=_roman,
    bc="{} TCN",
    ad="{} SCN",
    the={"year": "năm ", "span": "năm ", "day": "ngày "},
    marked={"": "{bare}", "~": "khoảng {the}", "?": "có lẽ {the}", "%": "có lẽ khoảng {the}"},
    since={
        "..": ("từ {the}", "từ khoảng {the}"),
        "": ("từ {the}, không rõ kết thúc", "từ khoảng {the}, không rõ kết thúc"),
    },
    until={"": "đến {bare}", "năm ": "đến năm {bare}", "ngày ": "đến ngày {bare}"},
    until_around="đến khoảng {the}",
    no_start="{}, không rõ khởi đầu",
    perhaps="có lẽ {}",
    nothing="không rõ thời gian",
)  # fmt: skip

LANGUAGES: Final = MappingProxyType({"en": _EN, "fr": _FR, "vi": _VI})
