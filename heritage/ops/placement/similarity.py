"""Fit a similarity to point pairs: the closed form of Horn (1987) by singular values, as Umeyama (1991) gives it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from heritage.model.arrays import F64, Similarity
from heritage.model.errors import MethodError
from heritage.ops.placement.gravity import level

_COLLINEAR = 0.01  # spread across the longest direction over spread along it


@dataclass(frozen=True, eq=False)
class SimilarityFit:
    """The transform, its ``residual`` (n, 3) float64 = target - transform(source), metres, and two tests.

    ``level``: it was not free to tilt; then the heights are no evidence, and both RMS are in plan.
    ``mirrored_rms_m`` is the RMS that a reflection would leave; far below ``rms_m`` means that an axis of one
    frame has the wrong sign or two are swapped. ``coplanar``: the points lie in a plane, where that test is blind.
    """

    target_from_source: Similarity
    residual: F64
    mirrored_rms_m: float
    coplanar: bool
    level: bool = False

    @property
    def rms_m(self) -> float:
        """Root mean square length of the residuals, metres."""
        return _rms(self.residual[:, :2] if self.level else self.residual)


def fit_similarity(source: F64, target: F64, *, scale: float | None = None) -> SimilarityFit:
    """Least-squares similarity from ``source`` (n, 3) to ``target`` (n, 3), n >= 3; ``scale`` is kept if given.

    Exact to rounding for exact pairs of any rotation; means are removed first, so large offsets cost nothing.
    Raises MethodError for fewer than 3 pairs and for points on one line.
    """
    _refuse_few(len(source))
    mean_s, mean_t = source.mean(0), target.mean(0)
    s, t = source - mean_s, target - mean_t
    coplanar = False
    for name, spread in (("source", _spread(s)), ("target", _spread(t))):
        if spread[1] <= _COLLINEAR * spread[0]:
            raise MethodError(
                "control points",
                f"the {name} points lie on one line ({spread[0]:.3g} m long, {spread[1]:.2g} m wide)",
                "points spread over an area are needed", "add a control point well away from that line",
                code="similarity-collinear",
            )  # fmt: skip
        coplanar = coplanar or bool(spread[2] <= _COLLINEAR * spread[0])
    rotation, factor, residual, mirrored = _turned(s, t, scale)
    found = Similarity(rotation, mean_t - factor * (rotation @ mean_s), factor)
    return SimilarityFit(found, residual, mirrored, coplanar)


def fit_level(source: F64, target: F64, up: F64, *, scale: float | None = None) -> SimilarityFit:
    """Least-squares similarity that turns ``up`` (3,), a unit vector of the source, onto the target's z: it moves, turns
    about the vertical and, without ``scale``, scales; it never tilts.

    ``source`` and ``target`` (n, 3), n >= 3. Turn, shift and scale are those of the plan, in closed form (Umeyama 1991 in
    two dimensions), the height is the mean one: errors of heights do not reach the plan, nor errors of the plan the heights.
    Points may lie on one line in plan. Raises MethodError for fewer than 3 pairs and for points above each other.
    """
    _refuse_few(len(source))
    upright = level(up)
    raised = source @ upright.T
    mean_s, mean_t = raised.mean(0), target.mean(0)
    s, t = raised - mean_s, target - mean_t
    for name, points in (("source", s), ("target", t)):
        wide = float(_spread(points[:, :2])[0])
        if wide <= _COLLINEAR * float(_spread(points)[0]):
            raise MethodError(
                "control points",
                f"the {name} points stand above each other ({wide:.2g} m apart in plan)",
                "points apart in plan are needed", "add a control point well away from them",
                code="similarity-above",
            )  # fmt: skip
    plan, factor, residual, mirrored = _turned(s[:, :2], t[:, :2], scale)
    turn = np.eye(3)
    turn[:2, :2] = plan
    found = Similarity(turn @ upright, mean_t - factor * (turn @ mean_s), factor)
    heights = t[:, 2:] - factor * s[:, 2:]
    return SimilarityFit(found, np.hstack([residual, heights]), mirrored, coplanar=False, level=True)


def _turned(s: F64, t: F64, scale: float | None) -> tuple[F64, float, F64, float]:
    """Rotation (k, k), scale and residual (n, k) of centred pairs (n, k), and the RMS that a reflection leaves."""
    n, k = s.shape
    u, d, vt = np.linalg.svd(t.T @ s / n)
    proper = np.sign(np.linalg.det(u) * np.linalg.det(vt))

    def solve(sign: float) -> tuple[F64, float, F64]:
        signs = np.ones(k)
        signs[-1] = sign
        rotation = (u * signs) @ vt
        factor = float((d * signs).sum() * n / (s**2).sum()) if scale is None else scale
        return rotation, factor, t - factor * (s @ rotation.T)

    rotation, factor, residual = solve(proper)
    if not factor > 0:
        raise MethodError(
            "control points", "source and target do not correspond", "pairs of the same places",
            "check the order of the points", code="similarity-none",
        )  # fmt: skip
    return rotation, factor, residual, _rms(solve(-proper)[2])


def _refuse_few(n: int) -> None:
    if n < 3:
        raise MethodError(
            "control points", f"{n} pairs", "at least 3 that are not on one line are needed", "measure more",
            code="similarity-too-few",
        )  # fmt: skip


def _spread(centred: F64) -> F64:
    return np.asarray(np.linalg.svd(centred, compute_uv=False) / np.sqrt(len(centred)))


def _rms(residual: F64) -> float:
    return float(np.sqrt((residual**2).sum(1).mean()))
