"""Write GeoJSON (RFC 7946): WGS 84, longitude first, shells counter-clockwise, one feature a line.

A feature on a line of its own can be served by itself as a slice of the file, see `Written.spans`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

# 1e-8 degrees is about a millimetre on the ground.
_DECIMALS = 8


@dataclass(frozen=True)
class Written:
    """A FeatureCollection as bytes; ``spans`` are (first byte, length) of each feature in it."""

    data: bytes
    spans: tuple[tuple[int, int], ...]


def feature_text(id: str | None, geometry: BaseGeometry | None, properties: Mapping[str, object]) -> str:
    """One Feature as compact JSON. ``geometry`` is in degrees (longitude, latitude) and is written in two
    dimensions: a third would have to be a height above the ellipsoid. Raises ValueError where a number is
    not finite."""
    found: dict[str, Any] = {"type": "Feature"}
    if id is not None:
        found["id"] = id
    found["geometry"] = None if geometry is None else _geometry(geometry)
    found["properties"] = dict(properties)
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def cut_at_antimeridian(geometry: BaseGeometry) -> BaseGeometry:
    """``geometry`` (degrees) as RFC 7946 3.1.9 has it: what crosses the antimeridian in parts on either side of it.

    What is wider than half of the globe is taken to cross, and what goes on beyond 180 degrees does; all else is
    returned as it is. A plan that crosses itself is repaired before it is cut. Heights are kept.
    """
    west, _, east, _ = geometry.bounds
    if not (west < -180 or east > 180 or east - west > 180):
        return geometry
    # Counted from 0 to 360 degrees it is in one piece.
    whole = shapely.transform(
        geometry,
        lambda at: at + np.eye(1, at.shape[1]) * np.where(at[:, :1] < 0, 360, 0),
        include_z=geometry.has_z,
    )
    if not whole.is_valid:
        whole = shapely.make_valid(whole)
    sides = ((0.0, shapely.box(0, -90, 180, 90)), (-360.0, shapely.box(180, -90, 360, 90)))
    # On the grid of what is written: a sliver that would be rounded to nothing is none.
    parts = [
        translate(part, by)
        for by, side in sides
        for part in shapely.get_parts(shapely.intersection(whole, side, grid_size=10.0**-_DECIMALS))
    ]
    # What only touches the cut from one side leaves a line or a point on the other.
    most = max(shapely.get_dimensions(parts))
    parts = [part for part in parts if shapely.get_dimensions(part) == most]
    several = (shapely.multipoints, shapely.multilinestrings, shapely.multipolygons)[most]
    cut: BaseGeometry = shapely.orient_polygons(parts[0] if len(parts) == 1 else several(parts))
    return cut


def _geometry(geometry: BaseGeometry) -> dict[str, Any]:
    right_handed = shapely.force_2d(shapely.orient_polygons(geometry))
    mapping = right_handed.__geo_interface__
    return {"type": mapping["type"], "coordinates": _rounded(mapping["coordinates"])}


def _rounded(coordinates: Any) -> Any:
    if isinstance(coordinates, float):
        return round(coordinates, _DECIMALS)
    return [_rounded(part) for part in coordinates]


def write_geojson(features: Iterable[str], members: Mapping[str, object] | None = None) -> Written:
    """A FeatureCollection of `feature_text` features, with foreign ``members`` such as a title before them."""
    head = json.dumps({"type": "FeatureCollection", **(members or {})}, ensure_ascii=False)[:-1]
    parts = [head.encode(), b',"features":[\n']
    at = sum(map(len, parts))
    spans: list[tuple[int, int]] = []
    for feature in features:
        data = feature.encode()
        if spans:
            parts.append(b",\n")
            at += 2
        spans.append((at, len(data)))
        parts.append(data)
        at += len(data)
    parts.append(b"\n]}\n")
    return Written(b"".join(parts), tuple(spans))
