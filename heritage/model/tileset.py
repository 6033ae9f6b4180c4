"""What a tileset can truly say of itself: bounds that hold what is below, geometric errors that may be distances on it.

A tile whose error is not within its bounds is chosen wrongly by every viewer, and no validator of the format sees it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from operator import sub
from typing import Literal

from pydantic import Field, ValidationError

from heritage.model.documents import Document
from heritage.model.errors import Problem
from heritage.model.limits import TILE_BYTES, TILE_TRIANGLES

_ROUNDING_M = 1e-3  # bounds and errors are written in tenths of a millimetre


class _Numbers(Document, allow_inf_nan=False):
    pass


class _Volume(_Numbers):
    box: tuple[float, ...] = Field(min_length=12, max_length=12)


class _Content(Document):
    uri: str


class _Tile(_Numbers):
    volume: _Volume = Field(alias="boundingVolume")
    error_m: float = Field(alias="geometricError", ge=0)
    content: _Content
    children: tuple[_Tile, ...] = ()
    refine: Literal["ADD", "REPLACE"] | None = None
    transform: tuple[float, ...] | None = Field(None, min_length=16, max_length=16)

    def bounds(self) -> tuple[list[float], list[float]]:
        """Least and greatest corner."""
        box = self.volume.box
        half = [sum(abs(box[3 + 3 * axis + k]) for axis in range(3)) for k in range(3)]
        return [box[k] - half[k] for k in range(3)], [box[k] + half[k] for k in range(3)]


class _Tileset(_Numbers):
    asset: dict[str, object]
    error_m: float = Field(alias="geometricError", ge=0)
    root: _Tile


def tileset_problem(
    where: str, text: bytes, sizes: Mapping[str, int], triangles: Mapping[str, int] | None = None
) -> Problem | None:
    """The first thing that cannot be true of the tileset ``text`` (a tileset.json as Heritage writes it), if any.

    ``sizes`` are the bytes and ``triangles`` the triangles of its contents, by their uri; ``where`` is for the problem.
    """
    try:
        tileset = _Tileset.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the document"
        return _problem(where, f"{place}: {first['msg']}", "a tileset.json as Heritage writes it")
    if tileset.root.error_m > tileset.error_m:
        found = f"a first tile with a geometric error of {tileset.root.error_m:g} m, above the whole's {tileset.error_m:g} m"
        return _problem(where, found, "errors that fall towards the leaves")
    return next(_wrong(where, tileset.root, sizes, triangles or {}), None)


def _wrong(
    where: str, tile: _Tile, sizes: Mapping[str, int], triangles: Mapping[str, int]
) -> Iterator[Problem]:
    at = f"{where}, {tile.content.uri}"
    low, high = tile.bounds()
    across = math.dist(low, high)
    error_m = tile.error_m
    if error_m > across + _ROUNDING_M:
        found = f"a geometric error of {error_m:g} m in bounds {across:g} m across"
        yield _problem(at, found, "no more than from one corner to the other")
    if error_m and not tile.children:
        yield _problem(at, f"a geometric error of {error_m:g} m with nothing finer below", "0 m")
    size = sizes.get(tile.content.uri)
    if size is None:
        yield _problem(at, "its content is not there", "the file")
    elif size > TILE_BYTES:
        yield _problem(at, f"{size / 1e6:.1f} MB", f"up to {TILE_BYTES / 1e6:.1f} MB for a tile")
    if (count := triangles.get(tile.content.uri, 0)) > TILE_TRIANGLES:
        yield _problem(at, f"{count:,} triangles", f"up to {TILE_TRIANGLES:,} for a tile")
    for child in tile.children:
        below = f"{where}, {child.content.uri}"
        if child.error_m > error_m:
            found = f"a geometric error of {child.error_m:g} m, above the {error_m:g} m of {tile.content.uri}"
            yield _problem(below, found, "errors that fall towards the leaves")
        least, most = child.bounds()
        out_m = max(*map(sub, low, least), *map(sub, most, high))
        if out_m > _ROUNDING_M:
            found = f"bounds that reach {out_m:g} m beyond those of {tile.content.uri}"
            yield _problem(below, found, "bounds within those of the tile above")
        yield from _wrong(where, child, sizes, triangles)


def _problem(where: str, found: str, allowed: str) -> Problem:
    remedy = "look at texel_m, tile_px and tile_triangles where they are set; otherwise report it as a defect"
    return Problem("tileset-implausible", where, found, allowed, remedy)
