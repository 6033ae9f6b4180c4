"""The nearest points of points: exact, on one core, and the same for any piece of a cloud that holds them.

Distances are computed in float32 from float32 metres: two that differ by less than a ten-millionth may be taken
for equal, and of equals the first along the Z-curve counts as the nearer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F32, I32, Bool
from heritage.model.octree import Octree
from heritage.ops.points.boxes import ask
from heritage.ops.points.eigen import fit_rows
from heritage.ops.points.leaves import Leaves, gather
from heritage.ops.points.search import search


@dataclass(frozen=True, eq=False)
class Shape:
    """The neighbourhood of every point.

    ``centre`` (n, 3) float32, mean of the neighbours, metres; ``spacing`` (n,) float32, mean distance to
    them, metres; ``normal`` (n, 3) float32, unit, sign arbitrary; ``eigenvalues`` (n, 3) float32, variances
    along the principal axes, ascending, square metres.
    """

    centre: F32
    spacing: F32
    normal: F32
    eigenvalues: F32

    @property
    def scatter(self) -> F32:
        """(n,) ratio of least to greatest variance: 0 on planes and lines, 1 in a ball."""
        return np.asarray(self.eigenvalues[:, 0] / np.maximum(self.eigenvalues[:, 2], 1e-30), np.float32)


@dataclass(frozen=True, eq=False)
class Neighbours:
    """A cloud made ready for searches. ``xyz`` (n, 3) float32 metres, n > 0, in the order given.

    Make it once and ask it often. Points at one place (more than some thousands) make it slow: see
    ``grid.distinct``.
    """

    xyz: F32
    leaves: Leaves

    @classmethod
    def of(cls, xyz: F32, *, root: Octree | None = None) -> Neighbours:
        """``root``: give that of the whole cloud to the pieces of one, then ties are broken alike in all."""
        return cls(xyz, gather(np.ascontiguousarray(xyz, np.float32), root=root))

    def nearest(
        self, k: int, *, reach_m: float = np.inf, asked: Bool | None = None, queries: F32 | None = None
    ) -> tuple[I32, F32]:
        """Indices (a, k) int32 and distances (a, k) float32 metres of the ``k`` nearest, the point itself among
        them; -1 and inf where there are not so many within ``reach_m``.

        One row for each point, in order, or for each that is ``asked`` (n,). For ``queries`` (q, 3) float32,
        places of their own, nearest first; otherwise in no stated order.
        """
        leaves = self.leaves
        if queries is not None:
            index = np.empty((len(queries), k), np.int32)
            square = np.empty((len(queries), k), np.float32)
            places = np.ascontiguousarray(queries, np.float32)
            ask(places, leaves.x, leaves.y, leaves.z, leaves.starts, leaves.boxes, leaves.levels, k,
                reach_m**2, index, square)  # fmt: skip
        else:
            n = len(self.xyz) if asked is None else int(np.count_nonzero(asked))
            picked, squares = np.empty((n, k), np.int32), np.empty((n, k), np.float32)
            self._search(k, reach_m, asked, picked, squares, None)
            rows = leaves.order if asked is None else leaves.order[asked[leaves.order]]
            if asked is not None:
                rows = np.cumsum(asked)[rows] - 1
            index, square = np.empty_like(picked), np.empty_like(squares)
            index[rows], square[rows] = picked, squares
        return np.where(index < 0, -1, leaves.order[index]), np.sqrt(square)

    def mean_distance(self, k: int, *, reach_m: float = np.inf, asked: Bool | None = None) -> F32:
        """(n,) float32 metres to the ``k`` - 1 nearest others; each that is missing within ``reach_m`` counts as
        that far. 0 for points that are not ``asked``."""
        return self._restored(self._search(k, reach_m, asked, None, None, None))

    def shape(
        self, k: int, *, reach_m: float = np.inf, asked: Bool | None = None, queries: F32 | None = None
    ) -> Shape:
        """Principal component analysis of the ``k`` nearest within ``reach_m``, the point itself among them.

        Zeros for points that are not ``asked``. For ``queries`` (q, 3) float32, of the points nearest to them.
        """
        n = len(self.xyz if queries is None else queries)
        centre, normal, eigenvalues = (np.zeros((n, 3), np.float32) for _ in range(3))
        if queries is not None:
            index, distance = self.nearest(k, reach_m=reach_m, queries=queries)
            fit_rows(self.xyz, index, centre, normal, eigenvalues)
            spacing = np.minimum(distance, np.float32(reach_m)).sum(1) / max(k - 1, 1)
            return Shape(centre, np.asarray(spacing, np.float32), normal, eigenvalues)
        mean = self._search(k, reach_m, asked, None, None, (centre, normal, eigenvalues))
        r = self._restored
        return Shape(r(centre), r(mean), r(normal), r(eigenvalues))

    def _restored(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        out = np.empty_like(values)
        out[self.leaves.order] = values
        return out

    def _search(
        self, k: int, reach_m: float, asked: Bool | None, index: I32 | None, square: F32 | None,
        fitted: tuple[F32, F32, F32] | None,
    ) -> F32:  # fmt: skip
        leaves, n = self.leaves, len(self.xyz)
        k = min(k, n) if index is None else k
        mean = np.zeros(n, np.float32)
        wanted = np.ones(n, bool) if asked is None else asked[leaves.order]
        no_index, none = np.empty((0, 0), np.int32), np.empty((0, 3), np.float32)
        search(
            leaves.x, leaves.y, leaves.z, leaves.starts, leaves.cubes, leaves.depths, leaves.boxes, leaves.levels,
            np.array(leaves.root.corner), leaves.side_m, wanted, k, float(reach_m) ** 2, index is not None,
            fitted is not None, no_index if index is None else index, none if square is None else square, mean,
            *(fitted or (none, none, none)),
        )  # fmt: skip
        return mean
