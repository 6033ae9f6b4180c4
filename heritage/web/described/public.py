"""The public side, beside the open data: pages, files of releases, visitors' reports."""

from __future__ import annotations

from typing import Final

from heritage.people.reports import STATUSES
from heritage.web.described.operation import FILE, HTML, LANGUAGE, STORE, Operation, file, page
from heritage.web.described.shapes import TEXT, TRUTH, WHOLE, listed, maybe, name, record, ref

_KEY: Final = {"type": "string", "pattern": "^[\\x21-\\x7e]{16,200}$"}
PUBLIC: Final = {
    ("GET", "/"): Operation(
        "The first page", TEXT, kind=HTML, refusals=(412, 416, 503), others=FILE, parameters=LANGUAGE
    ),
    ("GET", "/assets/<path:name>"): file("A file of the viewer"),
    ("GET", "/sw.js"): file("The service worker"),
    ("GET", "/r/current/release.json"): file("The current release's document"),
    ("GET", "/r/<release_id>/<path:name>"): file("A file of a release, the same for ever"),
    ("GET", "/data/"): Operation(
        "To the current data's page", status=302, refusals=(404,), parameters=LANGUAGE
    ),
    ("GET", "/data/<path:name>"): Operation("To a file of the current data", status=302),
    ("GET", "/data/catalogue.jsonld"): Operation(
        "The data as DCAT",
        {"type": "object"},
        kind="application/ld+json",
        refusals=(404, 412, 416),
        others=FILE,
    ),
    ("GET", "/healthz"): Operation(
        "Whether the server answers", record(status={"const": "ok"}, release=maybe(TEXT))
    ),
    ("GET", "/reports/"): page(
        "The form of a report",
        parameters={**LANGUAGE, ("query", "monument"): TEXT, ("query", "at"): TEXT},
    ),
    ("POST", "/reports/"): Operation(
        "Reports damage; as multipart/form-data also with a photo",
        record(code=TEXT, due=WHOLE, located=maybe(TRUTH)),
        201,
        body=record(
            ("at", "language", "photo_place", "once"),
            monument=TEXT,
            text=TEXT,
            at=TEXT,
            language=TEXT,
            photo_place={"enum": ["1", ""]},
            once=_KEY,
        ),
        parameters={("header", "Idempotency-Key"): _KEY},
        refusals=(415, 422, 429, *STORE),
        links=lambda _: {
            "answer": {
                "operationId": name("get", "/reports/answer"),
                "parameters": {"query.code": "$response.body#/code"},
            }
        },
    ),
    ("GET", "/reports/released"): Operation(
        "What was released of reports", record(reports=listed(ref("Released"))), parameters=LANGUAGE
    ),
    ("GET", "/reports/photos/<int:id>"): file("A photo that was released"),
    ("GET", "/reports/answer"): Operation(
        "What became of a report",
        record(
            status={"enum": list(STATUSES)},
            text=TEXT,
            answer=maybe(TEXT),
            made=WHOLE,
            due=WHOLE,
            answered=maybe(WHOLE),
            photo=TRUTH,
        ),
        refusals=(404,),
        parameters={("query", "code"): TEXT, **LANGUAGE},
    ),
}
