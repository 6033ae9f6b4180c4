"""The definition of the API in OpenAPI 3.0, from which GIS learn how many features they may ask for at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from heritage import __version__
from heritage.web.query import DEFAULT_LIMIT, MOST


def openapi(title: str, server: str, collections: Sequence[str]) -> dict[str, object]:
    """The definition for the API at ``server`` with these collections."""
    collection = _parameter("collectionId", "path", {"type": "string", "enum": list(collections)})
    feature = _parameter("featureId", "path", {"type": "string"})
    limit = {"type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT_LIMIT}
    numbers: dict[str, Any] = {"type": "array", "items": {"type": "number"}}
    box = {"oneOf": [{**numbers, "minItems": n, "maxItems": n} for n in (4, 6)]}
    items = [
        collection,
        _parameter("limit", "query", limit, style="form", explode=False),
        _parameter("offset", "query", {"type": "integer", "minimum": 0, "default": 0}),
        _parameter("bbox", "query", box, style="form", explode=False),
        _parameter("datetime", "query", {"type": "string"}, style="form", explode=False),
    ]
    geojson, json = "application/geo+json", "application/json"
    return {
        "openapi": "3.0.3",
        "info": {"title": title, "version": __version__},
        "servers": [{"url": server.rstrip("/")}],
        "paths": {
            "/": _get("The landing page", "landing", json, [_parameter("f", "query", {"type": "string"})]),
            "/conformance": _get("Standards kept", "conformance", json, []),
            "/collections": _get("The collections", "collections", json, []),
            "/collections/{collectionId}": _get("A collection", "collection", json, [collection]),
            "/collections/{collectionId}/items": _get("Its features", "items", geojson, items),
            "/collections/{collectionId}/items/{featureId}": _get(
                "A feature", "item", geojson, [collection, feature]
            ),
        },
    }


def _parameter(name: str, where: str, schema: dict[str, Any], **more: object) -> dict[str, object]:
    return {"name": name, "in": where, "required": where == "path", "schema": schema, **more}


def _get(summary: str, id: str, kind: str, parameters: list[dict[str, object]]) -> dict[str, object]:
    refusal = {"description": "The request was not understood", "content": {"application/json": {}}}
    answers = {"200": {"description": summary, "content": {kind: {}}}, "400": refusal}
    return {"get": {"summary": summary, "operationId": id, "parameters": parameters, "responses": answers}}
