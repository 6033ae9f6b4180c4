"""Signed distance between two epochs of a surface, with the least change that can be told from noise.

Multiscale model-to-model cloud comparison (M3C2; Lague, Brodu and Leroux 2013): at every vertex of the compared
surface, the points of either epoch within a cylinder along the outward normal (`planes`) give that epoch's place and
scatter. Their difference is the distance; LoD95 = t sqrt(s1^2 / n1 + s2^2 / n2) + 1.96 registration error, where t is
1.96 for many points and, unlike in the paper, Student's quantile with Welch's degrees of freedom for few. Also unlike
there, the root has one more term, u^2 (s1^2 + s2^2) / 2: two surveys do not see the faces of a relief in the same shares,
so that its mean differs however many the points (``uneven``). As in M3C2 the points' errors count as independent: a warp
of a whole survey is seen only through the registration error.

The surface is measured in pieces (`distance`) that know each other only by their borders (`regions`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np

from heritage.model.arrays import F32, F64, Mesh, PointCloud
from heritage.model.errors import InputError
from heritage.model.release import Histogram
from heritage.model.report import Figure
from heritage.ops.comparison.alone import find_alone, with_alone
from heritage.ops.comparison.chance import Chance
from heritage.ops.comparison.confirm import Epoch
from heritage.ops.comparison.distance import Points, measure_piece
from heritage.ops.comparison.enclosed import with_volumes
from heritage.ops.comparison.part import Part
from heritage.ops.comparison.plan import CompareOptions, ComparePlan, plan_comparison
from heritage.ops.comparison.region import Region
from heritage.ops.comparison.regions import find_parts, join_parts
from heritage.ops.comparison.surface_piece import SurfacePiece, surface_piece
from heritage.ops.comparison.tally import Tally
from heritage.ops.comparison.where import Where
from heritage.ops.points.grid import distinct, spacing

_BINS = 41
METHOD = "M3C2 (Lague et al. 2013), cylinders along outward normals"


@dataclass(frozen=True)
class Change:
    """What changed, in all. Positive means that material was gained.

    ``regions`` are pieces beyond LoD95 that are more than chance (`regions`) and that the points confirm (`confirm`); largest
    volume first. Changed area and
    volumes are sums over them, those without a volume left out; medians and percentiles are by area.
    """

    registration_m: float
    lod95_m: float
    comparable_area_m2: float
    not_comparable_area_m2: float
    changed_area_m2: float
    gained_m3: float
    lost_m3: float
    p05_m: float
    median_m: float
    p95_m: float
    histogram: Histogram
    regions: tuple[Region, ...]
    figures: tuple[Figure, ...]
    plan: ComparePlan


@dataclass(frozen=True, eq=False)
class Summary:
    """What the change of the whole needs to know of one piece. Distances and LoD95 are weighted by area."""

    distances: Tally
    lods: Tally
    comparable_area_m2: float
    not_comparable_area_m2: float
    unchanged_area_m2: float
    parts: tuple[Part, ...]


def longest_edge(mesh: Mesh) -> float:
    """Metres; 0 without a triangle."""
    return math.sqrt(_longest_squared(mesh.vertices, mesh.triangles))


@numba.njit(cache=True)
def _longest_squared(vertices: Any, triangles: Any) -> float:
    most = 0.0
    for triangle in triangles:
        for k in range(3):
            a, b = vertices[triangle[k]], vertices[triangle[k - 1]]
            most = max(
                most,
                (np.float64(a[0]) - b[0]) ** 2
                + (np.float64(a[1]) - b[1]) ** 2
                + (np.float64(a[2]) - b[2]) ** 2,
            )
    return most


def compare_piece(
    piece: SurfacePiece, before: Points, after: Points, plan: ComparePlan
) -> tuple[F32, F32, Summary]:
    """``distance`` and ``lod95`` (m,) metres at the piece's vertices, NaN where not comparable; and their summary."""
    distance, lod, sigma = measure_piece(piece, before, after, plan)
    known = np.isfinite(distance)
    weight = piece.area[known]
    summary = Summary(
        Tally.of(distance[known], weight, plan.step_m),
        Tally.of(lod[known], weight, plan.step_m),
        float(weight.sum()),
        float(piece.area[~known].sum()),
        float(weight[np.abs(distance[known]) <= lod[known]].sum()),
        find_parts(piece, distance, lod, sigma, plan.radius_m, plan.step_m),
    )
    return distance, lod, summary


def compare(
    compared: Mesh,
    before: PointCloud,
    after: PointCloud,
    registration_m: float,
    options: CompareOptions | None = None,
    *,
    reference: Mesh | None = None,
) -> tuple[F32, F32, Change]:
    """Change from the points ``before`` to the points ``after`` at every vertex of ``compared``, the surface through the
    latter: ``distance`` and ``lod95`` (v,) metres, NaN where not comparable, and what they come to.

    All in memory and in one piece; all three in one frame, both clouds with outward normals. ``registration_m`` is the
    alignment's error, 1 sigma. Where ``compared.filled`` says that the surface closes a hole, nothing is comparable. Without
    ``reference``, the surface through the points ``before``, no region is confirmed by points, and one that is deep for its
    width has no volume.
    Raises InputError for an empty mesh or cloud, or where nothing is comparable or next to nothing unchanged.
    """
    chosen = options or CompareOptions()
    if not len(compared.triangles):
        raise empty_surface("compared")
    held = []
    for name, cloud in (("reference", before), ("compared", after)):
        if len(cloud) < 2 or cloud.normal is None:
            found = f"{len(cloud)} points" if len(cloud) < 2 else "points without normals"
            raise InputError(f"{name} cloud", found, "a cloud with normals is needed", code="compare-empty")
        xyz = (cloud.xyz.astype(np.float64) + (cloud.origin - compared.origin)).astype(np.float32)
        once = distinct(xyz)
        held.append((xyz[once], cloud.normal[once]))
    vertices = compared.vertices
    plan = plan_comparison(
        max(spacing(xyz) for xyz, _ in held), vertices.min(0).astype(np.float64), vertices.max(0).astype(np.float64),
        longest_edge(compared), registration_m, chosen,
    )  # fmt: skip
    piece = surface_piece(compared, (), plan.smoothing)
    first, second = (_in_memory(*points) for points in held)
    distance, lod, summary = compare_piece(piece, first, second, plan)
    origin = compared.origin
    epochs: tuple[Epoch, Epoch] | None = None
    alone: tuple[Part, ...] = ()
    if reference is not None:
        epochs = (
            Epoch(lambda *_: [reference], first, origin),
            Epoch(lambda *_: [compared], second, origin),
        )
        placed = (reference.vertices + (reference.origin - origin)).astype(np.float32)
        lost = surface_piece(reference.with_(vertices=placed, origin=origin), (), plan.smoothing)
        alone = find_alone(lost, first, second, plan, -1) + find_alone(piece, second, first, plan, 1)
    change = summed([summary], plan, origin, (), epochs, alone)
    return distance[piece.place], lod[piece.place], change


def _in_memory(xyz: F32, normal: F32) -> Points:
    def points(where: Where) -> tuple[F32, F32]:
        rows = where.holds(xyz)
        return xyz[rows], normal[rows]

    return points


def empty_surface(name: str) -> InputError:
    """The error for an epoch without a triangle."""
    return InputError(name, "an empty mesh", "a surface is needed", code="compare-empty")


def summed(
    summaries: Sequence[Summary],
    plan: ComparePlan,
    origin: F64,
    sampled: Sequence[str],
    epochs: tuple[Epoch, Epoch] | None,
    alone: Sequence[Part] = (),
) -> Change:
    """The change of the whole from that of its pieces, whose frame has its zero at ``origin`` (3,). ``sampled`` names
    the epochs that came as a mesh; without ``epochs``, reference and compared, tall regions have no volume.
    ``alone`` is what only one epoch has (`alone.find_alone`).
    Raises InputError where nothing is comparable, or next to nothing unchanged."""
    step = plan.step_m
    distances, lods = Tally.joined(s.distances for s in summaries), Tally.joined(s.lods for s in summaries)
    if not len(distances.step):
        raise InputError(
            "compare",
            f"no place where both epochs have {plan.least_points} points within {plan.radius_m:.3g} m",
            "epochs that overlap", "align them first, or give a larger compare.radius_m", code="compare-nothing",
        )  # fmt: skip
    unchanged = math.fsum(s.unchanged_area_m2 for s in summaries) / float(distances.weight.sum())
    if unchanged < plan.unchanged_min:
        raise InputError(
            "compare", f"{unchanged:.1%} of what can be compared is unchanged", f"at least {plan.unchanged_min:.0%}",
            "the epochs differ in scale or are not aligned; if all of it changed, set compare.unchanged_min to 0",
            code="compare-unlike",
        )  # fmt: skip
    chance = Chance.over(float(distances.weight.sum()), plan)
    parts = join_parts([part for s in summaries for part in s.parts], plan.radius_m, chance)
    found, doubtful = with_volumes(parts, epochs, plan, chance)
    if epochs:
        only = [
            join_parts([p for p in alone if p.gained == gained], plan.radius_m, chance)
            for gained in (False, True)
        ]
        found = with_alone(found, [part for held in only for part in held], epochs, plan, chance)
    regions = tuple(region.moved(origin) for region in found)
    volumes = [region.volume_m3 for region in regions if region.volume_m3 is not None]
    low, middle, high = (distances.percentile(q) * step for q in (5, 50, 95))
    lod95 = lods.percentile(50) * step
    limit = max(distances.sizes().percentile(99.5) * step, 3 * lod95, step)
    edges = np.linspace(-limit, limit, _BINS + 1)
    bins, _ = np.histogram(np.clip(distances.step * step, -limit, limit), edges, weights=distances.weight)
    how = f"{METHOD}, radius {plan.radius_m:.4g} m" + (
        f"; {' and '.join(sampled)} came as a mesh, noise unknown" if sampled else ""
    )
    totals = {
        "comparable_area_m2": math.fsum(s.comparable_area_m2 for s in summaries),
        "not_comparable_area_m2": math.fsum(s.not_comparable_area_m2 for s in summaries),
        "changed_area_m2": math.fsum(region.area_m2 for region in regions),
        "gained_m3": math.fsum(max(volume, 0.0) for volume in volumes),
        "lost_m3": math.fsum(max(-volume, 0.0) for volume in volumes),
    }
    lengths = {
        "lod95_m": lod95,
        "p05_m": low,
        "median_m": middle,
        "p95_m": high,
        "registration_m": plan.registration_m,
    }
    figures = (
        *(
            Figure(name=name.rpartition("_")[0], value=value, unit=name.rpartition("_")[2], method=how)
            for name, value in (totals | lengths).items()
        ),
        Figure(
            name="regions_not_confirmed", value=doubtful, unit="1",
            method="beyond LoD95 for the cylinders alone: as far as can be told, each epoch's points are on the other's surface",
        ),
    )  # fmt: skip
    return Change(
        **totals, **lengths,
        histogram=Histogram(edges_m=tuple(map(float, edges)), area_m2=tuple(map(float, bins))),
        regions=regions, figures=figures, plan=plan,
    )  # fmt: skip
