"""Principal axes of a few points, and eigenvectors of a symmetric 3 x 3 matrix, inside compiled loops."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from heritage.model.arrays import F32, F64, I32

_SWEEPS = 12  # four are usual; the matrix is diagonal to rounding then


@numba.njit(cache=True)
def eigen(a: F64, v: F64) -> None:
    """Turn ``a`` (3, 3) float64, symmetric, into its eigenvalues on the diagonal, ascending, and ``v`` (3, 3)
    into the unit eigenvectors in its columns, in that order. Both are overwritten.

    Cyclic Jacobi rotations (Jacobi 1846; Golub and Van Loan, Matrix Computations, 8.5): slower than the closed
    form, but as exact for the least eigenvalue of a plane as for the greatest.
    """
    for i in range(3):
        for j in range(3):
            v[i, j] = 1.0 if i == j else 0.0
    for _ in range(_SWEEPS):
        off = a[0, 1] * a[0, 1] + a[0, 2] * a[0, 2] + a[1, 2] * a[1, 2]
        on = a[0, 0] * a[0, 0] + a[1, 1] * a[1, 1] + a[2, 2] * a[2, 2]
        if off <= 1e-32 * on or off == 0.0:
            break
        for p in range(2):
            for q in range(p + 1, 3):
                if a[p, q] != 0.0:
                    _rotate(a, v, p, q)
    for i in range(2):
        for j in range(2 - i):
            if a[j, j] > a[j + 1, j + 1]:
                a[j, j], a[j + 1, j + 1] = a[j + 1, j + 1], a[j, j]
                for r in range(3):
                    v[r, j], v[r, j + 1] = v[r, j + 1], v[r, j]


@numba.njit(cache=True, inline="always")
def _rotate(a: F64, v: F64, p: int, q: int) -> None:
    """One rotation that makes ``a[p, q]`` zero."""
    half = (a[q, q] - a[p, p]) / (2.0 * a[p, q])
    t = 1.0 / (abs(half) + np.sqrt(half * half + 1.0))
    if half < 0.0:
        t = -t
    c = 1.0 / np.sqrt(t * t + 1.0)
    s = t * c
    r = 3 - p - q
    a[p, p] -= t * a[p, q]
    a[q, q] += t * a[p, q]
    a[p, q] = a[q, p] = 0.0
    along, across = a[r, p], a[r, q]
    a[r, p] = a[p, r] = c * along - s * across
    a[r, q] = a[q, r] = s * along + c * across
    for i in range(3):
        along, across = v[i, p], v[i, q]
        v[i, p] = c * along - s * across
        v[i, q] = s * along + c * across


@numba.njit(cache=True)
def fit(
    x: F32, y: F32, z: F32, ox: Any, oy: Any, oz: Any, i: int, near: I32, found: int, a: F64, v: F64,
    centre: F32, normal: F32, eigenvalues: F32,
) -> None:  # fmt: skip
    """Principal axes of the points ``near``, from one pass over them relative to a place among them."""
    sx = sy = sz = xx = xy = xz = yy = yz = zz = 0.0
    # In float64: one pass over small offsets loses nothing.
    ox, oy, oz = np.float64(ox), np.float64(oy), np.float64(oz)
    for j in range(found):
        dx, dy, dz = x[near[j]] - ox, y[near[j]] - oy, z[near[j]] - oz
        sx, sy, sz = sx + dx, sy + dy, sz + dz
        xx, xy, xz = xx + dx * dx, xy + dx * dy, xz + dx * dz
        yy, yz, zz = yy + dy * dy, yz + dy * dz, zz + dz * dz
    sx, sy, sz = sx / found, sy / found, sz / found
    a[0, 0], a[1, 1], a[2, 2] = xx / found - sx * sx, yy / found - sy * sy, zz / found - sz * sz
    a[0, 1] = a[1, 0] = xy / found - sx * sy
    a[0, 2] = a[2, 0] = xz / found - sx * sz
    a[1, 2] = a[2, 1] = yz / found - sy * sz
    eigen(a, v)
    centre[i, 0], centre[i, 1], centre[i, 2] = ox + sx, oy + sy, oz + sz
    for axis in range(3):
        normal[i, axis] = v[axis, 0]
        eigenvalues[i, axis] = max(a[axis, axis], 0.0)


@numba.njit(cache=True)
def fit_rows(xyz: F32, index: I32, centre: F32, normal: F32, eigenvalues: F32) -> None:
    """``fit`` of the points (n, 3) at each row of ``index`` (q, k), of which the -1 come last."""
    a, v = np.empty((3, 3)), np.empty((3, 3))
    x, y, z = xyz[:, 0], xyz[:, 1], xyz[:, 2]
    for i in range(len(index)):
        found = 0
        while found < index.shape[1] and index[i, found] >= 0:
            found += 1
        if found:
            o = index[i, 0]
            fit(x, y, z, x[o], y[o], z[o], i, index[i], found, a, v, centre, normal, eigenvalues)
