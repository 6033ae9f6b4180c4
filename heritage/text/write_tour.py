"""A tour's files as text: what `site` reads back. Written for people, who go on from here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from heritage.text.unmark import heading
from heritage.text.write_yaml import block


@dataclass(frozen=True)
class StopWords:
    """What is said at a stop: titles as plain text, words as Markdown, by language."""

    id: str
    title: Mapping[str, str]
    markdown: Mapping[str, str]


def tour_yaml(monument: str, stops: Sequence[Mapping[str, Any]]) -> str:
    """``tour.yaml`` of plain values."""
    return block({"monument": monument, "stops": stops}, 0, "\n") + "\n"


def tour_words(
    language: str, title: Mapping[str, str], about: Mapping[str, str], stops: Sequence[StopWords]
) -> str:
    """``<language>.md``. What is missing in the language stands there in another."""
    return "\n".join(_words(language, title, about, stops)).rstrip("\n") + "\n"


def _words(
    language: str, title: Mapping[str, str], about: Mapping[str, str], stops: Sequence[StopWords]
) -> Iterator[str]:
    yield f"# {heading(_told(title, language)) or 'Tour'}\n"
    if text := _told(about, language):
        yield f"{text}\n"
    for stop in stops:
        yield f"## {stop.id}\n"
        if name := heading(_told(stop.title, language)):
            yield f"### {name}\n"
        if text := _told(stop.markdown, language):
            yield f"{text}\n"


def _told(words: Mapping[str, str], language: str) -> str:
    return words.get(language) or next(iter(words.values()), "")
