"""Meshing in blocks: the same bits wherever the cuts are, manifold on any field, holes decided once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from captured_scene import capture

from heritage.model.arrays import PointCloud
from heritage.ops.meshes.weld import open_edges
from heritage.ops.points.grid import morton_order
from heritage.ops.surface.contour import contour
from heritage.ops.surface.cube_cases import COUNT, loops
from heritage.ops.surface.fans import split_fans
from heritage.ops.surface.holes import decide
from heritage.ops.surface.implicit import Field
from heritage.ops.surface.lattice import BRICK, HALF, gathered, key_of, spread, table_of
from heritage.ops.surface.levels import levels_of
from heritage.ops.surface.mesh import finish_block, mesh_block, mesh_surface
from heritage.ops.surface.owners import cell_cubes
from heritage.ops.surface.plan import MeshOptions, plan_mesh, spacing_of, windows


def _edges(triangles):
    edge = np.sort(triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    return np.unique(edge, axis=0, return_counts=True)


def _is_manifold(triangles):
    """At most two triangles on an edge, in opposite directions, and one fan at every vertex."""
    directed = triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)
    assert len(np.unique(directed, axis=0)) == len(directed)
    assert _edges(triangles)[1].max() <= 2
    around = {}
    for t in triangles:
        for i in range(3):
            around.setdefault(int(t[i]), []).append((int(t[(i + 1) % 3]), int(t[(i + 2) % 3])))
    for spokes in around.values():
        following = dict(spokes)
        assert len(following) == len(spokes)
        ends = set(following) - set(following.values())
        assert len(ends) <= 1
        start = ends.pop() if ends else next(iter(following))
        walked, here = 0, start
        while here in following and (walked == 0 or here != start):
            here = following[here]
            walked += 1
        assert walked == len(spokes)


def _random_field(seed, bricks=3, unknown=0.0):
    rng = np.random.default_rng(seed)
    place = HALF // BRICK
    cells = np.array([(i, j, k) for i in range(bricks) for j in range(bricks) for k in range(bricks)])
    keys = np.array([key_of(place + i, place + j, place + k) for i, j, k in cells])
    order = np.argsort(keys)
    value = rng.choice([-1, 1], (len(keys), BRICK, BRICK, BRICK)) * rng.uniform(
        0.1, 1, (len(keys), BRICK, BRICK, BRICK)
    )
    value[rng.random(value.shape) < unknown] = np.nan
    return Field(0.1, keys[order], table_of(keys[order]), value.astype(np.float32), ())


@pytest.mark.parametrize("seed", range(5))
def test_any_signs_give_a_manifold(seed):
    made = contour(_random_field(seed))

    edge, count = _edges(made.triangles)
    assert len(made.triangles) > 1000
    assert count.max() == 2
    # An edge with one triangle joins two vertices of the rim; every other vertex is closed around.
    assert made.open[edge[count == 1]].all()
    _is_manifold(split_fans(made.triangles, len(made.xyz), open_edges(made.triangles))[0])


def test_a_torn_field_gives_a_manifold_after_its_fans_are_split():
    made = contour(_random_field(7, unknown=0.05))
    rim = open_edges(made.triangles)

    split, old = split_fans(made.triangles, len(made.xyz), rim)

    with pytest.raises(AssertionError):
        _is_manifold(made.triangles)
    _is_manifold(split)
    assert len(old) > len(made.xyz)
    assert np.array_equal(old[split], made.triangles)


def test_open_edges_are_the_ones_with_one_triangle():
    made = contour(_random_field(1, unknown=0.05))
    edge, count = _edges(made.triangles)

    assert np.array_equal(open_edges(made.triangles), edge[count == 1])


def test_the_cases_cross_every_changing_edge_once():
    for case in range(256):
        inside = [bool(case >> c & 1) for c in range(8)]
        changing = sum(inside[c] != inside[c | 1 << a] for c in range(8) for a in range(3) if not c >> a & 1)
        found = [edge for loop in loops(case) for edge in loop]
        assert len(found) == len(set(found)) == changing
        assert COUNT[case] == sum(len(loop) - 2 for loop in loops(case))


def test_keys_are_reversible_and_level_by_level_nested():
    rng = np.random.default_rng(0)
    for i, j, k in rng.integers(0, 2 * HALF, (200, 3)):
        key = key_of(i, j, k)
        assert (gathered(key), gathered(key >> 1), gathered(key >> 2)) == (i, j, k)
        assert key >> 3 == key_of(i >> 1, j >> 1, k >> 1)
        assert spread(i) == sum(((int(i) >> b) & 1) << 3 * b for b in range(20))


def test_means_of_a_level_are_means_of_its_cells():
    rng = np.random.default_rng(1)
    xyz = rng.uniform(-1, 1, (5_000, 3)).astype(np.float32)
    normal = np.tile(np.float32([0, 0, 1]), (5_000, 1))

    fine, coarse = levels_of(xyz, normal, None, 0.05, 2)

    cell = np.floor(xyz.astype(np.float64) / 0.1).astype(int)
    keys, inverse, count = np.unique(cell, axis=0, return_inverse=True, return_counts=True)
    means = np.column_stack([np.bincount(inverse.ravel(), xyz[:, a]) / count for a in range(3)])
    assert len(coarse.xyz) == len(keys)
    assert np.abs(np.sort(coarse.xyz, axis=0) - np.sort(means, axis=0)).max() < 1e-6
    assert np.array_equal(np.sort(fine.xyz, axis=0), np.sort(xyz, axis=0))


def _in_blocks(cloud, options, cuts):
    """The surface of ``cloud`` meshed in cubes between ``cuts`` along each axis, every block from its points alone."""
    spacing = spacing_of([cloud.xyz[part] for part in windows(len(cloud))])
    plan = plan_mesh(len(cloud), spacing, options)
    cubes = [
        np.array([[xs[i], xs[i + 1]], [ys[j], ys[j + 1]], [zs[k], zs[k + 1]]]).T
        for xs, ys, zs in [cuts]
        for i in range(len(xs) - 1)
        for j in range(len(ys) - 1)
        for k in range(len(zs) - 1)
    ]
    cubes = [c for c in cubes if ((cloud.xyz >= c[0]) & (cloud.xyz < c[1])).all(1).any()]
    low, high = np.array([c[0] for c in cubes]), np.array([c[1] for c in cubes])
    plan = replace(plan, cubes=cell_cubes(low, high, plan.size))
    made = []
    for number, (a, b) in enumerate(zip(low, high, strict=True)):
        near = ((cloud.xyz >= a - plan.reach_m) & (cloud.xyz <= b + plan.reach_m)).all(1)
        made.append(mesh_block(cloud.select(near), plan, options, number))
    decision = decide([parts for _, parts in made], options.piece_share)
    meshes = [
        finish_block(p, k, cloud.origin, cloud.xyz[:0])[0]
        for (p, _), k in zip(made, decision.keep, strict=True)
    ]
    return [mesh for mesh in meshes if mesh is not None]


def _corners(meshes):
    """All triangles as rows of corners, each begun with its least, in order; and all vertices with what they carry."""
    corners = np.concatenate([mesh.vertices[mesh.triangles] for mesh in meshes])
    first = np.array([min(range(3), key=lambda c: tuple(t[c])) for t in corners])
    rows = np.arange(len(corners))
    turned = np.stack([corners[rows, (first + c) % 3] for c in range(3)], axis=1).reshape(-1, 9)
    carried = np.concatenate(
        [np.column_stack([mesh.vertices, mesh.normals, mesh.rgb, mesh.filled]) for mesh in meshes]
    )
    return turned[np.lexsort(turned.T)], np.unique(carried, axis=0)


def test_blocks_give_the_bits_of_the_whole_wherever_they_are_cut():
    scene = capture(12_000, sigma=0.003)
    rng = np.random.default_rng(2)
    cloud = scene.cloud.with_(
        normal=scene.normal.astype(np.float32),
        rgb=rng.integers(0, 255, (len(scene.cloud), 3), dtype=np.uint8),
    )
    # Take a patch away, so that a hole may cross a border; and thin a side, so that levels mix.
    centre = cloud.xyz[5]
    gone = np.linalg.norm(cloud.xyz - centre, axis=1) < 0.15
    gone |= (cloud.xyz[:, 0] < np.median(cloud.xyz[:, 0])) & (rng.random(len(cloud)) < 0.8)
    cloud = cloud.select(~gone)
    cloud = cloud.select(morton_order(cloud.xyz))
    whole = mesh_surface(cloud, MeshOptions(fill=10)).mesh
    triangles, vertices = _corners([whole])
    low, high = cloud.xyz.min(0).astype(float), cloud.xyz.max(0) + 0.01
    assert whole.filled.any()

    for parts in ((2, 1, 1), (3, 3, 2)):
        cuts = [
            np.concatenate([[a], np.sort(rng.uniform(a, b, n - 1)), [b]])
            for a, b, n in zip(low, high, parts, strict=True)
        ]
        cuts[0][len(cuts[0]) // 2] = centre[0]
        meshes = _in_blocks(cloud, MeshOptions(fill=10), cuts)
        assert len(meshes) > 1
        again, carried = _corners(meshes)
        assert np.array_equal(again, triangles)
        assert np.array_equal(carried, vertices)
        for mesh in meshes:
            _is_manifold(mesh.triangles)


def _ball_with_hole(width, n=40_000):
    rng = np.random.default_rng(1)
    normal = rng.normal(size=(n, 3))
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    normal = normal[np.linalg.norm(normal[:, :2], axis=1) + (normal[:, 2] < 0) > width / 2]
    return PointCloud(np.zeros(3), normal.astype(np.float32), normal=normal.astype(np.float32))


def test_a_narrow_hole_is_filled_and_marked_and_a_wide_one_stays_open():
    cloud = _ball_with_hole(0.3)  # of spacing 0.018: 3 of them from the rim are measured
    wide, narrow = (mesh_surface(cloud, MeshOptions(fill_m=f, trim=3.0)) for f in (0.15, 0.4))

    figures = {figure.name: figure.value for figure in narrow.figures}
    assert len(open_edges(narrow.mesh.triangles)) == 0
    assert figures["filled_holes"] == 1
    assert figures["filled_area"] == pytest.approx(np.pi * (0.15 - 0.053) ** 2, rel=0.3)
    marked = narrow.mesh.vertices[narrow.mesh.filled == 255]
    assert len(marked) > 10
    assert np.linalg.norm(marked[:, :2], axis=1).max() < 0.15
    assert marked[:, 2].min() > 0.9
    # A cap of this width is 0.011 high: the filled one bulges as far beyond the ball at most.
    assert np.abs(np.linalg.norm(marked, axis=1) - 1).max() < 0.023
    rim = open_edges(wide.mesh.triangles)
    length = np.linalg.norm(wide.mesh.vertices[rim[:, 0]] - wide.mesh.vertices[rim[:, 1]], axis=1).sum()
    assert not wide.mesh.filled.any()
    assert wide.counts.reasons["no_data"] > 20
    assert length == pytest.approx(2 * np.pi * (0.15 - 0.053), rel=0.5)


def test_equal_counts_whatever_is_cut_away():
    result = mesh_surface(_ball_with_hole(0.4), MeshOptions(fill=0))

    assert result.counts.taken == result.counts.given + sum(result.counts.reasons.values())
    assert result.counts.given == len(result.mesh.triangles)
    _is_manifold(result.mesh.triangles)


def _sheet(length, width, turned, spacing=0.05, seed=3):
    """A flat sheet of points with a little noise, turned in its plane by an angle in radians."""
    rng = np.random.default_rng(seed)
    u, v = np.meshgrid(np.arange(0, length, spacing), np.arange(0, width, spacing), indexing="ij")
    u, v = (a.ravel() + rng.uniform(-0.4, 0.4, a.size) * spacing for a in (u, v))
    c, s = np.cos(turned), np.sin(turned)
    xyz = np.column_stack([c * u - s * v, s * u + c * v, rng.normal(0, 0.001, len(u))]).astype(np.float32)
    return PointCloud(np.zeros(3), xyz, normal=np.tile(np.float32([0, 0, 1]), (len(xyz), 1)))


def test_a_block_needs_no_point_beyond_its_reach():
    cloud = _sheet(40.0, 0.8, 0.3)
    cloud = cloud.with_(rgb=np.full((len(cloud), 3), 99, np.uint8)).select(morton_order(cloud.xyz))
    options = MeshOptions()
    whole = mesh_surface(cloud, options).mesh
    low, high = cloud.xyz.min(0).astype(float), cloud.xyz.max(0) + 0.01
    spacing = spacing_of([cloud.xyz[part] for part in windows(len(cloud))])
    assert plan_mesh(len(cloud), spacing, options).reach_m < (high - low)[0] / 4

    meshes = _in_blocks(
        cloud, options, [np.linspace(low[0], high[0], 6), [low[1], high[1]], [low[2], high[2]]]
    )

    for again, expected in zip(_corners(meshes), _corners([whole]), strict=True):
        assert np.array_equal(again, expected)


def test_the_rim_of_a_sheet_is_a_line_and_no_staircase():
    for turned in (0.0, 0.3, 0.7):
        mesh = mesh_surface(_sheet(6.0, 4.0, turned)).mesh
        rim = open_edges(mesh.triangles)
        length = np.linalg.norm(mesh.vertices[rim[:, 0]] - mesh.vertices[rim[:, 1]], axis=1).sum()

        assert length == pytest.approx(20.0, rel=0.06)
        _is_manifold(mesh.triangles)
        a, b, c = (mesh.vertices[mesh.triangles[:, i]].astype(float) for i in range(3))
        # Pulling a tooth in may turn its triangle over: 11 of 20,596 at most as measured, none elsewhere.
        assert (np.cross(b - a, c - a)[:, 2] <= 0).mean() < 0.001
