"""What of a tour a document of Voyager's cannot hold, or Voyager does not show."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from heritage.model.errors import Problem
from heritage.model.exchange import WARNING, Condition, ExchangedStop, ExchangedTour

SELECTABLE = frozenset({"EN", "ES", "DE", "NL", "JA", "FR", "IT", "HAW", "AR"})
"""Languages in Voyager's menu (source/client/schema/common.ts)."""


def lost_in_svx(tour: ExchangedTour, fov: float, conditions: list[Condition]) -> Iterator[Problem]:
    """One line each for what of ``tour`` the document does not hold; ``fov`` is the one that it has, degrees."""
    where = "SVX"
    other = [one for one in tour.languages if one.upper() not in SELECTABLE]
    if other:
        found = f"the languages {', '.join(other)} are in the file, and Voyager's menu does not name them"
        yield Problem(
            "lost-language", where, found, f"it offers {', '.join(sorted(SELECTABLE))}", "", WARNING
        )
    if dwelling := _named(tour, lambda stop: bool(stop.dwell_s)):
        found = f"how long the stops stay: {dwelling}"
        yield Problem("lost-dwell", where, found, "visitors of Voyager go on by hand", "", WARNING)
    if compared := _named(tour, lambda stop: stop.beside is not None):
        found = f"the comparison of two conditions: {compared}"
        yield Problem("lost-comparison", where, found, "one of the two is shown", "", WARNING)
    if fovs := _named(tour, lambda s: s.pose is not None and s.pose.fov_deg not in (None, fov)):
        found = f"the field of view: {fovs}"
        yield Problem("lost-fov", where, found, f"a document has one, {fov:g} degrees", "", WARNING)
    if many := _named(tour, lambda stop: len(stop.annotations) > 1):
        found = f"annotations after a stop's first: {many}"
        yield Problem("lost-annotations", where, found, "one is active at a time", "", WARNING)
    if said := _named(tour, lambda stop: bool(stop.narration)):
        found = f"that the narration starts by itself: {said}"
        allowed = "the recordings are listed; Voyager of 2026 starts none at a tour's step"
        yield Problem("lost-narration", where, found, allowed, "", WARNING)
    if unseen := sorted({s.shows for s in tour.stops if s.shows} - {one.name for one in conditions}):
        found = f"conditions without a model of their own: {', '.join(unseen)}"
        yield Problem("lost-model", where, found, "stops that show them show the first model", "", WARNING)
    yield Problem(
        "lost-target",
        where,
        "how far away the target of each view is",
        "a camera has a direction",
        "",
        WARNING,
    )


def _named(tour: ExchangedTour, fits: Callable[[ExchangedStop], bool]) -> str:
    return ", ".join(stop.id for stop in tour.stops if fits(stop))
