"""A footprint as edges and as samples along them, in metres about its own centre."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from heritage.model.arrays import F64, Bool
from heritage.model.errors import InputError
from heritage.ops.points.grid import I64

_STRAIGHT_M = 0.03  # vertices that bend the outline by less are drawing noise
_BESIDE_M = 6.0  # walls of neighbours farther away are not expected in the cloud
_SAME_M = 0.3  # corners nearer than this were drawn as one
_PARTY_M = 0.4  # an edge nearer than this to a neighbour's plan is a party wall, seen at most above its roof
_LEAST_SEEN = 0.15  # of the outline; where less is free, party walls count as well
_SPREAD = 400
_LEAST_LENGTH_M = 0.5  # shorter pieces of neighbours' edges say nothing
_DRAWN_PARTY, _DRAWN_BESIDE = 0.3, 0.5  # weight in the search against a free edge of the footprint itself


@dataclass(frozen=True, eq=False)
class Edges:
    """Edges of ``plan``, which is the footprint less ``centre`` (2,) metres, and of what stands ``beside`` it.

    ``start`` (e, 2), ``along`` (e, 2) unit, ``outward`` (e, 2) unit, ``length`` (e,) metres, ``own`` (e,) whether it is
    an edge of the plan. ``sample`` (q, 2) points every ``step`` metres or denser, ``sample_edge`` (q,) the edge of
    each, ``sample_length`` (q,) metres of free outline it stands for, ``sample_drawn`` (q,) its weight in the search.
    ``inside`` (k, 2): points spread evenly over the plan. ``corner`` (e, 2) indices of the drawn corners between
    which an edge runs, ``span`` (e, 2) the fractions of the way from the first to the second at which it begins and
    ends: a neighbour's edge is cut off, and a corner that buildings share is one. ``attached``: whether anything stands wall to
    wall with the plan. ``plan_ends`` (p, 2, 2) and ``beside_ends`` (b, 2, 2): the ends of all their edges, as drawn.
    """

    plan: Polygon | MultiPolygon
    beside: BaseGeometry
    centre: F64
    start: F64
    along: F64
    outward: F64
    length: F64
    own: Bool
    sample: F64
    sample_edge: I64
    sample_length: F64
    sample_drawn: F64
    inside: F64
    corner: I64
    span: F64
    attached: bool
    plan_ends: F64
    beside_ends: F64

    @property
    def perimeter(self) -> float:
        """Length of the free outline, courtyards included, metres."""
        return float(self.sample_length.sum())

    @property
    def radius(self) -> float:
        """Distance of the farthest edge's beginning from the centre, metres."""
        return float(np.linalg.norm(self.start, axis=1).max())


def edges_of(footprint: Polygon | MultiPolygon, beside: Sequence[Polygon | MultiPolygon] = ()) -> Edges:
    """Edges of a valid footprint in metres, and of its neighbours ``beside`` within 6 m, valid too.

    Raises InputError for an empty, invalid or flat footprint.
    """
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
    near = [shapely.transform(other, lambda xy: xy - centre) for other in beside]
    near = [other for other in near if other.distance(plan) < _BESIDE_M]
    pieces = [(ends, ends) for ends in segments(plan)]
    own = len(pieces)
    pieces += _neighbours_pieces(plan, near)
    start, end = np.array([p[0][0] for p in pieces]), np.array([p[0][1] for p in pieces])
    corner, span = _corners(pieces)
    length = np.linalg.norm(end - start, axis=1)
    along = (end - start) / length[:, None]
    outward = np.column_stack([along[:, 1], -along[:, 0]])  # the area lies to the left of every oriented ring
    step = max(0.25, float(length[:own].sum()) / 800)
    count = np.maximum(np.ceil(length / step), 1).astype(np.int64)
    edge = np.repeat(np.arange(len(length)), count)
    place = np.concatenate([(np.arange(k) + 0.5) / k for k in count])
    sample = start[edge] + (place * length[edge])[:, None] * along[edge]
    stands_for = (length / count)[edge]
    others = shapely.union_all(near)
    built = others.buffer(_PARTY_M)
    shapely.prepare(built)
    party = shapely.contains_xy(built, sample[:, 0], sample[:, 1])
    mine = edge < own
    free = stands_for * (mine & ~party)
    if free.sum() < _LEAST_SEEN * length[:own].sum():
        free = stands_for * mine
    drawn = stands_for * np.where(mine, np.where(party, _DRAWN_PARTY, 1.0), _DRAWN_BESIDE)
    shapely.prepare(plan)
    shapely.prepare(others)
    return Edges(
        plan, others, centre, start, along, outward, length, np.arange(len(length)) < own,
        sample, edge, free, drawn, _spread(plan), corner, span, bool((mine & party).any()),
        np.array(list(segments(plan))), np.array(list(segments(others))).reshape(-1, 2, 2),
    )  # fmt: skip


def _spread(plan: Polygon | MultiPolygon) -> F64:
    low, high = np.array(plan.bounds[:2]), np.array(plan.bounds[2:])
    step = float(np.sqrt(plan.area / _SPREAD))
    x, y = (np.arange(a + step / 2, b, step) for a, b in zip(low, high, strict=True))
    grid = np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1).reshape(-1, 2)
    within = grid[shapely.contains_xy(plan, grid[:, 0], grid[:, 1])]
    return within if len(within) else np.array([plan.representative_point().coords[0]])


def segments(plan: BaseGeometry) -> Iterator[F64]:
    """(2, 2) each: the ends of every edge of a polygon or several, rings oriented."""
    for part in shapely.get_parts(plan):
        turned = orient(part, 1.0)
        for ring in (turned.exterior, *turned.interiors):
            xy = np.asarray(ring.coords, np.float64)[:, :2]
            yield from np.stack([xy[:-1], xy[1:]], axis=1)


def _neighbours_pieces(
    plan: Polygon | MultiPolygon, near: Sequence[Polygon | MultiPolygon]
) -> list[tuple[F64, F64]]:
    """Pieces of the neighbours' edges near the plan, less those between two buildings, directed as their rings are;
    and the whole edge of each."""
    within = plan.buffer(_BESIDE_M)
    shapely.prepare(within)
    built = shapely.buffer([plan, *near], _PARTY_M)
    found: list[tuple[F64, F64]] = []
    for i, other in enumerate(near):
        rest = shapely.union_all(np.delete(built, i + 1))
        whole = np.array(list(segments(other)))
        whole = whole[shapely.intersects(within, shapely.linestrings(whole))]
        cut = shapely.difference(shapely.intersection(shapely.linestrings(whole), within), rest)
        pieces, of = shapely.get_parts(cut, return_index=True)
        for piece, ends in zip(pieces, whole[of], strict=True):
            if piece.length < _LEAST_LENGTH_M:
                continue
            xy = np.asarray(piece.coords, np.float64)[[0, -1]]
            found.append((xy if (xy[1] - xy[0]) @ (ends[1] - ends[0]) > 0 else xy[::-1], ends))
    return found


def _corners(pieces: Sequence[tuple[F64, F64]]) -> tuple[I64, F64]:
    """Which corners (e, 2) the whole edges run between, those within ``_SAME_M`` of each other being one; and the
    spans (e, 2) of the pieces on them."""
    ends = np.concatenate([whole for _, whole in pieces])
    same = cKDTree(ends).query_pairs(_SAME_M, output_type="ndarray")
    links = coo_array((np.ones(len(same)), (same[:, 0], same[:, 1])), shape=(len(ends), len(ends)))
    corner = connected_components(links, directed=False)[1].reshape(-1, 2).astype(np.int64)
    along = np.array([whole[1] - whole[0] for _, whole in pieces])
    square = (along**2).sum(1)
    span = [
        ((np.array([piece[k] - whole[0] for piece, whole in pieces]) * along).sum(1)) / square for k in (0, 1)
    ]
    return corner, np.column_stack(span)
