"""Regions of change: connected surface beyond LoD95 with one sign, also across the borders of blocks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from heritage.model.arrays import F32, F64, Bool, triple
from heritage.ops.comparison.surface_piece import SurfacePiece
from heritage.ops.comparison.tally import Tally

Vec = tuple[float, float, float]

_CERTAIN = 2.0  # times LoD95: one such place makes a region of change certain
_WIDE = 4.0  # cylinder sections: more area than noise, which hangs together over one, is certain too


@dataclass(frozen=True)
class Region:
    """A connected piece of surface that changed one way, in the common frame: where, and how much.

    ``facing`` is the sum of its outward normals by area, square metres: short where it faces all ways. Mean and median
    are by area. ``volume_sigma_m3`` is 1 sigma of the points' noise and of the registration.
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

    @property
    def mean_m(self) -> float:
        """The signed distance's mean over the area."""
        return self.volume_m3 / self.area_m2

    def moved(self, by: F64) -> Region:
        """The same ``by`` (3,) farther."""
        centre, low, high = (
            triple(np.asarray(place) + by) for place in (self.centre_m, self.low_m, self.high_m)
        )
        return replace(self, centre_m=centre, low_m=low, high_m=high)


@dataclass(frozen=True, eq=False)
class Part:
    """What one block holds of a region. ``moment`` is the sum of places times area, ``facing`` of normals times area,
    ``noise`` of the distances' variances times area, m^4; ``border`` (b, 3) the places it shares with other blocks."""

    area_m2: float
    volume_m3: float
    noise: float
    moment: Vec
    facing: Vec
    low_m: Vec
    high_m: Vec
    greatest_m: float
    certain: bool
    distances: Tally
    border: F32


def find_parts(
    piece: SurfacePiece, distance: F32, lod: F32, sigma: F32, radius_m: float, step_m: float
) -> tuple[Part, ...]:
    """The regions of a block: those that count, and those that may go on in another block."""
    side = np.where(np.abs(distance) > lod, np.sign(distance), 0)  # comparisons with NaN are false
    edge = piece.triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)
    edge = edge[(side[edge[:, 0]] == side[edge[:, 1]]) & (side[edge[:, 0]] != 0)]
    label = _connected(len(side), edge)
    members = np.flatnonzero(side)
    # Most are specks of noise that lie within the block: they are told from the others all at once.
    count, owner = int(label.max(initial=-1)) + 1, label[members]
    certain = np.zeros(count, bool)
    certain[owner[np.abs(distance[members]) >= _CERTAIN * lod[members]]] = True
    open_ = np.zeros(count, bool)
    open_[owner[piece.shared[members]]] = True
    area = np.bincount(owner, piece.area[members], count).astype(np.float64)
    members = members[(open_ | _counts(area, certain, radius_m))[owner]]
    order = members[np.argsort(label[members], kind="stable")]
    parts = []
    for rows in np.split(order, np.flatnonzero(np.diff(label[order])) + 1) if len(order) else ():
        d, weight = distance[rows].astype(np.float64), piece.area[rows]
        places, faces = piece.vertices[rows], piece.direction[rows]
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
                bool(certain[label[rows[0]]]),
                Tally.of(distance[rows], weight, step_m),
                places[piece.shared[rows]],
            )
        )
    return tuple(parts)


def join_parts(
    parts: Sequence[Part], radius_m: float, registration_m: float, step_m: float
) -> tuple[Region, ...]:
    """The regions of all blocks, largest volume first, without what chance makes of noise.

    A volume's variance is the sum of every place's variance times its area times the area over which errors hang
    together: places measured with the same points err alike, and how much two discs of pi r^2 overlap sums to pi r^2
    over all shifts. The registration's error is common to all of a region: area times it, squared, comes on top.
    """
    owner = np.repeat(np.arange(len(parts)), [len(part.border) for part in parts])
    border = np.concatenate([part.border for part in parts]) if parts else np.zeros((0, 3), np.float32)
    _, place = np.unique(border, axis=0, return_inverse=True)
    order = np.argsort(place, kind="stable")
    same = np.flatnonzero(np.diff(place[order]) == 0)
    label = _connected(len(parts), np.column_stack([owner[order[same]], owner[order[same + 1]]]))
    order = np.argsort(label, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(label[order])) + 1) if len(order) else []
    regions = []
    for rows in groups:
        held = [parts[row] for row in rows]
        area = math.fsum(part.area_m2 for part in held)
        if not _counts(np.array(area), np.array(any(part.certain for part in held)), radius_m):
            continue
        regions.append(_joined(held, area, radius_m, registration_m, step_m))
    return tuple(sorted(regions, key=lambda region: (-abs(region.volume_m3), region.centre_m)))


def _joined(
    held: Sequence[Part], area_m2: float, radius_m: float, registration_m: float, step_m: float
) -> Region:
    together = min(area_m2, np.pi * radius_m**2)
    noise = math.fsum(part.noise for part in held) * together
    return Region(
        triple(np.array([math.fsum(part.moment[k] for part in held) for k in range(3)]) / area_m2),
        triple(np.min([part.low_m for part in held], axis=0)),
        triple(np.max([part.high_m for part in held], axis=0)),
        triple(np.array([math.fsum(part.facing[k] for part in held) for k in range(3)])),
        area_m2,
        math.fsum(part.volume_m3 for part in held),
        math.sqrt(noise + (area_m2 * registration_m) ** 2),
        Tally.joined(part.distances for part in held).percentile(50) * step_m,
        max((part.greatest_m for part in held), key=lambda d: (abs(d), d)),
    )


def _counts(area_m2: F64, certain: Bool, radius_m: float) -> Bool:
    return np.asarray(certain | (area_m2 >= _WIDE * np.pi * radius_m**2))


def _connected(count: int, edge: npt.NDArray[np.integer]) -> npt.NDArray[np.int32]:
    graph = coo_matrix((np.ones(len(edge), np.int8), (edge[:, 0], edge[:, 1])), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1])
