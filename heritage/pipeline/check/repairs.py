"""What `heritage check` finds wrong with ground plans, and the repairs it proposes, as a file to look at in a GIS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from heritage.formats.geojson import feature_text, write_geojson
from heritage.formats.vector import Footprint, FootprintTable
from heritage.model.errors import Problem
from heritage.model.frames import working_crs
from heritage.ops.plans.repair import repair_plan
from heritage.pipeline.check.footprints import plan_faults, repair_area_m2
from heritage.pipeline.ground import read_plans
from heritage.text.site import LoadedSite

_SWAPPED = ("footprint-swapped", "footprints-swapped")
_Degrees = Callable[[BaseGeometry], BaseGeometry]


def footprint_repairs(loaded: LoadedSite) -> tuple[bytes, int]:
    """GeoJSON of every plan with a fault, and how many there are.

    Up to three features for each, told apart by the property ``is``: ``as given`` (its rings as lines), ``proposed``
    (polygons: crossings repaired, exchanged coordinates put right; nothing is proposed for a plan that is drawn twice,
    astray or without area, which a person must judge) and ``fault`` (the place where it crosses itself). ``code``,
    ``found`` and ``remedy`` are the check's words. Areas are square metres; the one as given is the shoelace
    formula's, in which crossed parts count against each other. What lies nowhere on the globe is left out. Raises
    InputError as `read_plans` does.
    """
    spec = loaded.site.footprints
    if spec is None:
        return write_geojson([]).data, 0
    table = read_plans(spec, loaded.root, ())
    to_degrees = pyproj.Transformer.from_crs(table.crs, 4326, always_xy=True)

    def degrees(shape: BaseGeometry) -> BaseGeometry:
        return shapely.transform(shape, lambda xy: np.column_stack(to_degrees.transform(*xy.T)))

    features: list[str] = []
    faults = list(_faults(table, Path("footprints"), working_crs(loaded.site.crs, loaded.lines.where("crs"))))
    for footprint, problem in faults:
        features += _shown(footprint, problem, table.crs, degrees)
    return write_geojson(features).data, len(faults)


def _faults(table: FootprintTable, path: Path, crs: pyproj.CRS) -> Iterator[tuple[Footprint, Problem]]:
    whole, kinds = plan_faults(table, path, crs)
    for problem in whole:
        if problem.code in _SWAPPED:
            yield from ((footprint, problem) for footprint in table.features)
    for kind in kinds:
        yield from kind


def _shown(footprint: Footprint, problem: Problem, crs: pyproj.CRS, degrees: _Degrees) -> Iterator[str]:
    """The features that show a fault."""
    about: dict[str, object] = {
        "footprint": footprint.id,
        "name": footprint.name,
        "feature": footprint.index,
        "code": problem.code,
        "found": problem.found,
        "remedy": problem.remedy,
    }
    plan = footprint.geometry
    rings = [
        shapely.LineString(ring.coords)
        for polygon in shapely.get_parts(plan)
        for ring in (polygon.exterior, *polygon.interiors)
    ]
    shapes: dict[str, BaseGeometry] = {"as given": shapely.MultiLineString(rings)}
    repair = repair_plan(plan) if problem.code == "footprint-invalid" else None
    if repair is not None:
        before, after = repair_area_m2(repair, crs)
        areas = {"area_as_given_m2": round(before, 2), "area_proposed_m2": round(after, 2)}
        about |= {"reason": repair.reason, **areas, "parts": repair.parts}
        if repair.parts:
            shapes["proposed"] = repair.proposed
        if repair.place is not None:
            shapes["fault"] = shapely.Point(repair.place)
    elif problem.code in _SWAPPED:
        shapes["proposed"] = shapely.transform(plan, lambda xy: xy[:, ::-1])
    for what, shape in shapes.items():
        shape = degrees(shape)
        if _on_the_globe(shape):
            yield feature_text(None, shape, {"is": what, **about})


def _on_the_globe(degrees: BaseGeometry) -> bool:
    places = np.abs(shapely.get_coordinates(degrees))
    return bool(np.isfinite(places).all() and (places <= (180, 90)).all())
