"""How terms of the vocabulary are told apart on maps: by colour and by pattern, for every kind of colour vision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from heritage.model.release import TermEntry

# Of assets/colours/terms.json, which the viewer reads; a test holds the two together. The colours are those of Okabe and
# Ito (2008) without yellow and black, which are lost on plaster and on shadow.
COLOURS: Final = ("#d55e00", "#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
PATTERNS: Final = ("rising", "falling", "crossed", "level", "upright", "dots", "grid")


def style(at: int) -> tuple[str, str]:
    """Colour and pattern of the term at a place in the vocabulary: no two of the first 42 share both."""
    return COLOURS[at % len(COLOURS)], PATTERNS[at % len(PATTERNS)]


def styles(vocabulary: Sequence[TermEntry]) -> Mapping[str | None, tuple[str, str]]:
    """By term; None for annotations without one."""
    found: dict[str | None, tuple[str, str]] = {term.id: style(at) for at, term in enumerate(vocabulary)}
    found[None] = ("#3b3b3b", "dots")
    return found


def pattern(name: str, id: str, colour: str, size: float) -> str:
    """An SVG pattern of lines ``size`` apart, over a thin wash of the same colour."""
    s, half = size, size / 2
    lines = {
        "rising": f"M0 {s}L{s} 0",
        "falling": f"M0 0L{s} {s}",
        "crossed": f"M0 0L{s} {s}M0 {s}L{s} 0",
        "level": f"M0 {half}H{s}",
        "upright": f"M{half} 0V{s}",
        "grid": f"M{half} 0V{s}M0 {half}H{s}",
    }
    wash = f'<rect width="{s}" height="{s}" fill="{colour}" fill-opacity="0.25"/>'
    mark = (
        f'<circle cx="{half}" cy="{half}" r="{s / 6}" fill="{colour}"/>'
        if name == "dots"
        else f'<path d="{lines[name]}" stroke="{colour}" stroke-width="{s / 7:.2f}" fill="none"/>'
    )
    return f'<pattern id="{id}" width="{s}" height="{s}" patternUnits="userSpaceOnUse">{wash}{mark}</pattern>'
