"""The report's maps: elevations in the colours of change, and condition maps, with marks drawn over them as SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from heritage.formats.texture import webp
from heritage.model.arrays import F32, F64
from heritage.model.release import (
    AnnotationEntry,
    ComparisonDocument,
    ComparisonEntry,
    EpochEntry,
    MonumentEntry,
    RegionEntry,
)
from heritage.ops.viewing.elevation import Sheet
from heritage.pipeline.condition.terms import pattern
from heritage.pipeline.drawings.elevation import bar_m, drawn_elevation, sheet_for
from heritage.pipeline.drawings.sides import TOP, Side, Stand, stand_of
from heritage.pipeline.pictures.change_colours import by_change, change_range
from heritage.store import ReleaseFolder

_WIDE_PX = 1100  # about 170 dots an inch on A4
_SEEN_M = 0.3  # a mark is on a map where nothing is so far in front of it, true metres
_NUMBERED = 40
_NUMBER_PX = 13.0  # radius of a number's disc

Marks = Sequence[RegionEntry] | Sequence[AnnotationEntry]


@dataclass(frozen=True, eq=False)
class Map:
    """One drawing: where its picture is in the release, and how places get onto it."""

    side: Side
    picture: str
    sheet: Sheet
    depth: F32
    pixel_m: float

    def at(self, xyz: F64) -> F64:
        """Places (n, 3) as pixels (n, 2)."""
        return self.sheet.pixels(xyz)[:, :2]

    def sees(self, xyz: F64) -> bool:
        """Whether the place (3,) is on the map with nothing before it."""
        column, row, away = self.sheet.pixels(xyz[None])[0]
        high, wide = self.depth.shape
        if not (0 <= column < wide and 0 <= row < high):
            return False
        # The sheet's pixels are the monument frame's, which may count in others than true metres.
        true = self.pixel_m / self.sheet.pixel_m
        return bool(true * abs(float(self.depth[int(row), int(column)]) - away) < _SEEN_M)


def change_maps(
    into: ReleaseFolder,
    monument: MonumentEntry,
    entry: ComparisonEntry,
    document: ComparisonDocument,
    base: str,
) -> tuple[list[Map], Stand]:
    """The compared epoch from its four sides and from above, in the colours of change; pictures go into ``base``."""
    compared = next(e for e in monument.epochs if e.id == entry.compared)
    stand = stand_of(into.path, monument)
    colouring = by_change(entry, change_range(document))
    maps = []
    for side in (*stand.sides, TOP):
        widest = sheet_for(monument, stand, side, 1.0).width  # metres, to the next whole one
        pixel_m = _round_mm(widest / _WIDE_PX)
        sheet = sheet_for(monument, stand, side, pixel_m)
        drawn = drawn_elevation(into.path, compared, sheet, colouring)
        path = f"{base}/change-{side.name}.webp"
        into.write(path, webp(drawn.picture(), quality=75))
        maps.append(Map(side, path, sheet, drawn.depth(), pixel_m))
    return maps, stand


def _round_mm(metres: float) -> float:
    """To 1, 2 or 5 times a power of ten of millimetres, upwards: a scale that can be said."""
    mm = max(1000 * metres, 0.1)
    power = 10.0 ** np.floor(np.log10(mm))
    return float(next(k * power for k in (1, 2, 5, 10) if k * power >= mm * 0.999)) / 1000


def condition_map(
    into: ReleaseFolder, epoch: EpochEntry, of: Map, annotations: Sequence[AnnotationEntry], base: str
) -> Map | None:
    """The same view in the epoch's own colours, if any of ``annotations`` is seen there."""
    if not any(_shows(of, a) for a in annotations):
        return None
    path = f"{base}/condition-{of.side.name}.webp"
    drawn = drawn_elevation(into.path, epoch, of.sheet)
    into.write(path, webp(drawn.picture(), quality=75))
    return Map(of.side, path, of.sheet, drawn.depth(), of.pixel_m)


def regions_drawn(of: Map, regions: Sequence[RegionEntry], root: str, name: str) -> str:
    """A change map as SVG with its scale bar, and a number where a region is seen."""
    marks, taken = [], _Places()
    for region in regions[:_NUMBERED]:
        centre = np.array(region.centre_m)
        if of.sees(centre):
            x, y = taken.free(*of.at(centre[None])[0])
            marks.append(_number(x, y, region.id.removeprefix("r"), "#1d1b18"))
    return _svg(of, root, name, "", "".join(marks))


def _shows(of: Map, annotation: AnnotationEntry) -> bool:
    """Whether its middle or one of its vertices is seen: something may stand before a part of it."""
    return any(of.sees(np.array(place)) for place in (annotation.position_m, *annotation.vertices_m))


def annotations_drawn(
    of: Map,
    annotations: Sequence[AnnotationEntry],
    styles: Mapping[str | None, tuple[str, str]],
    root: str,
    name: str,
    prefix: str,
    compared: str,
) -> str:
    """A condition map as SVG: areas and lines in their term's colour and pattern, with their numbers in the list; dashed
    where the epoch ``compared`` does not confirm them."""
    shapes, marks, taken = [], [], _Places()
    used = sorted({a.term for a in annotations if a.shape == "area"}, key=str)
    patterns = "".join(pattern(styles[t][1], f"{prefix}-{t or 'none'}", styles[t][0], 9.0) for t in used)
    for at, a in enumerate(annotations, start=1):
        if not _shows(of, a):
            continue
        colour, _ = styles[a.term]
        review = any(c.epoch == compared and c.verdict != "carried" for c in a.carried)
        dashed = ' stroke-dasharray="9 6"' if review else ""
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in of.at(np.array(a.vertices_m)).tolist())
        if a.shape == "area":
            shapes.append(
                f'<polygon points="{points}" fill="none" stroke="#fff" stroke-width="5" stroke-linejoin="round"/>'
                f'<polygon points="{points}" fill="url(#{prefix}-{a.term or "none"})" stroke="{colour}" '
                f'stroke-width="2.5" stroke-linejoin="round"{dashed}/>'
            )
        elif a.shape == "line":
            for stroke, width, dash in (("#fff", 7, ""), (colour, 4, dashed)):
                shapes.append(
                    f'<polyline points="{points}" fill="none" stroke="{stroke}" stroke-width="{width}" '
                    f'stroke-linejoin="round" stroke-linecap="round"{dash}/>'
                )
        x, y = taken.free(*of.at(np.array([a.position_m]))[0])
        marks.append(_number(x, y, str(at), colour))
    return _svg(of, root, name, f"<defs>{patterns}</defs>", "".join([*shapes, *marks]))


class _Places:
    """Where numbers stand already: the next one moves down until it covers none."""

    def __init__(self) -> None:
        self._taken: list[tuple[float, float]] = []

    def free(self, x: float, y: float) -> tuple[float, float]:
        """The first place at or below (x, y) where a number covers no other."""
        while any(np.hypot(x - a, y - b) < 2 * _NUMBER_PX + 2 for a, b in self._taken):
            y += _NUMBER_PX
        self._taken.append((x, y))
        return x, y


def _number(x: float, y: float, text: str, colour: str) -> str:
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="13" fill="#fff" stroke="{colour}" stroke-width="2.5"/>'
        f'<text x="{x:.1f}" y="{y + 5:.1f}" text-anchor="middle" font-size="15" font-weight="600" fill="#1d1b18">'
        f"{escape(text)}</text>"
    )


def _svg(of: Map, root: str, name: str, defs: str, over: str) -> str:
    wide, high = of.sheet.width, of.sheet.height
    bar = bar_m(wide * of.pixel_m)
    step = bar / of.pixel_m / 4
    bars = "".join(
        f'<rect x="{10 + k * step:.1f}" y="{high + 12}" width="{step:.1f}" height="8" '
        f'fill="{"#1d1b18" if k % 2 == 0 else "#fff"}" stroke="#1d1b18"/>'
        for k in range(4)
    )
    return (
        f'<svg viewBox="0 0 {wide} {high + 44}" role="img" aria-label="{escape(name)}">{defs}'
        f'<image href="{escape(root + of.picture)}" width="{wide}" height="{high}"/>{over}{bars}'
        f'<text x="10" y="{high + 38}" font-size="16" fill="#1d1b18">0</text>'
        f'<text x="{10 + 4 * step:.1f}" y="{high + 38}" font-size="16" fill="#1d1b18" text-anchor="middle">{bar:g} m</text>'
        f'<text x="{10 + 4 * step + 40:.1f}" y="{high + 22}" font-size="16" fill="#1d1b18">'
        f"{1000 * of.pixel_m:g} mm / px</text></svg>"
    )
