"""Register a monument to one of many footprints: which one it is, and where on it.

Every footprint that the position allows is tried quickly on some of the cloud's cells; those that come near the
best are tried in full, with their neighbours, and held against each other by the same score.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Point, Polygon

from heritage.model.arrays import F32, F64, PointCloud
from heritage.model.errors import MethodError
from heritage.model.release import Candidate
from heritage.model.report import Figure
from heritage.ops.placement.footprint_choice import FootprintPrior, likeliness, nearly
from heritage.ops.placement.footprint_edges import Edges, edges_of
from heritage.ops.placement.footprint_plan import Prepared, cells_of, prepare
from heritage.ops.placement.footprint_trials import glance
from heritage.ops.placement.register import Registered, RegisterOptions, register_footprint
from heritage.ops.placement.walls import DOOR_M, covered_area

_NEAR_M: Final = 8.0  # who is a neighbour
_SLACK: Final = 0.25  # of score: a glance at some cells may be that wrong
_IN_FULL: Final = 4
_SIGMAS: Final = 3.0
_LEAST_CELLS: Final = 24
_DRAWN: Final = 200_000
_COVERED_M: Final = 0.5
_AS_WHOLE: Final = 0.1  # of a footprint's area: two that are covered alike are shown alike
_AS_LARGE: Final = 0.5  # of the chosen one's: a shed beside the building, covered as wholly, is not meant
_SAME_DEG: Final = 4.0
_SAME_M: Final = 1.0


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
    threads: int = 1,
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
    edges = {ids[i]: edges_of(shapes[i], _beside(i, shapes, tree)) for i in near}
    glances = _glances(cloud, normal, edges, known, chosen, threads)
    top = max(glances.values())
    promising = sorted((id for id in edges if glances[id] >= top - _SLACK), key=lambda id: -glances[id])

    @cache
    def placed(id: str) -> Registered:
        return register_footprint(
            cloud, normal, layer[id], known, chosen,
            beside=_beside(ids.index(id), shapes, tree), ground=ground, threads=threads,
        )  # fmt: skip

    found = {id: placed(id) for id in promising[:_IN_FULL]}
    best = _best(found, known, chosen)
    shown = _shown(cloud, found[best], edges)
    area = {
        id: share * layer[id].area for id, share in shown.items() if share >= max(shown.values()) - _AS_WHOLE
    }
    doubts: list[str] = []
    if best not in area:
        # The walls lie where they belong, but the building that the cloud shows whole is another one of the row.
        own = max(area, key=lambda id: area[id])
        found[own] = placed(own)
        if _same(found[own], found[best]):
            best = own
        else:
            doubts.append(f"the cloud shows more of footprint {own} than of this one")
    alike = [id for id in area if id != best and area[id] > _AS_LARGE * shown[best] * layer[best].area]
    if alike:
        names = ", ".join(alike)
        doubts.append(f"the cloud shows footprint(s) {names} as wholly: name the right one under footprint")
    return _settled(found, best, doubts, known, chosen, len(near))


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


def _beside(
    i: int, shapes: list[Polygon | MultiPolygon], tree: shapely.STRtree
) -> list[Polygon | MultiPolygon]:
    return [shapes[j] for j in tree.query(shapes[i].buffer(_NEAR_M)) if j != i]


def _glances(
    cloud: PointCloud,
    normal: F32 | None,
    edges: Mapping[str, Edges],
    prior: FootprintPrior,
    options: RegisterOptions,
    threads: int,
) -> dict[str, float]:
    """The score of each footprint at a glance."""
    prepared: Prepared | None = None
    best: dict[str, float] = {}
    for id, plan in edges.items():
        if prepared is None or prior.scale is None:  # without a scale the plan's size gives it
            prepared = prepare(cloud, normal, plan, scale=prior.scale, upright=options.level)
            kind = "outline" if prepared.sparse else "walls"
            cells = cells_of(prepared, kind, cell=options.cell_m, kerb=options.kerb_m)
            if len(cells.xy) < _LEAST_CELLS:
                cells = cells_of(prepared, "outline", cell=options.cell_m, kerb=options.kerb_m)
            cells = cells.about(np.average(cells.xy, axis=0, weights=cells.weight))
        expected = prior.expected(plan.centre, cells.covered.middle)
        best[id] = glance(cells, plan, free_scale=prior.scale is None, expected=expected, threads=threads)
    return best


def _best(found: Mapping[str, Registered], prior: FootprintPrior, options: RegisterOptions) -> str:
    """The footprint with the best of the placements that the prior allows."""
    allowed = _allowed(found, prior)
    return max(allowed, key=lambda id: likeliness(found[id].score, allowed[id], options.margin))


def _allowed(found: Mapping[str, Registered], prior: FootprintPrior) -> dict[str, float]:
    """The surprise of those placements that are not 3 sigma more surprising than another one."""
    surprise = {id: prior.surprise(r.heading_deg, *r.middle_m) for id, r in found.items()}
    least = min(surprise.values())
    return {id: value for id, value in surprise.items() if value <= least + _SIGMAS**2}


def _shown(cloud: PointCloud, placed: Registered, edges: Mapping[str, Edges]) -> dict[str, float]:
    """The share of each footprint that the placed cloud covers or encloses."""
    xyz = cloud.xyz[:: max(1, len(cloud) // _DRAWN)].astype(np.float64) + cloud.origin
    xy = placed.site_from_monument.apply(xyz)[:, :2]
    covered = covered_area(xy, cell=_COVERED_M, gap=DOOR_M)
    return {id: float(covered.holds(e.inside + e.centre).mean()) for id, e in edges.items()}


def _same(a: Registered, b: Registered) -> bool:
    """Whether two placements of one cloud are the same but for the rounding of their fits."""
    turned = (a.heading_deg - b.heading_deg + 180) % 360 - 180
    return bool(abs(turned) < _SAME_DEG and np.hypot(*(a.middle_m - b.middle_m)) < _SAME_M)


def _settled(
    found: Mapping[str, Registered],
    best: str,
    doubts: list[str],
    prior: FootprintPrior,
    options: RegisterOptions,
    tried: int,
) -> Among:
    """The ``best`` placement; doubts name those that come near it."""
    allowed = _allowed(found, prior)
    chosen = found[best]
    rivals = [id for id in allowed if id != best and found[id].score >= nearly(chosen.score, options.margin)]
    reason = "; ".join([f"footprint {best}, chosen among {tried}", chosen.reason, *doubts])
    if rivals:
        reason += f"; footprint(s) {', '.join(rivals)} fit nearly as well: name the right one under footprint"
    others = tuple(
        Candidate(
            footprint=id,
            heading_deg=found[id].heading_deg,
            east_m=float(found[id].middle_m[0]),
            north_m=float(found[id].middle_m[1]),
            score=1 + found[id].score - chosen.score,
        )
        for id in rivals
    )
    among = Figure(
        name="footprints_tried", value=float(tried), unit="1", method=f"{len(found)} of them in full"
    )
    registered = replace(
        chosen,
        settled=chosen.settled and not rivals and not doubts,
        reason=reason,
        candidates=(*chosen.candidates, *others),
        figures=(*chosen.figures, among),
    )
    return Among(best, registered, tried)
