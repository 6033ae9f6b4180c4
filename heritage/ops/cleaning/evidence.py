"""What colour and shape say about foliage and sky: both must speak before a point is called either.

A mossy wall is green and flat, a carved mane is rough and grey, a glazed tile is blue and flat: none of them
is foliage or sky. Points are pooled in small voxels, and the voxels over their neighbours, so that single
leaves and single blue pixels do not decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F32, U8, Bool
from heritage.model.octree import Octree
from heritage.ops.cleaning.sky import HAZY, sky_blueness
from heritage.ops.points.neighbours import Neighbours
from heritage.ops.points.pieces import Grid

_WIDE_NEIGHBOURS: Final = 24  # a patch of about 7 spacings around the point
_WIDE_REACH: Final = 4.8  # voxels
_POOLED: Final = 9
_POOLED_REACH: Final = 2.4
VOXEL_SPACINGS: Final = 2.5
# A point's voxel, from there to one it is pooled with, from there to those of its wide neighbourhood, and their
# points: so many voxels around a block decide what is said of its points.
REACH_VOXELS: Final = 1 + _POOLED_REACH + _WIDE_REACH + 1 + 0.2
_LOOSE: Final = 0.02  # scatter below which points lie on a surface, whatever their colour
_FLAT: Final = 0.06  # below which a surface shows its own colour; sheets of strays begin at twice as much
_FLATS: Final = 8
_FLATS_REACH: Final = 7.0  # voxels, and one's diagonal, are within REACH_VOXELS
_UNIT: Final = 65_535  # shares are kept in whole units: their sums are the same in any order


@dataclass(frozen=True, eq=False)
class Evidence:
    """Per point (n,): ``green`` bool and ``sky`` 0..1 are its own colour, ``scatter`` its own shape.

    ``green_share``, ``depth`` (mean excess green), ``rough`` (scatter) and ``wide_rough`` (scatter of the wider
    neighbourhood) are pooled around it; so is ``beside`` (n, 3), the mean colour of what may be surface, NaN where
    there is none.
    """

    green: Bool
    sky: F32
    scatter: F32
    green_share: F32
    depth: F32
    rough: F32
    wide_rough: F32
    beside: F32


def is_green(rgb: U8) -> Bool:
    """(n,) leaf green: excess green 2g - r - b (Woebbecke et al. 1995) over 0.15 of the brightness, g > r > b.

    The order of the channels keeps imperial yellow (r > g) and green glaze and patina (b > r) out.
    """
    r, g, b = rgb.astype(np.float32).T
    return np.asarray((2 * g - r - b > 0.15 * (r + g + b)) & (g > 1.02 * r) & (b < r - 0.08 * g))


def excess_green(rgb: U8) -> F32:
    """(n,) (2g - r - b) / (r + g + b), 0 where negative: leaves have some 0.4, moss and lichen on stone half of it."""
    r, g, b = rgb.astype(np.float32).T
    return np.asarray(np.clip((2 * g - r - b) / np.maximum(r + g + b, 1), 0, 1), np.float32)


def in_units(share: F32) -> npt.NDArray[np.uint16]:
    """Shares 0..1 (n,) in whole units of 1 / 65,535."""
    return np.rint(np.clip(share, 0, 1) * _UNIT).astype(np.uint16)


def weigh(
    xyz: F32, rgb: U8 | None, scatter: npt.NDArray[np.uint16], asked: Bool, grid: Grid, root: Octree
) -> Evidence:
    """Evidence for the points that are ``asked`` (n,); ``scatter`` (n,) of each neighbourhood as by ``in_units``.

    ``xyz`` (n, 3) must hold what is within ``REACH_VOXELS`` of those, then it is the same for any piece of a
    cloud. ``grid`` and ``root`` are the cloud's.
    """
    green = np.zeros(len(xyz), bool) if rgb is None else is_green(rgb)
    keys, first, voxel = np.unique(grid.keys(xyz), return_index=True, return_inverse=True)
    count = np.bincount(voxel)
    centre = _centres(xyz, first, voxel, count, grid)
    depth = np.zeros(len(xyz)) if rgb is None else in_units(excess_green(rgb)).astype(np.float64)
    pooled = [
        np.bincount(voxel, weights=green) / count,
        np.bincount(voxel, weights=depth) / count / _UNIT,
        np.bincount(voxel, weights=scatter.astype(np.float64)) / count / _UNIT,
    ]
    near = np.zeros(len(keys), bool)
    near[voxel[asked]] = True
    around = Neighbours.of(centre, root=root)
    index, distance = around.nearest(_POOLED, reach_m=_POOLED_REACH * grid.size_m, asked=near)
    there = np.isfinite(distance)
    wanted = np.zeros(len(keys), bool)
    wanted[index[there]] = True
    wide = around.shape(_WIDE_NEIGHBOURS, reach_m=_WIDE_REACH * grid.size_m, asked=wanted).scatter
    place = np.cumsum(near)[voxel[asked]] - 1
    smooth = []
    for value in (*pooled, wide.astype(np.float64)):
        smooth.append((_summed(value, index, there) / there.sum(1))[place].astype(np.float32))
    own = (scatter[asked] / np.float32(_UNIT)).astype(np.float32)
    sky = np.zeros(len(xyz), np.float32)
    beside = np.full((len(place), 3), np.nan, np.float32)
    if rgb is not None:
        sky = sky_blueness(rgb)
        surface = np.where((sky > HAZY) & (scatter > _LOOSE * _UNIT), 0.0, 1.0)
        colour = np.column_stack(
            [_summed(np.bincount(voxel, weights=surface * rgb[:, k]), index, there) for k in range(3)]
        )
        many = _summed(np.bincount(voxel, weights=surface), index, there)[:, None]
        beside = np.where(many > 0, colour / np.maximum(many, 1), np.nan)[place].astype(np.float32)
    green_share, depth_mean, rough, wide_rough = smooth
    return Evidence(green[asked], sky[asked], own, green_share, depth_mean, rough, wide_rough, beside)


def surface_beside(
    xyz: F32, rgb: U8, scatter: npt.NDArray[np.uint16], asked: Bool, grid: Grid, root: Octree
) -> F32:
    """Mean colour (a, 3) float32 of the nearest voxels with flat surface, for the points that are ``asked`` (n,); NaN
    where none is near.

    The rest as for `weigh`. What is pooled there is as near as points are dense: beside the outlines of dense clouds it
    holds nothing but halo.
    """
    flat = scatter < _FLAT * _UNIT
    found = np.full((int(asked.sum()), 3), np.nan, np.float32)
    if not flat.any() or not len(found):
        return found
    _, first, voxel = np.unique(grid.keys(xyz[flat]), return_index=True, return_inverse=True)
    count = np.bincount(voxel)
    centre = _centres(xyz[flat], first, voxel, count, grid)
    index, distance = Neighbours.of(centre, root=root).nearest(
        _FLATS, reach_m=_FLATS_REACH * grid.size_m, queries=xyz[asked]
    )
    there = np.isfinite(distance)
    many = _summed(count, index, there)
    some = many > 0
    for k in range(3):
        level = _summed(np.bincount(voxel, weights=rgb[flat, k].astype(np.float64)), index, there)
        found[some, k] = level[some] / many[some]
    return found


def _centres(
    xyz: F32, first: npt.NDArray[Any], voxel: npt.NDArray[Any], count: npt.NDArray[Any], grid: Grid
) -> F32:
    """The mean place (v, 3) of the points in each voxel, in whole units: the same in whatever order."""
    inside = xyz.astype(np.float64) / grid.size_m
    corner = np.floor(inside[first])
    inside = np.floor((inside - corner[voxel]) * _UNIT)
    offset = np.column_stack([np.bincount(voxel, weights=inside[:, axis]) for axis in range(3)])
    return np.asarray((corner + offset / count[:, None] / _UNIT) * grid.size_m, np.float32)


def _summed(value: npt.NDArray[Any], index: npt.NDArray[Any], there: Bool) -> npt.NDArray[np.float64]:
    """Sums (v,) of values over the voxels ``index`` (v, k) that are ``there``."""
    return np.asarray(np.where(there, value[index], 0).sum(1))
