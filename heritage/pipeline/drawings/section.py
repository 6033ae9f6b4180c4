"""Cut released conditions with one plane: the finest surface each, in true metres."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from heritage.formats.tile_read import read_tile
from heritage.model.arrays import F64
from heritage.model.release import EpochEntry, MonumentEntry, StateEntry
from heritage.ops.viewing.section import Plane, chained, cut
from heritage.pipeline.surface_near import tiles_in


@dataclass(frozen=True, eq=False)
class Profile:
    """The lines (n, 2) that one condition leaves in a plane, true metres; ``error_m``: of the tiles that were cut."""

    condition: str
    lines: tuple[F64, ...]
    error_m: float


def profile_of(
    folder: Path,
    monument: MonumentEntry,
    shown: EpochEntry | StateEntry,
    plane: Plane,
    window: tuple[F64, F64] | None = None,
) -> Profile:
    """Of a condition in the release ``folder``. ``window``: only what lies in this rectangle of the plane, low and
    high (2,), metres of the monument frame."""
    low, high = np.array(shown.bounds.min), np.array(shown.bounds.max)
    segments, worst = [np.empty((0, 2, 2))], 0.0
    for path, error in tiles_in(folder / shown.tileset, low, high, 0.0):
        for surface in read_tile(path).surfaces:
            segments.append(cut(surface.part.vertices, surface.part.triangles, plane))
            worst = max(worst, error)
    lines = chained(np.concatenate(segments))
    if window is not None:
        lines = _within(lines, *window)
    scale = monument.placement.scale
    return Profile(shown.id, tuple(scale * line for line in lines), worst * scale)


def _within(lines: list[F64], low: F64, high: F64) -> list[F64]:
    """Lines (n, 2) cut off at a rectangle."""
    shapes = shapely.clip_by_rect([shapely.LineString(line) for line in lines], *low, *high)
    parts = shapely.get_parts(shapes)
    return [shapely.get_coordinates(part) for part in parts[~shapely.is_empty(parts)]]
