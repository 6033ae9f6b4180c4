"""The colours that the points of a cloud have: a mean over those around a place that face its side."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from heritage.model.arrays import F32, F64, U8, Bool, PointCloud
from heritage.model.colour import to_linear
from heritage.ops.points.grid import distinct, morton_order, spacing, voxel_keys
from heritage.ops.tiles.charts import side_of
from heritage.ops.tiles.gather_colours import Gatherer

_NEAR = 2.0  # spacings: how far a point is seen
_SIGMA = 0.6  # spacings: the width of a point's footprint
# For places with nothing near on their own side: spacings of the averaged points that speak instead, and whether
# these must be of the same side.
_WIDER = ((3.0, True), (9.0, False), (27.0, False))


class CloudColours:
    """Gaussian mean over the points around a place, in linear light.

    ``xyz`` (n, 3) float32 metres from the surface's origin; ``colour`` (n, 3) float32 linear light; ``normal``
    (n, 3) float32 or None; ``weight`` (n,) float32: how many measured points each stands for.
    """

    def __init__(
        self, xyz: F32, colour: F32, normal: F32 | None, spacing_m: float, weight: F32 | None = None
    ) -> None:
        self.texel_m = spacing_m / 2
        self.spacing_m = spacing_m
        self.xyz, self.colour, self.normal = xyz, colour, normal
        self.weight = np.ones(len(xyz), np.float32) if weight is None else weight
        self._gatherers: dict[float, Gatherer] = {}
        self._wider: dict[float, CloudColours] = {}

    @classmethod
    def of(cls, cloud: PointCloud, rgb: U8, origin: F64) -> CloudColours:
        """From a cloud and its ``rgb``; normals are used where it has them."""
        xyz = (cloud.xyz.astype(np.float64) + (cloud.origin - origin)).astype(np.float32)
        order = morton_order(xyz)
        once = distinct(xyz[order])
        normal = None if cloud.normal is None else cloud.normal[order]
        apart = spacing(xyz[order][once]) or 0.01
        return cls(xyz[order], to_linear(rgb[order]), normal, apart)

    def at(self, xyz: F32, side: U8) -> F32:
        """As ``Colours.at``. Where no point was seen from this side (what was filled in), the colours of ever wider
        surroundings: first of the same side, then of any."""
        if self.normal is None:
            side = np.full(len(xyz), 255, np.uint8)
        colour, seen = self._gathered(xyz, side, _NEAR, _SIGMA)
        wider: CloudColours = self
        for factor, own_side in _WIDER:
            missed = np.flatnonzero(~seen)
            if not len(missed):
                return colour
            if factor not in self._wider:
                self._wider[factor] = self.averaged(self.spacing_m * factor)
            wider = self._wider[factor]
            asked = side[missed] if own_side else np.full(len(missed), 255, np.uint8)
            colour[missed], seen[missed] = wider._gathered(xyz[missed], asked, 2.0, 1.0)
        missed = np.flatnonzero(~seen)
        if len(missed) and len(wider.xyz):
            _, nearest = cKDTree(wider.xyz).query(xyz[missed])
            colour[missed] = wider.colour[nearest]
        return colour

    def averaged(self, size_m: float) -> CloudColours:
        """One point per voxel of ``size_m`` and side, where that is coarser than the points are. Voxels lie on
        multiples of their size, so those of twice the size hold them whole."""
        if size_m <= self.spacing_m or not len(self.xyz):
            return self
        key = voxel_keys(np.floor(self.xyz.astype(np.float64) / size_m).astype(np.int64) + (1 << 19))
        if self.normal is not None:
            # Both faces of a thin wall may share a voxel: their colours must not.
            unknown = _unknown(self.normal)
            key = key * 7 + np.where(unknown, 6, side_of(self.normal))
        order = np.argsort(key, kind="stable")
        start = np.flatnonzero(np.diff(key[order], prepend=-1))
        weight = np.add.reduceat(self.weight[order], start)

        def mean(values: F32) -> F32:
            total = np.add.reduceat(
                values[order].astype(np.float64) * self.weight[order, None], start, axis=0
            )
            return np.asarray(total / weight[:, None], np.float32)

        normal = None
        if self.normal is not None:
            turned = mean(self.normal)
            length = np.maximum(np.linalg.norm(turned, axis=1, keepdims=True), 1e-12)
            normal = (turned / length).astype(np.float32)
        return CloudColours(mean(self.xyz), mean(self.colour), normal, size_m, weight)

    def _gathered(
        self, xyz: F32, side: npt.NDArray[np.uint8], reach: float, sigma: float
    ) -> tuple[F32, Bool]:
        """Colour (n, 3) and whether any point was within ``reach`` spacings."""
        if reach not in self._gatherers:
            sides = np.full(len(self.xyz), 255, np.uint8)
            if self.normal is not None:
                sides = _seen_from(self.normal)
            self._gatherers[reach] = Gatherer(self.xyz, self.colour, sides, reach * self.spacing_m)
        return self._gatherers[reach].means(xyz, side, sigma * self.spacing_m)


def _unknown(normal: F32) -> Bool:
    """(n,) True for normals (n, 3) of length 0. Column by column: numpy is slow along a short axis."""
    return np.asarray((normal[:, 0] == 0) & (normal[:, 1] == 0) & (normal[:, 2] == 0))


@numba.njit(cache=True)
def _seen_from(normal: Any) -> Any:
    """(n,) uint8: bit k is set where axis k looks at the front of a point; all are where its normal is unknown."""
    sides = np.empty(len(normal), np.uint8)
    for i in range(len(normal)):
        bits = 0
        for d in range(3):
            if normal[i, d] > 0:
                bits |= 1 << (2 * d)
            elif normal[i, d] < 0:
                bits |= 2 << (2 * d)
        sides[i] = bits if bits else 255
    return sides
