"""A document as people edit it: the files behind its key, their value as JSON, and that value written back.

``site``, ``vocabulary``, ``monuments/<id>``, ``monuments/<id>/annotations``, ``monuments/<id>/corrections/<epoch>`` and
``tours/<id>``. A tour's value holds
its structure and its words in every language, because a new stop touches them all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import ValidationError

from heritage.model.documents import (
    ID_PATTERN,
    Annotations,
    Corrections,
    Document,
    Monument,
    Site,
    Tour,
    Vocabulary,
)
from heritage.model.documents.base import LANGUAGE_PATTERN
from heritage.model.errors import HeritageError, InputError, Problem
from heritage.model.limits import MARKDOWN_BYTES, YAML_BYTES
from heritage.text.compose import Composer
from heritage.text.edit import edited
from heritage.text.edit_words import edited_words, words_value
from heritage.text.explain import explained
from heritage.text.lines import Lines
from heritage.text.words import parse_words
from heritage.text.yaml import decoded, parse_yaml

Kind = Literal["site", "vocabulary", "monument", "annotations", "corrections", "tour"]

_ID = ID_PATTERN.strip("^$")
_LANGUAGE = LANGUAGE_PATTERN.strip("^$")


@dataclass(frozen=True)
class DocumentPlace:
    """What stands behind a key: files in ``folder`` (relative to the site) that match ``names``, ``yaml`` first."""

    key: str
    kind: Kind
    folder: str
    yaml: str
    names: re.Pattern[str]
    model: type[Document]

    def shown(self, name: str) -> str:
        """A file's name as messages give it."""
        return f"{self.folder}/{name}" if self.folder else name


# Kind, key, file, model. What a key's groups hold is where its file is: a folder, and a name.
_KINDS: tuple[tuple[Kind, str, str, type[Document]], ...] = (
    ("site", "()site", "site.yaml", Site),
    ("vocabulary", "()vocabulary", "vocabulary.yaml", Vocabulary),
    ("monument", f"(monuments/{_ID})", "monument.yaml", Monument),
    ("annotations", f"(monuments/{_ID})/annotations", "annotations.yaml", Annotations),
    ("corrections", f"(monuments/{_ID}/corrections)/({_ID})", "{}.yaml", Corrections),
    ("tour", f"(tours/{_ID})", "tour.yaml", Tour),
)
MODELS: Final[Mapping[str, type[Document]]] = {kind: model for kind, _, _, model in _KINDS}
"""What each kind's YAML may say."""
KEYS: Final[Mapping[str, str]] = {
    kind: re.sub(r"[()]", "", pattern.replace(f"({_ID})", "{epoch}").replace(_ID, "{id}"))
    for kind, pattern, _, _ in _KINDS
}
"""The keys of each kind, with the names of what stands for an id: ``monuments/{id}``."""


def place_of(key: str) -> DocumentPlace | None:
    """What stands behind ``key``; None where it is no key."""
    for kind, pattern, yaml, model in _KINDS:
        found = re.fullmatch(pattern, key)
        if found:
            folder, *name = found.groups()
            yaml = yaml.format(*name)
            names = re.escape(yaml) + (rf"|{_LANGUAGE}\.md" if kind == "tour" else "")
            return DocumentPlace(key, kind, folder, yaml, re.compile(names), model)
    return None


def places(root: Path) -> Iterator[DocumentPlace]:
    """The documents of the site in ``root``: those whose YAML file is there."""
    keys = ["site", "vocabulary"]
    for folder in ("monuments", "tours"):
        for path in sorted((root / folder).iterdir()) if (root / folder).is_dir() else ():
            keys += [f"{folder}/{path.name}"]
            if folder == "monuments":
                keys += [f"{folder}/{path.name}/annotations"]
                keys += [
                    f"{folder}/{path.name}/corrections/{one.stem}" for one in _listed(path / "corrections")
                ]
    for key in keys:
        place = place_of(key)
        if place is not None and (root / place.folder / place.yaml).is_file():
            yield place


def _listed(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.yaml")) if folder.is_dir() else []


def read_value(place: DocumentPlace, files: Mapping[str, bytes]) -> dict[str, Any]:
    """The value of a document's files. Raises InputError with all that keeps them from being read."""
    if place.yaml not in files:
        raise InputError(
            place.shown(place.yaml), "the file is missing", "it is needed", "write it", code="file-missing"
        )
    text = decoded(files[place.yaml], place.shown(place.yaml), YAML_BYTES)
    parse_yaml(text, place.model, place.shown(place.yaml))
    value = _as_json(Composer(text, place.yaml).document())
    if place.kind != "tour":
        return dict(value)
    words = {
        _language(name): words_value(_words(place, name, content), place.shown(name))
        for name, content in sorted(files.items())
        if name != place.yaml
    }
    return {"tour": value, "words": words}


def problems_of(
    place: DocumentPlace, files: Mapping[str, bytes], value: Mapping[str, Any]
) -> tuple[Problem, ...]:
    """What is wrong with a document that can be read as ``value``: a tour's words that are missing, or too many."""
    problems: list[Problem] = []
    if place.kind == "tour":
        stops = [stop["id"] for stop in value["tour"]["stops"]]
        for name, content in sorted(files.items()):
            if name != place.yaml:
                try:
                    parse_words(_words(place, name, content), stops, place.shown(name))
                except HeritageError as error:
                    problems += error.problems
    return tuple(problems)


def write_value(place: DocumentPlace, files: Mapping[str, bytes], value: Any) -> dict[str, bytes]:
    """``files`` with ``value`` in them; what did not change stays as it is written.

    Raises InputError where the value is none of this kind, MethodError where a text cannot take it.
    """
    tour = place.kind == "tour"
    if tour and not _is_tour(value):
        raise _no_value(place, "no tour's value", '{"tour": {…}, "words": {"<language>": {…}}}')
    body = value["tour"] if tour else value
    if not isinstance(body, dict):
        raise _no_value(place, "no mapping", "a mapping of its keys")
    written = {place.yaml: _edited_yaml(place, files.get(place.yaml, b""), body)}
    if tour:
        order = [stop["id"] for stop in body["stops"]]
        for language, words in value["words"].items():
            name = f"{language}.md"
            if not place.names.fullmatch(name):
                raise _no_value(place, f"{language!r}, which is no language", "a language tag such as vi")
            old = _words(place, name, files[name]) if name in files else ""
            written[name] = edited_words(old, words, order, place.shown(name)).encode()
    return written


def _edited_yaml(place: DocumentPlace, old: bytes, value: dict[str, Any]) -> bytes:
    shown = place.shown(place.yaml)
    content = json.dumps(value)
    try:
        document = place.model.model_validate_json(content)
    except ValidationError as error:
        raise InputError.of(explained(error, place.model, Lines(shown, {}))) from error
    typed = _with_dates(value, document.model_dump(exclude_unset=True))
    text = edited(decoded(old, shown, YAML_BYTES) if old else "", typed, shown)
    parse_yaml(text, place.model, shown)
    return text.encode()


def _with_dates(value: Any, typed: Any) -> Any:
    """The plain value with dates where the document has dates: YAML knows them, JSON does not."""
    if isinstance(value, dict) and isinstance(typed, Mapping):
        return {key: _with_dates(one, typed.get(key)) for key, one in value.items()}
    if isinstance(value, list) and isinstance(typed, list | tuple):
        return [_with_dates(one, kind) for one, kind in zip(value, typed, strict=True)]
    return typed if isinstance(value, str) and isinstance(typed, date) else value


def _as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_json(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_as_json(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def _is_tour(value: Any) -> bool:
    if not isinstance(value, dict) or value.keys() != {"tour", "words"}:
        return False
    words = value["words"]
    return isinstance(words, dict) and all(map(_is_words, words.values()))


def _is_words(value: Any) -> bool:
    if not isinstance(value, dict) or value.keys() != {"title", "introduction", "stops"}:
        return False
    texts = isinstance(value["title"], str) and isinstance(value["introduction"], str)
    return texts and isinstance(value["stops"], dict) and all(map(_is_passage, value["stops"].values()))


def _is_passage(value: Any) -> bool:
    if not isinstance(value, dict) or value.keys() != {"title", "text"}:
        return False
    return isinstance(value["text"], str) and isinstance(value["title"], str | None)


def _words(place: DocumentPlace, name: str, content: bytes) -> str:
    return decoded(content, place.shown(name), MARKDOWN_BYTES)


def _language(name: str) -> str:
    return name.removesuffix(".md")


def _no_value(place: DocumentPlace, found: str, allowed: str) -> InputError:
    return InputError(place.key, f"the value is {found}", f"{allowed} is allowed", code="document-value")
