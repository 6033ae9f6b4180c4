"""Camera poses of exchange formats: turns, how far a camera leans, and the way from y up to z up."""

from __future__ import annotations

import math

import numpy as np

from heritage.model.arrays import F64

Triple = tuple[float, float, float]


def rotation(axis: int, angle: float) -> F64:
    """(3, 3) right-handed rotation about x (0), y (1) or z (2) by radians."""
    c, s = math.cos(angle), math.sin(angle)
    matrix = np.eye(3)
    i, j = (axis + 1) % 3, (axis + 2) % 3
    matrix[i, i] = matrix[j, j] = c
    matrix[i, j], matrix[j, i] = -s, s
    return matrix


def lean_of(along: F64, up: F64, level: F64) -> float:
    """How far ``up`` leans from upright about the direction ``along``, degrees; ``level`` is the world's up.

    0 where the camera looks straight up or down: nothing is upright then.
    """
    right = np.cross(along, level)
    if np.linalg.norm(right) < 1e-9:
        return 0.0
    right /= np.linalg.norm(right)
    upright = np.cross(right, along)
    return math.degrees(math.atan2(float(up @ right), float(up @ upright)))


def y_up(point: F64 | Triple) -> F64:
    """(x, y, z) z up as glTF's y up."""
    x, y, z = point
    return np.array([x, z, -y], np.float64)


def z_up(point: F64 | Triple) -> F64:
    """The way back from `y_up`."""
    x, y, z = point
    return np.array([x, -z, y], np.float64)
