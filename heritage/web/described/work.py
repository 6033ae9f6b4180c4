"""The studio's work beside documents: pages, presence, media, builds, releases, the journal."""

from __future__ import annotations

from typing import Any, Final

from heritage.model.documents import ID_PATTERN
from heritage.web.described.operation import FORM, STORE, Operation, file, page
from heritage.web.described.shapes import TEXT, Schema, listed, maybe, name, record, ref
from heritage.web.studio.presence import LONGEST

_ID: Final[Schema] = {"type": "string", "pattern": ID_PATTERN}
_SHORT: Final[Schema] = {"type": "string", "maxLength": LONGEST}
_RELEASES: Final = listed(ref("Release"))


def _build_links(address: str) -> dict[str, Any]:
    parameters = {"path.id": "$response.body#/id", "header.Sec-Fetch-Site": "same-origin"}
    return {"cancel": {"operationId": name("delete", f"{address}/{{id}}"), "parameters": parameters}}


WORK: Final = {
    ("GET", "/studio/"): page("The studio's page", 503),
    ("GET", "/studio/scene.html"): page("The scene in it", 503),
    ("GET", "/studio/api/openapi.json"): Operation("This description", {"type": "object"}),
    ("GET", "/studio/api/presence"): Operation("Who has what open", listed(ref("Place"))),
    ("PUT", "/studio/api/presence"): Operation(
        "Says what one has open",
        listed(ref("Place")),
        body=record(("stop", "page"), key=TEXT, stop=maybe(_SHORT), page=_SHORT),
        refusals=(404, *STORE),
    ),
    ("POST", "/studio/api/media"): Operation(
        "Takes in a recording or picture",
        record(path=TEXT),
        201,
        body=record(file={"type": "string", "contentMediaType": "application/octet-stream"}),
        sent=FORM,
        refusals=(415, *STORE),
    ),
    ("GET", "/studio/files/<path:name>"): file("A recording or picture of the site"),
    ("GET", "/studio/api/builds"): Operation("The builds, the newest first", listed(ref("Build"))),
    ("POST", "/studio/api/builds"): Operation(
        "Starts a build",
        ref("Build"),
        201,
        body=record(monument=maybe(_ID)),
        refusals=(404, 409, *STORE),
        links=_build_links,
    ),
    ("DELETE", "/studio/api/builds/<id>"): Operation("Cancels a build", record(id=TEXT), 202, refusals=STORE),
    ("GET", "/studio/api/releases"): Operation("The releases, the newest first", _RELEASES),
    ("POST", "/studio/api/releases"): Operation(
        "Shows a release to the public",
        _RELEASES,
        body=record(action={"enum": ["publish", "roll-back"]}, release=TEXT),
        refusals=(404, *STORE),
    ),
    ("GET", "/studio/r/<release_id>/<path:name>"): file("A file of a release that may not be public yet"),
    ("GET", "/studio/api/journal"): Operation(
        "Who did what",
        record(
            records=listed({"type": "object", "required": ["of", "who", "when", "what"]}),
            problems=listed(ref("Problem")),
        ),
    ),
    ("GET", "/studio/api/placements"): Operation(
        "How the monuments stand", listed({"type": "object", "required": ["monument", "release", "settled"]})
    ),
    ("POST", "/studio/api/placements/<monument>"): Operation(
        "Tries a placement", {"type": "object"}, body=ref("PlacementOrder"), refusals=(422, 503)
    ),
}
