"""Annotations as open data: W3C Web Annotations, GeoJSON and CSV."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from heritage.formats.geojson import cut_at_antimeridian, write_geojson
from heritage.model.arrays import F64
from heritage.model.frames import WGS84_3D
from heritage.model.release import AnnotationEntry, MonumentEntry, TermEntry
from heritage.model.spreadsheet import spreadsheet
from heritage.pipeline.ground import Ground
from heritage.pipeline.pictures.site_views import site_from
from heritage.store import ReleaseFolder
from heritage.text.site import LoadedSite

PATHS = ("data/annotations.geojson", "data/annotations.jsonld", "data/annotations.csv")
_CONTEXT = [
    "http://www.w3.org/ns/anno.jsonld",
    # Web Annotation knows no selector for space; IIIF's takes well-known text, here with heights.
    {"WktSelector": "http://iiif.io/api/presentation/4#WktSelector"},
]
_DEGREE_DECIMALS, _METRE_DECIMALS = 8, 3


@dataclass(frozen=True, eq=False)
class _Note:
    """``degrees`` (n, 3): longitude, latitude and height of the vertices, and of the anchor in the last row."""

    monument: MonumentEntry
    entry: AnnotationEntry
    term: TermEntry | None
    degrees: F64


def write_annotations(
    into: ReleaseFolder, loaded: LoadedSite, ground: Ground, monuments: Sequence[MonumentEntry]
) -> int:
    """Write the three files, if the site has annotations; how many."""
    terms = {term.id: term for term in loaded.vocabulary.terms}
    notes = []
    back = pyproj.Transformer.from_crs(4978, WGS84_3D, always_xy=True)
    for monument in monuments:
        placed = site_from(monument)
        for entry in monument.annotations:
            places = np.array([*entry.vertices_m, entry.position_m], np.float64)
            ecef = ground.frame.ecef_from_site.apply(placed.apply(places))
            term = terms.get(entry.term or "")
            row = None if term is None else TermEntry(id=term.id, label=dict(term.label), uri=term.uri)
            notes.append(_Note(monument, entry, row, np.array(back.transform(*ecef.T)).T))
    if notes:
        told = loaded.site.languages, loaded.site.heights
        contents = (_geojson(notes, *told), _web(notes), _csv(notes, *told))
        for path, content in zip(PATHS, contents, strict=True):
            into.write(path, content)
    return len(notes)


def _rounded(degrees: F64) -> F64:
    return np.column_stack([degrees[:, :2].round(_DEGREE_DECIMALS), degrees[:, 2].round(_METRE_DECIMALS)])


def _shape(entry: AnnotationEntry, places: F64) -> BaseGeometry:
    if entry.shape == "area":
        return shapely.Polygon(places)
    return shapely.LineString(places) if entry.shape == "line" else shapely.Point(places[0])


def _counter_clockwise(entry: AnnotationEntry, degrees: F64) -> list[int]:
    """The order of the vertices ``degrees`` (n, 3) in which an area's ring is as RFC 7946 has it, first one first."""
    order = list(range(len(degrees)))
    if entry.shape == "area" and not shapely.LinearRing(degrees[:, :2]).is_ccw:
        order[1:] = order[:0:-1]
    return order


def _properties(note: _Note, languages: Sequence[str]) -> dict[str, object]:
    entry = note.entry
    return {
        "monument": note.monument.id,
        **{f"title_{language}": entry.title.get(language) for language in languages},
        "term": entry.term,
        **{f"term_{language}": note.term and note.term.label.get(language) for language in languages},
        "epoch": entry.epoch,
        "shape": entry.shape,
        "length_m": entry.length_m,
        "area_m2": entry.area_m2,
        "carried": "; ".join(f"{c.epoch}: {c.verdict}" for c in entry.carried) or None,
    }


def _height(note: _Note, heights: str) -> dict[str, object]:
    """The height of the note's middle, and what the site's heights are above."""
    return {"height_m": float(_rounded(note.degrees[-1:])[0, 2]), "heights": heights}


def _geojson(notes: Sequence[_Note], languages: Sequence[str], heights: str) -> bytes:
    """RFC 7946; a third coordinate is a height above the ellipsoid, left out where heights are above something else.

    Walls stand upright: seen from above their areas have none, so the shape in the monument's own metres goes along.
    """
    features = []
    for note in notes:
        places = _rounded(note.degrees[:-1])
        order = _counter_clockwise(note.entry, places)
        geometry = _shape(note.entry, places[order] if heights == "ellipsoidal" else places[order, :2])
        local = _shape(note.entry, np.array(note.entry.vertices_m)[order].round(_METRE_DECIMALS))
        features.append(
            json.dumps(
                {
                    "type": "Feature",
                    "id": f"{note.monument.id}/{note.entry.id}",
                    "geometry": cut_at_antimeridian(geometry).__geo_interface__,
                    "properties": {
                        **_properties(note, languages),
                        **_height(note, heights),
                        "local_m": shapely.to_wkt(local, _METRE_DECIMALS),
                    },
                },
                ensure_ascii=False,
                separators=(",", ":"),
                allow_nan=False,
            )
        )
    return write_geojson(features, {"name": "annotations"}).data


def _web(notes: Sequence[_Note]) -> bytes:
    """An AnnotationPage; targets are the tilesets, selected by well-known text in the monument frame."""
    items = []
    for note in notes:
        entry = note.entry
        bodies: list[dict[str, object]] = [
            {"type": "TextualBody", "value": words, "language": language, "format": kind, "purpose": purpose}
            for texts, kind, purpose in (
                (entry.title, "text/plain", "identifying"),
                (entry.html, "text/html", "describing"),
            )
            for language, words in texts.items()
        ]
        if note.term is not None:
            source = note.term.uri or f"#term/{note.term.id}"
            bodies.append({"type": "SpecificResource", "source": source, "purpose": "classifying"})
            # A term of the site's own vocabulary can be looked up nowhere else: its name goes along.
            bodies += [
                {
                    "type": "TextualBody",
                    "value": label,
                    "language": language,
                    "format": "text/plain",
                    "purpose": "tagging",
                }
                for language, label in note.term.label.items()
            ]
        seen = entry.epoch or note.monument.reference_epoch
        epoch = next(e for e in note.monument.epochs if e.id == seen)
        shape = _shape(entry, np.array(entry.vertices_m))
        items.append(
            {
                "id": f"#{note.monument.id}/{entry.id}",
                "type": "Annotation",
                "motivation": "classifying" if note.term else "describing",
                "body": bodies,
                "target": {
                    "type": "SpecificResource",
                    "source": f"../{epoch.tileset}",
                    "selector": {"type": "WktSelector", "value": shapely.to_wkt(shape, _METRE_DECIMALS)},
                },
            }
        )
    page: Mapping[str, object] = {
        "@context": _CONTEXT,
        "id": "annotations.jsonld",
        "type": "AnnotationPage",
        "items": items,
    }
    return json.dumps(page, ensure_ascii=False, indent=1).encode()


def _csv(notes: Sequence[_Note], languages: Sequence[str], heights: str) -> bytes:
    """A row each: what it is, its measure, its middle in the monument frame and in degrees; none is a formula."""
    rows: list[dict[str, object]] = []
    for note in notes:
        x, y, z = note.entry.position_m
        lon, lat, _ = _rounded(note.degrees[-1:])[0].tolist()
        rows.append(
            {
                "id": note.entry.id,
                **_properties(note, languages),
                "x_m": x,
                "y_m": y,
                "z_m": z,
                "longitude": lon,
                "latitude": lat,
                **_height(note, heights),
            }
        )
    return spreadsheet(list(rows[0]), (row.values() for row in rows))
