"""The section of a tour's stop: what it shows, cut by the stop's plane and drawn to scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from heritage.formats.drawing import Layer, bounds, paper_scale, svg
from heritage.model.documents import SectionPlane
from heritage.model.release import MonumentEntry
from heritage.page.words import words
from heritage.pipeline.drawings.elevation import bar_m, condition_of
from heritage.pipeline.drawings.section import Profile, plane_of, profile_of

_PAPER_MM = (100.0, 80.0)  # its words can be read where it stands beside a tour, on a phone too
_LEAST_MM = 60.0  # of paper, for the scale bar


def section_profiles(
    folder: Path,
    monument: MonumentEntry,
    conditions: Sequence[str],
    plane: SectionPlane,
    error_m: float = 0.0,
) -> list[Profile]:
    """The cut of each of ``conditions`` in the release ``folder``, from tiles within ``error_m``."""
    cut = plane_of(plane)
    return [
        profile_of(folder, monument, condition_of(monument, id), cut, error_m=error_m) for id in conditions
    ]


def section_drawing(profiles: Sequence[Profile], names: Mapping[str, str], place: str, language: str) -> str:
    """SVG of ``profiles`` one over the other; ``names`` by condition; ``place`` says where the plane is."""
    layers = [Layer(names[p.condition], p.lines, p.condition, p.interpreted) for p in profiles]
    scale = paper_scale(layers, *_PAPER_MM)
    left, _, right, _ = bounds(layers)
    notes = [] if any(p.lines for p in profiles) else [words(language)["cut-none"].format(cut=place)]
    return svg(layers, scale, place, notes, bar_m(max(right - left, _LEAST_MM * scale / 1000)))
