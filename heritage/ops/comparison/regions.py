"""Regions of change: connected surface beyond LoD95 with one sign, also across the borders of blocks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from heritage.model.arrays import F32, F64, I32, Bool, triple
from heritage.ops.comparison.surface_piece import SurfacePiece
from heritage.ops.comparison.tally import Tally

Vec = tuple[float, float, float]

_CHANCE = 4.0  # sigma: of some ten thousand places noise makes about one volume beyond
_SPOTS = 40  # about so many places of a region are kept
_LEAST = 0.5  # cylinder sections: what is smaller is less than a cylinder can tell
# Half of a cube's 26 neighbours; from the other side they are the other half.
_BESIDE = [step for step in product((-1, 0, 1), repeat=3) if step > (0, 0, 0)]


@dataclass(frozen=True, eq=False)
class Region:
    """Surface that changed one way, in the common frame: where, and how much.

    ``facing`` is the sum of its outward normals by area, square metres: short where it faces all ways. Mean and median
    are by area. ``volume_sigma_m3`` is 1 sigma of the points' noise and of the registration. ``spots`` (k, 3) are
    some of its places, all over it.
    """

    centre_m: Vec
    low_m: Vec
    high_m: Vec
    facing: Vec
    area_m2: float
    volume_m3: float
    volume_sigma_m3: float
    median_m: float
    greatest_m: float
    spots: F32

    @property
    def mean_m(self) -> float:
        """The signed distance's mean over the area."""
        return self.volume_m3 / self.area_m2

    def moved(self, by: F64) -> Region:
        """The same ``by`` (3,) farther."""
        centre, low, high = (
            triple(np.asarray(place) + by) for place in (self.centre_m, self.low_m, self.high_m)
        )
        spots = (self.spots + by).astype(np.float32)
        return replace(self, centre_m=centre, low_m=low, high_m=high, spots=spots)


@dataclass(frozen=True, eq=False)
class Part:
    """What one block holds of a region. ``moment`` is the sum of places times area, ``facing`` of normals times area,
    ``noise`` of the distances' variances times area, m^4; ``cubes`` (k, 3) are where it is and ``spots`` (k, 3) a place
    of it in each, ``border`` (b, 3) the places it shares with other blocks."""

    area_m2: float
    volume_m3: float
    noise: float
    moment: Vec
    facing: Vec
    low_m: Vec
    high_m: Vec
    greatest_m: float
    distances: Tally
    cubes: I32
    spots: F32
    border: F32


def find_parts(
    piece: SurfacePiece, distance: F32, lod: F32, sigma: F32, radius_m: float, step_m: float
) -> tuple[Part, ...]:
    """The regions of a block: those that count, and those that may go on in another block.

    ``sigma`` (m,) is the distances' noise without the registration's part; ``radius_m`` the cylinders'.
    """
    side = np.where(np.abs(distance) > lod, np.sign(distance), 0)  # comparisons with NaN are false
    edge = piece.triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)
    edge = edge[(side[edge[:, 0]] == side[edge[:, 1]]) & (side[edge[:, 0]] != 0)]
    label = _connected(len(side), edge)
    members = np.flatnonzero(side)
    # Most are specks of noise that lie within the block: they are told from the others all at once.
    count, owner, weight = int(label.max(initial=-1)) + 1, label[members], piece.area[members]
    open_ = np.zeros(count, bool)
    open_[owner[piece.shared[members]]] = True
    d, variance = distance[members].astype(np.float64), sigma[members].astype(np.float64) ** 2
    sums = [np.bincount(owner, weight * w, count).astype(np.float64) for w in (np.ones(len(d)), d, variance)]
    members = members[(open_ | _counts(radius_m, *sums))[owner]]
    order = members[np.argsort(label[members], kind="stable")]
    parts = []
    for rows in np.split(order, np.flatnonzero(np.diff(label[order])) + 1) if len(order) else ():
        d, weight = distance[rows].astype(np.float64), piece.area[rows]
        places, faces = piece.vertices[rows].astype(np.float64), piece.direction[rows]
        parts.append(
            Part(
                float(weight.sum()),
                float((d * weight).sum()),
                float((sigma[rows].astype(np.float64) ** 2 * weight).sum()),
                triple((places * weight[:, None]).sum(0)),
                triple((faces * weight[:, None]).sum(0)),
                triple(places.min(0)),
                triple(places.max(0)),
                float(d[np.abs(d).argmax()]),
                Tally.of(distance[rows], weight, step_m),
                *_thinned(np.floor(places / radius_m).astype(np.int32), piece.vertices[rows]),
                piece.vertices[rows[piece.shared[rows]]],
            )
        )
    return tuple(parts)


def join_parts(
    parts: Sequence[Part], radius_m: float, registration_m: float, step_m: float
) -> tuple[Region, ...]:
    """The regions of all blocks, largest volume first, without what chance makes of noise.

    Connected pieces of one sign that come closer than a cylinder's radius are one region: between them is nothing that
    the cylinders could tell. A volume's variance is the sum of every place's variance times its area times the area over
    which errors hang together: places measured with the same points err alike, and how much two discs of pi r^2
    overlap sums to pi r^2 over all shifts. The registration's error is common to all of a region: area times it,
    squared, comes on top.
    """
    owner = np.repeat(np.arange(len(parts)), [len(part.border) for part in parts])
    border = np.concatenate([part.border for part in parts]) if parts else np.zeros((0, 3), np.float32)
    whole = _grouped(parts, _connected(len(parts), _alike(border, owner)))
    sums = [np.array([getattr(part, name) for part in whole]) for name in ("area_m2", "volume_m3", "noise")]
    held = [part for part, counts in zip(whole, _counts(radius_m, *sums), strict=True) if counts]
    owner = np.repeat(np.arange(len(held)), [len(part.cubes) for part in held])
    gained = np.array([part.volume_m3 > 0 for part in held], np.int32)[owner]
    cubes = np.column_stack(
        [np.concatenate([part.cubes for part in held]) if held else np.zeros((0, 3), np.int32), gained]
    )
    near = [_alike(np.vstack([cubes, cubes + np.array([*step, 0])]), np.tile(owner, 2)) for step in _BESIDE]
    joined = _grouped(held, _connected(len(held), np.concatenate(near)))
    regions = [_region(part, radius_m, registration_m, step_m) for part in joined]
    return tuple(sorted(regions, key=lambda region: (-abs(region.volume_m3), region.centre_m)))


def _counts(radius_m: float, area_m2: F64, volume_m3: F64, noise: F64) -> Bool:
    """Whether pieces are more than chance, and large enough for a cylinder to have told them."""
    section = np.pi * radius_m**2
    beyond = np.abs(volume_m3) >= _CHANCE * np.sqrt(noise * np.minimum(area_m2, section))
    return np.asarray(beyond & (area_m2 >= _LEAST * section))


def _region(part: Part, radius_m: float, registration_m: float, step_m: float) -> Region:
    area = part.area_m2
    noise = part.noise * min(area, np.pi * radius_m**2)
    return Region(
        triple(np.array(part.moment) / area),
        part.low_m,
        part.high_m,
        part.facing,
        area,
        part.volume_m3,
        math.sqrt(noise + (area * registration_m) ** 2),
        part.distances.percentile(50) * step_m,
        part.greatest_m,
        part.spots[:: -(-len(part.spots) // _SPOTS)],
    )


def _thinned(cubes: I32, places: F32) -> tuple[I32, F32]:
    """Each of ``cubes`` (n, 3) once, with the least of its ``places`` (n, 3)."""
    order = np.lexsort((*places.T[::-1], *cubes.T[::-1]))
    cubes, places = cubes[order], places[order]
    first = np.concatenate([[True], (np.diff(cubes, axis=0) != 0).any(1)])
    return cubes[first], places[first]


def _grouped(parts: Sequence[Part], label: npt.NDArray[np.int32]) -> list[Part]:
    """One part of all that have a label in common."""
    order = np.argsort(label, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(label[order])) + 1) if len(order) else []
    return [_one([parts[row] for row in rows]) for rows in groups]


def _one(held: Sequence[Part]) -> Part:
    if len(held) == 1:
        return held[0]

    def summed(name: str) -> Vec:
        return triple(np.array([math.fsum(getattr(part, name)[k] for part in held) for k in range(3)]))

    return Part(
        math.fsum(part.area_m2 for part in held),
        math.fsum(part.volume_m3 for part in held),
        math.fsum(part.noise for part in held),
        summed("moment"),
        summed("facing"),
        triple(np.min([part.low_m for part in held], axis=0)),
        triple(np.max([part.high_m for part in held], axis=0)),
        max((part.greatest_m for part in held), key=lambda d: (abs(d), d)),
        Tally.joined(part.distances for part in held),
        *_thinned(
            np.concatenate([part.cubes for part in held]), np.concatenate([part.spots for part in held])
        ),
        np.concatenate([part.border for part in held]),
    )


def _alike(rows: npt.NDArray[np.generic], owner: npt.NDArray[np.integer]) -> npt.NDArray[np.integer]:
    """Pairs (e, 2) of owners that join all owners of equal ``rows`` (n, k)."""
    _, place = np.unique(rows, axis=0, return_inverse=True)
    order = np.argsort(place, kind="stable")
    same = np.flatnonzero(np.diff(place[order]) == 0)
    return np.column_stack([owner[order[same]], owner[order[same + 1]]])


def _connected(count: int, edge: npt.NDArray[np.integer]) -> npt.NDArray[np.int32]:
    graph = coo_matrix((np.ones(len(edge), np.int8), (edge[:, 0], edge[:, 1])), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1])
