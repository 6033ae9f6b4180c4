"""Where monuments stand: what has yet to be decided, and trials of a placement, worked out in a child."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import Any, Final

from flask import Blueprint, Response, request

from heritage.model.documents import Monument, PlacementOrder
from heritage.model.errors import HeritageError, Problem
from heritage.store import Store
from heritage.store.drafts import Drafts
from heritage.text.yaml import parse_yaml
from heritage.web.errors import not_found, refused
from heritage.web.studio.answers import Refusal, said, unprocessable
from heritage.web.studio.documents import place_or_404, revision_value, unit_of

WAIT_S: Final = 120.0
_PATIENCE_S: Final = 20.0


def register(studio: Blueprint, drafts: Drafts) -> None:
    """Add the routes."""
    turn = Lock()

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
        if not turn.acquire(timeout=_PATIENCE_S):
            raise Refusal(
                refused(
                    503, "store-busy", "the trial", "another one is worked out", "one at a time", "try again"
                )
            )
        try:
            return said(_tried(drafts.site, monument, order))
        finally:
            turn.release()


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
            "reason": placement["reason"],
            "candidates": len(placement["candidates"]),
            "decided": None if decided is None else decided.model_dump(mode="json"),
        }


def _tried(site: Path, monument: str, order: str) -> dict[str, Any]:
    """What `heritage place` answers."""
    command = [sys.executable, "-m", "heritage", "place", str(site), monument, "--by", "-", "--json"]
    try:
        child = subprocess.run(  # noqa: S603
            command, input=order.encode(), capture_output=True, timeout=WAIT_S, check=False
        )
        answer: Any = json.loads(child.stdout)
    except (subprocess.TimeoutExpired, ValueError) as error:
        raise Refusal(
            refused(
                503, "placement-failed", "the trial", "it gave no answer", "a monument that was built",
                "build once, then try again",
            )
        ) from error  # fmt: skip
    if isinstance(answer, list):
        raise unprocessable(HeritageError.of([Problem(**problem) for problem in answer]))
    found: dict[str, Any] = answer
    return found
