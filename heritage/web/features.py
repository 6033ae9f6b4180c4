"""OGC API - Features 1.0 (17-069r4), Core and GeoJSON: a release's monuments and ground plans for any GIS.

Served as slices of the very files that can be downloaded from ``data/``, found through the index that was written
with them. The addresses always mean the current release, so they may be kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

from flask import Flask, Response, request

from heritage.model.release import DataDocument
from heritage.page.page import render_message
from heritage.page.words import WORDS, spoken, words
from heritage.store.feature_index import FeatureIndex, Slice, feature_of, read_slices
from heritage.web import errors, query
from heritage.web.files import REVALIDATE, send_bytes
from heritage.web.meeting import meets
from heritage.web.openapi import openapi
from heritage.web.releases import Releases

ROOT: Final = "/api/"
GEOJSON: Final = "application/geo+json"
JSON: Final = "application/json"
_OPENAPI: Final = "application/vnd.oai.openapi+json;version=3.0"
_CRS84: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
CORE: Final = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core"
COLLECTIONS: Final = ("monuments", "footprints")  # the kinds of data sets that are served feature by feature
_CONFORMS: Final = (
    CORE,
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
)


@dataclass(frozen=True)
class _Current:
    """The data of the current release."""

    release: str
    index: FeatureIndex
    collections: Mapping[str, Path]
    document: DataDocument
    title: str
    titles: Mapping[str, str]


def register(app: Flask, releases: Releases, public_url: str | None) -> None:
    """Add the addresses below ``/api/``. ``public_url`` begins the links where a proxy stands before the server."""

    def address(path: str, **parameters: object) -> str:
        root = public_url or request.url_root
        tail = f"?{urlencode(parameters, safe=',/:')}" if parameters else ""
        return f"{root.rstrip('/')}{ROOT}{path}{tail}"

    def link(rel: str, path: str, kind: str = JSON, title: str = "", **parameters: object) -> dict[str, str]:
        found = {"rel": rel, "href": address(path, **parameters), "type": kind}
        return {**found, "title": title} if title else found

    def current() -> _Current:
        return _current(releases)

    def send(value: object, kind: str = JSON) -> Response:
        data = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode()
        digest = hashlib.sha256(data).hexdigest()
        return send_bytes(request, data, digest=digest, kind=kind, cache=REVALIDATE, vary=("Accept",))

    @app.get(ROOT)
    def landing() -> Response:
        query.only(request.args, ("f",))
        found = current()
        kinds = request.accept_mimetypes
        if request.args.get("f") != "json" and kinds["text/html"] > kinds[JSON]:
            return send(_landing_page(found, address("")), "text/html; charset=utf-8")
        return send(
            {
                "title": found.title,
                "description": "Monuments and ground plans (OGC API - Features)",
                "links": [
                    link("self", "", title="This document"),
                    link("service-desc", "openapi.json", _OPENAPI, "The API's definition"),
                    link("conformance", "conformance", title="Standards kept"),
                    link("data", "collections", title="Collections"),
                ],
            }
        )

    @app.get(f"{ROOT}conformance")
    def conformance() -> Response:
        query.only(request.args, ())
        return send({"conformsTo": _CONFORMS})

    @app.get(f"{ROOT}openapi.json")
    def definition() -> Response:
        query.only(request.args, ())
        found = current()
        return send(openapi(found.title, address(""), tuple(found.collections)), _OPENAPI)

    def collection_of(found: _Current, name: str) -> dict[str, object]:
        path = f"collections/{name}"
        spatial, temporal = found.index.extent(name)
        return {
            "id": name,
            "title": found.titles[name],
            "itemType": "feature",
            "crs": [_CRS84],
            "extent": {
                "spatial": {"bbox": [spatial], "crs": _CRS84},
                "temporal": {"interval": [temporal]},
            },
            "links": [
                link("self", path),
                link("items", f"{path}/items", GEOJSON, found.titles[name]),
            ],
        }

    def known(found: _Current, name: str) -> Path:
        if name not in found.collections:
            raise errors.not_found()
        return found.collections[name]

    @app.get(f"{ROOT}collections")
    def collections() -> Response:
        query.only(request.args, ())
        found = current()
        every = [collection_of(found, name) for name in found.collections]
        return send({"links": [link("self", "collections")], "collections": every})

    @app.get(f"{ROOT}collections/<name>")
    def collection(name: str) -> Response:
        query.only(request.args, ())
        found = current()
        known(found, name)
        return send(collection_of(found, name))

    @app.get(f"{ROOT}collections/<name>/items")
    def items(name: str) -> Response:
        found = current()
        path = known(found, name)
        wanted = query.items_query(request.args)
        matched = _matched(found.index, name, path, wanted)
        page = matched[wanted.offset : wanted.offset + wanted.limit]
        here = f"collections/{name}/items"
        kept = {k: v for k, v in request.args.items() if k in ("bbox", "datetime")}
        links = [link("self", here, GEOJSON, **dict(request.args)), link("collection", f"collections/{name}")]
        after, before = wanted.offset + wanted.limit, max(0, wanted.offset - wanted.limit)
        if after < len(matched):
            links.append(link("next", here, GEOJSON, **kept, limit=wanted.limit, offset=after))
        if wanted.offset:
            links.append(link("prev", here, GEOJSON, **kept, limit=wanted.limit, offset=before))
        head = {
            "type": "FeatureCollection",
            "numberMatched": len(matched),
            "numberReturned": len(page),
            "links": links,
        }
        text = json.dumps(head, ensure_ascii=False)[:-1].encode()
        return send(text + b',"features":[' + b",".join(read_slices(path, page)) + b"]}", GEOJSON)

    @app.get(f"{ROOT}collections/<name>/items/<path:id>")
    def item(name: str, id: str) -> Response:
        query.only(request.args, ())
        found = current()
        path = known(found, name)
        one = found.index.one(name, id)
        if one is None:
            raise errors.not_found()
        (data,) = read_slices(path, [one])
        feature = feature_of(data)
        feature["links"] = [
            link("self", f"collections/{name}/items/{quote(id, safe='')}", GEOJSON),
            link("collection", f"collections/{name}"),
        ]
        return send(feature, GEOJSON)


def _current(releases: Releases) -> _Current:
    """Raises InputError (404) before the first release, and for one of an older version."""
    release = releases.current()
    if release is None:
        raise errors.not_found()
    document = releases.data(release)
    if document is None:
        raise errors.not_found()
    language = errors.choose_language(request, releases.languages(release))
    say = words(language)
    collections = {
        one.id: releases.file(release, one.files[0].path)[0]
        for one in document.sets
        if one.kind in COLLECTIONS
    }
    titles = {name: say[name] for name in collections}
    index = FeatureIndex(releases.file(release, "data/features.sqlite")[0])
    title = spoken(releases.title(release), language, releases.languages(release))
    return _Current(release, index, collections, document, title, titles)


def _matched(index: FeatureIndex, name: str, path: Path, wanted: query.ItemsQuery) -> Sequence[Slice]:
    """The features asked for. Only those whose box crosses the border of what is asked need their shapes read."""
    found = index.within(name, wanted.boxes, wanted.times)
    doubtful = [one for one in found if not one.certain]
    shapes = (feature_of(data)["geometry"] for data in read_slices(path, doubtful))
    missed = {
        one.n
        for one, shape in zip(doubtful, shapes, strict=True)
        if not any(meets(_geometry(shape), box) for box in wanted.boxes)
    }
    return [one for one in found if one.n not in missed] if missed else found


def _geometry(value: Any) -> dict[str, Any]:
    return dict(value)


def _landing_page(found: _Current, address: str) -> bytes:
    language = errors.choose_language(request, tuple(WORDS))
    say = words(language)
    listed = [f"{title}: {name}" for name, title in found.titles.items()]
    page = render_message(language, found.title, [say["api-text"], *listed], command=address)
    return page.encode()
