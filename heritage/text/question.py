"""The question at the end of a stop's words: a heading, a list to tick, and why the right answer is right.

    The words of the stop.

    #### How many ways lead through the gate?

    - [ ] One
    - [ ] Three
    - [x] Five

    The one in the middle was the emperor's alone.

A list whose items begin with ``[ ]`` or ``[x]`` makes the question; what stands below it is shown once it is answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markdown_it.token import Token

from heritage.text.markdown import inline_words, parse, plain, plain_line, references

FEWEST, MOST = 2, 8  # answers; more fit no phone
_BOX = re.compile(r"\[([ xX])\][ \t]+")


@dataclass(frozen=True)
class Question:
    """``asks`` and ``answers`` are plain words, ``further`` (below the heading) and ``because`` Markdown; ``right`` is an
    index into ``answers``."""

    asks: str
    further: str
    answers: tuple[str, ...]
    right: int
    because: str


@dataclass(frozen=True)
class Slip:
    """What is wrong with a question, on ``line`` of the Markdown (from 1): code, found, allowed, remedy."""

    line: int
    code: str
    found: str
    allowed: str
    remedy: str = ""


@dataclass(frozen=True)
class Asked:
    """A stop's words: ``body`` is the Markdown before its question; ``slips`` are why a question is none."""

    body: str
    question: Question | None
    slips: tuple[Slip, ...] = ()

    @property
    def said(self) -> str:
        """The plain words a visitor reads or hears at the stop: without the explanation, which waits for an answer."""
        parts = [plain(self.body)]
        if self.question is not None:
            parts += [self.question.asks, plain(self.question.further), *self.question.answers]
        return "\n".join(part for part in parts if part)


def read_question(markdown: str) -> Asked:
    """The words of a stop and the question that ends them, if one does."""
    tokens = parse(markdown)
    lists = [at for at, token in enumerate(tokens) if _is_ticked(tokens, at)]
    if not lists:
        return Asked(markdown, None)
    slips = tuple(_slips(markdown, tokens, lists))
    if slips:
        return Asked(markdown, None, slips)
    lines, opens = markdown.split("\n"), lists[0]
    heading, first, end = _heading(tokens, opens), _span(tokens[opens])[0], _span(tokens[opens])[1]
    assert heading is not None  # noqa: S101 - else it is a slip
    top, below = _span(tokens[heading])
    items = _items(tokens, opens)
    question = Question(
        asks=inline_words(tokens[heading + 1].children or []).strip(),
        further="\n".join(lines[below:first]).strip("\n"),
        answers=tuple(_answer(tokens, at)[1] for at in items),
        right=next(k for k, at in enumerate(items) if _answer(tokens, at)[0]),
        because="\n".join(lines[end:]).strip("\n"),
    )
    return Asked("\n".join(lines[:top]).strip("\n"), question)


def _slips(markdown: str, tokens: Sequence[Token], lists: Sequence[int]) -> Iterator[Slip]:
    opens, items = lists[0], _items(tokens, lists[0])
    line = _span(tokens[opens])[0] + 1
    if len(lists) > 1:
        again = _span(tokens[lists[1]])[0] + 1
        yield Slip(again, "question-second", "a second list to tick", "one question a stop", "make it a stop")
        return
    if tokens[opens].level > 0 or _heading(tokens, opens) is None:
        allowed = "a question is a heading #### with its answers below"
        yield Slip(line, "question-heading", "a list to tick without a question", allowed, "write #### above")
        return
    unticked = [at for at in items if _box(tokens, at) is None]
    for at in unticked:
        found = "an answer that is not a single line with [ ] or [x]"
        yield Slip(_span(tokens[at])[0] + 1, "question-answer", found, "- [ ] and the answer is allowed")
    if not FEWEST <= len(items) <= MOST:
        yield Slip(line, "question-answers", f"{len(items)} answers", f"{FEWEST} to {MOST} are allowed")
    right = sum(_answer(tokens, at)[0] for at in items if at not in unticked)
    if right != 1:
        found = f"{right or 'none'} of the answers {'are' if right > 1 else 'is'} marked as right"
        yield Slip(line, "question-right", found, "one is needed", "write [x] before the right one")
    if any(token.type == "heading_open" for token in tokens[opens:]):
        after = next(token for token in tokens[opens:] if token.type == "heading_open")
        found = "a heading below the answers of a question"
        allowed = "the question ends a stop's words, with its explanation below"
        yield Slip(_span(after)[0] + 1, "question-last", found, allowed, "move it above the question")
    if not unticked and (apart := _apart(markdown, tokens, opens)):
        found = f"the address of [{apart}] stands in another part of the stop than its link"
        yield Slip(line, "question-link", found, "[words](address) is allowed in questions", "write it so")


def _apart(markdown: str, tokens: Sequence[Token], opens: int) -> str:
    """The words of a link whose definition is cut off from it by the question; empty where there is none."""
    heading = _heading(tokens, opens)
    assert heading is not None  # noqa: S101 - asked before
    lines = markdown.split("\n")
    edges = [0, _span(tokens[heading])[0], *_span(tokens[opens]), len(lines)]
    pieces = ["\n".join(lines[a:b]) for a, b in pairwise(edges)]
    whole = [reference.address for reference in references(markdown)]
    kept = [reference.address for piece in pieces for reference in references(piece)]
    return next((address for address in whole if address not in kept), "")


def _is_ticked(tokens: Sequence[Token], at: int) -> bool:
    """Whether a list begins here of which some item has a box."""
    return tokens[at].type.endswith("list_open") and any(_box(tokens, k) for k in _items(tokens, at))


def _items(tokens: Sequence[Token], opens: int) -> list[int]:
    """The items of the list that opens at ``opens``."""
    level = tokens[opens].level
    items = []
    for at in range(opens + 1, len(tokens)):
        if tokens[at].level == level and tokens[at].nesting < 0:
            break
        if tokens[at].type == "list_item_open" and tokens[at].level == level + 1:
            items.append(at)
    return items


def _box(tokens: Sequence[Token], item: int) -> re.Match[str] | None:
    """The box of an item that is one paragraph and no more."""
    kinds = [token.type for token in tokens[item + 1 : item + 5]]
    if kinds != ["paragraph_open", "inline", "paragraph_close", "list_item_close"]:
        return None
    return _BOX.match(tokens[item + 2].content)


def _answer(tokens: Sequence[Token], item: int) -> tuple[bool, str]:
    """Whether the item is marked as right, and its plain words."""
    box = _BOX.match(tokens[item + 2].content)
    assert box is not None  # noqa: S101 - else it is a slip
    return box[1] != " ", plain_line(tokens[item + 2].content[box.end() :])


def _heading(tokens: Sequence[Token], opens: int) -> int | None:
    """The #### that the list at ``opens`` answers: nothing but paragraphs stand between."""
    for at in range(opens - 1, -1, -1):
        token = tokens[at]
        if token.type == "heading_open":
            return at if token.tag == "h4" and token.level == 0 else None
        if token.type not in {"paragraph_open", "paragraph_close", "inline", "heading_close"}:
            return None
    return None


def _span(token: Token) -> tuple[int, int]:
    start, end = token.map or [0, 0]
    return start, end
