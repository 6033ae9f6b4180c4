"""Line drawings to scale: SVG in millimetres of paper, and DXF R12 in metres of the monument."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from heritage.model.arrays import F64

# Told apart without colour by their dashes, too; dark enough on white.
STYLES = (("#0b3c78", ""), ("#b3431e", "2 1"), ("#00694e", "0.6 0.8"), ("#7a3e8e", "3 1 0.6 1"))
_DXF_COLOURS = (5, 1, 3, 6)  # AutoCAD's blue, red, green, magenta
_INTERPRETED = "0.4 1.1"  # dotted, whatever its colour: no survey's line looks so
_MARGIN_MM, _FOOT_MM, _ROW_MM = 10.0, 22.0, 4.5
_LEAST_MM = 60.0  # of a drawing's width, that the scale bar has room
_SCALES = (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000, 10_000)
_NAME_LETTERS = 31  # of a layer's name in R12


@dataclass(frozen=True, eq=False)
class Layer:
    """``lines`` (n, 2), metres, right and up, under a ``name``; ``id`` names its layer in a DXF, ``interpreted`` is
    drawn apart from what was measured."""

    name: str
    lines: Sequence[F64]
    id: str
    interpreted: bool = False


def bounds(layers: Sequence[Layer]) -> tuple[float, float, float, float]:
    """Left, bottom, right, top of all lines, metres; 0 0 1 1 where there is none."""
    lines = [line for layer in layers for line in layer.lines]
    if not lines:
        return 0.0, 0.0, 1.0, 1.0
    low = [min(float(line[:, k].min()) for line in lines) for k in (0, 1)]
    high = [max(float(line[:, k].max()) for line in lines) for k in (0, 1)]
    return low[0], low[1], high[0], high[1]


def paper_scale(layers: Sequence[Layer], width_mm: float, height_mm: float) -> int:
    """The largest usual scale, 1 : so many, at which all lines fit into so much paper; the smallest where none does."""
    left, bottom, right, top = bounds(layers)
    fits = (s for s in _SCALES if 1000 * max((right - left) / width_mm, (top - bottom) / height_mm) <= s)
    return next(fits, _SCALES[-1])


def svg(layers: Sequence[Layer], scale: float, title: str, notes: Sequence[str], bar: float) -> str:
    """A drawing at 1 : ``scale`` with a bar of ``bar`` metres and ``notes`` below it; its size on paper is in it."""
    left, bottom, right, top = bounds(layers)
    mm = 1000.0 / scale
    legend, drawn = [_legend_mm(layer) for layer in layers], max((right - left) * mm, _LEAST_MM)
    stacked = (
        sum(legend) > drawn
    )  # names that would make the sheet wider than its drawing stand below each other
    width = max([drawn, *legend] if stacked else [drawn]) + 2 * _MARGIN_MM
    high = (top - bottom) * mm + 2 * _MARGIN_MM
    height = high + _FOOT_MM + _ROW_MM * (len(notes) + (len(layers) - 1 if stacked else 0))

    def at(x: float, y: float) -> str:
        return f"{_MARGIN_MM + (x - left) * mm:.3f} {_MARGIN_MM + (top - y) * mm:.3f}"

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.2f}mm" height="{height:.2f}mm" '
        f'viewBox="0 0 {width:.2f} {height:.2f}" role="img" font-family="sans-serif" font-size="3">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{width:.2f}" height="{height:.2f}" fill="#fff"/>',
    ]
    for layer, (colour, dash) in zip(layers, _strokes(layers), strict=True):
        way = " ".join("M" + " L".join(at(x, y) for x, y in line.tolist()) for line in layer.lines)
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        parts.append(
            f'<path d="{way}" fill="none" stroke="{colour}" stroke-width="0.25" stroke-linejoin="round"{dashed}>'
            f"<title>{escape(layer.name)}</title></path>"
        )
    foot, x = high + 2.0, _MARGIN_MM
    for k in range(4):
        fill = "#000" if k % 2 == 0 else "#fff"
        step = bar * mm / 4
        parts.append(
            f'<rect x="{x + k * step:.3f}" y="{foot:.2f}" width="{step:.3f}" height="1.2" fill="{fill}" '
            'stroke="#000" stroke-width="0.15"/>'
        )
    parts.append(f'<text x="{x}" y="{foot + 5:.2f}">0</text>')
    parts.append(f'<text x="{x + bar * mm:.3f}" y="{foot + 5:.2f}" text-anchor="middle">{bar:g} m</text>')
    parts.append(f'<text x="{x + bar * mm + 8:.3f}" y="{foot + 1.4:.2f}">1 : {scale:g}</text>')
    y = foot + 10
    for layer, (colour, dash) in zip(layers, _strokes(layers), strict=True):
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        parts.append(
            f'<path d="M{x} {y - 1:.2f} h9" stroke="{colour}" stroke-width="0.5"{dashed}/>'
            f'<text x="{x + 11}" y="{y:.2f}">{escape(layer.name)}</text>'
        )
        x, y = (x, y + _ROW_MM) if stacked else (x + _legend_mm(layer), y)
    y += 0 if stacked else _ROW_MM
    parts += [
        f'<text x="{_MARGIN_MM}" y="{y + _ROW_MM * k:.2f}">{escape(n)}</text>' for k, n in enumerate(notes)
    ]
    return "\n".join([*parts, "</svg>", ""])


def _legend_mm(layer: Layer) -> float:
    """Room for a layer's stroke and name below the drawing."""
    return 15 + 1.8 * len(layer.name)


def _strokes(layers: Sequence[Layer]) -> list[tuple[str, str]]:
    """Colour and dashes of each layer."""
    styles = (STYLES[k % len(STYLES)] for k in range(len(layers)))
    return [
        (colour, _INTERPRETED if layer.interpreted else dash)
        for layer, (colour, dash) in zip(layers, styles, strict=True)
    ]


def dxf(layers: Sequence[Layer], notes: Sequence[str], bar: float) -> str:
    """ASCII DXF R12 (AC1009): a layer of polylines each, metres; a bar of ``bar`` metres and ``notes`` on layer SCALE."""
    left, bottom, right, top = bounds(layers)
    names = [*layer_names([(layer.id, layer.interpreted) for layer in layers]), "SCALE"]
    tags: list[tuple[int, object]] = [
        (0, "SECTION"), (2, "HEADER"), (9, "$ACADVER"), (1, "AC1009"),
        (9, "$EXTMIN"), (10, left), (20, bottom), (30, 0.0),
        (9, "$EXTMAX"), (10, right), (20, top), (30, 0.0), (0, "ENDSEC"),
        (0, "SECTION"), (2, "TABLES"), (0, "TABLE"), (2, "LTYPE"), (70, 1),
        (0, "LTYPE"), (2, "CONTINUOUS"), (70, 0), (3, "Solid line"), (72, 65), (73, 0), (40, 0.0), (0, "ENDTAB"),
        (0, "TABLE"), (2, "LAYER"), (70, len(names)),
    ]  # fmt: skip
    for k, name in enumerate(names):
        colour = _DXF_COLOURS[k % 4] if k < len(layers) else 7
        tags += [(0, "LAYER"), (2, name), (70, 0), (62, colour), (6, "CONTINUOUS")]
    tags += [(0, "ENDTAB"), (0, "ENDSEC"), (0, "SECTION"), (2, "ENTITIES")]
    for name, layer in zip(names, layers, strict=False):
        for line in layer.lines:
            tags += _polyline(name, line.tolist())
    y = bottom - max(0.1 * (top - bottom), 0.5)
    tick = bar / 20
    tags += _polyline("SCALE", [[left, y + tick], [left, y], [left + bar, y], [left + bar, y + tick]])
    size = bar / 12
    words = [f"{bar:g} m", *notes]
    for k, text in enumerate(words):
        tags += [(0, "TEXT"), (8, "SCALE"), (10, left), (20, y - size * 1.6 * (k + 1)), (30, 0.0), (40, size)]
        tags += [(1, _unicode(text))]
    tags += [(0, "ENDSEC"), (0, "EOF")]
    return "".join(f"{code:3d}\r\n{_value(value)}\r\n" for code, value in tags)


def _polyline(layer: str, points: list[list[float]]) -> list[tuple[int, object]]:
    closed = len(points) > 2 and points[0] == points[-1]
    tags: list[tuple[int, object]] = [
        (0, "POLYLINE"),
        (8, layer),
        (66, 1),
        (70, int(closed)),
        (10, 0.0),
        (20, 0.0),
        (30, 0.0),
    ]
    for x, y in points[: len(points) - closed]:
        tags += [(0, "VERTEX"), (8, layer), (10, x), (20, y), (30, 0.0)]
    return [*tags, (0, "SEQEND"), (8, layer)]


def layer_names(conditions: Sequence[tuple[str, bool]]) -> list[str]:
    """A DXF layer's name for each condition, by its id and whether it is interpreted; no two alike.

    R12 knows names of capitals, digits, - and _, up to 31. What would be the same once other letters are replaced and
    long names cut ends in _2, _3 and so on; `viewer/src/core/dxf.ts` names the same layers alike.
    """
    names: list[str] = []
    for id, interpreted in conditions:
        plain = re.sub(r"[^A-Z0-9_-]", "_", f"{'STATE' if interpreted else 'EPOCH'}_{id.upper()}")
        name, number = plain[:_NAME_LETTERS], 1
        while name in names:
            number += 1
            name = f"{plain[: _NAME_LETTERS - len(f'_{number}')]}_{number}"
        names.append(name)
    return names


def _unicode(text: str) -> str:
    """What R12 has no letter for, as every reader of it understands."""
    return "".join(
        c if c.isascii() and c.isprintable() else f"\\U+{ord(c):04X}" for c in text if ord(c) < 0x10000
    )


def _value(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.6f}" if math.isfinite(value) else "0.0"
    return str(value)
