from __future__ import annotations

import numpy as np
import open3d as o3d
import pytest
from tile_scene import ORIGIN, blob, box, mesh_of, places, sampled, sheet, tint

from heritage.model.arrays import Mesh, PointCloud
from heritage.model.errors import InputError
from heritage.model.tiles import Tile, TileTree
from heritage.ops.crease import crease
from heritage.ops.cut import cut
from heritage.ops.join import join
from heritage.ops.nearest import Nearest
from heritage.ops.simplify import simplify
from heritage.ops.single import single
from heritage.ops.skirt import with_skirts
from heritage.ops.spread import spread
from heritage.ops.tile import TileOptions, tile
from heritage.ops.weld import open_edges, same_place, weld

SMALL = TileOptions(root_triangles=600, tile_triangles=1500, root_px=128, tile_px=256, context_points=2000)


def with_change(mesh: Mesh) -> Mesh:
    """A change that grows with x, and is unknown where z is low."""
    change = np.stack([mesh.vertices[:, 0] * 0.1, np.full(len(mesh.vertices), 0.02)], axis=1).astype(
        np.float32
    )
    change[mesh.vertices[:, 2] < -1] = np.nan
    return mesh.with_(change=change[:, None])


@pytest.fixture(scope="module")
def full() -> Mesh:
    return with_change(blob(5))


@pytest.fixture(scope="module")
def tree(full: Mesh) -> TileTree:
    rng = np.random.default_rng(0)
    leaves = rng.normal(0, 1, (9000, 3)).astype(np.float32) * (5, 5, 1)
    context = PointCloud(ORIGIN + np.array([1.0, 0, 0]), leaves, np.full((9000, 3), 60, np.uint8))
    return tile([full], sampled(full, 40_000), context, SMALL)


def tiles(tree: TileTree) -> list[tuple[tuple[int, ...], Tile]]:
    return list(tree.root.walk())


def bare(t: Tile) -> Mesh:
    """A tile's surface without its skirts."""
    return t.surface.with_(triangles=t.surface.triangles[: len(t.surface.triangles) - t.skirts])


def leaves(tree: TileTree) -> list[Tile]:
    return [t for _, t in tiles(tree) if not t.children]


def test_at_least_three_levels_from_a_small_root_to_the_full_surface(tree: TileTree, full: Mesh) -> None:
    depths = {len(path) for path, _ in tiles(tree)}
    assert depths == set(range(tree.levels))
    assert tree.levels >= 3
    assert 550 <= len(tree.root.surface.triangles) <= 600
    for path, t in tiles(tree):
        if path:
            assert len(t.surface.triangles) < 1500 * 1.4  # cuts and skirts add some
        assert t.surface.texture is not None
        assert max(t.surface.texture.shape[:2]) <= (256 if path else 128)
        assert bool(t.children) == (len(path) < tree.levels - 1)


def test_the_finest_level_is_the_full_surface_without_a_crack(tree: TileTree, full: Mesh) -> None:
    step = leaves(tree)[0].step_m
    assert step < 2e-4
    parts = [bare(t) for t in leaves(tree)]
    assert sum(len(part.triangles) for part in parts) >= len(full.triangles)
    whole = join(parts)
    assert Nearest(full).distance(places(whole, 20_000, 1)).max() < step
    assert Nearest(whole).distance(places(full, 20_000, 2)).max() < step
    # Where cells meet, every tile's border lies on its neighbours, to a step of the grid.
    for i, part in enumerate(parts):
        border = part.vertices[open_edges(part.triangles, same_place(part.vertices))]
        assert len(border) > 20
        along = np.concatenate([border[:, 0] * (1 - s) + border[:, 1] * s for s in np.linspace(0, 1, 5)])
        others = Nearest(join([p for j, p in enumerate(parts) if j != i]))
        assert others.distance(along.astype(np.float32)).max() < step


def test_declared_error_covers_the_measured_deviation_both_ways(tree: TileTree, full: Mesh) -> None:
    whole = Nearest(full)
    for depth in range(tree.levels - 1):
        level = [t for path, t in tiles(tree) if len(path) == depth]
        for t in level:
            # Dense, random places on the tile's own surface: not those it was measured at.
            away = whole.distance(places(bare(t), 8000, depth)).max()
            assert away <= t.deviation_m * 1.05 + t.step_m
            assert t.geometric_error_m >= t.deviation_m
        together, _ = weld([bare(t) for t in level])
        back = Nearest(together).distance(places(full, 30_000, 9)).max()
        assert back <= max(t.deviation_m for t in level) * 1.05 + level[0].step_m


def test_errors_fall_and_boxes_nest(tree: TileTree) -> None:
    assert tree.error_m >= tree.root.geometric_error_m > 0
    for _, t in tiles(tree):
        low, high = t.surface.bounds()
        assert (low >= t.low).all()
        assert (high <= t.high).all()
        if t.points is not None:
            assert (t.points.bounds()[0] >= t.low).all()
            assert (t.points.bounds()[1] <= t.high).all()
        for child in t.children:
            assert child.geometric_error_m <= t.geometric_error_m
            assert (child.low >= t.low).all()
            assert (child.high <= t.high).all()
        if not t.children:
            assert t.geometric_error_m == 0
            assert t.deviation_m <= t.step_m
            content = [t.surface.bounds(), *([t.points.bounds()] if t.points is not None else [])]
            assert np.array_equal(np.min([b[0] for b in content], axis=0), t.low)  # tight


def test_vertices_lie_on_a_grid_that_16_bits_can_count(tree: TileTree) -> None:
    steps: dict[int, set[float]] = {}
    for path, t in tiles(tree):
        steps.setdefault(len(path), set()).add(t.step_m)
        counted = t.surface.vertices.astype(np.float64) / t.step_m
        assert np.array_equal(counted, np.rint(counted))
        assert np.ptp(counted, axis=0).max() <= 65_535
    assert all(len(s) == 1 for s in steps.values())  # one grid per level


def test_change_reaches_every_level(tree: TileTree) -> None:
    shares = [np.isfinite(t.surface.change).mean() for _, t in tiles(tree)]
    assert np.mean(shares) > 0.6
    assert tree.change_scale_m == (0.5,)  # the next power of two above 0.44 m
    for _, t in tiles(tree):
        change, xyz = t.surface.change, t.surface.vertices
        assert change is not None
        known = np.isfinite(change[:, 0, 0])
        assert np.abs(change[known, 0, 0] - 0.1 * xyz[known, 0]).max(initial=0) < 0.1 * (t.deviation_m + 0.06)
        assert not known[xyz[:, 2] < -1 - t.deviation_m - 0.1].any()
        corners = xyz[t.surface.triangles]
        longest = np.linalg.norm(
            corners - np.roll(corners, 1, axis=1), axis=2
        ).max()  # a cut edge is as unknown as its ends
        assert known[xyz[:, 2] > -1 + t.deviation_m + longest].all()


def test_textures_show_the_clouds_colours_at_every_level(tree: TileTree) -> None:
    for path, t in tiles(tree):
        uv, texture = t.surface.uv, t.surface.texture
        assert uv is not None
        assert texture is not None
        h, w = texture.shape[:2]
        seen = texture[(uv[:, 1] * h).astype(int), (uv[:, 0] * w).astype(int)].astype(float)
        assert np.abs(seen - tint(t.surface.vertices)).mean() < (6 if path else 12)


def test_vegetation_is_thinned_evenly(tree: TileTree) -> None:
    counts = [0] * tree.levels
    for path, t in tiles(tree):
        if t.points is not None:
            counts[len(path)] += len(t.points)
    assert counts[-1] == 2000
    assert counts == [2000 // 4 ** (tree.levels - 1 - d) for d in range(tree.levels)]


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


def test_the_same_input_gives_the_same_tiles_with_any_threads(full: Mesh) -> None:
    a, b = (tile([full], sampled(full, 10_000), None, SMALL, threads=threads) for threads in (1, 2))
    for (path, one), (other_path, other) in zip(tiles(a), tiles(b), strict=True):
        assert path == other_path
        for name in ("vertices", "triangles", "uv", "texture", "change"):
            assert np.array_equal(
                getattr(one.surface, name), getattr(other.surface, name), equal_nan=name == "change"
            )
        assert (one.deviation_m, one.geometric_error_m) == (other.deviation_m, other.geometric_error_m)


def test_skirts_close_the_gap_between_levels() -> None:
    ball = blob(5)
    coarse = simplify(ball, 300).mesh
    left, right = cut(coarse, 0, 0.25)[0], cut(ball, 0, 0.25)[1]
    gap = max(Nearest(coarse).distance(ball.vertices).max(), Nearest(ball).distance(coarse.vertices).max())
    # Rays that come in at a slant, from both sides, through places along the seam and up to the gap in and out of it.
    rng = np.random.default_rng(0)
    border = right.vertices[right.vertices[:, 0] == 0.25]
    border = border[rng.integers(0, len(border), 20_000)].astype(np.float64)
    out = border * (0, 1, 1) / np.linalg.norm(border[:, 1:], axis=1, keepdims=True)
    target = border + out * rng.uniform(-gap, gap, (20_000, 1))
    forward = -0.5 * out + np.array([1.0, 0, 0]) * np.sqrt(0.75) * rng.choice([-1, 1], (20_000, 1))
    rays = np.concatenate([target - 2 * forward, forward], axis=1).astype(np.float32)

    def seen_through(parts: list[Mesh]) -> np.ndarray:
        """Rays that hit nothing near the seam."""
        scene = o3d.t.geometry.RaycastingScene()
        for part in parts:
            scene.add_triangles(
                o3d.core.Tensor(part.vertices.copy()), o3d.core.Tensor(part.triangles.astype(np.uint32))
            )
        return scene.cast_rays(o3d.core.Tensor(rays))["t_hit"].numpy() > 2.5

    seam = frozenset({(0, 0.25)})
    hung = [with_skirts(left, seam, 2 * gap), with_skirts(right, seam, 2 * gap)]
    grazing = seen_through([ball]) | seen_through([coarse])  # rays that miss whole surfaces as well
    assert (seen_through([left, right]) & ~grazing).sum() > 500
    assert (seen_through(hung) & ~grazing).sum() <= 5


def test_lit_tiles_have_normals_and_sharp_edges() -> None:
    model = box().with_(rgb=np.full((8, 3), 180, np.uint8))
    made = tile([model], None, None, SMALL, lit=True)
    assert made.lit
    for _, t in tiles(made):
        corners = t.surface.vertices[t.surface.triangles]
        face = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        face /= np.linalg.norm(face, axis=1, keepdims=True)
        assert t.surface.normals is not None
        assert np.allclose(t.surface.normals[t.surface.triangles], face[:, None], atol=1e-5)


def test_creases_split_sharp_edges_only() -> None:
    assert len(crease(box()).vertices) == 24
    ball = crease(blob(4))
    assert len(ball.vertices) == len(blob(4).vertices)
    assert ball.normals is not None
    assert (np.einsum("nd,nd->n", ball.normals, ball.vertices) > 0).mean() > 0.99


def test_a_surface_without_colour_is_lit_and_has_no_texture(full: Mesh) -> None:
    made = tile([full], None, None, SMALL)
    assert made.lit
    assert all(t.surface.texture is None and t.surface.normals is not None for _, t in tiles(made))


def test_flat_surfaces_refine_for_their_texture() -> None:
    rng = np.random.default_rng(0)
    texture = rng.integers(0, 256, (1024, 1024, 3)).astype(np.uint8)
    n = 20
    wall = sheet(n)
    uv = np.stack([wall.vertices[:, 0] / 2, 1 - wall.vertices[:, 1] / 2], axis=1)
    made = tile([wall.with_(uv=uv, texture=texture)], None, None, SMALL)
    assert made.levels >= 3  # 800 triangles would need one, a million texels do not fit one
    assert made.root.texel_m is not None
    assert np.isclose(made.root.geometric_error_m, 4 * made.root.texel_m)
    finest = [t.texel_m for t in leaves(made)]
    assert np.allclose(finest, 2 / 1024, rtol=0.35)
    assert sum(np.prod(t.surface.texture.shape[:2]) for t in leaves(made)) > 0.9 * 1024**2


def test_several_materials_become_one_surface() -> None:
    left, right = cut(sheet(8), 0, 1.0)
    red = left.with_(rgb=np.tile(np.uint8([200, 0, 0]), (len(left.vertices), 1)))
    blue = right.with_(rgb=np.tile(np.uint8([0, 0, 200]), (len(right.vertices), 1)))
    made = tile([red, blue], None, None, SMALL, lit=True)
    assert made.counts[0].given == 128
    for _, t in tiles(made):
        assert t.surface.texture is not None
        assert t.surface.uv is not None
        h, w = t.surface.texture.shape[:2]
        middle = t.surface.uv[t.surface.triangles].mean(1)
        seen = t.surface.texture[(middle[:, 1] * h).astype(int), (middle[:, 0] * w).astype(int)]
        on_left = t.surface.vertices[t.surface.triangles].mean(1)[:, 0] < 1
        assert (seen[on_left, 0] > 150).all()
        assert (seen[~on_left, 2] > 150).all()


@pytest.mark.parametrize(
    "shape", [[[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 0, 0], [1e-4, 0, 0], [0, 1e-4, 0]]]
)
def test_a_single_triangle_is_a_tileset(shape: list[list[float]]) -> None:
    made = tile([mesh_of(np.array(shape), [[0, 1, 2]], rgb=np.full((3, 3), 9, np.uint8))], None, None)
    assert [len(t.surface.triangles) for t in leaves(made)] == [1]


def test_what_is_no_surface_is_refused() -> None:
    with pytest.raises(InputError, match="no triangles"):
        tile([mesh_of(np.zeros((0, 3)), np.zeros((0, 3)))], None, None)
    with pytest.raises(InputError, match="area"):
        tile([mesh_of(np.zeros((3, 3)), [[0, 1, 2]])], None, None)
    with pytest.raises(InputError, match="area"):
        single([mesh_of(np.zeros((3, 3)), [[0, 1, 2]])], None)


def test_triangles_without_area_are_counted() -> None:
    mesh = mesh_of([[0, 0, 0], [1, 0, 0], [0, 1, 0], [2, 0, 0]], [[0, 1, 2], [0, 1, 3]])
    counts = tile([mesh], None, None).counts[0]
    assert (counts.taken, counts.given, counts.reasons) == (2, 1, {"without area": 1})


def test_the_single_mesh_has_everything_in_one(full: Mesh) -> None:
    whole = single([full], sampled(full, 20_000), triangles=3000, side_px=512)
    assert 2800 <= len(whole.triangles) <= 3000
    assert whole.texture is not None
    assert max(whole.texture.shape[:2]) <= 512
    assert whole.normals is not None
    assert np.allclose(np.linalg.norm(whole.normals, axis=1), 1, atol=1e-5)
    plain = single([full], None, triangles=3000)
    assert plain.texture is None
    assert plain.uv is None
