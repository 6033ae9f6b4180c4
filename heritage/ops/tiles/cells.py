"""Share a surface out among the cells of a tree of tiles, from a census: no more of it need be in memory.

Cells are halved along planes (a k-d tree); every triangle belongs whole to the cell its centre lies in. So cells
meet along edges that the surface has anyway: no triangle is cut, and no edge of one cell ends within an edge of
another.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F64, I32
from heritage.ops.tiles.census import Census, cubes_of

I64 = npt.NDArray[np.int64]

FILL = 0.6  # the share of a texture that charts are expected to fill, for planning


@dataclass(frozen=True)
class Budget:
    """The most that a tile may hold: triangles, and a texture's side at ``texel_m`` (None: no texture)."""

    triangles: int
    side_px: int
    texel_m: float | None

    def filled(self, triangles: I64, area: F64) -> F64:
        """What share of the budget each takes."""
        share: F64 = np.asarray(triangles / self.triangles, np.float64)
        if self.texel_m is not None:
            share = np.maximum(share, area / self.texel_m**2 / (FILL * self.side_px**2))
        return np.asarray(share)


@dataclass(frozen=True, eq=False)
class Cells:
    """A tree of ``n`` cells, each to become a tile; the root is 0, parents come before children.

    ``parents`` (n,) int32, -1 for the root; ``depths`` (n,) int32; ``low`` and ``high`` (n, 3) float64 the
    bounds of the full surface in each, metres from the origin; ``triangles`` (n,) int64 and ``area`` (n,)
    float64 of it. ``splits`` (b, 5) int64 is the k-d tree: axis, cube where the upper half begins, row of the
    lower and of the upper half, and the cell where nothing is halved any more (-1 elsewhere).
    """

    size_m: float
    parents: I32
    depths: I32
    low: F64
    high: F64
    triangles: I64
    area: F64
    splits: I64

    def __len__(self) -> int:
        return len(self.parents)

    @property
    def levels(self) -> int:
        """How many tiles lie above one another at most."""
        return int(self.depths.max()) + 1

    def children(self, cell: int) -> list[int]:
        """The cells below, in order."""
        return [int(child) for child in np.flatnonzero(self.parents == cell)]

    def leaves(self) -> list[int]:
        """The cells that have none below."""
        return sorted(set(range(len(self))) - {int(parent) for parent in self.parents})

    def lineage(self) -> I32:
        """(n, levels) int32: each cell's ancestor at each depth, itself at its own, -1 below."""
        return self._lineage

    @cached_property
    def _lineage(self) -> I32:
        held = np.full((len(self), self.levels), -1, np.int32)
        for cell, (parent, depth) in enumerate(zip(self.parents, self.depths, strict=True)):
            if parent >= 0:
                held[cell] = held[parent]
            held[cell, depth] = cell
        return held

    def place(self, xyz: npt.NDArray[Any]) -> I32:
        """The leaf (n,) int32 that each place (n, 3) lies in."""
        return np.asarray(_descend(cubes_of(xyz, self.size_m), self.splits), np.int32)


@numba.njit(cache=True)
def _descend(cubes: Any, splits: Any) -> Any:
    leaf = np.empty(len(cubes), np.int32)
    for i in range(len(cubes)):
        row = 0
        while splits[row, 4] < 0:
            row = splits[row, 3] if cubes[i, splits[row, 0]] >= splits[row, 1] else splits[row, 2]
        leaf[i] = splits[row, 4]
    return leaf


def divide(census: Census, budget: Budget, root_triangles: int, root_texel_m: float | None) -> Cells:
    """Cells whose leaves keep ``budget``, with up to four children each.

    The root has one leaf below where the surface fits a tile but not the first one: ``root_triangles`` and
    ``root_texel_m`` say what the first one can show.
    """
    splits: list[list[int]] = []
    held: list[I64] = []  # the rows of the census in each half
    depth: list[int] = []

    def halve(rows: I64, level: int) -> int:
        row = len(splits)
        splits.append([0, 0, -1, -1, -1])
        held.append(rows)
        depth.append(level)
        plane = _halving(census, rows, budget)
        if plane is not None:
            axis, at = plane
            above = census.cubes[rows, axis] >= at
            splits[row] = [axis, at, halve(rows[~above], level + 1), halve(rows[above], level + 1), -1]
        return row

    halve(np.arange(len(census.cubes)), 0)
    steps = max(depth)
    # Two halvings a tile; where their number is odd the first tile has two below.
    shown = {0, *range(2 - steps % 2, steps + 1, 2)}
    total = int(census.triangles.sum())
    coarse = root_texel_m is not None and budget.texel_m is not None and root_texel_m > budget.texel_m
    if not steps and (total > root_triangles or coarse):
        splits, held, depth, shown = [[0, 0, 1, 1, -1], [0, 0, -1, -1, -1]], held * 2, [0, 1], {0, 1}
    rows, parents, depths = [0], [-1], [0]
    cell = 0
    while cell < len(rows):
        below = [half for half in splits[rows[cell]][2:4] if half >= 0]
        below = list(dict.fromkeys(below))
        while below:
            half = below.pop(0)
            deeper = [s for s in splits[half][2:4] if s >= 0]
            if deeper and depth[half] not in shown:
                below = [*deeper, *below]
                continue
            rows.append(half)
            parents.append(cell)
            depths.append(depths[cell] + 1)
        cell += 1
    for number, row in enumerate(rows):
        if splits[row][2] < 0:
            splits[row][4] = number
    return Cells(
        census.size_m,
        np.array(parents, np.int32),
        np.array(depths, np.int32),
        np.array([census.low[held[row]].min(0) for row in rows], np.float64),
        np.array([census.high[held[row]].max(0) for row in rows], np.float64),
        np.array([census.triangles[held[row]].sum() for row in rows], np.int64),
        np.array([census.area[held[row]].sum() for row in rows], np.float64),
        np.array(splits, np.int64),
    )


def _halving(census: Census, rows: I64, budget: Budget) -> tuple[int, int] | None:
    """The plane that halves what fills the budget most; None where it fits, or is one cube."""
    triangles, area = census.triangles[rows], census.area[rows]
    by_count, by_area = budget.filled(triangles, np.zeros(len(rows))), budget.filled(0 * triangles, area)
    weight = by_count if by_count.sum() >= by_area.sum() else by_area
    if weight.sum() <= 1:
        return None
    cubes = census.cubes[rows]
    for axis in np.argsort(-np.ptp(cubes, axis=0), kind="stable"):
        values, place = np.unique(cubes[:, axis], return_inverse=True)
        if len(values) < 2:
            continue
        below = np.cumsum(np.bincount(place, weight))[:-1]
        best = int(np.abs(below - weight.sum() / 2).argmin())
        return int(axis), int(values[best + 1])
    return None
