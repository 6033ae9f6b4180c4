"""Sort ground plans into a quadtree: the largest are in its first tiles, what is small is further down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely

from heritage.model.arrays import F64
from heritage.model.buildings import Plans
from heritage.model.octree import I64

_MOST_LEVELS = 16


@dataclass(frozen=True, eq=False)
class Node:
    """One tile: ``rows`` are the plans it shows itself, ``missing_m`` the size of the largest that only its children show.

    ``path`` is the child numbers that lead here: 0 south-west, 1 south-east, 2 north-west, 3 north-east.
    """

    path: tuple[int, ...]
    rows: I64
    missing_m: float
    children: tuple[Node, ...]

    def walk(self) -> Iterator[Node]:
        """This node and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


def sizes(plans: Plans) -> F64:
    """The diameter of each plan's box (n,), metres: nothing of it is larger on any side one looks from."""
    boxes = shapely.bounds(plans.polygons)
    low = np.full((len(plans), 2), np.inf)
    high = np.full((len(plans), 2), -np.inf)
    np.minimum.at(low, plans.owner, boxes[:, :2])
    np.maximum.at(high, plans.owner, boxes[:, 2:])
    spans = np.column_stack([high - low, plans.high_m - plans.low_m])
    return np.asarray(np.linalg.norm(spans, axis=1))


def quadtree(plans: Plans, *, most: int = 700, most_corners: int = 8000) -> Node:
    """A tree in which each plan stands exactly once (refine ADD), at least one.

    A tile takes the largest of its plans, up to ``most`` and about ``most_corners``, and hands the others to its
    quarters by their middles. So what a view lacks is smaller than the tile's ``missing_m``, which is measured.
    """
    points = shapely.get_coordinates(shapely.centroid(plans.polygons))
    middle = np.zeros((len(plans), 2))
    middle[plans.owner[::-1]] = points[::-1]  # that of a plan's first part
    corners = np.bincount(plans.owner, shapely.get_num_coordinates(plans.polygons), len(plans))
    size = sizes(plans)
    order = np.lexsort((np.arange(len(plans)), -size))
    low = middle.min(0)
    side = max(float(np.ptp(middle, axis=0).max()), 1.0)

    def node(path: tuple[int, ...], rows: I64, corner: F64, width: float) -> Node:
        taken = min(most, max(1, int(np.searchsorted(np.cumsum(corners[rows]), most_corners, "right"))))
        if len(path) == _MOST_LEVELS:
            taken = len(rows)  # plans on one spot cannot be divided
        own, rest = rows[:taken], rows[taken:]
        half = width / 2
        quarter = ((middle[rest] >= corner + half) @ np.array([1, 2])).astype(np.int64)
        children = tuple(
            node((*path, q), rest[quarter == q], corner + half * np.array([q & 1, q >> 1]), half)
            for q in range(4)
            if (quarter == q).any()
        )
        return Node(path, own, float(size[rest[0]]) if len(rest) else 0.0, children)

    return node((), order, low, side)
