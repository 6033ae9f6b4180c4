"""What cleaning does with one block at a time: the steps of `heritage.ops.cleaning.cleaning`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F32, GROUND, NOISE, REASONS, U8, UNCLASSIFIED, VEGETATION, Bool, triple
from heritage.model.octree import I64, Octree, box_of
from heritage.ops.cleaning.clean_options import CleanOptions
from heritage.ops.cleaning.evidence import in_units, surface_beside, weigh
from heritage.ops.cleaning.ground import Floor, Lowest, Plan, lowest, on_floor
from heritage.ops.cleaning.sky import HAZY, Colours, alike, colours_of, mixed
from heritage.ops.points.grid import distinct, first_at
from heritage.ops.points.neighbours import Neighbours
from heritage.ops.points.pieces import Grid, find_pieces
from heritage.ops.points.stepwise import Made, View

NEIGHBOURS: Final = 20
SPACING_NEIGHBOURS: Final = 8
_GUESSES: Final = 1_000
_BINS: Final = 8192  # of the neighbour distances
_THIN: Final = 1.5  # times the usual distance to neighbours: thinner than nine tenths of carved surface
_SKY_SCATTER: Final = 0.04  # of points that are clearly no surface: the sky's colour is taken from them

_CLASS_OF: Final = {
    "duplicate": NOISE, "outlier": NOISE, "fragment": NOISE, "halo": NOISE, "low_confidence": NOISE,
    "vegetation": VEGETATION, "ground": GROUND,
}  # fmt: skip


def _made(summary: object = None, **columns: npt.NDArray[Any]) -> Made:
    return Made(columns, summary)


@dataclass(frozen=True)
class Seen:
    """Of a block or a cloud: its ``open`` points, which later steps search; their box, metres; a ``guess_m`` of the
    spacing, 0 for none; whether there is colour; whether the file itself names foliage, and ground."""

    open: int
    low: tuple[float, float, float]
    high: tuple[float, float, float]
    guess_m: float
    coloured: bool
    told_foliage: bool
    told_ground: bool


def look(options: CleanOptions, view: View, _: object) -> Made:
    """Column ``open``: 1 where later steps look, 0 for points at an earlier one's place and of low confidence."""
    cloud = view.cloud
    first = distinct(cloud.xyz)
    reasons = np.zeros(len(cloud), np.uint8)
    if options.duplicates:
        reasons[~first] = REASONS["duplicate"]
    if options.confidence_min is not None and cloud.confidence is not None:
        reasons[(cloud.confidence < options.confidence_min) & (reasons == 0)] = REASONS["low_confidence"]
    open_ = first & (reasons == 0)
    xyz = cloud.xyz[open_]
    guess = 0.0
    if len(xyz) > SPACING_NEIGHBOURS:
        asked = np.zeros(len(xyz), bool)
        asked[:: max(1, len(xyz) // _GUESSES)] = True
        reach = Neighbours.of(xyz).nearest(SPACING_NEIGHBOURS + 1, asked=asked)[1].max(1)
        guess = float(np.median(reach)) * float(np.sqrt(np.pi / SPACING_NEIGHBOURS))
    told = _told(view, options)[open_]
    box = box_of(xyz) if len(xyz) else (np.full(3, np.inf), np.full(3, -np.inf))
    seen = Seen(
        len(xyz), triple(box[0]), triple(box[1]), guess, cloud.rgb is not None,
        bool(np.isin(told, (3, 4, 5)).any()), bool((told == GROUND).any()),
    )  # fmt: skip
    return _made(seen, open=open_.astype(np.uint8), reasons=reasons)


def all_seen(parts: Sequence[Seen]) -> Seen:
    """The same of the whole cloud."""
    low, high = np.min([p.low for p in parts], axis=0), np.max([p.high for p in parts], axis=0)
    guesses = [p.guess_m for p in parts if p.guess_m > 0]
    return Seen(
        sum(p.open for p in parts), triple(low), triple(high), float(np.median(guesses)) if guesses else 0.0,
        all(p.coloured for p in parts), any(p.told_foliage for p in parts), any(p.told_ground for p in parts),
    )  # fmt: skip


def _told(view: View, options: CleanOptions) -> U8:
    codes = view.cloud.source_class
    believed = codes is not None and options.source_classes
    return codes[: view.own] if believed and codes is not None else np.zeros(view.own, np.uint8)


def _opened(view: View) -> tuple[I64, Bool]:
    """Places of the open points of a view, and which of those are the block's own."""
    place = np.flatnonzero(view.columns["open"])
    return place, place < view.own


def shape_counts(options: CleanOptions, seen: Seen) -> bool:
    """Whether a reason that is looked for goes by how rough the surroundings are."""
    return options.halo or (options.vegetation and not seen.told_foliage)


def reaches(root: Octree, every: int, k: int, reach: float, view: View, _: object) -> Made:
    """Summary: distances (s,) of every ``every``-th row's ``k``-th neighbour, at most ``reach``."""
    place, own = _opened(view)
    asked = own & (view.rows[place] % every == 0)
    if not asked.any():
        return _made(np.zeros(0, np.float32))
    distance = Neighbours.of(view.cloud.xyz[place], root=root).nearest(k + 1, reach_m=reach, asked=asked)[1]
    return _made(np.minimum(distance.max(1), np.float32(reach)))


@dataclass(frozen=True, eq=False)
class Measured:
    """``near`` of a block's open points in bins; their ``colours``, None where they have none or shape is not asked."""

    bins: I64
    colours: Colours | None


def measure(root: Octree, k: int, reach: float, shaped: bool, view: View, _: object) -> Made:
    """Columns ``near``, mean distance to the ``k`` - 1 nearest, and, if ``shaped``, ``scatter``, else 0; summary:
    `Measured`."""
    place, own = _opened(view)
    near, scatter = np.zeros(view.own, np.float32), np.zeros(view.own, np.uint16)
    bins, colours = np.zeros(_BINS, np.int64), None
    if own.any():
        around = Neighbours.of(view.cloud.xyz[place], root=root)
        if shaped:
            shape = around.shape(k, reach_m=reach, asked=own)
            distance = shape.spacing[own]
            scatter[place[own]] = in_units(shape.scatter[own])
            if view.cloud.rgb is not None:
                colours = colours_of(view.cloud.rgb[place[own]], shape.scatter[own] > _SKY_SCATTER)
        else:
            distance = around.mean_distance(k, reach_m=reach, asked=own)[own]
        near[place[own]] = distance
        at = (distance.astype(np.float64) * (_BINS / reach)).astype(np.int64)
        bins = np.bincount(np.minimum(at, _BINS - 1), minlength=_BINS)
    return _made(Measured(bins, colours), near=near, scatter=scatter)


def label(
    options: CleanOptions, seen: Seen, root: Octree, wide_root: Octree, reach: float, usual: float, limit: float,
    sky: F32 | None, voxels: Grid, gap: Grid, view: View, _: object,
) -> Made:  # fmt: skip
    """Halo, outliers and foliage; column ``piece`` of what remains, and its pieces as summary. ``usual`` and ``limit`` are
    the cloud's median distance to neighbours and the greatest that is no outlier's, metres."""
    place, own = _opened(view)
    mine = place[own]
    told = _told(view, options)[mine]
    xyz, near = view.cloud.xyz[place], view.columns["near"][place]
    found = np.zeros(len(mine), np.uint8)
    foliage = np.isin(told, (3, 4, 5))
    if len(mine) and shape_counts(options, seen):
        rgb = None if view.cloud.rgb is None else view.cloud.rgb[place]
        said = weigh(xyz, rgb, view.columns["scatter"][place], own, voxels, wide_root)
        if options.halo and sky is not None and rgb is not None:
            loose = said.scatter > options.halo_scatter / 2
            # Nothing but sky, alone or in a clump. The paler it is, the rougher its surroundings must be.
            pure = (np.isnan(said.beside[:, 0]) | alike(rgb[own], sky)) & (said.sky > HAZY)
            pure &= said.sky * said.rough > options.halo_scatter
            mark(found, loose & (pure | mixed(rgb[own], said.beside, sky, options.halo_share)), "halo")
            # What is as dense as a surface may be a thin part of one, of another colour than what is flat around it.
            thin = np.zeros(len(place), bool)
            thin[own] = loose & (found == 0) & (near[own] > _THIN * usual)
            beside = surface_beside(xyz, rgb, view.columns["scatter"][place], thin, voxels, wide_root)
            blended = np.zeros(len(mine), bool)
            blended[thin[own]] = mixed(rgb[thin], beside, sky, options.halo_share)
            mark(found, blended, "halo")
        if not seen.told_foliage and rgb is None:
            least = options.vegetation_scatter_alone
            foliage = (said.rough > least) & (said.wide_rough > least)
        elif not seen.told_foliage:
            # The paler the green, as of moss on old stone, the rougher its surroundings must be.
            deep = np.minimum(said.depth / options.vegetation_depth, 1)
            rough = (said.rough + said.wide_rough) / 2 * deep > options.vegetation_scatter
            foliage = (
                rough & (said.green_share > options.vegetation_green) & (said.green | (said.scatter > 0.1))
            )
    # Before vegetation: a stray point in the air is rough, and as green as the tree it strayed from.
    mark(found, np.isin(told, (7, 18)), "outlier")
    if options.outliers and len(mine):
        far = np.zeros(len(place), bool)
        far[own] = near[own] > limit
        if far.any():
            mark(found, _stand_out(xyz, near, far, root, reach, options)[own], "outlier")
    if options.vegetation:
        mark(found, foliage, "vegetation")
    reasons = view.columns["reasons"].copy()
    reasons[mine] = found
    piece = np.full(view.own, -1, np.int32)
    left = mine[found == 0]
    number, pieces = find_pieces(view.cloud.xyz[left], gap, view.low, view.high)
    piece[left] = number
    return _made(pieces, reasons=reasons, piece=piece)


def mark(reasons: U8, mask: Bool, reason: str) -> None:
    """Give those of ``mask`` (n,) the reason that have none yet."""
    reasons[mask & (reasons == 0)] = REASONS[reason]


def _stand_out(xyz: F32, near: F32, far: Bool, root: Octree, reach: float, options: CleanOptions) -> Bool:
    """(n,) those of ``far`` (Rusu 2010) that also stand out of their own neighbourhood, or have none."""
    index = Neighbours.of(xyz, root=root).nearest(min(NEIGHBOURS, len(xyz)), reach_m=reach, asked=far)[0]
    there = (index >= 0) & (index != np.flatnonzero(far)[:, None])
    usual = np.sort(np.where(there, near[index], np.float32(np.inf)), axis=1)
    several, row = there.sum(1), np.arange(len(there))
    median = (usual[row, (several - 1) // 2] + usual[row, several // 2]) / 2
    median[several == 0] = 0
    out = np.zeros(len(xyz), bool)
    out[far] = near[far] > options.outlier_ratio * median
    return out


def set_apart(
    options: CleanOptions, seen: Seen, plan: Plan, heights: tuple[float, float], view: View, fate: U8
) -> Made:
    """Fragments, and the file's own ground; the lowest of what remains as summary, None where it is not asked."""
    reasons = view.columns["reasons"].copy()
    piece = view.columns["piece"]
    reasons[piece >= 0] = fate[piece[piece >= 0]]
    if not options.ground:
        return _made(None, reasons=reasons)
    if seen.told_ground:
        mark(reasons, (piece >= 0) & (_told(view, options) == GROUND), "ground")
        return _made(None, reasons=reasons)
    left = (piece >= 0) & (reasons == 0)
    part: Lowest | None = lowest(view.cloud.xyz[left], plan, *heights) if left.any() else None
    return _made(part, reasons=reasons)


def stand(
    options: CleanOptions, seen: Seen, plan: Plan, step: float, grid: Grid, view: View, floor: Floor | None
) -> Made:
    """Ground; column ``piece`` of what stands on it, plants and all, and its pieces as summary."""
    reasons = view.columns["reasons"].copy()
    left = (view.columns["open"] != 0) & (reasons == 0)
    if floor is not None and left.any():
        level = on_floor(view.cloud.xyz[left], plan, floor, step=step, slope=options.ground_slope)
        reasons[np.flatnonzero(left)[level]] = REASONS["ground"]
    if not (options.vegetation and seen.coloured):
        return _made(None, reasons=reasons)
    foliage = reasons == REASONS["vegetation"]
    standing = foliage | ((view.columns["open"] != 0) & (reasons == 0))
    return _in_pieces(view, standing, grid, foliage, reasons=reasons)


def _in_pieces(view: View, there: Bool, grid: Grid, marked: Bool, **columns: npt.NDArray[Any]) -> Made:
    """``columns`` and ``piece``: of those ``there`` (n,) the piece, else -1; the pieces as summary."""
    number, pieces = find_pieces(view.cloud.xyz[there], grid, view.low, view.high, marked[there])
    piece = np.full(view.own, -1, np.int32)
    piece[there] = number
    return _made(pieces, piece=piece, **columns)


def overgrow(view: View, plant: Bool) -> Made:
    """All of a plant is vegetation."""
    reasons, piece = view.columns["reasons"].copy(), view.columns["piece"]
    there = np.flatnonzero(piece >= 0)
    there = there[plant[piece[there]]]
    reasons[there[reasons[there] == 0]] = REASONS["vegetation"]
    return _made(None, reasons=reasons)


def company(grid: Grid, view: View, _: object) -> Made:
    """Column ``piece`` of all that is still there, in pieces so far apart as leaves are not; these as summary, foliage marked."""
    reasons = view.columns["reasons"]
    foliage = reasons == REASONS["vegetation"]
    there = (view.columns["open"] != 0) & (foliage | (reasons == 0) | (reasons == REASONS["ground"]))
    return _in_pieces(view, there, grid, foliage)


def sink(view: View, afloat: Bool) -> Made:
    """Foliage that floats in the air is a fragment."""
    reasons, piece = view.columns["reasons"].copy(), view.columns["piece"]
    there = np.flatnonzero(piece >= 0)
    reasons[there[afloat[piece[there]]]] = REASONS["fragment"]
    return _made(None, reasons=reasons)


def finish(options: CleanOptions, view: View, _: object) -> Made:
    """Columns ``reasons``, where equal points have one reason, and ``classes``; summary: points by reason."""
    reasons = view.columns["reasons"].copy()
    if not options.duplicates:
        reasons = reasons[first_at(view.cloud.xyz)]
    classes = classes_of(reasons, view.cloud.source_class)
    return _made(np.bincount(reasons, minlength=len(REASONS)), reasons=reasons, classes=classes)


def classes_of(reasons: U8, codes: U8 | None) -> U8:
    """ASPRS classes (n,) of points with these ``reasons``; a kept point keeps the file's own of ``codes``."""
    classes = np.full(len(reasons), UNCLASSIFIED, np.uint8) if codes is None else codes.copy()
    for reason, code in _CLASS_OF.items():
        classes[reasons == REASONS[reason]] = code
    return classes
