"""Lay a prepared cloud on a footprint: the evidence it gives, and the placements that it allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from heritage.model.arrays import F64
from heritage.model.errors import MethodError
from heritage.ops.placement.footprint_choice import FootprintPrior
from heritage.ops.placement.footprint_edges import Edges
from heritage.ops.placement.footprint_plan import Prepared, cells_of
from heritage.ops.placement.footprint_trials import Trial, try_poses
from heritage.ops.placement.register_options import RegisterOptions
from heritage.ops.placement.walls import Cells

LEAST_CELLS: Final = 24
_ONLY_SIGMAS: Final = 5.0  # what is four sigma off happens, and then the walls tell
INSET_SIGMA: Final = {"walls": 0.1, "outline": 0.5}


@dataclass(frozen=True, eq=False)
class Laid:
    """``trials``: placements on ``edges``, best fit first, of ``cells`` of a ``kind`` (walls or outline), which are about
    ``middle`` (2,) of the prepared plan."""

    prepared: Prepared
    edges: Edges
    kind: str
    cells: Cells
    middle: F64
    trials: list[Trial]

    @property
    def inset_sigma(self) -> float:
        """How far outside the footprint's lines the cells may lie throughout, 1 sigma, metres."""
        return INSET_SIGMA[self.kind]


def lay(
    prepared: Prepared,
    edges: Edges,
    prior: FootprintPrior,
    options: RegisterOptions,
    *,
    roofs: bool,
    only: bool = False,
) -> Laid:
    """By walls, or by the outline where walls say little; with steps of roofs among the walls where ``roofs``. With ``only``,
    just those placements that are within 5 sigma of what is known beforehand. Raises MethodError where there is neither."""
    tried: list[Laid] = []
    for kind in _kinds(options, among=not edges.beside.is_empty and not prepared.sparse):
        cells = cells_of(prepared, kind, cell=options.cell_m, kerb=options.kerb_m, roofs=roofs)
        if len(cells.xy) < LEAST_CELLS:
            continue
        middle = np.average(cells.xy, axis=0, weights=cells.weight)
        centred = cells.about(middle)
        trials = try_poses(
            centred,
            edges,
            free_scale=prior.scale is None,
            inset_sigma=INSET_SIGMA[kind],
            expected=prior.expected(edges.centre, centred.covered.middle, *([_ONLY_SIGMAS] if only else [])),
            only=only,
        )
        tried.append(Laid(prepared, edges, kind, centred, middle, trials))
        if trials and trials[0].score.cover >= options.least_cover and not prepared.sparse:
            break
    if not tried:
        raise MethodError(
            "registration", f"fewer than {LEAST_CELLS} cells of wall or outline", "a building with walls",
            "check what cleaning left, or place by control points", code="register-no-walls",
        )  # fmt: skip
    return max(tried, key=lambda laid: laid.trials[0].score.value if laid.trials else -np.inf)


def _kinds(options: RegisterOptions, *, among: bool) -> tuple[str, ...]:
    """``among``: a dense cloud next to neighbours, whose outline is where somebody cut it."""
    if options.evidence != "auto":
        return (options.evidence,)
    return ("walls",) if among else ("walls", "outline")
