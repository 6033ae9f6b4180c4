"""Markdown as a release would show it: for the page's preview, so that there is one reading of Markdown and not two."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from heritage.model.limits import MARKDOWN_BYTES
from heritage.text.markdown import render
from heritage.text.question import read_question
from heritage.web.errors import refused
from heritage.web.studio.answers import said

TEXTS = 2000
"""The most texts of one request: those of a long tour in a dozen languages."""


def register(studio: Blueprint) -> None:
    """Add the route."""

    @studio.post("/api/markdown")
    def markdown() -> Response:
        return said([_rendered(text) for text in _texts()])


def _rendered(text: str) -> dict[str, Any]:
    """``html`` and plain ``text`` of what stands before a question, and the question or None."""
    asked = read_question(text)
    question = None
    if asked.question is not None:
        one = asked.question
        question = {
            "asks": one.asks,
            "html": render(one.further),
            "answers": list(one.answers),
            "right": one.right,
            "because": render(one.because),
        }
    return {"html": render(asked.body), "text": asked.said, "question": question}


def _texts() -> list[str]:
    body = request.get_json(silent=True)
    texts = body.get("texts") if isinstance(body, dict) else None
    if (
        isinstance(texts, list)
        and len(texts) <= TEXTS
        and all(isinstance(text, str) and len(text.encode()) <= MARKDOWN_BYTES for text in texts)
    ):
        return texts
    allowed = f'{{"texts": […]}}, up to {TEXTS} of up to {MARKDOWN_BYTES} bytes'
    raise refused(400, "bad-request", "the body", "it holds no texts", allowed, "")
