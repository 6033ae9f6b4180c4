"""Which control points agree: blunders are found by leaving points out.

The start is the triple of points that most of the others agree with (least median of squares, Rousseeuw 1984), so that
several blunders cannot hide each other; then every point outside is asked again by an F test on its prediction error
from the fit of the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
from scipy.special import betaincinv

from heritage.model.arrays import F64, Bool, Similarity
from heritage.model.errors import HeritageError
from heritage.ops.placement.similarity import SimilarityFit, fit_level, fit_similarity

TESTABLE: Final = 5  # with 4 points, three of them fit almost anything: a blunder cannot be told from noise
_TRIPLES: Final = 80  # of which 3 in 10 are good where a third of the points is not


@dataclass(frozen=True, eq=False)
class Freedom:
    """What a fit may change. ``scale``: None where it is searched for. ``up`` (3,): the way up in the source, where the fit
    may not tilt; None where it may."""

    scale: float | None
    up: F64 | None = None

    def fit(self, source: F64, target: F64) -> SimilarityFit:
        """The best similarity of what is allowed; raises as `fit_similarity` and `fit_level`."""
        if self.up is None:
            return fit_similarity(source, target, scale=self.scale)
        return fit_level(source, target, self.up, scale=self.scale)

    @property
    def judged(self) -> tuple[tuple[list[int], int], ...]:
        """Axes that are judged together, and how many parameters are fitted to them; what gives the place in plan first.

        Plan and height of a level fit are independent. Its heights say nothing where the scale is searched for: clicked
        ones were read off another scale.
        """
        if self.up is None:
            return (([0, 1, 2], 6 + (self.scale is None)),)
        plan = ([0, 1], 3 + (self.scale is None))
        return (plan,) if self.scale is None else (plan, ([2], 1))

    def degrees(self, n: int) -> int:
        """Degrees of freedom of ``n`` points in what gives the place in plan."""
        axes, parameters = self.judged[0]
        return len(axes) * n - parameters


def agreeing(source: F64, target: F64, freedom: Freedom, sigma_m: float, risk: float) -> Bool:
    """(n,) True for the points (n, 3) that agree with each other.

    ``sigma_m``: 1 sigma per axis, smaller errors are no blunders; ``risk``: of calling a good point one, over all points.
    """
    n = len(source)
    axes = [axis for together, _ in freedom.judged for axis in together]
    good = np.ones(n, bool)
    if n < TESTABLE:
        return good
    triples = list(combinations(range(n), 3))
    if len(triples) > _TRIPLES:
        pick = np.random.default_rng(0).choice(len(triples), _TRIPLES, replace=False)
        triples = [triples[i] for i in np.sort(pick)]
    best = np.inf
    for triple in triples:
        try:
            trial = freedom.fit(source[list(triple)], target[list(triple)])
        except HeritageError:
            continue  # a triple on one line says nothing
        error = target - trial.target_from_source.apply(source)
        length = np.linalg.norm(error[:, axes], axis=1)
        median = float(np.sort(length)[(n + 3) // 2])  # the triple itself fits by construction
        if median < best:
            best, good = median, length <= max(2.5 * median, 3 * sigma_m)
    for _ in range(n):
        again = np.array([_plausible(i, good, source, target, freedom, sigma_m, risk) for i in range(n)])
        if (again == good).all() or again.sum() < TESTABLE - 1:
            break
        good = again
    return good


def _plausible(
    i: int, good: Bool, source: F64, target: F64, freedom: Freedom, sigma_m: float, risk: float
) -> bool:
    """Whether the others in ``good`` predict point ``i`` within what their own scatter allows."""
    others = good.copy()
    others[i] = False
    try:
        fit = freedom.fit(source[others], target[others])
    except HeritageError:
        return True  # without this point the others are on one line: it cannot be judged
    error = target[i] - fit.target_from_source.apply(source[i : i + 1])[0]
    spread = np.eye(3) + _prediction(fit.target_from_source, source[others], source[i], freedom)
    tests = freedom.judged
    for axes, parameters in tests:
        degrees = len(axes) * int(others.sum()) - parameters
        variance = max(float((fit.residual[:, axes] ** 2).sum()) / degrees, sigma_m**2)
        e = error[axes]
        ratio = float(e @ np.linalg.solve(spread[np.ix_(axes, axes)], e)) / len(axes) / variance
        if ratio > _exceeded(risk / len(source) / len(tests), len(axes), degrees):
            return False
    return True


def _exceeded(risk: float, above: int, below: int) -> float:
    """What a ratio of variances (Fisher's F of ``above`` and ``below`` degrees of freedom) exceeds with chance ``risk``."""
    # By the incomplete beta function (Abramowitz and Stegun 26.6.2), which keeps its digits where risk is small.
    share = float(betaincinv(below / 2, above / 2, risk))
    return below * (1 - share) / (above * share)


def _jacobian(t: Similarity, source: F64, centre: F64, freedom: Freedom) -> F64:
    """(n, 3, p) derivative of placed points by translation, rotation about ``centre`` and log scale."""
    arm = t.apply(source) - t.apply(centre[None])
    turns = np.cross(np.eye(3)[None], arm[:, None, :]).transpose(0, 2, 1)
    columns = [np.broadcast_to(np.eye(3), turns.shape), turns if freedom.up is None else turns[:, :, 2:]]
    if freedom.scale is None:
        # A level fit takes its scale from the plan, where alone this is asked then.
        columns.append((arm if freedom.up is None else arm * [1, 1, 0])[:, :, None])
    return np.concatenate(columns, axis=2)


def _prediction(t: Similarity, source: F64, at: F64, freedom: Freedom) -> F64:
    """(3, 3) covariance of a placed point ``at``, for control points of unit variance per axis."""
    centre = source.mean(0)
    j = _jacobian(t, source, centre, freedom).reshape(3 * len(source), -1)
    there = _jacobian(t, at[None], centre, freedom)[0]
    return np.asarray(there @ np.linalg.pinv(j.T @ j) @ there.T)
