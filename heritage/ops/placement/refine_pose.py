"""Compiled loop: iteratively reweighted least squares of a plan's cells on a footprint's edges."""

from __future__ import annotations

import numba
import numpy as np

from heritage.model.arrays import F64
from heritage.ops.placement.nearest_edge import nearest_edge
from heritage.ops.points.grid import I64


@numba.njit(cache=True, nogil=True)
def refine_pose(
    xy: F64, angle: F64, mass: F64, start: F64, along: F64, outward: F64, length: F64,
    pose: F64, wide: float, narrow: float, rounds: int, spring: F64,
) -> tuple[F64, I64, F64, F64]:  # fmt: skip
    """Move a ``pose`` (5,) of x, y (metres), yaw (radians), inset (metres) and log scale so that cells lie on edges.

    Cells ``xy`` (m, 2) metres with the ``angle`` (m,) of their normals and a ``mass`` (m,); edges as `nearest_edge` takes them.
    The Geman-McClure weight narrows from ``wide`` to ``narrow`` metres over the ``rounds``. ``spring`` (4 or 5,), per unit of
    mass, holds what moves; without a fifth, the scale stays. Returns the pose, and per cell its edge (m,), its
    residual (m,) metres along the outward normal, and the weight (m,) 0..1 by which it belongs.
    """
    size = len(spring)
    pose = pose.copy()
    shrink = (narrow / wide) ** (1 / max(rounds - 3, 1))
    held = np.zeros(len(xy))
    arm, row = np.empty_like(xy), np.empty(size)
    for i in range(rounds + 1):
        scale, c, s = np.exp(pose[4]), np.cos(pose[2]), np.sin(pose[2])
        arm[:, 0] = scale * (xy[:, 0] * c - xy[:, 1] * s)
        arm[:, 1] = scale * (xy[:, 0] * s + xy[:, 1] * c)
        edge, residual, distance = nearest_edge(
            arm + pose[:2], angle + pose[2], start + pose[3] * outward, along, outward, length
        )
        square = max(wide * shrink**i, narrow) ** 2
        for k in range(len(xy)):
            near = distance[k] ** 2 < 16 * square
            held[k] = (square / (square + distance[k] ** 2)) ** 2 if near else 0.0
        if i == rounds:
            break
        normal, gradient, total = np.zeros((size, size)), np.zeros(size), 0.0
        for k in range(len(xy)):
            w = mass[k] * held[k]
            if w == 0:
                continue
            east, north = outward[edge[k]]
            row[0], row[1], row[2], row[3] = east, north, north * arm[k, 0] - east * arm[k, 1], -1.0
            if size == 5:
                row[4] = east * arm[k, 0] + north * arm[k, 1]
            total += w
            for a in range(size):
                gradient[a] += w * row[a] * residual[k]
                for b in range(size):
                    normal[a, b] += w * row[a] * row[b]
        total = max(total, 1e-9)
        for a in range(size):
            normal[a, a] += total * spring[a]
        gradient[3] += total * spring[3] * pose[3]
        step = np.linalg.solve(normal, -gradient)
        if size == 5:
            step[4] = min(max(step[4], -0.2), 0.2)
        pose[:size] += step
    return pose, edge, residual, held
