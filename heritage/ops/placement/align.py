"""Bring one epoch of a monument onto another that starts near it and differs by real change.

Point-to-plane ICP (Chen and Medioni 1992) from coarse to fine with Tukey weights, so that what was lost or
rebuilt between the surveys loses its say. The scale stays 1: both epochs are metric or share one error
(`align_scaled` sets it free). At the
finest level it runs both ways, and the answer is the middle.

The error of the alignment has two parts. A delete-one-block jackknife: the surface is cut into compact blocks, each is
left out once, and the spread of the answers along the surface's normals is the scatter. Unlike the covariance of the
least squares, which counts every point as independent, it sees warps and change that differ from place to place. And
what no part of the surface can show, because all of it is pulled alike: half of what the two ways disagree.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import Literal

import numpy as np
from pydantic import Field
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation

from heritage.model.arrays import F32, F64, Mesh, PointCloud, Similarity
from heritage.model.documents import Document, Positive
from heritage.model.errors import MethodError
from heritage.model.report import Figure
from heritage.ops.points.grid import (
    I64,
    distinct,
    group_means,
    morton_order,
    shape,
    spacing,
    thin,
    voxels,
)

_LEAST = 200
_BLOCKS = 20
_TUKEY = 4.685
_BETTER = (
    0.85  # of the residuals that are left when an epoch may also grow or shrink: then it is in another scale
)
_KEPT, _FREE = (
    "of the moving epoch, were it free; it stays as it is",
    "of the moving epoch, found with the fit",
)
_SLIDING = (
    0.004  # least mean square of the normals along any direction; 4 degrees of noise on a plane make 0.005
)


class AlignOptions(Document):
    """How epochs are aligned."""

    reach_m: Positive | None = Field(
        None, description="how far off the start may be, metres; default: 5 % of the reference's diagonal"
    )
    points: int = Field(
        40_000, ge=1_000, le=1_000_000, description="most points of the moving epoch at the finest level"
    )
    iterations: int = Field(60, ge=1, le=1_000, description="most iterations per level")
    overlap_min: float = Field(
        0.3, ge=0, le=1, description="least share of the moving epoch that must lie on the reference"
    )
    scale_max: float = Field(
        0.005,
        gt=0,
        le=1,
        description="an epoch that would fit better larger or smaller by more is in another scale",
    )
    scale: Literal["kept", "free"] = Field(
        "kept",
        description="free: the moving epoch may grow or shrink, by up to a tenth; for surveys whose scale nobody measured",
    )
    rms_max: float = Field(
        0.01,
        gt=0,
        le=1,
        description="epochs that are farther apart where they fit best do not fit; share of the diagonal",
    )


@dataclass(frozen=True, eq=False)
class Alignment:
    """``reference_from_moving`` has scale 1 unless that was free.

    ``larger``: by how much the moving epoch is still too large. ``rms_m``:
    weighted residual along the normals where the surfaces agree. ``overlap``: share of the moving
    points that lie on the reference's surface. ``sigma_m``: error of the alignment along the normals, 1 sigma.
    """

    reference_from_moving: Similarity
    larger: float
    rms_m: float
    overlap: float
    sigma_m: float
    figures: tuple[Figure, ...]


def align(reference: PointCloud, moving: PointCloud, options: AlignOptions | None = None) -> Alignment:
    """Where ``moving`` belongs in the frame of ``reference``; origins are accounted for. Use cleaned clouds.

    Raises MethodError where there are too few points, the surface can slide on itself (a single plane), the
    iterations do not settle, too little of the two overlaps, or they differ in scale.
    """
    chosen = options or AlignOptions()
    centre = reference.xyz.mean(0).astype(np.float64) if len(reference) else np.zeros(3)
    fixed = _prepared(reference, np.zeros(3), centre, "reference")
    mobile = _prepared(moving, moving.origin - reference.origin, centre, "moving")
    spaced = spacing(fixed)
    reach = chosen.reach_m or max(0.05 * float(np.linalg.norm(np.ptp(fixed, axis=0))), 20 * spaced)
    pose = _coarse(fixed, mobile, reach, spaced, chosen)
    size, level = reach / 4, None
    while True:
        size = max(size, 1.5 * spaced)
        last = size == 1.5 * spaced
        level = _Level.of(fixed, mobile, size, chosen.points if last else chosen.points // 4)
        pose, settled = level.refined(pose, 3 * size, chosen.iterations)
        if last:
            break
        size /= 3
    back = _Level.of(mobile, fixed, size, chosen.points)
    other, settled_back = back.refined(pose.inverse(), 3 * size, chosen.iterations)
    apart = other.inverse().after(pose)
    return _judged(level, pose, apart, settled and settled_back, 3 * size, centre, reference, moving, chosen)


def move_cloud(cloud: PointCloud, target_from_source: Similarity, origin: F64) -> PointCloud:
    """``cloud`` in the target frame, relative to ``origin`` (3,) there; normals turn with it."""
    xyz = (target_from_source.apply(cloud.world()) - origin).astype(np.float32)
    turn = target_from_source.rotation.T
    normal = None if cloud.normal is None else (cloud.normal @ turn).astype(np.float32)
    return cloud.with_(origin=origin, xyz=xyz, normal=normal)


def move_mesh(mesh: Mesh, target_from_source: Similarity, origin: F64) -> Mesh:
    """``mesh`` in the target frame, relative to ``origin`` (3,) there; normals turn with it."""
    world = mesh.vertices.astype(np.float64) + mesh.origin
    normals = (
        None if mesh.normals is None else (mesh.normals @ target_from_source.rotation.T).astype(np.float32)
    )
    return mesh.with_(
        origin=origin, vertices=(target_from_source.apply(world) - origin).astype(np.float32), normals=normals
    )


def _prepared(cloud: PointCloud, shift: F64, centre: F64, name: str) -> F32:
    """Distinct points in Morton order, relative to the reference's centre."""
    xyz = cloud.xyz[distinct(cloud.xyz)] if len(cloud) else cloud.xyz
    if len(xyz) < _LEAST:
        raise MethodError(
            "align",
            f"{len(xyz)} distinct points in the {name} epoch",
            f"at least {_LEAST}",
            code="align-too-few",
        )
    local = (xyz.astype(np.float64) + shift - centre).astype(np.float32)
    return np.ascontiguousarray(local[morton_order(local)])


@dataclass(frozen=True, eq=False)
class _Pose:
    """x_fixed = rotation @ x_mobile + translation."""

    rotation: F64
    translation: F64

    def apply(self, xyz: F64) -> F64:
        return np.asarray(xyz @ self.rotation.T + self.translation)

    def inverse(self) -> _Pose:
        return _Pose(self.rotation.T, -self.rotation.T @ self.translation)

    def after(self, first: _Pose) -> F64:
        """(6,) small turn and shift that lead from ``first`` to this pose, in the reference's frame."""
        turn = self.rotation @ first.rotation.T
        return np.concatenate(
            [Rotation.from_matrix(turn).as_rotvec(), self.translation - turn @ first.translation]
        )

    def moved(self, step: F64) -> _Pose:
        turn = Rotation.from_rotvec(step[:3]).as_matrix()
        return _Pose(turn @ self.rotation, turn @ self.translation + step[3:])


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Moving points (m, 3) on their planes: lever arms, normals, residuals along them, Tukey weights."""

    which: I64
    at: F64
    normal: F64
    residual: F64
    weight: F64
    scale: float

    @property
    def rows(self) -> F64:
        """(m, 6): change of the residual by a small turn and shift."""
        return np.hstack([np.cross(self.at, self.normal), self.normal])


@dataclass(frozen=True, eq=False)
class _Level:
    """Thinned epochs: planes (centre and normal) of the reference, points of the moving one."""

    plane: F64
    normal: F64
    points: F64
    tree: cKDTree

    @classmethod
    def of(cls, fixed: F32, mobile: F32, size: float, most: int) -> _Level:
        few = thin(fixed, size)
        around = shape(fixed[few], 12, among=fixed)
        # The mean of a voxel carries less noise than a point, and equals it in expectation in both epochs.
        points = _means(mobile, size)
        points = points[:: max(1, -(-len(points) // most))]
        return cls(
            around.centre.astype(np.float64), around.normal.astype(np.float64), points, cKDTree(around.centre)
        )

    def pairs(self, pose: _Pose, within: float) -> _Pairs:
        at = pose.apply(self.points)
        distance, index = self.tree.query(at, distance_upper_bound=within)
        which = np.flatnonzero(np.isfinite(distance))
        at, index = at[which], index[which]
        normal = self.normal[index]
        residual = ((at - self.plane[index]) * normal).sum(1)
        scale = max(1.4826 * float(np.median(np.abs(residual))) if len(residual) else 0.0, 1e-9)
        u = np.clip(residual / (_TUKEY * scale), -1, 1)
        return _Pairs(which, at, normal, residual, (1 - u**2) ** 2, scale)

    def refined(self, pose: _Pose, within: float, iterations: int) -> tuple[_Pose, bool]:
        """The pose at which no step moves the cloud by more than a hundredth of its residuals' error."""
        size = float(np.sqrt((self.points**2).sum(1).mean()))
        for _ in range(iterations):
            pairs = self.pairs(pose, within)
            if len(pairs.which) < _LEAST // 4:
                return pose, False
            step = _solved(pairs)
            pose = pose.moved(step)
            moved = float(np.linalg.norm(step[:3])) * size + float(np.linalg.norm(step[3:]))
            if moved < 0.03 * pairs.scale / np.sqrt(len(pairs.which) / 100 + 1):
                return pose, True
        return pose, False


def _means(xyz: F32, size: float) -> F64:
    """Mean of the points in every occupied voxel, ordered by voxel."""
    _, voxel = np.unique(voxels(xyz, size), return_inverse=True)
    return group_means(voxel, xyz)


def _solved(pairs: _Pairs) -> F64:
    """(6,) small turn and shift that take the residuals away."""
    rows = pairs.rows
    weighted = rows * pairs.weight[:, None]
    # A sphere or a single plane leaves motions free; the smallest answer does not use them.
    return np.asarray(np.linalg.lstsq(weighted.T @ rows, -weighted.T @ pairs.residual, rcond=1e-9)[0])


def _rms(pairs: _Pairs) -> float:
    return float(np.sqrt((pairs.weight * pairs.residual**2).sum() / max(pairs.weight.sum(), 1e-300)))


def _larger(pairs: _Pairs) -> float:
    """By how much the moving epoch is too large: the step that turns, shifts and shrinks it onto the planes.

    Where the true factor is far from 1 most pairs are wrong and the step is too short, but not nought.
    """
    rows = _rows_scaled(pairs)
    weighted = rows * pairs.weight[:, None]
    step = np.linalg.lstsq(weighted.T @ rows, -weighted.T @ pairs.residual, rcond=1e-9)[0]
    return float(-step[6])


def _rows_scaled(pairs: _Pairs) -> F64:
    """(m, 7): change of the residual by a small turn, shift and growth."""
    return np.hstack([pairs.rows, (pairs.at * pairs.normal).sum(1)[:, None]])


def _coarse(fixed: F32, mobile: F32, reach: float, spaced: float, options: AlignOptions) -> _Pose:
    """The best of 27 starts, shifted by up to half the reach, each refined on a few thousand points."""
    size = max(reach / 3, 2 * spaced)
    level = _Level.of(fixed, mobile, size, 3_000)
    best, least = _Pose(np.eye(3), np.zeros(3)), np.inf
    for shift in product((0.0, -0.6 * reach, 0.6 * reach), repeat=3):
        pose, _ = level.refined(_Pose(np.eye(3), np.array(shift)), 2 * reach, 15)
        distance = level.tree.query(pose.apply(level.points))[0]
        cost = float(np.minimum(distance, size).mean())
        if cost < 0.98 * least:  # a start that is not clearly better does not replace an earlier, nearer one
            best, least = pose, cost
    return best


def _judged(
    level: _Level, pose: _Pose, apart: F64, settled: bool, within: float, centre: F64, reference: PointCloud, moving: PointCloud,
    options: AlignOptions,
) -> Alignment:  # fmt: skip
    pairs = level.pairs(pose, within)
    used = pairs.weight > 0
    overlap = float(used.sum() / len(level.points))
    if overlap < options.overlap_min:
        raise MethodError(
            "align",
            f"{overlap:.0%} of the moving epoch lies on the reference",
            f"at least {options.overlap_min:.0%}",
            "give a larger align.reach_m, or bring the epochs into one frame first",
            code="align-no-overlap",
        )
    weight = pairs.weight[used]
    slide = np.linalg.eigvalsh((pairs.normal[used] * weight[:, None]).T @ pairs.normal[used] / weight.sum())[
        0
    ]
    if slide < _SLIDING:
        raise MethodError(
            "align",
            "a surface that can slide on itself: hardly anything faces sideways",
            "surfaces facing three ways",
            "align with surroundings included, or bring the epochs into one frame first",
            code="align-sliding",
        )
    if not settled:
        raise MethodError(
            "align",
            f"no rest after {options.iterations} iterations",
            "a settled alignment",
            "raise align.iterations, or bring the epochs nearer first",
            code="align-unsettled",
        )
    rms = _rms(pairs)
    # A step towards another scale is believed if the surfaces then fit much better: planes through what is no surface
    # pull anywhere.
    larger = _larger(pairs)
    scaled = replace(level, points=level.points / (1 + larger))
    other = _rms(scaled.pairs(scaled.refined(pose, within, options.iterations)[0], within))
    kept = options.scale == "kept"
    if kept and abs(larger) > options.scale_max and other < _BETTER * rms:
        raise MethodError(
            "align",
            f"the moving epoch is too {'large' if larger > 0 else 'small'}, by {abs(larger):.1%} or more",
            f"at most {options.scale_max:.1%}",
            "correct the unit or scale of one of the two sources, or set align.scale: free",
            code="align-scale",
        )
    across = float(np.linalg.norm(np.ptp(level.plane, axis=0)))
    if rms > options.rms_max * across:
        raise MethodError(
            "align",
            f"surfaces that lie {rms:.3g} m apart where they fit best, of {across:.3g} m in all",
            f"at most {options.rms_max:.1%}",
            "are they of one thing, in one unit and scale? if so, bring them nearer first",
            code="align-unlike",
        )
    # Point-to-plane pulls points at edges to one side, and the other side when the epochs change places: the middle
    # is right to first order, and half of the difference stays in doubt.
    pose = pose.moved(apart / 2)
    scatter = _jackknife(pairs, pairs.rows if kept else _rows_scaled(pairs))
    doubt = float(np.sqrt(((pairs.rows @ apart / 2) ** 2).mean()))
    sigma = float(np.hypot(scatter, doubt))
    # Positions were relative to the reference's centre, in its frame less its origin.
    base = reference.origin + centre
    translation = pose.translation + base - pose.rotation @ base
    transform = Similarity(_orthogonal(pose.rotation), translation)
    offset = (
        transform.apply(moving.world()[:: max(1, len(moving) // 1000)])
        - moving.world()[:: max(1, len(moving) // 1000)]
    )
    turned = float(np.degrees(Rotation.from_matrix(transform.rotation).magnitude()))
    return Alignment(
        transform, larger, rms, overlap, sigma,
        (
            Figure(name="rms", value=rms, unit="m", method="weighted residual to the reference's planes where the epochs agree"),
            Figure(name="overlap", value=overlap, unit="1", method="share of the moving epoch's voxels on the reference"),
            Figure(name="sigma", value=sigma, unit="m", method="1 sigma along the normals: the two figures below together"),
            Figure(name="sigma_scatter", value=scatter, unit="m", method=f"jackknife over {_BLOCKS} blocks alone"),
            Figure(name="sigma_direction", value=doubt, unit="m", method="half the difference of moving onto reference and back"),
            Figure(name="scale", value=1 + larger, unit="1", method=_KEPT if kept else _FREE),
            Figure(name="turned", value=turned, unit="deg", method="angle of the rotation"),
            Figure(name="moved", value=float(np.linalg.norm(offset, axis=1).mean()), unit="m", method="mean way of the points"),
            Figure(name="pairs", value=int(used.sum()), unit="1", method="voxels with weight at the finest level"),
        ),
    )  # fmt: skip


def _jackknife(pairs: _Pairs, rows: F64) -> float:
    """Error along the normals, metres: delete-one-block jackknife (Efron and Stein 1981) of the last step.

    The step is Newton's, by the slope of Tukey's psi: with its weights held, as in the iteration itself, leaving a
    block out would move the answer by a fifth less than starting again without it does.
    """
    order = morton_order(pairs.at.astype(np.float32))
    block = np.empty(len(order), np.int64)
    block[order] = np.arange(len(order)) * _BLOCKS // len(order)
    u = np.clip(pairs.residual / (_TUKEY * pairs.scale), -1, 1)
    slope = (1 - u**2) * (1 - 5 * u**2)
    curvature = [(rows[b] * slope[b, None]).T @ rows[b] for b in (block == i for i in range(_BLOCKS))]
    pull = [
        (rows[b] * pairs.weight[b, None]).T @ pairs.residual[b] for b in (block == i for i in range(_BLOCKS))
    ]
    whole, force = sum(curvature), sum(pull)
    steps = np.stack(
        [-np.linalg.lstsq(whole - c, force - p, rcond=1e-9)[0] for c, p in zip(curvature, pull, strict=True)]
    )
    spread = rows @ (steps - steps.mean(0)).T
    variance = (_BLOCKS - 1) / _BLOCKS * (spread**2).sum(1)
    return float(np.sqrt(variance.mean()))


def _orthogonal(rotation: F64) -> F64:
    """The rotation nearest to a product of many, whose rounding has added up."""
    u, _, v = np.linalg.svd(rotation)
    return np.asarray(u @ v)
