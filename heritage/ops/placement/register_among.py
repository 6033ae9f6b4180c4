"""Register a monument to one of many footprints: which one it is, and where on it.

Every footprint that the position allows is tried quickly on some of the cloud's cells; those that come near the
best are tried in full, with their neighbours, and held against each other by the same score.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Final, Literal, TypeVar

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Point, Polygon

from heritage.model.arrays import F32, F64, PointCloud
from heritage.model.errors import MethodError
from heritage.model.placement_reason import because
from heritage.model.release import Candidate
from heritage.model.report import Figure
from heritage.ops.placement.footprint_choice import Choice, FootprintPrior, choose
from heritage.ops.placement.footprint_edges import Edges, edges_of
from heritage.ops.placement.footprint_evidence import against
from heritage.ops.placement.footprint_laid import LEAST_CELLS, Laid, lay
from heritage.ops.placement.footprint_plan import Prepared, cells_of, prepare
from heritage.ops.placement.footprint_trials import Trial, glance
from heritage.ops.placement.register import Registered, conclude, worked_out
from heritage.ops.placement.register_options import RegisterOptions

T = TypeVar("T")
R = TypeVar("R")

_NEAR_M: Final = 8.0  # who is a neighbour
_AROUND_M: Final = 14.0  # what a survey of the building may show
_SLACK: Final = 0.6  # of score: a glance at some cells may be that wrong
_PER_SURPRISE: Final = 0.05  # of score, for one sigma squared
_IN_FULL: Final = 6
_SIGMAS: Final = 3.0
_ADJOINS_M: Final = 0.3  # nearer ones stand wall to wall
_AS_WHOLE: Final = 0.1  # of a footprint's area: two that are covered alike are shown alike
_THREADS: Final = 2  # the compiled loops and transforms leave the interpreter to each other; more wait for it


@dataclass(frozen=True, eq=False)
class Among:
    """``id`` is the footprint chosen, ``registered`` the placement on it; ``tried`` of how many footprints."""

    id: str
    registered: Registered
    tried: int


def register_among(
    cloud: PointCloud,
    normal: F32 | None,
    layer: Mapping[str, Polygon | MultiPolygon],
    prior: FootprintPrior | None = None,
    options: RegisterOptions | None = None,
    *,
    ground: F64 | None = None,
) -> Among:
    """As `register_footprint`, on that footprint of ``layer`` (id to valid polygon, site frame) which fits best.

    Footprints farther from ``prior.position_m`` than 3 sigma and the cloud's own half width are not tried. Where
    another one fits nearly as well, the result is not settled and names it. Raises MethodError where none is near
    enough, and as `register_footprint` does.
    """
    known, chosen = prior or FootprintPrior(), options or RegisterOptions()
    ids = list(layer)
    shapes = [layer[id] for id in ids]
    tree = shapely.STRtree(shapes)
    near = [i for i in _within_reach(cloud, shapes, known) if shapes[i].area > 0]
    if not near:
        raise MethodError(
            "registration", f"no footprint within {_SIGMAS:g} sigma of the position",
            "the monument's footprint in the layer", "correct the position, or name the footprint",
            code="register-none-near",
        )  # fmt: skip

    def around(id: str, reach_m: float) -> list[Polygon | MultiPolygon]:
        return [shapes[j] for j in tree.query(layer[id].buffer(reach_m)) if ids[j] != id]

    prepared = _Prepared(cloud, normal, known, chosen)
    with ThreadPoolExecutor(1) as beside:
        ready = beside.submit(prepared.ready)
        edges = {ids[i]: edges_of(shapes[i], around(ids[i], _NEAR_M)) for i in near}
        ready.result()
    roofs = any(plan.attached for plan in edges.values())

    def tried(id: str, only: bool) -> tuple[Laid, list[float]]:
        one_kind = chosen.model_copy(update={"evidence": _kind(prepared.on(edges[id]), chosen)})
        laid = lay(prepared.on(edges[id]), edges[id], known, one_kind, roofs=roofs, only=only)
        if not laid.trials:
            return tried(id, only=False)
        plans = [layer[id], *around(id, _AROUND_M)]
        return laid, against(laid.cells, laid.trials, laid.edges, plans, known)

    @cache
    def expected(id: str) -> tuple[Laid, list[float]]:
        return tried(id, only=known.heading_deg is not None)

    def cost(id: str) -> float:
        return min(expected(id)[1])

    glanced = _side_by_side(lambda plan: _glance(prepared.on(plan), plan, known, chosen), edges.values())
    glances = dict(zip(edges, glanced, strict=True))
    top = max(glances.values())
    found = {
        id for id in sorted(edges, key=lambda id: -glances[id])[:_IN_FULL] if glances[id] >= top - _SLACK
    }
    # The walls may lie where they belong while the building that the cloud shows whole is another one of the row; or the next
    # one is it, whose free side is in the dark, which a glance holds against it.
    _side_by_side(expected, found)
    likeliest = min(found, key=cost)
    found |= {id for id in edges if layer[id].distance(layer[likeliest]) < _ADJOINS_M}
    shown = _shown(*expected(likeliest), edges)
    found |= {id for id, share in shown.items() if share >= max(shown.values()) - _AS_WHOLE}
    # By likelihood alone. To leave out footprints that fit 0.3 of score worse, as `choose` does with placements on one, was
    # tried: of 60 buildings in Delft it changed two choices, both from the right footprint to a neighbour (28 Nov 2026).
    _side_by_side(expected, found)
    best = min(found, key=cost)
    laid, costs = tried(best, only=False)  # turned otherwise it may fit better, which is to be said
    choice = choose(laid.trials, costs, laid.edges.centre, laid.cells.covered.middle, known, chosen)
    registered = conclude(laid, choice, known, chosen, ground)
    near_by = {
        id: k
        for id in sorted(found - {best})
        if (k := _rival(expected(id)[1], min(costs), chosen)) is not None
    }
    others = [_candidate(id, *expected(id), k, min(costs)) for id, k in near_by.items()]
    worked = [
        conclude(expected(id)[0], Choice(expected(id)[0].trials[k], (), (), ()), known, chosen, ground)
        for id, k in near_by.items()
    ]
    return _named(best, registered, others, worked, len(near), len(found))


def _side_by_side(function: Callable[[T], R], things: Iterable[T]) -> list[R]:
    with ThreadPoolExecutor(_THREADS) as threads:
        return list(threads.map(function, things))


@dataclass(frozen=True, eq=False)
class _Prepared:
    """The cloud, prepared once; or for each footprint, if only its size tells the scale."""

    cloud: PointCloud
    normal: F32 | None
    prior: FootprintPrior
    options: RegisterOptions

    def ready(self) -> None:
        """Make what is the same for all footprints."""
        if self.prior.scale is not None:
            _kind(self._once, self.options)

    def on(self, edges: Edges) -> Prepared:
        return self._once if self.prior.scale is not None else self._made(edges)

    @cached_property
    def _once(self) -> Prepared:
        return self._made(None)

    def _made(self, edges: Edges | None) -> Prepared:
        return prepare(self.cloud, self.normal, edges, scale=self.prior.scale, upright=self.options.level)


def _within_reach(
    cloud: PointCloud, shapes: list[Polygon | MultiPolygon], prior: FootprintPrior
) -> list[int]:
    if prior.position_m is None:
        return list(range(len(shapes)))
    low, high = np.percentile(cloud.xyz[:: max(1, len(cloud) // 50_000), :2], [2, 98], axis=0)
    half = float(np.hypot(*(high - low))) / 2 * (prior.scale or 1.0)
    there = Point(*prior.position_m)
    reach = _SIGMAS * prior.position_sigma_m + half
    return [i for i, shape in enumerate(shapes) if shape.distance(there) <= reach]


def _glance(prepared: Prepared, edges: Edges, prior: FootprintPrior, options: RegisterOptions) -> float:
    """The score of a footprint at a glance, less what the prior holds against it."""
    cells = cells_of(prepared, _kind(prepared, options), cell=options.cell_m, kerb=options.kerb_m)
    if len(cells.xy) < LEAST_CELLS:
        return -np.inf
    cells = cells.about(np.average(cells.xy, axis=0, weights=cells.weight))
    expected = prior.expected(edges.centre, cells.covered.middle)
    trials = glance(cells, edges, free_scale=prior.scale is None, expected=expected)

    def worth(trial: Trial) -> float:
        pose = trial.held.pose
        east, north = pose.apply(cells.covered.middle[None])[0] + edges.centre
        return trial.score.value - _PER_SURPRISE * prior.surprise(float(-np.degrees(pose.yaw)), east, north)

    return max(map(worth, trials), default=-np.inf)


def _kind(prepared: Prepared, options: RegisterOptions) -> Literal["walls", "outline"]:
    """One kind of evidence for all footprints: likelihoods of two kinds cannot be compared."""
    if options.evidence != "auto":
        return options.evidence
    walls = cells_of(prepared, "walls", cell=options.cell_m, kerb=options.kerb_m)
    return "outline" if prepared.sparse or len(walls.xy) < LEAST_CELLS else "walls"


def _shown(laid: Laid, costs: list[float], edges: Mapping[str, Edges]) -> dict[str, float]:
    """The share of each footprint that the cloud covers or encloses where it is likeliest."""
    pose, centre = laid.trials[int(np.argmin(costs))].held.pose, laid.edges.centre
    return {
        id: float(laid.cells.covered.holds(pose.inverse(e.inside + e.centre - centre)).mean())
        for id, e in edges.items()
    }


def _rival(costs: list[float], best: float, options: RegisterOptions) -> int | None:
    """Which placement on another footprint is the likeliest, unless it is too unlikely beside the ``best`` one."""
    k = int(np.argmin(costs))
    return k if costs[k] < best + np.log(options.odds) else None


def _candidate(id: str, laid: Laid, costs: list[float], k: int, best: float) -> Candidate:
    pose = laid.trials[k].held.pose
    east, north = pose.apply(laid.cells.covered.middle[None])[0] + laid.edges.centre
    return Candidate(
        footprint=id,
        heading_deg=float(-np.degrees(pose.yaw) % 360),
        east_m=float(east),
        north_m=float(north),
        score=float(np.exp(best - costs[k])),
    )


def _named(
    best: str,
    registered: Registered,
    others: list[Candidate],
    worked: list[Registered],
    tried: int,
    in_full: int,
) -> Among:
    """The placement with what is said of the other footprints."""
    reasons = [because("among", footprint=best, tried=tried), *registered.reasons]
    if others:
        names = ", ".join(str(other.footprint) for other in others)
        reasons.append(because("other-footprints", footprints=names))
    figure = Figure(
        name="footprints_tried", value=float(tried), unit="1", method=f"{in_full} of them in full"
    )
    return Among(
        best,
        replace(
            registered,
            settled=registered.settled and not others,
            reasons=tuple(reasons),
            candidates=(*registered.candidates, *worked_out(others, worked)),
            others=(*registered.others, *worked),
            figures=(*registered.figures, figure),
        ),
        tried,
    )
