"""A footprint as edges and as samples along them, in metres about its own centre."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.polygon import orient

from heritage.model.arrays import F64
from heritage.model.errors import InputError
from heritage.ops.points.grid import I64

_STRAIGHT_M = 0.03  # vertices that bend the outline by less are drawing noise


@dataclass(frozen=True, eq=False)
class Edges:
    """Edges of ``plan``, which is the footprint less ``centre`` (2,) metres.

    ``start`` (e, 2), ``along`` (e, 2) unit, ``outward`` (e, 2) unit, ``length`` (e,) metres. ``sample`` (q, 2) points
    every ``step`` metres or denser, ``sample_edge`` (q,) the edge of each, ``sample_length`` (q,) metres it stands for.
    """

    plan: Polygon | MultiPolygon
    centre: F64
    start: F64
    along: F64
    outward: F64
    length: F64
    sample: F64
    sample_edge: I64
    sample_length: F64

    @property
    def perimeter(self) -> float:
        """Length of all edges, courtyards included, metres."""
        return float(self.length.sum())

    @property
    def radius(self) -> float:
        """Distance of the farthest vertex from the centre, metres."""
        return float(np.linalg.norm(self.start, axis=1).max())


def edges_of(footprint: Polygon | MultiPolygon) -> Edges:
    """Edges of a valid footprint in metres. Raises InputError for an empty, invalid or flat one."""
    if footprint.is_empty or not footprint.is_valid or footprint.area <= 0:
        found = "empty" if footprint.is_empty else shapely.is_valid_reason(footprint)
        raise InputError(
            "footprint", f"not usable: {found}", "a valid polygon with an area is allowed", "repair it at its source",
            code="footprint-invalid",
        )  # fmt: skip
    centre = np.array(footprint.centroid.coords[0])
    plan = shapely.transform(footprint, lambda xy: xy - centre).simplify(_STRAIGHT_M)
    if not isinstance(plan, Polygon | MultiPolygon):
        raise InputError("footprint", f"a {plan.geom_type}", "a polygon is allowed", code="footprint-invalid")
    starts, ends = [], []
    for ring in _rings(plan):
        starts.append(ring[:-1])
        ends.append(ring[1:])
    start, end = np.concatenate(starts), np.concatenate(ends)
    length = np.linalg.norm(end - start, axis=1)
    along = (end - start) / length[:, None]
    outward = np.column_stack([along[:, 1], -along[:, 0]])  # the area lies to the left of every oriented ring
    step = max(0.25, float(length.sum()) / 800)
    count = np.maximum(np.ceil(length / step), 1).astype(np.int64)
    edge = np.repeat(np.arange(len(length)), count)
    place = np.concatenate([(np.arange(k) + 0.5) / k for k in count])
    sample = start[edge] + (place * length[edge])[:, None] * along[edge]
    return Edges(plan, centre, start, along, outward, length, sample, edge, (length / count)[edge])


def _rings(plan: Polygon | MultiPolygon) -> Iterator[F64]:
    for part in plan.geoms if isinstance(plan, MultiPolygon) else [plan]:
        turned = orient(part, 1.0)
        for ring in (turned.exterior, *turned.interiors):
            yield np.asarray(ring.coords, np.float64)[:, :2]
