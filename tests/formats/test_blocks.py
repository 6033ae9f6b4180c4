"""Blocks: every point once, in its cube, and `around` is what a box filter over the whole cloud gives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from heritage.formats.arrays import load_array, load_cloud
from heritage.formats.blocks import (
    Blocks,
    create_blocks,
    create_column,
    gather_rows,
    packed,
    read_rows,
    save_blocks,
    write_points,
    write_rows,
)
from heritage.formats.source_order import in_source_order
from heritage.model.arrays import PointCloud
from heritage.model.errors import StoreError
from heritage.model.octree import ANCHOR_M, Octree, along_curve


def random_cloud(n: int, seed: int = 0, spread: float = 20.0) -> PointCloud:
    random = np.random.default_rng(seed)
    return PointCloud(
        np.array([576_700.0, 1_822_000.0, 0.0]),
        random.normal(0, spread, (n, 3)).astype(np.float32),
        random.integers(0, 256, (n, 3), np.uint8),
        random.normal(size=(n, 3)).astype(np.float32),
        random.random(n).astype(np.float32),
        random.integers(0, 9, n).astype(np.uint8),
    )


def shaped(name: str, n: int) -> PointCloud:
    random = np.random.default_rng(n)
    xyz = np.zeros((n, 3))
    if name == "line":
        xyz[:, 0] = random.uniform(-30, 30, n)
    elif name == "diagonal":
        xyz[:] = random.uniform(-30, 30, (n, 1))
    elif name == "plane":
        xyz[:, :2] = random.uniform(-30, 30, (n, 2))
    elif name == "clusters":
        xyz = random.normal(0, 0.5, (n, 3)) + np.where(random.random((n, 1)) < 0.5, -9_900, 9_900)
    elif name == "lattice":  # on the very borders of the cubes
        xyz = random.integers(-4, 5, (n, 3)) + 0.25
    elif name == "equal":
        xyz += [1.25, -3.0, 1e-30]
    return PointCloud(np.zeros(3), xyz.astype(np.float32))


def check(folder: Path, cloud: PointCloud, most: int, reaches: tuple[float, ...] = (0.0, 0.7)) -> None:
    """All that blocks promise, by brute force over the whole cloud."""
    blocks, order = Blocks.open(folder), load_array(folder, "order")
    assert blocks.rows == len(cloud) == len(order)
    np.testing.assert_array_equal(np.sort(order), np.arange(len(cloud)))
    whole = load_cloud(folder)
    for name in ("origin", "xyz", "rgb", "normal", "confidence", "source_class"):
        expected = getattr(cloud, name)
        if name != "origin" and expected is not None:
            expected = expected[order]
        np.testing.assert_array_equal(getattr(whole, name), expected)
    place = whole.xyz.astype(np.float64)
    for block in blocks:
        inside = ((place >= block.low) & (place < block.high)).all(1)
        np.testing.assert_array_equal(np.flatnonzero(inside), np.arange(block.start, block.stop))
        side = block.high - block.low
        assert (side == side[0]).all()
        assert np.log2(side[0]) % 1 == 0
        if len(blocks) > 1:
            np.testing.assert_array_equal((block.low - ANCHOR_M) % side, 0)
        assert len(block) <= most or np.ptp(place[inside], axis=0).max() < 0.02
        np.testing.assert_array_equal(blocks.points(block.number).xyz, whole.xyz[inside])
        for reach in reaches:
            near, rows = blocks.around(block.number, reach)
            box = ((place >= block.low - reach) & (place <= block.high + reach)).all(1) & ~inside
            expected = np.concatenate([np.flatnonzero(inside), np.flatnonzero(box)])
            np.testing.assert_array_equal(rows, expected)
            np.testing.assert_array_equal(near.xyz, whole.xyz[rows])
            if whole.rgb is not None:
                np.testing.assert_array_equal(near.rgb, whole.rgb[rows])
                np.testing.assert_array_equal(near.normal, whole.normal[rows])


@pytest.mark.parametrize("most", [1, 7, 64, 500])
def test_every_point_is_once_in_its_cube(tmp_path: Path, most: int) -> None:
    cloud = random_cloud({1: 120, 7: 400}.get(most, 1500))
    save_blocks(tmp_path, cloud, most=most)

    check(tmp_path, cloud, most, (0.0, 1e-9, 0.7, 5.0))


@pytest.mark.parametrize("n", [0, 1, 2, 3, *(2**k + d for k in (5, 8, 10) for d in (-1, 0, 1))])
@pytest.mark.parametrize("most", [32, 256])
def test_sizes_around_that_of_a_block(tmp_path: Path, n: int, most: int) -> None:
    cloud = random_cloud(n, n)
    save_blocks(tmp_path, cloud, most=most)

    check(tmp_path, cloud, most)
    assert (len(Blocks.open(tmp_path)) <= 1) == (n <= most)


@pytest.mark.parametrize("shape", ["equal", "line", "diagonal", "plane", "clusters", "lattice"])
@pytest.mark.parametrize("n", [1, 63, 64, 65, 700])
def test_degenerate_clouds(tmp_path: Path, shape: str, n: int) -> None:
    cloud = shaped(shape, n)
    save_blocks(tmp_path, cloud, most=64)

    check(tmp_path, cloud, 700 if shape in {"equal", "lattice"} else 64)


def test_a_cube_is_divided_only_where_it_must_be(tmp_path: Path) -> None:
    cloud = random_cloud(2000)
    save_blocks(tmp_path, cloud, most=100)

    blocks = Blocks.open(tmp_path)
    place = load_cloud(tmp_path).xyz
    for block in blocks:
        side = block.high - block.low
        low = ANCHOR_M + np.floor((block.low - ANCHOR_M) / (2 * side)) * 2 * side
        assert ((place >= low) & (place < low + 2 * side)).all(1).sum() > 100


def test_equal_points_keep_the_order_of_the_source(tmp_path: Path) -> None:
    xyz = np.repeat(np.random.default_rng(1).normal(size=(50, 3)), 4, axis=0).astype(np.float32)
    save_blocks(tmp_path, PointCloud(np.zeros(3), xyz), most=8)

    order = load_array(tmp_path, "order").reshape(50, 4)
    np.testing.assert_array_equal(order, order[:, :1] + np.arange(4))


def test_the_least_negative_number_is_below_zero() -> None:
    octree = Octree.around([-1.0, -1, -1], [0.5, 0.5, 0.5])
    small = np.array([[-1e-38, 1e-38, 0]], np.float32)

    low, high = octree.cube(int(octree.codes(small)[0]), 21)
    assert low[0] < small[0, 0] < high[0] == 0
    assert low[1] == low[2] == 0


def test_what_lies_about_zero_is_not_cut() -> None:
    """The ground of a local frame with its noise, in cubes of every size a block may have."""
    ground = np.array([[0.0, 0, -0.04], [0.0, 0, 0.04]], np.float32)
    for exponent in range(7):
        octree = Octree.around([-(2.0**exponent) / 3] * 3, [2.0**exponent / 3] * 3)
        for depth in range(1, exponent + 2):  # down to 0.5 m
            codes = octree.codes(ground) >> np.uint64(3 * (21 - depth))
            assert codes[0] == codes[1]


def test_points_outside_of_the_octree_are_refused() -> None:
    octree = Octree.around([0, 0, 0], [1, 1, 1])
    with pytest.raises(ValueError, match="outside"):
        octree.codes(np.array([[2.0, 0, 0]], np.float32))
    with pytest.raises(ValueError, match="box"):
        Octree.around([0, 0, 0], [10_001, 0, 0])


def test_columns_are_written_and_read_by_rows(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    for width in (None, 3):
        values = random.random((1000, width) if width else 1000).astype(np.float32)
        create_column(tmp_path, "a", 1000, np.float32, width)
        for start in (500, 0, 250, 750):
            write_rows(tmp_path, "a", start, values[start : start + 250])
        rows = np.sort(random.choice(1000, 77))

        np.testing.assert_array_equal(load_array(tmp_path, "a"), values)
        np.testing.assert_array_equal(read_rows(tmp_path, "a", 3, 911), values[3:911])
        np.testing.assert_array_equal(gather_rows(tmp_path, "a", rows), values[rows])
        np.testing.assert_array_equal(gather_rows(tmp_path, "a", rows[:0]), values[:0])


def test_wrong_rows_are_refused(tmp_path: Path) -> None:
    create_column(tmp_path, "a", 10, np.uint8)

    for start, values in ((8, np.zeros(3, np.uint8)), (-1, np.zeros(1, np.uint8))):
        with pytest.raises(ValueError, match="rows"):
            write_rows(tmp_path, "a", start, values)
    for values in (np.zeros(3, np.float32), np.zeros((3, 1), np.uint8)):
        with pytest.raises(ValueError, match="column"):
            write_rows(tmp_path, "a", 0, values)
    for rows in ([3, 2], [-1], [10]):
        with pytest.raises(ValueError, match="ascending"):
            gather_rows(tmp_path, "a", np.array(rows))
    with pytest.raises(ValueError, match="rows"):
        read_rows(tmp_path, "a", 5, 11)


def test_damage_is_named(tmp_path: Path) -> None:
    save_blocks(tmp_path, random_cloud(100), most=30)
    column = tmp_path / "cloud.rgb.npy"
    whole = column.read_bytes()

    column.write_bytes(whole[:-1])
    last = len(Blocks.open(tmp_path)) - 1
    with pytest.raises(StoreError, match=r"cloud\.rgb"):
        Blocks.open(tmp_path).points(last)
    with pytest.raises(StoreError, match=r"cloud\.rgb"):
        Blocks.open(tmp_path).select(np.array([99]))
    column.write_bytes(b"nothing of the kind")
    with pytest.raises(StoreError, match=r"cloud\.rgb"):
        Blocks.open(tmp_path)
    column.unlink()
    with pytest.raises(StoreError, match=r"cloud\.rgb"):
        Blocks.open(tmp_path)
    column.write_bytes(whole)
    table = tmp_path / "blocks.json"
    table.write_text(table.read_text().replace(" 100,", " 101,"))
    with pytest.raises(StoreError, match=r"blocks\.json"):
        Blocks.open(tmp_path)


def test_a_part_of_a_cloud_keeps_its_cubes(tmp_path: Path) -> None:
    """As `normals` does it: some points of every block, with an array more."""
    given, made = tmp_path / "given", tmp_path / "made"
    given.mkdir(), made.mkdir()
    save_blocks(given, random_cloud(900), most=60)
    blocks = Blocks.open(given)
    taken = np.random.default_rng(5).random(900) < 0.3
    taken[blocks[2].start : blocks[2].stop] = False
    counts = [int(taken[b.start : b.stop].sum()) for b in blocks]

    create_blocks(made, blocks.origin, packed(blocks, counts), ("rgb",))
    start = 0
    for block, count in zip(blocks, counts, strict=True):
        own = blocks.points(block.number).select(taken[block.start : block.stop])
        write_points(made, start, PointCloud(own.origin, own.xyz, own.rgb))
        start += count

    part = Blocks.open(made)
    assert len(part) == sum(c > 0 for c in counts) < len(blocks)
    assert part.names == ("xyz", "rgb")
    np.testing.assert_array_equal(load_cloud(made).xyz, load_cloud(given).xyz[taken])
    for block in part:
        xyz = part.points(block.number).xyz.astype(np.float64)
        assert ((xyz >= block.low) & (xyz < block.high)).all()


@pytest.mark.parametrize("n", [1, 63, 64, 65, 127, 128, 129, 1000])
@pytest.mark.parametrize("size", [1, 64, 5000])
def test_columns_come_back_in_the_order_of_the_source(tmp_path: Path, n: int, size: int) -> None:
    if size == 1:
        n = min(n, 65)
    cloud = random_cloud(n)
    save_blocks(tmp_path, cloud, most=50)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    columns = {"xyz": (tmp_path, "cloud.xyz"), "classes": (tmp_path, "cloud.source_class")}

    pieces = list(in_source_order(tmp_path, columns, scratch, size=size))

    assert [len(piece["xyz"]) for piece in pieces[:-1]] == [size] * (len(pieces) - 1)
    np.testing.assert_array_equal(np.concatenate([piece["xyz"] for piece in pieces]), cloud.xyz)
    np.testing.assert_array_equal(np.concatenate([p["classes"] for p in pieces]), cloud.source_class)


@pytest.mark.parametrize("wrong", [0, 99, -1, 100])
def test_an_order_that_is_none_is_damage(tmp_path: Path, wrong: int) -> None:
    save_blocks(tmp_path, random_cloud(100), most=30)
    order = load_array(tmp_path, "order")
    row = 5 if order[5] != wrong else 6
    write_rows(tmp_path, "order", row, np.array([wrong], np.int32))
    scratch = tmp_path / "scratch"
    scratch.mkdir()

    with pytest.raises(StoreError, match="order"):
        list(in_source_order(tmp_path, {"xyz": (tmp_path, "cloud.xyz")}, scratch, size=30))


@pytest.mark.parametrize("different", [1, 3, 500, 1 << 40])
@pytest.mark.parametrize("n", [0, 1, 2, 3000])
def test_equal_codes_keep_their_order(n: int, different: int) -> None:
    codes = np.random.default_rng(n).integers(0, different, n).astype(np.uint64)
    assert np.array_equal(along_curve(codes), np.argsort(codes, kind="stable"))
