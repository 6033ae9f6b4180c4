"""Ground plans of a layer as they are drawn: whole, in the site frame, each with a height and where it is from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from heritage.model.arrays import F64, U8
from heritage.model.buildings import HEIGHT_SOURCES, Plans

_SMALLEST_M2 = 0.01


def drawn_plans(
    ids: Sequence[str],
    names: Sequence[str],
    geometries: npt.NDArray[Any],
    low_m: F64,
    top_from_m: F64,
    height_m: F64,
    surveyed_m: F64,
    assumed_m: float,
) -> Plans:
    """Plans from polygons of the site frame (n,); those of no area are left out.

    Walls begin at ``low_m`` (n,) and end ``height_m`` above ``top_from_m`` (n,), or ``surveyed_m`` where the layer
    says nothing (NaN), or ``assumed_m`` where neither does. A polygon that crosses itself is drawn as GEOS'
    `make_valid` (method structure) repairs it.
    """
    whole = np.array(geometries, dtype=object)
    wrong = ~shapely.is_valid(whole)
    whole[wrong] = shapely.make_valid(whole[wrong], method="structure", keep_collapsed=False)
    parts, owner = shapely.get_parts(shapely.force_2d(whole), return_index=True)
    polygons = (shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & (
        shapely.area(parts) > _SMALLEST_M2
    )
    parts, owner = shapely.orient_polygons(parts[polygons]), owner[polygons]
    drawn, owner = np.unique(owner, return_inverse=True)
    source = np.where(np.isfinite(height_m), 0, np.where(np.isfinite(surveyed_m), 1, 2))[drawn]
    stated = np.choose(source, [height_m[drawn], surveyed_m[drawn], np.full(len(drawn), assumed_m)])
    return Plans(
        ids=tuple(ids[k] for k in drawn),
        names=tuple(names[k] for k in drawn),
        polygons=parts,
        owner=owner.astype(np.int32),
        low_m=low_m[drawn],
        high_m=top_from_m[drawn] + stated,
        height_m=stated,
        source=source.astype(np.uint8),
    )


def assumed(plans: Plans) -> int:
    """How many plans have no known height."""
    of_assumed: U8 = plans.source == HEIGHT_SOURCES.index("assumed")
    return int(of_assumed.sum())
