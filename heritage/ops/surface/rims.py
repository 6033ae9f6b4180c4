"""The rim of a surface made even: first where it runs, then how.

Where data end is told vertex by vertex from single points, so it is ragged: teeth of one triangle, pinholes, and along cells a
staircase that doubles its length. `even` lets each vertex ask its neighbours how far outside of the data they are;
`smooth_rim` draws the rim's own vertices towards each other (Taubin 1995 for what such smoothing does).
"""

from __future__ import annotations

from typing import Any, Final

import numba
import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F32, F64, I32

EVEN_ROUNDS: Final = 4
SMOOTH_ROUNDS: Final = 4
_LEAST, _MOST = -2.0, 3.0  # cells: further in or out says nothing about the rim


def even(beyond: F32, triangles: I32, size: float) -> F64:
    """``beyond`` (v,), metres outside of what data bear out, mixed `EVEN_ROUNDS` times half and half with its mean over
    the vertices next to each, on triangles (t, 3) of cells of ``size`` metres."""
    mixed = np.clip(beyond.astype(np.float64), _LEAST * size, _MOST * size)
    _mix(mixed, triangles, EVEN_ROUNDS)
    return mixed


@numba.njit(cache=True)
def _mix(value: Any, triangles: Any, rounds: Any) -> None:
    total, many = np.empty(len(value)), np.empty(len(value))
    for _ in range(rounds):
        total[:] = 0
        many[:] = 0
        for t in range(len(triangles)):
            a, b, c = triangles[t]
            total[a] += value[b] + value[c]
            total[b] += value[c] + value[a]
            total[c] += value[a] + value[b]
            many[a] += 2
            many[b] += 2
            many[c] += 2
        for v in range(len(value)):
            if many[v] > 0:
                value[v] = (value[v] + total[v] / many[v]) / 2


def smooth_rim(xyz: F32, rim: npt.NDArray[np.int64]) -> F32:
    """Vertices (v, 3), those with two open edges of ``rim`` (e, 2) drawn half way to the middle of their neighbours on
    it, `SMOOTH_ROUNDS` times. A vertex at which two rims meet stays where it is."""
    both = np.concatenate([rim, rim[:, ::-1]])
    both = both[np.argsort(both[:, 0], kind="stable")]
    vertex, first, many = np.unique(both[:, 0], return_index=True, return_counts=True)
    free, first = vertex[many == 2], first[many == 2]
    before, after = both[first, 1], both[first + 1, 1]
    moved = xyz.astype(np.float64)
    for _ in range(SMOOTH_ROUNDS):
        # A sum of two: the same whichever comes first.
        moved[free] += ((moved[before] + moved[after]) / 2 - moved[free]) / 2
    return moved.astype(np.float32)
