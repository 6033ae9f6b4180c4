"""Sanitised HTML back to plain paragraphs: the first page trusts no markup of a release that came from elsewhere."""

from __future__ import annotations

from html.parser import HTMLParser

_BLOCKS = frozenset({"p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "br", "div", "tr", "pre"})
_SILENT = frozenset({"script", "style", "template", "title"})


class _Plain(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.paragraphs: list[str] = [""]
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self.silent += 1
        elif tag in _BLOCKS:
            self.paragraphs.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self.silent = max(0, self.silent - 1)
        elif tag in _BLOCKS:
            self.paragraphs.append("")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.paragraphs[-1] += data


def paragraphs(html: str) -> list[str]:
    """The paragraphs of ``html`` as plain text, which still must be escaped where it is shown."""
    parser = _Plain()
    parser.feed(html)
    parser.close()
    return [text for text in (" ".join(p.split()) for p in parser.paragraphs) if text]
