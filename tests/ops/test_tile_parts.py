"""Parts of a state in its tiles: every vertex keeps its own part, on every level, and no gap opens between parts."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from outside_gltf import judge
from tiles3d_rules import check_tileset

from heritage.formats.arrays import save_document, save_mesh
from heritage.formats.gltf_file import open_gltf
from heritage.formats.gltf_parts import with_words
from heritage.model.arrays import Mesh
from heritage.model.errors import InputError
from heritage.model.tiles import StatePart
from heritage.ops.meshes.weld import first_and_place, weld
from heritage.ops.tiles.tile import TileOptions
from heritage.pipeline.stage import in_turn
from heritage.pipeline.tiling.make import make_tiles
from heritage.pipeline.tiling.source import Source

PARTS = (StatePart("steps", "documented"), StatePart("wall", "probable"), StatePart("crown", "conjectural"))
SMALL = TileOptions(root_triangles=300, tile_triangles=600)


def wavy(low_x: float, cells: int, part: int) -> Mesh:
    """A rolling square of 4 m from ``low_x``; one beside another shares its border, vertex by vertex."""
    x, y = np.meshgrid(np.linspace(low_x, low_x + 4, cells + 1), np.linspace(0, 4, cells + 1), indexing="ij")
    z = 0.3 * np.sin(2 * x) * np.cos(3 * y)
    i, j = np.meshgrid(np.arange(cells), np.arange(cells), indexing="ij")
    a = (i * (cells + 1) + j).ravel()
    right = a + cells + 1
    triangles = np.concatenate([np.stack([a, right, right + 1], 1), np.stack([a, right + 1, a + 1], 1)])
    vertices = np.stack([x, y, z], axis=2).reshape(-1, 3).astype(np.float32)
    return Mesh(
        np.zeros(3), vertices, triangles.astype(np.int32), part=np.full(len(vertices), part, np.uint16)
    )


@pytest.fixture(scope="module")
def tileset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three parts side by side; part k lies between x = 4 k and 4 k + 4."""
    folder = tmp_path_factory.mktemp("parts")
    surfaces = [wavy(4.0 * k, 32, k) for k in range(3)]
    for k, mesh in enumerate(surfaces):
        save_mesh(folder, f"part-{k}", mesh)
    save_document(folder / "parts.json", {"parts": 3})
    out = folder / "out"
    out.mkdir()
    source = Source(folder, ("part-0", "part-1", "part-2"))
    make_tiles(source, out, SMALL, in_turn, lit=True, take_away=True, parts=PARTS)
    return out


def shown(path: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Places (v, 3) z up, the part of each (v,), and triangles of a tile."""
    file = open_gltf(path)
    primitive = file.json["meshes"][0]["primitives"][0]
    node = file.json["nodes"][0]
    local = file.accessor(primitive["attributes"]["POSITION"], ("VEC3",)).astype(np.float64)
    xyz = local * node["scale"] + node["translation"]
    feature = file.accessor(primitive["attributes"]["_FEATURE_ID_0"], ("SCALAR",))[:, 0].astype(int)
    triangles = file.accessor(primitive["indices"], ("SCALAR",))[:, 0].reshape(-1, 3).astype(int)
    return np.stack([xyz[:, 0], -xyz[:, 2], xyz[:, 1]], 1), feature, triangles


def test_no_vertex_gets_another_parts_id_on_any_level(tileset: Path) -> None:
    files = sorted((tileset / "tiles").glob("*.glb"))
    depths = json.loads((tileset / "tileset.json").read_text())["root"]
    assert len(files) > 8
    assert depths["children"][0].get("children")
    for file in files:
        xyz, feature, triangles = shown(file)
        at = xyz[triangles].mean(1)[:, 0]
        inside = np.abs(at - np.rint(at / 4) * 4) > 0.15  # a simplified border may lie a little beside
        assert (feature[triangles] == feature[triangles][:, :1]).all()
        assert (feature[triangles][inside, 0] == np.floor(at[inside] / 4)).all()


def test_no_gap_opens_between_parts(tileset: Path) -> None:
    """At x = 4 and 8 the first tile, the coarsest, has the same places for both parts that meet there."""
    xyz, feature, _ = shown(tileset / "tiles" / "0.glb")
    assert len(xyz) < 3 * 33 * 33 / 4
    for border in (4.0, 8.0):
        on = np.abs(xyz[:, 0] - border) < 1e-3
        sides = [
            {tuple(p) for p in xyz[on & (feature == k)].round(6).tolist()}
            for k in (border / 4 - 1, border / 4)
        ]
        assert len(sides[0]) == 33
        assert sides[0] == sides[1]


def test_many_joints_do_not_eat_the_first_tile(tmp_path: Path) -> None:
    """Every strip of a rolling surface is a part: were all joints held, the first tile would be nothing else."""
    surfaces = [wavy(4.0 * k, 16, k) for k in range(12)]
    for k, mesh in enumerate(surfaces):
        save_mesh(tmp_path, f"part-{k}", mesh)
    out = tmp_path / "out"
    out.mkdir()
    parts = [StatePart(f"p{k}", "probable") for k in range(12)]
    names = tuple(f"part-{k}" for k in range(12))
    made = make_tiles(
        Source(tmp_path, names), out, SMALL, in_turn, lit=True, take_away=False, parts=tuple(parts)
    )
    _, feature, triangles = shown(out / "tiles" / "0.glb")
    assert len(triangles) < 1.2 * SMALL.root_triangles
    assert set(feature) == set(range(12))
    assert made.tree.root.deviation_m < 0.6


def test_every_tile_says_how_sure_its_parts_are(tileset: Path) -> None:
    file = open_gltf(tileset / "tiles" / "0.glb")
    metadata = file.json["extensions"]["EXT_structural_metadata"]
    assert metadata["propertyTables"][0]["count"] == 3
    names = [value["name"] for value in metadata["schema"]["enums"]["certainty"]["values"]]
    assert names == ["documented", "probable", "conjectural"]


def test_the_outside_validators_have_nothing_to_say(tileset: Path, tmp_path: Path) -> None:
    check_tileset(tileset / "tileset.json", "REPLACE")
    first, deepest = (
        tileset / "tiles" / "0.glb",
        max((tileset / "tiles").glob("*.glb"), key=lambda p: int(p.stem)),
    )
    judge([first, deepest, tileset / "model.glb"], tmp_path)


def test_the_model_to_take_away_says_by_itself_that_it_is_interpreted(tileset: Path, tmp_path: Path) -> None:
    data = with_words(
        (tileset / "model.glb").read_bytes(), {"state": "1885"}, {"crown": {"evidence": ["A drawing, 1886"]}}
    )
    (tmp_path / "model.glb").write_bytes(data)
    document = open_gltf(tmp_path / "model.glb").json
    assert document["asset"]["extras"]["heritage"] == {"interpreted": True, "state": "1885"}
    assert [node["name"] for node in document["nodes"]] == [
        "interpreted, documented: steps",
        "interpreted, probable: wall",
        "interpreted, conjectural: crown",
    ]
    assert document["nodes"][2]["extras"]["heritage"]["evidence"] == ["A drawing, 1886"]
    assert len({primitive["material"] for m in document["meshes"] for primitive in m["primitives"]}) == 3


def test_welding_keeps_parts_apart_and_joins_within_them() -> None:
    meshes = [wavy(0.0, 4, 0), wavy(4.0, 4, 1), wavy(4.0, 4, 1)]
    whole, _ = weld(meshes)
    assert len(whole.vertices) == 25 + 25
    assert whole.part is not None
    assert np.bincount(whole.part).tolist() == [25, 25]
    assert len(first_and_place(whole.vertices)[0]) == 45


def test_a_vertex_of_no_part_is_an_error(tmp_path: Path) -> None:
    save_mesh(tmp_path, "part-0", wavy(0.0, 4, 3))
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(InputError, match="part 3"):
        make_tiles(Source(tmp_path, ("part-0",)), out, SMALL, in_turn, lit=True, take_away=False, parts=PARTS)
