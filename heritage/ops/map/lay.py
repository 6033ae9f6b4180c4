"""Lay a georeferenced picture on a rectangle of the site frame."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.ndimage import map_coordinates

from heritage.model.arrays import F64, U8

_STEP_PX = 64


def lay(
    colours: U8, pixel_from_site: Callable[[F64], F64], low: F64, pixel_m: float, width: int, height: int
) -> U8:
    """``colours`` (h, w, 4) as they lie over (height, width) pixels from the south-west corner ``low``; north first.

    ``pixel_from_site`` carries places (n, 2) to (column, row). It is asked every 64 pixels and taken as straight
    between: over such a way the mapping of any map projection bends by less than a hundredth of a pixel. Beyond the
    picture alpha is 0.
    """
    columns = np.arange(0, width + _STEP_PX, _STEP_PX)
    rows = np.arange(0, height + _STEP_PX, _STEP_PX)
    at = np.meshgrid(columns, rows)
    xy = np.column_stack([at[0].ravel() + 0.5, height - at[1].ravel() - 0.5]) * pixel_m + low
    knots = pixel_from_site(xy).reshape(len(rows), len(columns), 2)
    where = np.meshgrid(np.arange(height) / _STEP_PX, np.arange(width) / _STEP_PX, indexing="ij")
    column, row = (map_coordinates(knots[:, :, k], where, order=1, mode="nearest") for k in (0, 1))
    result = np.empty((height, width, 4), np.uint8)
    for channel in range(4):
        map_coordinates(
            colours[:, :, channel],
            [row, column],
            output=result[:, :, channel],
            order=1,
            mode="constant",
            cval=0,
        )
    return result
