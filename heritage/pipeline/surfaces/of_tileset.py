"""The surface of a tileset: what its tiles show, within an error."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from heapq import heappop, heappush
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from heritage.formats.gltf_read import read_triangles
from heritage.model.arrays import F64, Similarity
from heritage.ops.viewing.camera import Orbit
from heritage.ops.viewing.scenery import Triangles

SIGHT_ERROR_M = 0.05  # of tiles that lines of sight are judged by: a camera keeps farther away
SIGHT_TILES = (
    100  # at most so many, of some 20,000 triangles each: memory does not grow with the survey's points
)
SEEN_TILES = 300  # in one picture, each of up to 4 MB with its texture


def tiles_triangles(tileset: Path, error_m: float, most: int | None = None) -> Iterator[Triangles]:
    """Of each tile that `chosen_tiles` names the vertices, z up in the tileset's own frame, and triangles.

    One after the other: together they can be millions, and most askers need only one tile at a time.
    """
    return map(_upright, chosen_tiles(tileset, error_m, most))


def chosen_tiles(tileset: Path, error_m: float, most: int | None = None) -> list[Path]:
    """The files of the coarsest tiles whose geometric error is within ``error_m``, or of leaves.

    Where these are more than ``most``, the error is the least that so many are enough for; one tile is always named.
    """
    root = json.loads(tileset.read_bytes())["root"]
    chosen = list(_chosen(root, error_m))
    if most is not None and len(chosen) > most:
        errors = sorted({error for error in _errors(root) if error > error_m})
        enough = bisect_left(errors, True, key=lambda error: sum(1 for _ in _chosen(root, error)) <= most)
        chosen = list(_chosen(root, errors[min(enough, len(errors) - 1)]))
    return [tileset.parent / uri for uri in chosen]


def seen_tiles(
    tilesets: Sequence[tuple[Path, Similarity]],
    orbit: Orbit,
    width: int,
    height: int,
    error_px: float,
    most: int = SEEN_TILES,
) -> list[tuple[int, Path]]:
    """The tiles that ``orbit`` may see in a window of so many pixels, with errors that look no larger than ``error_px``:
    the number of each one's tileset, and its file. A ``Similarity`` leads from a tileset's own frame to ``orbit``'s.

    Those whose errors look largest are refined first, and no more once ``most`` are reached: a picture has only so many
    pixels, however fine the tiles are.
    """
    upright = np.tan(np.radians(orbit.fov_deg) / 2)
    corner = float(np.arctan(upright * np.hypot(1, width / height)))
    allowed = error_px * 2 * upright / height
    eyes = [(p.inverse().apply(orbit.eye[None])[0], p.rotation.T @ orbit.look) for _, p in tilesets]
    chosen: list[tuple[int, str]] = []
    open_: list[tuple[float, int, int, Mapping[str, Any]]] = []
    turn = count()

    def look(number: int, tile: Mapping[str, Any]) -> None:
        seen = _looks(tile, *eyes[number], corner)
        if seen is None:
            return
        if tile.get("children") and seen > allowed:
            heappush(open_, (-seen, number, next(turn), tile))
        elif "content" in tile:
            chosen.append((number, tile["content"]["uri"]))

    for number, (path, _) in enumerate(tilesets):
        look(number, json.loads(path.read_bytes())["root"])
    while open_ and len(chosen) + len(open_) < most:
        _, number, _, tile = heappop(open_)
        for child in tile["children"]:
            look(number, child)
    chosen += [(number, tile["content"]["uri"]) for _, number, _, tile in open_ if "content" in tile]
    return [(number, tilesets[number][0].parent / uri) for number, uri in sorted(chosen)]


def _looks(tile: Mapping[str, Any], eye: F64, look: F64, corner: float) -> float | None:
    """A tile's error for each metre of its distance; None where it is out of sight. ``corner``: radians from the middle
    of the picture to its corner."""
    box = np.array(tile["boundingVolume"]["box"])
    way, radius = box[:3] - eye, float(np.linalg.norm(box[3:]))
    length = float(np.linalg.norm(way))
    if length <= radius:
        return np.inf
    aside = float(np.arccos(np.clip(way @ look / length, -1, 1)))
    if aside > corner + float(np.arcsin(radius / length)):
        return None
    return float(tile["geometricError"]) / (length - radius)


def _chosen(tile: Mapping[str, Any], error_m: float) -> Iterator[str]:
    children = tile.get("children", [])
    if children and tile["geometricError"] > error_m:
        for child in children:
            yield from _chosen(child, error_m)
    elif "content" in tile:
        yield tile["content"]["uri"]


def _errors(tile: Mapping[str, Any]) -> Iterator[float]:
    yield float(tile["geometricError"])
    for child in tile.get("children", []):
        yield from _errors(child)


def _upright(path: Path) -> Triangles:
    vertices, triangles = read_triangles(path)
    return vertices[:, [0, 2, 1]] * (1.0, -1.0, 1.0), triangles
