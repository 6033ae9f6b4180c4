"""The catalogue of the current release's data where a server stands behind it: with the service that a static copy lacks.

The file of the release says what can be downloaded, in addresses relative to itself. Here they are given their base,
and the OGC API is added as a DCAT data service that serves the sets which it has as collections.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

from heritage.model.release import DataDocument
from heritage.web import errors
from heritage.web.features import COLLECTIONS, CORE, ROOT
from heritage.web.files import REVALIDATE, send_bytes
from heritage.web.releases import Releases

KIND = "application/ld+json"


def register(app: Flask, releases: Releases, public_url: str | None) -> None:
    """Add ``/data/catalogue.jsonld``. ``public_url`` begins its addresses where a proxy stands before the server."""

    @app.get("/data/catalogue.jsonld")
    def catalogue() -> Response:
        """An address to keep: data portals come back to it for every release."""
        current = releases.current()
        document = releases.data(current) if current else None
        if current is None or document is None:
            raise errors.not_found()
        path, _, _ = releases.file(current, document.catalogue.path)
        root = (public_url or request.url_root).rstrip("/")
        data = json.dumps(with_service(path, document, root, current), ensure_ascii=False).encode()
        digest = hashlib.sha256(data).hexdigest()
        return send_bytes(request, data, digest=digest, kind=KIND, cache=REVALIDATE)


def with_service(path: Path, document: DataDocument, root: str, release: str) -> dict[str, Any]:
    """The catalogue at ``path`` with the base ``root`` gives it, and the service that ``root`` answers with."""
    found: dict[str, Any] = json.loads(path.read_bytes())
    api = f"{root}{ROOT}"
    served = [one.id for one in document.sets if one.kind in COLLECTIONS]
    found["@context"]["@base"] = f"{root}/r/{release}/data/"
    if served:
        found["dcat:service"] = {
            "@id": api,
            "@type": ["dcat:DataService", "schema:WebAPI"],
            "dct:title": [
                {**title, "@value": f"{title['@value']} (OGC API - Features)"} for title in found["dct:title"]
            ],
            "dct:conformsTo": {"@id": CORE, "@type": "dct:Standard"},
            "dcat:endpointURL": {"@id": api},
            "dcat:endpointDescription": {"@id": f"{api}openapi.json"},
            "dcat:servesDataset": [{"@id": f"#{id}"} for id in served],
            "schema:documentation": f"{api}openapi.json",
            # Terms are those of each data set: they differ.
            **({"dct:publisher": found["dct:publisher"]} if "dct:publisher" in found else {}),
        }
    return found
