"""Bring terms of a published vocabulary (SKOS) into a site's ``vocabulary.yaml``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from heritage.formats.skos import Concept, read_skos
from heritage.model.documents import Site, Vocabulary
from heritage.model.errors import InputError, Problem
from heritage.model.limits import VOCABULARY_BYTES, YAML_BYTES
from heritage.store import publish_bytes
from heritage.text.append import appended
from heritage.text.files import as_id
from heritage.text.lines import visible
from heritage.text.site import VOCABULARY
from heritage.text.yaml import parse_yaml, read_text, read_yaml


def import_vocabulary(site: Path, file: Path) -> tuple[int, tuple[Problem, ...]]:
    """Add the terms of the SKOS ``file``; how many, and those left out.

    Terms keep their address, by which a second import knows them and passes them over. Labels in languages the site
    does not have are not taken. Raises InputError where the file is none, and where nothing of it can be taken.
    """
    languages = read_yaml(site / "site.yaml", Site, "site.yaml").document.languages
    try:
        with file.open("rb") as stream:
            data = stream.read(VOCABULARY_BYTES + 1)
    except OSError as error:
        raise InputError(
            str(file), f"it cannot be read ({error.strerror})", "a file", code="file-missing"
        ) from None
    concepts = read_skos(data, file.name)
    path = site / VOCABULARY
    text = read_text(path, VOCABULARY, YAML_BYTES) if path.exists() else ""
    present = parse_yaml(text, Vocabulary, VOCABULARY).document if text.strip() else Vocabulary()
    ids = {term.uri: term.id for term in present.terms if term.uri}
    taken, problems, chosen = {term.id for term in present.terms}, [], []
    for concept in concepts:
        if concept.uri in ids:
            continue
        label = _in(concept.labels, languages)
        if not label:
            found = "it has no label in a language of the site"
            problems.append(
                Problem(
                    "term-left-out",
                    visible(concept.uri, 120),
                    found,
                    ", ".join(languages),
                    severity="warning",
                )
            )
            continue
        ids[concept.uri] = _free(_name(concept, label), taken)
        taken.add(ids[concept.uri])
        chosen.append((concept, label))
    items = [_item(concept, label, ids, languages) for concept, label in chosen]
    if items:
        new = appended(text, "terms", items)
        parse_yaml(new, Vocabulary, VOCABULARY)  # what is written is what will be read
        publish_bytes(path, new.encode())
    return len(items), tuple(problems)


def _item(
    concept: Concept, label: dict[str, str], ids: dict[str, str], languages: Sequence[str]
) -> dict[str, object]:
    item: dict[str, object] = {"id": ids[concept.uri]}
    if concept.broader in ids:
        item["broader"] = ids[concept.broader or ""]
    item["label"] = label
    definition = _in(concept.definitions, languages)
    if definition:
        item["definition"] = definition
    if re.match(r"https?://", concept.uri):
        item["uri"] = concept.uri
    return item


def _in(texts: object, languages: Sequence[str]) -> dict[str, str]:
    """Texts in the site's languages; one without a language is taken for the first. ``en-GB`` will do for ``en``."""
    known = dict(texts) if isinstance(texts, dict) else {}
    found = {}
    for k, language in enumerate(languages):
        wanted = language.lower()
        near = [tag for tag in known if tag == wanted or tag.split("-")[0] == wanted]
        text = known[near[0]] if near else known.get("", "") if k == 0 else ""
        if text.strip():
            found[language] = text.strip()
    return found


def _name(concept: Concept, label: dict[str, str]) -> str:
    english = next((text for tag, text in concept.labels.items() if tag.split("-")[0] == "en"), None)
    return (
        as_id(english or next(iter(label.values()))) or as_id(re.split(r"[/#:]", concept.uri)[-1]) or "term"
    )


def _free(wanted: str, taken: set[str]) -> str:
    number = 1
    name = wanted
    while name in taken:
        number += 1
        name = f"{wanted[:60]}-{number}"
    return name
