"""Bring one epoch of a monument onto another that starts near it and differs by real change.

Point-to-plane ICP (Chen and Medioni 1992) from coarse to fine with Tukey weights, so that what was lost or
rebuilt between the surveys loses its say. The scale stays 1: both epochs are metric or share one error
(`align_scaled` sets it free). At the finest level it runs both ways, and the answer is the middle.

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
from scipy.spatial.transform import Rotation

from heritage.model.arrays import F32, F64, PointCloud, Similarity
from heritage.model.documents import Document, Positive
from heritage.model.errors import MethodError
from heritage.model.report import Figure
from heritage.ops.placement.icp import BLOCKS, LEAST, Level, Pairs, Pose, jackknife
from heritage.ops.points.grid import distinct, morton_order, spacing

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
        level = Level.of(fixed, mobile, size, chosen.points if last else chosen.points // 4)
        pose, settled = level.refined(pose, 3 * size, chosen.iterations)
        if last:
            break
        size /= 3
    back = Level.of(mobile, fixed, size, chosen.points)
    other, settled_back = back.refined(pose.inverse(), 3 * size, chosen.iterations)
    apart = other.inverse().after(pose)
    pairs = level.pairs(pose, 3 * size)
    _refuse_unsure(level, pairs, settled and settled_back, chosen)
    larger = _in_one_scale(level, pose, pairs, 3 * size, chosen)
    scatter = jackknife(pairs, pairs.rows if chosen.scale == "kept" else pairs.rows_scaled)
    doubt = float(np.sqrt(((pairs.rows @ apart / 2) ** 2).mean()))
    # Point-to-plane pulls points at edges to one side, and the other side when the epochs change places: the middle
    # is right to first order, and half of the difference stays in doubt.
    pose = pose.moved(apart / 2)
    # Positions were relative to the reference's centre, in its frame less its origin.
    base = reference.origin + centre
    transform = Similarity(_orthogonal(pose.rotation), pose.translation + base - pose.rotation @ base)
    sigma, overlap = float(np.hypot(scatter, doubt)), level.overlap(pairs)
    some = moving.world()[:: max(1, len(moving) // 1000)]
    way = float(np.linalg.norm(transform.apply(some) - some, axis=1).mean())
    turned = float(np.degrees(Rotation.from_matrix(transform.rotation).magnitude()))
    return Alignment(
        transform, larger, pairs.rms, overlap, sigma,
        (
            Figure(name="rms", value=pairs.rms, unit="m", method="weighted residual to the reference's planes where both agree"),
            Figure(name="overlap", value=overlap, unit="1", method="share of the moving epoch's voxels on the reference"),
            Figure(name="sigma", value=sigma, unit="m", method="1 sigma along the normals: the two figures below together"),
            Figure(name="sigma_scatter", value=scatter, unit="m", method=f"jackknife over {BLOCKS} blocks alone"),
            Figure(name="sigma_direction", value=doubt, unit="m", method="half the difference of moving onto reference and back"),
            Figure(name="scale", value=1 + larger, unit="1", method=_KEPT if chosen.scale == "kept" else _FREE),
            Figure(name="turned", value=turned, unit="deg", method="angle of the rotation"),
            Figure(name="moved", value=way, unit="m", method="mean way of the points"),
            Figure(name="pairs", value=int((pairs.weight > 0).sum()), unit="1", method="voxels with weight at the finest level"),
        ),
    )  # fmt: skip


def _prepared(cloud: PointCloud, shift: F64, centre: F64, name: str) -> F32:
    """Distinct points in Morton order, relative to the reference's centre."""
    xyz = cloud.xyz[distinct(cloud.xyz)] if len(cloud) else cloud.xyz
    if len(xyz) < LEAST:
        raise MethodError(
            "align",
            f"{len(xyz)} distinct points in the {name} epoch",
            f"at least {LEAST}",
            code="align-too-few",
        )
    local = (xyz.astype(np.float64) + shift - centre).astype(np.float32)
    return np.ascontiguousarray(local[morton_order(local)])


def _coarse(fixed: F32, mobile: F32, reach: float, spaced: float, options: AlignOptions) -> Pose:
    """The best of 27 starts, shifted by up to half the reach, each refined on a few thousand points."""
    size = max(reach / 3, 2 * spaced)
    level = Level.of(fixed, mobile, size, 3_000)
    best, least = Pose(np.eye(3), np.zeros(3)), np.inf
    for shift in product((0.0, -0.6 * reach, 0.6 * reach), repeat=3):
        pose, _ = level.refined(Pose(np.eye(3), np.array(shift)), 2 * reach, 15)
        distance = level.tree.query(pose.apply(level.points))[0]
        cost = float(np.minimum(distance, size).mean())
        if cost < 0.98 * least:  # a start that is not clearly better does not replace an earlier, nearer one
            best, least = pose, cost
    return best


def _refuse_unsure(level: Level, pairs: Pairs, settled: bool, options: AlignOptions) -> None:
    """MethodError where too little overlaps, the surface can slide on itself, or the iterations found no rest."""
    overlap = level.overlap(pairs)
    if overlap < options.overlap_min:
        raise MethodError(
            "align",
            f"{overlap:.0%} of the moving epoch lies on the reference",
            f"at least {options.overlap_min:.0%}",
            "give a larger align.reach_m, or bring the epochs into one frame first",
            code="align-no-overlap",
        )
    spread = (pairs.normal * pairs.weight[:, None]).T @ pairs.normal / pairs.weight.sum()
    if np.linalg.eigvalsh(spread)[0] < _SLIDING:
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


def _in_one_scale(level: Level, pose: Pose, pairs: Pairs, within: float, options: AlignOptions) -> float:
    """By how much the moving epoch is too large; MethodError where it is in another scale, or fits nowhere.

    A step towards another scale is believed if the surfaces then fit much better: planes through what is no surface
    pull anywhere.
    """
    larger = pairs.larger
    scaled = replace(level, points=level.points / (1 + larger))
    other = scaled.pairs(scaled.refined(pose, within, options.iterations)[0], within).rms
    if options.scale == "kept" and abs(larger) > options.scale_max and other < _BETTER * pairs.rms:
        raise MethodError(
            "align",
            f"the moving epoch is too {'large' if larger > 0 else 'small'}, by {abs(larger):.1%} or more",
            f"at most {options.scale_max:.1%}",
            "correct the unit or scale of one of the two sources, or set align.scale: free",
            code="align-scale",
        )
    across = float(np.linalg.norm(np.ptp(level.plane, axis=0)))
    if pairs.rms > options.rms_max * across:
        raise MethodError(
            "align",
            f"surfaces that lie {pairs.rms:.3g} m apart where they fit best, of {across:.3g} m in all",
            f"at most {options.rms_max:.1%}",
            "are they of one thing, in one unit and scale? if so, bring them nearer first",
            code="align-unlike",
        )
    return larger


def _orthogonal(rotation: F64) -> F64:
    """The rotation nearest to a product of many, whose rounding has added up."""
    u, _, v = np.linalg.svd(rotation)
    return np.asarray(u @ v)
