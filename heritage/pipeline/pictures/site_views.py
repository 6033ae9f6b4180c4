"""Views of a monument's frame in the site frame, where cameras are moved."""

from __future__ import annotations

import numpy as np

from heritage.model.arrays import Similarity
from heritage.model.documents import View
from heritage.model.release import MonumentEntry
from heritage.ops.viewing.camera import Pose
from heritage.pipeline.pictures.views import box_corners


def site_from(monument: MonumentEntry) -> Similarity:
    """site_from_monument of a released monument."""
    return Similarity.from_columns(monument.placement.site_from_monument)


def pose_of(view: View, monument: MonumentEntry) -> Pose:
    """A view of the monument's frame as a pose in the site frame."""
    placed = site_from(monument)
    fit = np.empty((0, 3)) if view.fit_m is None else placed.apply(box_corners(*map(np.array, view.fit_m)))
    eye, target = placed.apply(np.array([view.eye_m, view.target_m], np.float64))
    return Pose(eye, target, view.fov_deg, fit)
