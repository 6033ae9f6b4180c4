"""Cleaning as steps over the blocks of a cloud, with small summaries between them.

`cleaning` says what is to be done next, whoever calls it does that for every block and sends the summaries back.
So a cloud in memory and one on disk are cleaned by the same code, and the labels do not depend on how it was cut:
sums are of whole numbers, searches end at a stated reach, ties are broken by place.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np

from heritage.model.arrays import REASONS, U8, Bool
from heritage.model.documents import Correction
from heritage.model.limits import LOCAL_COORDINATE_M
from heritage.model.octree import I64, Octree
from heritage.ops.cleaning import clean_steps as steps
from heritage.ops.cleaning.clean_options import CleanOptions
from heritage.ops.cleaning.correct import Moved, correcting
from heritage.ops.cleaning.evidence import REACH_VOXELS, VOXEL_SPACINGS
from heritage.ops.cleaning.ground import Plan, find_floor
from heritage.ops.cleaning.sky import sky_of
from heritage.ops.points.pieces import Grid, Joined, join_pieces
from heritage.ops.points.stepwise import Step

_CLIPS: Final = 3
_LEAST: Final = 8  # below this many distinct points a neighbourhood says nothing
_SAMPLE: Final = 20_000
_GUESSED: Final = 8.0  # spacings within which the spacing itself is looked for
REACH_SPACINGS: Final = 16.0  # of a neighbourhood: a stretch seen 40 times more thinly is still all within

# Columns that steps leave for later ones: dtype of each. ``reasons`` and ``classes`` are the result, and
# where there are corrections ``corrected``: the number of the last one that changed the label, 0 for none.
COLUMNS: Final[Mapping[str, Any]] = {
    "open": np.uint8, "near": np.float32, "scatter": np.uint16, "piece": np.int32, "reasons": np.uint8,
    "classes": np.uint8, "corrected": np.uint16,
}  # fmt: skip


@dataclass(frozen=True)
class Found:
    """``reasons`` -> points, every reason in it; ``spacing_m`` the cloud's median spacing, 0 for too few points;
    ``before`` the same before any correction, and what each of these ``moved``."""

    reasons: Mapping[str, int]
    spacing_m: float
    before: Mapping[str, int]
    moved: tuple[Moved, ...] = ()


Steps = Generator[Step, list[Any], Found]


def cleaning(points: int, options: CleanOptions, corrections: Sequence[Correction] = ()) -> Steps:
    """The steps that clean a cloud of ``points``, at least one, in Z-curve order, and then apply ``corrections``, in the
    frame of the cloud's coordinates. Each step is answered with the summaries of all blocks, in order."""
    seen: list[steps.Seen] = yield Step(partial(steps.look, options))
    everyone = steps.all_seen(seen)
    spaced = 0.0
    if everyone.open >= _LEAST:
        low, high = np.array(everyone.low), np.array(everyone.high)
        root = Octree.around(low, high)
        spaced = yield from _spacing(points, everyone, root)
        yield from _search(everyone, root, spaced, options)
    found: list[I64] = yield Step(partial(steps.finish, options), own_columns=("reasons",))
    before = _by_name(np.sum(found, axis=0))
    if not corrections:
        return Found(before, spaced, before)
    total, moved = yield from correcting(corrections)
    return Found(_by_name(total), spaced, before, moved)


def _by_name(counts: I64) -> dict[str, int]:
    return {name: int(counts[code]) for name, code in REASONS.items()}


def _spacing(points: int, everyone: steps.Seen, root: Octree) -> Generator[Step, list[Any], float]:
    """The cloud's median spacing, of every (n / 20,000)-th row."""
    every = max(1, points // _SAMPLE)
    size = float(np.linalg.norm(np.array(everyone.high) - np.array(everyone.low)))
    guess = everyone.guess_m or size / np.sqrt(everyone.open)
    reach = _GUESSED * guess
    while True:
        k = min(steps.SPACING_NEIGHBOURS, everyone.open - 1)
        parts = yield Step(partial(steps.reaches, root, every, k, reach), reach_m=reach, columns=("open",))
        middle = float(np.median(np.concatenate(parts)))
        # Only where the search ended too early for half of them does it matter where it ended.
        if middle < reach or reach > 2 * size:
            return min(middle, size) * float(np.sqrt(np.pi / k))
        reach *= 4


def _search(
    everyone: steps.Seen, root: Octree, spaced: float, options: CleanOptions
) -> Generator[Step, list[Any], None]:
    low, high = np.array(everyone.low), np.array(everyone.high)
    reach = REACH_SPACINGS * spaced
    shaped = steps.shape_counts(options, everyone)
    parts = yield Step(
        partial(steps.measure, root, min(steps.NEIGHBOURS, everyone.open), reach, shaped),
        reach_m=reach,
        columns=("open",),
    )
    bins = np.sum([part.bins for part in parts], axis=0)
    usual = float(np.searchsorted(np.cumsum(bins), bins.sum() / 2)) * reach / len(bins)
    limit = _limit(bins, reach, options.outlier_sigmas)
    sky = sky_of([part.colours for part in parts if part.colours is not None])
    voxels = Grid.over(low, high, VOXEL_SPACINGS * spaced)
    gap = options.fragment_gap_m or options.fragment_gap * spaced
    bound = np.clip([low - 1e-3, high + 1e-3], -LOCAL_COORDINATE_M, LOCAL_COORDINATE_M)
    parts = yield Step(
        partial(
            steps.label, options, everyone, root, Octree.around(*bound), reach, usual, limit,
            sky, voxels, Grid.over(low, high, gap),
        ),
        reach_m=max(reach, REACH_VOXELS * voxels.size_m),
        columns=("open", "near", "scatter"),
        own_columns=("reasons",),
    )  # fmt: skip
    joined = join_pieces(parts)
    fate = _fate_of_pieces(joined, options)
    left = fate == 0
    if left.any():
        low, high = joined.low[left].min(0).astype(np.float64), joined.high[left].max(0).astype(np.float64)
    plan = Plan.over(low, high, options.ground_cell_m or options.ground_cell * spaced)
    heights = (float(low[2]), float(high[2]))
    parts = yield Step(
        partial(steps.set_apart, options, everyone, plan, heights),
        own_columns=("reasons", "piece"),
        items=[fate[of] for of in joined.of],
    )
    step = options.ground_step_m or options.ground_step * spaced
    floors: list[Any] = [None] * len(parts)
    if options.ground and not everyone.told_ground:
        floor = find_floor(
            [part for part in parts if part is not None],
            plan,
            *heights,
            step=step,
            slope=options.ground_slope,
        )
        floors = [None if part is None else floor.within(part.cells) for part in parts]
    plants = Grid.over(np.array(everyone.low), np.array(everyone.high), gap / 2)
    parts = yield Step(
        partial(steps.stand, options, everyone, plan, step, plants),
        own_columns=("open", "reasons"),
        items=floors,
    )
    if options.vegetation and everyone.coloured:
        joined = join_pieces(parts)
        if joined.marked.sum() not in (0, joined.size.sum()):
            plant = _plants(joined, options)
            yield Step(
                steps.overgrow, own_columns=("reasons", "piece"), items=[plant[of] for of in joined.of]
            )
    if options.vegetation and options.fragments and not everyone.told_foliage:
        apart = max(gap, options.foliage_gap * float(np.linalg.norm(high - low)))
        wide = Grid.over(np.array(everyone.low), np.array(everyone.high), apart)
        parts = yield Step(partial(steps.company, wide), own_columns=("open", "reasons"))
        joined = join_pieces(parts)
        afloat = (joined.marked == joined.size) & _small(joined, options)
        if afloat.any():
            yield Step(steps.sink, own_columns=("reasons", "piece"), items=[afloat[of] for of in joined.of])


def _limit(bins: I64, reach: float, sigmas: float) -> float:
    """Mean and ``sigmas`` standard deviations of the neighbour distances of all points, in ``bins`` up to
    ``reach``."""
    place = (np.arange(len(bins)) + 0.5) * (reach / len(bins))
    limit = np.inf
    for _ in range(_CLIPS):
        # Far outliers widen the first limit so much that near ones pass; so it is taken again without them.
        inner = np.where(place <= limit, bins, 0)
        mean = (inner * place).sum() / inner.sum()
        limit = float(mean + sigmas * np.sqrt((inner * (place - mean) ** 2).sum() / inner.sum()))
    return limit


def _fate_of_pieces(joined: Joined, options: CleanOptions) -> U8:
    """Reason (c,) of each piece of what halo, outliers and foliage left."""
    fate = np.zeros(len(joined.size), np.uint8)
    if len(fate) == 0:
        return fate
    small = _small(joined, options)
    # Fewer points than a neighbourhood has are no piece of anything: they strayed one by one.
    if options.outliers:
        fate[small & (joined.size < steps.NEIGHBOURS)] = REASONS["outlier"]
    if options.fragments:
        steps.mark(fate, small, "fragment")
    return fate


def _small(joined: Joined, options: CleanOptions) -> Bool:
    """(c,) pieces that are fragments, if they hang together with nothing."""
    if not len(joined.size):
        return np.zeros(0, bool)
    diagonal = np.linalg.norm((joined.high - joined.low).astype(np.float64), axis=1)
    largest = joined.largest
    few = joined.size < options.fragment_share * joined.size[largest]
    return np.asarray(few & (diagonal < options.fragment_extent * diagonal[largest]))


def _plants(joined: Joined, options: CleanOptions) -> Bool:
    """(c,) pieces that hang together with foliage and not with the monument: trunks, blossom, twigs."""
    plant = joined.marked > options.vegetation_piece * joined.size
    plant[np.argmax(joined.size - joined.marked)] = False
    return np.asarray(plant)
