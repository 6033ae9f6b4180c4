"""Compiled loops over correlations: what the fields of a plan and a footprint have in common, and where it is greatest."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F32, F64, Bool

Spectra = npt.NDArray[np.complex64]


@numba.njit(cache=True, nogil=True)
def common(laid: Spectra, drawn: Spectra) -> Spectra:
    """(h, n, m) the products of spectra ``laid`` (h, 3, n, m) and ``drawn`` (3, n, m), over their three fields."""
    heights, _, rows, columns = laid.shape
    total = np.empty((heights, rows, columns), np.complex64)
    for h in range(heights):
        for i in range(rows):
            for j in range(columns):
                total[h, i, j] = (
                    laid[h, 0, i, j] * drawn[0, i, j]
                    + laid[h, 1, i, j] * drawn[1, i, j]
                    + laid[h, 2, i, j] * drawn[2, i, j]
                )
    return total


@numba.njit(cache=True, nogil=True)
def peaks(score: F32, barred: Bool, most: int, wide: int) -> F64:
    """(k, 3) value, row and column of at most so many greatest of ``score`` (n, n), the greatest first, none of them ``barred``
    (n, n) nor within ``wide`` rows and columns of a greater one. The grid repeats."""
    n = len(score)
    found = np.empty((most, 3))
    for p in range(most):
        best, row, column = -np.inf, -1, -1
        for i in range(n):
            for j in range(n):
                if score[i, j] <= best or barred[i, j]:
                    continue
                free = True
                for q in range(p):
                    down, right = abs(i - int(found[q, 1])), abs(j - int(found[q, 2]))
                    free &= min(down, n - down) > wide or min(right, n - right) > wide
                if free:
                    best, row, column = score[i, j], i, j
        if row < 0:
            return found[:p]
        found[p, 0], found[p, 1], found[p, 2] = best, row, column
    return found
