"""Where monuments stand: what has yet to be decided, and trials of a placement, worked out in a child."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, request

from heritage.model.documents import Monument, PlacementOrder
from heritage.model.errors import HeritageError, Problem
from heritage.store import Store
from heritage.store.drafts import Drafts
from heritage.text.yaml import parse_yaml
from heritage.web.errors import not_found, refused
from heritage.web.studio.answers import said, unprocessable
from heritage.web.studio.child import Child
from heritage.web.studio.documents import place_or_404, revision_value, unit_of


def register(studio: Blueprint, drafts: Drafts) -> None:
    """Add the routes."""
    trials = Child("the trial", _sound)

    @studio.get("/api/placements")
    def placements() -> Response:
        return said(list(_placements(drafts)))

    @studio.post("/api/placements/<monument>")
    def try_placement(monument: str) -> Response:
        place = place_or_404(f"monuments/{monument}")
        if drafts.read(unit_of(place)).revision is None:
            raise not_found()
        body: Any = request.get_json(silent=True)
        if not isinstance(body, dict):
            raise refused(400, "bad-request", "the body", "it is no order", '{"registration": {…}}', "")
        order = json.dumps(body, ensure_ascii=False)
        try:
            parse_yaml(order, PlacementOrder, "the order")
        except HeritageError as error:
            raise unprocessable(error) from error
        command = ["place", str(drafts.site), monument, "--by", "-", "--json"]
        return said(trials.ask(command, order))


def _placements(drafts: Drafts) -> Iterator[dict[str, Any]]:
    """Every monument of the newest release, in its order: how it stands there, and whether the document has since been
    decided; ``decided`` takes effect with the next build."""
    store = Store(drafts.site)
    newest = store.releases()[-1:]
    if not newest:
        return
    release = json.loads((store.release_path(newest[0]) / "release.json").read_bytes())
    for monument in release["monuments"]:
        placement = monument["placement"]
        place = place_or_404(f"monuments/{monument['id']}")
        found = drafts.read(unit_of(place))
        value = revision_value(place, found)["value"] if found.revision is not None else None
        document = None if value is None else Monument.model_validate(value, strict=False)
        decided = document.registration.decided if document is not None else None
        yield {
            "monument": monument["id"],
            "release": newest[0],
            "method": placement["method"],
            "settled": placement["settled"],
            "candidates": len(placement["candidates"]),
            "decided": None if decided is None else decided.model_dump(mode="json"),
        }


def _sound(printed: Any) -> dict[str, Any]:
    """A trial; what `heritage place` found wrong is a refusal."""
    if isinstance(printed, list):
        raise unprocessable(HeritageError.of([Problem(**problem) for problem in printed]))
    trial: dict[str, Any] = printed
    return trial
