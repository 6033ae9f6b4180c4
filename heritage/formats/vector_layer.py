"""One layer of a vector file as plain rows. Nothing is fetched; only files of four kinds are opened."""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pyogrio
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from heritage.formats.reader import file_bytes
from heritage.model.documents import Footprints
from heritage.model.errors import InputError
from heritage.model.limits import GEOJSON_BYTES, VECTOR_BYTES, VERTICES

# GDAL tells a format by content and would follow an XML "VRT" with any ending to other files and hosts, so
# the content must begin as the ending says before GDAL sees the file.
MAGIC = {".gpkg": b"SQLite format 3\0", ".sqlite": b"SQLite format 3\0", ".shp": b"\x00\x00\x27\x0a"}
_GEOJSON = (".geojson", ".json")
GDAL_ERRORS = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pyogrio.errors.FieldError,
    pyogrio.errors.FeatureError,
    pyogrio.errors.GeometryError,
    pyogrio.errors.CRSError,
    shapely.errors.ShapelyError,
    UnicodeDecodeError,
)


@dataclass(frozen=True)
class Row:
    """A feature: its columns, its geometry (None where none can be read), what is wrong with it, and what
    kind of geometry it is where that is no polygon."""

    values: dict[str, Any]
    geometry: BaseGeometry | None
    fault: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Layer:
    """``crs`` is the file's own, None if it says none; ``assumed_wgs84``: GeoJSON's default applies."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    crs: pyproj.CRS | None
    assumed_wgs84: bool = False


def read_layer(path: Path, spec: Footprints) -> Layer:
    """Read the layer ``spec`` names. Raises InputError for another kind of file, a damaged one, a missing or
    ambiguous layer, and one beyond the ceilings."""
    ending = path.suffix.lower()
    if ending not in MAGIC and ending not in _GEOJSON:
        allowed = f"{', '.join((*_GEOJSON, *MAGIC))} are allowed"
        raise InputError(path.name, f"a file with the ending {ending}", allowed, code="footprints-format")
    size = file_bytes(path)
    ceiling = GEOJSON_BYTES if ending in _GEOJSON else VECTOR_BYTES
    if size > ceiling:
        raise unreadable(path, f"{size} bytes", f"up to {ceiling} bytes are allowed")
    layer = _read_geojson(path) if ending in _GEOJSON else _read_gdal(path, spec, MAGIC[ending])
    vertices = sum(int(shapely.get_num_coordinates(row.geometry)) for row in layer.rows)
    if vertices > VERTICES:
        raise unreadable(path, f"{vertices} vertices", f"up to {VERTICES} are allowed")
    return layer


def geojson_features(path: Path) -> tuple[list[Any], Any]:
    """The features of a GeoJSON file, and its "crs" member (older than RFC 7946), None without.

    Read without GDAL, which would follow a link given as CRS. Raises InputError where it is no FeatureCollection.
    """
    try:
        document = json.loads(path.read_bytes(), parse_constant=refuse_constant)
    except RecursionError:
        raise unreadable(path, "nesting without end", "plain features are allowed") from None
    except ValueError as error:
        raise unreadable(path, f"no JSON ({error})", "GeoJSON is needed") from None
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        raise unreadable(path, "no FeatureCollection", "a GeoJSON FeatureCollection is needed")
    features = document.get("features")
    if not isinstance(features, list):
        raise unreadable(path, "a FeatureCollection without a list of features", "a list is needed")
    return features, document.get("crs")


def _read_geojson(path: Path) -> Layer:
    features, crs = geojson_features(path)
    rows = tuple(_geojson_row(path, k, feature) for k, feature in enumerate(features))
    columns = dict.fromkeys(name for row in rows for name in row.values)
    return Layer(path.stem, tuple(columns), rows, *geojson_crs(path, crs))


def refuse_constant(text: str) -> NoReturn:
    """For `json.loads`: NaN and Infinity are no JSON."""
    raise ValueError(f"{text} is no JSON number")


def geojson_crs(path: Path, crs: Any) -> tuple[pyproj.CRS, bool]:
    """The CRS that a "crs" member names, and whether it is only GeoJSON's default. Raises InputError for another."""
    if crs is None:
        return pyproj.CRS.from_epsg(4326), True
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(name, str) or crs.get("type") != "name":
        raise unreadable(
            path, "a crs member that is no name", 'a name is allowed, such as "urn:ogc:def:crs:EPSG::32648"'
        )
    try:
        return pyproj.CRS.from_user_input(name), False
    except pyproj.exceptions.CRSError:
        raise unreadable(path, f"the CRS {name[:80]!r}", "one known to PROJ is needed") from None


def _geojson_row(path: Path, index: int, feature: Any) -> Row:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise unreadable(path, f"feature {index} is no Feature", 'objects of "type": "Feature" are allowed')
    properties = feature.get("properties")
    values = dict(properties) if isinstance(properties, dict) else {}
    if "id" in feature:
        values.setdefault("id", feature["id"])
    geometry = feature.get("geometry")
    if geometry is None:
        return Row(values, None, "it has no geometry")
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        return Row(values, None, f"its geometry is a {str(kind)[:40]}", str(kind)[:40])
    polygons = geometry.get("coordinates")
    try:
        rings = list(_rings([polygons] if kind == "Polygon" else polygons))
        built = shapely.multipolygons([shapely.Polygon(shell, holes) for shell, holes in rings])
    except (TypeError, ValueError, IndexError, shapely.errors.ShapelyError) as error:
        return Row(values, None, f"its coordinates are no polygon: {error}")
    open_ended = not all(np.array_equal(r[0], r[-1]) for shell, holes in rings for r in (shell, *holes))
    fault = "a ring does not end where it begins; it is read as closed" if open_ended else ""
    return Row(values, built.geoms[0] if kind == "Polygon" else built, fault)


def _rings(polygons: Any) -> Iterator[tuple[np.ndarray, list[np.ndarray]]]:
    if not isinstance(polygons, list) or not polygons:
        raise ValueError("there are none")
    for polygon in polygons:
        rings = [np.array([position[:2] for position in ring], np.float64) for ring in polygon]
        for ring in rings:
            if ring.ndim != 2 or ring.shape[1] != 2 or len(ring) < 3:
                raise ValueError("a ring needs at least three positions of two numbers")
            if not np.isfinite(ring).all():
                raise ValueError("a coordinate is not finite")
        if not rings:
            raise ValueError("a polygon without rings")
        yield rings[0], rings[1:]


def _read_gdal(path: Path, spec: Footprints, magic: bytes) -> Layer:
    begins_as(path, magic)
    try:
        with warnings.catch_warnings():
            # GDAL remarks on headers it can do without; what matters to us is checked below.
            warnings.simplefilter("ignore", RuntimeWarning)
            name = layer_name(path, spec.layer, [str(layer[0]) for layer in pyogrio.list_layers(path)])
            fields = [str(field) for field in pyogrio.read_info(path, layer=name)["fields"]]
            wanted = [c for c in (spec.id, spec.name, spec.height_m, spec.ground_m) if c in fields]
            frame = pyogrio.read_dataframe(path, layer=name, columns=wanted, force_2d=True, fid_as_index=True)
        crs = None if frame.crs is None else pyproj.CRS.from_user_input(frame.crs)
    except GDAL_ERRORS as error:
        raise unreadable(path, f"it cannot be read ({error})", "a whole file is needed") from None
    columns = (*fields, *(["fid"] if "fid" not in fields else []))
    rows = []
    for fid, geometry, *values in zip(
        frame.index, frame.geometry, *(frame[column] for column in wanted), strict=True
    ):
        by_name = {"fid": int(fid)} | {c: _plain(v) for c, v in zip(wanted, values, strict=True)}
        if geometry is None:
            rows.append(Row(by_name, None, "it has no geometry"))
        elif geometry.geom_type not in ("Polygon", "MultiPolygon"):
            kind = geometry.geom_type
            rows.append(Row(by_name, None, f"its geometry is a {kind}", kind))
        else:
            rows.append(Row(by_name, geometry))
    return Layer(name, columns, tuple(rows), crs)


def begins_as(path: Path, magic: bytes) -> None:
    """Raises InputError where the content is not what the ending says."""
    with path.open("rb") as stream:
        if stream.read(len(magic)) != magic:
            raise unreadable(
                path, f"the content is not that of {path.suffix}", "ending and content must agree"
            )


def layer_name(path: Path, wanted: str | None, names: list[str]) -> str:
    """The layer ``wanted``, or the only one. Raises InputError where that is none."""
    if wanted is None and len(names) == 1:
        return names[0]
    if wanted is not None and wanted in names:
        return wanted
    found = "no layer is named" if wanted is None else f"no layer {wanted!r}"
    raise unreadable(
        path,
        f"{found}; the file has {', '.join(names) or 'none'}",
        "one of them is needed as footprints.layer",
    )


def _plain(value: Any) -> Any:
    """A cell as a plain Python value, None for every way of saying that there is none."""
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and math.isnan(value) else value


def unreadable(path: Path, found: str, allowed: str, remedy: str = "export the layer anew") -> InputError:
    """The error for a layer that cannot be read."""
    return InputError(path.name, found, allowed, remedy, code="footprints-unreadable")
