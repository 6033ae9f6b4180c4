"""Compiled loop: which places are on an area or near it."""

from __future__ import annotations

import numba
import numpy as np

from heritage.model.arrays import F64, Bool


@numba.njit(cache=True, nogil=True)
def near_area(places: F64, ends: F64, reach: float) -> Bool:
    """(n,) whether places (n, 2) are on the area whose rings are made of ``ends`` (e, 2, 2), or at most ``reach`` from it.

    Inside is where a line to the east crosses the rings an odd number of times.
    """
    near = np.zeros(len(places), np.bool_)
    for i in range(len(places)):
        x, y = places[i]
        inside = False
        for e in range(len(ends)):
            ax, ay, bx, by = ends[e, 0, 0], ends[e, 0, 1], ends[e, 1, 0], ends[e, 1, 1]
            dx, dy = bx - ax, by - ay
            if (ay <= y) != (by <= y) and x < ax + (y - ay) * dx / dy:
                inside = not inside
            square = dx * dx + dy * dy
            # A ring may have a corner twice: an edge without length is a place.
            way = min(max(((x - ax) * dx + (y - ay) * dy) / square, 0.0), 1.0) if square > 0 else 0.0
            if (ax + way * dx - x) ** 2 + (ay + way * dy - y) ** 2 <= reach * reach:
                inside = True
                break
        near[i] = inside
    return near
