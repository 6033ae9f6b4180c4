"""What stands and lies around the monuments, from files to the release's map."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import geopandas
import numpy as np
import pyogrio
import pyproj
import pytest
import scipy.spatial
import shapely
from outside_gltf import Glb, judge
from tiles3d_rules import check_tileset

from heritage.formats.vector import read_footprints
from heritage.formats.vector_shapes import read_shapes
from heritage.model.documents import BaseLayer, Footprints
from heritage.model.errors import InputError
from heritage.model.frames import ECEF, WGS84_3D
from heritage.pipeline.check.site import check_site
from heritage.pipeline.ground import read_ground
from heritage.pipeline.map import kept
from heritage.pipeline.map.ground import datum
from heritage.pipeline.map.kept import kept_map, map_fingerprint
from heritage.pipeline.map.write import write_map
from heritage.pipeline.opendata.layers import footprint_layer
from heritage.pipeline.placement.facts import placement_facts
from heritage.pipeline.reading import ragged
from heritage.pipeline.reading.guard_map import guarded_footprints, guarded_heights, guarded_shapes
from heritage.pipeline.search import search_document
from heritage.sample.footprints import write_footprints
from heritage.sample.plan import FRAME, GROUND_M, PLACES
from heritage.sample.surroundings import houses, write_base_map, write_dem
from heritage.store import ReleaseFolder, Store
from heritage.store.fsck import fsck
from heritage.text.site import LoadedSite, load_site

SITE = """
title: {en: A map}
languages: [en]
crs: EPSG:32648
heights: ellipsoidal
ground_m: 5.0
footprints: {source: footprints.gpkg, layer: buildings, id: id, name: name, height_m: height, ground_m: ground}
ground: {dem: dem.tif, dem_heights: ellipsoidal}
base_map:
  - {source: base-map.gpkg, layer: water, kind: water}
  - {source: base-map.gpkg, layer: streets, kind: street, width_m: 5.0}
rights: {licence: CC0-1.0}
"""
MONUMENT = """
title: {en: The hall}
footprint: thai-hoa
epochs: [{id: "1", source: scan.ply}]
"""


class Into:
    """A release's folder as far as the map needs it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, name: str, data: bytes) -> None:
        (self.path / name).parent.mkdir(parents=True, exist_ok=True)
        (self.path / name).write_bytes(data)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> LoadedSite:
    root = tmp_path_factory.mktemp("site")
    (root / "site.yaml").write_text(SITE)
    (root / "monuments" / "hall").mkdir(parents=True)
    (root / "monuments" / "hall" / "monument.yaml").write_text(MONUMENT)
    (root / "monuments" / "hall" / "scan.ply").write_text("")
    write_footprints(root / "footprints.gpkg")
    write_base_map(root / "base-map.gpkg")
    write_dem(root / "dem.tif")
    return load_site(root)


def test_a_site_becomes_a_map_with_everything_in_its_place(site: LoadedSite, tmp_path: Path) -> None:
    ground = read_ground(site)
    entry = write_map(Into(tmp_path), site, ground, [], tuple(ground.frame.ecef_from_site.matrix.T.ravel()))  # type: ignore[arg-type]
    village = houses()
    assert entry.building_count == len(ground.footprints) == len(village) + len(PLACES) + 13
    assert entry.assumed_count == sum(height is None for _, _, height, _ in village)
    assert entry.buildings is not None
    assert entry.ground is not None
    (tile,) = check_tileset(tmp_path / entry.buildings, refine="ADD")
    (plain,) = judge([tile], tmp_path / "plain")
    # PROJ alone says where on the globe the tileset is: its middle within the map's rectangle, at the ground's height.
    root = json.loads((tmp_path / entry.buildings).read_text())["root"]
    matrix = np.array(root["transform"]).reshape(4, 4).T
    low, high = Glb.read(plain).world().min(0), Glb.read(plain).world().max(0)
    x, y, z, _ = matrix @ [*((low + high) / 2)[:2], 0, 1]
    lon, lat, height = pyproj.Transformer.from_crs(ECEF, WGS84_3D, always_xy=True).transform(x, y, z)
    assert abs(lon - FRAME.lon_deg) < 0.002
    assert abs(lat - FRAME.lat_deg) < 0.002
    assert height == pytest.approx(GROUND_M, abs=0.02)
    # And corner by corner: every one that is drawn lies on one that the layer gives, and the other way round.
    drawn = np.column_stack([Glb.read(plain).world(), np.ones(len(Glb.read(plain).world()))]) @ matrix.T
    to_layer = pyproj.Transformer.from_crs(ECEF, "EPSG:32648", always_xy=True)
    drawn_xy = np.column_stack(to_layer.transform(*drawn[:, :3].T))[:, :2]
    layer_xy = shapely.get_coordinates(pyogrio.read_dataframe(site.root / "footprints.gpkg").geometry)
    assert scipy.spatial.cKDTree(layer_xy).query(drawn_xy)[0].max() < 0.02
    assert scipy.spatial.cKDTree(drawn_xy).query(layer_xy)[0].max() < 0.02
    (tile,) = check_tileset(tmp_path / entry.ground.tileset)
    (plain,) = judge([tile], tmp_path / "plain")
    heights = Glb.read(plain).world()[:, 2]
    assert heights.min() == pytest.approx(entry.ground.min[2], abs=0.01)
    assert 15 < heights.max() < 30  # the hill
    assert heights.min() < -3  # the river
    assert entry.ground.deviation_m < 0.15
    assert entry.base is not None
    assert (tmp_path / entry.base.url).stat().st_size < 200_000
    layer = json.loads((tmp_path / "footprints.json").read_text())
    assert layer["complete"]
    assert len(layer["features"]) == entry.building_count


def test_a_map_is_kept_while_nothing_of_it_changes(
    site: LoadedSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ground, store = read_ground(site), Store(site.root)
    name = map_fingerprint(site, ground, ())
    folders = [ReleaseFolder(tmp_path / at, site.root, store.root / "stages") for at in ("first", "second")]
    for folder in folders:
        folder.path.mkdir()
    with store.writer("test"):
        first = kept_map(folders[0], site, ground, [], store, name)

        def again(*_: object) -> None:
            raise AssertionError("made again")

        with monkeypatch.context() as patched:
            patched.setattr(kept, "write_map", again)
            assert kept_map(folders[1], site, ground, [], store, name) == first
        written = write_map(Into(tmp_path / "plain"), site, ground, [], ground.frame.ecef_from_site.columns)  # type: ignore[arg-type]

    assert fsck(store).sound
    assert written == first
    plain = {p.relative_to(tmp_path / "plain"): p.read_bytes() for p in (tmp_path / "plain").rglob("*.*")}
    for folder in folders:
        assert {p.relative_to(folder.path): p.read_bytes() for p in folder.path.rglob("*.*")} == plain

    def changed(**words: object) -> str:
        return map_fingerprint(replace(site, site=site.site.model_copy(update=words)), ground, ())

    assert changed(title={"en": "Another name"}) == name
    assert len({name, changed(ground_m=6.0), changed(base_map=site.site.base_map[:1])}) == 3
    low = replace(ground, footprints=dict(list(ground.footprints.items())[1:]))
    assert map_fingerprint(site, low, ()) != name


def test_houses_stand_on_the_ground_model_and_monuments_where_their_footprint_says(site: LoadedSite) -> None:
    ground = read_ground(site)
    footprints = list(ground.footprints.values())
    low, middle = ground.feet_and_ground(footprints, ground.plans)
    for k, footprint in enumerate(footprints):
        if footprint.ground_m is not None:
            assert low[k] == middle[k] == 0
            assert ground.ground_at(footprint) == GROUND_M
    assert ground.model is not None
    village = [k for k, f in enumerate(footprints) if f.id.startswith("nha-0")]
    assert len(village) > 50
    xy, owner = shapely.get_coordinates(ground.plans[village], return_index=True)
    z = ground.model.terrain.at(xy)
    for place, k in enumerate(village):
        assert low[k] == pytest.approx(z[owner == place].min())
        assert low[k] <= middle[k] <= z[owner == place].max()
    assert np.ptp(low[village]) > 0.5


def test_the_child_gives_what_the_reader_gives(site: LoadedSite) -> None:
    spec = site.site.footprints
    assert spec is not None
    mine = read_footprints(spec.source, spec, base=site.root, used=())
    theirs = guarded_footprints(spec.source, spec, base=site.root, used=())
    assert theirs.crs == mine.crs
    assert theirs.problems == mine.problems
    assert theirs.layer == mine.layer
    for a, b in zip(mine.features, theirs.features, strict=True):
        assert (a.id, a.name, a.height_m, a.ground_m, a.index) == (
            b.id,
            b.name,
            b.height_m,
            b.ground_m,
            b.index,
        )
        assert a.geometry.equals_exact(b.geometry)
        assert a.geometry.geom_type == b.geometry.geom_type
    layer = BaseLayer(source="base-map.gpkg", layer="streets", kind="street")
    direct = read_shapes(site.root / layer.source, layer.layer)
    guarded = guarded_shapes(site.root / layer.source, layer)
    assert all(a.equals_exact(b) for a, b in zip(direct.lines, guarded.lines, strict=True))
    assert len(guarded.lines) > 5
    assert len(guarded.areas) == 0


def test_a_reader_that_gives_nonsense_is_refused(site: LoadedSite, tmp_path: Path) -> None:
    program = tmp_path / "bad.py"
    program.write_text(
        "import sys, numpy as np\n"
        "from heritage.pipeline.reading import child\n"
        "def bad(path, send):\n"
        "    sys.stdin.readline()\n"
        "    send('layer', {'layer': 'a', 'crs': 'EPSG:4326', 'problems': []})\n"
        "    one = np.ones(1, np.int32)\n"
        "    xy = np.zeros((4, 2))\n"
        "    send('features', {'ids': ['a'], 'names': ['a'], 'heights': [1], 'grounds': [1], 'indices': [0]},\n"
        "         {'xy': xy, 'lengths': one * 5, 'rings': one, 'parts': one, 'multi': one.astype(np.uint8)})\n"
        "child.main(sys.argv[1:], {'footprints': bad})\n"
    )
    spec = Footprints(source="footprints.gpkg")
    with pytest.raises(InputError, match="nonsense"):
        guarded_footprints(spec.source, spec, base=site.root, program=(str(program),))


def test_shapes_survive_as_plain_arrays() -> None:
    square, hole = shapely.box(0, 0, 9, 9), shapely.box(2, 2, 4, 4)
    shapes = np.empty(3, dtype=object)
    ring = shapely.Polygon(square.exterior, [hole.exterior, shapely.box(5, 5, 6, 6).exterior])
    shapes[:] = [
        ring,
        shapely.MultiPolygon([square]),
        shapely.MultiPolygon([hole, shapely.box(20, 0, 21, 1)]),
    ]
    again = ragged.polygons(ragged.packed(shapes))
    assert all(a.equals_exact(b) and a.geom_type == b.geom_type for a, b in zip(shapes, again, strict=True))
    lines = np.array(
        [shapely.LineString([(0, 0), (1, 2)]), shapely.MultiLineString([[(0, 0), (1, 1)]] * 2)], object
    )
    again = ragged.lines(ragged.packed(lines))
    assert all(a.equals_exact(b) for a, b in zip(lines, again, strict=True))
    assert len(ragged.polygons(ragged.packed(np.empty(0, dtype=object)))) == 0
    good = ragged.packed(shapes)
    for name, wrong in (
        ("lengths", good["lengths"] + np.int32(1)),
        ("lengths", -good["lengths"]),
        ("xy", good["xy"] * np.nan),
        ("rings", good["rings"][:-1]),
        ("parts", good["parts"].astype(np.uint16)),
        ("multi", good["multi"][:1]),
    ):
        with pytest.raises(ValueError, match=r".+"):
            ragged.polygons(good | {name: wrong})


def test_heights_above_another_surface_need_a_word(site: LoadedSite, tmp_path: Path) -> None:
    raster = guarded_heights(site.root / "dem.tif", None)

    def loaded(ground: str) -> LoadedSite:
        (tmp_path / "site.yaml").write_text(SITE.replace("{dem: dem.tif, dem_heights: ellipsoidal}", ground))
        return load_site(tmp_path)

    assert datum(loaded("{dem: dem.tif, dem_heights: ellipsoidal}"), raster)[0] == 0
    assert datum(loaded("{dem: dem.tif}"), raster)[1].endswith("taken as they are")
    shifted = loaded("{dem: dem.tif, dem_heights: orthometric, dem_offset_m: -22.1}")
    assert datum(shifted, raster) == (-22.1, "orthometric; the site's: ellipsoidal; -22.1 m added")
    with pytest.raises(InputError, match="dem_offset_m") as caught:
        datum(loaded("{dem: dem.tif, dem_heights: orthometric}"), raster)
    assert caught.value.problems[0].code == "dem-datum"
    assert caught.value.problems[0].where.startswith("site.yaml")


def test_check_names_the_files_of_the_map(site: LoadedSite, tmp_path: Path) -> None:
    for name in ("footprints.gpkg", "base-map.gpkg", "dem.tif"):
        (tmp_path / name).write_bytes((site.root / name).read_bytes())
    text = SITE.replace("dem_heights: ellipsoidal", "dem_heights: orthometric, photo: footprints.gpkg")
    (tmp_path / "site.yaml").write_text(text.replace("layer: water", "layer: lakes"))
    found = [p for p in check_site(load_site(tmp_path)) if p.severity == "error"]
    assert [(p.code, p.where.split(":")[0]) for p in found] == [
        ("dem-datum", "site.yaml"),
        ("raster-unreadable", "footprints.gpkg"),
        ("footprints-unreadable", "base-map.gpkg"),
    ]


def test_a_raster_is_read_by_the_child(site: LoadedSite) -> None:
    raster = guarded_heights(site.root / "dem.tif", None)
    assert raster.values.shape == (180, 180)
    assert pyproj.CRS.from_wkt(raster.crs).to_epsg() == 32648
    with pytest.raises(InputError, match="no TIFF"):
        guarded_heights(site.root / "site.yaml", None)


def test_one_ring_that_does_not_close_costs_one_feature(tmp_path: Path) -> None:
    shapes = geopandas.GeoDataFrame(geometry=[shapely.box(107, 16, 107.1, 16.1)] * 2, crs=4326)
    document = json.loads(shapes.to_json())
    document["features"][0]["geometry"]["coordinates"][0].pop()
    document["features"].append({"type": "Feature", "properties": {}, "geometry": None})
    path = tmp_path / "green.geojson"
    path.write_text(json.dumps(document))
    read = read_shapes(path)
    assert (len(read.areas), len(read.lines), read.left_out) == (1, 0, 2)


def test_one_footprint_with_exchanged_coordinates_does_not_cost_the_map(tmp_path: Path) -> None:
    plans = [shapely.box(107.5, 16.4, 107.501, 16.401), shapely.box(16.4, 107.5, 16.401, 107.501)]
    rows = {"id": ["thai-hoa", "swapped"], "name": ["A hall", "Nowhere"]}
    layer = geopandas.GeoDataFrame(rows, geometry=plans, crs=4326)
    layer.to_file(tmp_path / "footprints.gpkg", layer="buildings", driver="GPKG", engine="pyogrio")
    text = SITE.split("ground: {")[0].replace(", height_m: height, ground_m: ground", "")
    (tmp_path / "site.yaml").write_text(text + "rights: {licence: CC0-1.0}\n")
    (tmp_path / "monuments" / "hall").mkdir(parents=True)
    (tmp_path / "monuments" / "hall" / "monument.yaml").write_text(MONUMENT)
    (tmp_path / "monuments" / "hall" / "scan.ply").write_text("")
    loaded = load_site(tmp_path)
    ground = read_ground(loaded)
    assert list(ground.footprints) == ["thai-hoa"]
    assert not ground.plans[0].is_empty
    transform = tuple(ground.frame.ecef_from_site.matrix.T.ravel())
    entry = write_map(Into(tmp_path / "out"), loaded, ground, [], transform)  # type: ignore[arg-type]
    assert entry.building_count == 1
    assert entry.ground is None
    assert [place.name for place in search_document(ground, [], []).places] == ["A hall"]
    assert footprint_layer(loaded, ground, []).ids == ("thai-hoa",)
    monument = tmp_path / "monuments" / "hall" / "monument.yaml"
    monument.write_text(MONUMENT.replace("footprint: thai-hoa", "footprint: swapped"))
    loaded = load_site(tmp_path)
    with pytest.raises(InputError):
        placement_facts(loaded, loaded.monuments["hall"], read_ground(loaded))
