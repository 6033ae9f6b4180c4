"""3D Tiles 1.1: a tree of tiles as tileset.json; the contents are `gltf`'s.

Source: OGC 3D Tiles 1.1. Tiles are z up; the viewer turns the y-up glTF content by itself.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from heritage.formats.gltf import GENERATOR
from heritage.formats.tileset_check import demand_plausible
from heritage.model.arrays import F64
from heritage.model.tiles import Tile, TileTree

TILESET = "tileset.json"


def tileset_json(tree: TileTree, root_transform: Sequence[float] | None) -> dict[str, Any]:
    """The tileset document."""
    root = {"refine": tree.refine, **_tile_json(tree.root)}
    document = {
        "asset": {"version": "1.1", "extras": {"generator": GENERATOR}},
        "geometricError": _rounded(tree.error_m),
        "root": root,
    }
    return document if root_transform is None else with_root_transform(document, root_transform)


def with_root_transform(tileset: Mapping[str, Any], matrix: Sequence[float]) -> dict[str, Any]:
    """A copy of ``tileset`` placed by ``matrix``: 16 numbers, column-major, parent_from_tile.

    Geometric errors stay: the specification scales them by the transform.
    Raises ValueError where it is no affine matrix of 16 numbers.
    """
    values = [float(v) for v in matrix]
    if len(values) != 16 or not np.isfinite(values).all() or values[3::4] != [0.0, 0.0, 0.0, 1.0]:
        raise ValueError(
            f"{len(values)} numbers that are no affine matrix; 16, column-major, ending in 1 are allowed"
        )
    result = copy.deepcopy(dict(tileset))
    result["root"] = {"transform": values, **{k: v for k, v in result["root"].items() if k != "transform"}}
    return result


def write_tileset(folder: Path, tree: TileTree) -> Path:
    """Write ``tileset.json`` into ``folder``, where the tiles' contents are; the file.

    Raises MethodError where it says something of itself that cannot be true.
    """
    document = json.dumps(tileset_json(tree, None), separators=(",", ":"), allow_nan=False)
    path = folder / TILESET
    path.write_text(document + "\n", encoding="utf-8")
    demand_plausible(path)
    return path


def _tile_json(tile: Tile) -> dict[str, Any]:
    result: dict[str, Any] = {
        "boundingVolume": {"box": _box(tile.low, tile.high)},
        "geometricError": _rounded(tile.geometric_error_m),
        "content": {"uri": tile.uri},
    }
    if tile.children:
        result["children"] = [_tile_json(child) for child in tile.children]
    return result


def _rounded(metres: float) -> float:
    """Up to whole tenths of a millimetre: a rounded error must not become a smaller one."""
    return max(float(np.ceil(metres * 1e4 - 1e-6) / 1e4), 0.0)


def _box(low: F64, high: F64) -> list[float]:
    """Centre and half axes. Rounded outwards to 0.1 mm on a fixed grid, so that a child's box stays in its parent's."""
    a, b = np.floor(low * 1e4) / 1e4, np.ceil(high * 1e4) / 1e4
    centre, half = (a + b) / 2, (b - a) / 2
    values = [*centre, half[0], 0, 0, 0, half[1], 0, 0, 0, half[2]]
    return [round(float(v), 6) for v in values]
