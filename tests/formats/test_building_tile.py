from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import shapely
from outside_gltf import Glb, judge
from tiles3d_rules import check_tileset, corners

from heritage.formats.building_tile import write_building_tile
from heritage.formats.tiles3d import tileset_json
from heritage.model.buildings import HEIGHT_SOURCES, Plans
from heritage.model.tiles import Tile, TileTree
from heritage.ops.map.extrude import extrude
from heritage.ops.map.plans import drawn_plans
from heritage.ops.map.quadtree import Node, quadtree, sizes

NOTHING = float("nan")


def town(count: int, side: float) -> Plans:
    """Boxes, an L, a courtyard, a plan of two parts and one that crosses itself, over ``side`` metres."""
    rng = np.random.default_rng(5)
    at = rng.uniform(-side / 2, side / 2, (count, 2))
    shapes = [
        shapely.box(x, y, x + w, y + d)
        for (x, y), w, d in zip(at, rng.uniform(5, 20, count), rng.uniform(5, 20, count), strict=True)
    ]
    shapes += [
        shapely.Polygon([(0, 0), (9, 0), (9, 4), (4, 4), (4, 9), (0, 9)]),
        shapely.Polygon(shapely.box(20, 0, 50, 30).exterior, [shapely.box(28, 8, 42, 22).exterior]),
        shapely.MultiPolygon([shapely.box(60, 0, 66, 6), shapely.box(70, 0, 76, 6)]),
        shapely.Polygon([(80, 0), (90, 10), (90, 0), (80, 10)]),
    ]
    n = len(shapes)
    height = np.where(np.arange(n) % 4 == 1, NOTHING, rng.uniform(3, 12, n))
    surveyed = np.where(np.arange(n) % 8 == 1, 7.5, NOTHING)
    names = [f"Nhà {k}" if k % 3 == 0 else "" for k in range(n)]
    ground = rng.uniform(0, 2, n)
    geometries = np.empty(n, dtype=object)
    geometries[:] = shapes
    return drawn_plans(
        [f"b{k}" for k in range(n)], names, geometries, ground - 0.3, ground, height, surveyed, 4.0
    )


def written(folder: Path, plans: Plans, root: Node) -> Path:
    (folder / "tiles").mkdir(parents=True)

    def tile(node: Node) -> Tile:
        mesh = extrude(plans, node.rows)
        uri = f"tiles/{'r' + ''.join(map(str, node.path))}.glb"
        (folder / uri).write_bytes(write_building_tile(mesh))
        children = tuple(map(tile, node.children))
        low = np.min([mesh.bounds()[0] - 0.02, *(c.low for c in children)], axis=0)
        high = np.max([mesh.bounds()[1] + 0.02, *(c.high for c in children)], axis=0)
        return Tile(uri, low, high, node.missing_m, node.missing_m, children)

    tree = TileTree(tile(root), float(sizes(plans).max()), "ADD")
    (folder / "tileset.json").write_text(json.dumps(tileset_json(tree, None)))
    return folder / "tileset.json"


def column(glb: Glb, name: str, dtype: str) -> np.ndarray:
    table = glb.document["extensions"]["EXT_structural_metadata"]["propertyTables"][0]
    view = glb.document["bufferViews"][table["properties"][name]["values"]]
    return np.frombuffer(glb.data, np.uint8, view["byteLength"], view["byteOffset"]).view(dtype)


def texts(glb: Glb, name: str) -> list[str]:
    entry = glb.document["extensions"]["EXT_structural_metadata"]["propertyTables"][0]["properties"][name]
    view = glb.document["bufferViews"][entry["stringOffsets"]]
    assert view["byteOffset"] % 4 == 0
    offsets = np.frombuffer(glb.data, "<u4", view["byteLength"] // 4, view["byteOffset"])
    data = column(glb, name, "u1").tobytes()
    return [data[a:b].decode() for a, b in pairwise(offsets)]


@pytest.mark.parametrize("side", [700.0, 4000.0])
def test_every_building_stands_once_in_valid_tiles_with_its_id_and_height(
    tmp_path: Path, side: float
) -> None:
    plans = town(300, side)
    root = quadtree(plans, most=40)
    contents = check_tileset(written(tmp_path / "set", plans, root), refine="ADD")
    assert len(contents) > 5
    document = json.loads((tmp_path / "set" / "tileset.json").read_text())
    boxes: list[tuple[np.ndarray, np.ndarray]] = []

    def collect(entry: dict) -> None:
        boxes.append(corners(entry))
        for child in entry.get("children", []):
            collect(child)

    collect(document["root"])
    place = {id_: k for k, id_ in enumerate(plans.ids)}
    found: list[str] = []
    for file, (low, high) in zip(judge(contents, tmp_path / "plain"), boxes, strict=True):
        glb = Glb.read(file)
        xyz = glb.world()
        assert (xyz >= low - 1e-6).all()
        assert (xyz <= high + 1e-6).all()
        ids, names = texts(glb, "id"), texts(glb, "name")
        heights, source = column(glb, "height_m", "<f4"), column(glb, "height_source", "u1")
        feature = glb.attribute("_FEATURE_ID_0")[:, 0].astype(int)
        for row, id_ in enumerate(ids):
            k = place[id_]
            mine = xyz[feature == row]
            assert names[row] == plans.names[k]
            assert heights[row] == pytest.approx(plans.height_m[k], abs=1e-5)
            assert HEIGHT_SOURCES[source[row]] == HEIGHT_SOURCES[plans.source[k]]
            assert mine[:, 2].max() == pytest.approx(plans.high_m[k], abs=0.011)
            bounds = shapely.total_bounds(plans.polygons[plans.owner == k])
            assert [*mine.min(0)[:2], *mine.max(0)[:2]] == pytest.approx(bounds, abs=0.011)
        for primitive in glb.document["meshes"][0]["primitives"]:
            used = feature[glb.accessor(primitive["indices"]).ravel()]
            material = glb.document["materials"][primitive["material"]]["name"]
            assert {HEIGHT_SOURCES[source[row]] == "assumed" for row in used} == {material == "assumed"}
        found += ids
    assert sorted(found) == sorted(plans.ids)


def test_a_tile_says_how_large_the_largest_thing_is_that_only_its_children_show() -> None:
    plans = town(500, 900)
    size = sizes(plans)
    for node in quadtree(plans, most=30).walk():
        below = [other.rows for other in node.walk() if other is not node]
        assert node.missing_m == (max(size[np.concatenate(below)]) if below else 0)
        # The larger first: nothing that is left out is larger than what is shown.
        assert node.missing_m <= size[node.rows].min()


def test_walls_and_roofs_enclose_what_the_plan_and_height_say() -> None:
    plans = town(20, 400)
    for k in range(len(plans)):
        mesh = extrude(plans, np.array([k]))
        a, b, c = mesh.vertices[mesh.triangles].transpose(1, 0, 2)
        normal = np.cross(b - a, c - a) / 2
        polygons = plans.polygons[plans.owner == k]
        area, perimeter = shapely.area(polygons).sum(), shapely.length(polygons).sum()
        rise = plans.high_m[k] - plans.low_m[k]
        roof = normal[:, 2] > 1e-9
        assert normal[roof, 2].sum() == pytest.approx(area, rel=1e-9)
        assert np.linalg.norm(normal[~roof], axis=1).sum() == pytest.approx(perimeter * rise, rel=1e-9)
        # Gauss: the flux of (x, y, 0) / 2 through outward walls is the volume, which would be negative inwards.
        middle = (a + b + c) / 3
        assert (normal[:, :2] * middle[:, :2]).sum() / 2 == pytest.approx(area * rise, rel=1e-9)
        assert len(mesh.edges) == 2 * (
            shapely.get_num_coordinates(polygons).sum() - len(shapely.get_rings(polygons))
        )


def test_plans_on_one_spot_do_not_divide_for_ever() -> None:
    geometries = np.array([shapely.box(0, 0, 5, 5)] * 200, dtype=object)
    ones = np.ones(200)
    plans = drawn_plans(
        [str(k) for k in range(200)], [""] * 200, geometries, 0 * ones, 0 * ones, ones, ones, 4.0
    )
    nodes = list(quadtree(plans, most=10).walk())
    assert sum(len(node.rows) for node in nodes) == 200
    assert len(nodes) <= 17


def test_a_plan_without_area_is_left_out() -> None:
    geometries = np.array([shapely.Polygon([(0, 0), (5, 0), (9, 0)]), shapely.box(0, 0, 1, 1)], dtype=object)
    two = np.zeros(2)
    plans = drawn_plans(["line", "box"], ["", ""], geometries, two, two, two + 3, two + 3, 4.0)
    assert plans.ids == ("box",)
    with pytest.raises(ValueError, match="disagree"):
        Plans(("a",), (), plans.polygons, plans.owner, *[np.zeros(1)] * 3, np.zeros(1, np.uint8))
