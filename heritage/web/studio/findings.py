"""What the tour linter finds, each beside the stop it concerns. It looks at geometry, so it looks in a child."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from flask import Blueprint, Response

from heritage.model.documents import FindingCode
from heritage.model.documents.tour import TourFindingCode
from heritage.model.errors import HeritageError
from heritage.model.limits import MARKDOWN_BYTES, YAML_BYTES
from heritage.store import Store
from heritage.store.drafts import Drafts
from heritage.text.compose import Composer
from heritage.text.document import DocumentPlace, places
from heritage.text.words import sections
from heritage.text.yaml import decoded
from heritage.web.errors import not_found
from heritage.web.studio.answers import said
from heritage.web.studio.child import Child
from heritage.web.studio.documents import place_or_404, unit_of

Problem = dict[str, str]
Finding = dict[str, Any]


def register(studio: Blueprint, drafts: Drafts) -> None:
    """Add the route."""
    linter: Child[list[Problem]] = Child("the linter", list)

    @studio.get("/api/findings/<tour>")
    def findings(tour: str) -> Response:
        place = place_or_404(f"tours/{tour}")
        found = drafts.read(unit_of(place))
        if found.revision is None:
            raise not_found()
        key = (tour, Store(drafts.site).current(), found.revision, *_around(drafts))
        problems = linter.ask(["check", str(drafts.site), "--json", "--tour", tour], key=key)
        stops = _stops_by_line(place, found.files)
        return said([_finding(problem, stops) for problem in problems])


def _around(drafts: Drafts) -> Iterator[str | None]:
    """The revisions of what a tour is about and refers to."""
    for place in places(drafts.site):
        if place.kind != "tour":
            yield drafts.read(unit_of(place)).revision


def _finding(problem: Mapping[str, str], stops: Mapping[str, list[tuple[int, str | None]]]) -> Finding:
    """``stop`` is the id of the stop that stands at the problem's line; None where it is about the whole tour.
    ``acceptable``: whether a curator can accept it there on purpose."""
    name, _, line = problem["where"].rpartition(":")
    begun = stops.get(name, []) if line.isdigit() else []
    at = [stop for first, stop in begun if first <= int(line)]
    message = "; ".join(filter(None, (problem["found"], problem["allowed"], problem["remedy"])))
    stop = at[-1] if at else None
    acceptable = problem["code"] in get_args(FindingCode if stop is not None else TourFindingCode)
    return {**problem, "message": message, "stop": stop, "acceptable": acceptable}


def _stops_by_line(
    place: DocumentPlace, files: Mapping[str, bytes]
) -> dict[str, list[tuple[int, str | None]]]:
    """Of every file of the tour the lines (from 1) on which a stop's part begins."""
    begun = {}
    for name, content in files.items():
        shown = place.shown(name)
        try:
            if name == place.yaml:
                composer = Composer(decoded(content, shown, YAML_BYTES), shown)
                value: Any = composer.document()
                starts = [(composer.lines["stops", k], stop["id"]) for k, stop in enumerate(value["stops"])]
                after = [line for path, line in composer.lines.items() if len(path) == 1]
                begun[shown] = sorted([*starts, *((line, None) for line in after)], key=lambda one: one[0])
            else:
                _, found = sections(decoded(content, shown, MARKDOWN_BYTES), shown)
                begun[shown] = [
                    (s.heading + 1, s.text if s.level == 2 else None) for s in found if s.level < 3
                ]
        except (HeritageError, KeyError, TypeError):
            continue  # it cannot be read, and the problem says so
    return begun
