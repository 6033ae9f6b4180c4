"""The viewer's page with a release in it: titles and lists readable without scripts, under the opening's still.

The viewer's `index.html` is a template only in so far as it has two comments, ``<!--heritage:head-->`` and
``<!--heritage:body-->``; the block that replaces the second disappears when the viewer's element comes to
life (`page.css`).
"""

from __future__ import annotations

import hashlib
import math
import re
from functools import cache
from pathlib import Path
from typing import Final

from heritage.model.errors import StoreError
from heritage.model.release import MonumentEntry, Release
from heritage.page.environment import templates
from heritage.page.plain import paragraphs
from heritage.page.words import direction, own_name, spoken, spoken_in, words

DIST: Final = Path(__file__).resolve().parent.parent / "web" / "dist"
TEMPLATES: Final = Path(__file__).parent / "templates"
HEAD: Final = "<!--heritage:head-->"
BODY: Final = "<!--heritage:body-->"
# Beside the page, as it may only answer for addresses below its own.
SERVICE_WORKER: Final = "sw.js"
BUILD_COMMAND: Final = "npm --prefix viewer ci && npm --prefix viewer run build"

# `wasm-unsafe-eval`: the decoder of compressed meshes; `blob:`: pictures inside tiles. No 'unsafe-inline', no eval.
CONTENT_POLICY: Final = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; font-src 'self'; "
    "img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self' blob:; worker-src 'self' blob:; "
    "manifest-src 'self'; base-uri 'none'; form-action 'none'"
)

FIRST_MONUMENTS: Final = 6  # as many as the viewer draws before its scene has come
_DESCRIPTION_LENGTH = 200
environment = templates(TEMPLATES)


class ViewerNotBuilt(StoreError):
    """The viewer has not been built into the package."""

    status = 503


def viewer_page() -> str:
    """The viewer's `index.html`. Raises ViewerNotBuilt where it is missing or of another kind."""
    try:
        text = (DIST / "index.html").read_text(encoding="utf-8")
    except OSError:
        text = ""
    if HEAD not in text or BODY not in text:
        raise _not_built("index.html")
    return text


def service_worker() -> bytes:
    """The script that answers for the page where there is no network. Raises ViewerNotBuilt."""
    try:
        return (DIST / SERVICE_WORKER).read_bytes()
    except OSError:
        raise _not_built(SERVICE_WORKER) from None


def _not_built(missing: str) -> ViewerNotBuilt:
    return ViewerNotBuilt(
        "heritage/web/dist",
        "the viewer is not built",
        f"its {missing}",
        f"run `{BUILD_COMMAND}`",
        code="viewer-not-built",
    )


@cache
def stylesheet() -> tuple[str, bytes]:
    """Name, with its digest in it, and content of the style sheet of the server's own pages."""
    content = (TEMPLATES / "page.css").read_bytes()
    return f"page-{hashlib.sha256(content).hexdigest()[:12]}.css", content


def render_page(
    release: Release, language: str, *, base: str, policy: bool = False, reports: str | None = None
) -> str:
    """The whole page in ``language``; ``base`` is the release's address, ending in ``/``.

    ``policy`` writes the content policy into the page, for hosts that send no such header; ``reports`` is the address
    where visitors report damage. Raises ViewerNotBuilt.
    """
    page = viewer_page()
    title = spoken(release.title, language, release.languages)
    text = paragraphs(spoken(release.html, language, release.languages))

    def say(texts: dict[str, str]) -> str:
        return spoken(texts, language, release.languages)

    def period(monument: MonumentEntry) -> str | None:
        told = monument.built.words if monument.built else {}
        return told.get(spoken_in(language).split("-")[0].lower(), monument.period)

    values = {
        "release": release,
        "period": period,
        "title": title,
        "paragraphs": text,
        "description": _shortened(" ".join(text) or title),
        "language": language,
        "base": base,
        "words": words(language),
        "ours": spoken_in(language),
        "say": say,
        "name": own_name,
        "stylesheet": stylesheet()[0],
        "tilesets": first_tilesets(release),
        "policy": CONTENT_POLICY if policy else None,
        "reports": reports,
    }
    page = re.sub(r"<title>.*?</title>\s*", "", page, count=1, flags=re.DOTALL)
    opening = environment.from_string('<html lang="{{ language }}" dir="{{ direction }}">').render(
        language=language, direction=direction(language)
    )
    page = re.sub(r"<html[^>]*>", lambda _: opening, page, count=1)
    page = page.replace(HEAD, environment.get_template("head.html").render(values))
    return page.replace(BODY, environment.get_template("first.html").render(values))


def first_tilesets(release: Release) -> list[str]:
    """The tilesets that the viewer's first picture of the site begins with (`viewer/src/first`), nearest first.

    Each monument's newest survey, of those nearest to what the opening view looks at.
    """

    def away(monument: MonumentEntry) -> float:
        low, high = monument.bounds.min, monument.bounds.max
        middle = [(a + b) / 2 for a, b in zip(low, high, strict=True)]
        m = monument.placement.site_from_monument  # column-major
        place = [sum(m[4 * k + row] * middle[k] for k in range(3)) + m[12 + row] for row in range(3)]
        return math.dist(place, release.opening.target_m)

    nearest = sorted(release.monuments, key=away)[:FIRST_MONUMENTS]
    return [m.newest.tileset for m in nearest if m.epochs]


def render_message(
    language: str, title: str, texts: list[str], *, command: str | None = None, home: bool = True
) -> str:
    """A page that says one thing: an error, or that nothing is published yet."""
    return environment.get_template("message.html").render(
        language=spoken_in(language),
        direction=direction(spoken_in(language)),
        title=title,
        texts=texts,
        command=command,
        home=words(language)["home"] if home else None,
        stylesheet=stylesheet()[0],
    )


def _shortened(text: str) -> str:
    if len(text) <= _DESCRIPTION_LENGTH:
        return text
    return text[:_DESCRIPTION_LENGTH].rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"
