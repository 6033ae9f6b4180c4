"""Footprints: the ground plans the monuments are placed on."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from heritage.formats.vector_layer import Layer, Row, read_layer
from heritage.model.documents import Footprints
from heritage.model.errors import InputError, Problem

_MOST_PROBLEMS = 50


@dataclass(frozen=True)
class Footprint:
    """One ground plan: ``geometry`` is a Polygon or MultiPolygon as given, in the layer's CRS (x east, y
    north); ``index`` is its place in the layer, from 0."""

    id: str
    name: str | None
    height_m: float | None
    ground_m: float | None
    geometry: BaseGeometry
    index: int


@dataclass(frozen=True)
class FootprintTable:
    """A layer's footprints, those with a problem included where they have a polygon at all."""

    features: tuple[Footprint, ...]
    crs: pyproj.CRS
    problems: tuple[Problem, ...]


def read_footprints(
    source: str,
    spec: Footprints,
    *,
    base: Path,
    used: Collection[str] | None = None,
    site_crs: pyproj.CRS | None = None,
) -> FootprintTable:
    """Read the footprints ``spec`` describes from ``source``, a path below ``base``.

    What is wrong with single features is in ``problems``: an error for those whose ids are in ``used``
    (None: for all), a warning for the others. With ``site_crs`` a layer that only lies in its area of use
    when x and y are exchanged is an error. Raises InputError where the layer as a whole cannot be used: a
    remote source, a path that leaves ``base``, no file, no features, no CRS, no such layer or column.
    """
    path = _inside(source, base)
    layer = read_layer(path, spec)
    if not layer.rows:
        raise InputError(
            path.name, "a layer without features", "footprints are needed", code="footprints-empty"
        )
    for role in ("id", "name", "height_m", "ground_m"):
        column = getattr(spec, role)
        if column is not None and column not in layer.columns:
            raise InputError(
                path.name,
                f"no column {column!r} for footprints.{role}",
                f"the layer has {', '.join(layer.columns)}",
                f"name one of them in site.yaml under footprints.{role}",
                code="footprints-column",
            )
    crs = _crs(path, spec, layer)
    features: list[Footprint] = []
    problems: list[Problem] = []
    seen: set[str] = set()
    for index, row in enumerate(layer.rows):
        feature, found = _feature(path, spec, index, row)
        if feature is not None:
            if feature.id in seen:
                found.append(_problem(path, index, feature.id, "its id stands here again", "each id once"))
            seen.add(feature.id)
            features.append(feature)
            found += _plan_problems(path, feature, crs)
        wrong_id = feature.id if feature is not None else str(row.values.get(spec.id))
        severe = used is None or wrong_id in used
        problems += [p if severe else replace(p, severity="warning") for p in found]
    if site_crs is not None and features:
        problems += _whereabouts(path, features, crs, site_crs)
    # Errors first, so that the ceiling cuts warnings.
    problems.sort(key=lambda p: p.severity)
    return FootprintTable(tuple(features), crs, tuple(problems[:_MOST_PROBLEMS]))


def _inside(source: str, base: Path) -> Path:
    if "://" in source or source.startswith("/vsi"):
        raise InputError(
            source.split("://")[0],
            "footprints from a database or another host",
            "a vector file in the site folder is allowed",
            "export the table as GeoPackage into the site folder",
            code="footprints-remote",
        )
    path = (base / source).resolve()
    if not path.is_relative_to(base.resolve()):
        found = "a path that leads out of the site folder"
        raise InputError(
            source, found, "a file inside it is allowed", "copy the file there", code="file-outside"
        )
    return path


def _crs(path: Path, spec: Footprints, layer: Layer) -> pyproj.CRS:
    """The file's CRS, or the curator's where the file has none; both may not disagree."""
    stated = layer.crs
    if spec.crs is not None:
        try:
            given = pyproj.CRS.from_user_input(spec.crs)
        except pyproj.exceptions.CRSError:
            found = f"footprints.crs {spec.crs!r} is no CRS known to PROJ"
            allowed = "an EPSG code such as EPSG:32648"
            raise InputError(path.name, found, allowed, code="crs-unknown") from None
        if stated is None or layer.assumed_wgs84 or stated.equals(given, ignore_axis_order=True):
            return given
        raise InputError(
            path.name,
            f"the file says {stated.name}, footprints.crs says {given.name}",
            "both must be the same",
            "remove footprints.crs from site.yaml, or correct the file",
            code="footprints-crs",
        )
    if stated is None:
        found, allowed = "the layer has no CRS", "one is needed"
        raise InputError(
            path.name, found, allowed, "add crs under footprints in site.yaml", code="footprints-crs"
        )
    if layer.assumed_wgs84:
        bounds = shapely.total_bounds([row.geometry for row in layer.rows])
        if (np.abs(bounds) > (180, 90, 180, 90)).any():
            raise InputError(
                path.name,
                f"coordinates up to {bounds[2]:g}, {bounds[3]:g} in a file without CRS",
                "without CRS, GeoJSON is in degrees, longitude first",
                "add crs under footprints in site.yaml, or exchange the coordinates",
                code="footprints-crs",
            )
    return stated


def _feature(path: Path, spec: Footprints, index: int, row: Row) -> tuple[Footprint | None, list[Problem]]:
    key = row.values.get(spec.id)
    if isinstance(key, float) and key.is_integer():
        key = int(key)
    if key is None or isinstance(key, (bool, dict, list)) or not str(key).strip():
        return None, [_problem(path, index, "", f"it has no {spec.id}", "an id is needed")]
    id = str(key)
    problems = [_problem(path, index, id, row.fault, "a polygon is allowed")] if row.fault else []
    height, ground = (_number(row.values, column) for column in (spec.height_m, spec.ground_m))
    for column, value in ((spec.height_m, height), (spec.ground_m, ground)):
        if isinstance(value, str):
            problems.append(
                _problem(path, index, id, f"{column} is {value[:40]!r}", "a number of metres is allowed")
            )
    if isinstance(height, float) and not 0 < height < 1000:
        problems.append(_problem(path, index, id, f"{spec.height_m} is {height:g}", "0 to 1000 m is allowed"))
    if row.geometry is None:
        return None, problems
    name = row.values.get(spec.name) if spec.name is not None else None
    height_m, ground_m = (value if isinstance(value, float) else None for value in (height, ground))
    label = None if name is None else str(name)
    return Footprint(id, label, height_m, ground_m, row.geometry, index), problems


def _number(values: dict[str, Any], column: str | None) -> float | str | None:
    """The number in a column, the text where it is none, None where it is empty."""
    value = None if column is None else values.get(column)
    if value is None or value == "":
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return str(value)
    return number if math.isfinite(number) else str(value)


def _plan_problems(path: Path, feature: Footprint, crs: pyproj.CRS) -> Iterator[Problem]:
    geometry = feature.geometry
    valid = geometry.is_valid
    repaired = geometry if valid else shapely.make_valid(geometry, method="structure", keep_collapsed=False)
    if repaired.area == 0:
        yield _problem(
            path, feature.index, feature.id, "its plan has no area", "a polygon with an area is needed"
        )
    elif not valid:
        parts = len(shapely.get_parts(repaired))
        remedy = f"the repair would be {parts} polygon{'s' * (parts > 1)}"
        # A figure of eight has areas of both signs that may sum to nothing.
        if geometry.area > 0:
            remedy += f", area changed by {abs(repaired.area / geometry.area - 1) * 100:.1f} %"
        found = f"its plan is invalid: {explain_validity(geometry)}"
        where = _where(path, feature.index, feature.id)
        yield Problem("footprint-invalid", where, found, "a polygon that does not cross itself", remedy)
    if crs.is_geographic and geometry.bounds[2] - geometry.bounds[0] > 180:
        yield _problem(
            path, feature.index, feature.id, "its plan crosses the antimeridian", "one side of it is allowed"
        )


def _whereabouts(
    path: Path, features: list[Footprint], crs: pyproj.CRS, site_crs: pyproj.CRS
) -> list[Problem]:
    """Whether the layer lies in the area the site's CRS is made for, or would if x and y were exchanged."""
    area = site_crs.area_of_use
    if area is None:
        return []
    to_degrees = pyproj.Transformer.from_crs(crs, 4326, always_xy=True)
    middle = shapely.union_all([shapely.box(*f.geometry.bounds) for f in features]).centroid

    def within(x: float, y: float) -> bool:
        lon, lat = to_degrees.transform(x, y)
        return bool(area.west - 1 <= lon <= area.east + 1 and area.south - 1 <= lat <= area.north + 1)

    if within(middle.x, middle.y):
        return []
    if within(middle.y, middle.x):
        found = "the layer lies in the site's area only when x and y are exchanged"
        return [
            Problem(
                "footprints-swapped", path.name, found, "x is east (longitude), y is north", "exchange them"
            )
        ]
    found = f"the layer lies outside the area of use of {site_crs.name}"
    allowed = f"{area.west:g} to {area.east:g} east, {area.south:g} to {area.north:g} north"
    return [Problem("footprints-elsewhere", path.name, found, allowed, "check both CRS", "warning")]


def _where(path: Path, index: int, id: str) -> str:
    return f"{path.name}, feature {index}" + (f" ({id[:64]})" if id else "")


def _problem(path: Path, index: int, id: str, found: str, allowed: str) -> Problem:
    return Problem("footprint-invalid", _where(path, index, id), found, allowed, "correct it in a GIS")
