"""A monument's surface, or its points, as a tree of tiles: what stages make and `formats.tiles3d` states."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, get_args

from heritage.model.arrays import F64, checked
from heritage.model.documents import Certainty

CERTAINTIES: Final[tuple[Certainty, ...]] = get_args(Certainty)
"""From the surest to the least sure."""


@dataclass(frozen=True)
class StatePart:
    """What tiles say of one part of an interpreted state; its words are in release.json, under ``id``."""

    id: str
    certainty: Certainty


@dataclass(frozen=True, eq=False)
class Tile:
    """One tile of a tree.

    ``uri`` is where its content lies, relative to the tileset. ``low`` and ``high`` (3,) float64, metres in the
    tree's frame, hold the tile's content and all below it. ``deviation_m`` is the largest distance measured
    between the tile's surface and the full one, both ways (of points: how near to a shown one any other may lie
    that only its children show); ``geometric_error_m`` what the viewer is told: no less than the deviation, no less
    than any child's, and 0 where there are no children.
    """

    uri: str
    low: F64
    high: F64
    deviation_m: float
    geometric_error_m: float
    children: tuple[Tile, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "low", checked("low", self.low, "float64", (3,)))
        object.__setattr__(self, "high", checked("high", self.high, "float64", (3,)))

    def walk(self, path: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Tile]]:
        """This tile and all below it, each with its place: the child numbers that lead to it."""
        yield path, self
        for i, child in enumerate(self.children):
            yield from child.walk((*path, i))


@dataclass(frozen=True, eq=False)
class TileTree:
    """A whole tileset. ``error_m`` is the error of showing nothing; ``refine`` whether children replace their
    parent or add to it."""

    root: Tile
    error_m: float
    refine: Literal["REPLACE", "ADD"] = "REPLACE"

    @property
    def levels(self) -> int:
        """How many tiles lie above one another at most."""
        return 1 + max(len(path) for path, _ in self.root.walk())
