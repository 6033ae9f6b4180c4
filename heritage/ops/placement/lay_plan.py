"""Compiled loop: a plan's cells drawn on a grid that repeats."""

from __future__ import annotations

import numba
import numpy as np

from heritage.model.arrays import F64


@numba.njit(cache=True, nogil=True)
def lay_plan(xy: F64, angle: F64, share: F64, yaws: F64, pixels: float, n: int) -> F64:
    """(h, 3, n, n) cosine and sine of the doubled normal angles, and the presence, of cells turned by each of ``yaws`` (h,).

    ``xy`` (m, 2) metres, ``pixels`` to a metre; ``angle`` (m,) and ``yaws`` radians; each cell counts by its ``share`` (m,).
    """
    laid = np.zeros((len(yaws), 3, n, n))
    for h in range(len(yaws)):
        c, s = np.cos(yaws[h]), np.sin(yaws[h])
        for k in range(len(xy)):
            i = int(np.floor(pixels * (c * xy[k, 0] - s * xy[k, 1]))) % n
            j = int(np.floor(pixels * (s * xy[k, 0] + c * xy[k, 1]))) % n
            doubled = 2 * (angle[k] + yaws[h])
            laid[h, 0, i, j] += share[k] * np.cos(doubled)
            laid[h, 1, i, j] += share[k] * np.sin(doubled)
            laid[h, 2, i, j] += share[k]
    return laid
