"""Pack rectangles into a strip, by the skyline method (lowest place first, tallest rectangle first)."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

I64 = npt.NDArray[np.int64]


def pack(sizes: I64, width: int) -> tuple[I64, int]:
    """Lower-left corners (n, 2) of rectangles ``sizes`` (n, 2) in a strip of ``width``, and the height used.

    Pixels. No two overlap. No rectangle may be wider than the strip.
    """
    if len(sizes) and int(sizes[:, 0].max()) > width:
        raise ValueError(f"a rectangle {int(sizes[:, 0].max())} wide does not fit {width}")
    order = np.lexsort((np.arange(len(sizes)), -sizes[:, 0], -sizes[:, 1]))
    corners = np.zeros((len(sizes), 2), np.int64)
    return corners, int(_skyline(order, sizes.astype(np.int64), width, corners))


@numba.njit(cache=True)
def _skyline(order, sizes, width, corners):  # type: ignore[no-untyped-def]
    sky = np.zeros(width, np.int64)
    top = 0
    for i in order:
        w, h = sizes[i, 0], sizes[i, 1]
        best = 1 << 60
        left = 0
        x = 0
        while x + w <= width:
            level = 0
            tallest = x
            for column in range(x, x + w):
                if sky[column] >= level:
                    level = sky[column]
                    tallest = column
                if level >= best:
                    break
            if level < best:
                best = level
                left = x
                if best == 0:
                    break
            # Nothing that still holds the tallest column can be lower.
            x = tallest + 1 if level >= best else x + 1
        for column in range(left, left + w):
            sky[column] = best + h
        corners[i, 0] = left
        corners[i, 1] = best
        top = max(top, best + h)
    return top
