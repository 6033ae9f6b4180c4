"""What a document may say, as JSON Schema: the page makes its forms of it, so that they cannot say anything else."""

from __future__ import annotations

from flask import Blueprint, Response

from heritage.text.document import MODELS
from heritage.web.errors import not_found
from heritage.web.studio.answers import said


def register(studio: Blueprint) -> None:
    """Add the route."""

    @studio.get("/api/schemas/<kind>")
    def schema(kind: str) -> Response:
        document = MODELS.get(kind)
        if document is None:
            raise not_found()
        return said(document.model_json_schema())
