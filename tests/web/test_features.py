"""OGC API - Features: against the standard's requirements, brute force, and GDAL as a client from outside."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyshacl
import pytest
import rdflib
import shapely
from flask.testing import FlaskClient
from geojson_pydantic import FeatureCollection
from open_data import HOUSES, RELEASE, plans, publish_data
from small_release import client_of

SHAPES = Path(__file__).with_name("dcat_ap.ttl")


@pytest.fixture(scope="module")
def data_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("features")
    publish_data(root, root)
    return root


@pytest.fixture
def api(data_site: Path) -> FlaskClient:
    return client_of(data_site)


_SERVE = """
import sys
from pathlib import Path
from heritage.web.server import serve
with serve(Path(sys.argv[1]), "127.0.0.1", 0) as server:
    print(server.url, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def address(data_site: Path) -> Iterator[str]:
    """The site served by a process of its own: GDAL holds the interpreter while it waits for an answer."""
    command = [sys.executable, "-c", _SERVE, str(data_site)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        yield server.stdout.readline().strip()
        server.stdin.close()


def answer(client: FlaskClient, path: str, status: int = 200) -> Any:
    response = client.get(f"/api/{path}")
    assert response.status_code == status, response.text
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    return json.loads(response.data)


def test_the_way_from_the_landing_page_to_a_feature(api: FlaskClient) -> None:
    links = {link["rel"]: link["href"] for link in answer(api, "")["links"]}

    assert set(links) >= {"self", "service-desc", "conformance", "data"}
    assert any("ogcapi-features-1/1.0/conf/core" in c for c in answer(api, "conformance")["conformsTo"])
    assert answer(api, "openapi.json")["openapi"].startswith("3.0")
    listed = answer(api, "collections")["collections"]
    assert [c["id"] for c in listed] == ["monuments", "footprints"]
    assert listed[0]["extent"]["temporal"]["interval"] == [["1833-01-01T00:00:00Z", "1833-12-31T23:59:59Z"]]
    west, south, east, north = listed[1]["extent"]["spatial"]["bbox"][0]
    assert 107.56 < west < east < 107.6
    assert 16.45 < south < north < 16.49
    one = answer(api, "collections/footprints/items/7")
    assert (one["id"], one["properties"]["name"], one["properties"]["monument"]) == ("7", "Nhà 7", "gate")
    assert {link["rel"] for link in one["links"]} == {"self", "collection"}


def test_pages_give_every_feature_once(api: FlaskClient) -> None:
    path, seen = "collections/footprints/items?limit=70", []
    while path:
        page = answer(api, path)
        assert page["numberMatched"] == HOUSES
        assert page["numberReturned"] == len(page["features"]) <= 70
        seen += [feature["id"] for feature in page["features"]]
        following = [link["href"] for link in page["links"] if link["rel"] == "next"]
        path = following[0].partition("/api/")[2] if following else ""

    assert seen == [str(k) for k in range(HOUSES)]


def test_a_box_gives_what_meets_it_and_nothing_else(api: FlaskClient) -> None:
    rng = np.random.default_rng(4)
    near_misses = 0
    for _ in range(40):
        west, south = rng.uniform([107.569, 16.459], [107.59, 16.48])
        east, north = west + rng.uniform(0, 0.003), south + rng.uniform(0, 0.003)
        asked = shapely.box(west, south, east, north)
        page = answer(api, f"collections/footprints/items?limit=1000&bbox={west},{south},{east},{north}")
        expected = {str(k) for k, p in enumerate(plans()) if p.distance(asked) < 1e-9}
        near_misses += sum(shapely.box(*p.bounds).intersects(asked) for p in plans()) - len(expected)
        assert {f["id"] for f in page["features"]} == expected
    assert near_misses > 10, "boxes alone would have been wrong"


def test_a_box_across_the_antimeridian_and_one_with_heights(api: FlaskClient) -> None:
    assert answer(api, "collections/footprints/items?bbox=170,-20,-170,20")["numberMatched"] == 0
    assert answer(api, "collections/footprints/items?bbox=107,16,-170,17")["numberMatched"] == HOUSES
    assert answer(api, "collections/footprints/items?bbox=107,16,-50,108,17,900")["numberMatched"] == HOUSES


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("1833-07-01T00:00:00Z", ["gate", "hall"]),
        ("1834-01-01/..", ["hall"]),
        ("../1832-12-31", ["hall"]),
        ("1800-01-01/1850-01-01", ["gate", "hall"]),
        ("1833-12-31T23:59:60Z", ["gate", "hall"]),
        ("0000-02-29/1833-01-01t00:00:00.5%2b07:00", ["gate", "hall"]),
        ("1832-02-29T00:00:00-00:00", ["hall"]),
    ],
)
def test_times_choose_and_what_has_none_stays(api: FlaskClient, asked: str, found: list[str]) -> None:
    page = answer(api, f"collections/monuments/items?datetime={asked}")

    assert [f["id"] for f in page["features"]] == found


@pytest.mark.parametrize(
    "wrong",
    [
        "bbox=1,2,3", "bbox=a,b,c,d", "bbox=0,9,1,8", "bbox=nan,0,1,1", "bbox=1_0,0,20,1", "bbox=0,0,1,",
        "limit=0", "limit=-1", "limit=x", "limit=1&limit=2",
        "datetime=1833", "datetime=2000-01-01/1999-01-01", "datetime=../../..", "datetime=2020-02-31", "datetime=2021-02-29",
        "datetime=1900-02-29/..", "datetime=2020-00-01", "datetime=2020-02-31T99:99:99Z", "datetime=2020-02-01T24:00:00Z",
        "datetime=2020-02-01T00:60:00Z", "datetime=2020-02-01T00:00:61Z", "datetime=2020-02-01T00:00:00%2b24:00",
        "datetime=2020-02-01T00:00:00-07:60", "datetime=٢٠٢٠-٠٢-٠١", "datetime=../2020-02-31", "datetime=..",
        "colour=red", "offset=-1", "bbox-crs=x",
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused(api: FlaskClient, wrong: str) -> None:
    assert answer(api, f"collections/footprints/items?{wrong}", 400)["error"]["code"] == "query-invalid"


def test_too_large_a_limit_and_unknown_names(api: FlaskClient) -> None:
    assert answer(api, "collections/footprints/items?limit=999999")["numberReturned"] == HOUSES
    answer(api, "collections/nothing", 404)
    answer(api, "collections/footprints/items/nothing", 404)


def test_the_files_for_download(api: FlaskClient) -> None:
    first = api.get("/data/footprints.geojson")
    assert (first.status_code, first.headers["Location"]) == (302, f"/r/{RELEASE}/data/footprints.geojson")
    response = api.get(first.headers["Location"])
    assert response.headers["Content-Type"] == "application/geo+json"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in api.get(f"/r/{RELEASE}/release.json").headers
    assert api.get("/data/../release.json").status_code == 404

    layer = FeatureCollection.model_validate_json(response.data)
    assert len(layer.features) == HOUSES
    assert {f.properties["licence"] for f in layer.features} == {"ODbL-1.0"}
    drawn = shapely.geometry.shape(layer.features[3].geometry.model_dump())
    assert drawn.exterior.is_ccw
    assert drawn.symmetric_difference(plans()[3]).area < plans()[3].area * 1e-3


def test_the_geopackage_in_gdal(data_site: Path) -> None:
    path = data_site / ".heritage" / "releases" / RELEASE / "data" / "heritage.gpkg"

    assert path.read_bytes()[60:64] == (10_200).to_bytes(4, "big"), "SQLite's user_version: GeoPackage 1.2"
    assert sorted(pyogrio.list_layers(path)[:, 0]) == ["footprints", "monuments"]
    plan = pyogrio.read_dataframe(path, layer="footprints")
    assert (len(plan), plan.crs.to_epsg(), plan["rights_holder"][0]) == (
        HOUSES,
        4326,
        "© OpenStreetMap contributors",
    )
    points = pyogrio.read_dataframe(path, layer="monuments")
    assert (points.crs.to_epsg(), list(points["id"])) == (32648, ["gate", "hall"]), (
        "what has no place is left out"
    )
    assert list(points["licence"]) == ["CC-BY-4.0", "Words"]


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")
def test_the_catalogue_is_linked_data(data_site: Path) -> None:
    folder = data_site / ".heritage" / "releases" / RELEASE / "data"
    graph = rdflib.Graph().parse(
        folder / "catalogue.jsonld", format="json-ld", publicID="https://host/r/1/data/"
    )
    asked = """
        PREFIX dcat: <http://www.w3.org/ns/dcat#> PREFIX dct: <http://purl.org/dc/terms/>
        SELECT ?id ?licence ?url ?bytes WHERE {
          ?catalogue a dcat:Catalog; dcat:dataset ?set. ?set a dcat:Dataset; dct:identifier ?id; dct:title ?title;
            dct:license ?licence; dcat:distribution ?file. ?file dcat:downloadURL ?url; dcat:byteSize ?bytes
          FILTER (lang(?title) = "vi") }"""

    rows = {(str(r.id), str(r.licence), str(r.url), int(r.bytes)) for r in graph.query(asked)}

    footprints = "https://host/r/1/data/footprints.geojson"
    size = (folder / "footprints.geojson").stat().st_size
    assert ("footprints", "https://spdx.org/licenses/ODbL-1.0", footprints, size) in rows
    assert {row[0] for row in rows} == {"monuments", "footprints"}
    page = (folder / "index.html").read_text(encoding="utf-8")
    linked = page.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    assert json.loads(linked)["@id"] == "./", "a holder's name with a tag in it does not end the script"


def against_dcat_ap(graph: rdflib.Graph) -> str:
    """What the shapes find wrong; empty where nothing is."""
    conforms, _, text = pyshacl.validate(graph, shacl_graph=str(SHAPES), shacl_graph_format="turtle")
    return "" if conforms else text


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_catalogue_has_what_dcat_ap_demands(data_site: Path) -> None:
    path = data_site / ".heritage" / "releases" / RELEASE / "data" / "catalogue.jsonld"
    graph = rdflib.Graph().parse(path, format="json-ld", publicID="https://host/r/1/data/")
    dcat, dct = rdflib.DCAT, rdflib.DCTERMS

    assert against_dcat_ap(graph) == ""
    assert set(graph.subjects(rdflib.RDF.type, dcat.Distribution))
    assert rdflib.URIRef("http://id.loc.gov/vocabulary/iso639-1/vi") in set(graph.objects(None, dct.language))
    assert {str(day) for day in graph.objects(None, dct.issued)} == {"2026-11-28"}
    # One monument has a year, one words for a time and none that can be worked out.
    (period,) = graph.objects(None, dct.temporal)
    assert str(graph.value(period, dcat.startDate)) == "1833-01-01"
    assert str(graph.value(period, dcat.endDate)) == "1833-12-31"

    # The shapes see what is missing, and what is text where a thing is wanted.
    somewhere = rdflib.URIRef("https://host/r/1/data/#footprints")
    for wrong in (
        lambda g: g.remove((None, dcat.accessURL, None)),
        lambda g: g.remove((None, rdflib.FOAF.name, None)),
        lambda g: g.remove((somewhere, dct.title, None)),
        lambda g: g.add((somewhere, dcat.theme, rdflib.Literal("culture"))),
        lambda g: g.add((somewhere, dct.issued, rdflib.Literal("yesterday"))),
    ):
        spoilt = rdflib.Graph() + graph
        wrong(spoilt)
        assert against_dcat_ap(spoilt)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_server_adds_its_api_to_the_catalogue_as_a_service(api: FlaskClient) -> None:
    response = api.get("/data/catalogue.jsonld")
    assert (response.status_code, response.content_type) == (200, "application/ld+json")
    assert response.headers["Cache-Control"] == "no-cache"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    # Its addresses hold without knowing where it came from.
    graph = rdflib.Graph().parse(data=response.data, format="json-ld")
    dcat = rdflib.DCAT

    assert against_dcat_ap(graph) == ""
    (service,) = graph.subjects(rdflib.RDF.type, dcat.DataService)
    assert str(service) == "http://localhost/api/"
    assert answer(api, "")["links"][0]["href"] == str(graph.value(service, dcat.endpointURL))
    described = str(graph.value(service, dcat.endpointDescription))
    assert json.loads(api.get(described).data)["openapi"].startswith("3.0")
    served = {
        str(graph.value(one, rdflib.DCTERMS.identifier)) for one in graph.objects(service, dcat.servesDataset)
    }
    assert served == {c["id"] for c in answer(api, "collections")["collections"]}
    for url in graph.objects(None, dcat.downloadURL):
        assert api.get(str(url)).status_code == 200, url


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")
def test_search_engines_reach_every_file_by_the_words_of_schema_org(data_site: Path) -> None:
    path = data_site / ".heritage" / "releases" / RELEASE / "data" / "catalogue.jsonld"
    graph = rdflib.Graph().parse(path, format="json-ld", publicID="https://host/r/1/data/")
    asked = """
        PREFIX schema: <https://schema.org/>
        SELECT ?id ?url ?licence ?box WHERE {
          ?catalogue a schema:DataCatalog; schema:dataset ?set. ?set a schema:Dataset; schema:identifier ?id;
            schema:name ?name; schema:description ?about; schema:license ?licence; schema:distribution ?file;
            schema:includedInDataCatalog ?catalogue; schema:spatialCoverage/schema:geo/schema:box ?box.
          ?file a schema:DataDownload; schema:contentUrl ?url; schema:encodingFormat ?type
          FILTER (lang(?name) = "en" && lang(?about) = "en") }"""

    rows = {(str(r.id), str(r.url).rpartition("/")[2]) for r in graph.query(asked)}

    assert rows == {
        ("monuments", "monuments.geojson"),
        ("monuments", "heritage.gpkg"),
        ("footprints", "footprints.geojson"),
        ("footprints", "heritage.gpkg"),
    }
    south, west, north, east = map(float, str(next(iter(graph.query(asked))).box).split())
    assert 16.4 < south < north < 16.5
    assert 107.5 < west < east < 107.6


def test_the_page_comes_in_the_visitors_language(api: FlaskClient) -> None:
    def page(asked: str, query: str = "") -> str:
        first = api.get(f"/data/{query}", headers={"Accept-Language": asked})
        assert (first.status_code, first.headers["Vary"]) == (302, "Accept-Language")
        return api.get(first.headers["Location"]).text

    assert '<html lang="vi"' in page("vi-VN,vi;q=0.9")
    assert "<h1>Dữ liệu mở</h1>" in page("ja"), (
        "the site's first language where it does not have the visitor's"
    )
    english = page("vi", "?lang=en")
    assert "<h1>Open data</h1>" in english
    assert f"{HOUSES} features." in english
    assert 'hreflang="vi" href="vi.html"' in english
    assert "ODbL-1.0" in english
    assert "© © OpenStreetMap" not in english


def test_gdal_opens_the_site_as_a_layer(address: str) -> None:
    source = f"OAPIF:{address}api/"

    assert sorted(pyogrio.list_layers(source)[:, 0]) == ["footprints", "monuments"]
    whole = pyogrio.read_dataframe(source, layer="footprints")
    assert (len(whole), whole.crs.to_epsg()) == (HOUSES, 4326)
    box = (107.575, 16.465, 107.58, 16.47)
    part = pyogrio.read_dataframe(source, layer="footprints", bbox=box)
    assert sorted(part["name"]) == sorted(
        f"Nhà {k}" for k, p in enumerate(plans()) if p.intersects(shapely.box(*box))
    )
    placed = pyogrio.read_dataframe(source, layer="monuments")
    assert list(placed["title_vi"]) == ["Ngọ Môn", "Ngọ Môn"]
    # A type in words of every language, or in the same for all.
    for column, kinds in {
        "type": ["gate", "điện"],
        "type_vi": ["gate", "điện"],
        "type_en": ["gate", "hall"],
    }.items():
        assert list(placed[column]) == kinds
