"""Apply what people say of a cloud that has been cleaned: points of some labels, in a region, get another label.

Nothing that cleaning finds out depends on it, so a correction moves the points it names and no others. What stands in
the way of an eye is judged by the labels as cleaning gave them, not by those of corrections before: a correction
that is taken away changes no other's region.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np

from heritage.model.arrays import REASONS, U8, UNCLASSIFIED, Bool
from heritage.model.documents import Correction, Lasso
from heritage.model.octree import I64
from heritage.ops.cleaning.clean_steps import classes_of
from heritage.ops.cleaning.region import Front, foremost, front_of, in_brush, in_lasso
from heritage.ops.points.stepwise import Made, Step, View

OPAQUE: Final = ("kept", "vegetation", "ground")
"""Labels of what stands in the way of an eye, beside those that a correction is about: strays do not."""

_SAYS_OTHERWISE: Final = (2, 3, 4, 5, 7, 18)  # the file's own codes that a kept point contradicts


@dataclass(frozen=True)
class Moved:
    """What one correction did: points by the label they had."""

    id: str
    was: Mapping[str, int]
    becomes: str

    @property
    def points(self) -> int:
        """All of them."""
        return sum(self.was.values())


def correcting(
    corrections: Sequence[Correction],
) -> Generator[Step, list[Any], tuple[I64, tuple[Moved, ...]]]:
    """The steps that apply ``corrections``, one after the other; points by reason (r,) then, and what each moved."""
    fronts: list[Front | None] = [None] * len(corrections)
    if any(_sees(one) for one in corrections):
        parts: list[list[Front | None]] = yield Step(partial(look_on, corrections), own_columns=("reasons",))
        fronts = [
            foremost([front for front in of if front is not None]) if _sees(one) else None
            for one, of in zip(corrections, zip(*parts, strict=True), strict=True)
        ]
    found: list[tuple[I64, I64]] = yield Step(
        partial(correct, corrections, fronts), own_columns=("reasons", "classes")
    )
    taken = np.sum([took for took, _ in found], axis=0)
    moved = tuple(
        Moved(
            one.id, {name: int(took[REASONS[name]]) for name in one.was if took[REASONS[name]]}, one.becomes
        )
        for one, took in zip(corrections, taken, strict=True)
    )
    return np.sum([counts for _, counts in found], axis=0), moved


def _sees(correction: Correction) -> bool:
    return correction.lasso is not None and correction.lasso.seen is not None


def look_on(corrections: Sequence[Correction], view: View, _: object) -> Made:
    """Summary: for each correction what its eye sees of the block, None where that does not matter."""
    xyz, reasons = view.cloud.world()[: view.own], view.columns["reasons"]
    fronts: list[Front | None] = []
    for one in corrections:
        lasso: Lasso | None = one.lasso if _sees(one) else None
        fronts.append(None if lasso is None else front_of(xyz[_of(reasons, (*OPAQUE, *one.was))], lasso))
    return Made({}, fronts)


def correct(corrections: Sequence[Correction], fronts: Sequence[Front | None], view: View, _: object) -> Made:
    """Columns ``reasons``, ``classes`` and ``corrected``; summary: points that each took, by the reason they had (c, r),
    and points by reason (r,)."""
    xyz = view.cloud.world()[: view.own]
    reasons, classes = view.columns["reasons"].copy(), view.columns["classes"]
    corrected = np.zeros(view.own, np.uint16)
    taken = np.zeros((len(corrections), len(REASONS)), np.int64)
    for k, (one, front) in enumerate(zip(corrections, fronts, strict=True)):
        row = np.flatnonzero(_of(reasons, one.was))
        inside = in_brush(xyz[row], one.brush) if one.brush is not None else None
        if one.lasso is not None:
            inside = in_lasso(xyz[row], one.lasso, front)
        row = row[inside]
        taken[k] = np.bincount(reasons[row], minlength=len(REASONS))
        reasons[row] = REASONS[one.becomes]
        corrected[row] = k + 1
    touched = corrected > 0
    codes = view.cloud.source_class
    if codes is not None:
        codes = np.where(np.isin(codes, _SAYS_OTHERWISE), UNCLASSIFIED, codes).astype(np.uint8)[: view.own]
    classes = np.where(touched, classes_of(reasons, codes), classes)
    counts = np.bincount(reasons, minlength=len(REASONS))
    return Made({"reasons": reasons, "classes": classes, "corrected": corrected}, (taken, counts))


def _of(reasons: U8, names: Sequence[str]) -> Bool:
    return np.isin(reasons, [REASONS[name] for name in names])
