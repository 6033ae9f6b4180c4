"""Place a monument by ground control points: control points fit, check points judge, blunders are named.

Points that a person clicked on a map have no heights of their own; a fit that may tilt would answer errors of the plan by
leaning. So they are fitted level: about the vertical alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from pydantic import Field

from heritage.model.arrays import F64, Bool, Similarity
from heritage.model.documents import Document
from heritage.model.errors import MethodError
from heritage.model.placement_reason import PlacementReason, because
from heritage.model.report import Figure
from heritage.ops.placement.gcp_blunders import TESTABLE, Freedom, agreeing
from heritage.ops.placement.similarity import SimilarityFit

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
    """``east_m``, ``north_m``, ``up_m`` = measured - placed. ``use`` says what the point was used for. ``length_m`` is
    that of all three, of a level fit of the two in plan."""

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
    ``doubts`` speak against it.
    """

    site_from_monument: Similarity
    rms_m: float
    check_rms_m: float | None
    sigma_m: float
    residuals: tuple[GcpResidual, ...]
    blunders: tuple[str, ...]
    figures: tuple[Figure, ...]
    doubts: tuple[PlacementReason, ...]


def fit_gcp(points: Sequence[Gcp], options: GcpOptions | None = None, *, up: F64 | None = None) -> GcpFit:
    """The similarity of the control points of ``points``; check points never take part in it.

    With ``up`` (3,), a unit vector of the monument frame, it is level (`fit_level`): then lengths and RMS are in plan.
    Raises MethodError for fewer than 3 control points, points on one line (with ``up``: above each other), a mirrored
    set, and where the points do not agree.
    """
    chosen = options or GcpOptions()
    source = np.array([p.source for p in points], np.float64).reshape(-1, 3)
    target = np.array([p.target for p in points], np.float64).reshape(-1, 3)
    control = np.array([p.role == "control" for p in points], bool)
    freedom = Freedom(1.0 if chosen.scale == "known" else None, up)
    whole = freedom.fit(source[control], target[control])
    names = [p.name for p in points if p.role == "control"]
    _refuse_mirrored(whole, names, chosen.sigma_m)
    good = agreeing(source[control], target[control], freedom, chosen.sigma_m, chosen.risk)
    if 3 * int((~good).sum()) > len(good):
        raise MethodError(
            "control points", f"{int((~good).sum())} of {len(good)} disagree with the rest: {_listed(names, ~good)}",
            "up to a third may be blunders", "check names, order and axes of the points", code="gcp-disagree",
        )  # fmt: skip
    fit = freedom.fit(source[control][good], target[control][good])
    _refuse_mirrored(fit, [n for n, g in zip(names, good, strict=True) if g], chosen.sigma_m)
    spread = float(np.sqrt(target[control][good][:, : 2 if fit.level else 3].var(0).sum()))
    if fit.rms_m > _UNRELATED * spread:
        raise MethodError(
            "control points",
            f"they fit to {fit.rms_m:.3g} m only, over a spread of {spread:.3g} m",
            f"up to {_UNRELATED:.0%} of the spread is allowed",
            "check names and units of the points, or set scale: unknown",
            code="gcp-unrelated",
        )
    return _result(points, source, target, control, good, fit, freedom, chosen.sigma_m)


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


def _result(
    points: Sequence[Gcp],
    source: F64,
    target: F64,
    control: Bool,
    good: Bool,
    fit: SimilarityFit,
    freedom: Freedom,
    stated: float,
) -> GcpFit:
    placed = fit.target_from_source
    error = target - placed.apply(source)
    seen = slice(2) if fit.level else slice(3)
    used = control.copy()
    used[control] = good
    rows: list[GcpResidual] = []
    for point, e, inside in zip(points, error, used, strict=True):
        use: Literal["control", "check", "blunder"] = (
            "check" if point.role == "check" else "control" if inside else "blunder"
        )
        rows.append(
            GcpResidual(
                point.name, use, float(e[0]), float(e[1]), float(e[2]), float(np.linalg.norm(e[seen]))
            )
        )
    n = int(used.sum())
    degrees = freedom.degrees(n)
    per_axis = float(np.sqrt((fit.residual[:, seen] ** 2).sum() / degrees))
    check = error[~control][:, seen]
    check_rms = float(np.sqrt((check**2).sum(1).mean())) if len(check) else None
    blunders = tuple(row.name for row in rows if row.use == "blunder")
    doubts = [because("blunders", points=", ".join(blunders))] if blunders else []
    if n < TESTABLE:
        doubts.append(because("few-points", control=n))
    if per_axis > _SURPRISING * stated:
        doubts.append(because("points-disagree", per_axis_m=per_axis, stated_m=stated))
    if check_rms is None:
        doubts.append(because("no-checks"))
    where = "plan" if fit.level else "3D"
    figures = (
        Figure(name="control_rms", value=fit.rms_m, unit="m", method=f"{where} residuals of {n} control points"),
        Figure(name="control_sigma", value=per_axis, unit="m",
               method=f"per axis, {degrees} degrees of freedom"),
        Figure(name="check_rms", value=check_rms, unit="m",
               method=f"{where} residuals of {len(check)} check points, which took no part"),
        Figure(name="scale", value=placed.scale, unit="1", method="given" if freedom.scale else "by least squares"),
        Figure(name="blunders", value=float(len(blunders)), unit="1",
               method="F test on leave-one-out prediction errors"),
        *_upright(fit),
    )  # fmt: skip
    return GcpFit(
        placed, fit.rms_m, check_rms, per_axis / np.sqrt(n), tuple(rows), blunders, figures, tuple(doubts)
    )


def _upright(fit: SimilarityFit) -> tuple[Figure, ...]:
    """What a level fit says besides."""
    if not fit.level:
        return ()
    lean = float(np.degrees(np.arccos(np.clip(fit.target_from_source.rotation[2, 2], -1, 1))))
    heights = float(np.sqrt((fit.residual[:, 2] ** 2).mean()))
    return (
        Figure(name="tilt", value=lean, unit="deg",
               method="of the monument's z axis: given, not fitted"),
        Figure(name="height_rms", value=heights, unit="m",
               method="heights of the control points about their mean, which alone was fitted"),
    )  # fmt: skip


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
