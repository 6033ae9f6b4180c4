from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import trimesh
from tile_files import Shown, tiled
from tile_scene import ORIGIN, blob, box, mesh_of, places, sampled, sheet, tint

from heritage.model.arrays import Mesh, PointCloud
from heritage.model.errors import InputError
from heritage.ops.meshes.crease import crease
from heritage.ops.meshes.nearest import Nearest
from heritage.ops.meshes.weld import open_edges, same_place
from heritage.ops.points.spread import spread
from heritage.ops.tiles.tile import TileOptions
from heritage.pipeline.tiling.make import Tiled

SMALL = TileOptions(root_triangles=600, tile_triangles=1500, root_px=128, tile_px=256, context_points=2000)


def with_change(mesh: Mesh) -> Mesh:
    """A change that grows with x and is unknown where z is low; the high parts are filled in."""
    change = np.stack([mesh.vertices[:, 0] * 0.1, np.full(len(mesh.vertices), 0.02)], axis=1).astype(
        np.float32
    )
    change[mesh.vertices[:, 2] < -1] = np.nan
    filled = np.where(mesh.vertices[:, 2] > 1.5, 255, 0).astype(np.uint8)
    return mesh.with_(change=change[:, None], filled=filled)


@pytest.fixture(scope="module")
def full() -> Mesh:
    return with_change(blob(5))


@pytest.fixture(scope="module")
def made(full: Mesh, tmp_path_factory: pytest.TempPathFactory) -> tuple[Tiled, Shown]:
    rng = np.random.default_rng(0)
    leaves = rng.normal(0, 1, (9000, 3)).astype(np.float32) * (5, 5, 1)
    context = PointCloud(ORIGIN + np.array([1.0, 0, 0]), leaves, np.full((9000, 3), 60, np.uint8))
    return tiled(tmp_path_factory.mktemp("tile"), [full], sampled(full, 40_000), context, SMALL)


@pytest.fixture(scope="module")
def root(made: tuple[Tiled, Shown]) -> Shown:
    return made[1]


def mixture(root: Shown, rng: np.random.Generator, refine: float) -> list[Shown]:
    """A random cut through the tree, as a client may show it: each tile itself, or its children in its place."""
    shown, waiting = [], [root]
    while waiting:
        tile = waiting.pop()
        if tile.children and rng.random() < refine:
            waiting.extend(tile.children)
        else:
            shown.append(tile)
    return shown


def open_places(tiles: list[Shown]) -> np.ndarray:
    """The open edges of tiles shown together, (e, 2, 3) in float64: nothing is rounded, nothing near counts as equal."""
    vertices = np.concatenate([tile.vertices for tile in tiles])
    starts = np.cumsum([0, *(len(tile.vertices) for tile in tiles)])
    triangles = np.concatenate([tile.triangles + start for tile, start in zip(tiles, starts, strict=False)])
    unique, place = np.unique(vertices, axis=0, return_inverse=True)
    welded = place.ravel().astype(np.int32)[triangles]
    return unique[open_edges(welded)]


def in_box(points: np.ndarray, tile: Shown) -> bool:
    return bool((points >= tile.low - 1e-6).all() and (points <= tile.high + 1e-6).all())


def test_levels_from_a_small_root_to_the_full_surface(root: Shown, full: Mesh) -> None:
    depths = {len(path) for path, _ in root.walk()}
    assert depths == set(range(max(depths) + 1))
    assert len(depths) >= 3
    assert len(root.triangles) <= 600
    for path, t in root.walk():
        if path:
            assert len(t.triangles) < 1500 * 1.5  # fixed borders add some
        assert t.texture is not None
        assert max(t.texture.shape[:2]) <= (256 if path else 128)
    assert sum(len(t.triangles) for t in root.leaves()) == len(full.triangles)


def test_every_mixture_of_levels_is_closed(root: Shown, full: Mesh) -> None:
    rng = np.random.default_rng(3)
    sizes = set()
    for trial in range(40):
        shown = mixture(root, rng, rng.uniform(0.3, 0.95))
        sizes.add(len(shown))
        assert len(open_places(shown)) == 0, trial
    assert len(sizes) > 5  # they were different ones
    assert len(open_places([root])) == 0
    assert len(open_places(root.leaves())) == 0


def test_a_mixture_that_lacks_a_tile_is_open(root: Shown) -> None:
    assert len(open_places(root.leaves()[1:])) > 20


def test_borders_of_an_open_surface_stay_where_they_are(tmp_path: Path) -> None:
    # A bumpy sheet in four meshes that join bit for bit, with a hole.
    n = 96
    whole = sheet(n, 8.0)
    bumps = 0.3 * np.sin(3 * whole.vertices[:, 0]) * np.sin(2 * whole.vertices[:, 1])
    whole = whole.with_(vertices=np.column_stack([whole.vertices[:, :2], bumps]).astype(np.float32))
    middle = whole.vertices[whole.triangles].mean(1)
    kept = np.linalg.norm(middle[:, :2] - (5, 3), axis=1) > 0.7
    quarter = (middle[:, 0] > 3.3).astype(int) + 2 * (middle[:, 1] > 4.4)
    parts = []
    for q in range(4):
        chosen = whole.triangles[kept & (quarter == q)]
        used, renumbered = np.unique(chosen, return_inverse=True)
        parts.append(mesh_of(whole.vertices[used], renumbered.reshape(-1, 3)))
    made, root = tiled(tmp_path / "a", parts, sampled(whole, 20_000), None, SMALL)
    assert made.tree.levels >= 3
    rng = np.random.default_rng(5)
    hole = np.array([5, 3]) + ORIGIN[:2]
    for _ in range(25):
        edges = open_places(mixture(root, rng, rng.uniform(0.3, 0.95)))
        assert len(edges) > 50
        ends = edges[..., :2]
        at_rim = np.min([np.abs(ends - ORIGIN[:2]), np.abs(ends - ORIGIN[:2] - 8)], axis=(0, 3)) < 0.08
        at_hole = np.abs(np.linalg.norm(ends - hole, axis=2) - 0.7) < 0.25
        assert (at_rim | at_hole).all()
    # One mesh or four: the same tiles.
    alone = mesh_of(whole.vertices, whole.triangles[kept])
    _, other = tiled(tmp_path / "b", [alone], sampled(whole, 20_000), None, SMALL)
    for (path, a), (other_path, b) in zip(root.walk(), other.walk(), strict=True):
        assert path == other_path
        if not a.children:
            corners = [np.sort(t.vertices[t.triangles].reshape(-1, 9), axis=0) for t in (a, b)]
            assert np.array_equal(*corners)


def test_the_finest_level_is_the_full_surface(root: Shown, full: Mesh) -> None:
    parts = root.leaves()
    step = max(t.step for t in parts)
    vertices = np.unique(np.concatenate([t.vertices for t in parts]), axis=0)
    assert len(vertices) == len(full.vertices)
    away = Nearest(full).distance((vertices - ORIGIN).astype(np.float32))
    assert away.max() < 2 * root.children[0].step
    assert step <= root.children[0].step


def test_declared_error_covers_the_measured_deviation_both_ways(
    made: tuple[Tiled, Shown], full: Mesh
) -> None:
    tree, root = made
    whole = Nearest(full.with_(origin=np.zeros(3), vertices=(full.vertices + ORIGIN).astype(np.float32)))
    placed = (full.vertices + ORIGIN).astype(np.float32)
    deviations = {path: t.deviation_m for path, t in tree.tree.root.walk()}
    for path, t in root.walk():
        # Dense, random places on the tile's own surface: not those it was measured at.
        away = whole.distance(places(t.mesh, 8000, len(path))).max()
        assert away <= deviations[path] * 1.05 + 2 * root.children[0].step
        assert not t.children or t.error >= deviations[path]
    for depth in range(tree.tree.levels - 1):
        level = [t for path, t in root.walk() if len(path) == depth]
        joined = trimesh.util.concatenate([trimesh.Trimesh(t.vertices, t.triangles) for t in level])
        back = Nearest(mesh_of(joined.vertices, joined.faces)).distance(placed).max()
        assert back <= max(d for path, d in deviations.items() if len(path) == depth) * 1.05


def test_errors_fall_and_boxes_nest(made: tuple[Tiled, Shown]) -> None:
    tree, root = made
    assert tree.tree.error_m >= root.error > 0
    for _, t in root.walk():
        assert in_box(t.vertices, t)
        assert t.points is None or in_box(t.points, t)
        for child in t.children:
            assert child.error <= t.error
            assert (child.low >= t.low - 1e-9).all()
            assert (child.high <= t.high + 1e-9).all()
        if not t.children:
            assert t.error == 0
            content = [t.vertices, *([t.points] if t.points is not None else [])]
            assert np.allclose(np.min([c.min(0) for c in content], axis=0), t.low, atol=2e-4)  # tight


def test_change_and_what_was_filled_reach_every_level(made: tuple[Tiled, Shown]) -> None:
    tree, root = made
    assert tree.change_scale_m == (0.5,)  # the next power of two above 0.44 m
    for path, t in root.walk():
        change, xyz = t.change, t.vertices - ORIGIN
        assert change is not None
        assert t.filled is not None
        known = np.isfinite(change[:, 0, 0])
        slack = [0.35, 0.2, 0.1, 0.06, 0.06][len(path)]
        assert np.abs(change[known, 0, 0] - 0.1 * xyz[known, 0]).max(initial=0) < 0.1 * slack
        assert not known[xyz[:, 2] < -1 - slack].any()
        assert known[xyz[:, 2] > -1 + 2 * slack].all()
        assert (t.filled[xyz[:, 2] > 1.5 + slack] == 255).all()
        assert (t.filled[xyz[:, 2] < 1.5 - slack] == 0).all()
    assert any((t.filled == 255).any() for t in root.leaves() if t.filled is not None)


def test_textures_show_the_clouds_colours_at_every_level(root: Shown) -> None:
    for path, t in root.walk():
        uv, texture = t.uv, t.texture
        assert uv is not None
        assert texture is not None
        assert t.unlit
        h, w = texture.shape[:2]
        seen = texture[(uv[:, 1] * h).astype(int), (uv[:, 0] * w).astype(int)].astype(float)
        assert np.abs(seen - tint(t.vertices - ORIGIN)).mean() < (6 if path else 12)


def test_vegetation_is_thinned_evenly(made: tuple[Tiled, Shown]) -> None:
    levels = made[0].tree.levels
    counts = [0] * levels
    for path, t in made[1].walk():
        if t.points is not None:
            counts[len(path)] += len(t.points)
    # Where a branch ends early its points are shown at that depth.
    assert sum(len(t.points) for t in made[1].leaves() if t.points is not None) <= 2000
    assert all(a < b for a, b in pairwise(counts))


def test_every_beginning_of_a_spread_covers_the_whole() -> None:
    rng = np.random.default_rng(2)
    dense = np.concatenate([rng.uniform(0, 1, (20_000, 3)), rng.uniform(0, 10, (2_000, 3))]).astype(
        np.float32
    )
    order = spread(dense)
    assert np.array_equal(np.sort(order), np.arange(len(dense)))
    first = dense[order[:500]]
    # 91 % of the points lie in a thousandth of the space; few of the first 500 do.
    assert (first < 1).all(1).mean() < 0.05


def test_the_order_of_pieces_does_not_matter(full: Mesh, tmp_path: Path) -> None:
    def backwards(function, items):  # type: ignore[no-untyped-def]
        return [function(item) for item in reversed(items)][::-1]

    cloud = sampled(full, 10_000)
    tiled(tmp_path / "a", [full], cloud, None, SMALL)
    tiled(tmp_path / "b", [full], cloud, None, SMALL, mapper=backwards)
    files = sorted(p.relative_to(tmp_path / "a") for p in (tmp_path / "a" / "tileset").rglob("*"))
    assert len(files) > 10
    for file in files:
        if (tmp_path / "a" / file).is_file():
            assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_lit_tiles_have_normals_and_sharp_edges(tmp_path: Path) -> None:
    model = box().with_(rgb=np.full((8, 3), 180, np.uint8))
    made, root = tiled(tmp_path, [model], None, None, SMALL, lit=True)
    assert made.lit
    for _, t in root.walk():
        corners = t.vertices[t.triangles]
        face = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        area = np.linalg.norm(face, axis=1)
        solid = area > 1e-9
        assert t.normals is not None
        assert not t.unlit
        alike = np.einsum("tkd,td->tk", t.normals[t.triangles[solid]], face[solid] / area[solid, None])
        assert alike.min() > 0.99


def test_lit_tiles_shade_alike_along_their_seams(tmp_path: Path) -> None:
    _, root = tiled(tmp_path, [blob(5)], None, None, SMALL)
    shown = root.leaves()
    vertices = np.concatenate([t.vertices for t in shown])
    normals = np.concatenate([t.normals for t in shown if t.normals is not None])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    owner = np.repeat(np.arange(len(shown)), [len(t.vertices) for t in shown])
    place = np.unique(vertices, axis=0, return_inverse=True)[1]
    order = np.argsort(place.ravel(), kind="stable")
    same = place.ravel()[order][1:] == place.ravel()[order][:-1]
    a, b = order[1:][same], order[:-1][same]
    assert (owner[a] != owner[b]).sum() > 200
    assert np.einsum("nd,nd->n", normals[a], normals[b]).min() > 0.9999


def test_creases_split_sharp_edges_only() -> None:
    assert len(crease(box()).vertices) == 24
    ball = crease(blob(4))
    assert len(ball.vertices) == len(blob(4).vertices)
    assert ball.normals is not None
    assert (np.einsum("nd,nd->n", ball.normals, ball.vertices) > 0).mean() > 0.99


def test_a_surface_without_colour_is_lit_and_has_no_texture(full: Mesh, tmp_path: Path) -> None:
    made, root = tiled(tmp_path, [full], None, None, SMALL)
    assert made.lit
    assert all(t.texture is None and t.normals is not None for _, t in root.walk())


def test_flat_surfaces_refine_for_their_texture(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    texture = rng.integers(0, 256, (1024, 1024, 3)).astype(np.uint8)
    wall = sheet(1)
    uv = np.stack([wall.vertices[:, 0] / 2, 1 - wall.vertices[:, 1] / 2], axis=1)
    made, root = tiled(tmp_path, [wall.with_(uv=uv, texture=texture)], None, None, SMALL)
    assert made.tree.levels >= 3  # two triangles would need one, a million texels do not fit one
    assert sum(np.prod(t.texture.shape[:2]) for t in root.leaves() if t.texture is not None) > 0.9 * 1024**2
    worst = max(f.value for f in made.figures if f.name == "texel of the finest tiles" and f.value)
    assert np.isclose(worst, 2 / 1024, rtol=0.35)
    assert root.error > 0.02  # the root's texels


def test_several_materials_become_one_surface(tmp_path: Path) -> None:
    whole = sheet(8)
    left = whole.vertices[whole.triangles].mean(1)[:, 0] < 1
    parts = [
        mesh_of(
            whole.vertices, whole.triangles[side], rgb=np.tile(np.uint8(colour), (len(whole.vertices), 1))
        )
        for side, colour in ((left, [200, 0, 0]), (~left, [0, 0, 200]))
    ]
    made, root = tiled(tmp_path, parts, None, None, SMALL, lit=True)
    assert made.counts[0].given == 128
    for _, t in root.walk():
        assert t.texture is not None
        assert t.uv is not None
        h, w = t.texture.shape[:2]
        middle = t.uv[t.triangles].mean(1)
        seen = t.texture[(middle[:, 1] * h).astype(int), (middle[:, 0] * w).astype(int)]
        on_left = (t.vertices[t.triangles].mean(1) - ORIGIN)[:, 0] < 1
        assert (seen[on_left, 0] > 150).all()
        assert (seen[~on_left, 2] > 150).all()


@pytest.mark.parametrize(
    "shape", [[[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 0, 0], [1e-4, 0, 0], [0, 1e-4, 0]]]
)
def test_a_single_triangle_is_a_tileset(shape: list[list[float]], tmp_path: Path) -> None:
    mesh = mesh_of(np.array(shape), [[0, 1, 2]], rgb=np.full((3, 3), 9, np.uint8)).with_(origin=np.zeros(3))
    _, root = tiled(tmp_path, [mesh])
    assert not root.children
    corners = root.vertices[root.triangles]
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1) / 2
    assert np.isclose(area.sum(), np.prod(np.max(shape, axis=0)[:2]) / 2, rtol=1e-3)


def test_what_is_no_surface_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no triangles"):
        tiled(tmp_path / "a", [mesh_of(np.zeros((0, 3)), np.zeros((0, 3)))])
    with pytest.raises(InputError, match="area"):
        tiled(tmp_path / "b", [mesh_of(np.zeros((3, 3)), [[0, 1, 2]])])


def test_triangles_without_area_are_counted(tmp_path: Path) -> None:
    mesh = mesh_of([[0, 0, 0], [1, 0, 0], [0, 1, 0], [2, 0, 0]], [[0, 1, 2], [0, 1, 3]])
    counts = tiled(tmp_path, [mesh])[0].counts[0]
    assert (counts.taken, counts.given, counts.reasons) == (2, 1, {"without area": 1})


def test_the_take_away_model_has_everything_in_one(full: Mesh, tmp_path: Path) -> None:
    tiled(tmp_path, [full], sampled(full, 20_000), None, SMALL, take_away=True)
    whole = trimesh.load(tmp_path / "tileset" / "model.glb", force="mesh")
    assert len(whole.faces) == len(full.triangles)  # fewer than 200,000: all of them
    assert whole.visual.uv is not None
    place = same_place(np.asarray(whole.vertices, np.float32))
    assert len(open_edges(place[whole.faces])) == 0
