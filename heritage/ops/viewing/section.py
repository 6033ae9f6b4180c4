"""Cut a surface with a plane: the lines it leaves, in the plane's own metres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import shapely

from heritage.model.arrays import F64

_GRID_M = 1e-4  # tiles meet within their rounding; nearer ends are one


@dataclass(frozen=True, eq=False)
class Plane:
    """A plane through ``origin`` (3,) with unit vectors ``right`` and ``up`` in it; what it looks at lies along ``look``."""

    origin: F64
    right: F64
    up: F64

    @property
    def look(self) -> F64:
        """Unit vector square to the plane, away from who looks at the drawing."""
        return np.cross(self.up, self.right)

    def flat(self, xyz: F64) -> F64:
        """Places (n, 3) as (n, 2), metres to the right and up."""
        return np.asarray((xyz - self.origin) @ np.stack([self.right, self.up]).T)


def upright(start: F64, end: F64) -> Plane:
    """The vertical plane through ``start`` and ``end`` (2,), x and y: 0 is at ``start`` and height 0; to the right is the end."""
    way = (end - start) / np.linalg.norm(end - start)
    return Plane(np.array([*start, 0.0]), np.array([*way, 0.0]), np.array([0.0, 0.0, 1.0]))


def across(axis: Literal["x", "y", "z"], at_m: float) -> Plane:
    """The plane square to an axis at a place on it: x with +y to the right, y with +x to the right, z as a plan."""
    if axis == "z":
        return level(at_m)
    origin, way = np.zeros(3), np.zeros(3)
    origin["xy".index(axis)] = at_m
    way["yx".index(axis)] = 1.0
    return Plane(origin, way, np.array([0.0, 0.0, 1.0]))


def level(height_m: float) -> Plane:
    """The horizontal plane at a height, seen from above with +y up."""
    return Plane(np.array([0.0, 0.0, height_m]), np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0]))


def cut(vertices: F64, triangles: npt.NDArray[np.int64], plane: Plane) -> F64:
    """Where triangles meet the plane, (k, 2, 2): segments in the plane's metres.

    A vertex in the plane counts as above it, so that no segment comes twice and none of no length.
    """
    height = (vertices - plane.origin) @ plane.look
    above = height >= 0
    corners = above[triangles]
    crossed = triangles[corners.any(1) & ~corners.all(1)]
    if not len(crossed):
        return np.empty((0, 2, 2))
    above_at = above[crossed]
    # The corner that is alone on its side comes first; its two edges are cut.
    alone = np.where(above_at.sum(1) == 1, above_at.argmax(1), (~above_at).argmax(1))
    rows = np.arange(len(crossed))
    first, second, third = (crossed[rows, (alone + k) % 3] for k in range(3))
    ends = [_between(vertices, height, first, other, plane) for other in (second, third)]
    return np.stack(ends, axis=1)


def _between(
    vertices: F64, height: F64, a: npt.NDArray[np.int64], b: npt.NDArray[np.int64], plane: Plane
) -> F64:
    """Where the edges a-b (n,) meet the plane. Always from the lower number, so that neighbours find the same place."""
    low, high = np.minimum(a, b), np.maximum(a, b)
    share = (height[low] / (height[low] - height[high]))[:, None]
    return plane.flat(vertices[low] + share * (vertices[high] - vertices[low]))


def chained(segments: F64) -> list[F64]:
    """Segments (k, 2, 2) put together to lines (n, 2), the longest first."""
    snapped = np.round(segments / _GRID_M) * _GRID_M
    snapped = snapped[(snapped[:, 0] != snapped[:, 1]).any(1)]
    if not len(snapped):
        return []
    merged = shapely.line_merge(shapely.multilinestrings(shapely.linestrings(snapped)))
    lines = sorted(shapely.get_parts(merged), key=lambda line: -line.length)
    return [np.array(line.coords) for line in lines]
