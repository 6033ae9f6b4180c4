"""Hygiene of footprints: each fault planted into a town of plans, and the layers of Hue and Delft as they are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyproj
import pytest
import shapely
from click.testing import CliRunner
from geojson_pydantic import FeatureCollection

from heritage.cli.main import cli
from heritage.formats.vector import Footprint, FootprintTable, read_footprints
from heritage.model.documents import Footprints
from heritage.model.errors import Problem
from heritage.pipeline.check.footprints import plan_problems
from heritage.pipeline.check.repairs import footprint_repairs
from heritage.text.site import load_site

UTM = pyproj.CRS("EPSG:32648")
DEGREES = pyproj.CRS("EPSG:4326")


def town(crs: pyproj.CRS = UTM) -> list[shapely.Polygon]:
    """Thirty houses on a grid in Hue."""
    corners = [(x, y) for x in range(775_000, 775_150, 30) for y in range(1_821_000, 1_821_120, 20)]
    houses = [shapely.box(x, y, x + 12, y + 8) for x, y in corners]
    way = pyproj.Transformer.from_crs(UTM, crs, always_xy=True)
    return [shapely.transform(h, lambda xy: np.column_stack(way.transform(*xy.T))) for h in houses]


def judge(
    plans: Sequence[shapely.Geometry],
    crs: pyproj.CRS = UTM,
    site_crs: pyproj.CRS = UTM,
    used: Sequence[str] = (),
) -> list[Problem]:
    table = FootprintTable(
        "houses", tuple(Footprint(f"h{k}", None, None, None, g, k) for k, g in enumerate(plans)), crs, ()
    )
    return list(plan_problems(table, Path("plans.gpkg"), used, site_crs))


@pytest.mark.parametrize("crs", [UTM, DEGREES])
def test_a_sound_town_has_no_problem(crs: pyproj.CRS) -> None:
    assert judge(town(crs), crs) == []


def test_places_are_named_with_file_layer_feature_and_id() -> None:
    plans = town()
    plans[4] = shapely.Polygon(
        [(775_000, 1_821_000), (775_010, 1_821_010), (775_010, 1_821_000), (775_000, 1_821_010)]
    )

    (problem,) = judge(plans, used=["h4"])

    assert (problem.code, problem.severity) == ("footprint-invalid", "error")
    assert problem.where == "plans.gpkg, layer houses, feature 4 (h4)"
    assert "Self-intersection at 775005 1821005" in problem.found
    assert "2 polygons of 50.0 m² (as given 0.0 m²)" in problem.remedy


def test_a_house_drawn_twice() -> None:
    plans = town()
    plans.append(shapely.transform(plans[3], lambda xy: xy + 0.05))

    (problem,) = judge(plans)

    assert (problem.code, problem.severity) == ("footprint-duplicate", "warning")
    assert problem.where.endswith("feature 30 (h30)")
    assert "as that of feature 3 (h3)" in problem.found


def test_one_house_with_latitude_first() -> None:
    plans = town(DEGREES)
    plans[11] = shapely.transform(plans[11], lambda xy: xy[:, ::-1])

    (problem,) = judge(plans, DEGREES)

    assert (problem.code, problem.severity) == ("footprint-swapped", "error"), "there is no latitude of 107"
    assert problem.where.endswith("feature 11 (h11)")


def test_one_house_in_another_province() -> None:
    plans = town()
    plans[2] = shapely.transform(plans[2], lambda xy: xy + np.array([0, 100_000]))

    (problem,) = judge(plans)

    assert (problem.code, problem.severity) == ("footprint-far", "warning")
    assert "100 km from the middle" in problem.found


def test_a_whole_layer_with_latitude_first() -> None:
    plans = [shapely.transform(p, lambda xy: xy[:, ::-1]) for p in town(DEGREES)]

    (problem,) = judge(plans, DEGREES)

    assert (problem.code, problem.severity) == ("footprints-swapped", "error")


@pytest.mark.parametrize(
    ("drawn", "said", "remedy"),
    [(DEGREES, UTM, "the numbers fit EPSG:4326"), (UTM, DEGREES, "the numbers fit the site's crs")],
)
def test_a_layer_that_states_the_wrong_crs(drawn: pyproj.CRS, said: pyproj.CRS, remedy: str) -> None:
    problems = judge(town(drawn), said)

    assert problems[0].code == "footprints-crs-wrong"
    assert remedy in problems[0].remedy


def test_a_layer_elsewhere_only_warns() -> None:
    (problem,) = judge(town(), UTM, site_crs=pyproj.CRS("EPSG:28992"))

    assert (problem.code, problem.severity) == ("footprints-elsewhere", "warning")


def test_many_of_a_kind_are_counted() -> None:
    problems = judge(town() * 2)

    assert len(problems) == 21
    assert problems[-1].code == "footprint-more"
    assert "10 more features" in problems[-1].where


@pytest.mark.parametrize(
    ("name", "columns", "crs", "found"),
    [
        ("hue/hue_monument_sites_4326.geojson", {"name": "name"}, "EPSG:32648", ["footprint-invalid"]),
        ("hue/hue_osm_colonial_buildings_4326.geojson", {}, "EPSG:32648", []),
        ("hue/hue_lost_buildings_4326.geojson", {}, "EPSG:32648", []),
        ("delft_ahn3_bgt/delft_bgt_pand_28992.geojson", {"id": "lokaalid"}, "EPSG:28992", []),
        ("delft_ahn3_bgt/bgt_pand.sqlite", {"id": "lokaalid"}, "EPSG:28992", []),
    ],
)
def test_real_layers(real_data: Path, name: str, columns: dict[str, str], crs: str, found: list[str]) -> None:
    path = real_data / name
    table = read_footprints(path.name, Footprints(source=path.name, **columns), base=path.parent)

    problems = list(plan_problems(table, path, (), pyproj.CRS(crs)))

    assert [p.code for p in problems] == found


def test_repairs_are_written_for_a_gis(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(
        "title: {en: A}\nlanguages: [en]\ncrs: EPSG:32648\nrights: {licence: CC0-1.0}\nfootprints: {source: p.geojson}\n"
    )
    ring = [[107.0, 16.0], [107.001, 16.001], [107.001, 16.0], [107.0, 16.001], [107.0, 16.0]]
    plan = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "id": 7, "properties": {}, "geometry": plan}
    (tmp_path / "p.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    target = tmp_path / "repairs.geojson"

    result = CliRunner().invoke(cli, ["check", str(tmp_path), "--repairs", str(target)])

    assert "1 repair(s) to look at" in result.output
    layer = FeatureCollection.model_validate_json(target.read_bytes())
    given, proposed, fault = layer.features
    assert [f.properties["is"] for f in layer.features] == ["as given", "proposed", "fault"]
    assert fault.geometry.coordinates == pytest.approx((107.0005, 16.0005))
    assert (given.properties["footprint"], proposed.properties["parts"]) == ("7", 2)
    # Half of a square of 0.001 degrees, by the lengths of a degree at 16 north (Geod: 107.0 and 110.7 km).
    assert proposed.properties["area_proposed_m2"] == pytest.approx(107.04 * 110.66 / 2, rel=2e-3)
    assert shapely.geometry.shape(proposed.geometry.model_dump()).is_valid


def test_every_kind_of_fault_is_shown_and_exchanged_coordinates_are_put_right(tmp_path: Path) -> None:
    plans = town(DEGREES)
    twice, far = len(plans), 2
    swapped = 11
    right = plans[swapped]
    plans[swapped] = shapely.transform(right, lambda xy: xy[:, ::-1])
    plans[far] = shapely.transform(plans[far], lambda xy: xy + np.array([0, 1.0]))
    plans.append(plans[3])
    features = [
        {"type": "Feature", "id": k, "properties": {}, "geometry": shapely.geometry.mapping(plan)}
        for k, plan in enumerate(plans)
    ]
    (tmp_path / "p.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    (tmp_path / "site.yaml").write_text(
        "title: {en: A}\nlanguages: [en]\ncrs: EPSG:32648\nrights: {licence: CC0-1.0}\nfootprints: {source: p.geojson}\n"
    )

    content, count = footprint_repairs(load_site(tmp_path))

    assert count == 3
    layer = FeatureCollection.model_validate_json(content)
    seen = {(f.properties["code"], f.properties["footprint"], f.properties["is"]): f for f in layer.features}
    assert set(seen) == {
        ("footprint-duplicate", str(twice), "as given"),
        ("footprint-swapped", str(swapped), "proposed"),  # as given it lies nowhere on the globe
        ("footprint-far", str(far), "as given"),
    }
    proposed = seen["footprint-swapped", str(swapped), "proposed"]
    assert shapely.geometry.shape(proposed.geometry.model_dump()).equals_exact(right, 1e-7)
    assert all(f.properties["remedy"] and f.properties["found"] for f in layer.features)
