"""Views that no curator wrote, of what a stop is about, from where nothing stands in the way."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from heritage.model.documents import Stop, View
from heritage.model.release import MonumentEntry
from heritage.ops.viewing.choose import view_of_box, view_of_places
from heritage.ops.viewing.scenery import Scenery
from heritage.pipeline.tileset_surface import SIGHT_ERROR_M, tiles_triangles


class StopViews:
    """Views of one monument in the release that is being written into ``folder``; its tiles are there already."""

    def __init__(self, folder: Path, monument: MonumentEntry) -> None:
        self.monument = monument
        self._folder = folder
        self._scenery = lru_cache(1)(self._read)

    def view(self, stop: Stop) -> View:
        """The stop's own view; else one of its annotations, all of them seen; else the monument's."""
        if stop.view is not None:
            return stop.view
        marks = [a for a in self.monument.annotations if a.id in stop.annotations]
        if not marks:
            return self.monument.view
        low, high = (np.array(corner) for corner in (self.monument.bounds.min, self.monument.bounds.max))
        places = np.array([mark.position_m for mark in marks], np.float64)
        normals = [mark.normal for mark in marks if mark.normal is not None]
        facing = np.sum(normals, axis=0) if len(normals) == len(marks) else None
        if facing is not None and np.linalg.norm(facing) < 0.3 * len(marks):
            facing = None  # they face different ways
        size = float(np.linalg.norm(high - low))
        found = view_of_places(self._scenery(_condition(stop, self.monument)), places, facing, size, low[2])
        return found or self.monument.view

    def unhidden(self, given: View) -> View:
        """``given``, a view of the whole monument, turned to where the reference epoch is not hidden."""
        return view_of_box(self._scenery(self.monument.reference_epoch), given)

    def _read(self, condition: str) -> Scenery:
        shown = self.monument.condition(condition)
        if shown is None:
            raise ValueError(f"{condition} is no condition of {self.monument.id}")
        return Scenery(tiles_triangles(self._folder / shown.tileset, SIGHT_ERROR_M))


def _condition(stop: Stop, monument: MonumentEntry) -> str:
    shown = stop.compare.right if stop.compare else stop.show
    return str(shown.epoch or shown.state) if shown else monument.reference_epoch
