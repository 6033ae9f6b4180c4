"""Which side of a surface is outside, for all points of a thinned cloud together.

Two points that see each other through empty voxels either both have the open air between them, or both the
inside of the same wall. So lines of sight tie sides together across distances, as neighbours on one plane tie
them together nearby; the sky, or cameras, say which is which. Every side listens to all of these until nothing
changes (mean-field annealing of an Ising model: Peterson and Anderson 1987). Where a survey left holes some
lines of sight lead through walls; they are outvoted.

Not every witness is worth as much: a ray of two voxels often meets its own surface, and under a statue without
a back the sky is seen from inside. So the sides are settled twice. After the first time each kind of witness
(the sky, open places, lines of sight by their length) is weighed by the log odds of its agreeing with the sides
found, as observers without known error rates are (Dawid and Skene 1979); nothing is tuned to a monument.

Compared on five made captures and a real statue: the sky alone leaves 1-16 % of the sides wrong, neighbours and
iterative Poisson reconstruction after it (Hou et al. 2022) 0.3-4 % for twice the time, this 0.3-0.9 %.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, diags
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from heritage.model.arrays import F32, F64, Bool
from heritage.model.octree import I64
from heritage.ops.normals.sight import SKY, Sight, camera_votes, look_around

_NEAR = 50  # neighbours a side listens to
_APART = 0.5  # voxels off each other's planes at which neighbours count as of two surfaces
_ROUNDS = 80
_COOLED = 50  # rounds over which certainty grows
_WARM, _COLD = 0.4, 3.0  # how certain a side becomes when all others agree: tanh of twice it
_CARRIED = 8  # settled points that a point listens to
_LENGTHS = 2.0 ** np.arange(1, 7)  # voxels: lines of sight of one octave are a kind of witness
_PASSES = 2  # more change hardly a side
_SUREST = 0.98


@dataclass(frozen=True, eq=False)
class Sides:
    """``side`` (n,) float32 from -1 to 1: positive where the direction given is outward, and how certainly.

    ``agreeing``: share (by weight) of what the sky or the cameras say that the sides agree with; NaN where
    they say nothing. ``turned``: points of pieces that came out inside out, and were turned.
    """

    side: F32
    agreeing: float
    turned: int


def settle_sides(
    xyz: F32, direction: F32, voxel: float, cameras: F64 | None = None, *, rays: int = 64
) -> Sides:
    """The sides of points (n, 3) float32 metres, z up, about one in each ``voxel``, with directions (n, 3), unit.

    ``cameras`` (m, 3) in the same frame, or None: then light comes from the sky.
    """
    sight = look_around(xyz, direction, voxel, rays)
    told = [_told(sight.seen == SKY, sight.weight), _told(sight.opened & (sight.seen != SKY), sight.cosine)]
    if cameras is not None and len(cameras):
        votes = camera_votes(xyz, direction, voxel, cameras)
        told = [(votes, np.abs(votes))]
    ties = _ties(sight, xyz, voxel)
    along = _along(xyz, direction, voxel)
    near = diags(1 / np.maximum(np.asarray(np.abs(along).sum(1)).ravel(), 1e-9)) @ along
    # At first the sky and every line of sight count alike, and open places not at all.
    trust = np.ones(len(told) + len(_LENGTHS) + 1)
    trust[1 : len(told)] = 0
    for _ in range(_PASSES):
        side, pull = _settled(told, ties, near, trust)
        side, turned = _upright(pull, told[0][0], side)
        trust = _trust(told, ties, side)
    agreed = told[0][0] * side
    spoken = float(np.abs(agreed).sum())
    agreeing = float(agreed[agreed > 0].sum()) / spoken if spoken > 0 else float("nan")
    return Sides(side.astype(np.float32), agreeing, turned)


@dataclass(frozen=True, eq=False)
class _Ties:
    """Lines of sight from ``point`` to ``other`` (k,), their weight and ``kind`` (k,): which length they have."""

    point: I64
    other: I64
    weight: F64
    kind: I64

    def matrix(self, trust: F64, n: int) -> csr_matrix:
        made = csr_matrix((self.weight * trust[self.kind], (self.point, self.other)), shape=(n, n))
        return (made + made.T) * 0.5


def _told(where: Bool, weight: F32) -> tuple[F64, F64]:
    """Votes (n,) for the side given, and how much was said (n,), of the rays (n, r) ``where`` something says so."""
    spoken = np.where(where, weight, 0).astype(np.float64)
    return spoken.sum(1), np.abs(spoken).sum(1)


def _ties(sight: Sight, xyz: F32, voxel: float) -> _Ties:
    point, ray = np.nonzero(sight.seen >= 0)
    other = sight.seen[point, ray].astype(np.int64)
    length = np.linalg.norm(xyz[point] - xyz[other], axis=1) / voxel
    return _Ties(point, other, sight.weight[point, ray].astype(np.float64), np.searchsorted(_LENGTHS, length))


def _settled(
    told: list[tuple[F64, F64]], ties: _Ties, near: csr_matrix, trust: F64
) -> tuple[F64, csr_matrix]:
    """Sides (n,) by annealing, and what pulls at them."""
    votes = sum(t * v for t, (v, _) in zip(trust, told, strict=False))
    said = sum(t * s for t, (_, s) in zip(trust, told, strict=False))
    seen = ties.matrix(trust[len(told) :], near.shape[0])
    # What is seen, and what is near, count alike, however many rays or neighbours a point has.
    in_all = np.maximum(np.asarray(np.abs(seen).sum(1)).ravel() + said, 1e-9)
    pull = (diags(1 / in_all) @ seen + near).tocsr()
    push = votes / in_all
    side = np.tanh(_WARM * push)
    for k in range(_ROUNDS):
        before = side
        side = np.tanh((_WARM + (_COLD - _WARM) * min(1.0, k / _COOLED)) * (push + pull @ side))
        if k > _COOLED and float(np.mean((side < 0) != (before < 0))) < 1e-5:
            break
    return side, pull


def _trust(told: list[tuple[F64, F64]], ties: _Ties, side: F64) -> F64:
    """How far each kind of witness is to be believed: the log odds of its agreeing with the sides, at least 0."""
    sure = np.clip(side, -_SUREST, _SUREST)
    agree = [(said + votes * sure).sum() / 2 for votes, said in told]
    spoken = [said.sum() for _, said in told]
    kinds = len(_LENGTHS) + 1
    weight = np.abs(ties.weight)
    agree += list(
        np.bincount(ties.kind, (weight + ties.weight * sure[ties.point] * sure[ties.other]) / 2, kinds)
    )
    spoken += list(np.bincount(ties.kind, weight, kinds))
    # A kind that says nothing is believed half, which is not at all.
    share = np.clip((np.array(agree) + 1e-9) / (np.array(spoken) + 2e-9), 0.5, _SUREST)
    return np.asarray(np.log(share / (1 - share)))


def _along(xyz: F32, direction: F32, voxel: float) -> csr_matrix:
    """How strongly neighbours have the same side, (n, n) symmetric; negative where directions are opposite.

    Points on two faces of a thin wall are neighbours, too: they lie off each other's planes, and do not count.
    """
    count = min(_NEAR + 1, len(xyz))
    near = cKDTree(xyz).query(xyz, count)[1].reshape(len(xyz), count)[:, 1:]
    n = len(xyz)
    row = np.repeat(np.arange(n), near.shape[1])
    column = near.ravel()
    apart = (xyz[column] - xyz[row]).astype(np.float64)
    cosine = (direction[row] * direction[column]).sum(1).astype(np.float64)
    weight = np.sign(cosine) * cosine**4 * _on_one_surface(apart, direction[row], direction[column], voxel)
    made = csr_matrix((weight, (row, column)), shape=(n, n))
    return (made + made.T) * 0.5


def _upright(pull: csr_matrix, votes: F64, side: F64) -> tuple[F64, int]:
    """Turn every connected piece that on the whole contradicts what the sky or the cameras say of it."""
    piece = connected_components(pull, directed=False)[1]
    inverted = np.bincount(piece, weights=votes * side) < 0
    turn = inverted[piece]
    return np.where(turn, -side, side), int(turn.sum())


def _on_one_surface(apart: F64, one: F32, other: F32, voxel: float) -> F64:
    """From 1 to 0 (k,) as two places ``apart`` (k, 3) metres lie off each other's planes."""
    off = np.abs((apart * one).sum(1)) + np.abs((apart * other).sum(1))
    return np.asarray(np.exp(-((off / (2 * _APART * voxel)) ** 2)))


def carry_sides(xyz: F32, direction: F32, settled_xyz: F32, settled: F32, voxel: float) -> tuple[F32, F32]:
    """Directions (n, 3) turned as the settled normals around them, and how far those agree (n,), from 0 to 1.

    ``settled`` (m, 3): normals as long as they are certain, about one in each ``voxel``. Those of the same
    surface count most: the other face of a thin roof lies as near, and looks the other way.
    """
    count = min(_CARRIED, len(settled_xyz))
    near = cKDTree(settled_xyz).query(xyz, count)[1].reshape(len(xyz), count)
    plane = settled / np.maximum(np.linalg.norm(settled, axis=1, keepdims=True), np.float32(1e-9))
    total, weight = np.zeros(len(xyz)), np.zeros(len(xyz))
    for column in near.T:
        cosine = (settled[column] * direction).sum(1).astype(np.float64)
        apart = (settled_xyz[column] - xyz).astype(np.float64)
        # Where all lie off the plane, the least far off still says more than nothing.
        square = cosine**2 * (_on_one_surface(apart, direction, plane[column], voxel) + 1e-6)
        total += np.sign(cosine) * square
        weight += square
    agreement = np.abs(total) / np.maximum(weight, 1e-12)
    turned = np.where((total < 0)[:, None], -direction, direction)
    return turned, np.clip(agreement, 0, 1).astype(np.float32)
