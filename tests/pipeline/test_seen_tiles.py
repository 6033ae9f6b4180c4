"""Which tiles a picture needs: those in sight, as fine as they look."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from heritage.formats.tile_read import TileContent
from heritage.model.arrays import Similarity
from heritage.ops.viewing.camera import Orbit, orbit_of
from heritage.pipeline.surfaces import kept_tiles
from heritage.pipeline.surfaces.of_tileset import chosen_tiles, seen_tiles


def _tile(name: str, middle: tuple[float, float, float], half: float, error: float, children=()):
    box = [*middle, half, 0, 0, 0, half, 0, 0, 0, half]
    return {
        "boundingVolume": {"box": box}, "geometricError": error, "content": {"uri": name}, "children": list(children)
    }  # fmt: skip


def test_tiles_behind_and_aside_are_left_out_and_far_ones_stay_coarse(tmp_path: Path) -> None:
    near = _tile("near", (0, 10, 0), 4, 0.4, [_tile("near-fine", (0, 10, 0), 4, 0.0)])
    far = _tile("far", (0, 400, 0), 4, 0.4, [_tile("far-fine", (0, 400, 0), 4, 0.0)])
    behind = _tile("behind", (0, -30, 0), 4, 0.4, [_tile("behind-fine", (0, -30, 0), 4, 0.0)])
    aside = _tile("aside", (60, 10, 0), 4, 0.0)
    around = _tile("around", (0, 0, 0), 3, 0.4, [_tile("around-fine", (0, 0, 0), 3, 0.0)])
    root = _tile("root", (0, 180, 0), 300, 20.0, [near, far, behind, aside, around])
    (tmp_path / "tileset.json").write_text(json.dumps({"root": root}))
    orbit = orbit_of(np.zeros(3), np.array([0.0, 10.0, 0.0]), 45.0)

    def seen(placed: Similarity, by: Orbit) -> set[str]:
        tilesets = [(tmp_path / "tileset.json", placed)]
        return {path.name for _, path in seen_tiles(tilesets, by, 320, 200, 1.5)}

    assert seen(Similarity.identity(), orbit) == {"near-fine", "far", "around-fine"}
    # The same from where it stands in the site: turned, twice as large, elsewhere.
    turned = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    placed = Similarity(turned, np.array([500.0, 20.0, 3.0]), 2.0)
    there = placed.apply(np.array([[0.0, 0.0, 0.0], [0.0, 10.0, 0.0]]))
    assert seen(placed, orbit_of(*there, 45.0)) == {"near-fine", "far", "around-fine"}


def test_a_picture_holds_so_many_tiles_the_coarsest_looking_refined_first(tmp_path: Path) -> None:
    """Two tilesets share the limit; every place in sight is in one tile, however few there may be."""

    def tree(name: str, at: tuple[float, float, float], half: float, error: float, depth: int):
        children = []
        if depth:
            for i in (-1, 1):
                middle = (at[0] + i * half / 2, at[1], at[2])
                children.append(
                    tree(f"{name}{'a' if i < 0 else 'b'}", middle, half / 2, error / 2, depth - 1)
                )
        return _tile(name, at, half, error, children)

    for name, away in (("near", 20.0), ("far", 200.0)):
        root = tree(name, (0.0, away, 0.0), 4.0, 8.0, 6)
        (tmp_path / f"{name}.json").write_text(json.dumps({"root": root}))
    tilesets = [(tmp_path / f"{name}.json", Similarity.identity()) for name in ("near", "far")]
    orbit = orbit_of(np.zeros(3), np.array([0.0, 20.0, 0.0]), 45.0)

    def seen(most: int) -> list[str]:
        found = seen_tiles(tilesets, orbit, 960, 600, 0.01, most)
        assert [path.name.startswith(("near", "far")[number]) for number, path in found] == [True] * len(
            found
        )
        names = [path.name for _, path in found]
        for one in names:
            assert not any(
                other != one and other.startswith(one) for other in names
            )  # no tile beside its own children
        return names

    assert len(seen(1000)) == 2 * 2**6
    for most in (2, 10, 33):
        names = seen(most)
        assert most <= len(names) <= most + 1
        for name in ("near", "far"):
            share = sum(2.0 ** -(len(one) - len(name)) for one in names if one.startswith(name))
            assert share == 1.0  # nothing is missing and nothing is there twice
    finest = {
        name: max(len(one) - len(name) for one in seen(33) if one.startswith(name))
        for name in ("near", "far")
    }
    assert finest["near"] > finest["far"]


def test_so_many_tiles_at_most_and_no_more_error_than_that_takes(tmp_path: Path) -> None:
    """Fine tiles on one side only: the least error that so few tiles are enough for, by trying them all."""
    at = (0.0, 0.0, 0.0)
    fine = [
        _tile(f"fine-{i}", at, 1, 0.01 * i, [_tile(f"leaf-{i}-{k}", at, 1, 0.0) for k in range(4)])
        for i in range(8)
    ]
    root = _tile(
        "root",
        at,
        9,
        5.0,
        [_tile("a", at, 3, 1.0, fine), _tile("b", at, 3, 0.6, [_tile("b-leaf", at, 3, 0.0)])],
    )
    path = tmp_path / "tileset.json"
    path.write_text(json.dumps({"root": root}))
    errors = [0.02, *(0.01 * i for i in range(3, 8)), 0.6, 1.0, 5.0]
    counts = [len(chosen_tiles(path, error)) for error in errors]
    assert counts == sorted(counts, reverse=True)
    assert (counts[0], counts[-1]) == (24, 1)
    for most in range(1, 30):
        wanted = next(error for error, count in zip(errors, counts, strict=True) if count <= most)
        assert chosen_tiles(path, 0.02, most) == chosen_tiles(path, wanted)


def test_tiles_are_kept_within_a_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def content(path: Path) -> TileContent:
        read.append(path.name)
        return TileContent((), np.zeros((1000, 3)), np.zeros((1000, 3), np.uint8))

    monkeypatch.setattr(kept_tiles, "read_tile", content)
    tiles = kept_tiles.KeptTiles(most=60_000)  # two of 27,000 bytes
    for name in "aabacb":
        tiles.read(tmp_path / name)
    assert read == ["a", "b", "c", "b"]
