"""Fit a plan's cells to the edges of a footprint from a nearby pose, and say how well that is known.

Two steps. Iteratively reweighted least squares with a Geman-McClure weight that narrows finds which cell belongs to
which edge. Then a mixed model: every edge is out of place by an offset and a slope of its own (the footprint's
drawing error), so a long wall with a thousand cells is one witness, not a thousand. Its generalised least squares
gives the pose and an honest covariance; the size of the drawing error is estimated from the edges' disagreement,
drawn towards the stated accuracy where there are few.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import cKDTree
from scipy.stats import chi2
from scipy.stats import f as f_distribution

from heritage.model.arrays import F64
from heritage.ops.placement.footprint_edges import Edges
from heritage.ops.placement.footprint_search import Pose, turn
from heritage.ops.placement.walls import Cells
from heritage.ops.points.grid import I64

_PARALLEL = np.cos(np.radians(25))
_NEAR = 3  # cells asked for per sample of the perimeter
_OUTSIDE_M = 0.6
_OUTSIDE_COST = 0.7
_CORRELATED = 4.0  # neighbouring cells share the errors of the surface between them
_NOISE_M = 0.02
_STATED_WEIGHT = 6.0  # the stated accuracy counts like this many observed edge coefficients


@dataclass(frozen=True, eq=False)
class Held:
    """Cells on edges: ``pose`` and ``inset_m``, by which the cells lie outside the edges throughout; per cell its
    ``edge`` (m,), ``residual`` (m,) metres along the outward normal, and ``hold`` (m,) 0..1 whether it belongs."""

    pose: Pose
    inset_m: float
    edge: I64
    residual: F64
    hold: F64


@dataclass(frozen=True)
class Score:
    """``cover`` share of the perimeter that has a wall on it, ``outside`` share of the walls outside; 0..1."""

    cover: float
    outside: float

    @property
    def value(self) -> float:
        """What candidates are compared by."""
        return self.cover - _OUTSIDE_COST * self.outside


@dataclass(frozen=True, eq=False)
class Solution:
    """``covariance`` (3, 3) of x, y (metres) and yaw (radians) where the cells' centre is placed; ``edge_sigma_m``
    the drawing error found, per edge."""

    held: Held
    covariance: F64
    edge_sigma_m: float


def hold(
    cells: Cells, edges: Edges, pose: Pose, *, width: tuple[float, float], rounds: int, free_scale: bool, inset_sigma: float
) -> Held:  # fmt: skip
    """Refine ``pose``; the weight's ``width`` in metres narrows from the first value to the second."""
    inset = 0.0
    shrink = (width[1] / width[0]) ** (1 / max(rounds - 3, 1))
    for i in range(rounds + 1):
        k = max(width[0] * shrink**i, width[1])
        edge, residual, distance, arm = _nearest(cells, edges, pose, inset)
        weight = np.where(distance < 4 * k, (k * k / (k * k + distance**2)) ** 2, 0.0)
        if i == rounds:
            break
        j = _jacobian(edges, edge, arm, free_scale)
        w = cells.weight * weight
        total = max(float(w.sum()), 1e-9)
        normal = (j * w[:, None]).T @ j
        # Weak springs: they only matter for what the walls leave open.
        spring = total * np.array(
            [1e-4, 1e-4, 1e-4 * edges.radius**2, (0.05 / inset_sigma) ** 2, 1e-3 * edges.radius**2]
        )
        pull = np.zeros(j.shape[1])
        pull[3] = spring[3] * inset
        spring = spring[: j.shape[1]]
        delta = -np.linalg.solve(normal + np.diag(spring), (j * w[:, None]).T @ residual + pull)
        pose, inset = _moved(pose, inset, delta)
    return Held(pose, inset, edge, residual, weight)


def score(cells: Cells, edges: Edges, held: Held) -> Score:
    """How much of the footprint the cells explain, and how many of them it cannot."""
    placed = held.pose.apply(cells.xy)
    tolerance = max(0.35, 1.2 * cells.size)
    near = min(_NEAR, len(placed))
    sample = edges.sample + held.inset_m * edges.outward[edges.sample_edge]
    distance, index = (a.reshape(-1, near) for a in cKDTree(placed).query(sample, near))
    angle = (cells.angle + held.pose.yaw)[index]
    normal = edges.outward[edges.sample_edge]
    parallel = np.abs(np.cos(angle) * normal[:, :1] + np.sin(angle) * normal[:, 1:]) > _PARALLEL
    covered = np.where(parallel, np.exp(-0.5 * (distance / tolerance) ** 2), 0.0).max(1)
    grown = edges.plan.buffer(_OUTSIDE_M + max(held.inset_m, 0.0))
    shapely.prepare(grown)
    out = ~shapely.contains_xy(grown, placed[:, 0], placed[:, 1])
    cover = float((covered * edges.sample_length).sum() / edges.perimeter)
    return Score(cover, float(cells.weight[out].sum() / cells.weight.sum()))


def solve(
    cells: Cells, edges: Edges, held: Held, *, free_scale: bool, inset_sigma: float, stated_sigma: float
) -> Solution:
    """Generalised least squares over the cells that hold; ``stated_sigma`` is the footprint's accuracy, metres."""
    pose, inset = held.pose, held.inset_m
    stated = stated_sigma**2 / 2  # offset and slope of an edge whose two ends are out by that much
    variance = stated
    size = 5 if free_scale else 4
    covariance = np.eye(size)
    degrees = _STATED_WEIGHT
    edge, residual, hold_ = held.edge, held.residual, held.hold
    for _ in range(8):
        arm = pose.scale * (cells.xy @ turn(pose.yaw).T)
        along = (
            arm + np.array([pose.x, pose.y]) - edges.start[edge] - inset * edges.outward[edge]
        ) * edges.along[edge]
        shape = np.column_stack([np.ones(len(edge)), 2 * along.sum(1) / edges.length[edge] - 1])
        weight = cells.weight * hold_
        noise = _noise(shape, residual, weight, edge, len(edges.length))
        j = _jacobian(edges, edge, arm, free_scale)
        order = np.argsort(edge, kind="stable")
        parts = np.split(order, np.flatnonzero(np.diff(edge[order])) + 1)
        blocks = [
            _Block.of(j[p], shape[p], residual[p], weight[p] / noise) for p in parts if weight[p].sum() > 0.5
        ]
        normal = np.diag([1 / edges.radius**2, 1 / edges.radius**2, 1e-2, 1 / inset_sigma**2, 1.0])[
            :size, :size
        ]
        gradient = np.zeros(size)
        gradient[3] = inset / inset_sigma**2
        for block in blocks:
            a, b = block.normal(variance)
            normal = normal + a
            gradient = gradient + b
        covariance = np.linalg.inv(normal)
        delta = -covariance @ gradient
        spread = sum(block.spread(delta, covariance, variance) for block in blocks)
        degrees = _STATED_WEIGHT + 2 * len(blocks)
        variance = (_STATED_WEIGHT * stated + float(spread)) / degrees
        pose, inset = _moved(pose, inset, delta)
        residual = _signed(cells, edges, pose, inset, edge)
    final = Held(pose, inset, edge, residual, hold_)
    # The drawing error is itself estimated: widen, so that chi squared regions are those of the F distribution.
    wider = 2 * f_distribution.ppf(0.95, 2, degrees) / chi2.ppf(0.95, 2)
    return Solution(final, np.asarray(wider * covariance[:3, :3]), float(np.sqrt(2 * variance)))


@dataclass(frozen=True, eq=False)
class _Block:
    """Sums over one edge: cells share the edge's own offset and slope."""

    jj: F64
    jb: F64
    bb: F64
    jr: F64
    br: F64

    @classmethod
    def of(cls, j: F64, b: F64, r: F64, w: F64) -> _Block:
        jw, bw = j * w[:, None], b * w[:, None]
        return cls(jw.T @ j, jw.T @ b, bw.T @ b, jw.T @ r, bw.T @ r)

    def normal(self, variance: float) -> tuple[F64, F64]:
        """Information and gradient of the pose once offset and slope are integrated out (Woodbury)."""
        inner = np.linalg.solve(self.bb + np.eye(2) / variance, np.column_stack([self.jb.T, self.br]))
        return self.jj - self.jb @ inner[:, :-1], self.jr - self.jb @ inner[:, -1]

    def spread(self, delta: F64, covariance: F64, variance: float) -> float:
        """Expected squares of offset and slope after the pose moved by ``delta``, which is known to ``covariance``:
        the E step of restricted maximum likelihood."""
        post = np.linalg.inv(self.bb + np.eye(2) / variance)
        mean = post @ (self.br + self.jb.T @ delta)
        carried = post @ self.jb.T
        return float(mean @ mean + np.trace(post) + np.trace(carried @ covariance @ carried.T))


def _noise(shape: F64, residual: F64, weight: F64, edge: I64, count: int) -> float:
    """Variance of a cell about the line through its edge's cells, as if cells were independent."""
    sums = [np.bincount(edge, weight * f, count) for f in (np.ones(len(edge)), residual)]
    mean = sums[1] / np.maximum(sums[0], 1e-9)
    left = (weight * (residual - mean[edge]) ** 2).sum() / max(float(weight.sum()), 1e-9)
    return _CORRELATED * max(float(left), _NOISE_M**2)


def _nearest(cells: Cells, edges: Edges, pose: Pose, inset: float) -> tuple[I64, F64, F64, F64]:
    """Per cell: the nearest parallel edge, signed residual, distance (large where no edge is parallel), and arm."""
    arm = pose.scale * (cells.xy @ turn(pose.yaw).T)
    placed = arm + np.array([pose.x, pose.y])
    angle = cells.angle + pose.yaw
    start = edges.start + inset * edges.outward
    # (p - s).a as a product of matrices: the (m, e) arrays are all that is held.
    along = placed @ edges.along.T - (start * edges.along).sum(1)
    across = placed @ edges.outward.T - (start * edges.outward).sum(1)
    beyond = along - np.clip(along, 0, edges.length)
    parallel = np.abs(np.column_stack([np.cos(angle), np.sin(angle)]) @ edges.outward.T) > _PARALLEL
    distance = np.where(parallel, np.hypot(across, beyond), 1e6)
    edge = distance.argmin(1)
    row = np.arange(len(edge))
    return edge, across[row, edge], distance[row, edge], arm


def _signed(cells: Cells, edges: Edges, pose: Pose, inset: float, edge: I64) -> F64:
    away = pose.apply(cells.xy) - edges.start[edge]
    return np.asarray((away * edges.outward[edge]).sum(1) - inset)


def _jacobian(edges: Edges, edge: I64, arm: F64, free_scale: bool) -> F64:
    """(m, 4 or 5): residual by x, y, yaw, inset and log scale."""
    outward = edges.outward[edge]
    yaw = outward[:, 1] * arm[:, 0] - outward[:, 0] * arm[:, 1]
    columns = [outward[:, 0], outward[:, 1], yaw, np.full(len(edge), -1.0)]
    if free_scale:
        columns.append((outward * arm).sum(1))
    return np.column_stack(columns)


def _moved(pose: Pose, inset: float, delta: npt.NDArray[np.floating[Any]]) -> tuple[Pose, float]:
    scale = pose.scale * float(np.exp(np.clip(delta[4], -0.2, 0.2))) if len(delta) == 5 else pose.scale
    return Pose(
        pose.yaw + float(delta[2]), pose.x + float(delta[0]), pose.y + float(delta[1]), scale
    ), inset + float(delta[3])
