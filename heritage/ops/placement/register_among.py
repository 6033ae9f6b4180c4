"""Register a monument to one of many footprints: which one it is, and where on it.

Every footprint that the position allows is tried quickly on some of the cloud's cells; those that come near the
best are tried in full, with their neighbours, and held against each other by the same score.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Point, Polygon

from heritage.model.arrays import F32, F64, PointCloud
from heritage.model.errors import MethodError
from heritage.model.release import Candidate
from heritage.model.report import Figure
from heritage.ops.placement.footprint_choice import FootprintPrior, nearly
from heritage.ops.placement.footprint_edges import Edges, edges_of
from heritage.ops.placement.footprint_plan import Prepared, cells_of, prepare
from heritage.ops.placement.footprint_trials import glance
from heritage.ops.placement.register import Registered, RegisterOptions, register_footprint

_NEAR_M: Final = 8.0  # who is a neighbour
_SLACK: Final = 0.25  # of score: a glance at some cells may be that wrong
_IN_FULL: Final = 4
_SIGMAS: Final = 3.0
_LEAST_CELLS: Final = 24


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
    edges = {i: edges_of(shapes[i], _beside(i, shapes, tree)) for i in near}
    best = _glances(cloud, normal, edges, known, chosen, threads)
    top = max(best.values())
    promising = sorted((i for i in near if best[i] >= top - _SLACK), key=lambda i: -best[i])[:_IN_FULL]
    found: dict[str, Registered] = {}
    for i in promising:
        found[ids[i]] = register_footprint(
            cloud, normal, shapes[i], known, chosen,
            beside=_beside(i, shapes, tree), ground=ground, threads=threads,
        )  # fmt: skip
    return _settled(found, known, chosen, len(near))


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
    edges: Mapping[int, Edges],
    prior: FootprintPrior,
    options: RegisterOptions,
    threads: int,
) -> dict[int, float]:
    """The score of each footprint at a glance."""
    prepared: Prepared | None = None
    best: dict[int, float] = {}
    for i, plan in edges.items():
        if prepared is None or prior.scale is None:  # without a scale the plan's size gives it
            prepared = prepare(cloud, normal, plan, scale=prior.scale, upright=options.level)
            kind = "outline" if prepared.sparse else "walls"
            cells = cells_of(prepared, kind, cell=options.cell_m, kerb=options.kerb_m)
            if len(cells.xy) < _LEAST_CELLS:
                cells = cells_of(prepared, "outline", cell=options.cell_m, kerb=options.kerb_m)
            cells = cells.about(np.average(cells.xy, axis=0, weights=cells.weight))
        best[i] = glance(cells, plan, free_scale=prior.scale is None, yaw=prior.yaw(), threads=threads)
    return best


def _settled(
    found: Mapping[str, Registered], prior: FootprintPrior, options: RegisterOptions, tried: int
) -> Among:
    """The best of the placements that the prior allows; doubts name those that come near it."""
    surprise = {id: prior.surprise(r.heading_deg, *_middle(r)) for id, r in found.items()}
    least = min(surprise.values())
    allowed = [id for id in found if surprise[id] <= least + _SIGMAS**2]
    best = max(allowed, key=lambda id: found[id].score)
    chosen = found[best]
    rivals = [id for id in allowed if id != best and found[id].score >= nearly(chosen.score, options.margin)]
    reason = f"footprint {best}, chosen among {tried}; {chosen.reason}"
    if rivals:
        reason += f"; footprint(s) {', '.join(rivals)} fit nearly as well: name the right one under footprint"
    others = tuple(
        Candidate(
            footprint=id,
            heading_deg=found[id].heading_deg,
            east_m=_middle(found[id])[0],
            north_m=_middle(found[id])[1],
            score=1 + found[id].score - chosen.score,
        )
        for id in rivals
    )
    among = Figure(
        name="footprints_tried", value=float(tried), unit="1", method=f"{len(found)} of them in full"
    )
    registered = replace(
        chosen,
        settled=chosen.settled and not rivals,
        reason=reason,
        candidates=(*chosen.candidates, *others),
        figures=(*chosen.figures, among),
    )
    return Among(best, registered, tried)


def _middle(registered: Registered) -> tuple[float, float]:
    east, north, _ = registered.site_from_monument.apply(registered.centre_m[None])[0]
    return float(east), float(north)
