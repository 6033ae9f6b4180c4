"""A monument's surface as a tree of tiles: what `ops.tile` makes and `formats.tiles3d` writes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from heritage.model.arrays import F64, Mesh, PointCloud, checked
from heritage.model.report import Counts, Figure


@dataclass(frozen=True, eq=False)
class Tile:
    """One tile of a tree in which children replace their parent.

    ``surface`` has uv and a texture of its own, vertices on the grid ``step_m``; ``points`` stand beside it.
    ``low`` and ``high`` (3,) float64, metres in the tree's frame, hold the tile's content and all below it.
    The surface's last ``skirts`` triangles hang behind its cut edges and hide gaps to neighbours.
    ``deviation_m`` is the largest distance measured between the tile's surface (without skirts) and the full
    one, both ways; ``geometric_error_m`` what the viewer is told: no less than the deviation, no less than any
    child's, and 0 where there are no children.
    """

    surface: Mesh
    points: PointCloud | None
    low: F64
    high: F64
    step_m: float
    texel_m: float | None
    deviation_m: float
    geometric_error_m: float
    skirts: int = 0
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
    """A whole tileset.

    ``lit``: the surface is to be shaded (interpreted states, surfaces without colour of their own) instead
    of being shown in its measured colours. ``change_scale_m`` has one number per comparison: the metres that
    1.0 stands for in ``_CHANGE_k``. ``error_m`` is the error of showing nothing.
    """

    root: Tile
    error_m: float
    lit: bool
    change_scale_m: tuple[float, ...]
    levels: int
    counts: tuple[Counts, ...]
    figures: tuple[Figure, ...]
