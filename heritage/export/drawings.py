"""Elevations and sections of the current release as files to print and to draw on."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from heritage.export.current import ending_of, released_monument
from heritage.formats.drawing import Layer, bounds, dxf, svg
from heritage.model.errors import InputError
from heritage.ops.viewing.section import level, upright
from heritage.pipeline.drawings.elevation import bar_m, condition_of, drawn_elevation, sheet_for, with_scale
from heritage.pipeline.drawings.section import profile_of
from heritage.pipeline.drawings.sides import stand_of
from heritage.store import publish_bytes

_MM_PER_INCH = 25.4
_MOST_MM, _MOST_SCALE = 10_000, 1_000_000


def export_elevation(
    site: Path, monument: str, condition: str, target: Path, *, side: str, mm_per_pixel: float, scale: float
) -> tuple[int, int]:
    """Write one elevation as PNG or TIFF; width and height in pixels, the strip with the bar below included.

    The file's resolution prints it at 1 : ``scale``. Raises InputError where the monument, the condition, the side or
    the ending is none there is, and where the picture would be too large.
    """
    kind = ending_of(target, {".png": "PNG", ".tif": "TIFF", ".tiff": "TIFF"})
    folder, entry = released_monument(site, monument)
    shown = condition_of(entry, condition)
    _demand_size("mm per pixel", mm_per_pixel, _MOST_MM)
    _demand_size("scale", scale, _MOST_SCALE)
    stand = stand_of(folder, entry)
    seen = stand.side(side)
    sheet = sheet_for(entry, stand, seen, mm_per_pixel / 1000)
    azimuth = "" if seen.true_deg is None else f" {seen.true_deg:.0f} deg"
    words = f"{monument} {condition}, {seen.name}{azimuth}, {mm_per_pixel:g} mm/px"
    picture = with_scale(drawn_elevation(folder, shown, sheet).picture(), mm_per_pixel / 1000, words)
    dpi = _MM_PER_INCH / (mm_per_pixel / scale)
    out = io.BytesIO()
    # Deflate, not LZW: smaller, and every reader of TIFF since 2002 knows it.
    options: dict[str, object] = {"compression": "tiff_adobe_deflate"} if kind == "TIFF" else {}
    Image.fromarray(picture).save(out, format=kind, dpi=(dpi, dpi), **options)
    publish_bytes(target, out.getvalue())
    return picture.shape[1], picture.shape[0]


def export_section(
    site: Path,
    monument: str,
    conditions: Sequence[str],
    target: Path,
    *,
    line: tuple[tuple[float, float], tuple[float, float]] | None,
    level_m: float | None,
    scale: float,
) -> int:
    """Write one section through all ``conditions`` as SVG at 1 : ``scale`` or DXF in metres; how many lines it has.

    ``line``: x y of two points in the monument frame that a vertical plane goes through, seen with the second on the
    right; else ``level_m``: the height of a horizontal plane.
    """
    kind = ending_of(target, {".svg": "svg", ".dxf": "dxf"})
    _demand_size("scale", scale, _MOST_SCALE)
    folder, entry = released_monument(site, monument)
    if (line is None) == (level_m is None):
        raise InputError(
            "section", "a line and a level, or neither", "one of the two is needed",
            "give --from and --to, or --level", code="option-invalid",
        )  # fmt: skip
    if line is not None:
        start, end = np.array(line, np.float64)
        if np.linalg.norm(end - start) < 1e-6:
            raise InputError(
                "section", "both points are the same", "two different points", code="option-invalid"
            )
        plane = upright(start, end)
        where = f"x y {start[0]:g} {start[1]:g} – {end[0]:g} {end[1]:g} m"
    else:
        plane, where = level(float(level_m or 0.0)), f"z = {level_m:g} m"
    profiles = [profile_of(folder, entry, condition_of(entry, one), plane) for one in conditions]
    count = sum(len(profile.lines) for profile in profiles)
    if not count:
        low, high = entry.bounds.min, entry.bounds.max
        box = ", ".join(f"{n} {a:.1f} to {b:.1f}" for n, a, b in zip("xyz", low, high, strict=True))
        raise InputError(
            "section", f"the plane {where} meets no surface", f"the monument lies within {box} m",
            "move the plane", code="option-invalid",
        )  # fmt: skip
    dates = {epoch.id: epoch.captured for epoch in entry.epochs}
    layers = [
        Layer(
            " ".join(filter(None, (p.condition, dates.get(p.condition)))), p.lines, p.condition, p.interpreted
        )
        for p in profiles
    ]
    error = max(profile.error_m for profile in profiles)
    notes = [f"{monument}, {where}", f"tiles within {1000 * error:.0f} mm of the surface; {folder.name}"]
    left, _, right, _ = bounds(layers)
    bar = bar_m(right - left)
    title = f"{monument}: {where}"
    text = svg(layers, scale, title, notes, bar) if kind == "svg" else dxf(layers, notes, bar)
    publish_bytes(target, text.encode("utf-8" if kind == "svg" else "ascii"))
    return count


def _demand_size(what: str, value: float, most: float) -> None:
    if not 0 < value < most:
        raise InputError(
            what, f"{value:g}", f"more than 0 and less than {most:,} is allowed", code="option-invalid"
        )
