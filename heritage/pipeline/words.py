"""The curators' Markdown as HTML of a release, with the pictures it shows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from heritage.store import ReleaseFolder
from heritage.text.markdown import references, render


def html(into: ReleaseFolder, root: Path, words: Mapping[str, str] | None) -> dict[str, str]:
    """Markdown per language as sanitised HTML per language; pictures of the site folder ``root`` are copied along."""
    for text in (words or {}).values():
        for reference in references(text):
            if reference.kind == "picture" and reference.kept:
                into.add(reference.address, root / reference.address)
    return {language: render(text) for language, text in (words or {}).items()}
