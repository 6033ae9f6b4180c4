"""Fit a similarity to point pairs: the closed form of Horn (1987) by singular values, as Umeyama (1991) gives it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from heritage.model.arrays import F64, Similarity
from heritage.model.errors import MethodError

_COLLINEAR = 0.01  # spread across the longest direction over spread along it


@dataclass(frozen=True, eq=False)
class SimilarityFit:
    """The transform, its ``residual`` (n, 3) float64 = target - transform(source), metres, and two tests.

    ``mirrored_rms_m`` is the RMS that a reflection would leave; far below ``rms_m`` means that an axis of one
    frame has the wrong sign or two are swapped. ``coplanar``: the points lie in a plane, where that test is blind.
    """

    target_from_source: Similarity
    residual: F64
    mirrored_rms_m: float
    coplanar: bool

    @property
    def rms_m(self) -> float:
        """Root mean square length of the residuals, metres."""
        return _rms(self.residual)


def fit_similarity(source: F64, target: F64, *, scale: float | None = None) -> SimilarityFit:
    """Least-squares similarity from ``source`` (n, 3) to ``target`` (n, 3), n >= 3; ``scale`` is kept if given.

    Exact to rounding for exact pairs of any rotation; means are removed first, so large offsets cost nothing.
    Raises MethodError for fewer than 3 pairs and for points on one line.
    """
    n = len(source)
    if n < 3:
        raise MethodError(
            "control points", f"{n} pairs", "at least 3 that are not on one line are needed", "measure more",
            code="similarity-too-few",
        )  # fmt: skip
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
    u, d, vt = np.linalg.svd(t.T @ s / n)
    proper = np.sign(np.linalg.det(u) * np.linalg.det(vt))

    def solve(sign: float) -> tuple[F64, float, F64]:
        signs = np.array([1.0, 1.0, sign])
        rotation = (u * signs) @ vt
        factor = float((d * signs).sum() * n / (s**2).sum()) if scale is None else scale
        return rotation, factor, t - factor * (s @ rotation.T)

    rotation, factor, residual = solve(proper)
    if not factor > 0:
        raise MethodError(
            "control points", "source and target do not correspond", "pairs of the same places",
            "check the order of the points", code="similarity-none",
        )  # fmt: skip
    found = Similarity(rotation, mean_t - factor * (rotation @ mean_s), factor)
    return SimilarityFit(found, residual, _rms(solve(-proper)[2]), coplanar)


def _spread(centred: F64) -> F64:
    return np.asarray(np.linalg.svd(centred, compute_uv=False) / np.sqrt(len(centred)))


def _rms(residual: F64) -> float:
    return float(np.sqrt((residual**2).sum(1).mean()))
