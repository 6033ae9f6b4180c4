"""What is drawn and mapped on the built sample, against its known sizes and changes."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pyogrio
import pyproj
import pytest
import rdflib
import shapely

from heritage.export.condition import export_condition_report
from heritage.export.current import current_folder, released_monument
from heritage.model.errors import InputError
from heritage.model.release import AnnotationEntry
from heritage.ops.viewing.section import level
from heritage.pipeline.drawings.elevation import condition_of, drawn_elevation, sheet_for
from heritage.pipeline.drawings.section import profile_of
from heritage.pipeline.drawings.sides import stand_of

pytestmark = pytest.mark.slow

OA = rdflib.Namespace("http://www.w3.org/ns/oa#")
# What the W3C's context says of the words that are used here (Web Annotation Vocabulary, 2017).
WEB_ANNOTATION = {
    "oa": str(OA),
    "id": "@id",
    "type": "@type",
    **{name: f"oa:{name}" for name in ("Annotation", "TextualBody", "SpecificResource")},
    "AnnotationPage": "http://www.w3.org/ns/activitystreams#OrderedCollectionPage",
    "items": {"@id": "http://www.w3.org/ns/activitystreams#items", "@container": "@list"},
    "body": {"@id": "oa:hasBody", "@type": "@id"},
    "target": {"@id": "oa:hasTarget", "@type": "@id"},
    "source": {"@id": "oa:hasSource", "@type": "@id"},
    "selector": {"@id": "oa:hasSelector", "@type": "@id"},
    "motivation": {"@id": "oa:motivatedBy", "@type": "@vocab"},
    "purpose": {"@id": "oa:hasPurpose", "@type": "@vocab"},
    **{name: f"oa:{name}" for name in ("identifying", "describing", "classifying", "tagging")},
    "value": str(rdflib.RDF.value),
    "language": str(rdflib.DC.language),
    "format": str(rdflib.DC.format),
}
GATE_WIDE_M, GATE_DEEP_M = 20.0, 12.5  # the podium's brick, see heritage/sample/gate.py


@pytest.fixture(scope="module")
def notes(site: Path) -> dict[str, AnnotationEntry]:
    return {a.id: a for a in released_monument(site, "thai-hoa")[1].annotations}


def test_the_gate_is_as_wide_in_its_elevation_as_it_was_built(site: Path) -> None:
    folder, gate = released_monument(site, "ngo-mon")
    stand = stand_of(folder, gate)
    side = stand.side("south-east")  # its front
    sheet = sheet_for(gate, stand, side, 0.02)
    depth = drawn_elevation(folder, condition_of(gate, "2022"), sheet).depth()
    rows = sheet.pixels(np.array([[0, 0, 2.0], [0, 0, 4.0]]))[:, 1].astype(int)
    shown = np.isfinite(depth[rows[1] : rows[0]])
    wide = (shown.shape[1] - shown[:, ::-1].argmax(1) - shown.argmax(1)) * 0.02

    # A pixel of 20 mm on each side; the survey's noise at the corners is a few millimetres.
    assert np.median(wide) == pytest.approx(GATE_WIDE_M, abs=0.05)
    with pytest.raises(InputError, match="lies between two façades"):
        stand.side("south")


def test_the_gate_is_as_wide_and_deep_in_a_level_section(site: Path) -> None:
    folder, gate = released_monument(site, "ngo-mon")
    profile = profile_of(folder, gate, condition_of(gate, "2022"), level(3.0))
    x, y = np.concatenate(profile.lines).T
    flank, wing = (np.abs(y) < 2) & (np.abs(x) > 9), (x > 5) & (x < 9.5)
    sides = [np.median(x[flank & (x < 0)]), np.median(x[flank & (x > 0)])]
    ends = [np.median(y[wing & (np.abs(y - at) < 0.2)]) for at in (-9.0, 3.5)]

    assert np.ptp(sides) == pytest.approx(GATE_WIDE_M, abs=0.02)
    assert np.ptp(ends) == pytest.approx(GATE_DEEP_M, abs=0.02)


def test_the_section_of_a_stop_shows_the_ridge_that_is_gone_to_scale(site: Path) -> None:
    """Across y through the ridge: a stretch of it, about x = 1.7 m, was taken away after 2019."""
    folder = current_folder(site)
    tour = json.loads((folder / "tours/hoang-thanh/tour.json").read_bytes())
    section = next(stop["section"] for stop in tour["stops"] if stop["id"] == "then-and-now")
    tops = []
    for language, picture in section["pictures"].items():
        page = (folder / "tours/hoang-thanh" / f"{language}.html").read_text("utf-8")
        assert re.search(rf'<img src="../../{re.escape(picture)}" alt="[^"]*2019[^"]*2024', page)
        root = ElementTree.fromstring((folder / picture).read_bytes())
        text = "".join(root.itertext())
        scale = int(re.search(r"1 : (\d+)", text)[1])
        old, new = (_millimetres(way) for way in root.findall("{*}path")[:2])
        corner = np.minimum(old.min(0), new.min(0))  # the left end and the highest point
        middle = (old.max(0)[0] + corner[0]) / 2
        near = [line[np.abs((line[:, 0] - middle) * scale / 1000 - 1.7) < 0.15, 1] for line in (old, new)]
        tops.append((near[1].min() - near[0].min()) * scale / 1000)
    assert len(tops) == 3
    assert np.ptp(tops) < 1e-9
    assert 0.3 < tops[0] < 1.0


def _millimetres(way: ElementTree.Element) -> np.ndarray:
    return np.array([[float(v) for v in p.split()] for p in re.split(r"[ML]", way.attrib["d"]) if p.strip()])


def test_areas_and_lines_are_measured_on_the_surface(notes: dict[str, AnnotationEntry]) -> None:
    assert notes["plaster"].area_m2 == pytest.approx(3.4 * 2.1, rel=0.01)
    assert notes["moss-right"].area_m2 == pytest.approx(1.59, rel=0.01)
    assert notes["edge"].length_m == pytest.approx(4.7, rel=0.01)
    # A spalled face has more surface than the outline has on paper, 1.955 square metres.
    assert 1.955 < (notes["spall"].area_m2 or 0) < 1.955 * 1.06


def test_what_changed_is_for_review_and_the_rest_is_carried(notes: dict[str, AnnotationEntry]) -> None:
    verdicts = {id: {c.epoch: c.verdict for c in note.carried} for id, note in notes.items() if note.carried}

    assert verdicts == {
        "gourd": {"2024": "review"},
        "moss-left": {"2024": "review"},
        "moss-right": {"2024": "carried"},
        "edge": {"2024": "carried"},
    }


def test_the_condition_report_is_there_in_every_language_and_whole_in_one_file(
    site: Path, tmp_path: Path
) -> None:
    _, hall = released_monument(site, "thai-hoa")
    folder = current_folder(site)
    (comparison,) = hall.comparisons
    assert list(comparison.reports) == ["vi", "en", "fr"]
    for page in comparison.reports.values():
        text = (folder / page).read_text("utf-8")
        for path in re.findall(r' (?:src|href)="([^"#:]+)"', text):
            assert (folder / page).parent.joinpath(path).exists(), path
    made = export_condition_report(
        site, "thai-hoa", "2019", "2024", language="fr", target=tmp_path / "report.html"
    )
    text = made.read_text("utf-8")
    assert "Constat d’état" in text
    assert not re.findall(r' (?:src|href)="(?!data:|#)[^"]*"', text)
    with pytest.raises(InputError, match="exchange the two"):
        export_condition_report(site, "thai-hoa", "2024", "2019", language=None, target=tmp_path / "x.html")


def test_other_readers_find_the_annotations_where_they_are(site: Path) -> None:
    """GDAL opens the GeoJSON; its places are those of the local shapes through the tilesets' own transform and PROJ."""
    folder = current_folder(site)
    table = pyogrio.read_dataframe(folder / "data/annotations.geojson")
    rows = list(csv.DictReader(io.StringIO((folder / "data/annotations.csv").read_text("utf-8-sig"))))
    assert len(table) == len(rows) == 11
    assert table.crs.to_epsg() == 4326  # as RFC 7946 has it; heights are ellipsoidal
    back = pyproj.Transformer.from_crs(4978, 4979, always_xy=True)
    for one in table.itertuples():
        tileset = json.loads(
            next(folder.glob(f"monuments/{one.monument}/epochs/*/tileset.json")).read_bytes()
        )
        ecef_from_monument = np.array(tileset["root"]["transform"]).reshape(4, 4).T
        local = shapely.get_coordinates(shapely.from_wkt(one.local_m), include_z=True)
        ecef = (np.c_[local, np.ones(len(local))] @ ecef_from_monument.T)[:, :3]
        expected = np.array(back.transform(*ecef.T)).T
        found = shapely.get_coordinates(one.geometry, include_z=True)
        assert len(found) == len(local)
        assert np.abs((found - expected) * [107_000, 111_000, 1]).max() < 0.02
        row = next(r for r in rows if (r["monument"], r["id"]) == (one.monument, one.id.split("/")[1]))
        assert row["area_m2"] == ("" if np.isnan(one.area_m2) else str(one.area_m2))


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")
def test_annotations_are_web_annotations_to_a_reader_of_linked_data(site: Path) -> None:
    """Read by rdflib with the terms of the W3C's vocabulary; its context document is not fetched."""
    text = json.loads((current_folder(site) / "data/annotations.jsonld").read_bytes())
    assert text["@context"][0] == "http://www.w3.org/ns/anno.jsonld"
    text["@context"] = [WEB_ANNOTATION, *text["@context"][1:]]
    address = "https://host/r/1/data/annotations.jsonld"
    graph = rdflib.Graph().parse(data=json.dumps(text), format="json-ld", publicID=address)
    found = set(graph.subjects(rdflib.RDF.type, OA.Annotation))
    assert len(found) == 11
    for one in found:
        assert graph.value(one, OA.motivatedBy) in {OA.classifying, OA.describing}
        (target,) = graph.objects(one, OA.hasTarget)
        assert str(graph.value(target, OA.hasSource)).startswith("https://host/r/1/monuments/")
        shape = graph.value(graph.value(target, OA.hasSelector), rdflib.RDF.value)
        assert shapely.from_wkt(str(shape)).has_z  # upright areas are none in plan, so validity says nothing
        bodies = list(graph.objects(one, OA.hasBody))
        titles = [b for b in bodies if (b, OA.hasPurpose, OA.identifying) in graph]
        assert {str(graph.value(b, rdflib.DC.language)) for b in titles} == {"vi", "en", "fr"}
    spall = rdflib.URIRef(f"{address}#thai-hoa/spall")
    tags = {
        str(graph.value(body, rdflib.RDF.value))
        for body in graph.objects(spall, OA.hasBody)
        if (body, OA.hasPurpose, OA.tagging) in graph
    }
    assert tags == {"Bong mặt đá", "Spalling", "Écaillage"}


def test_annotations_are_open_data(site: Path) -> None:
    folder = current_folder(site)
    rows = list(csv.DictReader(io.StringIO((folder / "data/annotations.csv").read_text("utf-8-sig"))))
    assert {row["id"] for row in rows if row["monument"] == "thai-hoa"} >= {"plaster", "moss-left", "edge"}
