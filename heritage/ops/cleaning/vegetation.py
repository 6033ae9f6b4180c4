"""Vegetation that stands beside a surface: points in company."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from heritage.model.arrays import PointCloud

_COMPANY = 6  # neighbours that make company
_FAR = 4.0  # and how many times the usual distance they may be away


def in_company(vegetation: PointCloud) -> PointCloud | None:
    """Without lone points: a leaf is never alone, and what is would float in the air as a dot. None where too few."""
    if len(vegetation) <= _COMPANY:
        return None
    reach = cKDTree(vegetation.xyz).query(vegetation.xyz, _COMPANY + 1)[0][:, -1]
    return vegetation.select(reach <= _FAR * np.median(reach))
