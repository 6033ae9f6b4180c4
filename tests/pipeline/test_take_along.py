"""Which tiles are taken along: families whole, what would be missed first, up to the stated size."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from heritage.pipeline.tours.along_tiles import Eyes, Wanted, choose_tiles

EYES = Eyes.of(np.array([[0.0, -6.0, 1.7], [3.0, 9.0, 1.7]]), 50.0)
WANTED_PX = 12.0


def tile(rng: np.random.Generator, folder: Path, low: np.ndarray, size: float, depth: int) -> dict[str, Any]:
    """A tile of an octree over a square of ground, and its file of some thousand bytes."""
    name = f"tiles/{depth}-{low[0]:g}-{low[1]:g}.glb"
    (folder / name).write_bytes(b"x" * int(rng.integers(500, 4000)))
    half = size / 2
    centre = [*(low + half), half]
    made: dict[str, Any] = {
        "boundingVolume": {"box": [*centre, half, 0, 0, 0, half, 0, 0, 0, half]},
        "geometricError": 0.0,
        "content": {"uri": name},
    }
    if depth < 4:
        # A parent's error is no smaller than its children's, as the stage writes it.
        made["geometricError"] = size * 0.02 * float(rng.uniform(0.9, 1.1))
        corners = [low + np.array([x, y]) * half for x in (0, 1) for y in (0, 1)]
        made["children"] = [tile(rng, folder, corner, half, depth + 1) for corner in corners]
    return made


@pytest.fixture
def tileset(tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "m" / "tiles").mkdir(parents=True)
    root = tile(np.random.default_rng(7), tmp_path / "m", np.array([-20.0, -20.0]), 40.0, 0)
    (tmp_path / "m" / "tileset.json").write_text(json.dumps({"root": root}))
    return root


def seen_px(node: dict[str, Any]) -> float:
    """By brute force: the distance to the box from each eye, clamped coordinate by coordinate."""
    centre, half = np.array(node["boundingVolume"]["box"][:3]), node["boundingVolume"]["box"][3]
    nearest = min(
        max(float(np.linalg.norm(eye - np.clip(eye, centre - half, centre + half))), 0.5)
        for eye in EYES.places
    )
    return float(node["geometricError"]) / nearest * 1080 / (2 * np.tan(np.deg2rad(25)))


def needed(node: dict[str, Any]) -> set[str]:
    """Every tile that the eyes want, found by walking the tree."""
    here = {f"m/{node['content']['uri']}"}
    if seen_px(node) <= WANTED_PX:
        return here
    return here.union(*(needed(child) for child in node.get("children", ())))


def check_whole(node: dict[str, Any], chosen: set[str]) -> None:
    """All children of a tile or none."""
    children = node.get("children", [])
    here = [f"m/{child['content']['uri']}" in chosen for child in children]
    assert all(here) or not any(here)
    for child in children:
        check_whole(child, chosen)


def test_with_room_it_is_what_the_eyes_want(tmp_path: Path, tileset: dict[str, Any]) -> None:
    chosen = choose_tiles(tmp_path, [Wanted("m/tileset.json", EYES)], 10**9)
    assert set(chosen.paths) == needed(tileset)
    assert chosen.left_out == 0
    every = len(list((tmp_path / "m" / "tiles").iterdir()))
    assert 20 < len(chosen.paths) < every  # the far end stays coarse


@pytest.mark.parametrize("limit", [5_000, 30_000, 90_000])
def test_the_size_is_kept_and_no_hole_opens(tmp_path: Path, tileset: dict[str, Any], limit: int) -> None:
    chosen = choose_tiles(tmp_path, [Wanted("m/tileset.json", EYES)], limit)
    assert 0 < sum((tmp_path / path).stat().st_size for path in chosen.paths) <= limit
    assert chosen.left_out > 0
    check_whole(tileset, set(chosen.paths))
    # What fits comes by what would be missed: nothing left out at once shows more than all that was taken.
    assert set(chosen.paths) < needed(tileset)


def test_every_tileset_gets_its_first_tile_before_any_is_refined(
    tmp_path: Path, tileset: dict[str, Any]
) -> None:
    for name in ("n", "o"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "r.glb").write_bytes(b"x" * 900)
        box = {"box": [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1]}
        root = {
            "boundingVolume": box,
            "geometricError": 5.0,
            "content": {"uri": "r.glb"},
            "children": [tileset],
        }
        (tmp_path / name / "tileset.json").write_text(json.dumps({"root": root}))
    wanted = [Wanted("m/tileset.json", EYES), Wanted("n/tileset.json", None), Wanted("o/tileset.json", None)]
    chosen = choose_tiles(tmp_path, wanted, 20_000)
    assert chosen.paths[1:3] == ("n/r.glb", "o/r.glb")
    assert not any(path.startswith(("n/tiles", "o/tiles")) for path in chosen.paths)


def test_a_tileset_inside_a_tileset_is_refused(tmp_path: Path) -> None:
    box = {"box": [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1]}
    root = {"boundingVolume": box, "geometricError": 1.0, "content": {"uri": "more.json"}}
    (tmp_path / "tileset.json").write_text(json.dumps({"root": root}))
    with pytest.raises(ValueError, match="no stage writes"):
        choose_tiles(tmp_path, [Wanted("tileset.json", EYES)], 10**6)
