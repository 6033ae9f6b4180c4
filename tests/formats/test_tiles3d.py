from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import trimesh
from outside_gltf import Glb, judge
from tile_files import read_tileset, tiled
from tiles3d_rules import check_tileset, corners

from heritage.formats.tiles3d import tileset_json, with_root_transform
from heritage.model.arrays import Mesh, PointCloud
from heritage.model.tiles import TileTree
from heritage.ops.tiles.tile import TileOptions

ORIGIN = np.array([431.0, 77.5, -3.25])
PLACED = [0.0, 1.0, 0, 0, -1, 0, 0, 0, 0, 0, 1, 0, -1621912.5, 5730721.25, 1818000.0, 1]


def surfaces() -> tuple[Mesh, PointCloud, PointCloud]:
    ball = trimesh.creation.icosphere(subdivisions=4, radius=4)
    rgb = np.rint(128 + 30 * ball.vertices).astype(np.uint8)
    vertices = ball.vertices.astype(np.float32)
    change = np.repeat(vertices[:, None, :1] * 0.01, 2, axis=2)
    filled = np.where(vertices[:, 2] > 2, 255, 0).astype(np.uint8)
    mesh = Mesh(ORIGIN, vertices, ball.faces.astype(np.int32), change=change, filled=filled)
    cloud = PointCloud(ORIGIN, vertices, rgb, vertices / 4)
    leaves = PointCloud(ORIGIN, vertices + np.float32([6, 0, 0]), rgb)
    return mesh, cloud, leaves


OPTIONS = TileOptions(root_triangles=300, tile_triangles=800, root_px=128, tile_px=256, context_points=1000)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, TileTree]:
    mesh, cloud, leaves = surfaces()
    folder = tmp_path_factory.mktemp("tiles")
    tree = tiled(folder, [mesh], cloud, leaves, OPTIONS)[0].tree
    return folder / "tileset", tree


@pytest.fixture(scope="module")
def folder(made: tuple[Path, TileTree]) -> Path:
    return made[0]


@pytest.fixture(scope="module")
def tree(made: tuple[Path, TileTree]) -> TileTree:
    return made[1]


def test_the_tileset_keeps_the_rules(folder: Path, tree: TileTree) -> None:
    contents = check_tileset(folder / "tileset.json")
    assert len(contents) == sum(1 for _ in tree.root.walk())
    assert tree.levels >= 3
    assert sorted(contents) == sorted((folder / "tiles").iterdir())
    assert sorted(p.name for p in folder.iterdir()) == ["tiles", "tileset.json"]


def test_every_tile_is_valid_and_inside_its_box(folder: Path, tree: TileTree) -> None:
    document = json.loads((folder / "tileset.json").read_text())
    boxes: list[tuple[np.ndarray, np.ndarray]] = []

    def collect(entry: dict) -> None:
        boxes.append(corners(entry))
        for child in entry.get("children", []):
            collect(child)

    collect(document["root"])
    files = judge(check_tileset(folder / "tileset.json"), folder.parent / "unpacked")
    shown = [tile for _, tile in read_tileset(folder / "tileset.json").walk()]
    for file, tile, (low, high) in zip(files, shown, boxes, strict=True):
        glb = Glb.read(file)
        for node in range(len(glb.document["nodes"])):
            xyz = glb.world(node)
            assert (xyz >= low - 1e-6).all()
            assert (xyz <= high + 1e-6).all()
        # The outside decoder and ours agree to the bit.
        assert np.array_equal(glb.world(), tile.vertices)
        primitive = glb.document["meshes"][0]["primitives"][0]
        assert {"_CHANGE_0", "_FILLED", "TEXCOORD_0"} < set(primitive["attributes"])


def test_lit_tiles_are_valid(tmp_path: Path) -> None:
    mesh, _, _ = surfaces()
    tiled(tmp_path, [mesh], None, None, OPTIONS, lit=True)
    judge(check_tileset(tmp_path / "tileset" / "tileset.json"), tmp_path / "unpacked")


def test_placing_changes_the_root_transform_only(folder: Path) -> None:
    document = json.loads((folder / "tileset.json").read_text())
    assert "transform" not in document["root"]
    placed = with_root_transform(document, PLACED)
    assert placed["root"]["transform"] == PLACED
    assert "transform" not in document["root"]
    again = with_root_transform(placed, [1.0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1])
    del placed["root"]["transform"], again["root"]["transform"]
    assert placed == again == document
    (folder / "placed.json").write_text(json.dumps(with_root_transform(document, PLACED)))
    check_tileset(folder / "placed.json")
    (folder / "placed.json").unlink()


@pytest.mark.parametrize("matrix", [[1.0] * 15, [1.0] * 16, [float("nan")] * 16])
def test_what_places_nothing_is_refused(tree: TileTree, matrix: list[float]) -> None:
    with pytest.raises(ValueError, match="affine"):
        tileset_json(tree, matrix)
