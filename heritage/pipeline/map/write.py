"""The map of a release: buildings, ground, base map and photo around the monuments."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from heritage.model.release import MapEntry, MonumentEntry
from heritage.ops.map.plans import assumed
from heritage.pipeline.ground import Ground
from heritage.pipeline.map.buildings import (
    ASSUMED_HEIGHT_M,
    nearest_plans,
    site_plans,
    survey_top,
    write_buildings,
)
from heritage.pipeline.map.ground import write_ground
from heritage.pipeline.map.pictures import write_base_map, write_photo
from heritage.store import Writes
from heritage.text.site import LoadedSite

FOOTPRINTS = "footprints.json"


def write_map(
    into: Writes,
    loaded: LoadedSite,
    ground: Ground,
    monuments: Sequence[MonumentEntry],
    root_transform: Sequence[float],
) -> MapEntry:
    """Write the map's files, ``footprints.json`` among them where there are footprints; what the page must know.

    ``root_transform`` is ecef_from_site, 16 numbers, column-major.
    """
    plans = site_plans(ground, monuments)
    plane = ground.ground_m - ground.frame.height_m
    low = np.array([*ground.low, min([plane, *plans.low_m])])
    high = np.array([*ground.high, max([plane, *plans.high_m, *map(survey_top, monuments)])])
    if len(plans):
        owner = {m.footprint: m.id for m in monuments if m.footprint}
        into.write(FOOTPRINTS, nearest_plans(plans, owner).model_dump_json().encode())
    # The base map goes on where the ground passes to the plane: a river must not end at a line.
    box = (ground.low, ground.high)
    if ground.model is not None:
        box = (np.minimum(box[0], ground.model.terrain.low), np.maximum(box[1], ground.model.terrain.high))
    return MapEntry(
        buildings=write_buildings(into, plans, root_transform) if len(plans) else None,
        building_count=len(plans),
        min=(round(float(low[0]), 3), round(float(low[1]), 3), round(float(low[2]), 3)),
        max=(round(float(high[0]), 3), round(float(high[1]), 3), round(float(high[2]), 3)),
        assumed_height_m=ASSUMED_HEIGHT_M,
        assumed_count=assumed(plans),
        ground=write_ground(into, ground.model, root_transform) if ground.model is not None else None,
        photo=write_photo(into, loaded, ground.frame, ground.low, ground.high),
        base=write_base_map(into, loaded, ground.frame, *box),
    )
