"""The studio's documents: read, saved, deleted, their history, and what they may say."""

from __future__ import annotations

import re
from typing import Any, Final

from heritage.model.limits import MARKDOWN_BYTES
from heritage.text.document import KEYS
from heritage.web.described.operation import STORE, Operation, Parameters
from heritage.web.described.shapes import (
    ANY,
    REVISION,
    TEXT,
    TRUTH,
    WHOLE,
    Schema,
    by_name,
    listed,
    maybe,
    name,
    record,
    ref,
)
from heritage.web.studio.words import TEXTS

_ETAG: Final = {"ETag": {"schema": {"type": "string"}}}
_TAG: Final[Schema] = {"type": "string", "pattern": '^"[0-9a-f]{64}"$'}
_SAVING: Final[Parameters] = {
    ("header", "If-Match"): _TAG,
    ("header", "If-None-Match"): {"const": "*"},
    ("header", "Idempotency-Key"): {"type": "string", "pattern": "^[\\x21-\\x7e]{1,200}$"},
}
_UNCHANGED: Final = {304: "It is what If-None-Match says"}


def _document_links(address: str) -> dict[str, Any]:
    """From a revision to the save that was made from it, to its deletion and to its history."""
    same = {f"path.{one}": f"$request.path.{one}" for one in re.findall(r"{(\w+)}", address)}
    tag = {"header.If-Match": '"{$response.body#/revision}"', "header.Sec-Fetch-Site": "same-origin"}
    save = {"operationId": name("put", address), "parameters": same | tag}
    found = {"save": {**save, "requestBody": {"value": "$response.body#/value"}}}
    if address.endswith(("/annotations", "/{epoch}", "tours/{id}")):
        found["delete"] = {"operationId": name("delete", address), "parameters": same | tag}
    past = address.replace("/documents/", "/history/")
    found["history"] = {"operationId": name("get", past), "parameters": same}
    return found


DOCUMENTS: Final = {
    ("GET", "/studio/api/documents"): Operation(
        "Every document",
        listed(
            record(
                key=TEXT,
                kind={"enum": list(KEYS)},
                title=ANY,
                revision=maybe(REVISION),
                problems=WHOLE,
            )
        ),
    ),
    ("GET", "/studio/api/documents/<path:key>"): Operation(
        "A document",
        ref("<kind>-read"),
        refusals=(404,),
        others=_UNCHANGED,
        headers=_ETAG,
        links=_document_links,
    ),
    ("PUT", "/studio/api/documents/<path:key>"): Operation(
        "Saves a document",
        ref("Saved"),
        body={
            "anyOf": [record(value=ref("<kind>-value")), record(files={**by_name(TEXT), "minProperties": 1})]
        },
        refusals=(404, 412, 422, 428, *STORE),
        parameters=_SAVING,
        headers=_ETAG,
        links=_document_links,
    ),
    ("DELETE", "/studio/api/documents/<path:key>"): Operation(
        "Deletes a document",
        status=204,
        refusals=(404, 405, 412, 428, *STORE),
        parameters=_SAVING,
    ),
    ("GET", "/studio/api/history/<path:key>"): Operation(
        "The revisions of a document, the newest first",
        listed(record(revision=maybe(REVISION), who=TEXT, when=TEXT, what=TEXT, merged=TRUTH)),
        refusals=(404,),
    ),
    ("GET", "/studio/api/schemas/<kind>"): Operation("What a kind of document may say", {"type": "object"}),
    ("POST", "/studio/api/markdown"): Operation(
        "Markdown as a release shows it",
        listed(record(html=TEXT, text=TEXT, question=maybe({"type": "object"}))),
        body=record(
            texts={**listed({"type": "string", "maxLength": MARKDOWN_BYTES // 4}), "maxItems": TEXTS}
        ),
        refusals=(422,),
    ),
    ("GET", "/studio/api/findings/<tour>"): Operation(
        "What the check finds in a tour",
        listed(
            record(
                code=TEXT,
                where=TEXT,
                found=TEXT,
                allowed=TEXT,
                remedy=TEXT,
                severity=TEXT,
                message=TEXT,
                stop=maybe(TEXT),
                acceptable=TRUTH,
            )
        ),
        refusals=(503,),
    ),
}
