"""Which side of a surface can be seen: rays from points to viewpoints through a grid of occupied voxels."""

from __future__ import annotations

import numba
import numpy as np
from scipy.spatial import cKDTree

from heritage.model.arrays import F32, F64, Bool
from heritage.ops.grid import I64

_VIEWPOINTS = 64
_LOWEST = -0.2  # sine of the lowest direction: eaves are seen from below, and the ground is seldom level
_FAR = 50.0  # extents away, so that all points see a viewpoint in nearly the same direction
_MOST_VOXELS = 3e8  # one byte each
_MOST_ALONG = 4096
_SKIP = 1.6  # voxels in front of a point that its own surface may occupy
_GRAZING = 0.2  # cosine below which a ray says nothing about the side


def sky(xyz: F32) -> F64:
    """Viewpoints (m, 3) far outside and mostly above the points: a Fibonacci spiral over the sky."""
    k = np.arange(_VIEWPOINTS) + 0.5
    z = 1 - (1 - _LOWEST) * k / _VIEWPOINTS
    angle, r = np.pi * (1 + np.sqrt(5)) * k, np.sqrt(1 - z * z)
    centre = (xyz.min(0).astype(np.float64) + xyz.max(0)) / 2
    radius = _FAR * max(float(np.ptp(xyz, axis=0).max()), 1e-6)
    return np.asarray(centre + radius * np.column_stack([r * np.cos(angle), r * np.sin(angle), z]))


def side_votes(xyz: F32, normal: F32, viewpoints: F64, voxel: float) -> F64:
    """(n,) sum over the viewpoints that see a point of the cosine between its normal and the way there.

    Positive where the normal points to the side that is seen. ``xyz`` (n, 3) and ``voxel`` in metres,
    ``viewpoints`` (m, 3) in the same frame; each point asks its 64 nearest. Only occupied voxels block, so
    ``voxel`` must be coarse enough for a surface to be closed in it.
    """
    size = np.ptp(xyz, axis=0).astype(np.float64)
    voxel = max(
        voxel,
        float(np.cbrt(size.max() ** 2 * max(size.min(), voxel) / _MOST_VOXELS)),
        size.max() / _MOST_ALONG,
    )
    low = xyz.min(0).astype(np.float64) - 2 * voxel
    cell = np.floor((xyz - low) / voxel).astype(np.int64)
    occupied = np.zeros(tuple(cell.max(0) + 3), bool)
    occupied[cell[:, 0], cell[:, 1], cell[:, 2]] = True
    count = min(_VIEWPOINTS, len(viewpoints))
    asked = cKDTree(viewpoints).query(xyz, count)[1].reshape(len(xyz), count).astype(np.int64)
    votes: F64 = _votes(
        xyz.astype(np.float64), normal.astype(np.float64), viewpoints, asked, occupied, low, 1 / voxel
    )
    return votes


@numba.njit(cache=True)
def _votes(
    xyz: F64, normal: F64, viewpoints: F64, asked: I64, occupied: Bool, low: F64, inverse: float
) -> F64:
    out = np.zeros(len(xyz))
    sx, sy, sz = occupied.shape
    for i in range(len(xyz)):
        for j in asked[i]:
            dx, dy, dz = (
                viewpoints[j, 0] - xyz[i, 0],
                viewpoints[j, 1] - xyz[i, 1],
                viewpoints[j, 2] - xyz[i, 2],
            )
            length = np.sqrt(dx * dx + dy * dy + dz * dz)
            if length == 0.0:
                continue
            dx, dy, dz = dx / length, dy / length, dz / length
            cosine = normal[i, 0] * dx + normal[i, 1] * dy + normal[i, 2] * dz
            if abs(cosine) < _GRAZING:
                continue
            # A slanted ray stays longer within the voxels of its own surface.
            t = min(_SKIP / abs(cosine), 2.5 * _SKIP) / inverse
            seen = True
            while t < length:
                a = int((xyz[i, 0] + t * dx - low[0]) * inverse)
                b = int((xyz[i, 1] + t * dy - low[1]) * inverse)
                c = int((xyz[i, 2] + t * dz - low[2]) * inverse)
                if a < 0 or b < 0 or c < 0 or a >= sx or b >= sy or c >= sz:
                    break
                if occupied[a, b, c]:
                    seen = False
                    break
                t += 0.7 / inverse
            if seen:
                out[i] += cosine
    return out
