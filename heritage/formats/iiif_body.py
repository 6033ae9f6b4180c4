"""What a IIIF annotation says: texts and recordings by language; and language maps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from heritage.formats.html_text import html_of
from heritage.formats.iiif_scene import kind, resource_of
from heritage.formats.json_document import Object, Reading
from heritage.model.exchange import UNKNOWN, canonical


@dataclass
class Body:
    """HTML and the addresses of recordings, by language."""

    html: dict[str, str] = field(default_factory=dict)
    sounds: dict[str, str] = field(default_factory=dict)


def body_of(read: Reading, annotation: Object, at: str) -> Body:
    """Everything that an annotation says. Raises InputError naming a value of the wrong type."""
    body = Body()
    if isinstance(annotation.get("bodyValue"), str):
        body.html[UNKNOWN] = html_of(annotation["bodyValue"])
    waiting = [annotation.get("body")]
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, list):
            waiting = [*one, *waiting]
        elif isinstance(one, dict) and isinstance(one.get("items"), list):
            waiting = [*one["items"], *waiting]
        elif isinstance(one, dict):
            _add(read, body, one, at)
    return body


def _add(read: Reading, body: Body, one: Object, at: str) -> None:
    resource = resource_of(one)
    language = one.get("language", resource.get("language"))
    if isinstance(language, list):
        language = language[0] if language else None
    tag = canonical(read.text(language, f"{at}.language")) if language else UNKNOWN
    if kind(resource) == "TextualBody":
        text = read.text(resource.get("value"), f"{at}.value")
        is_html = "html" in read.text(resource.get("format"), f"{at}.format")
        body.html[tag] = body.html.get(tag, "") + (text if is_html else html_of(text))
    elif kind(resource) in {"Audio", "Sound"}:
        body.sounds.setdefault(tag, read.text(resource.get("id"), f"{at}.id"))


def words_of(read: Reading, held: Any, at: str) -> dict[str, str]:
    """A language map; ``none`` and plain text are in no known language."""
    if isinstance(held, str):
        held = {"none": [held]}
    words = {}
    for language, texts in read.object(held, at).items():
        parts = texts if isinstance(texts, list) else [texts]
        text = " ".join(read.text(part, f"{at}.{language}") for part in parts).strip()
        if text:
            words[UNKNOWN if language in {"none", "@none"} else canonical(language)] = text
    return words
