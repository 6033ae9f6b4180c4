"""The data to read about without scripts: one page for each of the site's languages that has the words."""

from __future__ import annotations

from pathlib import Path

from heritage.model.documents import Site
from heritage.model.release import DataDocument
from heritage.page.environment import templates
from heritage.page.words import WORDS, direction, number, own_name, spoken, words

_TEMPLATES = templates(Path(__file__).parent / "templates")


def data_pages(site: Site, document: DataDocument, linked: bytes) -> dict[str, bytes]:
    """The pages by their path: ``data/<language>.html``, and the first of them as ``data/index.html``.

    ``linked`` is the catalogue, which search engines read in the page itself. A site without any language that ships
    gets a page in English.
    """
    spoken_here = [tag for tag in site.languages if tag.partition("-")[0] in WORDS] or ["en"]
    pages = {
        f"data/{language}.html": _page(site, document, linked, language, spoken_here)
        for language in spoken_here
    }
    return {"data/index.html": next(iter(pages.values())), **pages}


def _page(site: Site, document: DataDocument, linked: bytes, language: str, others: list[str]) -> bytes:
    return (
        _TEMPLATES.get_template("data.html")
        .render(
            title=spoken(site.title, language, site.languages),
            document=document,
            language=language,
            direction=direction(language),
            others=[(other, own_name(other)) for other in others],
            words=words(language),
            say=lambda texts: spoken(texts, language, site.languages),
            size=lambda count: _size(count, language),
            count=lambda items: number(items, 0, language),
            # `</` would end the script element that carries the catalogue.
            linked=linked.decode().replace("</", "<\\/"),
        )
        .encode()
    )


def _size(bytes_: int, language: str) -> str:
    large = bytes_ >= 1e6
    return f"{number(bytes_ / 1e6, 1, language)} MB" if large else f"{max(1, round(bytes_ / 1e3))} kB"
