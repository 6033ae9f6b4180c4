"""The words of a tour in one language: ``tours/<id>/<language>.md``.

    # The title of the tour

    What the tour is about: any Markdown, or nothing.

    ## approach

    ### The title of the stop

    The words of the stop: any Markdown.

``#`` stands once and first. Every ``##`` names a stop by its id, in any order, each stop once. A ``###``
right below is the stop's title; without one the id serves, its hyphens as spaces. Further headings in a
stop's words are ``####`` and below. A link's definition (``[name]: address``) must stand in the stop that
uses it. A stop's words may end with a question (`question`).

Lines from one that begins with ``<!--`` to one that ends with ``-->`` are notes between those who write; visitors never see
them. `translate` keeps what a translation was made from in them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import pairwise

from markdown_it.token import Token

from heritage.model.documents import ID_PATTERN
from heritage.model.errors import InputError, Problem
from heritage.text.explain import nearest
from heritage.text.lines import in_order, visible
from heritage.text.markdown import inline_words, parse, references
from heritage.text.question import read_question

_OPENS, _CLOSES = "<!--", "-->"
_FENCE = re.compile(r" {0,3}(```|~~~)")


@dataclass(frozen=True)
class Passage:
    """A title (plain text) and the Markdown below it. ``line`` is the heading's, from 1; ``notes`` are not shown."""

    title: str
    markdown: str
    line: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Words:
    """A tour's words in one language: about the tour, and for every stop by id."""

    shown: str
    tour: Passage
    stops: Mapping[str, Passage]


@dataclass(frozen=True)
class _Heading:
    tag: str
    text: str
    line: int
    below: int


def parse_words(text: str, stops: Collection[str], shown: str) -> Words:
    """The words in ``text`` for the stops with these ids; messages call the file ``shown``.

    Raises InputError with all problems: no title, a stop unknown, repeated or missing, a heading that is no
    id, a link or picture that may not be shown.
    """
    reader = _Reader(text, stops, shown)
    words = reader.words()
    if reader.problems:
        raise InputError.of(in_order(reader.problems))
    return words


@dataclass(frozen=True)
class Section:
    """A heading ``#``, ``##`` or ``###`` with the lines below it, up to the next one; lines count from 0.

    ``text`` is the heading in plain words, ``heading`` its first line, ``body`` the first one after it.
    """

    level: int
    text: str
    heading: int
    body: int
    end: int


def sections(text: str, shown: str) -> tuple[list[str], list[Section]]:
    """The lines of a tour's words, those of notes left empty, and its headings down to ``###``.

    Nothing is wrong here: `parse_words` says what is.
    """
    reader = _Reader(text, (), shown)
    tops = [heading for heading in reader.headings if heading.tag in {"h1", "h2", "h3"}]
    ends = [*(heading.line - 1 for heading in tops[1:]), len(reader.source)]
    return reader.source, [
        Section(int(heading.tag[1]), heading.text, heading.line - 1, heading.below, end)
        for heading, end in zip(tops, ends, strict=True)
    ]


class _Reader:
    def __init__(self, text: str, stops: Collection[str], shown: str) -> None:
        self.stops = stops
        self.shown = shown
        self.problems: list[Problem] = []
        self.notes: dict[int, str] = {}
        self.source = self._without_notes(re.split(r"\r\n|\n|\r", text))
        tokens = parse("\n".join(self.source), shown)
        self.first_line = _line(tokens[0]) if tokens else 1
        self.headings = [
            _Heading(
                token.tag,
                inline_words(inline.children or []).strip(),
                _line(token),
                token.map[1] if token.map else 0,
            )
            for token, inline in pairwise(tokens)
            if token.type == "heading_open" and token.level == 0
        ]

    def _without_notes(self, lines: list[str]) -> list[str]:
        """The lines with those of notes left empty; ``notes`` by the line (from 1) on which each begins."""
        kept, fence, begun = [], False, 0
        for at, line in enumerate(lines, 1):
            if not begun and _FENCE.match(line):
                fence = not fence
            if not begun and not fence and line.startswith(_OPENS):
                begun = at
                self.notes[at] = ""
            if begun:
                self.notes[begun] += f"{line}\n"
                kept.append("")
                begun = 0 if line.rstrip().endswith(_CLOSES) else begun
            else:
                kept.append(line)
        if begun:
            self._note("words-open-note", begun, "a note that does not end", "--> ends a note", "write it")
        return kept

    def words(self) -> Words:
        tour = Passage("", "", 1)
        stops: dict[str, Passage] = {}
        tops = [heading for heading in self.headings if heading.tag in {"h1", "h2"}]
        if not tops or tops[0].tag != "h1" or tops[0].line != self.first_line:
            allowed = "# and the tour's title are allowed first"
            self._note("words-no-title", self.first_line, "the text does not begin with a title", allowed)
        edges = [*(heading.line for heading in tops), len(self.source) + 1]
        for heading, end in zip(tops, edges[1:], strict=True):
            if heading.tag == "h2":
                if self._is_new_stop(heading, stops):
                    stops[heading.text] = self._stop(heading, end)
            elif heading is tops[0]:
                tour = self._passage(heading.text, heading.line, end)
                if read_question(tour.markdown).question is not None:
                    found, remedy = "a question about the whole tour", "move it to a stop"
                    self._note(
                        "question-place", heading.line, found, "a stop's words may end with one", remedy
                    )
            else:
                remedy = "write ## and a stop's id"
                self._note("words-second-title", heading.line, "a second # title", "one is allowed", remedy)
        for stop in self.stops:
            if stop not in stops:
                found = f"there are no words for the stop {stop}"
                self._note("words-missing-stop", len(self.source), found, "one ## per stop", f"add ## {stop}")
        return Words(self.shown, tour, stops)

    def _is_new_stop(self, heading: _Heading, stops: Mapping[str, Passage]) -> bool:
        stop, known = heading.text, ", ".join(self.stops)
        if stop in stops:
            found = f"## {stop} stands here again (first on line {stops[stop].line})"
            self._note("words-repeated-stop", heading.line, found, "each stop once")
        elif not re.match(ID_PATTERN, stop):
            found = f"the heading ## {visible(stop)} is no stop's id"
            remedy = nearest(stop.lower(), self.stops) or "write a title as ### below the id"
            self._note("words-unknown-stop", heading.line, found, f"{known} are allowed", remedy)
        elif stop not in self.stops:
            remedy = nearest(stop, self.stops)
            found = f"tour.yaml has no stop {stop}"
            self._note("words-unknown-stop", heading.line, found, f"{known} are allowed", remedy)
        else:
            return True
        return False

    def _stop(self, heading: _Heading, end: int) -> Passage:
        following = self.headings[self.headings.index(heading) + 1 :][:1]
        for title in following:
            if title.tag == "h3" and not "".join(self.source[heading.line : title.line - 1]).strip():
                return self._passage(title.text, title.line, end)
        return self._passage(heading.text.replace("-", " ").strip().capitalize(), heading.line, end)

    def _passage(self, title: str, line: int, end: int) -> Passage:
        """The passage below the heading on ``line``, up to the line before ``end``."""
        if not title:
            self._note("words-empty-title", line, "a heading without words", "a title is allowed", "write it")
        markdown = "\n".join(self.source[line : end - 1])
        for reference in references(markdown):
            if not reference.kept:
                where = f"{self.shown}:{line + reference.line}"
                self.problems.append(refused(reference.kind, reference.address, where))
        for slip in read_question(markdown).slips:
            self._note(slip.code, line + slip.line, slip.found, slip.allowed, slip.remedy)
        return Passage(title, markdown.strip("\n"), line, self._notes_between(line, end))

    def _notes_between(self, line: int, end: int) -> tuple[str, ...]:
        # Those between a stop's id and its title belong to it as well.
        top = max((h.line for h in self.headings if h.tag in {"h1", "h2"} and h.line <= line), default=line)
        return tuple(
            note.strip().removeprefix(_OPENS).removesuffix(_CLOSES).strip()
            for at, note in self.notes.items()
            if top <= at < end
        )

    def _note(self, code: str, line: int, found: str, allowed: str, remedy: str = "") -> None:
        self.problems.append(Problem(code, f"{self.shown}:{line}", found, allowed, remedy))


def refused(kind: str, address: str, where: str) -> Problem:
    """The problem of a link or picture that `render` would leave out."""
    if kind == "link":
        allowed, remedy = "https:// and mailto: are allowed", "write the whole https:// address"
        return Problem("markdown-link", where, f"a link to {visible(address)}", allowed, remedy)
    allowed = "pictures below media/ (avif, gif, jpg, png, webp) are allowed"
    remedy = "put the file into media/: nothing is loaded from another host"
    return Problem("markdown-picture", where, f"the picture {visible(address)}", allowed, remedy)


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 1
