"""Plain text as HTML and back, for formats that hold one where Heritage has the other."""

from __future__ import annotations

import html
import re

_TAG = re.compile(r"<[/!a-zA-Z][^<>]*>")


def html_of(text: str) -> str:
    """Text as HTML; what holds a tag or an entity already is left as it is."""
    if _TAG.search(text) or html.unescape(text) != text:
        return text
    return html.escape(text, quote=False)


def plain_of(text: str) -> str:
    """HTML as one line of plain text: tags dropped, entities resolved."""
    return " ".join(html.unescape(_TAG.sub(" ", text)).split())
