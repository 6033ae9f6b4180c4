"""The repairs that `heritage check` proposes for invalid ground plans, as a file to look at in a GIS."""

from __future__ import annotations

import numpy as np
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from heritage.formats.geojson import feature_text, write_geojson
from heritage.ops.plans.repair import repair_plan
from heritage.pipeline.check_footprints import repair_area_m2
from heritage.pipeline.ground import read_plans
from heritage.text.site import LoadedSite


def footprint_repairs(loaded: LoadedSite) -> tuple[bytes, int]:
    """GeoJSON of every invalid plan, and how many there are.

    Three features for each, told apart by the property ``is``: ``as given`` (its rings as lines), ``proposed``
    (the repaired polygons) and ``fault`` (the place where it crosses itself). Areas are square metres; the one
    as given is the shoelace formula's, in which crossed parts count against each other. Raises InputError as
    `read_plans` does.
    """
    spec = loaded.site.footprints
    if spec is None:
        return write_geojson([]).data, 0
    table = read_plans(spec, loaded.root, ())
    to_degrees = pyproj.Transformer.from_crs(table.crs, 4326, always_xy=True)

    def degrees(shape: BaseGeometry) -> BaseGeometry:
        return shapely.transform(shape, lambda xy: np.column_stack(to_degrees.transform(*xy.T)))

    features = []
    count = 0
    for footprint in table.features:
        repair = repair_plan(footprint.geometry)
        if repair is None:
            continue
        count += 1
        before, after = repair_area_m2(repair, table.crs)
        about = {
            "footprint": footprint.id,
            "name": footprint.name,
            "feature": footprint.index,
            "reason": repair.reason,
            "area_as_given_m2": round(before, 2),
            "area_proposed_m2": round(after, 2),
            "parts": repair.parts,
        }
        rings = [
            shapely.LineString(ring.coords)
            for polygon in shapely.get_parts(footprint.geometry)
            for ring in (polygon.exterior, *polygon.interiors)
        ]
        shapes: dict[str, BaseGeometry] = {"as given": shapely.MultiLineString(rings)}
        if repair.parts:
            shapes["proposed"] = repair.proposed
        if repair.place is not None:
            shapes["fault"] = shapely.Point(repair.place)
        features += [
            feature_text(None, degrees(shape), {"is": what, **about}) for what, shape in shapes.items()
        ]
    return write_geojson(features).data, count
