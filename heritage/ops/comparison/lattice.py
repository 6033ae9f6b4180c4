"""Where one surface has material and another has not: both scan-converted into a lattice, along three axes both ways.

Every column of the lattice's middles is followed through both surfaces: each crossing adds or takes away. Six ways into a
place are six votes on it, so that a hole in a surface spoils some of them only (after Nooruddin and Turk 2003, who vote on
the parity of one surface). The difference of two surfaces is counted, so neither need be closed: where both are open alike,
as below a building, nothing is counted twice.
"""

from __future__ import annotations

from collections.abc import Iterable

import numba
import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F64

Votes = npt.NDArray[np.int8]


def votes_between(
    before: Iterable[F64], after: Iterable[F64], low: F64, size: float, shape: tuple[int, int, int], sign: int
) -> Votes:
    """How many of six ways (``shape``) say that a voxel was gained (``sign`` 1) or lost (-1) between two surfaces.

    ``before`` and ``after`` give corners (t, 3, 3) of triangles seen anticlockwise from outside, metres, some at a time and
    in any order; the lattice begins at ``low`` (3,), its voxels are ``size`` wide. At the lattice's faces both surfaces are
    taken to have the same.
    """
    axes = [[axis, (axis + 1) % 3, (axis + 2) % 3] for axis in range(3)]
    crossings = [np.zeros((shape[v], shape[w], shape[u] + 1), np.int16) for u, v, w in axes]
    for surface, weight in ((before, -1), (after, 1)):
        for corners in surface:
            placed = (corners - low) / size
            for turned, enters in zip(axes, crossings, strict=True):
                _scan(np.ascontiguousarray(placed[:, :, turned]), weight, enters)
    votes = np.zeros(shape, np.int8)
    for turned, enters in zip(axes, crossings, strict=True):
        n = shape[turned[0]]
        from_low = np.cumsum(enters, axis=2, dtype=np.int16)
        total = from_low[:, :, n:]
        inside = from_low[:, :, :n]
        # (row, column, along) back to the lattice's own order of axes
        back = np.argsort([turned[1], turned[2], turned[0]])
        votes += (sign * inside >= 1).transpose(back)
        votes += (sign * (inside - total) >= 1).transpose(back)
    return votes


@numba.njit(cache=True)
def _meets(au, av, bu, bv, v):  # type: ignore[no-untyped-def]
    """Where an edge crosses the row ``v``: the same, bit for bit, from either of its triangles."""
    if av > bv or (av == bv and au > bu):
        au, av, bu, bv = bu, bv, au, av
    return au + (bu - au) * ((v - av) / (bv - av))


@numba.njit(cache=True)
def _scan(corner, weight, enters):  # type: ignore[no-untyped-def]
    """Add every crossing of the columns by triangles ``corner`` (t, 3, 3), whose first coordinate is along the columns:
    ``weight`` at the first middle beyond a crossing that enters the solid, its negative where it leaves."""
    rows, columns, n = enters.shape[0], enters.shape[1], enters.shape[2] - 1
    for t in range(len(corner)):
        z0, u0, v0 = corner[t, 0, 0], corner[t, 0, 1], corner[t, 0, 2]
        z1, u1, v1 = corner[t, 1, 0], corner[t, 1, 1], corner[t, 1, 2]
        z2, u2, v2 = corner[t, 2, 0], corner[t, 2, 1], corner[t, 2, 2]
        along = (u1 - u0) * (v2 - v0) - (u2 - u0) * (v1 - v0)
        if along == 0:
            continue
        zu = (v1 - v0) * (z2 - z0) - (v2 - v0) * (z1 - z0)
        zv = (z1 - z0) * (u2 - u0) - (z2 - z0) * (u1 - u0)
        least, most = min(z0, z1, z2), max(z0, z1, z2)
        step = weight if along < 0 else -weight
        first = max(int(np.ceil(min(u0, u1, u2) - 0.5)), 0)
        last = min(int(np.floor(max(u0, u1, u2) - 0.5)), rows - 1)
        for i in range(first, last + 1):
            u = i + 0.5
            found, low, high = 0, 0.0, 0.0
            for e in range(3):
                if e == 0:
                    au, av, bu, bv = u0, v0, u1, v1
                elif e == 1:
                    au, av, bu, bv = u1, v1, u2, v2
                else:
                    au, av, bu, bv = u2, v2, u0, v0
                if (au > u) != (bu > u):
                    v = _meets(av, au, bv, bu, u)
                    low, high = (v, v) if found == 0 else (min(low, v), max(high, v))
                    found += 1
            if found < 2:
                continue
            for j in range(max(int(np.ceil(low - 0.5)), 0), min(int(np.ceil(high - 0.5)), columns)):
                z = z0 - (zu * (u - u0) + zv * (j + 0.5 - v0)) / along
                z = min(max(z, least), most)
                if z < 0 or z >= n:
                    continue
                enters[i, j, int(np.ceil(z - 0.5))] += step
