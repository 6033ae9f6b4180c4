"""Hygiene of the ground plans: what a GIS draws without a word and a placement stumbles over."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pyproj
import shapely

from heritage.formats.vector import Footprint, FootprintTable, feature_place
from heritage.model.areas import area_words, counted, lies_within, reads_as
from heritage.model.arrays import F64
from heritage.model.errors import Problem
from heritage.ops.plans.duplicates import duplicate_plans
from heritage.ops.plans.outlying import outlying_plans
from heritage.ops.plans.repair import Repair, repair_plan

_MOST_OF_A_KIND = 20
_ANTIMERIDIAN_DEG = 180.0


def plan_problems(
    table: FootprintTable, path: Path, used: Collection[str], site_crs: pyproj.CRS | None
) -> Iterator[Problem]:
    """What is wrong with the shapes and places of ``table``, read from ``path``.

    Errors for the footprints whose ids are in ``used``, and for coordinates that are nowhere; warnings for the
    others. At most 20 of a kind, then how many more there are. ``site_crs`` is the working CRS, None where it is
    wrong itself.
    """
    whole, kinds = plan_faults(table, path, site_crs)
    yield from whole
    for kind in kinds:
        yield from _first_ones(kind, used, path)


def plan_faults(
    table: FootprintTable, path: Path, site_crs: pyproj.CRS | None
) -> tuple[list[Problem], list[Iterator[tuple[Footprint, Problem]]]]:
    """What is wrong with the layer as a whole, and for each kind of fault every footprint that has it."""
    if not table.features:
        return [], []
    plans = np.array([f.geometry for f in table.features], dtype=object)
    centres = _centres(plans, table.crs)
    whole = list(_whole_layer(table, path, centres, site_crs))
    kinds = [_shapes(table, path), _drawn_twice(table, path, plans)]
    if not any(p.severity == "error" for p in whole):
        kinds.append(_astray(table, path, centres))
    return whole, kinds


def _first_ones(
    found: Iterable[tuple[Footprint, Problem]], used: Collection[str], path: Path
) -> Iterator[Problem]:
    every = [
        p if f.id in used or p.code == "footprint-swapped" else replace(p, severity="warning")
        for f, p in found
    ]
    every.sort(key=lambda p: p.severity)  # the ceiling cuts warnings first
    yield from islice(every, _MOST_OF_A_KIND)
    left = every[_MOST_OF_A_KIND:]
    if left:
        where = f"{path.name}, {len(left)} more features"
        too = f"they have the fault {left[0].code}, too"
        remedy = "correct those named, then check again"
        yield Problem("footprint-more", where, too, "", remedy, left[0].severity)


def _centres(plans: np.ndarray, crs: pyproj.CRS) -> F64:
    """Middles of the plans' boxes (n, 2): they exist for any shape, crossed or without area."""
    bounds = shapely.bounds(plans)
    x, y = ((bounds[:, :2] + bounds[:, 2:]) / 2).T
    return np.column_stack([counted(x) if crs.is_geographic else x, y])


def unit_m(crs: pyproj.CRS, x: float, y: float) -> tuple[float, float]:
    """Metres of one unit of x and of y at a place of ``crs``: degrees have two lengths, feet are no metres."""
    if not crs.is_geographic:
        factor = float(crs.axis_info[0].unit_conversion_factor)
        return factor, factor
    geod = crs.get_geod() or pyproj.Geod(ellps="WGS84")
    lat = float(np.clip(y, -89.9, 89.9))
    step = 1e-3
    east = geod.inv(x, lat, x + step, lat)[2] / step
    north = geod.inv(x, lat - step / 2, x, lat + step / 2)[2] / step
    return float(east), float(north)


def repair_area_m2(repair: Repair, crs: pyproj.CRS) -> tuple[float, float]:
    """Areas of an invalid plan before (shoelace) and after its repair, square metres."""
    shape = repair.proposed
    x, y = (shape.centroid.x, shape.centroid.y) if not shape.is_empty else repair.place or (0.0, 0.0)
    east, north = unit_m(crs, x, y)
    return repair.area_before * east * north, repair.area_after * east * north


def _shapes(table: FootprintTable, path: Path) -> Iterator[tuple[Footprint, Problem]]:
    plans = np.array([f.geometry for f in table.features], dtype=object)
    valid, areas = shapely.is_valid(plans), shapely.area(plans)
    bounds = shapely.bounds(plans)
    wide = table.crs.is_geographic & (bounds[:, 2] - bounds[:, 0] > _ANTIMERIDIAN_DEG)
    for at in np.flatnonzero(~valid | (areas == 0) | wide).tolist():
        feature = table.features[at]
        where = feature_place(path, table.layer, feature.index, feature.id)
        repair = repair_plan(feature.geometry)
        if (repair.area_after if repair else areas[at]) == 0:
            found, allowed = "its plan has no area", "a polygon with an area is needed"
            yield feature, Problem("footprint-no-area", where, found, allowed, "draw it anew")
        elif repair is not None:
            yield feature, _invalid(where, repair, table.crs)
        if wide[at]:
            found, allowed = "its plan crosses the antimeridian", "one side of it is allowed"
            yield feature, Problem("footprint-invalid", where, found, allowed, "cut it there in a GIS")


def _invalid(where: str, repair: Repair, crs: pyproj.CRS) -> Problem:
    before, after = repair_area_m2(repair, crs)
    at = f" at {repair.place[0]:.9g} {repair.place[1]:.9g}" if repair.place else ""
    remedy = (
        f"a repair gives {repair.parts} polygon{'s' * (repair.parts > 1)} of {after:.1f} m² "
        f"(as given {before:.1f} m²): look at it with `heritage check --repairs FILE.geojson`"
    )
    return Problem(
        "footprint-invalid",
        where,
        f"its plan is invalid: {repair.reason}{at}",
        "a polygon that does not cross itself",
        remedy,
    )


def _drawn_twice(table: FootprintTable, path: Path, plans: np.ndarray) -> Iterator[tuple[Footprint, Problem]]:
    east, north = unit_m(table.crs, *np.median(_centres(plans, table.crs), axis=0))
    origin = np.median(_centres(plans, table.crs), axis=0)
    metric = shapely.transform(plans, lambda xy: (xy - origin) * (east, north))
    broken = ~shapely.is_valid(metric)
    metric[broken] = shapely.make_valid(metric[broken], method="structure", keep_collapsed=False)
    for pair in duplicate_plans(metric.tolist()):
        first, second = table.features[pair.first], table.features[pair.second]
        share = "all" if pair.iou > 0.9999 else f"{pair.iou * 100:.0f} %"
        found = f"its plan is {share} the same as that of feature {first.index} ({first.id[:64]})"
        where = feature_place(path, table.layer, second.index, second.id)
        yield (
            second,
            Problem("footprint-duplicate", where, found, "each building once", "remove one of the two"),
        )


def _astray(table: FootprintTable, path: Path, centres: F64) -> Iterator[tuple[Footprint, Problem]]:
    found = outlying_plans(centres, unit_m(table.crs, *np.median(centres, axis=0)))
    if found is None:
        return
    nine_tenths = f"nine tenths of the layer lie within {found.radius_m / 1000:.1f} km"
    for row, away, exchanged in zip(found.rows, found.distances_m, found.exchanged, strict=True):
        feature = table.features[row]
        where = feature_place(path, table.layer, feature.index, feature.id)
        if exchanged:
            x, y = centres[row]
            words = f"it lies at x {x:.9g}, y {y:.9g}: among the others only when the two are exchanged"
            allowed = "x is east (longitude), y is north (latitude)"
            yield feature, Problem("footprint-swapped", where, words, allowed, "exchange them")
        else:
            words = f"it lies {away / 1000:.0f} km from the middle of the others"
            yield (
                feature,
                Problem("footprint-far", where, words, nine_tenths, "correct its coordinates, or remove it"),
            )


def _whole_layer(
    table: FootprintTable, path: Path, centres: F64, site_crs: pyproj.CRS | None
) -> Iterator[Problem]:
    """Whether the layer lies where its own CRS and the site's are made for, as most of its plans do."""
    x, y = (float(v) for v in np.median(centres, axis=0))
    nowhere = lies_within(table.crs, x, y, table.crs) is False
    elsewhere = site_crs is not None and lies_within(table.crs, x, y, site_crs) is False
    if (nowhere or elsewhere) and lies_within(table.crs, y, x, site_crs or table.crs):
        found = "the layer lies in the site's area only when x and y are exchanged"
        allowed = "x is east (longitude), y is north (latitude)"
        yield Problem("footprints-swapped", path.name, found, allowed, "exchange them")
    elif nowhere:
        name = table.crs.name
        found = f"its coordinates, such as {x:.9g}, {y:.9g}, lie outside the area of use of its CRS, {name}"
        likely = reads_as(table.crs, x, y, site_crs)
        remedy = f"the numbers fit {likely}: correct the file's CRS" if likely else "correct the file's CRS"
        yield Problem("footprints-crs-wrong", path.name, found, area_words(table.crs), remedy)
    elif elsewhere and site_crs is not None:
        found = f"the layer lies outside the area of use of {site_crs.name}"
        yield Problem(
            "footprints-elsewhere", path.name, found, area_words(site_crs), "check both CRS", "warning"
        )
