"""Write ``data/``: GeoJSON, GeoPackage, catalogue, table of contents, pages to read, and the server's index."""

from __future__ import annotations

from collections.abc import Sequence

import shapely

from heritage.formats.geojson import Written, write_geojson
from heritage.formats.geopackage import write_geopackage
from heritage.model.release import DataDocument, DataFile, DataSet, MonumentEntry, Period
from heritage.pipeline.ground import Ground
from heritage.pipeline.opendata.annotations import PATHS, write_annotations
from heritage.pipeline.opendata.catalogue import Edition, catalogue
from heritage.pipeline.opendata.layers import Layer, footprint_layer, monument_layer
from heritage.pipeline.opendata.page import data_pages
from heritage.store import ReleaseFolder
from heritage.store.feature_index import (
    Box,
    IndexedFeature,
    Times,
    day_number,
    enclosing,
    write_feature_index,
)
from heritage.store.manifest import content_type
from heritage.text.site import LoadedSite

INDEX = "data/index.json"
_GEOPACKAGE = "data/heritage.gpkg"
_CATALOGUE = "data/catalogue.jsonld"


def write_open_data(
    into: ReleaseFolder,
    loaded: LoadedSite,
    ground: Ground,
    monuments: Sequence[MonumentEntry],
    edition: Edition,
) -> str:
    """Write the files; the path of the table of contents."""
    layers = [monument_layer(loaded, ground, monuments), footprint_layer(loaded, ground, monuments)]
    layers = [layer for layer in layers if layer.ids]
    indexed: list[IndexedFeature] = []
    sets: list[DataSet] = []
    package = write_geopackage({layer.name: layer.table() for layer in layers}) if layers else b""
    if package:
        into.write(_GEOPACKAGE, package)
    for layer in layers:
        written = write_geojson(layer.features(), {"name": layer.name})
        path = f"data/{layer.name}.geojson"
        into.write(path, written.data)
        indexed += _indexed(layer, written)
        files = (_file(path, len(written.data)), _file(_GEOPACKAGE, len(package)))
        sets.append(_set_of(loaded, layer, files))
    count = write_annotations(into, loaded, ground, monuments)
    if count:
        sets.append(_annotations(into, loaded, count))
    sets += _models(loaded, monuments)
    content = catalogue(loaded.site, sets, _whole(indexed), edition)
    into.write(_CATALOGUE, content)
    into.write("data/features.sqlite", write_feature_index(indexed))
    document = DataDocument(catalogue=_file(_CATALOGUE, len(content)), sets=tuple(sets))
    into.write(INDEX, document.model_dump_json().encode())
    for path, page in data_pages(loaded.site, document, content).items():
        into.write(path, page)
    return INDEX


def _file(path: str, size: int) -> DataFile:
    return DataFile(path=path, type=content_type(path), bytes=size)


def _set_of(loaded: LoadedSite, layer: Layer, files: tuple[DataFile, ...]) -> DataSet:
    site, spec = loaded.site, loaded.site.footprints
    plans = layer.name == "footprints"
    return DataSet(
        id=layer.name,
        kind="footprints" if plans else "monuments",
        title={},
        items=len(layer.ids),
        rights=(plans and spec and spec.rights) or site.rights,
        credits=(plans and spec and spec.credits) or site.credits,
        files=files,
        days=_days(layer.periods),
    )


def _annotations(into: ReleaseFolder, loaded: LoadedSite, count: int) -> DataSet:
    return DataSet(
        id="annotations",
        kind="annotations",
        title={},
        items=count,
        rights=loaded.site.rights,
        credits=loaded.site.credits,
        files=tuple(_file(path, (into.path / path).stat().st_size) for path in PATHS),
    )


def _models(loaded: LoadedSite, monuments: Sequence[MonumentEntry]) -> list[DataSet]:
    """The surface of every survey, as it can be downloaded."""
    return [
        DataSet(
            id=f"{monument.id}/{epoch.id}",
            kind="model",
            title=monument.title,
            subtitle=epoch.title or dict.fromkeys(monument.title, epoch.captured or epoch.id),
            items=1,
            rights=monument.rights or loaded.site.rights,
            credits=(*monument.credits, *loaded.site.credits),
            files=(_file(epoch.download, epoch.download_bytes),),
            days=(epoch.captured, epoch.captured) if epoch.captured else None,
        )
        for monument in monuments
        for epoch in monument.epochs
        if epoch.download
    ]


def _indexed(layer: Layer, written: Written) -> list[IndexedFeature]:
    found = []
    for id, span, shape, period in zip(layer.ids, written.spans, layer.degrees, layer.periods, strict=True):
        times: Times | None = None
        if period is not None:
            times = (day_number(period.earliest), day_number(period.latest))
        box = enclosing(shapely.bounds(shapely.get_parts(shape)).tolist())
        found.append(IndexedFeature(layer.name, id, *span, box, times))
    return found


def _days(periods: Sequence[Period | None]) -> tuple[str | None, str | None] | None:
    """The first and the last day of all periods that are known, open where one of them is; None where none is."""
    known = [period for period in periods if period is not None]
    first = [p.earliest for p in known if p.earliest is not None]
    last = [p.latest for p in known if p.latest is not None]
    found = (
        min(first, key=_as_number) if first and len(first) == len(known) else None,
        max(last, key=_as_number) if last and len(last) == len(known) else None,
    )
    return found if any(found) else None


def _as_number(day: str) -> int:
    return day_number(day) or 0


def _whole(indexed: Sequence[IndexedFeature]) -> Box | None:
    if not indexed:
        return None
    west, south, east, north = (round(v, 7) for v in enclosing([one.box for one in indexed]))
    return west, south, east, north
