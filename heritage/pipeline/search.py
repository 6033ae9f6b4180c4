"""What can be found by name beside monuments, tours and annotations: the stops of tours and named footprints."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from heritage.model.release import MonumentEntry, PlaceFound, SearchDocument, StopFound, TourDocument
from heritage.pipeline.ground import Ground


def search_document(
    ground: Ground, monuments: Sequence[MonumentEntry], tours: Sequence[TourDocument]
) -> SearchDocument:
    """The document ``search.json``; heights are those of the ground."""
    owner = {m.footprint: m.id for m in monuments if m.footprint}
    every = list(ground.footprints.values())
    rows = [k for k, footprint in enumerate(every) if footprint.name]
    named = [every[k] for k in rows]
    plans = ground.plans[rows]
    boxes = shapely.bounds(plans).reshape(-1, 4)
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    radii = np.hypot(*(boxes[:, 2:] - boxes[:, :2]).T) / 2
    _, heights = ground.feet_and_ground(named, plans)
    places = tuple(
        PlaceFound(
            id=footprint.id,
            name=footprint.name or "",
            monument=owner.get(footprint.id),
            at_m=(round(float(x), 2), round(float(y), 2), round(float(z), 2)),
            radius_m=round(float(radius), 2),
        )
        for footprint, (x, y), z, radius in zip(named, middles, heights, radii, strict=True)
    )
    stops = tuple(
        StopFound(tour=tour.id, stop=stop.id, title=stop.title) for tour in tours for stop in tour.stops
    )
    return SearchDocument(stops=stops, places=places)
