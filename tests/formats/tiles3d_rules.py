"""A strict judge of tileset.json files, written from OGC 3D Tiles 1.1: knows only what Heritage may write."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

_TILESET = {"asset", "geometricError", "root"}
_TILE = {"boundingVolume", "geometricError", "refine", "content", "children", "transform"}


def check_tileset(path: Path, refine: str = "REPLACE") -> list[Path]:
    """Assert that the tileset keeps the rules; the contents it names, in order."""
    document = json.loads(path.read_text(encoding="utf-8"), parse_constant=_no_constant)
    assert document.keys() == _TILESET
    assert document["asset"]["version"] == "1.1"
    assert set(document["asset"]) <= {"version", "tilesetVersion", "extras"}
    root = document["root"]
    assert root["refine"] == refine
    assert document["geometricError"] >= root["geometricError"]
    contents: list[Path] = []
    _check_tile(root, None, path.parent, contents)
    assert len(set(contents)) == len(contents)
    return contents


def _no_constant(name: str) -> float:
    raise AssertionError(f"{name} is no JSON")


def _check_tile(
    tile: dict[str, Any], parent: dict[str, Any] | None, folder: Path, contents: list[Path]
) -> None:
    assert set(tile) <= _TILE
    error = tile["geometricError"]
    assert isinstance(error, float | int)
    assert error >= 0
    assert list(tile["boundingVolume"]) == ["box"]
    low, high = corners(tile)
    assert (high > low).all() or np.isclose(high, low).any()
    if parent is not None:
        assert "transform" not in tile
        assert error <= parent["geometricError"]
        outer_low, outer_high = corners(parent)
        assert (low >= outer_low - 1e-9).all()
        assert (high <= outer_high + 1e-9).all()
    elif "transform" in tile:
        matrix = np.array(tile["transform"])
        assert matrix.shape == (16,)
        assert matrix[3::4].tolist() == [0, 0, 0, 1]
    assert list(tile["content"]) == ["uri"]
    uri = tile["content"]["uri"]
    assert not uri.startswith(("/", ".", "http"))
    assert (folder / uri).is_file()
    contents.append(folder / uri)
    if "children" in tile:
        assert tile["children"]
        for child in tile["children"]:
            _check_tile(child, tile, folder, contents)
    else:
        assert error == 0


def corners(tile: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Least and greatest corner of an axis-aligned box."""
    box = np.array(tile["boundingVolume"]["box"], float)
    assert box.shape == (12,)
    axes = box[3:].reshape(3, 3)
    assert np.array_equal(axes, np.diag(np.diag(axes)))
    assert (np.diag(axes) >= 0).all()
    return box[:3] - np.diag(axes), box[:3] + np.diag(axes)
