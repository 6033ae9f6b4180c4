"""What the linter finds at one stop or about a whole tour, and what its curator accepts on purpose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from heritage.model.documents import FindingCode
from heritage.model.errors import Problem
from heritage.text.lines import Key
from heritage.text.site import LoadedTour


@dataclass(frozen=True)
class Finding:
    """A problem of the stop number ``stop`` of a tour, None for the whole tour; ``problem.code`` is a FindingCode, for a
    whole tour a TourFindingCode."""

    stop: int | None
    problem: Problem


def finding(
    tour: LoadedTour, stop: int | None, code: FindingCode, where: str, found: str, allowed: str, remedy: str
) -> Finding:
    """A finding; every one can be accepted on purpose, and says how."""
    place = "below monument in tour.yaml" if stop is None else f"at the stop {tour.tour.stops[stop].id}"
    remedy = f"{remedy}, or write accept: {{{code}: why}} {place}"
    return Finding(stop, Problem(code, where, found, allowed, remedy, "warning"))


def unaccepted(tour: LoadedTour, findings: Sequence[Finding], looked_for: Sequence[str]) -> Iterator[Problem]:
    """The findings nobody accepted; and what was accepted, ``looked_for`` and not found."""
    places: list[tuple[int | None, str, tuple[Key, ...], Mapping[Any, str]]] = [
        (None, "for the whole tour", ("accept",), tour.tour.accept)
    ]
    places += [
        (at, f"at the stop {stop.id}", ("stops", at, "accept"), stop.accept)
        for at, stop in enumerate(tour.tour.stops)
    ]
    for at, place, path, accept in places:
        codes = {f.problem.code for f in findings if f.stop == at}
        yield from (f.problem for f in findings if f.stop == at and f.problem.code not in accept)
        for code in accept:
            if code in looked_for and code not in codes:
                where = tour.lines.where(*path, code)
                found = f"{code} is accepted {place}, and not found there"
                yield Problem(
                    "accept-idle", where, found, "what is found can be accepted", "remove it", "warning"
                )
