"""How the queue of reports is doing, against what visitors were promised."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from heritage.people import clock
from heritage.people.reports import Report


@dataclass(frozen=True)
class Share:
    """Of the reports sent in ``month`` (YYYY-MM, UTC) ``on_time`` of ``decided`` were answered when promised.

    Decided is what has been answered or rejected, and what is waiting longer than promised: it is late whatever comes.
    What still has time counts on neither side.
    """

    month: str
    decided: int
    on_time: int


@dataclass(frozen=True)
class Figures:
    """How the queue is doing: ``open`` have no answer, ``overdue`` of them past their due date; the rest as `Share`,
    over all and by month, the newest first."""

    open: int
    overdue: int
    answered: int
    decided: int
    on_time: int
    months: tuple[Share, ...]


def figures(found: Iterable[Report]) -> Figures:
    """How it stands with the reports of a `queue` at this moment."""
    found, now = tuple(found), clock.now()
    waiting = [one for one in found if one.answered is None]
    decided: dict[str, list[bool]] = {}
    for one in found:
        if one.answered is not None or one.promised < now:
            month = datetime.fromtimestamp(one.made, UTC).strftime("%Y-%m")
            decided.setdefault(month, []).append(one.answered is not None and one.answered <= one.promised)
    months = tuple(
        Share(month, len(each), sum(each)) for month, each in sorted(decided.items(), reverse=True)
    )
    return Figures(
        len(waiting),
        sum(one.due < now for one in waiting),
        len(found) - len(waiting),
        sum(each.decided for each in months),
        sum(each.on_time for each in months),
        months,
    )
