"""3D Tiles 1.1: a tree of tiles as tileset.json and one GLB per tile.

Source: OGC 3D Tiles 1.1. Tiles are z up; the viewer turns the y-up glTF content by itself.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from heritage.formats.gltf import GENERATOR, write_glb
from heritage.model.arrays import F64
from heritage.model.tiles import Tile, TileTree

Uris = Mapping[tuple[int, ...], str]


def tileset_json(tree: TileTree, root_transform: Sequence[float] | None, uris: Uris) -> dict[str, Any]:
    """The tileset document. ``uris`` maps a tile's place in the tree to its content, relative to the document."""
    root = {"refine": "REPLACE", **_tile_json(tree.root, (), uris)}
    document = {
        "asset": {"version": "1.1", "extras": {"generator": GENERATOR}},
        "geometricError": rounded_up(tree.error_m),
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


def write_tileset(folder: Path, tree: TileTree, *, quality: int = 85, root_quality: int = 75) -> list[Path]:
    """Write ``tileset.json`` and ``tiles/*.glb`` into ``folder``; the files written, in order.

    The first tile's texture has its own, lower quality: it is what a visitor waits for.
    """
    (folder / "tiles").mkdir(parents=True)
    uris: dict[tuple[int, ...], str] = {}
    written: list[Path] = []
    for path, tile in tree.root.walk():
        uris[path] = f"tiles/{'-'.join(map(str, (0, *path)))}.glb"
        data = write_glb(
            tile.surface,
            tile.points,
            step_m=tile.step_m,
            lit=tree.lit,
            change_scale_m=tree.change_scale_m,
            quality=quality if path else root_quality,
        )
        written.append(folder / uris[path])
        written[-1].write_bytes(data)
    document = json.dumps(tileset_json(tree, None, uris), separators=(",", ":"), allow_nan=False)
    (folder / "tileset.json").write_text(document + "\n", encoding="utf-8")
    return [*written, folder / "tileset.json"]


def _tile_json(tile: Tile, path: tuple[int, ...], uris: Uris) -> dict[str, Any]:
    result: dict[str, Any] = {
        "boundingVolume": {"box": box_of(tile.low, tile.high)},
        "geometricError": rounded_up(tile.geometric_error_m),
        "content": {"uri": uris[path]},
    }
    if tile.children:
        result["children"] = [_tile_json(child, (*path, i), uris) for i, child in enumerate(tile.children)]
    return result


def rounded_up(metres: float) -> float:
    """Up to whole tenths of a millimetre: a rounded error must not become a smaller one."""
    return float(np.ceil(metres * 1e4 - 1e-6) / 1e4)


def box_of(low: F64, high: F64) -> list[float]:
    """Centre and half axes. Rounded outwards to 0.1 mm on a fixed grid, so that a child's box stays in its parent's."""
    a, b = np.floor(low * 1e4) / 1e4, np.ceil(high * 1e4) / 1e4
    centre, half = (a + b) / 2, (b - a) / 2
    values = [*centre, half[0], 0, 0, 0, half[1], 0, 0, 0, half[2]]
    return [round(float(v), 6) for v in values]
