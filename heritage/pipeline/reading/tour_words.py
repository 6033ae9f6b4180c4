"""The words of a tour from elsewhere as Markdown, with a line for what Markdown cannot say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from heritage.formats.printable import printable
from heritage.model.errors import Problem
from heritage.model.exchange import ExchangedTour, Words
from heritage.text.unmark import Unmarked, unmark


def in_markdown(tour: ExchangedTour, name: str) -> tuple[ExchangedTour, tuple[Problem, ...]]:
    """``tour`` with Markdown where it had HTML; messages call its file ``name``."""
    left_out: list[Unmarked] = []

    def told(words: Words) -> dict[str, str]:
        unmarked = {language: unmark(html) for language, html in words.items()}
        left_out.extend(unmarked.values())
        return {language: one.markdown for language, one in unmarked.items()}

    changed = replace(
        tour,
        html=told(tour.html),
        stops=tuple(replace(stop, html=told(stop.html)) for stop in tour.stops),
        marks=tuple(replace(mark, html=told(mark.html)) for mark in tour.marks),
    )
    problems = []
    if pictures := _listed(one.pictures for one in left_out):
        remedy = "put them into media/ and name them in the words again"
        found = f"pictures in the words: {pictures}"
        problems.append(Problem("lost-picture", name, found, "their description is kept", remedy, "warning"))
    if links := _listed(one.links for one in left_out):
        allowed = "https:// and mailto: are allowed"
        problems.append(Problem("lost-link", name, f"links in the words: {links}", allowed, "", "warning"))
    if elements := _listed(one.elements for one in left_out):
        found = f"HTML that Markdown has no word for: {elements}"
        problems.append(Problem("lost-markup", name, found, "its words are kept", "", "warning"))
    return changed, tuple(problems)


def _listed(found: Iterable[tuple[str, ...]]) -> str:
    names = list(dict.fromkeys(printable(name[:80]) for many in found for name in many))
    return ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")
