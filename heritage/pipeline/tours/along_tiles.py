"""Which tiles a tour needs away from the network: from the coarsest down, those that its stops look at first, to a size.

A tile's children are taken all or none: with some of them missing the viewer would have to show holes.
"""

from __future__ import annotations

import heapq
import json
import posixpath
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from heritage.model.arrays import F64

_SCREEN_PX: Final = 1080.0  # of a phone held upright, and of a common desktop
_WANTED_PX: Final = 12.0  # an error that shows less is not refined: the viewer's own target
_NEAREST_M: Final = 0.5


@dataclass(frozen=True, eq=False)
class Eyes:
    """Where a tour looks from: places (n, 3) metres in the tileset's frame, and how many pixels a metre takes 1 m away."""

    places: F64
    px_m: float

    @classmethod
    def of(cls, places: F64, fov_deg: float) -> Eyes:
        """Eyes of a vertical field of view."""
        return cls(places, _SCREEN_PX / (2 * float(np.tan(np.deg2rad(fov_deg) / 2))))


@dataclass(frozen=True)
class Wanted:
    """A tileset by its path in the release; ``eyes`` refine it, without them its first tile is enough."""

    path: str
    eyes: Eyes | None


@dataclass(frozen=True)
class Chosen:
    """Tiles by their path in the release, and how many that would have been seen did not fit."""

    paths: tuple[str, ...]
    left_out: int


def choose_tiles(folder: Path, tilesets: Sequence[Wanted], limit_bytes: int) -> Chosen:
    """Tiles of ``tilesets`` below ``folder``, up to ``limit_bytes``; the first tile of every tileset comes first.

    The order is that of what would be seen to be missing: a tile's error in pixels from the nearest eye.
    """
    # A heap's least comes first; the number keeps the order of equals, so that equal releases choose alike.
    waiting: list[tuple[float, int, Wanted, list[dict[str, Any]]]] = []
    number = 0
    for wanted in tilesets:
        root = json.loads((folder / wanted.path).read_bytes())["root"]
        waiting.append((-np.inf, number, wanted, [root]))
        number += 1
    paths: list[str] = []
    left, left_out = limit_bytes, 0
    heapq.heapify(waiting)
    while waiting:
        _, _, wanted, family = heapq.heappop(waiting)
        contents = [path for tile in family if (path := _content(wanted.path, tile)) is not None]
        size = sum((folder / path).stat().st_size for path in contents)
        if size > left:
            left_out += len(contents)
            continue
        left -= size
        paths += contents
        if wanted.eyes is None:
            continue
        for tile in family:
            seen_px = _seen_px(tile, wanted.eyes)
            if tile.get("children") and seen_px > _WANTED_PX:
                heapq.heappush(waiting, (-seen_px, number, wanted, tile["children"]))
                number += 1
    return Chosen(tuple(paths), left_out)


def _content(tileset: str, tile: dict[str, Any]) -> str | None:
    if "content" not in tile:
        return None
    uri = str(tile["content"]["uri"])
    if uri.endswith(".json"):
        raise ValueError(f"{tileset}: {uri} is a tileset inside a tileset, which no stage writes")
    return posixpath.normpath(posixpath.join(posixpath.dirname(tileset), uri))


def _seen_px(tile: dict[str, Any], eyes: Eyes) -> float:
    """The tile's geometric error in pixels from the eye that is nearest to its box."""
    box = np.array(tile["boundingVolume"]["box"], np.float64)
    centre, axes = box[:3], box[3:].reshape(3, 3)
    lengths = np.linalg.norm(axes, axis=1)
    directions = axes / np.maximum(lengths, 1e-12)[:, None]
    beyond = np.maximum(np.abs((eyes.places - centre) @ directions.T) - lengths, 0)
    nearest = max(float(np.linalg.norm(beyond, axis=1).min()), _NEAREST_M)
    return float(tile["geometricError"]) / nearest * eyes.px_m
