"""A translator's file: the words of a tour with the source text beside each heading, and what changed in it since.

The source of every passage stands in a note below its heading::

    ## approach

    <!-- en
    ### The way to the hall

    Past the gate the axis runs straight to the hall.
    -->

    ### Con đường vào điện

When the source changes, the note gets the new text and the one that was translated stays in a second note,
``<!-- en, before``, until the translator deletes it. The file is all there is to know: it is good under version control.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from heritage.model.errors import InputError
from heritage.model.limits import MARKDOWN_BYTES
from heritage.text.words import Passage, Words, parse_words
from heritage.text.yaml import read_text

Kind = Literal["new", "changed", "gone"]


@dataclass(frozen=True)
class Change:
    """What happened to a passage (a stop's id, or '' for the tour's own words) since it was translated.

    ``difference`` has its lines as `diff -u`: '-' the source as it was, '+' as it is.
    """

    stop: str
    kind: Kind
    difference: tuple[str, ...] = ()


@dataclass(frozen=True)
class Translation:
    """The file's new ``text``, and what changed."""

    text: str
    changes: tuple[Change, ...]


def read_source(path: Path, stops: Sequence[str], shown: str) -> Words:
    """The words to translate from. Raises InputError as `parse_words`, and where there are none."""
    if not path.is_file():
        found, remedy = f"there is no {path.name} to translate from", "write it first"
        raise InputError(
            shown, found, "the words in the language that is translated", remedy, code="words-missing"
        )
    return parse_words(read_text(path, shown, MARKDOWN_BYTES), stops, shown)


def translate(
    source: Words, language: str, stops: Sequence[str], present: str | None, shown: str
) -> Translation:
    """The file to fill for a translation of ``source`` (written in ``language``) with the tour's ``stops`` in order.

    ``present`` is the file as it is, None for none; its own words are kept as they stand, also those of stops that are gone.
    Raises InputError where ``present`` is no file of words; messages call it ``shown``.
    """
    sections = _sections(present) if present is not None else {}
    known = [*stops, *(id for id in sections if id and id not in stops)]
    target = parse_words(_complete(present, sections, stops), known, shown) if present is not None else None
    changes: list[Change] = []
    parts = []
    for id in ("", *stops):
        passage = source.stops[id] if id else source.tour
        own = (target.stops.get(id) if id else target.tour) if target is not None and id in sections else None
        parts.append(_section(id, passage, own, sections.get(id), language, changes))
    for id in (id for id in sections if id and id not in stops):
        changes.append(Change(id, "gone"))
        parts.append(_written("gone from the tour", _quiet(sections[id].strip())))
    return Translation("\n\n".join(parts) + "\n", tuple(changes))


def state_of(passage: Passage, source: Passage, language: str) -> Literal["empty", "outdated"] | None:
    """Whether a passage with a note of its source still waits for words, or for a look at what changed; None if neither."""
    notes = dict(_note(note) for note in passage.notes)
    if language not in notes:
        return None
    if not passage.markdown and source.markdown:
        return "empty"
    if f"{language}, before" in notes or notes[language] != _source_text(source):
        return "outdated"
    return None


def _section(
    id: str, source: Passage, own: Passage | None, raw: str | None, language: str, changes: list[Change]
) -> str:
    now = _source_text(source)
    notes = dict(_note(note) for note in own.notes) if own is not None else {}
    translated = notes.get(f"{language}, before", notes.get(language))
    if own is None or raw is None:
        changes.append(Change(id, "new"))
        heading = f"## {id}" if id else f"# {source.title}"
        return f"{heading}\n\n{_written(language, now)}"
    heading, _, rest = raw.partition("\n")
    rest = _without(rest, (language, f"{language}, before"))
    kept = f"\n\n{rest}" if rest else ""
    if translated is None or translated == now:
        return f"{heading}\n\n{_written(language, now)}{kept}"
    difference = tuple(difflib.unified_diff(translated.splitlines(), now.splitlines(), lineterm="", n=1))[2:]
    changes.append(Change(id, "changed", difference))
    return f"{heading}\n\n{_written(f'{language}, before', translated)}\n{_written(language, now)}{kept}"


def _source_text(passage: Passage) -> str:
    return _quiet(f"### {passage.title}\n\n{passage.markdown}".strip())


def _quiet(text: str) -> str:
    """``text`` for inside a note, which must not end before it."""
    return text.replace("<!--", "<! --").replace("-->", "-- >")


def _written(name: str, text: str) -> str:
    return f"<!-- {name}\n{text}\n-->"


def _note(note: str) -> tuple[str, str]:
    name, _, text = note.partition("\n")
    return name.strip(), text.strip()


def _without(text: str, names: tuple[str, ...]) -> str:
    """``text`` without the notes of these names."""
    kept: list[str] = []
    inside = False
    for line in text.split("\n"):
        inside = inside or (line.startswith("<!--") and line.removeprefix("<!--").strip() in names)
        if not inside:
            kept.append(line)
        elif line.rstrip().endswith("-->"):
            inside = False
    return "\n".join(kept).strip("\n")


def _sections(text: str) -> dict[str, str]:
    """Each top section of a file with its heading line, by stop; '' is the tour's own."""
    sections: dict[str, list[str]] = {}
    at: str | None = None
    for line, counts in _outside(text):
        if counts and line.startswith("# ") and at is None:
            at = ""
        elif counts and line.startswith("## "):
            at = line[3:].strip()
        if at is not None:
            sections.setdefault(at, []).append(line)
    return {id: "\n".join(lines).strip("\n") for id, lines in sections.items()}


def _outside(text: str) -> Iterator[tuple[str, bool]]:
    """Lines, and whether they are outside of notes and code."""
    note = fence = False
    for line in text.replace("\r\n", "\n").split("\n"):
        if not note and line.lstrip(" ").startswith(("```", "~~~")):
            fence = not fence
            yield line, False
            continue
        note = note or (not fence and line.startswith("<!--"))
        yield line, not note and not fence
        if note and line.rstrip().endswith("-->"):
            note = False


def _complete(present: str, sections: dict[str, str], stops: Sequence[str]) -> str:
    """``present`` with a heading for each stop it lacks, so that it can be read."""
    return present + "".join(f"\n\n## {id}\n" for id in stops if id not in sections)
