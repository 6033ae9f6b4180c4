"""Place a monument by ground control points: control points fit, check points judge, blunders are named.

A blunder is found by leaving points out. The start is the triple of control points that most of the others agree
with (least median of squares, Rousseeuw 1984), so that several blunders cannot hide each other; then every point
outside is asked again by an F test on its prediction error from the fit of the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, Literal

import numpy as np
from pydantic import Field
from scipy.stats import f as f_distribution

from heritage.model.arrays import F64, Bool, Similarity
from heritage.model.documents import Document
from heritage.model.errors import HeritageError, MethodError
from heritage.model.report import Figure
from heritage.ops.placement.similarity import SimilarityFit, fit_similarity

_TESTABLE: Final = 5  # with 4 points, three of them fit almost anything: a blunder cannot be told from noise
_TRIPLES: Final = 80  # of which 3 in 10 are good where a third of the points is not
_UNRELATED: Final = 0.05
_SURPRISING: Final = 5.0  # times the stated accuracy
_UPSIDE_DOWN: Final = 0.0  # cosine between source up and site up


@dataclass(frozen=True)
class Gcp:
    """One point measured in both frames: ``source`` in the monument frame, ``target`` in the site frame, metres."""

    name: str
    role: Literal["control", "check"]
    source: tuple[float, float, float]
    target: tuple[float, float, float]


class GcpOptions(Document):
    """How control points are used."""

    scale: Literal["known", "unknown"] = Field("known", description="known: source units are metres")
    sigma_m: float = Field(
        0.005, gt=0, description="accuracy of the points, 1 sigma, metres; smaller errors are no blunders"
    )
    risk: float = Field(
        0.01, gt=0, lt=0.5, description="chance of calling a good point a blunder, over all points"
    )


@dataclass(frozen=True)
class GcpResidual:
    """``east_m``, ``north_m``, ``up_m`` = measured - placed. ``use`` says what the point was used for."""

    name: str
    use: Literal["control", "check", "blunder"]
    east_m: float
    north_m: float
    up_m: float
    length_m: float


@dataclass(frozen=True, eq=False)
class GcpFit:
    """``rms_m`` over the control points used; ``check_rms_m`` over check points only, None without any.

    ``sigma_m`` is the 1 sigma uncertainty of the placement at the control points' centre, horizontal, metres.
    """

    site_from_monument: Similarity
    rms_m: float
    check_rms_m: float | None
    sigma_m: float
    residuals: tuple[GcpResidual, ...]
    blunders: tuple[str, ...]
    figures: tuple[Figure, ...]
    warnings: tuple[str, ...]


def fit_gcp(points: Sequence[Gcp], options: GcpOptions | None = None) -> GcpFit:
    """The similarity of the control points of ``points``; check points never take part in it.

    Raises MethodError for fewer than 3 control points, points on one line, a mirrored set, and where the points
    do not agree.
    """
    chosen = options or GcpOptions()
    source = np.array([p.source for p in points], np.float64).reshape(-1, 3)
    target = np.array([p.target for p in points], np.float64).reshape(-1, 3)
    control = np.array([p.role == "control" for p in points], bool)
    scale = 1.0 if chosen.scale == "known" else None
    whole = fit_similarity(source[control], target[control], scale=scale)
    names = [p.name for p in points if p.role == "control"]
    _refuse_mirrored(whole, names, chosen.sigma_m)
    good = _agreeing(source[control], target[control], scale, chosen)
    if 3 * int((~good).sum()) > len(good):
        raise MethodError(
            "control points", f"{int((~good).sum())} of {len(good)} disagree with the rest: {_listed(names, ~good)}",
            "up to a third may be blunders", "check names, order and axes of the points", code="gcp-disagree",
        )  # fmt: skip
    fit = fit_similarity(source[control][good], target[control][good], scale=scale)
    _refuse_mirrored(fit, [n for n, g in zip(names, good, strict=True) if g], chosen.sigma_m)
    spread = float(np.sqrt(target[control][good].var(0).sum()))
    if fit.rms_m > _UNRELATED * spread:
        raise MethodError(
            "control points",
            f"they fit to {fit.rms_m:.3g} m only, over a spread of {spread:.3g} m",
            f"up to {_UNRELATED:.0%} of the spread is allowed",
            "check names and units of the points, or set scale: unknown",
            code="gcp-unrelated",
        )
    return _result(points, source, target, control, good, fit, scale, chosen.sigma_m)


def _refuse_mirrored(fit: SimilarityFit, names: list[str], sigma: float) -> None:
    mirrored = fit.rms_m > 3 * sigma and fit.mirrored_rms_m < fit.rms_m / 2
    flat = fit.coplanar and fit.target_from_source.rotation[2, 2] < _UPSIDE_DOWN
    if mirrored or flat:
        how = (
            f"they fit to {fit.mirrored_rms_m:.3g} m as a mirror image and only to {fit.rms_m:.3g} m without"
            if mirrored
            else "they lie in a plane and would turn the monument upside down"
        )
        raise MethodError(
            "control points", f"mirrored: {how} ({', '.join(names)})", "both frames must be right-handed, z up",
            "check for swapped east and north, or for a wrong up axis", code="gcp-mirrored",
        )  # fmt: skip


def _agreeing(source: F64, target: F64, scale: float | None, options: GcpOptions) -> Bool:
    """(n,) True for the points that agree with each other."""
    n = len(source)
    good = np.ones(n, bool)
    if n < _TESTABLE:
        return good
    triples = list(combinations(range(n), 3))
    if len(triples) > _TRIPLES:
        pick = np.random.default_rng(0).choice(len(triples), _TRIPLES, replace=False)
        triples = [triples[i] for i in np.sort(pick)]
    best = np.inf
    for triple in triples:
        try:
            trial = fit_similarity(source[list(triple)], target[list(triple)], scale=scale)
        except HeritageError:
            continue  # a triple on one line says nothing
        length = np.linalg.norm(target - trial.target_from_source.apply(source), axis=1)
        median = float(np.sort(length)[(n + 3) // 2])  # the triple itself fits by construction
        if median < best:
            best, good = median, length <= max(2.5 * median, 3 * options.sigma_m)
    for _ in range(n):
        again = np.array([_plausible(i, good, source, target, scale, options) for i in range(n)])
        if (again == good).all() or again.sum() < _TESTABLE - 1:
            break
        good = again
    return good


def _plausible(
    i: int, good: Bool, source: F64, target: F64, scale: float | None, options: GcpOptions
) -> bool:
    """Whether the others in ``good`` predict point ``i`` within what their own scatter allows."""
    others = good.copy()
    others[i] = False
    try:
        fit = fit_similarity(source[others], target[others], scale=scale)
    except HeritageError:
        return True  # without this point the others are on one line: it cannot be judged
    degrees = 3 * int(others.sum()) - (6 if scale else 7)
    variance = max(float((fit.residual**2).sum()) / degrees, options.sigma_m**2)
    error = target[i] - fit.target_from_source.apply(source[i : i + 1])[0]
    spread = np.eye(3) + _prediction(fit.target_from_source, source[others], source[i], scale)
    ratio = float(error @ np.linalg.solve(spread, error)) / 3 / variance
    return ratio <= float(f_distribution.isf(options.risk / len(source), 3, degrees))


def _jacobian(t: Similarity, source: F64, centre: F64, scale: float | None) -> F64:
    """(n, 3, p) derivative of placed points by translation, rotation about ``centre`` and log scale."""
    arm = t.apply(source) - t.apply(centre[None])
    j = np.zeros((len(source), 3, 7 if scale is None else 6))
    j[:, :, :3] = np.eye(3)
    j[:, :, 3:6] = np.cross(np.eye(3)[None], arm[:, None, :]).transpose(0, 2, 1)
    if scale is None:
        j[:, :, 6] = arm
    return j


def _prediction(t: Similarity, source: F64, at: F64, scale: float | None) -> F64:
    """(3, 3) covariance of a placed point ``at``, for control points of unit variance per axis."""
    centre = source.mean(0)
    j = _jacobian(t, source, centre, scale).reshape(3 * len(source), -1)
    there = _jacobian(t, at[None], centre, scale)[0]
    return np.asarray(there @ np.linalg.pinv(j.T @ j) @ there.T)


def _result(
    points: Sequence[Gcp],
    source: F64,
    target: F64,
    control: Bool,
    good: Bool,
    fit: SimilarityFit,
    scale: float | None,
    stated: float,
) -> GcpFit:
    placed = fit.target_from_source
    error = target - placed.apply(source)
    used = control.copy()
    used[control] = good
    rows: list[GcpResidual] = []
    for point, e, inside in zip(points, error, used, strict=True):
        use: Literal["control", "check", "blunder"] = (
            "check" if point.role == "check" else "control" if inside else "blunder"
        )
        rows.append(
            GcpResidual(point.name, use, float(e[0]), float(e[1]), float(e[2]), float(np.linalg.norm(e)))
        )
    n = int(used.sum())
    degrees = 3 * n - (6 if scale else 7)
    per_axis = float(np.sqrt((fit.residual**2).sum() / degrees))
    check = error[~control]
    check_rms = float(np.sqrt((check**2).sum(1).mean())) if len(check) else None
    blunders = tuple(row.name for row in rows if row.use == "blunder")
    warnings = [f"control point {name} is a blunder and was left out" for name in blunders]
    if n < _TESTABLE:
        warnings.append(f"{n} control points: too few to find a blunder among them")
    if per_axis > _SURPRISING * stated:
        warnings.append(f"the control points disagree by {per_axis:.3g} m per axis; {stated:g} m was stated")
    if check_rms is None:
        warnings.append("no check points: the accuracy is judged by the points that made it")
    figures = (
        Figure(name="control_rms", value=fit.rms_m, unit="m", method=f"3D residuals of {n} control points"),
        Figure(name="control_sigma", value=per_axis, unit="m",
               method=f"per axis, {degrees} degrees of freedom"),
        Figure(name="check_rms", value=check_rms, unit="m",
               method=f"3D residuals of {len(check)} check points, which took no part"),
        Figure(name="scale", value=placed.scale, unit="1", method="given" if scale else "by least squares"),
        Figure(name="blunders", value=float(len(blunders)), unit="1",
               method="F test on leave-one-out prediction errors"),
    )  # fmt: skip
    return GcpFit(
        placed, fit.rms_m, check_rms, per_axis / np.sqrt(n), tuple(rows), blunders, figures, tuple(warnings)
    )


def residual_figures(fit: GcpFit) -> tuple[Figure, ...]:
    """One for every point: how far it is from where the fit puts it."""
    return tuple(
        Figure(
            name=f"point {r.name}",
            value=1000 * r.length_m,
            unit="mm",
            method=f"{r.use}: {1000 * r.east_m:+.1f} east, {1000 * r.north_m:+.1f} north, {1000 * r.up_m:+.1f} up",
        )
        for r in fit.residuals
    )


def _listed(names: list[str], which: Bool) -> str:
    return ", ".join(n for n, w in zip(names, which, strict=True) if w)
