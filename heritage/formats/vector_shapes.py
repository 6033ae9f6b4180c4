"""The shapes of a layer without its columns: polygons and lines for a drawn base map."""

from __future__ import annotations

import json
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyogrio
import pyproj
import shapely

from heritage.formats.reader import file_bytes
from heritage.formats.vector_layer import (
    GDAL_ERRORS,
    MAGIC,
    begins_as,
    geojson_crs,
    geojson_features,
    layer_name,
    unreadable,
)
from heritage.model.errors import InputError
from heritage.model.limits import GEOJSON_BYTES, VECTOR_BYTES, VERTICES

_GEOJSON = (".geojson", ".json")
_LINES = ("LineString", "MultiLineString")
_AREAS = ("Polygon", "MultiPolygon")


@dataclass(frozen=True, eq=False)
class Shapes:
    """``areas`` are MultiPolygons, ``lines`` MultiLineStrings of ``crs`` (WKT), x east, y north, as given.

    ``left_out`` counts features without a geometry of these kinds.
    """

    areas: npt.NDArray[Any]
    lines: npt.NDArray[Any]
    crs: str
    left_out: int


def read_shapes(path: Path, layer: str | None = None, crs: str | None = None) -> Shapes:
    """Every polygon and line of a layer. Raises InputError for another kind of file, a damaged one, a missing or
    ambiguous layer, no CRS, and one beyond the ceilings."""
    ending = path.suffix.lower()
    if ending not in MAGIC and ending not in _GEOJSON:
        allowed = f"{', '.join((*_GEOJSON, *MAGIC))} are allowed"
        raise InputError(path.name, f"a file with the ending {ending}", allowed, code="footprints-format")
    ceiling = GEOJSON_BYTES if ending in _GEOJSON else VECTOR_BYTES
    if file_bytes(path) > ceiling:
        raise unreadable(path, f"{file_bytes(path)} bytes", f"up to {ceiling} bytes are allowed")
    everything, own = _geojson(path) if ending in _GEOJSON else _gdal(path, layer)
    stated = own if crs is None else pyproj.CRS.from_user_input(crs)
    if stated is None:
        raise unreadable(path, "the layer has no CRS", "one is needed", "add crs to the layer in site.yaml")
    if int(shapely.get_num_coordinates(everything).sum()) > VERTICES:
        raise unreadable(path, f"more than {VERTICES} vertices", "fewer are allowed")
    found = shapely.force_2d(everything[~(shapely.is_missing(everything) | shapely.is_empty(everything))])
    if not np.isfinite(shapely.get_coordinates(found)).all():
        raise unreadable(path, "a coordinate that is not finite", "finite numbers are needed")
    kinds = np.array([shape.geom_type for shape in found])
    areas, lines = found[np.isin(kinds, _AREAS)], found[np.isin(kinds, _LINES)]
    return Shapes(
        _multi(areas, shapely.multipolygons),
        _multi(lines, shapely.multilinestrings),
        stated.to_wkt(),
        len(everything) - len(areas) - len(lines),
    )


def _multi(shapes: npt.NDArray[Any], build: Any) -> npt.NDArray[Any]:
    parts, owner = shapely.get_parts(shapes, return_index=True)
    return np.asarray(build(parts, indices=owner)) if len(parts) else np.empty(0, dtype=object)


def _geojson(path: Path) -> tuple[npt.NDArray[Any], pyproj.CRS | None]:
    features, stated = geojson_features(path)
    texts = []
    for feature in features:
        geometry = feature.get("geometry") if isinstance(feature, dict) else None
        # Only these kinds reach GEOS: a collection nested deeply would crash it.
        good = isinstance(geometry, dict) and geometry.get("type") in (*_AREAS, *_LINES)
        texts.append(json.dumps(geometry) if good else None)
    # One ring that does not close shall not cost the layer; what makes no shape is None, and counted.
    shapes = shapely.from_geojson(np.array(texts, dtype=object), on_invalid="ignore")
    return np.asarray(shapes), geojson_crs(path, stated)[0]


def _gdal(path: Path, layer: str | None) -> tuple[npt.NDArray[Any], pyproj.CRS | None]:
    begins_as(path, MAGIC[path.suffix.lower()])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            name = layer_name(path, layer, [str(one[0]) for one in pyogrio.list_layers(path)])
            frame = pyogrio.read_dataframe(path, layer=name, columns=[], force_2d=True)
        crs = None if frame.crs is None else pyproj.CRS.from_user_input(frame.crs)
    except GDAL_ERRORS as error:
        raise unreadable(path, f"it cannot be read ({error})", "a whole file is needed") from None
    return np.asarray(frame.geometry.values, dtype=object), crs
