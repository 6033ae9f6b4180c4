"""Regions of change: connected surface beyond LoD95 with one sign, also across the borders of blocks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from heritage.model.arrays import F32, F64, Bool, triple
from heritage.ops.comparison.chance import CHANCE, Chance
from heritage.ops.comparison.part import Part, one_of, section, thinned
from heritage.ops.comparison.surface_piece import SurfacePiece
from heritage.ops.comparison.tally import Tally

_LEAST = 0.5  # cylinder sections: what is smaller is less than a cylinder can tell
# Half of a cube's 26 neighbours; from the other side they are the other half.
_BESIDE = [step for step in product((-1, 0, 1), repeat=3) if step > (0, 0, 0)]


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
    members = members[(open_ | _counts(radius_m, CHANCE, *sums))[owner]]
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
                *thinned(np.floor(places / radius_m).astype(np.int32), piece.vertices[rows], distance[rows]),
                piece.vertices[rows[piece.shared[rows]]],
            )
        )
    return tuple(parts)


def join_parts(parts: Sequence[Part], radius_m: float, chance: Chance) -> list[Part]:
    """The regions of all blocks, each in one part, without what ``chance`` makes of noise.

    Connected pieces of one sign that come closer than a cylinder's radius are one region: between them is nothing that
    the cylinders could tell.
    """
    owner = np.repeat(np.arange(len(parts)), [len(part.border) for part in parts])
    border = np.concatenate([part.border for part in parts]) if parts else np.zeros((0, 3), np.float32)
    whole = _grouped(parts, _connected(len(parts), _alike(border, owner)))
    sums = [np.array([getattr(part, name) for part in whole]) for name in ("area_m2", "volume_m3", "noise")]
    limit = chance.sigmas(sums[0] / section(radius_m))
    held = [part for part, counts in zip(whole, _counts(radius_m, limit, *sums), strict=True) if counts]
    owner = np.repeat(np.arange(len(held)), [len(part.cubes) for part in held])
    gained = np.array([part.volume_m3 > 0 for part in held], np.int32)[owner]
    cubes = np.column_stack(
        [np.concatenate([part.cubes for part in held]) if held else np.zeros((0, 3), np.int32), gained]
    )
    near = [_alike(np.vstack([cubes, cubes + np.array([*step, 0])]), np.tile(owner, 2)) for step in _BESIDE]
    return _grouped(held, _connected(len(held), np.concatenate(near)))


def _counts(radius_m: float, sigmas: float | F64, area_m2: F64, volume_m3: F64, noise: F64) -> Bool:
    """Whether pieces are off by more than so many ``sigmas``, and large enough for a cylinder to have told them."""
    across = section(radius_m)
    beyond = np.abs(volume_m3) >= sigmas * np.sqrt(noise * np.minimum(area_m2, across))
    return np.asarray(beyond & (area_m2 >= _LEAST * across))


def _grouped(parts: Sequence[Part], label: npt.NDArray[np.int32]) -> list[Part]:
    """One part of all that have a label in common."""
    order = np.argsort(label, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(label[order])) + 1) if len(order) else []
    return [one_of([parts[row] for row in rows]) for rows in groups]


def _alike(rows: npt.NDArray[np.generic], owner: npt.NDArray[np.integer]) -> npt.NDArray[np.integer]:
    """Pairs (e, 2) of owners that join all owners of equal ``rows`` (n, k)."""
    _, place = np.unique(rows, axis=0, return_inverse=True)
    order = np.argsort(place, kind="stable")
    same = np.flatnonzero(np.diff(place[order]) == 0)
    return np.column_stack([owner[order[same]], owner[order[same + 1]]])


def _connected(count: int, edge: npt.NDArray[np.integer]) -> npt.NDArray[np.int32]:
    graph = coo_matrix((np.ones(len(edge), np.int8), (edge[:, 0], edge[:, 1])), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1])
