"""The surface of a tileset: what its tiles show, within an error."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from heritage.formats.gltf_read import read_triangles
from heritage.model.arrays import F64

SIGHT_ERROR_M = 0.05  # of tiles that lines of sight are judged by: a camera keeps farther away

Triangles = tuple[F64, npt.NDArray[np.int64]]


def tileset_triangles(tileset: Path, error_m: float) -> Triangles:
    """Vertices (n, 3), z up in the tileset's own frame, and triangles (m, 3) of the coarsest tiles within ``error_m``."""
    return joined([_upright(path) for path in chosen_tiles(tileset, error_m)])


def chosen_tiles(tileset: Path, error_m: float) -> list[Path]:
    """The files of the coarsest tiles whose geometric error is within ``error_m``, or of leaves."""
    root = json.loads(tileset.read_bytes())["root"]
    return [tileset.parent / uri for uri in _chosen(root, error_m)]


def _chosen(tile: Mapping[str, Any], error_m: float) -> Iterator[str]:
    children = tile.get("children", [])
    if children and tile["geometricError"] > error_m:
        for child in children:
            yield from _chosen(child, error_m)
    elif "content" in tile:
        yield tile["content"]["uri"]


def _upright(path: Path) -> Triangles:
    vertices, triangles = read_triangles(path)
    return vertices[:, [0, 2, 1]] * (1.0, -1.0, 1.0), triangles


def joined(parts: Sequence[Triangles]) -> Triangles:
    """Several surfaces as one."""
    starts = np.cumsum([0, *(len(vertices) for vertices, _ in parts)])
    return (
        np.concatenate([vertices for vertices, _ in parts]),
        np.concatenate([triangles + start for (_, triangles), start in zip(parts, starts, strict=False)]),
    )
