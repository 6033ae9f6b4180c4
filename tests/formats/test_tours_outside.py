"""What others make of our tours: Google's and the OGC's schemas by libxml2, Voyager's own schemas, the draft's rules."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pykml
import pytest
from hypothesis import given, settings
from jsonschema import Draft7Validator
from lxml import etree
from random_tours import tours
from referencing import Registry, Resource

from heritage.formats.iiif_write import write_iiif
from heritage.formats.kml_write import write_kml
from heritage.formats.svx_write import Svx, write_svx
from heritage.model.exchange import ExchangedTour
from heritage.model.frames import SiteFrame

SOME = settings(max_examples=25, deadline=None)
THERE = SiteFrame(107.578, 16.469, 5.0).ecef_from_site


@pytest.fixture(scope="module")
def kml_schema() -> etree.XMLSchema:
    """kml22gx.xsd (Google) over ogckml22.xsd (OGC), as pykml brings them."""
    return etree.XMLSchema(etree.parse(str(Path(pykml.__file__).parent / "schemas/kml22gx.xsd")))


def _kml(tour: ExchangedTour) -> Any:
    text, _ = write_kml(tour, ecef_from_monument=THERE, geoid_m=-19.0, has_media=True)
    return etree.fromstring(text)


@SOME
@given(tours())
def test_kml_follows_the_schemas(kml_schema: etree.XMLSchema, tour: ExchangedTour) -> None:
    document = _kml(tour)
    assert kml_schema.validate(document), kml_schema.error_log
    ids = document.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {one.lstrip("#") for one in document.xpath("//@targetId")} <= set(ids)


@SOME
@given(tours())
def test_the_schemas_see_a_wrong_order(kml_schema: etree.XMLSchema, tour: ExchangedTour) -> None:
    document = _kml(tour)
    flight = document.find(".//{*}FlyTo")
    flight.append(flight[0])  # the duration, after the view
    assert not kml_schema.validate(document)


@pytest.fixture(scope="module")
def voyager(real_data: Path) -> Draft7Validator:
    """Voyager's schemas (Apache-2.0; source/client/schema/json of Smithsonian/dpo-voyager), kept with the captures."""
    folder = real_data / "tours" / "voyager-schema"
    if not folder.is_dir():
        pytest.skip(f"no schemas of Voyager at {folder}")
    named = {path.name: json.loads(path.read_bytes()) for path in folder.glob("*.schema.json")}
    held = [(schema["$id"], Resource.from_contents(schema)) for schema in named.values()]
    return Draft7Validator(named["document.schema.json"], registry=Registry().with_resources(held))


def _svx(tour: ExchangedTour) -> Svx:
    return write_svx(tour, centre_m=np.array([1.0, 2.0, 3.0]), copyright_notice="(c)", generator="test")


@pytest.mark.real
def test_svx_follows_voyagers_schemas(voyager: Draft7Validator) -> None:
    @SOME
    @given(tours())
    def check(tour: ExchangedTour) -> None:
        document = json.loads(_svx(tour).document)
        assert list(voyager.iter_errors(document)) == []
        document["models"][0]["colour"] = "red"
        assert list(voyager.iter_errors(document)) != []

    check()


@SOME
@given(tours())
def test_svx_refers_to_what_is_there(tour: ExchangedTour) -> None:
    """What Voyager's schemas cannot say (reference: its CVSnapshots, CVTours, CVMeta)."""
    svx = _svx(tour)
    document = json.loads(svx.document)
    setup, meta = document["setups"][0], document["metas"][0]
    snapshots = setup["snapshots"]
    states = {state["id"]: state for state in snapshots["states"]}
    assert [step["id"] for step in setup["tours"][0]["steps"]] == list(states)
    for state in states.values():
        assert len(state["values"]) == len(snapshots["targets"])
        values = dict(zip(snapshots["targets"], state["values"], strict=True))
        article = values["scenes/0/setup/reader/articleId"]
        assert article == "" or article in {one["id"] for one in meta["articles"]}
        assert sum(values[f"model/{k}/visible"] for k in range(len(document["models"]))) == 1
    for one in meta.get("articles", ()):
        assert set(one["uris"].values()) <= set(svx.articles)
    clips = {one["id"] for one in meta.get("audio", ())}
    for action in meta.get("actions", ()):
        assert action["audioId"] in clips
        assert action["triggerDetail"] in states
    for kind in ("camera", "light", "model", "meta"):
        used = [node[kind] for node in document["nodes"] if kind in node]
        assert all(0 <= number < len(document[f"{kind}s"]) for number in used)
    assert document["scenes"][0]["units"] == "m"
    shown = setup.get("language", {"language": "EN"})["language"]
    assert shown in {one.upper() for one in tour.title} or not {"en", "fr", "ar"} & set(tour.title)
    assert 10 <= document["cameras"][0]["perspective"]["yfov"] <= 120  # degrees, as the program reads it


MUST = {
    "Manifest": {"id", "type", "label", "items"},
    "Scene": {"id", "type", "items"},
    "AnnotationPage": {"id", "type", "items"},
    "Annotation": {"id", "type", "target", "motivation"},
    "SpecificResource": {"id", "type", "source"},
    "Model": {"id", "type", "format"},
    "Audio": {"id", "type", "format"},
    "PerspectiveCamera": {"id", "type"},
    "PointSelector": {"type", "x", "y", "z"},
    "TextualBody": {"type", "value", "format", "language"},
    "Quantity": {"type", "quantityValue", "unit"},
    "List": {"type", "items"},
    "Choice": {"type", "items"},
}
ARRAYS = {"items", "annotations", "motivation", "behavior", "selector", "scope", "action", "language"}
OBJECTS = {"body", "target", "source", "lookAt", "spatialScale"}


@SOME
@given(tours())
def test_iiif_follows_the_drafts_rules(tour: ExchangedTour) -> None:
    """The MUSTs of IIIF Presentation 4.0 (draft, model.md of May 2026) for every class we write."""
    text, _ = write_iiif(tour, base="https://example.org/x/", rights=None, statement={"en": "(c)"}, nav=None)
    manifest = json.loads(text)
    assert manifest["@context"] == "http://iiif.io/api/presentation/4/context.json"
    ids, painted = set(), set()
    for one in _objects(manifest):
        kind = one["type"]
        if set(one) == {"id", "type"}:
            continue  # a reference
        assert MUST[kind] <= set(one), kind
        for key, value in one.items():
            assert isinstance(value, list) or key not in ARRAYS, key
            assert isinstance(value, dict) or key not in OBJECTS, key
        if "id" in one:
            assert one["id"].startswith("https://example.org/x/")
            if kind == "Annotation":
                assert one["id"] not in ids
                ids.add(one["id"])
                painted |= {one["id"]} if one["motivation"] == ["painting"] else set()
        if kind == "Scene":
            assert "#" not in one["id"]
    models = {one["id"] for one in _objects(manifest) if one.get("body", {}).get("type") == "Model"}
    for one in _objects(manifest):
        for scope in one.get("scope", ()):
            assert scope["id"] in painted
        if one.get("motivation") == ["activating"]:
            parts = one["body"]["items"]  # as in use case 9 of index.md: a List of annotations to act upon
            assert one["target"]["type"] == "Annotation"
            assert one["target"]["id"] in ids - painted
            assert {part["source"]["id"] for part in parts} == models
            assert {part["source"]["type"] for part in parts} == {"Annotation"}
            assert sorted(part["action"] for part in parts) == [["hide"]] * (len(parts) - 1) + [["show"]]
        if one["type"] in {"List", "Choice"}:
            assert len(one["items"]) > 1


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "type" in value:
            yield value
        for inner in value.values():
            yield from _objects(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _objects(inner)
