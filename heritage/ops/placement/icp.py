"""Point-to-plane ICP (Chen and Medioni 1992) with Tukey weights at one level of detail, and the scatter of its answer.

Lengths are metres; poses lead from the moving epoch's frame to the reference's, both about one centre.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation

from heritage.model.arrays import F32, F64
from heritage.ops.points.grid import I64, group_means, morton_order, shape, thin, voxels

BLOCKS = 20  # of the jackknife
LEAST = 200  # distinct points of an epoch that can be aligned
_TUKEY = 4.685


@dataclass(frozen=True, eq=False)
class Pose:
    """x_fixed = rotation @ x_mobile + translation."""

    rotation: F64
    translation: F64

    def apply(self, xyz: F64) -> F64:
        """Points (n, 3) of the moving epoch where they belong in the reference."""
        return np.asarray(xyz @ self.rotation.T + self.translation)

    def inverse(self) -> Pose:
        """Leads from the reference to the moving epoch."""
        return Pose(self.rotation.T, -self.rotation.T @ self.translation)

    def after(self, first: Pose) -> F64:
        """(6,) small turn and shift that lead from ``first`` to this pose, in the reference's frame."""
        turn = self.rotation @ first.rotation.T
        return np.concatenate(
            [Rotation.from_matrix(turn).as_rotvec(), self.translation - turn @ first.translation]
        )

    def moved(self, step: F64) -> Pose:
        """This pose and then ``step`` (6,): a small turn (rotation vector, radians) and shift."""
        turn = Rotation.from_rotvec(step[:3]).as_matrix()
        return Pose(turn @ self.rotation, turn @ self.translation + step[3:])


@dataclass(frozen=True, eq=False)
class Pairs:
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

    @property
    def rows_scaled(self) -> F64:
        """(m, 7): change of the residual by a small turn, shift and growth."""
        return np.hstack([self.rows, (self.at * self.normal).sum(1)[:, None]])

    @property
    def rms(self) -> float:
        """Of the weighted residuals, metres."""
        return float(np.sqrt((self.weight * self.residual**2).sum() / max(self.weight.sum(), 1e-300)))

    def solved(self, rows: F64) -> F64:
        """The least change, as ``rows`` (m, k) tell its effect, that takes the residuals away: (k,).

        A sphere or a single plane leaves motions free; the smallest answer does not use them.
        """
        weighted = rows * self.weight[:, None]
        return np.asarray(np.linalg.lstsq(weighted.T @ rows, -weighted.T @ self.residual, rcond=1e-9)[0])

    @property
    def larger(self) -> float:
        """By how much the moving epoch is too large: what the step that also shrinks it says.

        Where the true factor is far from 1 most pairs are wrong and the step is too short, but not nought.
        """
        return float(-self.solved(self.rows_scaled)[6])


@dataclass(frozen=True, eq=False)
class Level:
    """Thinned epochs: planes (centre and normal) of the reference, points of the moving one."""

    plane: F64
    normal: F64
    points: F64
    tree: cKDTree

    @classmethod
    def of(cls, fixed: F32, mobile: F32, size: float, most: int) -> Level:
        """Both epochs (n, 3) thinned to voxels of ``size`` metres, the moving one to at most ``most`` points."""
        few = thin(fixed, size)
        around = shape(fixed[few], 12, among=fixed)
        # The mean of a voxel carries less noise than a point, and equals it in expectation in both epochs.
        points = _means(mobile, size)
        points = points[:: max(1, -(-len(points) // most))]
        return cls(
            around.centre.astype(np.float64), around.normal.astype(np.float64), points, cKDTree(around.centre)
        )

    def pairs(self, pose: Pose, within: float) -> Pairs:
        """Every moving point with the nearest plane of the reference no farther than ``within`` metres."""
        at = pose.apply(self.points)
        distance, index = self.tree.query(at, distance_upper_bound=within)
        which = np.flatnonzero(np.isfinite(distance))
        at, index = at[which], index[which]
        normal = self.normal[index]
        residual = ((at - self.plane[index]) * normal).sum(1)
        scale = max(1.4826 * float(np.median(np.abs(residual))) if len(residual) else 0.0, 1e-9)
        u = np.clip(residual / (_TUKEY * scale), -1, 1)
        return Pairs(which, at, normal, residual, (1 - u**2) ** 2, scale)

    def overlap(self, pairs: Pairs) -> float:
        """Share of the moving points that have a say."""
        return float((pairs.weight > 0).sum() / len(self.points))

    def refined(self, pose: Pose, within: float, iterations: int) -> tuple[Pose, bool]:
        """The pose at which no step moves the cloud by more than a hundredth of its residuals' error."""
        size = float(np.sqrt((self.points**2).sum(1).mean()))
        for _ in range(iterations):
            pairs = self.pairs(pose, within)
            if len(pairs.which) < LEAST // 4:
                return pose, False
            step = pairs.solved(pairs.rows)
            pose = pose.moved(step)
            moved = float(np.linalg.norm(step[:3])) * size + float(np.linalg.norm(step[3:]))
            if moved < 0.03 * pairs.scale / np.sqrt(len(pairs.which) / 100 + 1):
                return pose, True
        return pose, False


def _means(xyz: F32, size: float) -> F64:
    """Mean of the points in every occupied voxel, ordered by voxel."""
    _, voxel = np.unique(voxels(xyz, size), return_inverse=True)
    return group_means(voxel, xyz)


def jackknife(pairs: Pairs, rows: F64) -> float:
    """Error along the normals, metres: delete-one-block jackknife (Efron and Stein 1981) of the last step by ``rows``.

    The step is Newton's, by the slope of Tukey's psi: with its weights held, as in the iteration itself, leaving a
    block out would move the answer by a fifth less than starting again without it does.
    """
    order = morton_order(pairs.at.astype(np.float32))
    block = np.empty(len(order), np.int64)
    block[order] = np.arange(len(order)) * BLOCKS // len(order)
    u = np.clip(pairs.residual / (_TUKEY * pairs.scale), -1, 1)
    slope = (1 - u**2) * (1 - 5 * u**2)
    curvature = [(rows[b] * slope[b, None]).T @ rows[b] for b in (block == i for i in range(BLOCKS))]
    pull = [
        (rows[b] * pairs.weight[b, None]).T @ pairs.residual[b] for b in (block == i for i in range(BLOCKS))
    ]
    whole, force = sum(curvature), sum(pull)
    steps = np.stack(
        [-np.linalg.lstsq(whole - c, force - p, rcond=1e-9)[0] for c, p in zip(curvature, pull, strict=True)]
    )
    spread = rows @ (steps - steps.mean(0)).T
    variance = (BLOCKS - 1) / BLOCKS * (spread**2).sum(1)
    return float(np.sqrt(variance.mean()))
