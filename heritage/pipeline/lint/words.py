"""Words that visitors will miss: of a stop that waits for its translation, a question, a state's name."""

from __future__ import annotations

from collections.abc import Iterator

from heritage.pipeline.lint.finding import Finding, finding
from heritage.pipeline.tours.flights import conditions
from heritage.text.question import read_question
from heritage.text.site import LoadedMonument, LoadedTour
from heritage.text.translate import state_of
from heritage.text.words import Passage, Words

WORDS = ("translation-empty", "translation-outdated", "question-missing", "state-without-name")


def words_findings(tour: LoadedTour, monument: LoadedMonument) -> Iterator[Finding]:
    """Findings that need no surface and no recording."""
    yield from _untranslated(tour, None)
    for at in range(len(tour.tour.stops)):
        yield from _untranslated(tour, at)
        yield from _unasked(tour, at)
        yield from _unnamed(tour, at, monument)


def _untranslated(tour: LoadedTour, at: int | None) -> Iterator[Finding]:
    """What of a stop, or of the words about the whole tour, waits for its translation."""
    of = "the tour" if at is None else f"the stop {tour.tour.stops[at].id}"
    for language, words in tour.words.items():
        passage = _passage(tour, words, at)
        for source, original in tour.words.items():
            state = state_of(passage, _passage(tour, original, at), source)
            where = f"{words.shown}:{passage.line}"
            if state == "empty":
                found = f"{of} is not yet translated into {language}"
                yield finding(
                    tour,
                    at,
                    "translation-empty",
                    where,
                    found,
                    "another language is shown meanwhile",
                    "write it",
                )
            if state == "outdated":
                found = f"the words of {of} in {source} have changed since they were translated"
                remedy = f"run heritage tour translate {tour.id} {language} --from {source}"
                allowed = "they belong together"
                yield finding(tour, at, "translation-outdated", where, found, allowed, remedy)


def _passage(tour: LoadedTour, words: Words, at: int | None) -> Passage:
    return words.tour if at is None else words.stops[tour.tour.stops[at].id]


def _unasked(tour: LoadedTour, at: int) -> Iterator[Finding]:
    """A stop that asks in one language and not in another; what waits for its translation is found above."""
    stop = tour.tour.stops[at].id
    asks = [
        one for one, w in tour.words.items() if read_question(w.stops[stop].markdown).question is not None
    ]
    for language, words in tour.words.items():
        passage = words.stops[stop]
        waits = any(state_of(passage, w.stops[stop], one) == "empty" for one, w in tour.words.items())
        if asks and language not in asks and not waits:
            found = f"the stop {stop} has a question in {', '.join(asks)} and none in {language}"
            where, allowed = f"{words.shown}:{passage.line}", f"{asks[0]} is shown instead"
            yield finding(tour, at, "question-missing", where, found, allowed, "translate it")


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
