from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import trimesh
from outside_gltf import Glb, judge
from tiles3d_rules import check_tileset, corners

from heritage.formats.tiles3d import tileset_json, with_root_transform, write_tileset
from heritage.model.arrays import Mesh, PointCloud
from heritage.model.tiles import TileTree
from heritage.ops.tile import TileOptions, tile

ORIGIN = np.array([431.0, 77.5, -3.25])
PLACED = [0.0, 1.0, 0, 0, -1, 0, 0, 0, 0, 0, 1, 0, -1621912.5, 5730721.25, 1818000.0, 1]


@pytest.fixture(scope="module")
def tree() -> TileTree:
    ball = trimesh.creation.icosphere(subdivisions=4, radius=4)
    rgb = np.rint(128 + 30 * ball.vertices).astype(np.uint8)
    vertices = ball.vertices.astype(np.float32)
    change = np.repeat(vertices[:, None, :1] * 0.01, 2, axis=2)
    mesh = Mesh(ORIGIN, vertices, ball.faces.astype(np.int32), change=change)
    cloud = PointCloud(ORIGIN, vertices, rgb, vertices / 4)
    leaves = PointCloud(ORIGIN, vertices + np.float32([6, 0, 0]), rgb)
    options = TileOptions(
        root_triangles=300, tile_triangles=800, root_px=128, tile_px=256, context_points=1000
    )
    return tile([mesh], cloud, leaves, options)


@pytest.fixture(scope="module")
def folder(tree: TileTree, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiles")
    written = write_tileset(folder, tree)
    assert sorted(written) == sorted(p for p in folder.rglob("*") if p.is_file())
    return folder


def test_the_tileset_keeps_the_rules(folder: Path, tree: TileTree) -> None:
    contents = check_tileset(folder / "tileset.json")
    assert len(contents) == sum(1 for _ in tree.root.walk())
    assert tree.levels >= 3


def test_every_tile_is_valid_and_inside_its_box(folder: Path, tree: TileTree) -> None:
    tiles = [t for _, t in tree.root.walk()]
    document = json.loads((folder / "tileset.json").read_text())
    boxes: list[tuple[np.ndarray, np.ndarray]] = []

    def collect(entry: dict) -> None:
        boxes.append(corners(entry))
        for child in entry.get("children", []):
            collect(child)

    collect(document["root"])
    files = judge(check_tileset(folder / "tileset.json"), folder.parent / "unpacked")
    for file, t, (low, high) in zip(files, tiles, boxes, strict=True):
        glb = Glb.read(file)
        for node in range(len(glb.document["nodes"])):
            xyz = glb.world(node)
            assert (xyz >= low - 1e-6).all()
            assert (xyz <= high + 1e-6).all()
        # What was written is what was tiled, to the last step of the grid.
        xyz = glb.world()
        truth = t.surface.vertices.astype(np.float64) + ORIGIN
        assert np.array_equal(
            np.unique(xyz, axis=0), np.unique(truth[np.unique(t.surface.triangles)], axis=0)
        )


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
        tileset_json(tree, matrix, {path: "x" for path, _ in tree.root.walk()})


def test_the_same_tree_gives_the_same_bytes(tree: TileTree, folder: Path, tmp_path: Path) -> None:
    for path in write_tileset(tmp_path / "again", tree):
        assert path.read_bytes() == (folder / path.relative_to(tmp_path / "again")).read_bytes()
