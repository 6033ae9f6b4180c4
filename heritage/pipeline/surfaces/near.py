"""The finest surface of a released condition in one place: only the tiles that reach into a box are opened."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from heritage.formats.tile_read import read_tile
from heritage.model.arrays import F32, F64
from heritage.model.release import ComparisonEntry

_KEPT_TILES = 24  # annotations lie together; each tile is some megabytes
_read = lru_cache(_KEPT_TILES)(read_tile)


@dataclass(frozen=True, eq=False)
class NearSurface:
    """``vertices`` (v, 3), z up, in the monument frame, and ``triangles`` (t, 3); ``change`` (v, 2) float32 true metres, distance
    and LoD95, NaN where not comparable or where no comparison was asked for. ``error_m``: of the tiles used."""

    vertices: F64
    triangles: npt.NDArray[np.int64]
    change: F32
    error_m: float


def surface_near(
    tileset: Path, low: F64, high: F64, *, error_m: float = 0.0, comparison: ComparisonEntry | None = None
) -> NearSurface:
    """What the tiles within ``error_m`` show in the box ``low``..``high`` (3,): whole tiles, so also some beyond it."""
    vertices = [np.empty((0, 3))]
    triangles = [np.empty((0, 3), np.int64)]
    change = [np.empty((0, 2), np.float32)]
    start, worst = 0, 0.0
    for path, error in tiles_in(tileset, low, high, error_m):
        worst = max(worst, error)
        for surface in _read(path).surfaces:
            vertices.append(surface.part.vertices)
            triangles.append(surface.part.triangles.astype(np.int64) + start)
            start += len(surface.part.vertices)
            change.append(_change(surface.change, comparison, len(surface.part.vertices)))
    return NearSurface(np.concatenate(vertices), np.concatenate(triangles), np.concatenate(change), worst)


def tiles_in(tileset: Path, low: F64, high: F64, error_m: float) -> Iterator[tuple[Path, float]]:
    """The coarsest tiles within ``error_m``, or leaves, that reach into the box ``low``..``high``, and their errors."""

    def inside(centre: F64, half: F64) -> bool:
        return bool((centre - half <= high).all() and (centre + half >= low).all())

    return tiles_where(tileset, inside, error_m)


def tiles_where(
    tileset: Path, wanted: Callable[[F64, F64], bool], error_m: float
) -> Iterator[tuple[Path, float]]:
    """The coarsest tiles within ``error_m``, or leaves, and their errors; those under tiles whose axis-aligned box
    (centre and half size (3,)) is ``wanted``."""

    def walk(tile: Mapping[str, Any]) -> Iterator[tuple[Path, float]]:
        if not wanted(*_extent(tile["boundingVolume"]["box"])):
            return
        children = tile.get("children", [])
        if children and tile["geometricError"] > error_m:
            for child in children:
                yield from walk(child)
        elif "content" in tile:
            yield tileset.parent / tile["content"]["uri"], float(tile["geometricError"])

    yield from walk(json.loads(tileset.read_bytes())["root"])


def _extent(box: list[float]) -> tuple[F64, F64]:
    """Centre and half size (3,) of the axis-aligned box around a bounding volume's box."""
    numbers = np.array(box).reshape(4, 3)
    return numbers[0], np.abs(numbers[1:]).sum(0)


def _change(change: Mapping[int, F64], comparison: ComparisonEntry | None, count: int) -> F32:
    found = None
    if comparison is not None:
        found = change.get(int(comparison.attribute.rpartition("_")[2]))
    if comparison is None or found is None:
        return np.full((count, 2), np.nan, np.float32)
    metres = found * comparison.scale_m
    metres[metres[:, 1] < 0] = np.nan
    return np.asarray(metres, np.float32)
