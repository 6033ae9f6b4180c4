"""All that a survey shows, held against the whole drawing: how unlikely it is that a building stands as proposed.

A score of one footprint cannot tell the houses of a row apart: what shows which one it is are its neighbours' walls, the
steps between them, and that a survey of a building shows that one whole and of what adjoins a margin about as wide on
every side. Each of these is a quantity in metres or square metres that the placement leaves unexplained. Its root counts,
because what goes together is one event: a garden wall of 8 m, not 32 cells. The weights come from a conditional logistic
regression over synthetic trials among the footprints of Delft and Hue; with them the sum is minus the logarithm of a
likelihood, to which half the prior's chi squared is added as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from heritage.model.arrays import F64, Bool
from heritage.ops.placement.footprint_choice import FootprintPrior
from heritage.ops.placement.footprint_edges import Edges, segments
from heritage.ops.placement.footprint_search import Pose
from heritage.ops.placement.footprint_trials import Trial, some
from heritage.ops.placement.nearest_edge import nearest_edge, to_wall
from heritage.ops.placement.walls import Cells

_CELLS: Final = 1_500
# Weights per root of a metre or a square metre.
_STRAY: Final = 3.5
_UNSEEN: Final = 1.0
_RAGGED: Final = 1.0
_EMPTY: Final = 0.5
_FIT: Final = 2.0  # of the score, which says by shares what the others say by metres
_RAGGED_ENOUGH: Final = 8.0  # surveys are cut by hand, too: from here on more counts by its logarithm
_STRAY_M: Final = 0.5  # a wall farther than this from every line of the drawing is on none
_SEEN_M: Final = 0.7
_ADJOINS_M: Final = 0.05
_PIECE_M: Final = 0.5  # of free outline
_BEYOND_M: Final = 0.5  # free is an edge with no plan so far in front of it
_MARGIN_M: Final = 9.0  # the widest margin of what adjoins that a survey of a building is thought to show
_LOOKED_M: Final = 20.0  # how far beside a plan is looked for what is shown beyond that
_STEP_M: Final = 0.5  # between margins
_DARK: Final = 0.6  # cosine: a side in the dark hides walls that face within 53 degrees of it
# So fine that two sides in the dark together, which a window of 16 degrees of directions tells, are never missed.
_DIRECTIONS: Final = np.arange(0, 2 * np.pi, np.pi / 36)


@dataclass(frozen=True, eq=False)
class Drawing:
    """Plans about a place, less ``centre`` (2,) of the site, metres. ``start``, ``along``, ``outward`` (e, 2) and
    ``length`` (e,): all their edges, those between two plans too. ``free`` (k, 2), ``free_outward`` (k, 2) and
    ``free_length`` (k,): pieces of edges that no plan adjoins. ``built``: all plans as one."""

    centre: F64
    start: F64
    along: F64
    outward: F64
    length: F64
    free: F64
    free_outward: F64
    free_length: F64
    built: BaseGeometry

    def holds(self, xy: F64) -> Bool:
        """(n,) whether places (n, 2) are built on."""
        return np.asarray(shapely.contains_xy(self.built, xy[:, 0], xy[:, 1]))


def drawing_of(plans: Sequence[Polygon | MultiPolygon], centre: F64) -> Drawing:
    """The drawing of valid ``plans`` in metres of the site frame."""
    moved = [shapely.transform(plan, lambda xy: xy - centre) for plan in plans]
    built = shapely.union_all([plan.buffer(_ADJOINS_M) for plan in moved])
    shapely.prepare(built)
    ends = np.array([pair for plan in moved for pair in segments(plan)])
    length = np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1)
    ends, length = ends[length > _ADJOINS_M], length[length > _ADJOINS_M]
    along = (ends[:, 1] - ends[:, 0]) / length[:, None]
    outward = np.column_stack([along[:, 1], -along[:, 0]])
    count = np.maximum((length / _PIECE_M).astype(np.int64), 1)
    edge = np.repeat(np.arange(len(length)), count)
    place = np.concatenate([(np.arange(k) + 0.5) / k for k in count])
    middle = ends[edge, 0] + (place * length[edge])[:, None] * along[edge]
    front = middle + _BEYOND_M * outward[edge]
    free = ~shapely.contains_xy(built, front[:, 0], front[:, 1])
    return Drawing(
        centre, ends[:, 0], along, outward, length, middle[free], outward[edge][free], (length / count)[edge][free], built
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Meant:
    """One of the drawing's plans, about the drawing's centre, as the one that the survey is of."""

    plan: Polygon | MultiPolygon
    drawing: Drawing

    @cached_property
    def step(self) -> float:
        """Metres between the places that are asked about."""
        return max(0.5, float(np.sqrt(self.plan.area)) / 40)

    @cached_property
    def places(self) -> tuple[F64, F64]:
        """Built places (k, 2) on the plan and less than 20 m beside it, and how far beside it (k,) they are."""
        bounds = np.array(self.plan.bounds)
        low, high = bounds[:2] - _LOOKED_M, bounds[2:] + _LOOKED_M
        x, y = (np.arange(a, b, self.step) for a, b in zip(low, high, strict=True))
        grid = np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1).reshape(-1, 2)
        grid = grid[self.drawing.holds(grid)]
        away = np.asarray(shapely.distance(self.plan, shapely.points(grid)))
        return grid[away < _LOOKED_M], away[away < _LOOKED_M]


def against(
    cells: Cells,
    trials: Sequence[Trial],
    edges: Edges,
    plans: Sequence[Polygon | MultiPolygon],
    prior: FootprintPrior,
) -> list[float]:
    """Minus the logarithm of the likelihood, but for a constant, of every placement on ``edges``, which are those of the
    first of ``plans``; the others are what stands around it."""
    drawing = drawing_of(plans, edges.centre)
    meant = Meant(edges.plan, drawing)
    few = some(cells, _CELLS)
    few = replace(few, weight=few.weight * (len(cells.xy) / len(few.xy)))

    def cost(trial: Trial) -> float:
        pose = trial.held.pose
        east, north = pose.apply(cells.covered.middle[None])[0] + edges.centre
        return (
            unexplained(few, pose, trial.held.inset_m, drawing)
            + misshown(cells, pose, meant)
            + _FIT * (1 - trial.score.value)
            + prior.surprise(float(-np.degrees(pose.yaw)), east, north) / 2
        )

    return [cost(trial) for trial in trials]


def unexplained(cells: Cells, pose: Pose, inset: float, drawing: Drawing) -> float:
    """What speaks against a ``pose`` about the drawing's centre: walls on no line of the drawing, and free outline where
    the cloud covers the plan behind it and shows no wall. A whole side may be unseen; walls lie ``inset`` metres
    outside the lines throughout."""
    placed = pose.apply(cells.xy)
    angle = cells.angle + pose.yaw
    tolerance = max(_STRAY_M, 1.5 * cells.size * pose.scale)
    stray = _distance(placed, angle, inset, drawing) > tolerance
    metres = pose.scale * cells.size * float(cells.weight[stray].sum())
    return float(
        _STRAY * np.sqrt(metres) + _UNSEEN * np.sqrt(_unseen(cells, placed, angle, pose, inset, drawing))
    )


def misshown(cells: Cells, pose: Pose, meant: Meant) -> float:
    """What speaks against a plan at a ``pose``: how much of it the survey does not cover, and how ragged the margin is
    that it shows of what adjoins."""
    places, away = meant.places
    covered = cells.covered.holds(pose.inverse(places))
    on = away == 0
    # Margins of 0, 0.5, ... m: what is covered beyond, and what is not within. The best one is taken.
    bins = int(_LOOKED_M / _STEP_M) + 1
    far = np.ceil(away[~on] / _STEP_M).astype(np.int64)
    beyond, within = (np.bincount(far[which], minlength=bins) for which in (covered[~on], ~covered[~on]))
    ragged = (np.cumsum(within) + beyond.sum() - np.cumsum(beyond))[: int(_MARGIN_M / _STEP_M) + 1].min()
    empty = (on & ~covered).sum()
    uneven = _RAGGED * float(np.sqrt(ragged)) * meant.step
    if uneven > _RAGGED_ENOUGH:
        uneven = _RAGGED_ENOUGH * (1 + float(np.log(uneven / _RAGGED_ENOUGH)))
    return uneven + _EMPTY * float(np.sqrt(empty)) * meant.step


def _distance(placed: F64, angle: F64, inset: float, drawing: Drawing) -> F64:
    """(m,) metres from each cell to the nearest line that runs with it; large where none does."""
    start = drawing.start + inset * drawing.outward
    return nearest_edge(placed, angle, start, drawing.along, drawing.outward, drawing.length)[2]


def _unseen(cells: Cells, placed: F64, angle: F64, pose: Pose, inset: float, drawing: Drawing) -> float:
    """Metres of free outline without a wall; those of one side do not count if nothing at all was seen there."""
    behind = drawing.free - _SEEN_M * drawing.free_outward
    covered = cells.covered.holds(pose.inverse(behind))
    line = (drawing.free + inset * drawing.free_outward)[covered]
    outward, length = drawing.free_outward[covered], drawing.free_length[covered]
    if not len(line):
        return 0.0
    seen = to_wall(line, outward, placed, angle) < max(_SEEN_M, 2 * cells.size * pose.scale)
    dark = outward @ np.array([np.cos(_DIRECTIONS), np.sin(_DIRECTIONS)]) > _DARK
    one_side = ((seen[:, None] == dark) * length[:, None]).sum(0).min()
    return min(float(length[~seen].sum()), float(one_side))
