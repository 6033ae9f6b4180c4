"""Fit a plan's cells to the edges of a footprint from a nearby pose, and say how well that is known.

Two steps. Iteratively reweighted least squares with a Geman-McClure weight that narrows finds which cell belongs to
which edge. Then a mixed model: every corner of the footprint is out of place by an amount of its own, which the edges
that meet there share, so a long wall with a thousand cells is one witness, not a thousand, and a row of facades is
not as many as it has houses. Its generalised least squares gives the pose and an honest covariance; the size of the
drawing error is estimated from the edges' disagreement, drawn towards the stated accuracy where there are few.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import chdtri, fdtri

from heritage.model.arrays import F64
from heritage.ops.placement.footprint_edges import Edges
from heritage.ops.placement.footprint_search import Pose, turn
from heritage.ops.placement.near_area import near_area
from heritage.ops.placement.nearest_edge import to_wall
from heritage.ops.placement.refine_pose import refine_pose
from heritage.ops.placement.walls import Cells
from heritage.ops.points.grid import I64

# Width of the last fit: of an edge drawn two sigma off half counts. A narrower one takes what is badly drawn for something
# else, and the rest agrees too well: 0.3 m made the 95 % regions 2 % of trials too small and the corners no better.
FITTED_M = 0.5
_OUTSIDE_M = 0.6
_OUTSIDE_COST = 0.7
_BESIDE_COST = 0.35  # a wall on a neighbour is explained, but a monument's cloud is mostly of the monument
_EMPTY_COST = 0.7
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
    """``cover`` share of the free outline that has a wall on it, ``outside`` share of the walls in the open,
    ``beside`` share of the walls at neighbours, ``filled`` share of the plan's area that the cloud covers or
    encloses; 0..1."""

    cover: float
    outside: float
    beside: float
    filled: float

    @property
    def value(self) -> float:
        """What candidates are compared by."""
        return (
            self.cover
            - _OUTSIDE_COST * self.outside
            - _BESIDE_COST * self.beside
            - _EMPTY_COST * (1 - self.filled)
        )


@dataclass(frozen=True, eq=False)
class Solution:
    """``covariance`` (3, 3) of x, y (metres) and yaw (radians) where the cells' centre is placed; ``edge_sigma_m``
    the drawing error found, per corner and axis."""

    held: Held
    covariance: F64
    edge_sigma_m: float


def hold(
    cells: Cells, edges: Edges, pose: Pose, *, width: tuple[float, float], rounds: int, free_scale: bool, inset_sigma: float
) -> Held:  # fmt: skip
    """Refine ``pose``; the weight's ``width`` in metres narrows from the first value to the second."""
    # Weak springs: they only matter for what the walls leave open.
    wide = edges.radius**2
    spring = np.array([1e-4, 1e-4, 1e-4 * wide, (0.05 / inset_sigma) ** 2, 1e-3 * wide])
    begun = np.array([pose.x, pose.y, pose.yaw, 0.0, np.log(pose.scale)])
    moved, edge, residual, weight = refine_pose(
        cells.xy, cells.angle, cells.weight, edges.start, edges.along, edges.outward, edges.length,
        begun, *width, rounds, spring if free_scale else spring[:4],
    )  # fmt: skip
    x, y, yaw, inset, log_scale = (float(v) for v in moved)
    scale = float(np.exp(log_scale)) if free_scale else pose.scale
    return Held(Pose(yaw, x, y, scale), inset, edge, residual, weight)


def score(cells: Cells, edges: Edges, held: Held) -> Score:
    """How much of the footprint the cells explain, and how many of them it cannot."""
    placed = held.pose.apply(cells.xy)
    tolerance = max(0.35, 1.2 * cells.size)
    free = np.flatnonzero(edges.sample_length)
    outward = edges.outward[edges.sample_edge[free]]
    line = edges.sample[free] + held.inset_m * outward
    away = to_wall(line, outward, placed, cells.angle + held.pose.yaw)
    covered = np.exp(-0.5 * (away / tolerance) ** 2)  # 1 on a wall, 0.6 at the tolerance
    grown = _OUTSIDE_M + max(held.inset_m, 0.0)
    total = float(cells.weight.sum())
    out = np.flatnonzero(~near_area(placed, edges.plan_ends, grown))
    near = near_area(placed[out], edges.beside_ends, _OUTSIDE_M)
    cover = float((covered * edges.sample_length[free]).sum() / edges.perimeter)
    filled = float(cells.covered.holds(held.pose.inverse(edges.inside)).mean())
    outside, beside = (float(cells.weight[out[which]].sum()) / total for which in (~near, near))
    return Score(cover, outside, beside, filled)


def solve(
    cells: Cells, edges: Edges, held: Held, *, free_scale: bool, inset_sigma: float, stated_sigma: float
) -> Solution:
    """Generalised least squares over the cells that hold; ``stated_sigma`` is the accuracy of the footprint's corners,
    per axis, metres."""
    pose, inset = held.pose, held.inset_m
    variance = stated_sigma**2
    size = 5 if free_scale else 4
    used = np.flatnonzero(np.bincount(held.edge, cells.weight * held.hold, len(edges.length)) > 0.5)
    corners, place = np.unique(edges.corner[used], return_inverse=True)
    place = place.reshape(-1, 2)
    total = size + 2 * len(corners)
    degrees = _STATED_WEIGHT + len(corners)
    covariance: F64 = np.eye(size)
    residual = held.residual
    for _ in range(8):
        arm = pose.scale * (cells.xy @ turn(pose.yaw).T)
        t = _along(edges, held.edge, arm + np.array([pose.x, pose.y]), inset)
        weight = cells.weight * held.hold
        weight = weight / _noise(residual, weight, held.edge, t, len(edges.length))
        j = _jacobian(edges, held.edge, arm, free_scale)
        assumed = variance
        information = np.zeros((total, total))
        gradient = np.zeros(total)
        pose_prior = [1 / edges.radius**2, 1 / edges.radius**2, 1e-2, 1 / inset_sigma**2, 1.0][:size]
        information[np.diag_indices(total)] = [*pose_prior, *[1 / variance] * (total - size)]
        gradient[3] = inset / inset_sigma**2
        for e, (a, b) in zip(used, place, strict=True):
            mine = held.edge == e
            drawn = np.column_stack([1 - t[mine], t[mine]])[:, :, None] * edges.outward[e]
            rows = np.hstack([j[mine], drawn.reshape(-1, 4)])
            columns = np.array([*range(size), *(size + 2 * a + [0, 1]), *(size + 2 * b + [0, 1])])
            weighted = rows * weight[mine, None]
            np.add.at(information, np.ix_(columns, columns), weighted.T @ rows)
            np.add.at(gradient, columns, weighted.T @ residual[mine])
        inverse = np.linalg.inv(information)
        delta = -inverse @ gradient
        covariance = np.asarray(inverse[:size, :size])
        # The E step of restricted maximum likelihood: expected squares of the corners' displacements.
        spread = float((delta[size:] ** 2).sum() + np.trace(inverse[size:, size:]))
        variance = (_STATED_WEIGHT * stated_sigma**2 + spread / 2) / degrees
        pose, inset = _moved(pose, inset, delta[:size])
        residual = _signed(cells, edges, pose, inset, held.edge)
    final = Held(pose, inset, held.edge, residual, held.hold)
    # The drawing error is itself estimated: widen, so that chi squared regions are those of the F distribution. Its degrees of
    # freedom are what was learnt of the corners' coordinates beyond what was known of them (MacKay 1992): of a terraced
    # house two facades are seen, and most that they say goes into the pose.
    learnt = (total - size) - float(np.trace(inverse[size:, size:])) / assumed
    wider = 2 * fdtri(2, 2 * _STATED_WEIGHT + learnt, 0.95) / chdtri(2, 0.05)
    return Solution(final, np.asarray(wider * covariance[:3, :3]), float(np.sqrt(variance)))


def _along(edges: Edges, edge: I64, placed: F64, inset: float) -> F64:
    """(m,) where placed cells stand on the way between their edge's corners, 0 to 1."""
    along = ((placed - edges.start[edge] - inset * edges.outward[edge]) * edges.along[edge]).sum(1)
    part = np.clip(along / edges.length[edge], 0, 1)
    return np.asarray(edges.span[edge, 0] + part * (edges.span[edge, 1] - edges.span[edge, 0]))


def _noise(residual: F64, weight: F64, edge: I64, t: F64, count: int) -> float:
    """Variance of a cell about the line through its edge's cells, as if cells were independent. What an edge is turned by its
    corners is no noise: taken for it, the corners would seem better drawn than they are. ``t`` (m,) places along the edges."""

    def about_mean(values: F64) -> F64:
        mean = np.bincount(edge, weight * values, count) / np.maximum(np.bincount(edge, weight, count), 1e-9)
        return np.asarray(values - mean[edge])

    away, along = about_mean(residual), about_mean(t)
    slope = np.bincount(edge, weight * along * away, count) / np.maximum(
        np.bincount(edge, weight * along**2, count), 1e-9
    )
    left = (weight * (away - slope[edge] * along) ** 2).sum() / max(float(weight.sum()), 1e-9)
    return _CORRELATED * max(float(left), _NOISE_M**2)


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
