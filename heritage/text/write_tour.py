"""A tour's files as text: what `site` reads back. Written for people, who go on from here."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from heritage.text.unmark import escaped

_PLAIN = re.compile(r"[a-z][a-z0-9_./-]*")
_WORDS_OF_YAML = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}


@dataclass(frozen=True)
class StopWords:
    """What is said at a stop: titles as plain text, words as Markdown, by language."""

    id: str
    title: Mapping[str, str]
    markdown: Mapping[str, str]


def tour_yaml(monument: str, stops: Sequence[Mapping[str, Any]]) -> str:
    """``tour.yaml`` of plain values: one key a line, what is below it in braces."""
    lines = [f"monument: {_flow(monument)}", "stops:"]
    for stop in stops:
        for k, (key, value) in enumerate(stop.items()):
            lines.append(f"{'  - ' if k == 0 else '    '}{key}: {_flow(value)}")
    return "\n".join(lines) + "\n"


def tour_words(
    language: str, title: Mapping[str, str], about: Mapping[str, str], stops: Sequence[StopWords]
) -> str:
    """``<language>.md``. What is missing in the language stands there in another."""
    return "\n".join(_words(language, title, about, stops)).rstrip("\n") + "\n"


def _words(
    language: str, title: Mapping[str, str], about: Mapping[str, str], stops: Sequence[StopWords]
) -> Iterator[str]:
    yield f"# {_heading(title, language) or 'Tour'}\n"
    if text := _told(about, language):
        yield f"{text}\n"
    for stop in stops:
        yield f"## {stop.id}\n"
        if heading := _heading(stop.title, language):
            yield f"### {heading}\n"
        if text := _told(stop.markdown, language):
            yield f"{text}\n"


def _told(words: Mapping[str, str], language: str) -> str:
    return words.get(language) or next(iter(words.values()), "")


def _heading(titles: Mapping[str, str], language: str) -> str:
    """One line of text; signs at its end would be taken for the end of the heading."""
    text = escaped(titles.get(language) or next(iter(titles.values()), ""))
    return re.sub(r"(?<!\\)(#+)$", lambda m: "\\#" * len(m[1]), text)


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_flow(str(key))}: {_flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and value not in _WORDS_OF_YAML
        return value if plain else json.dumps(value, ensure_ascii=False)
    return json.dumps(value)


def _number(value: float) -> str:
    """Never with an exponent alone, which YAML 1.2 readers differ about."""
    text = f"{value:.10f}".rstrip("0")
    return text.removesuffix(".") if text.endswith(".") else text
