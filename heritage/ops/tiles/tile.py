"""What a tile of a surface shows: how large and how sharp it is, laid out and painted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import Field

from heritage.model.arrays import F32, F64, I32, Mesh
from heritage.model.documents import Document, Positive
from heritage.model.errors import InputError
from heritage.ops.meshes.crease import crease
from heritage.ops.tiles.bake import bake
from heritage.ops.tiles.cells import FILL, Budget, Cells
from heritage.ops.tiles.colours import Colours
from heritage.ops.tiles.seams import looked_up_normals
from heritage.ops.tiles.unwrap import Unwrapped, unwrap

_LONGEST_SHARE = 0.25  # of a tile's texture: no edge may be longer
_LARGEST_PX = 8192  # a side of a texture


class TileOptions(Document):
    """How large and how sharp tiles are."""

    root_triangles: int = Field(8_000, ge=100, description="triangles of the first tile")
    tile_triangles: int = Field(
        30_000, ge=100, description="most triangles of any other tile, before what its borders need"
    )
    root_px: int = Field(768, ge=64, le=8192, description="largest side of the first tile's texture")
    tile_px: int = Field(2048, ge=64, le=8192, description="largest side of any other texture")
    texel_m: Positive | None = Field(
        None, description="metres per texel of the finest tiles; default: half the point spacing"
    )
    texel_weight: Positive = Field(
        4.0,
        description="a texel counts as so many times its size in the geometric error: flat walls refine for their texture",
    )
    context_points: int = Field(
        150_000, ge=0, description="most points of vegetation beside the finest tiles"
    )


def budget_of(options: TileOptions, texel_m: float | None) -> Budget:
    """What a leaf may hold."""
    return Budget(options.tile_triangles, options.tile_px, texel_m)


def longest_edge(options: TileOptions, texel_m: float | None) -> float | None:
    """Metres beyond which an edge is split, so that one triangle's colours fit a tile; None without colours."""
    return None if texel_m is None else texel_m * options.tile_px * _LONGEST_SHARE


def root_texel(options: TileOptions, texel_m: float | None, area_m2: float) -> float | None:
    """The density at which the whole surface fits the first tile's texture; None without colours."""
    if texel_m is None:
        return None
    return max(texel_m, float(np.sqrt(area_m2 / FILL)) / options.root_px)


def texels(cells: Cells, options: TileOptions, texel_m: float | None) -> list[float | None]:
    """Metres per texel of each depth: doubled from level to level, so that averaged colours nest."""
    if texel_m is None:
        return [None] * cells.levels
    held: list[float | None] = [texel_m * 2.0**up for up in range(cells.levels - 1, -1, -1)]
    held[0] = max(held[0] or 0.0, root_texel(options, texel_m, float(cells.area[0])) or 0.0)
    return held


def goal_of(cell: int, triangles: int, borders: int, options: TileOptions) -> int:
    """How many triangles a cell that is no leaf gets of its children's ``triangles``, with ``borders`` edges fixed."""
    if cell == 0:
        return min(options.root_triangles, triangles)
    return min(options.tile_triangles, triangles // 4 + borders)


@dataclass(frozen=True, eq=False)
class Dressed:
    """A mesh as it is shown; ``texel_m`` the density got, None without texture. ``stretch`` (2,) is the 95 % and the
    largest stretch of its texels, ``texels`` how many there are."""

    mesh: Mesh
    texel_m: float | None
    charts: int = 0
    stretch: tuple[float, float] = (1.0, 1.0)


def dress(
    mesh: Mesh,
    colours: Colours | None,
    texel_m: float | None,
    side_px: int,
    *,
    lit: bool,
    seam_normals: tuple[F32, F32] | None = None,
) -> Dressed:
    """``mesh`` (welded) with normals where it is ``lit`` and a texture of ``colours`` of up to ``side_px`` a side, its
    charts laid out ``gltf_axes`` (see `unwrap`).

    ``seam_normals`` are places (m, 3) on borders and the full surface's normals there (m, 3): tiles that meet
    shade alike.
    """
    if lit:
        mesh = crease(mesh)
        if seam_normals is not None and mesh.normals is not None:
            mesh = mesh.with_(normals=looked_up_normals(mesh.vertices, mesh.normals, *seam_normals))
    if colours is None or texel_m is None:
        return Dressed(mesh, None)
    flat = _flat(mesh, texel_m, side_px)
    painted = flat.mesh.with_(texture=bake(flat, colours))
    return Dressed(painted, flat.texel_m, flat.charts, flat.stretch)


def _flat(mesh: Mesh, texel_m: float, side_px: int) -> Unwrapped:
    """Unwrapped within ``side_px``, or within the least multiple that holds all charts: rather a large file than a blot."""
    while True:
        try:
            return unwrap(mesh, texel_m, side_px=side_px, gltf_axes=True)
        except InputError as error:
            if error.problems[0].code != "unwrap-too-many-charts" or side_px >= _LARGEST_PX:
                raise
        side_px *= 2


def change_scales(largest: Sequence[float]) -> tuple[float, ...]:
    """Metres that 1.0 stands for, per comparison: a power of two no known value exceeds."""
    return tuple(float(2.0 ** np.ceil(np.log2(max(value, 1e-3)))) for value in largest)


def largest_changes(mesh: Mesh) -> list[float]:
    """The largest known number of each comparison, metres."""
    if mesh.change is None:
        return []
    known = np.where(np.isfinite(mesh.change), np.abs(mesh.change), 0)
    return [float(known[:, k].max(initial=0)) for k in range(known.shape[1])]


def bounds_of(low: F64, high: F64, children: Sequence[tuple[F64, F64]]) -> tuple[F64, F64]:
    """The box of a tile's content and of all below it."""
    return np.min([low, *(c[0] for c in children)], axis=0), np.max([high, *(c[1] for c in children)], axis=0)


def beside(total: int, levels: int, depth: int) -> int:
    """How many of ``total`` points of vegetation tiles of a depth show: every fourth of the next deeper."""
    return int(total // 4 ** (levels - 1 - depth))


def edges_fixed(triangles: I32, fixed: np.ndarray) -> int:
    """About how many edges of triangles (t, 3) have both ends ``fixed`` (v,)."""
    on = fixed[triangles]
    return int((on & np.roll(on, -1, axis=1)).sum()) // 2 + 1
