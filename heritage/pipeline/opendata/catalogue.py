"""The catalogue of a release's data as JSON-LD: DCAT 3 for data portals, schema.org for search engines.

Addresses are relative to the catalogue itself, as a static copy may lie anywhere; the context is written into
the document, so that nothing is fetched to understand it. https://www.w3.org/TR/vocab-dcat-3/
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from heritage.model.documents import Credit, Rights, Site
from heritage.model.release import DataSet
from heritage.store.feature_index import Box, halves

_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "schema": "https://schema.org/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "locn": "http://www.w3.org/ns/locn#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "geosparql": "http://www.opengis.net/ont/geosparql#",
}
# The European portal's own lists: what data is about, and which formats it names.
_THEMES = "http://publications.europa.eu/resource/authority/data-theme"
_THEME = {
    "@id": f"{_THEMES}/EDUC",
    "@type": "skos:Concept",
    "skos:prefLabel": [{"@language": "en", "@value": "Education, culture and sport"}],
}
_FORMATS = {
    "application/geo+json": "GEOJSON",
    "application/geopackage+sqlite3": "GPKG",
    "application/ld+json": "JSON_LD",
    "text/csv": "CSV",
}
_SPDX = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]*")
_TITLES = {
    "monuments": {"en": "Monuments", "fr": "Monuments", "vi": "Di tích"},
    "footprints": {"en": "Ground plans", "fr": "Emprises au sol", "vi": "Mặt bằng công trình"},
    "annotations": {"en": "Annotations", "fr": "Annotations", "vi": "Ghi chú"},
}


@dataclass(frozen=True)
class Edition:
    """The release that data belongs to, and the day on which it was made (UTC)."""

    release: str
    issued: date


def catalogue(site: Site, sets: Sequence[DataSet], box: Box | None, edition: Edition) -> bytes:
    """The catalogue; ``box`` is west, south, east, north of everything, degrees (west above east where it crosses the
    antimeridian)."""
    whose = _whose(site.rights, site.credits)
    graph = {
        "@context": _CONTEXT,
        "@id": "./",
        "@type": ["dcat:Catalog", "schema:DataCatalog"],
        **_both("title", "name", _in_languages(site.title)),
        **_both("description", "description", _in_languages(site.description or site.title)),
        "dct:language": [_thing(_language(tag), "dct:LinguisticSystem") for tag in site.languages],
        "schema:inLanguage": list(site.languages),
        **whose,
        **_where(box),
        **_issued(edition),
        "dct:modified": _day(edition.issued.isoformat()),
        "dcat:themeTaxonomy": {
            "@id": _THEMES,
            "@type": "skos:ConceptScheme",
            "dct:title": [{"@language": "en", "@value": "Data theme"}],
        },
        "dcat:dataset": [_dataset(site, one, box, edition) for one in sets],
        # The same sets once more: a search engine follows schema.org's words, a data portal DCAT's.
        "schema:dataset": [{"@id": f"#{one.id}"} for one in sets],
    }
    return json.dumps(graph, ensure_ascii=False, indent=1).encode()


def _dataset(site: Site, one: DataSet, box: Box | None, edition: Edition) -> dict[str, object]:
    title: Mapping[str, str] = _TITLES.get(one.kind, {}) or {
        language: f"{words}: {_best(one.subtitle, language) or one.id.rpartition('/')[2]}"
        for language, words in one.title.items()
    }
    named = _in_languages({k: f"{v} – {_best(site.title, k)}" for k, v in title.items()})
    files = [
        {
            "@id": f"#{one.id}/{file.path.rpartition('/')[2]}",
            "@type": ["dcat:Distribution", "schema:DataDownload"],
            "dcat:downloadURL": {"@id": _relative(file.path)},
            "dcat:accessURL": {"@id": _relative(file.path)},
            "schema:contentUrl": _relative(file.path),
            "dct:description": named,
            "dcat:mediaType": _thing(
                f"https://www.iana.org/assignments/media-types/{file.type}", "dct:MediaType"
            ),
            **_format(file.type),
            "schema:encodingFormat": file.type,
            "dcat:byteSize": {"@value": str(file.bytes), "@type": "xsd:nonNegativeInteger"},
            "schema:contentSize": f"{file.bytes} B",
            "dct:license": _licence(one.rights),
            **_issued(edition),
        }
        for file in one.files
    ]
    return {
        "@id": f"#{one.id}",
        "@type": ["dcat:Dataset", "schema:Dataset"],
        "dct:identifier": one.id,
        **_both("title", "name", _in_languages(title)),
        **_both("description", "description", named),
        "schema:identifier": one.id,
        "schema:isAccessibleForFree": True,
        "schema:includedInDataCatalog": {"@id": "./"},
        **_whose(one.rights, one.credits),
        **_where(box),
        **_issued(edition),
        **_when(one.days),
        "dcat:version": edition.release,
        "schema:version": edition.release,
        "dcat:theme": _THEME,
        "dcat:distribution": files,
        "schema:distribution": [{"@id": file["@id"]} for file in files],
    }


def _day(text: str) -> dict[str, str]:
    return {"@value": text, "@type": "xsd:date"}


def _issued(edition: Edition) -> dict[str, object]:
    day = edition.issued.isoformat()
    return {"dct:issued": _day(day), "schema:datePublished": day}


def _format(media_type: str) -> dict[str, object]:
    name = _FORMATS.get(media_type)
    address = f"http://publications.europa.eu/resource/authority/file-type/{name}"
    return {"dct:format": _thing(address, "dct:MediaTypeOrExtent")} if name else {}


def _when(days: tuple[str | None, str | None] | None) -> dict[str, object]:
    """The time that data tells of; schema.org writes an open end as two dots."""
    if days is None:
        return {}
    first, last = days
    period: dict[str, object] = {"@type": "dct:PeriodOfTime"}
    if first:
        period["dcat:startDate"] = _day(first)
    if last:
        period["dcat:endDate"] = _day(last)
    whole = first if first == last else f"{first or '..'}/{last or '..'}"
    return {"dct:temporal": period, "schema:temporalCoverage": whole}


def _relative(path: str) -> str:
    """A path of the release as seen from ``data/``."""
    return path.removeprefix("data/") if path.startswith("data/") else f"../{path}"


def _both(dct: str, schema: str, value: object) -> dict[str, object]:
    return {f"dct:{dct}": value, f"schema:{schema}": value}


def _in_languages(words: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"@language": language, "@value": text} for language, text in words.items()]


def _thing(address: str, kind: str) -> dict[str, str]:
    """What has an address elsewhere, with the kind that DCAT wants it to be."""
    return {"@id": address, "@type": kind}


def _best(words: Mapping[str, str], language: str) -> str:
    return words.get(language) or next(iter(words.values()), "")


def _language(tag: str) -> str:
    """The address by which DCAT wants a language named: the Library of Congress's, of ISO 639-1 or 639-2."""
    code = tag.partition("-")[0]
    return f"http://id.loc.gov/vocabulary/iso639-{1 if len(code) == 2 else 2}/{code}"


def _licence(rights: Rights) -> object:
    """An address where there is one: the curators', or SPDX's for an SPDX name. Else the words."""
    if rights.url:
        return _thing(rights.url, "dct:LicenseDocument")
    if _SPDX.fullmatch(rights.licence):
        return _thing(f"https://spdx.org/licenses/{rights.licence}", "dct:LicenseDocument")
    return {"@type": "dct:LicenseDocument", "dct:title": rights.licence}


def _whose(rights: Rights, credits: Sequence[Credit]) -> dict[str, object]:
    licence = _licence(rights)
    found: dict[str, object] = {"dct:license": licence, "schema:license": licence}
    if rights.holder:
        agent = {"@type": ["foaf:Agent", "schema:Organization"], "foaf:name": rights.holder}
        agent["schema:name"] = rights.holder
        found |= {"dct:publisher": agent, "dct:rightsHolder": agent, "schema:copyrightHolder": agent}
    if credits:
        found["dct:contributor"] = [
            {
                "@type": "foaf:Agent",
                "foaf:name": credit.name,
                "dct:description": credit.role,
                **({"foaf:page": {"@id": credit.url}} if credit.url else {}),
            }
            for credit in credits
        ]
        found["schema:creditText"] = "; ".join(f"{credit.name} ({credit.role})" for credit in credits)
    return found


def _where(box: Box | None) -> dict[str, object]:
    """The place on the globe, for both vocabularies; schema.org names a corner latitude first."""
    if box is None:
        return {}
    west, south, east, north = box
    rings = [f"(({w} {s}, {e} {s}, {e} {n}, {w} {n}, {w} {s}))" for w, s, e, n in halves(box)]
    text = f"POLYGON{rings[0]}" if len(rings) == 1 else f"MULTIPOLYGON({', '.join(rings)})"
    wkt = {"@value": text, "@type": "geosparql:wktLiteral"}
    shape = {"@type": "schema:GeoShape", "schema:box": f"{south} {west} {north} {east}"}
    return {
        "dct:spatial": {"@type": "dct:Location", "dcat:bbox": wkt},
        "schema:spatialCoverage": {"@type": "schema:Place", "schema:geo": shape},
    }
