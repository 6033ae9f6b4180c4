"""Views that no curator wrote, of what a stop is about, from where nothing stands in the way."""

from __future__ import annotations

import numpy as np

from heritage.model.arrays import F64, triple
from heritage.model.documents import Stop, View
from heritage.model.release import MonumentEntry
from heritage.ops.viewing.choose import view_of_box, view_of_places
from heritage.pipeline.pictures.sceneries import Sceneries
from heritage.pipeline.pictures.site_views import site_from
from heritage.pipeline.pictures.views import box_corners

_AROUND = 0.045  # of the monument's size is shown on each side of an annotation


class StopViews:
    """Views of one monument as released, found among all that stands around it in ``sceneries``.

    They are looked for in the site frame, where up is up and a metre is one, and given in the monument's, like written ones.
    """

    def __init__(self, sceneries: Sceneries, monument: MonumentEntry) -> None:
        self.monument = monument
        self._sceneries = sceneries
        self._placed = site_from(monument)
        low, high = (np.array(corner) for corner in (monument.bounds.min, monument.bounds.max))
        self._ground_m = float(self._placed.apply(box_corners(low, high))[:, 2].min())
        self._around = _AROUND * float(np.linalg.norm(high - low))  # metres of the monument frame

    def view(self, stop: Stop) -> View:
        """The stop's own view; else one of its annotations, all of them seen; else the monument's."""
        if stop.view is not None:
            return stop.view
        marks = [a for a in self.monument.annotations if a.id in stop.annotations]
        scenery = (
            self._sceneries.scenery(self.monument.id, _condition(stop, self.monument)) if marks else None
        )
        if scenery is None:  # no annotations; or the linter asks for what is not built yet
            return self.monument.view
        places = np.array([mark.position_m for mark in marks], np.float64)
        outlines = [np.array(mark.vertices_m, np.float64).reshape(-1, 3) for mark in marks]
        extent = np.concatenate([places, *outlines])
        normals = [mark.normal for mark in marks if mark.normal is not None]
        facing = np.sum(normals, axis=0) if len(normals) == len(marks) else None
        if facing is not None and np.linalg.norm(facing) < 0.3 * len(marks):
            facing = None  # they face different ways
        found = view_of_places(
            scenery,
            self._placed.apply(places),
            self._placed.apply(extent),
            None if facing is None else self._placed.rotation @ facing,
            self._around * self._placed.scale,
            self._ground_m,
        )
        box = extent.min(0) - self._around, extent.max(0) + self._around
        return self.monument.view if found is None else self._home(found, *box)

    def unhidden(self) -> View:
        """The monument's view, of all of it, turned to where the reference epoch is not hidden."""
        given = self.monument.view
        if given.fit_m is None:
            raise ValueError("a view with a box is needed")
        low, high = (np.array(corner) for corner in given.fit_m)
        corners = self._placed.apply(box_corners(low, high))
        eye, target = self._placed.apply(np.array([given.eye_m, given.target_m], np.float64))
        box = triple(corners.min(0), 3), triple(corners.max(0), 3)
        here = View(eye_m=triple(eye, 3), target_m=triple(target, 3), fov_deg=given.fov_deg, fit_m=box)
        scenery = self._sceneries.scenery(self.monument.id, self.monument.reference_epoch)
        if scenery is None:
            raise ValueError(f"{self.monument.id} is not among those released")
        found = view_of_box(scenery, here)
        return given if found == here else self._home(found, low, high)

    def _home(self, found: View, low: F64, high: F64) -> View:
        """A view of the site frame in the monument's, with the box ``low``..``high`` (3,) of that."""
        eye, target = self._placed.inverse().apply(np.array([found.eye_m, found.target_m], np.float64))
        fit = triple(low, 3), triple(high, 3)
        return View(eye_m=triple(eye, 3), target_m=triple(target, 3), fov_deg=found.fov_deg, fit_m=fit)


def _condition(stop: Stop, monument: MonumentEntry) -> str:
    shown = stop.compare.right if stop.compare else stop.show
    return str(shown.epoch or shown.state) if shown else monument.reference_epoch
