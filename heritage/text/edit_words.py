"""The words of a tour as a plain value, and that value written back: only the lines of what changed change.

The value of one language is ``{"title", "introduction", "stops": {<id>: {"title", "text"}}}``; a stop's title is None
where it has none of its own. Titles are plain words, the rest is Markdown. Notes between those who write are no part of
the value and stay where they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from heritage.model.errors import InputError
from heritage.text.unmark import heading
from heritage.text.words import sections


@dataclass(frozen=True)
class _Passage:
    """Where one passage stands, in lines from 0: its first heading, its title's (None without one), its words."""

    title: str | None
    heading: int
    titled: tuple[int, int] | None
    body: int
    end: int


def words_value(text: str, shown: str) -> dict[str, Any]:
    """The value of a file of words. Of a stop that stands there twice it is the first; `parse_words` complains."""
    lines, about, stops = _passages(text, shown)
    return {
        "title": about.title if about else "",
        "introduction": _told(lines, about) if about else "",
        "stops": {id: {"title": stop.title, "text": _told(lines, stop)} for id, stop in stops.items()},
    }


def edited_words(text: str, value: Mapping[str, Any], order: Sequence[str], shown: str) -> str:
    """``text``, a file of words or nothing, with ``value`` in it; new stops find their place by ``order``.

    Raises InputError where words would be read as something else: headings above ``####``, a note that does not end.
    """
    wanted = _tidy(value)
    if not text.strip():
        text = "# \n"
    eol = "\r\n" if "\r\n" in text else "\n"
    source = re.split(r"\r\n|\n|\r", text)
    lines, about, stops = _passages(text, shown)
    cuts: list[tuple[int, int, list[str]]] = []
    if about is None:
        cuts.append((0, 0, [f"# {heading(wanted['title'])}", "", *_paragraph(wanted["introduction"])]))
    else:
        if (about.title or "") != wanted["title"] and about.titled:
            cuts.append((*about.titled, [f"# {heading(wanted['title'])}"]))
        cuts += _rewritten(source, lines, about, wanted["introduction"])
    for id, stop in stops.items():
        new = wanted["stops"].get(id)
        if new is None:
            cuts.append((stop.heading, stop.end, []))
            continue
        if new["title"] != stop.title:
            cuts += _retitled(stop, new["title"])
        cuts += _rewritten(source, lines, stop, new["text"])
    for id in wanted["stops"]:
        if id not in stops:
            cuts.append(_added(id, wanted["stops"][id], stops, order, len(source), about))
    changed = _cut(source, cuts, eol)
    if words_value(changed, shown) != wanted:
        raise InputError(
            shown,
            "the words would be read as something else than they are",
            "headings #### and below, notes that end, a title of one line",
            "write the headings in the text as ####",
            code="words-structure",
        )
    return changed


def _passages(text: str, shown: str) -> tuple[list[str], _Passage | None, dict[str, _Passage]]:
    lines, found = sections(text, shown)
    about: _Passage | None = None
    stops: dict[str, _Passage] = {}
    for k, section in enumerate(found):
        if section.level == 3:
            continue
        below = found[k + 1 :]
        end = next((s.heading for s in below if s.level < 3), len(lines))
        titled, body, title = (section.heading, section.body), section.body, section.text
        if section.level == 1:
            about = about or _Passage(title, section.heading, titled, body, end)
            continue
        if below and below[0].level == 3 and not "".join(lines[section.body : below[0].heading]).strip():
            head = below[0]
            passage = _Passage(head.text, section.heading, (head.heading, head.body), head.body, end)
        else:
            passage = _Passage(None, section.heading, None, body, end)
        stops.setdefault(section.text, passage)
    return lines, about, stops


def _told(lines: Sequence[str], passage: _Passage) -> str:
    return _trimmed("\n".join(lines[passage.body : passage.end]))


def _trimmed(text: str) -> str:
    """Without empty lines at both ends."""
    return re.sub(r"\A(?:[ \t]*\n)+|(?:\n[ \t]*)+\Z", "", f"{text}\n").removesuffix("\n")


def _tidy(value: Mapping[str, Any]) -> dict[str, Any]:
    def text(words: str) -> str:
        return _trimmed(re.sub(r"\r\n?", "\n", words))

    stops = value["stops"].items()
    return {
        "title": value["title"].strip(),
        "introduction": text(value["introduction"]),
        "stops": {
            id: {"title": (one["title"] or "").strip() or None, "text": text(one["text"])}
            for id, one in stops
        },
    }


def _rewritten(
    source: Sequence[str], lines: Sequence[str], passage: _Passage, new: str
) -> list[tuple[int, int, list[str]]]:
    """The cut that gives a passage other words; notes among the old ones stay above them."""
    if _told(lines, passage) == new:
        return []
    written = [k for k in range(passage.body, passage.end) if lines[k].strip()]
    if not written:
        at = passage.end
        while at > passage.body and not source[at - 1].strip():
            at -= 1
        follows = [""] if passage.end < len(source) or at == passage.end else []
        return [(at, passage.end, ["", *new.split("\n"), *follows])]
    start, end = written[0], written[-1] + 1
    notes = [source[k] for k in range(start, end) if not lines[k].strip() and source[k].strip()]
    if not new:
        return [(start, end, notes)]
    return [(start, end, [*notes, *([""] if notes else []), *new.split("\n")])]


def _retitled(stop: _Passage, title: str | None) -> list[tuple[int, int, list[str]]]:
    if stop.titled is None:
        return [(stop.body, stop.body, ["", f"### {heading(title or '')}"])]
    if title is None:
        return [(*stop.titled, [])]
    return [(*stop.titled, [f"### {heading(title)}"])]


def _added(
    id: str,
    new: Mapping[str, Any],
    stops: Mapping[str, _Passage],
    order: Sequence[str],
    length: int,
    about: _Passage | None,
) -> tuple[int, int, list[str]]:
    """A new stop's passage, after that of the stop before it in the tour."""
    titled = [f"### {heading(new['title'])}", ""] if new["title"] else []
    lines = [f"## {id}", "", *titled, *_paragraph(new["text"])]
    earlier = [other for other in order[: order.index(id)] if other in stops] if id in order else list(stops)
    if earlier:
        at = stops[earlier[-1]].end
    elif stops and id in order:
        at = min(stop.heading for stop in stops.values())
    else:
        at = about.end if about else 0
    return (min(at, length), min(at, length), lines)


def _cut(source: Sequence[str], cuts: Sequence[tuple[int, int, list[str]]], eol: str) -> str:
    """The source with some of its lines replaced; a new heading has an empty line above it, the text one end."""
    parts: list[str] = []
    at = 0
    for start, end, lines in sorted(cuts, key=lambda cut: (cut[0], cut[1])):
        parts += source[at:start]
        if lines and lines[0].startswith("## ") and parts and parts[-1].strip():
            parts.append("")
        if lines and lines[0] == "" and parts and not parts[-1].strip():
            parts.pop()
        if not lines and (not parts or not parts[-1].strip()):
            while end < len(source) and not source[end].strip():
                end += 1
        parts += lines
        at = max(at, end)
    parts += source[at:]
    return eol.join(parts).rstrip("\r\n") + eol


def _paragraph(text: str) -> list[str]:
    return [*text.split("\n"), ""] if text else []
