"""A flight around what stands in its way: searched in the free air, with clearance, for every window at once.

Method: cells of a lattice that are clear of all surfaces by more than half an edge (so no edge can cross one), the
shortest way through them (Dijkstra), pulled straight where it can be, and used as a spline's control points.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

from heritage.model.arrays import F64
from heritage.ops.viewing.camera import Orbit
from heritage.ops.viewing.path import Path, path_between, turn
from heritage.ops.viewing.scenery import Scenery, pierced, standing

CLEARANCE_M = 0.3  # nearer to a surface a flight feels like a collision
_STEPS = 160  # a flight is looked at in this many legs
_BESIDE = 0.6  # of the flight's length is searched on each side, and above
_BESIDE_M = 4.0
_BELOW_M = 0.3  # no lower than the lower end, nor than everything: what lies below is no place for a camera
_LATTICES = (24, 48, 72)  # cells along the longest side: coarse ways are wide ones
_LOOKS = 13  # places on a way where the camera looks around
_CLIMB = 1.4  # times as dear as walking: around things rather than over them
_KNOTS = (3, 6, 12, 24)  # control points tried, few first: few are smooth
_HALF_EDGE = 0.87  # of a cell's side: half the diagonal between neighbours
_NEAREST = 24  # cells tried as the first after an end
_OFFSETS = np.array([o for o in np.ndindex(3, 3, 3) if o > (1, 1, 1)]) - 1  # each pair of neighbours once


def eyes_along(path: Path) -> F64:
    """Where the camera is on its way, (n, 3)."""
    return np.array([path.at(t).eye for t in np.linspace(0, 1, _STEPS + 1)])


def clear(scenery: Scenery, path: Path) -> bool:
    """Whether ``path`` meets no surface and keeps CLEARANCE_M, or as much as its ends have."""
    eyes = eyes_along(path)
    if pierced(scenery, eyes) is not None:
        return False
    apart = scenery.clearance(eyes)
    return bool(apart.min() >= min(CLEARANCE_M, apart[0], apart[-1]) - 1e-6)


def detour(scenery: Scenery, flights: Sequence[tuple[Orbit, Orbit]]) -> tuple[Orbit, ...] | None:
    """Control points that lead every one of ``flights`` (one per window) around the surfaces of ``scenery``.

    Empty where the straight ways are clear already, or no wider one was found; None where they meet a surface and no
    way around it was found. Metres, z up, one frame.
    """
    straight = [path_between(*flight) for flight in flights]
    if all(clear(scenery, path) for path in straight):
        return ()
    if any(standing(scenery, orbit.eye).enclosed for flight in flights for orbit in flight):
        return None
    for cells in _LATTICES:
        for start, end in flights:
            way = _way(scenery, start.eye, end.eye, cells)
            if way is None:
                continue
            for via in _knots(way, start, end):
                ways = [path_between(*flight, via) for flight in flights]
                if all(clear(scenery, way) and _outdoors(scenery, way) for way in ways):
                    return via
    return () if all(pierced(scenery, eyes_along(path)) is None for path in straight) else None


def _outdoors(scenery: Scenery, path: Path) -> bool:
    """Whether no place on ``path`` is inside a body or under the ground: scanned surfaces end, and have holes."""
    return not any(standing(scenery, path.at(t).eye).enclosed for t in np.linspace(0, 1, _LOOKS))


def _way(scenery: Scenery, start: F64, end: F64, cells: int) -> F64 | None:
    """A polyline (n, 3) from ``start`` to ``end`` through clear cells; None where there is none."""
    length = float(np.linalg.norm(end - start))
    if length < 1e-6:
        return None
    beside = _BESIDE * length + _BESIDE_M
    low, high = np.minimum(start, end) - beside, np.maximum(start, end) + beside
    low[2] = max(min(start[2], end[2]) - _BELOW_M, scenery.lowest())
    side = float((high - low).max()) / cells
    shape = np.maximum(np.ceil((high - low) / side).astype(int), 1)
    places = low + (np.stack(np.meshgrid(*map(np.arange, shape), indexing="ij"), -1) + 0.5) * side
    apart = scenery.clearance(places.reshape(-1, 3)).reshape(shape)
    number = np.where(apart > max(_HALF_EDGE * side, CLEARANCE_M), 0, -1)
    free = number >= 0
    number[free] = np.arange(free.sum())
    ends = len(places[free])
    at = np.vstack([places[free], start, end])
    rows, columns = _edges(number)
    for k, place in enumerate((start, end)):
        first = _entrances(scenery, place, at[:ends])
        if not len(first):
            return None
        rows, columns = np.append(rows, np.full(len(first), ends + k)), np.append(columns, first)
    off = at[columns] - at[rows]
    cost = np.linalg.norm(off * (1, 1, _CLIMB), axis=1)
    graph = coo_matrix((cost, (rows, columns)), shape=(len(at), len(at))).tocsr()
    _, before = dijkstra(graph, directed=False, indices=ends, return_predecessors=True)
    back = [ends + 1]
    while back[-1] != ends:
        if before[back[-1]] < 0:
            return None
        back.append(int(before[back[-1]]))
    return _pulled(scenery, at[back[::-1]], side)


def _edges(number: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of neighbouring free cells (26 neighbours); ``number`` is -1 where a cell is not free."""
    rows, columns = [], []
    for offset in _OFFSETS:
        here = tuple(slice(max(0, -o), n - max(0, o)) for o, n in zip(offset, number.shape, strict=True))
        there = tuple(slice(max(0, o), n + min(0, o)) for o, n in zip(offset, number.shape, strict=True))
        a, b = number[here].ravel(), number[there].ravel()
        both = (a >= 0) & (b >= 0)
        rows.append(a[both])
        columns.append(b[both])
    return np.concatenate(rows), np.concatenate(columns)


def _entrances(scenery: Scenery, place: F64, at: F64) -> np.ndarray:
    """The nearest free cells that are reached from ``place`` in a straight line."""
    near = np.argsort(np.linalg.norm(at - place, axis=1))[:_NEAREST]
    return np.array([k for k in near if pierced(scenery, np.array([place, at[k]])) is None], int)


def _pulled(scenery: Scenery, way: F64, side: float) -> F64:
    """``way`` without the corners that a straight leg with clearance makes needless."""
    kept, at = [0], 0
    while at < len(way) - 1:
        for to in range(len(way) - 1, at, -1):
            steps = max(2, int(np.linalg.norm(way[to] - way[at]) / (side / 2)))
            leg = way[at] + np.linspace(0, 1, steps + 1)[:, None] * (way[to] - way[at])
            apart = scenery.clearance(leg)
            needed = min(max(CLEARANCE_M, _HALF_EDGE * side), apart[0], apart[-1])
            if to == at + 1 or (apart.min() >= needed - 1e-9 and pierced(scenery, leg) is None):
                kept.append(to)
                at = to
                break
    return way[kept]


def _knots(way: F64, start: Orbit, end: Orbit) -> Iterator[tuple[Orbit, ...]]:
    """Control points along ``way``, few and many; the camera turns evenly, by the side on which it sees its subject."""
    travelled = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(way, axis=0), axis=1))])
    short = turn(start.heading, end.heading)
    for count in _KNOTS:
        shares = np.arange(1, count + 1) / (count + 1)
        places = np.column_stack([np.interp(shares * travelled[-1], travelled, way[:, k]) for k in range(3)])
        turns = [short] if abs(short) < np.pi / 2 else [short, short - np.copysign(2 * np.pi, short)]
        ways = [_turned(places, shares, start, end, whole) for whole in turns]
        yield max(ways, key=lambda orbits: _seen(orbits, shares, start, end))


def _turned(places: F64, shares: F64, start: Orbit, end: Orbit, whole: float) -> tuple[Orbit, ...]:
    orbits = []
    for place, share in zip(places, shares, strict=True):
        distance = start.distance + (end.distance - start.distance) * share
        pitch = start.pitch + (end.pitch - start.pitch) * share
        here = Orbit(np.zeros(3), distance, start.heading + whole * share, pitch, start.fov_deg)
        orbits.append(Orbit(place + here.look * distance, distance, here.heading, pitch, start.fov_deg))
    return tuple(orbits)


def _seen(orbits: Sequence[Orbit], shares: F64, start: Orbit, end: Orbit) -> float:
    """How well the subject is looked at on the way: -1 behind the camera, 1 in the middle."""
    seen = 0.0
    for orbit, share in zip(orbits, shares, strict=True):
        towards = start.target + (end.target - start.target) * share - orbit.eye
        seen += float(towards @ orbit.look) / max(float(np.linalg.norm(towards)), 1e-9)
    return seen / len(orbits)
