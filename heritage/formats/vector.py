"""Footprints: the ground plans the monuments are placed on."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from heritage.formats.vector_layer import Layer, Row, read_layer
from heritage.model.documents import Footprints
from heritage.model.errors import InputError, Problem

_MOST_PROBLEMS = 50
_POINTS_AND_LINES = ("Point", "MultiPoint", "LineString", "MultiLineString")


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

    layer: str
    features: tuple[Footprint, ...]
    crs: pyproj.CRS
    problems: tuple[Problem, ...]


def read_footprints(
    source: str,
    spec: Footprints,
    *,
    base: Path,
    used: Collection[str] | None = None,
) -> FootprintTable:
    """Read the footprints ``spec`` describes from ``source``, a path below ``base``.

    What is wrong with single features is in ``problems``: an error for those whose ids are in ``used``
    (None: for all), a warning for the others. Shapes and places are not judged here, but by
    `heritage check`. Raises InputError where the layer as a whole cannot be used: a remote source, a path that
    leaves ``base``, no file, no features, no CRS, no such layer or column.
    """
    path = inside(source, base)
    return footprints_of(read_layer(path, spec), path, spec, used)


def footprints_of(layer: Layer, path: Path, spec: Footprints, used: Collection[str] | None) -> FootprintTable:
    """As `read_footprints`, of a layer that was read; messages name it as ``path``."""
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
        feature, found = _feature(path, layer.name, spec, index, row)
        if feature is not None:
            if feature.id in seen:
                where = feature_place(path, layer.name, index, feature.id)
                again = "its id stands here again"
                found.append(
                    Problem(
                        "footprint-repeated", where, again, "each id once", "give it another id, or remove it"
                    )
                )
            seen.add(feature.id)
            features.append(feature)
        wrong_id = feature.id if feature is not None else str(row.values.get(spec.id))
        severe = used is None or wrong_id in used
        problems += [p if severe else replace(p, severity="warning") for p in found]
    # Errors first, so that the ceiling cuts warnings.
    problems.sort(key=lambda p: p.severity)
    return FootprintTable(layer.name, tuple(features), crs, tuple(problems[:_MOST_PROBLEMS]))


def inside(source: str, base: Path) -> Path:
    """The file ``source`` of the folder ``base``. Raises InputError where it is elsewhere or on another host."""
    if "://" in source or source.startswith("/vsi"):
        raise InputError(
            source.split("://")[0],
            "footprints from another host",
            "a vector file in the site folder, or a table of PostGIS (postgresql://…#table), is allowed",
            "copy the file into the site folder",
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
        bounds = shapely.bounds(np.array([row.geometry for row in layer.rows], dtype=object))
        outside = np.any(np.abs(bounds) > (180, 90, 180, 90), axis=1)
        # One feature with exchanged coordinates is that feature's fault; most of them are the layer's.
        if np.count_nonzero(outside) * 2 > len(outside):
            east, north = np.nanmax(bounds[:, 2:], axis=0)
            raise InputError(
                path.name,
                f"coordinates up to {east:g}, {north:g} in a file without CRS",
                "without CRS, GeoJSON is in degrees, longitude first",
                "add crs under footprints in site.yaml, or exchange the coordinates",
                code="footprints-crs",
            )
    return stated


def _feature(
    path: Path, layer: str, spec: Footprints, index: int, row: Row
) -> tuple[Footprint | None, list[Problem]]:
    def problem(id: str, found: str, allowed: str) -> Problem:
        where = feature_place(path, layer, index, id)
        return Problem("footprint-invalid", where, found, allowed, "correct it in a GIS")

    key = row.values.get(spec.id)
    if isinstance(key, float) and key.is_integer():
        key = int(key)
    if key is None or isinstance(key, (bool, dict, list)) or not str(key).strip():
        return None, [problem("", f"it has no {spec.id}", "an id is needed")]
    id = str(key)
    problems = [problem(id, row.fault, "a polygon is allowed")] if row.fault else []
    if row.kind in _POINTS_AND_LINES:
        where = feature_place(path, layer, index, id)
        found = f"a {row.kind} is given as footprint"
        remedy = "draw its outline; a monument without one can be placed by registration.prior"
        problems = [Problem("footprint-no-area", where, found, "a polygon is allowed", remedy)]
    height, ground = (_number(row.values, column) for column in (spec.height_m, spec.ground_m))
    for column, value in ((spec.height_m, height), (spec.ground_m, ground)):
        if isinstance(value, str):
            problems.append(problem(id, f"{column} is {value[:40]!r}", "a number of metres is allowed"))
    if isinstance(height, float) and not 0 < height < 1000:
        problems.append(problem(id, f"{spec.height_m} is {height:g}", "0 to 1000 m is allowed"))
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


def feature_place(path: Path, layer: str, index: int, id: str) -> str:
    """How a feature is named to a curator: file, layer where it is not named like the file, place, id."""
    of_layer = f", layer {layer[:64]}" if layer not in (path.stem, path.name) else ""
    return f"{path.name}{of_layer}, feature {index}" + (f" ({id[:64]})" if id else "")
