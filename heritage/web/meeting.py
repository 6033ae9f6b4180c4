"""Whether a GeoJSON geometry meets a box: exactly, with plain numbers, as this process opens no geometry library."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from heritage.store.feature_index import Box

Position = Sequence[float]


def meets(geometry: dict[str, Any], box: Box) -> bool:
    """Whether a Point, Polygon or MultiPolygon (degrees) has a point in common with ``box``, its edge included."""
    kind, coordinates = geometry["type"], geometry["coordinates"]
    if kind == "Point":
        return _inside_box(coordinates, box)
    polygons = [coordinates] if kind == "Polygon" else coordinates
    return any(_polygon_meets(rings, box) for rings in polygons)


def _polygon_meets(rings: Sequence[Sequence[Position]], box: Box) -> bool:
    if any(_segment_meets(a, b, box) for ring in rings for a, b in pairwise(ring)):
        return True
    # No edge comes near: the box lies wholly inside the polygon, in a hole, or outside.
    corner = box[:2]
    inside = False
    for ring in rings:
        for a, b in pairwise(ring):
            if (a[1] > corner[1]) != (b[1] > corner[1]):
                x = a[0] + (corner[1] - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
                inside ^= corner[0] < x
    return inside


def _inside_box(p: Position, box: Box) -> bool:
    return box[0] <= p[0] <= box[2] and box[1] <= p[1] <= box[3]


def _segment_meets(a: Position, b: Position, box: Box) -> bool:
    """Liang and Barsky's clipping: the part of the segment between all four sides is not empty."""
    first, last = 0.0, 1.0
    for axis in (0, 1):
        step = b[axis] - a[axis]
        low, high = box[axis] - a[axis], box[axis + 2] - a[axis]
        if step == 0:
            if low > 0 or high < 0:
                return False
            continue
        enter, leave = sorted((low / step, high / step))
        first, last = max(first, enter), min(last, leave)
        if first > last:
            return False
    return True
