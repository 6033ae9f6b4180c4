"""What colour and shape say about foliage and sky: both must speak before a point is called either.

A mossy wall is green and flat, a carved mane is rough and grey, a glazed tile is blue and flat: none of them
is foliage or sky. Points are pooled in small voxels, and the voxels over their neighbours, so that single
leaves and single blue pixels do not decide.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from heritage.model.arrays import F32, U8, Bool
from heritage.ops.grid import Shape, group_means, shape, voxels

_VOXEL_SPACINGS = 2.5
_WIDE_NEIGHBOURS = 24  # a patch of about 7 spacings around the point
_POOLED = 9


@dataclass(frozen=True, eq=False)
class Evidence:
    """Per point (n,): ``green`` bool and ``sky`` 0..1 are its own colour, ``scatter`` its own shape.

    ``green_share``, ``rough`` (scatter) and ``wide_rough`` (scatter of the wider neighbourhood) are pooled
    around it.
    """

    green: Bool
    sky: F32
    scatter: F32
    green_share: F32
    rough: F32
    wide_rough: F32


def is_green(rgb: U8) -> Bool:
    """(n,) leaf green: excess green 2g - r - b (Woebbecke et al. 1995) over 0.15 of the brightness, g > r > b.

    The order of the channels keeps imperial yellow (r > g) and green glaze and patina (b > r) out.
    """
    r, g, b = rgb.astype(np.float32).T
    return np.asarray((2 * g - r - b > 0.15 * (r + g + b)) & (g > 1.02 * r) & (b < r - 0.08 * g))


def sky_blueness(rgb: U8) -> F32:
    """(n,) 0 for no sky colour, to 1 for a clear one: bright, blue over red with green between.

    Hazy sky comes near the grey of shaded stone, so it weighs little and needs more of its shape.
    """
    r, g, b = rgb.astype(np.float32).T
    hue = (b > 110) & (b >= g - 2) & (g >= r - 2)
    return np.asarray(np.where(hue, np.clip((b - r) / np.maximum(b, 1) / 0.25, 0, 1), 0), np.float32)


def weigh(xyz: F32, rgb: U8 | None, fine: Shape, spacing: float, *, threads: int = 1) -> Evidence:
    """Evidence for every point; ``fine`` is the shape of each point's neighbourhood, ``spacing`` metres."""
    n = len(xyz)
    green = np.zeros(n, bool) if rgb is None else is_green(rgb)
    sky = np.zeros(n, np.float32) if rgb is None else sky_blueness(rgb)
    _, voxel = np.unique(voxels(xyz, _VOXEL_SPACINGS * spacing), return_inverse=True)
    pooled = group_means(voxel, np.column_stack([green, fine.scatter]))
    centre = group_means(voxel, xyz).astype(np.float32)
    wide = shape(centre, _WIDE_NEIGHBOURS, threads=threads).scatter
    values = np.column_stack([pooled, wide])
    index = (
        cKDTree(centre).query(centre, min(_POOLED, len(centre)), workers=threads)[1].reshape(len(centre), -1)
    )
    smooth = values[index].mean(1)[voxel].astype(np.float32)
    return Evidence(green, sky, fine.scatter, smooth[:, 0], smooth[:, 1], smooth[:, 2])
