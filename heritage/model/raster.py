"""A raster with its place on the globe: heights of a ground model, or the colours of an orthophoto."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F64, checked

VerticalKind = Literal["ellipsoidal", "orthometric"]


@dataclass(frozen=True, eq=False)
class Raster:
    """``values``: heights (h, w) float32, NaN where there are none; or colours (h, w, 4) uint8, sRGB and alpha.

    ``xy_from_pixel`` (2, 3) float64 leads from (column, row, 1), counted from the middle of the first pixel, to x and
    y of ``crs`` (WKT; x east, y north). ``vertical`` is what its file says heights are above, None where it says
    nothing.
    """

    values: npt.NDArray[Any]
    xy_from_pixel: F64
    crs: str
    vertical: VerticalKind | None = None

    def __post_init__(self) -> None:
        object.__setattr__(
            self, "xy_from_pixel", checked("xy_from_pixel", self.xy_from_pixel, "float64", (2, 3))
        )
        kind = (self.values.dtype.name, self.values.shape[2:])
        if kind not in {("float32", ()), ("uint8", (4,))} or self.values.size == 0:
            raise ValueError(f"values {self.values.shape} of {self.values.dtype}")
        if abs(np.linalg.det(self.xy_from_pixel[:, :2])) < 1e-24:
            raise ValueError("pixels have no area")

    @property
    def pixel_from_xy(self) -> F64:
        """The way back (2, 3)."""
        turn = np.linalg.inv(self.xy_from_pixel[:, :2])
        return np.column_stack([turn, -turn @ self.xy_from_pixel[:, 2]])

    def corners(self) -> F64:
        """Outer corners (4, 2) in the CRS."""
        h, w = self.values.shape[:2]
        pixels = np.array([[-0.5, -0.5, 1], [w - 0.5, -0.5, 1], [w - 0.5, h - 0.5, 1], [-0.5, h - 0.5, 1]])
        return np.asarray(pixels @ self.xy_from_pixel.T)
