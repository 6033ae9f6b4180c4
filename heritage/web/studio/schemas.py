"""What a document may say, as JSON Schema: the page makes its forms of it, so that they cannot say anything else."""

from __future__ import annotations

from flask import Blueprint, Response, current_app

from heritage.text.document import MODELS
from heritage.web.errors import not_found
from heritage.web.studio.answers import said
from heritage.web.studio.table import routes


def register(studio: Blueprint) -> None:
    """Add the routes."""

    @studio.get("/api/openapi.json")
    def description() -> Response:
        """All that this server answers to, in OpenAPI 3.1."""
        from heritage.web.described import describe

        return said(describe(routes(current_app)))

    @studio.get("/api/schemas/<kind>")
    def schema(kind: str) -> Response:
        document = MODELS.get(kind)
        if document is None:
            raise not_found()
        return said(document.model_json_schema())
