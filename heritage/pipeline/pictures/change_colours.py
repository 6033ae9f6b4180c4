"""The colours of change, in every picture that a build draws: blue where material was lost, orange where it was gained."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from heritage.formats.tile_read import TileSurface
from heritage.model.arrays import F64
from heritage.model.release import ComparisonDocument, ComparisonEntry
from heritage.ops.comparison.compare import Change

# Of assets/colours/change.json, which the viewer reads; a test holds the two together.
CHANGE: tuple[tuple[float, tuple[int, int, int]], ...] = (
    (-1.0, (11, 60, 120)),
    (-0.6, (42, 111, 181)),
    (-0.25, (134, 180, 220)),
    (0.0, (234, 231, 225)),
    (0.25, (239, 182, 120)),
    (0.6, (217, 114, 42)),
    (1.0, (138, 48, 7)),
)
_SAME = (212.0, 209.0, 204.0)
RANGE_LODS = 4.0  # as the viewer: a change map's colours reach at least so many levels of detection

Colouring = Callable[[TileSurface], tuple[F64, npt.NDArray[np.bool_]]]
"""Colours (v, 3) 0..255 of a tile's vertices, and at which of them (v,) there is nothing to colour by."""


def change_range(found: ComparisonDocument | Change) -> float:
    """Metres at which a change map's colours end: nine tenths of the surface lie within."""
    return max(abs(found.p05_m), abs(found.p95_m), RANGE_LODS * found.lod95_m)


def tint(distance: npt.NDArray[Any], lod95: npt.NDArray[Any], range_m: float) -> F64:
    """(v, 3) 0..255 sRGB of distances (v,) in metres: quiet where they are within ``lod95`` (v,)."""
    places, anchors = (np.array(values, float) for values in zip(*CHANGE, strict=True))
    share = np.clip(distance / range_m, -1, 1)
    colours = np.stack([np.interp(share, places, anchors[:, k]) for k in range(3)], axis=1)
    colours[np.abs(distance) <= lod95] = _SAME
    return colours


def by_change(entry: ComparisonEntry, range_m: float) -> Colouring:
    """Colours by change: quiet where nothing significant changed, none where nothing was compared."""
    number = int(entry.attribute.rpartition("_")[2])

    def colours(surface: TileSurface) -> tuple[F64, npt.NDArray[np.bool_]]:
        change, count = surface.change.get(number), len(surface.part.vertices)
        if change is None:
            return np.broadcast_to(np.array(_SAME), (count, 3)), np.ones(count, bool)
        distance, lod = (change * entry.scale_m).T
        return tint(distance, lod, range_m), lod < 0

    return colours
