"""Give every point of a cloud a class and a reason; delete nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from heritage.model.arrays import REASONS, U8, U16, Bool, PointCloud
from heritage.model.documents import Correction
from heritage.model.errors import InputError
from heritage.model.octree import Octree, along_curve
from heritage.model.report import Counts, Figure, balanced
from heritage.ops.cleaning.clean_options import CleanOptions
from heritage.ops.cleaning.cleaning import Found, Steps, cleaning
from heritage.ops.cleaning.correct import Moved
from heritage.ops.points.stepwise import Step, View

__all__ = ["CleanOptions", "Cleaned", "clean", "follow", "outcome_of"]

IDLE = "no point in its region has a label that it is about"


@dataclass(frozen=True, eq=False)
class Cleaned:
    """``classes`` (n,) uint8 ASPRS codes; ``reasons`` (n,) uint8 of ``model.arrays.REASONS``; source order.

    A kept point keeps the file's own code where the file has codes, else 1 (unclassified). ``corrected`` (n,) uint16 is
    the number of the last correction that changed a point's label, from 1, 0 for none, and ``moved`` what each did.
    """

    classes: U8
    reasons: U8
    corrected: U16
    counts: Counts
    figures: tuple[Figure, ...]
    moved: tuple[Moved, ...]

    def where(self, *reasons: str) -> Bool:
        """(n,) True for points with one of these reasons; ``kept`` is one."""
        return np.isin(self.reasons, [REASONS[reason] for reason in reasons])


def clean(
    cloud: PointCloud, options: CleanOptions | None = None, corrections: Sequence[Correction] = ()
) -> Cleaned:
    """Class and reason for every point of ``cloud`` (z up), held in memory as one block.

    The order is duplicate, low_confidence, halo, outlier, vegetation, fragment, ground: the first that speaks
    names the reason. ``corrections``, in the cloud's frame, come after all of them. Raises InputError for an empty cloud.
    """
    n = len(cloud)
    if n == 0:
        raise InputError("point cloud", "no points", "at least one point is needed", code="cloud-empty")
    order = along_curve(Octree.of(cloud.xyz).codes(cloud.xyz))
    sorted_ = cloud.select(order)
    rows, low, high = np.arange(n), np.full(3, -np.inf), np.full(3, np.inf)
    columns: dict[str, npt.NDArray[Any]] = {}

    def do(step: Step) -> list[Any]:
        held = {name: columns[name] for name in (*step.columns, *step.own_columns)}
        made = step.run(
            View(sorted_, rows, n, low, high, held), None if step.items is None else step.items[0]
        )
        columns.update(made.columns)
        return [made.summary]

    found = follow(cleaning(n, options or CleanOptions(), corrections), do)
    reasons, classes, corrected = np.empty(n, np.uint8), np.empty(n, np.uint8), np.zeros(n, np.uint16)
    reasons[order], classes[order] = columns["reasons"], columns["classes"]
    if corrections:
        corrected[order] = columns["corrected"]
    for array in (classes, reasons, corrected):
        array.setflags(write=False)
    return Cleaned(classes, reasons, corrected, *outcome_of(found), found.moved)


def follow(steps: Steps, do: Callable[[Step], list[Any]]) -> Found:
    """Do each of ``steps`` by ``do``, which returns the summaries of all blocks."""
    answer: Any = None
    while True:
        try:
            step = steps.send(answer)
        except StopIteration as end:
            found: Found = end.value
            return found
        answer = do(step)


def outcome_of(found: Found) -> tuple[Counts, tuple[Figure, ...]]:
    """Counts that balance, and figures. Raises as ``balanced``."""
    reasons = dict(found.reasons)
    n, kept = sum(reasons.values()), reasons.pop("kept")
    counts = balanced("points", n, kept, {name: count for name, count in reasons.items() if count})
    figures = [
        Figure(
            name="spacing",
            value=found.spacing_m or None,
            unit="m",
            method="median over points: side of the square of surface that holds one",
        )
    ]
    figures += [
        Figure(
            name=f"{name}_share", value=count / n, unit="1", method="points with this reason over all points"
        )
        for name, count in {"kept": kept, **reasons}.items()
    ]
    figures += [
        Figure(
            name=f"correction {moved.id}",
            value=moved.points,
            unit="points",
            method=f"that were {_and(moved.was)} became {moved.becomes}" if moved.points else IDLE,
        )
        for moved in found.moved
    ]
    return counts, tuple(figures)


def _and(was: Mapping[str, int]) -> str:
    return ", ".join(f"{name} ({count})" for name, count in was.items())
