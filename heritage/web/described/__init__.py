"""The whole HTTP surface in OpenAPI 3.1: from the routes, the table of who may use them, and the documents' models.

The open data below ``/api/`` has a definition of its own (OpenAPI 3.0), as its standard wants it; its operations are
here as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from heritage import __version__
from heritage.text.document import KEYS
from heritage.web.described.operation import Operation
from heritage.web.described.operations import OPERATIONS
from heritage.web.described.shapes import COMPONENTS, Schema, name, path_parameter, ref
from heritage.web.openapi import openapi
from heritage.web.studio.table import ALL, EVERY

_PARAMETER: Final = re.compile(r"<(?:(\w+):)?(\w+)>")
_OWN_PAGE: Final = {
    "name": "Sec-Fetch-Site",
    "in": "header",
    "required": True,
    "schema": {"const": "same-origin"},
    "description": "Browsers send it; a page of this server has to be what asks. Origin says it as well.",
}
_REFUSALS: Final = {
    400: "It was not understood",
    401: "Nobody is signed in",
    403: "Not for who asks, or no page of this server asks",
    404: "There is nothing here",
    405: "Documents of this kind are not deleted",
    409: "Something else stands in its way",
    412: "It has changed meanwhile",
    413: "The body is too long",
    415: "No kind of file that is taken in",
    416: "No such range",
    422: "It is understood and cannot be",
    428: "It does not say what it changes",
    429: "Too often",
    503: "Not now",
    507: "The disk is full, or may not be written",
}
_SHAPES: Final = {412: "Changed", 422: "Unprocessable"}
Route = tuple[str, str]


def describe(found: Iterable[Route]) -> dict[str, Any]:
    """The description of these routes. Raises KeyError for one that nothing is said about."""
    paths: dict[str, dict[str, Any]] = {}
    for method, rule in sorted(found):
        if rule.startswith("/api/"):
            continue
        for address, kind in _addresses(rule):
            said = OPERATIONS[method, rule]
            paths.setdefault(address, {})[method.lower()] = _operation(method, rule, address, said, kind)
    for path, operations in _open_data().items():
        paths[f"/api{path}"] = operations
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Heritage",
            "version": __version__,
            "summary": "A site, its studio and its open data",
        },
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": COMPONENTS,
            "securitySchemes": {
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "heritage-studio",
                    "description": "Its name ends with the port where the server listens without TLS.",
                }
            },
        },
    }


def _addresses(rule: str) -> Iterable[tuple[str, str | None]]:
    """A rule as paths of the description; one for each kind of document where it takes a document's key."""
    if "<path:key>" not in rule:
        return [(_PARAMETER.sub(r"{\2}", rule), None)]
    return [(rule.replace("<path:key>", key), kind) for kind, key in KEYS.items()]


def _operation(method: str, rule: str, address: str, said: Operation, kind: str | None) -> dict[str, Any]:
    row = next((r for r in EVERY if (r.method, r.rule) == (method, rule)), None)
    names = re.findall(r"{(\w+)}", address)
    kinds = {two: one for one, two in _PARAMETER.findall(rule)}
    parameters: list[Schema] = [path_parameter(one, kinds.get(one, "key")) for one in names]
    parameters += [
        {"name": key, "in": place, "required": False, "schema": schema}
        for (place, key), schema in said.parameters.items()
    ]
    refusals = {400, *said.refusals}
    if names:
        refusals.add(404)
    if method != "GET":
        parameters.append(_OWN_PAGE)
        refusals |= {403, 413} if said.body else {403}
    if row is not None and row.roles:
        refusals |= {401} if row.roles == ALL else {401, 403}
    answers = {str(said.status): _content(said.summary, said.shape(kind), said.kind)}
    for status in sorted(said.others):
        answers[str(status)] = {"description": said.others[status]}
    for status in sorted(refusals):
        answers[str(status)] = _refusal(status)
    found: dict[str, Any] = {
        "operationId": name(method, address),
        "summary": said.summary,
        "parameters": parameters,
        "responses": answers,
    }
    if said.headers:
        answers[str(said.status)]["headers"] = dict(said.headers)
    if said.links:
        answers[str(said.status)]["links"] = said.links(address)
    if said.body is not None:
        found["requestBody"] = {"required": True, "content": {said.sent: {"schema": said.takes(kind)}}}
    if row is not None:
        found["x-roles"] = sorted(row.roles)
        found["security"] = [{"session": []}] if row.roles else []
    return found


def _content(description: str, shape: Schema | None, kind: str) -> dict[str, Any]:
    if shape is None:
        return {"description": description}
    return {"description": description, "content": {kind: {"schema": shape}}}


def _refusal(status: int) -> dict[str, Any]:
    shape = ref(_SHAPES.get(status, "Refusal"))
    content: Mapping[str, Any] = {"application/json": {"schema": shape}, "text/html": {}}
    return {"description": _REFUSALS[status], "content": content}


def _open_data() -> dict[str, Any]:
    found: dict[str, Any] = openapi("", "", ())["paths"]  # type: ignore[assignment]
    for operations in found.values():
        for operation in operations.values():
            operation["operationId"] = f"api-{operation['operationId']}"
            operation["responses"].update({"400": _refusal(400), "404": _refusal(404)})
            for parameter in operation["parameters"]:
                parameter["schema"].pop("enum", None)
    return found
