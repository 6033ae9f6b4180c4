"""Share points out over an octree in which every tile adds to what its parents show.

Each tile takes one point from every cell of a grid over its cube, and hands the others down; a cube with few
points keeps them all. So the first tiles are an even sample of the whole, and the whole tree holds every point
once (after the layered octree of Schütz 2016, "Potree").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from heritage.model.arrays import F32, F64
from heritage.ops.points.grid import I64

_DEEPEST = 24  # halvings below which points are taken to be in one place


@dataclass(frozen=True, eq=False)
class PointTile:
    """``rows`` (n,) of the points it adds, inside the cube from ``low`` (3,) of ``side`` metres; ``path`` are the
    octants that lead to it. ``apart_m`` is how near points may lie that only its children show, 0 for a leaf."""

    path: tuple[int, ...]
    low: F64
    side: float
    rows: I64
    apart_m: float
    children: list[PointTile] = field(default_factory=list)

    def walk(self) -> Iterator[PointTile]:
        """This tile and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


def pick(xyz: F32, rows: I64, low: F64, side: float, grid: int) -> tuple[I64, I64]:
    """Of the points ``rows``, the first one in every cell of ``grid`` cells a side over the cube, and the others."""
    cell = np.floor((xyz[rows].astype(np.float64) - low) / (side / grid)).astype(np.int64)
    cell = np.clip(cell, 0, grid - 1)
    first = np.unique((cell[:, 0] * grid + cell[:, 1]) * grid + cell[:, 2], return_index=True)[1]
    taken = np.zeros(len(rows), bool)
    taken[first] = True
    return rows[taken], rows[~taken]


def point_tree(
    xyz: F32, rows: I64, low: F64, side: float, path: tuple[int, ...] = (), *, grid: int, most: int
) -> PointTile | None:
    """The tiles of the points ``rows`` of ``xyz`` (n, 3), all inside the cube; None where there are none.

    A cube with up to ``most`` points is a leaf. Every row is in exactly one tile.
    """
    if not len(rows):
        return None
    if len(rows) <= most or len(path) >= _DEEPEST:
        return PointTile(path, low, side, rows, 0.0)
    taken, left = pick(xyz, rows, low, side, grid)
    tile = PointTile(path, low, side, taken, side / grid)
    half = side / 2
    upper = xyz[left].astype(np.float64) >= low + half
    octant = upper[:, 0] + 2 * upper[:, 1] + 4 * upper[:, 2]
    for k in range(8):
        corner = low + half * np.array([k & 1, k >> 1 & 1, k >> 2])
        child = point_tree(xyz, left[octant == k], corner, half, (*path, k), grid=grid, most=most)
        if child is not None:
            tile.children.append(child)
    return tile


def path_to(low: F64, side: float, root_low: F64, root_side: float) -> tuple[int, ...]:
    """The octants that lead from the root's cube to a cube inside it, both aligned to one grid."""
    path = []
    corner, size = root_low.astype(np.float64), root_side
    while size > 1.5 * side:
        size /= 2
        upper = low + side / 2 >= corner + size
        path.append(int(upper[0]) + 2 * int(upper[1]) + 4 * int(upper[2]))
        corner = corner + size * upper
    return tuple(path)


def root_cube(lows: F64, sides: F64) -> tuple[F64, float]:
    """The smallest cube that holds all cubes (m, 3), (m,) and in which each of them is an octree cell.

    Cubes must be cells of one octree; a lone one may lie anywhere.
    """
    side = float(sides.max())
    if len(lows) == 1:
        return lows[0], side
    anchor = lows[sides.argmax()]
    low = anchor + np.floor((lows.min(0) - anchor) / side) * side
    while (low + side < (lows + sides[:, None]).max(0) - 1e-9 * side).any():
        side *= 2
    return low, side
