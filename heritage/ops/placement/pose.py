"""A pose as people write it, and as a similarity transform: the two say the same."""

from __future__ import annotations

import numpy as np
import pyproj

from heritage.model.arrays import F64, Similarity
from heritage.model.documents import Pose
from heritage.model.frames import SiteFrame
from heritage.ops.placement.gravity import level
from heritage.ops.placement.place import heading_of

_UPRIGHT = 1e-9
_DECIMALS = (4, 6, 9)  # of metres, degrees, and of what has no unit: a tenth of a millimetre over 100 m


def placed_at(pose: Pose, frame: SiteFrame, crs: pyproj.CRS) -> Similarity:
    """``site_from_monument`` of a pose that is written in ``crs``."""
    up = np.array(pose.up) / np.linalg.norm(pose.up)
    upright = level(up)
    north, east = upright[1, 1], upright[0, 1]
    yaw = np.arctan2(east, north) - np.radians(pose.heading_deg)
    turn = np.array([[np.cos(yaw), -np.sin(yaw), 0.0], [np.sin(yaw), np.cos(yaw), 0.0], [0.0, 0.0, 1.0]])
    there = frame.site_from_crs(crs, np.array([pose.crs_m]))[0]
    return Similarity(turn @ upright, there, pose.scale)


def pose_of(site_from_monument: Similarity, frame: SiteFrame, crs: pyproj.CRS) -> Pose:
    """The pose that says the same, rounded to what it is worth writing."""
    metres, degrees, plain = _DECIMALS
    x, y, z = frame.crs_from_site(crs, site_from_monument.translation[None])[0]
    up = site_from_monument.rotation[2]
    leans = float(np.hypot(up[0], up[1])) > _UPRIGHT
    return Pose(
        crs_m=(round(float(x), metres), round(float(y), metres), round(float(z), metres)),
        heading_deg=round(heading_of(site_from_monument), degrees) % 360,
        scale=round(site_from_monument.scale, plain),
        up=(round(float(up[0]), plain), round(float(up[1]), plain), round(float(up[2]), plain))
        if leans
        else (0.0, 0.0, 1.0),
    )


def crs_near(
    frame: SiteFrame, crs: pyproj.CRS, middle: F64, half_m: float = 150.0
) -> tuple[tuple[float, ...], float]:
    """The affine map that follows ``crs_from_site`` best within ``half_m`` of ``middle`` (3,), as 16 numbers
    column-major, and its greatest error there, metres. It is no similarity: a projection scales the plan and leaves heights."""
    axes = [
        np.linspace(v - reach, v + reach, 5) for v, reach in zip(middle, (half_m, half_m, 25.0), strict=True)
    ]
    site = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    there = frame.crs_from_site(crs, site)
    mean = there.mean(0)
    away = np.column_stack([site - middle, np.ones(len(site))])
    solved, *_ = np.linalg.lstsq(away, there - mean, rcond=None)
    error = float(np.linalg.norm(away @ solved - (there - mean), axis=1).max())
    matrix = np.eye(4)
    matrix[:3, :3] = solved[:3].T
    matrix[:3, 3] = solved[3] + mean - solved[:3].T @ middle
    return tuple(float(v) for v in matrix.T.ravel()), error
