"""Cut released conditions with one plane: the finest surface each, in true metres."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from heritage.formats.tile_read import read_tile
from heritage.model.arrays import F64
from heritage.model.documents import SectionPlane
from heritage.model.release import EpochEntry, MonumentEntry, StateEntry
from heritage.ops.viewing.section import Plane, across, chained, cut, upright
from heritage.pipeline.surfaces.near import tiles_where


@dataclass(frozen=True, eq=False)
class Profile:
    """The lines (n, 2) that one condition leaves in a plane, true metres; ``error_m``: of the tiles that were cut."""

    condition: str
    interpreted: bool
    lines: tuple[F64, ...]
    error_m: float


def plane_of(document: SectionPlane) -> Plane:
    """The plane that a stop's ``section`` names, drawn as the viewer draws it."""
    if document.across is not None:
        return across(document.across, float(document.at_m or 0.0))
    return upright(np.array(document.from_m), np.array(document.to_m))


def profile_of(
    folder: Path,
    monument: MonumentEntry,
    shown: EpochEntry | StateEntry,
    plane: Plane,
    window: tuple[F64, F64] | None = None,
    error_m: float = 0.0,
) -> Profile:
    """Of a condition in the release ``folder``. ``window``: only what lies in this rectangle of the plane, low and
    high (2,), metres of the monument frame. ``error_m``: tiles so coarse will do."""

    def met(centre: F64, half: F64) -> bool:
        return bool(abs((centre - plane.origin) @ plane.look) <= half @ np.abs(plane.look))

    segments, worst = [np.empty((0, 2, 2))], 0.0
    for path, error in tiles_where(folder / shown.tileset, met, error_m):
        for surface in read_tile(path).surfaces:
            segments.append(cut(surface.part.vertices, surface.part.triangles, plane))
            worst = max(worst, error)
    lines = chained(np.concatenate(segments))
    if window is not None:
        lines = _within(lines, *window)
    scale = monument.placement.scale
    return Profile(
        shown.id, isinstance(shown, StateEntry), tuple(scale * line for line in lines), worst * scale
    )


def _within(lines: list[F64], low: F64, high: F64) -> list[F64]:
    """Lines (n, 2) cut off at a rectangle."""
    shapes = shapely.clip_by_rect([shapely.LineString(line) for line in lines], *low, *high)
    parts = shapely.get_parts(shapes)
    return [shapely.get_coordinates(part) for part in parts[~shapely.is_empty(parts)]]
