"""Raise ground plans to walls, roofs and edges."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import shapely
from manifold3d import triangulate

from heritage.model.arrays import F64, I32
from heritage.model.buildings import HEIGHT_SOURCES, BuildingMesh, Plans
from heritage.model.octree import I64

_ASSUMED = HEIGHT_SOURCES.index("assumed")


def extrude(plans: Plans, rows: I64) -> BuildingMesh:
    """The plans ``rows`` (k,) as one mesh whose features are numbered in that order, known heights first.

    Walls face outwards, roofs upwards. Each corner of a plan is two vertices, which walls and roof share: a
    renderer that wants flat faces takes the face's own normal.
    """
    rows = rows[np.argsort(plans.source[rows] == _ASSUMED, kind="stable")]
    place = np.full(len(plans), -1, np.int64)
    place[rows] = np.arange(len(rows))
    mine = np.flatnonzero(place[plans.owner] >= 0)
    mine = mine[np.argsort(place[plans.owner[mine]], kind="stable")]
    polygons = plans.polygons[mine]
    rings, polygon_of = shapely.get_rings(polygons, return_index=True)
    xy, ring_of = shapely.get_coordinates(rings, return_index=True)
    counts = np.bincount(ring_of, minlength=len(rings))
    ends = np.cumsum(counts)
    open_ = np.ones(len(xy), bool)
    open_[ends - 1] = False
    xy, ring_of, counts = xy[open_], ring_of[open_], counts - 1
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    corner = np.arange(len(xy))
    following = np.where(corner + 1 == (starts + counts)[ring_of], starts[ring_of], corner + 1)
    feature = place[plans.owner[mine[polygon_of[ring_of]]]].astype(np.int32)
    plan = rows[feature]
    low = np.column_stack([xy, plans.low_m[plan]])
    high = np.column_stack([xy, plans.high_m[plan]])
    foot, next_foot, roof, next_roof = 2 * corner, 2 * following, 2 * corner + 1, 2 * following + 1
    walls = np.stack([foot, next_foot, next_roof, foot, next_roof, roof], axis=1).reshape(-1, 3)
    roofs = _roofs(xy, starts, counts, polygon_of, len(polygons))
    # Per corner its two wall triangles and two edges; a stable order by feature keeps known heights first.
    triangles = np.concatenate([walls, 2 * roofs + 1])
    of_triangle = feature[triangles[:, 0] // 2]
    triangles = triangles[np.argsort(of_triangle, kind="stable")]
    edges = np.stack([roof, next_roof, foot, roof], axis=1).reshape(-1, 2)
    known = int((plans.source[rows] != _ASSUMED).sum())
    return BuildingMesh(
        vertices=np.stack([low, high], axis=1).reshape(-1, 3),
        top=np.tile(np.array([0, 255], np.uint8), len(xy)),
        feature=np.repeat(feature, 2),
        triangles=triangles.astype(np.int32),
        edges=edges.astype(np.int32),
        known_triangles=int((of_triangle < known).sum()),
        known_edges=int(2 * (feature < known).sum()),
        ids=tuple(plans.ids[row] for row in rows),
        names=tuple(plans.names[row] for row in rows),
        height_m=plans.height_m[rows],
        source=plans.source[rows],
    )


def _roofs(xy: F64, starts: I64, counts: I64, polygon_of: I64, polygons: int) -> I32:
    """Triangles (t, 3) over corners ``xy`` (n, 2) of every polygon with its holes, counter-clockwise."""
    first_ring = np.searchsorted(polygon_of, np.arange(polygons + 1))
    parts = []
    for first, last in pairwise(first_ring):
        start = starts[first]
        rings = [xy[starts[r] : starts[r] + counts[r]] for r in range(first, last)]
        parts.append(triangulate(rings) + start)
    return np.concatenate(parts).astype(np.int32) if parts else np.zeros((0, 3), np.int32)
