"""Make a cloud ready to be laid on a footprint: thinned, upright, in metres, and as cells of a plan."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import shapely

from heritage.model.arrays import F32, PointCloud, Similarity
from heritage.model.errors import MethodError
from heritage.ops.placement.footprint_edges import Edges
from heritage.ops.placement.gravity import find_up, level
from heritage.ops.placement.roof_steps import roof_steps
from heritage.ops.placement.walls import DOOR_M, Cells, covered_area, outline_cells, wall_cells
from heritage.ops.points.grid import shape, spacing, thin, voxels

_POINTS: Final = 120_000  # more only sharpen what the footprint's own accuracy drowns
_DRAWN: Final = 500_000
_SPARSE_M: Final = 0.25  # spacing of airborne clouds, which see roofs and hardly a wall


@dataclass(frozen=True, eq=False)
class Prepared:
    """A cloud thinned, levelled and in metres.

    ``xyz`` (n, 3) float32; ``normal`` (n, 3) float32; ``spacing`` metres; ``tilt_deg`` what levelling turned;
    ``sparse``: the cloud came with so few points per square metre that walls may be missed.
    """

    xyz: F32
    normal: F32
    spacing: float
    metres_from_monument: Similarity
    tilt_deg: float
    sparse: bool


def prepare(
    cloud: PointCloud,
    normal: F32 | None,
    edges: Edges | None,
    *,
    scale: float | None,
    upright: bool,
) -> Prepared:
    """Thin, level (where ``upright``) and scale a cloud; without a ``scale``, the footprint's size, which ``edges`` are
    then needed for, gives a rough one.

    Raises MethodError for fewer than 100 points.
    """
    if len(cloud) < 100:
        raise MethodError(
            "registration", f"{len(cloud)} points", "at least 100 are needed", "check what cleaning left",
            code="register-too-few",
        )  # fmt: skip
    few = np.arange(0, len(cloud), -(-len(cloud) // _DRAWN))
    middle = np.median(cloud.xyz[few], axis=0).astype(np.float64)
    factor = scale if edges is None or scale is not None else _rough_scale(cloud.xyz[few], edges)
    if factor is None:
        raise ValueError("neither a scale nor a footprint that tells it")
    xyz = (factor * (cloud.xyz[few] - middle)).astype(np.float32)
    voxel = 0.08
    while (many := 1 + np.count_nonzero(np.diff(np.sort(voxels(xyz, voxel))))) > _POINTS:
        voxel *= max(1.25, float(np.sqrt(many / _POINTS)))
    keep = thin(xyz, voxel)
    xyz = xyz[keep]
    n = shape(xyz, 12).normal if normal is None else normal[few][keep]
    up = find_up(n) if upright else np.array([0.0, 0.0, 1.0])
    rotation = level(up)
    metres = Similarity(rotation, -factor * (rotation @ (middle + cloud.origin)), factor)
    tilt = float(np.degrees(np.arccos(np.clip(up[2], -1, 1))))
    turned = rotation.astype(np.float32).T
    apart = spacing(xyz)
    sparse = apart > max(_SPARSE_M, 1.5 * voxel)  # as it came, not as it was thinned
    return Prepared(xyz @ turned, n @ turned, apart, metres, tilt, sparse)


def _rough_scale(xyz: F32, edges: Edges) -> float:
    """Metres per unit if the cloud covers about what the footprint does, seen from above."""
    thinned = xyz[:: max(1, len(xyz) // 5_000), :2]
    low, high = np.percentile(thinned, [1, 99], axis=0)
    inside = thinned[((thinned >= low) & (thinned <= high)).all(1)]
    hull = shapely.convex_hull(shapely.multipoints(inside.astype(np.float64)))
    if hull.area <= 0:
        raise MethodError(
            "registration", "points on a line", "a building", "check the scan", code="register-no-walls"
        )
    return float(np.sqrt(edges.plan.convex_hull.area / hull.area))


@lru_cache(maxsize=4)  # a layer's footprints are tried with the same ones
def cells_of(prepared: Prepared, kind: str, *, cell: float, kerb: float, roofs: bool = False) -> Cells:
    """The evidence of a ``kind``, walls or outline; ``cell`` metres is the least size of a cell. With ``roofs``, the steps
    between roofs are among the walls."""
    if roofs and kind == "walls":
        walls = cells_of(prepared, kind, cell=cell, kerb=kerb)
        return walls.and_(roof_steps(prepared.xyz, walls.covered, cell=walls.size))
    wide = max(2 * cell, 2 * prepared.spacing)
    covered = covered_area(prepared.xyz[:, :2].astype(np.float64), cell=wide, gap=DOOR_M)
    if kind == "outline":
        return outline_cells(prepared.xyz, covered, cell=wide)
    size = max(cell, 1.5 * prepared.spacing)
    return wall_cells(prepared.xyz, prepared.normal, covered, cell=size, step=max(0.25, size), kerb=kerb)
