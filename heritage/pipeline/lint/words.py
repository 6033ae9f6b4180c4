"""Words that visitors will miss: of a stop that waits for its translation, of a state without a name."""

from __future__ import annotations

from collections.abc import Iterator

from heritage.pipeline.check_texts import waiting
from heritage.pipeline.flights import conditions
from heritage.pipeline.lint.finding import Finding, finding
from heritage.text.site import LoadedMonument, LoadedTour

WORDS = ("translation-empty", "translation-outdated", "state-without-name")


def words_findings(tour: LoadedTour, monument: LoadedMonument) -> Iterator[Finding]:
    """Findings that need no surface and no recording."""
    for at in range(len(tour.tour.stops)):
        yield from _untranslated(tour, at)
        yield from _unnamed(tour, at, monument)


def _untranslated(tour: LoadedTour, at: int) -> Iterator[Finding]:
    stop = tour.tour.stops[at].id
    for language, words in tour.words.items():
        passage = words.stops[stop]
        for source, original in tour.words.items():
            waits = waiting(tour.id, f"the stop {stop}", passage, original.stops[stop], language, source)
            if waits is not None:
                code, found, allowed, remedy = waits
                yield finding(tour, at, code, f"{words.shown}:{passage.line}", found, allowed, remedy)


def _unnamed(tour: LoadedTour, at: int, monument: LoadedMonument) -> Iterator[Finding]:
    """The player always says what is interpreted; by what name, only the curator knows."""
    stop = tour.tour.stops[at]
    shown = conditions(stop, monument.monument.reference.id)
    for state in monument.monument.states:
        if state.id in shown and not state.title and not state.period:
            key = "show" if stop.show else "compare"
            found = f"the stop {stop.id} shows the state {state.id}, which has neither title nor period"
            where = tour.lines.where("stops", at, key)
            allowed, remedy = "visitors read what is assumed and of when", "give it a title in monument.yaml"
            yield finding(tour, at, "state-without-name", where, found, allowed, remedy)
