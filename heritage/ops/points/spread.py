"""An order of points whose every beginning covers the whole evenly: coarse levels take the first few."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F32
from heritage.ops.points.grid import thin


def spread(xyz: F32) -> npt.NDArray[np.intp]:
    """All indices of points (n, 3), those of a coarse voxel grid first, then those of ever finer ones.

    Deterministic. Within one grid the order is shuffled (fixed seed), so that a beginning that ends between two
    grids is even as well.
    """
    left = np.ones(len(xyz), bool)
    rng = np.random.default_rng(0)
    order: list[npt.NDArray[np.intp]] = []
    size = max(float(np.ptp(xyz, axis=0).max()), 1e-6) / 8 if len(xyz) else 1.0
    for _ in range(9):
        open_ = np.flatnonzero(left)
        if not len(open_):
            break
        chosen = open_[thin(xyz[open_], size)]
        order.append(rng.permutation(chosen))
        left[chosen] = False
        size /= 2
    return np.concatenate([*order, rng.permutation(np.flatnonzero(left))]).astype(np.intp)
