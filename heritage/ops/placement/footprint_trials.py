"""Refine what the search found, and make sure that every placement a plan's symmetry allows is among it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from heritage.ops.placement.footprint_edges import Edges
from heritage.ops.placement.footprint_fit import Held, Score, hold, score
from heritage.ops.placement.footprint_search import Expected, Pose, search, turn
from heritage.ops.placement.walls import Cells

_COARSE_CELLS: Final = 250
_FINE_CELLS: Final = 1_500
_KEPT: Final = 24
_KEPT_ONLY: Final = 12
_FINE: Final = 8
_GLANCED: Final = 8
_GLANCE_PIXELS: Final = 80
_QUARTERS: Final = (0.5 * np.pi, np.pi, 1.5 * np.pi)


@dataclass(frozen=True, eq=False)
class Trial:
    """A refined placement and how well it fits."""

    held: Held
    score: Score


def some(cells: Cells, most: int) -> Cells:
    """At most so many cells, picked evenly."""
    if len(cells.xy) <= most:
        return cells
    pick = np.sort(np.random.default_rng(0).choice(len(cells.xy), most, replace=False))
    return cells.some(pick)


def try_poses(
    cells: Cells,
    edges: Edges,
    *,
    free_scale: bool,
    inset_sigma: float,
    expected: Expected | None,
    only: bool = False,
) -> list[Trial]:
    """Refined placements, best first, no two the same.

    ``cells`` about their own centre. ``expected``: what to look at in any case; a round plan fits at so many headings,
    and a house of a row at so many places, that the expected one could otherwise be missing. With ``only``, at nothing else.
    """
    scales = np.exp(np.linspace(-0.36, 0.36, 13)) if free_scale else np.ones(1)
    fine = some(cells, _FINE_CELLS)
    coarse = some(cells, _COARSE_CELLS)
    keep = _KEPT_ONLY if only else _KEPT
    poses, blur = search(fine, edges, scales, keep=keep, expected=expected, only=only)

    def refined(some: Cells, pose: Pose, wide: float, rounds: int) -> Trial:
        held = hold(
            some,
            edges,
            pose,
            width=(wide, 0.3),
            rounds=rounds,
            free_scale=free_scale,
            inset_sigma=inset_sigma,
        )
        return Trial(held, score(some, edges, held))

    rough = _distinct([refined(coarse, pose, 1.5 * blur, 10) for pose in poses])
    # Plans that look the same when turned: their turned placements must be among the candidates, found or not.
    turned = [] if only else [_turned(trial.held.pose, angle) for trial in rough[:3] for angle in _QUARTERS]
    rough = _distinct([*rough, *(refined(coarse, pose, 1.5 * blur, 10) for pose in turned)])
    asked = [t for t in rough[_FINE:] if expected and expected.holds(t.held.pose)]
    return _distinct(
        [refined(fine, trial.held.pose, 1.0, 12) for trial in [*rough[:_FINE], *asked[: _FINE // 2]]]
    )


def glance(cells: Cells, edges: Edges, *, free_scale: bool, expected: Expected | None) -> list[Trial]:
    """A few placements of some cells that are as ``expected``, in no order: whether a closer look is worth it."""
    scales = np.exp(np.linspace(-0.36, 0.36, 7)) if free_scale else np.ones(1)
    few = some(cells, _COARSE_CELLS)
    poses, blur = search(
        few,
        edges,
        scales,
        keep=_GLANCED,
        expected=expected,
        only=True,
        pixels=_GLANCE_PIXELS,
    )
    held = [
        hold(few, edges, pose, width=(1.5 * blur, 0.3), rounds=8, free_scale=free_scale, inset_sigma=0.2)
        for pose in poses
    ]
    return [Trial(found, score(few, edges, found)) for found in held]


def _turned(pose: Pose, angle: float) -> Pose:
    x, y = turn(angle) @ [pose.x, pose.y]
    return Pose(pose.yaw + angle, float(x), float(y), pose.scale)


def _distinct(trials: list[Trial]) -> list[Trial]:
    kept: list[Trial] = []
    for trial in sorted(trials, key=lambda t: -t.score.value):
        if all(differ(trial.held.pose, other.held.pose) for other in kept):
            kept.append(trial)
    return kept


def differ(a: Pose, b: Pose) -> bool:
    """Whether two poses are different placements, not two roundings of one."""
    return bool(
        abs(wrapped(a.yaw - b.yaw)) > np.radians(4)
        or np.hypot(a.x - b.x, a.y - b.y) > 1.0
        or abs(np.log(a.scale / b.scale)) > 0.05
    )


def wrapped(angle: float) -> float:
    """The angle in [-pi, pi)."""
    return float((angle + np.pi) % (2 * np.pi) - np.pi)
