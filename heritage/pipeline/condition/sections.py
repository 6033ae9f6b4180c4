"""The report's sections: both epochs cut square to where they differ most, one drawn over the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from heritage.formats.drawing import Layer, bounds, paper_scale, svg
from heritage.model.release import ComparisonDocument, EpochEntry, MonumentEntry, RegionEntry
from heritage.ops.viewing.section import upright
from heritage.pipeline.drawings.elevation import bar_m
from heritage.pipeline.drawings.section import Profile, profile_of

_SECTIONS = 3
_HALF_M = (0.75, 3.0)  # least and greatest half width of a section through a region
_PAPER_MM = (150.0, 85.0)

Section = tuple[RegionEntry | None, list[Profile]]


def sections_of(
    folder: Path, entry: MonumentEntry, epochs: Sequence[EpochEntry], document: ComparisonDocument
) -> Iterator[Section]:
    """Square to the largest regions; through the middle where there is none."""
    scale = entry.placement.scale
    for region in document.regions[:_SECTIONS]:
        centre = np.array(region.centre_m)
        facing = (np.array(region.view.eye_m) - np.array(region.view.target_m))[:2]
        length = float(np.linalg.norm(facing))
        way = facing / length if length > 0.05 else np.array([1.0, 0.0])
        size = float((np.array(region.bounds.max) - np.array(region.bounds.min)).max())
        half = float(np.clip(0.7 * size, _HALF_M[0] / scale, _HALF_M[1] / scale))
        plane = upright(centre[:2] - half * way, centre[:2] + half * way)
        window = np.array([0.0, centre[2] - half]), np.array([2 * half, centre[2] + half])
        yield region, [profile_of(folder, entry, epoch, plane, window) for epoch in epochs]
    if not document.regions:
        low, high = np.array(entry.bounds.min), np.array(entry.bounds.max)
        middle = (low + high) / 2
        plane = upright(np.array([middle[0], low[1]]), np.array([middle[0], high[1]]))
        yield None, [profile_of(folder, entry, epoch, plane) for epoch in epochs]


def section_figure(
    section: Section, epochs: Sequence[Mapping[str, object]], words: Mapping[str, str]
) -> dict[str, str]:
    """SVG of a section to scale, and its caption; ``epochs`` as the report's head names them."""
    region, profiles = section
    layers = [
        Layer(f"{epoch['title']}", profile.lines, profile.condition)
        for epoch, profile in zip(epochs, profiles, strict=True)
    ]
    scale = paper_scale(layers, *_PAPER_MM)
    left, _, right, _ = bounds(layers)
    caption = words["section-middle"] if region is None else words["section"].format(id=region.id)
    bar = bar_m(max(right - left, 60 * scale / 1000))
    return {"caption": caption, "svg": svg(layers, scale, caption, (), bar)}
