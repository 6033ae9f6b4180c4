"""Markdown to HTML that is safe to show, and to plain words for speech and search.

CommonMark by markdown-it-py with raw HTML switched off; what it makes still passes nh3 (ammonia), whose
allow-list holds exactly the elements Markdown can make. Nothing shown may come from another host: pictures
are files of the site, and links lead to https or mailto only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from heritage.model.errors import InputError
from heritage.model.limits import MARKDOWN_BYTES, MARKDOWN_MARKS

_HEADINGS = {f"h{level}" for level in range(1, 7)}
_TAGS = _HEADINGS | {
    "a",
    "blockquote",
    "br",
    "code",
    "em",
    "hr",
    "img",
    "li",
    "ol",
    "p",
    "pre",
    "strong",
    "ul",
}
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}}
_LINK = re.compile(r"^(https://[^\s/\\@]+(/[^\s\\]*)?|mailto:[^\s\\/]+|#[^\s\\]*)$", re.IGNORECASE)
_PICTURE = re.compile(r"^media/[^\\:?#\0]+\.(avif|gif|jpe?g|png|webp)$", re.IGNORECASE)
_MARKS = re.compile(r"[\[\]*_`<&!\\\n]")

# Setext headings are off: a line of hyphens under a sentence is then a rule, never a heading by accident.
PARSER = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).disable("lheading")


@dataclass(frozen=True)
class Reference:
    """A link or picture of a text, on ``line`` (from 1), with the ``words`` of a picture.

    `render` leaves out what is not ``kept``.
    """

    line: int
    kind: Literal["link", "picture"]
    address: str
    kept: bool
    words: str = ""


def parse(markdown: str, where: str = "Markdown") -> list[Token]:
    """The block tokens of a text. Raises InputError where it is beyond MARKDOWN_BYTES or MARKDOWN_MARKS."""
    for found, most in (
        (len(markdown.encode("utf-8", "surrogatepass")), MARKDOWN_BYTES),
        (len(_MARKS.findall(markdown)), MARKDOWN_MARKS),
    ):
        if found > most:
            what = "bytes" if most == MARKDOWN_BYTES else "line ends, brackets, stars and other marks"
            raise InputError(
                where, f"{found} {what}", f"up to {most} are allowed", "shorten the text", code="text-too-big"
            )
    return PARSER.parse(markdown)


def render(markdown: str) -> str:
    """HTML of a text, inert: no script, style, form or frame.

    Picture addresses stay relative to the site's folder (``media/…``), so whoever shows the HTML must resolve
    them against the release's address. Raises InputError for a text beyond the ceilings.
    """
    html = PARSER.renderer.render(parse(markdown), PARSER.options, {})
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_keep,
        url_schemes={"https", "mailto"},
        link_rel="noopener noreferrer",
    )


def plain(markdown: str) -> str:
    """The words of a text without its markup: one line per paragraph, heading or list item."""
    lines = []
    for token in parse(markdown):
        if token.type == "inline":
            lines.append(inline_words(token.children or []))
        elif token.type in {"fence", "code_block"}:
            lines.append(token.content)
    return "\n".join(line for line in (" ".join(line.split()) for line in lines) if line)


def plain_line(markdown: str) -> str:
    """The words of one line that is no block of its own: ``1. Five`` stays as it is."""
    return "".join(inline_words(token.children or []) for token in PARSER.parseInline(markdown)).strip()


def references(markdown: str) -> tuple[Reference, ...]:
    """Every link and picture of a text, so that what `render` leaves out can be told to the author."""
    return tuple(_references(parse(markdown)))


def _references(blocks: list[Token]) -> Iterator[Reference]:
    for block in blocks:
        line = block.map[0] + 1 if block.map else 1
        for token in block.children or []:
            if token.type in {"softbreak", "hardbreak"}:
                line += 1
            elif token.type == "link_open":
                address = str(token.attrs["href"])
                yield Reference(line, "link", address, bool(_LINK.match(address)))
            elif token.type == "image":
                address = unquote(str(token.attrs["src"]))
                words = inline_words(token.children or []).strip()
                yield Reference(line, "picture", address, _is_picture(address), words)


def _is_picture(path: str) -> bool:
    return bool(_PICTURE.match(path)) and ".." not in path.split("/")


def _keep(element: str, attribute: str, value: str) -> str | None:
    if element == "a" and attribute == "href":
        return value if _LINK.match(value) else None
    if element == "img" and attribute == "src":
        return value if _is_picture(unquote(value)) else None
    return value


def inline_words(tokens: list[Token]) -> str:
    """The words of inline tokens, a picture's description among them."""
    parts = []
    for token in tokens:
        if token.type in {"softbreak", "hardbreak"}:
            parts.append(" ")
        elif token.type == "image":
            parts.append(inline_words(token.children or []))
        else:
            parts.append(token.content)
    return "".join(parts)
