"""What the linter finds at one stop, and what its curator accepts on purpose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from heritage.model.documents import FindingCode
from heritage.model.errors import Problem
from heritage.text.site import LoadedTour


@dataclass(frozen=True)
class Finding:
    """A problem of the stop number ``stop`` of a tour; ``problem.code`` is a FindingCode."""

    stop: int
    problem: Problem


def finding(
    tour: LoadedTour, stop: int, code: FindingCode, where: str, found: str, allowed: str, remedy: str
) -> Finding:
    """A finding; every one can be accepted on purpose, and says how."""
    remedy = f"{remedy}, or write accept: {{{code}: why}} at the stop {tour.tour.stops[stop].id}"
    return Finding(stop, Problem(code, where, found, allowed, remedy, "warning"))


def unaccepted(tour: LoadedTour, findings: Sequence[Finding], looked_for: Sequence[str]) -> Iterator[Problem]:
    """The findings nobody accepted; and what was accepted, ``looked_for`` and not found."""
    for at, stop in enumerate(tour.tour.stops):
        codes = {f.problem.code for f in findings if f.stop == at}
        yield from (f.problem for f in findings if f.stop == at and f.problem.code not in stop.accept)
        for code in stop.accept:
            if code in looked_for and code not in codes:
                where = tour.lines.where("stops", at, "accept", code)
                found = f"{code} is accepted at the stop {stop.id}, and not found there"
                yield Problem(
                    "accept-idle", where, found, "what is found can be accepted", "remove it", "warning"
                )
