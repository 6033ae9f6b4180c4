"""Give every point of a cloud a class and a reason; delete nothing.

Lengths are in the cloud's own median spacing unless an option is in metres, so a cloud of unknown scale is
cleaned like any other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pydantic import Field
from scipy.spatial import cKDTree

from heritage.model.arrays import F32, GROUND, NOISE, REASONS, U8, UNCLASSIFIED, VEGETATION, Bool, PointCloud
from heritage.model.documents import Document, Positive
from heritage.model.errors import InputError
from heritage.model.report import Counts, Figure, balanced
from heritage.ops.evidence import weigh
from heritage.ops.grid import Shape, chunks, components, distinct, morton_order, shape, spacing
from heritage.ops.ground import ground

_NEIGHBOURS = 20
_CLIPS = 3
_LEAST = 8  # below this many distinct points a neighbourhood says nothing

_CLASS_OF = {
    "duplicate": NOISE, "outlier": NOISE, "fragment": NOISE, "halo": NOISE, "low_confidence": NOISE,
    "vegetation": VEGETATION, "ground": GROUND,
}  # fmt: skip


class CleanOptions(Document):
    """What to look for. Each search can be switched off."""

    source_classes: bool = Field(
        True,
        description="believe the file's own ASPRS codes for ground (2), vegetation (3-5) and noise (7, 18)",
    )
    duplicates: bool = Field(True, description="points at exactly the place of an earlier one")
    confidence_min: float | None = Field(
        None, description="least confidence, in the source's own unit; default: no limit"
    )
    halo: bool = Field(
        True, description="sky-coloured points without a surface, as photogrammetry leaves at outlines"
    )
    halo_scatter: Positive = Field(0.04, description="least scatter (0 plane, 1 ball) around a halo point")
    outliers: bool = Field(
        True, description="points far from all others: statistical outlier removal over 20 neighbours"
    )
    outlier_sigmas: Positive = Field(2.0, description="standard deviations above the mean neighbour distance")
    outlier_ratio: Positive = Field(
        2.0,
        description="and so many times its neighbours' own neighbour distance: thinly seen is no outlier",
    )
    fragments: bool = Field(True, description="small pieces that hang together with nothing")
    fragment_gap: Positive = Field(6.0, description="spacings between pieces")
    fragment_gap_m: Positive | None = Field(None, description="the same in metres")
    fragment_share: Positive = Field(
        0.01, description="a fragment has fewer points than this share of the largest piece"
    )
    fragment_extent: Positive = Field(
        0.25, description="and is smaller than this share of the largest piece's diagonal"
    )
    vegetation: bool = Field(
        True, description="green and rough at two scales; without colour, very rough at both"
    )
    vegetation_green: Positive = Field(0.3, description="least share of green points around a point")
    vegetation_scatter: Positive = Field(
        0.08, description="least scatter (0 plane, 1 ball) around a green point, mean of two scales"
    )
    vegetation_scatter_alone: Positive = Field(
        0.25, description="least scatter at both scales where the cloud has no colour"
    )
    vegetation_piece: Positive = Field(
        0.15, description="a piece apart from the monument with this share of foliage is a plant as a whole"
    )
    ground: bool = Field(
        True, description="the lowest near-level surface; terraces and stairs are not ground"
    )
    ground_cell: Positive = Field(4.0, description="spacings between the nodes of the ground's grid")
    ground_cell_m: Positive | None = Field(None, description="the same in metres")
    ground_step: Positive = Field(
        0.5, description="spacings: a height difference between neighbouring nodes that is noise"
    )
    ground_step_m: Positive | None = Field(None, description="the same in metres")
    ground_slope: Positive = Field(0.15, description="rise over run that is still ground")


@dataclass(frozen=True, eq=False)
class Cleaned:
    """``classes`` (n,) uint8 ASPRS codes; ``reasons`` (n,) uint8 of ``model.arrays.REASONS``; source order.

    A kept point keeps the file's own code where the file has codes, else 1 (unclassified).
    """

    classes: U8
    reasons: U8
    counts: Counts
    figures: tuple[Figure, ...]

    def where(self, *reasons: str) -> Bool:
        """(n,) True for points with one of these reasons; ``kept`` is one."""
        return np.isin(self.reasons, [REASONS[reason] for reason in reasons])


def clean(cloud: PointCloud, options: CleanOptions | None = None, *, threads: int = 1) -> Cleaned:
    """Class and reason for every point of ``cloud`` (z up).

    The order is duplicate, low_confidence, halo, outlier, vegetation, fragment, ground: the first that speaks
    names the reason. ``threads`` does not change the result. Raises InputError for an empty cloud and
    MethodError where a length in metres makes a grid too fine.
    """
    chosen = options or CleanOptions()
    n = len(cloud)
    if n == 0:
        raise InputError("point cloud", "no points", "at least one point is needed", code="cloud-empty")
    reasons = np.zeros(n, np.uint8)
    first = distinct(cloud.xyz)
    if chosen.duplicates:
        reasons[~first] = REASONS["duplicate"]
    if chosen.confidence_min is not None and cloud.confidence is not None:
        _mark(reasons, cloud.confidence < chosen.confidence_min, "low_confidence")
    spaced = 0.0
    # Searches see each place once: equal points have no neighbourhood and would make trees degenerate.
    open_ = np.flatnonzero(first & (reasons == 0))
    if len(open_) >= _LEAST:
        order = open_[morton_order(cloud.xyz[open_])]
        part = cloud.select(order)
        spaced = spacing(part.xyz, threads=threads)
        reasons[order] = _searched(part, spaced, chosen, threads)
    if not chosen.duplicates:
        reasons[~first] = _reasons_of_twins(cloud.xyz, first, reasons)
    return _cleaned(cloud, reasons, spaced)


def _mark(reasons: U8, mask: Bool, reason: str) -> None:
    reasons[mask & (reasons == 0)] = REASONS[reason]


def _searched(cloud: PointCloud, spaced: float, options: CleanOptions, threads: int) -> U8:
    """Reasons (n,) of distinct points in Morton order."""
    reasons = np.zeros(len(cloud), np.uint8)
    codes = cloud.source_class
    told = codes if codes is not None and options.source_classes else np.zeros(len(cloud), np.uint8)
    fine = shape(cloud.xyz, _NEIGHBOURS, threads=threads)
    foliage = np.isin(told, (3, 4, 5))
    if options.halo or (options.vegetation and not foliage.any()):
        seen = weigh(cloud.xyz, cloud.rgb, fine, spaced, threads=threads)
        if options.halo:
            # The paler the sky, the rougher its surroundings must be.
            loose = (seen.sky * seen.rough > options.halo_scatter) & (seen.scatter > options.halo_scatter / 2)
            _mark(reasons, loose & (seen.sky > 0.25), "halo")
        if options.vegetation and not foliage.any():
            if cloud.rgb is None:
                least = options.vegetation_scatter_alone
                foliage = (seen.rough > least) & (seen.wide_rough > least)
            else:
                rough = (seen.rough + seen.wide_rough) / 2 > options.vegetation_scatter
                foliage = (
                    rough
                    & (seen.green_share > options.vegetation_green)
                    & (seen.green | (seen.scatter > 0.1))
                )
    # Before vegetation: a stray point in the air is rough, and as green as the tree it strayed from.
    _mark(reasons, np.isin(told, (7, 18)), "outlier")
    if options.outliers:
        _mark(reasons, _outliers(cloud.xyz, fine, options, threads), "outlier")
    if options.vegetation:
        _mark(reasons, foliage, "vegetation")
    if options.fragments:
        gap = options.fragment_gap_m or options.fragment_gap * spaced
        left = np.flatnonzero(reasons == 0)
        mask = np.zeros(len(cloud), bool)
        mask[left] = _fragments(cloud.xyz[left], gap, options)
        _mark(reasons, mask, "fragment")
    if options.ground:
        level = told == GROUND
        if not level.any():
            left = np.flatnonzero(reasons == 0)
            level[left] = ground(
                cloud.xyz[left],
                cell=options.ground_cell_m or options.ground_cell * spaced,
                step=options.ground_step_m or options.ground_step * spaced,
                slope=options.ground_slope,
            )
        _mark(reasons, level, "ground")
    if options.vegetation and cloud.rgb is not None:
        found = reasons == REASONS["vegetation"]
        standing = np.flatnonzero(found | (reasons == 0))
        mask = np.zeros(len(cloud), bool)
        mask[standing] = _plants(cloud.xyz[standing], found[standing], options, spaced)
        _mark(reasons, mask, "vegetation")
    return reasons


def _outliers(xyz: F32, fine: Shape, options: CleanOptions, threads: int) -> Bool:
    """(n,) statistical outliers (Rusu 2010) that also stand out of their own neighbourhood."""
    distance = fine.spacing.astype(np.float64)
    limit = np.inf
    for _ in range(_CLIPS):
        # Far outliers widen the first limit so much that near ones pass; so it is taken again without them.
        inner = distance[distance <= limit]
        limit = float(inner.mean() + options.outlier_sigmas * inner.std())
    far = np.flatnonzero(distance > limit)
    mask = np.zeros(len(xyz), bool)
    tree = cKDTree(xyz)
    k = min(_NEIGHBOURS, len(xyz))
    for part in chunks(len(far)):
        index = tree.query(xyz[far[part]], k, workers=threads)[1].reshape(-1, k)
        usual = np.median(distance[index[:, 1:]], axis=1)
        mask[far[part]] = distance[far[part]] > options.outlier_ratio * usual
    return mask


def _plants(xyz: F32, foliage: Bool, options: CleanOptions, spaced: float) -> Bool:
    """(n,) points of pieces that hang together with foliage and not with the monument: trunks, blossom, twigs."""
    if not foliage.any() or foliage.all():
        return foliage
    label, size = components(xyz, (options.fragment_gap_m or options.fragment_gap * spaced) / 2)
    other = np.bincount(label, weights=~foliage)
    plant = size - other > options.vegetation_piece * size
    plant[np.argmax(other)] = False
    return np.asarray(plant[label])


def _fragments(xyz: F32, gap: float, options: CleanOptions) -> Bool:
    """(n,) points of pieces that are both few and small beside the largest."""
    if len(xyz) == 0:
        return np.zeros(0, bool)
    label, size = components(xyz, gap)
    order = np.argsort(label, kind="stable")
    start = np.concatenate([[0], np.cumsum(size)[:-1]])
    low = np.minimum.reduceat(xyz[order], start, axis=0)
    high = np.maximum.reduceat(xyz[order], start, axis=0)
    diagonal = np.linalg.norm((high - low).astype(np.float64), axis=1)
    largest = int(np.argmax(size))
    small = (size < options.fragment_share * size[largest]) & (
        diagonal < options.fragment_extent * diagonal[largest]
    )
    return np.asarray(small[label])


def _reasons_of_twins(xyz: F32, first: Bool, reasons: U8) -> U8:
    """For points that are not the first at their place: the first one's reason."""
    bits = np.ascontiguousarray(xyz + np.float32(0)).view([("", np.float32)] * 3).ravel()
    _, place = np.unique(bits, return_inverse=True)
    of_place = np.zeros(int(place.max()) + 1, np.uint8)
    of_place[place[first]] = reasons[first]
    return np.asarray(of_place[place[~first]])


def _cleaned(cloud: PointCloud, reasons: U8, spaced: float) -> Cleaned:
    n = len(cloud)
    classes = np.full(n, UNCLASSIFIED, np.uint8) if cloud.source_class is None else cloud.source_class.copy()
    for reason, code in _CLASS_OF.items():
        classes[reasons == REASONS[reason]] = code
    found = {name: int(np.count_nonzero(reasons == value)) for name, value in REASONS.items()}
    kept = found.pop("kept")
    counts = balanced("points", n, kept, {name: count for name, count in found.items() if count})
    figures = [
        Figure(
            name="spacing",
            value=spaced or None,
            unit="m",
            method="median over points: side of the square of surface that holds one",
        )
    ]
    figures += [
        Figure(
            name=f"{name}_share", value=count / n, unit="1", method="points with this reason over all points"
        )
        for name, count in {"kept": kept, **found}.items()
    ]
    for array in (classes, reasons):
        array.setflags(write=False)
    return Cleaned(classes, reasons, counts, tuple(figures))
