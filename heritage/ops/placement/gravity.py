"""Find which way is up from a building's own surfaces: walls stand, floors and terraces lie."""

from __future__ import annotations

import numpy as np

from heritage.model.arrays import F32, F64

_TOLERANCES_DEG = (12.0, 10.0, 8.0, 7.0, 6.0, 5.0, 5.0, 5.0)
_HOLD = 0.001  # keeps the cloud's own z where the surfaces leave a direction open, as one wall alone does


def find_up(normal: F32) -> F64:
    """(3,) float64 unit vector: the up direction, near +z, of surfaces with ``normal`` (n, 3), unit, any sign.

    Every surface within the tolerance of level or upright counts alike; the tolerance narrows from 12 to 5 degrees,
    so a roof's slopes drop out. Without any, the answer is +z.
    """
    z = np.array([0.0, 0.0, 1.0])
    up = z
    for tolerance in np.radians(_TOLERANCES_DEG):
        cosine = np.abs(normal @ up)
        lying, standing = normal[cosine > np.cos(tolerance)], normal[cosine < np.sin(tolerance)]
        # Minimise the sum of (v.up)^2 - (h.up)^2 over unit vectors: the least eigenvector of the difference.
        scatter = _HOLD * max(len(lying) + len(standing), 1) * (np.eye(3) - np.outer(z, z))
        for kind, sign in ((standing, 1.0), (lying, -1.0)):
            wide = kind.astype(np.float64)
            scatter += sign * (wide.T @ wide)
        up = np.linalg.eigh(scatter)[1][:, 0]
        up = up * np.sign(up[2] if up[2] != 0 else 1.0)
    return np.asarray(up)


def level(up: F64) -> F64:
    """(3, 3) float64: the smallest rotation that turns ``up`` (3,) onto +z. ``up`` must not be -z."""
    x, y, z = up
    cross = np.array([[0.0, 0.0, -x], [0.0, 0.0, -y], [x, y, 0.0]])
    return np.asarray(np.eye(3) + cross + cross @ cross / (1.0 + z))
