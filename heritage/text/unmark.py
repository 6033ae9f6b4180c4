"""HTML that somebody else wrote as the Markdown that a tour's words are.

Only what Markdown can say is kept; scripts, styles and forms are dropped with their content, other elements
leave their words. The Markdown is rendered by `markdown.render` alone, so nothing here has to be trusted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

from heritage.model.errors import InputError
from heritage.text.markdown import plain, references

_DROPPED = frozenset(
    {"script", "style", "template", "iframe", "object", "svg", "math", "form", "head", "title"}
)
_BLOCKS = frozenset(
    {
        "p",
        "div",
        "section",
        "article",
        "header",
        "footer",
        "figure",
        "figcaption",
        "table",
        "tr",
        "dl",
        "dt",
        "dd",
        "address",
    }
)
_EMPHASIS = {"b": "**", "strong": "**", "i": "*", "em": "*", "cite": "*"}
_HEADINGS = {"h1": 4, "h2": 4, "h3": 4, "h4": 4, "h5": 5, "h6": 6}
_MARK = re.compile(r"([\\`*_\[\]<>&!~|])")
_LINE_START = re.compile(r"^(\s*\d*)([#+\-=]|(?<=\d)[.)])", re.MULTILINE)


@dataclass(frozen=True)
class Unmarked:
    """The Markdown, and what was left out: ``pictures`` and ``links`` by address, ``elements`` by name."""

    markdown: str
    pictures: tuple[str, ...]
    links: tuple[str, ...]
    elements: tuple[str, ...]


def unmark(html: str) -> Unmarked:
    """``html`` as Markdown; headings become #### and below, since ## and ### have a meaning in a tour's words.

    Emphasis that Markdown would show as stars, as in the middle of some words, is dropped.
    """
    parser = _parsed(_Parser(), html)
    if not parser.is_faithful():
        parser = _parsed(_Parser(has_emphasis=False), html)
    return Unmarked(
        parser.markdown,
        tuple(dict.fromkeys(parser.pictures)),
        tuple(dict.fromkeys(parser.links)),
        tuple(dict.fromkeys(parser.elements)),
    )


def _parsed(parser: _Parser, html: str) -> _Parser:
    parser.feed(html)
    parser.close()
    parser.end_block()
    return parser


def escaped(text: str) -> str:
    """Plain text as Markdown of one line that shows the same."""
    return _LINE_START.sub(r"\1\\\2", _MARK.sub(r"\\\1", " ".join(text.split())))


def heading(text: str) -> str:
    """As `escaped`, for behind a heading's signs: those at its end would be taken for the end of the heading."""
    return re.sub(r"(?<!\\)(#+)$", lambda m: "\\#" * len(m[1]), escaped(text))


@dataclass
class _List:
    is_ordered: bool
    count: int = 0


@dataclass
class _Parser(HTMLParser):
    has_emphasis: bool = True
    markdown: str = ""
    pictures: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    elements: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.prefix = ""
        self.quotes = 0
        self.lists: list[_List] = []
        self.opened: list[tuple[str, int, str]] = []
        """Tag, where its mark would stand in ``text``, and its address: written when it is closed, if ever."""
        self.heard: list[str] = []
        self.dropping = 0
        self.was_item = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in _DROPPED:
            self.elements.append(tag)
            self.dropping += 1
        elif self.dropping:
            return
        elif tag in _BLOCKS or tag in _HEADINGS or tag in {"ul", "ol", "blockquote", "li", "pre", "hr"}:
            self._open_block(tag, given)
        elif tag in _EMPHASIS or tag == "a":
            self.opened.append((_EMPHASIS.get(tag, tag), len(self.text), given.get("href", "")))
        elif tag == "br":
            self.text = self.text.rstrip(" ") + "\\\n"
        elif tag == "img":
            self.pictures.append(given.get("src", ""))
            self.handle_data(given.get("alt", ""))
        elif tag not in {
            "html",
            "body",
            "span",
            "tbody",
            "thead",
            "td",
            "th",
            "code",
            "small",
            "u",
            "sup",
            "sub",
            "main",
        }:
            self.elements.append(tag)

    def _open_block(self, tag: str, given: Mapping[str, str]) -> None:
        self.end_block()
        if tag in _HEADINGS:
            self.prefix = "#" * _HEADINGS[tag] + " "
        elif tag in {"ul", "ol"}:
            start = given.get("start", "")
            self.lists.append(
                _List(tag == "ol", int(start) - 1 if start.isdecimal() and len(start) < 9 else 0)
            )
        elif tag == "blockquote":
            self.quotes += 1
        elif not self.lists:
            self.prefix = ""
        if tag == "li" and self.lists:
            self.lists[-1].count += 1
            self.prefix = f"{self.lists[-1].count}. " if self.lists[-1].is_ordered else "- "
        elif tag == "hr":
            self._append("***")

    def handle_endtag(self, tag: str) -> None:
        if tag in _DROPPED:
            self.dropping = max(0, self.dropping - 1)
        elif self.dropping:
            return
        elif tag in _EMPHASIS or tag == "a":
            self._close(_EMPHASIS.get(tag, tag))
        elif tag in _BLOCKS or tag in _HEADINGS or tag in {"li", "pre"}:
            self.end_block()
        elif tag in {"ul", "ol"} and self.lists:
            self.end_block()
            self.lists.pop()
        elif tag == "blockquote":
            self.end_block()
            self.quotes = max(0, self.quotes - 1)

    def _close(self, mark: str) -> None:
        """Write both marks of what ends here. What was opened since and not closed is forgotten."""
        at = next((k for k in range(len(self.opened) - 1, -1, -1) if self.opened[k][0] == mark), None)
        if at is None:
            return
        _, start, href = self.opened[at]
        del self.opened[at:]
        head, inner = self.text[:start], self.text[start:]
        words = inner.strip()
        if not words:
            return
        # Marks stand at letters: with a space inside, they would be shown.
        before, after = inner[: len(inner) - len(inner.lstrip())], inner[len(inner.rstrip()) :]
        if mark == "a":
            words = self._linked(words, href)
        elif self.has_emphasis:
            words = mark + words + mark
        self.text = head + before + words + after

    def _linked(self, words: str, href: str) -> str:
        whole = f"[{words}](<{href}>)"
        is_one_line = not any(c in href for c in "<>\n\\")
        if is_one_line and any(r.kind == "link" and r.kept for r in references(whole)):
            return whole
        if href:
            self.links.append(href)
        return words

    def handle_data(self, data: str) -> None:
        if self.dropping:
            return
        self.heard.append(data)
        words = _MARK.sub(r"\\\1", re.sub(r"\s+", " ", data))
        self.text += words.lstrip() if not self.text or self.text.endswith((" ", "\n")) else words

    def is_faithful(self) -> bool:
        """Whether the Markdown shows what the HTML said."""
        try:
            shown = plain(self.markdown)
        except InputError:  # too long to be shown at all, which whoever reads it will say
            return True
        return "".join(shown.split()) == "".join("".join(self.heard).split())

    def end_block(self) -> None:
        """What was gathered becomes a block of its own."""
        text = self.text.strip().removesuffix("\\")
        self.text = ""
        self.opened.clear()
        if not text:
            return
        prefix, self.prefix = self.prefix, ""
        indent = "   " * max(len(self.lists) - 1, 0)
        inner = indent + "   " * bool(self.lists)
        quote = "> " * self.quotes
        lines = (prefix + _LINE_START.sub(r"\1\\\2", text)).split("\n")
        first = indent if prefix or not self.lists else inner
        block = "\n".join(quote + (first if k == 0 else inner) + line for k, line in enumerate(lines))
        self._append(block, is_item=bool(self.lists and prefix))

    def _append(self, block: str, *, is_item: bool = False) -> None:
        if self.markdown:
            self.markdown += "\n" if is_item and self.was_item else "\n\n"
        self.markdown += block
        self.was_item = is_item
