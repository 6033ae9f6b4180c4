"""What an invalid plan would become if it were repaired: shown to a curator, never applied in silence."""

from __future__ import annotations

import re
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

_PLACE = re.compile(r"\[(\S+) (\S+)\]$")


@dataclass(frozen=True)
class Repair:
    """A repair proposed for an invalid polygon, in the unit of its coordinates.

    ``reason`` is GEOS's word on what is wrong and ``place`` where (x, y), None where it names none.
    ``area_before`` is the shoelace formula's, in which crossed lobes count with opposite signs: it is what
    naive software would state, not a true area. ``proposed`` is a Polygon or MultiPolygon, empty where
    nothing with an area is left; ``parts`` counts its polygons.
    """

    reason: str
    place: tuple[float, float] | None
    proposed: BaseGeometry
    area_before: float
    area_after: float
    parts: int


def repair_plan(plan: BaseGeometry) -> Repair | None:
    """The repair of ``plan`` (Polygon or MultiPolygon), None where it is valid.

    GEOS's ``make_valid`` by structure: shells are united, holes are cut out of them, what collapses to a
    line or point is dropped. A hole outside every shell becomes a part of its own.
    """
    if plan.is_valid:
        return None
    words = explain_validity(plan)
    found = _PLACE.search(words)
    proposed = shapely.make_valid(plan, method="structure", keep_collapsed=False)
    return Repair(
        reason=_PLACE.sub("", words).strip(),
        place=(float(found[1]), float(found[2])) if found else None,
        proposed=proposed,
        area_before=float(plan.area),
        area_after=float(proposed.area),
        parts=len(shapely.get_parts(proposed)),
    )
