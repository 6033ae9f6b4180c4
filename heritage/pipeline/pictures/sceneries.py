"""The surfaces of a release, or of one being written, as its visitors see them, in the site frame.

Beside the surveys and states these are the map's buildings that are nearest to the monuments: they hide and are bumped into
like measured walls.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

from heritage.model.release import FootprintLayer, MonumentEntry
from heritage.ops.map.extrude import extrude
from heritage.ops.viewing.scenery import Scenery
from heritage.pipeline.map.buildings import plans_around
from heritage.pipeline.map.write import FOOTPRINTS
from heritage.pipeline.pictures.site_views import site_from
from heritage.pipeline.surfaces.of_tileset import SIGHT_ERROR_M, SIGHT_TILES, tiles_triangles

_FAR_ERROR_M = 0.4  # of monuments that only stand in the way
_NEAR_KEPT = 3  # conditions kept in full detail, each of them millions of triangles: a stop shows two at most


class Sceneries:
    """Opens the tiles of ``monuments`` in the release's ``folder``, each once."""

    def __init__(self, folder: Path, monuments: Iterable[MonumentEntry]) -> None:
        self._folder = folder
        self._monuments = {m.id: m for m in monuments}
        self._near = lru_cache(_NEAR_KEPT)(self._read)
        self._far = cache(self._read)
        self._buildings = cache(self._read_buildings)

    def monument(self, id: str) -> MonumentEntry | None:
        """The monument as released."""
        return self._monuments.get(id)

    def scenery(self, monument: str, condition: str) -> Scenery | None:
        """All surfaces while ``condition`` (an epoch's or a state's id) of ``monument`` is shown; None if not released."""
        entry = self._monuments.get(monument)
        shown = None if entry is None else entry.condition(condition)
        if entry is None or shown is None:
            return None
        parts = [self._near(monument, shown.tileset, SIGHT_ERROR_M, SIGHT_TILES), self._buildings()]
        each = max(SIGHT_TILES // len(self._monuments), 1)
        for other in self._monuments.values():
            if other.id != monument:
                reference = next(e for e in other.epochs if e.id == other.reference_epoch)
                parts.append(self._far(other.id, reference.tileset, _FAR_ERROR_M, each))
        return Scenery.together(parts)

    def _read(self, monument: str, tileset: str, error_m: float, most: int) -> Scenery:
        placed = site_from(self._monuments[monument])
        tiles = tiles_triangles(self._folder / tileset, error_m, most)
        return Scenery((placed.apply(vertices), triangles) for vertices, triangles in tiles)

    def _read_buildings(self) -> Scenery:
        path = self._folder / FOOTPRINTS
        if not path.exists():
            return Scenery([])  # the site has no footprints
        plans = plans_around(FootprintLayer.model_validate_json(path.read_bytes(), strict=False))
        raised = extrude(plans, np.arange(len(plans)))
        return Scenery([(raised.vertices, raised.triangles.astype(np.int64))], outside_only=True)
