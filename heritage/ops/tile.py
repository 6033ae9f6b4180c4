"""A tree of tiles from a surface: coarse for the first picture, full where the visitor looks closely.

Every level is one simplified mesh, cut along planes into cells that nest: what a tile shows and what its
children show ends at the same planes. Both sides of a cut share its vertices and all tiles of a level share one
grid of coordinates, so within a level no crack is wider than a step of the grid. Skirts hide what is left, and the
difference between levels.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydantic import Field

from heritage.model.arrays import F64, Mesh, PointCloud
from heritage.model.documents import Document, Positive
from heritage.model.errors import InputError
from heritage.model.report import Figure, balanced
from heritage.model.tiles import Tile, TileTree
from heritage.ops.cells import Budget, cells
from heritage.ops.colours import colours_of
from heritage.ops.finish import Finisher, grid_step
from heritage.ops.pyramid import pyramid
from heritage.ops.spread import spread
from heritage.ops.weld import weld


class TileOptions(Document):
    """How large and how sharp tiles are."""

    root_triangles: int = Field(10_000, ge=100, description="triangles of the first tile")
    tile_triangles: int = Field(
        30_000, ge=100, description="most triangles of any other tile, before cuts and skirts"
    )
    root_px: int = Field(1024, ge=64, le=8192, description="largest side of the first tile's texture")
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


def tile(
    surfaces: Sequence[Mesh],
    cloud: PointCloud | None,
    context: PointCloud | None,
    options: TileOptions | None = None,
    *,
    lit: bool = False,
    threads: int = 1,
) -> TileTree:
    """Tiles of ``surfaces`` (z up, metres), in their frame.

    Colours come from ``cloud`` where it has any, else from the surfaces' own textures or vertex colours, else
    there are none and the tiles are lit. ``context`` (vegetation) is shown as points, thinned. ``change`` is
    carried where every surface has it. ``lit`` asks for normals instead of measured light. Deterministic, and
    not dependent on ``threads``. Raises InputError where there is no triangle with an area.
    """
    chosen = options or TileOptions()
    if not surfaces or not sum(len(mesh.triangles) for mesh in surfaces):
        raise InputError("surface", "no triangles", "at least one triangle is needed", code="mesh-empty")
    full, kept = weld(surfaces)
    if not len(kept):
        raise InputError(
            "surface", "no triangle has an area", "at least one is needed", code="mesh-without-area"
        )
    taken = sum(len(mesh.triangles) for mesh in surfaces)
    colours = colours_of(surfaces, cloud, threads=threads)
    lit = lit or colours is None
    texel = None if colours is None else chosen.texel_m or colours.texel_m
    levels = pyramid(
        full, texel, root_triangles=chosen.root_triangles, root_px=chosen.root_px, lit=lit, threads=threads
    )
    points = _thinned(context, full.origin, chosen.context_points)
    # Cuts lie on the coarsest grid, so that no level's rounding moves them.
    grid = max(grid_step(level.mesh) for level in levels)
    places = np.zeros((0, 3), np.float32) if points is None else points.xyz
    root = cells(levels, places, Budget(chosen.tile_triangles, chosen.tile_px), grid)
    steps = [0.0] * len(levels)
    for cell in root.walk():
        steps[cell.depth] = max(steps[cell.depth], grid_step(cell.mesh))
    finisher = Finisher(
        levels,
        points,
        colours,
        full,
        root_px=chosen.root_px,
        tile_px=chosen.tile_px,
        texel_weight=chosen.texel_weight,
        threads=threads,
    )
    top = finisher.finished(root, steps)
    size = float(np.linalg.norm(top.high - top.low))
    return TileTree(
        top,
        max(size, top.geometric_error_m),
        lit,
        _change_scales(full),
        len(levels),
        (balanced("triangles", taken, len(kept), {"without area": taken - len(kept)}),),
        _figures(top, texel),
    )


def _thinned(context: PointCloud | None, origin: F64, most: int) -> PointCloud | None:
    """At most ``most`` points in an order whose every beginning is spread evenly, relative to ``origin``."""
    if context is None or not len(context) or not most:
        return None
    xyz = (context.xyz.astype(np.float64) + (context.origin - origin)).astype(np.float32)
    order = spread(xyz)[:most]
    return PointCloud(origin, xyz[order], None if context.rgb is None else context.rgb[order])


def _change_scales(full: Mesh) -> tuple[float, ...]:
    """Metres that 1.0 stands for, per comparison: a power of two no known value exceeds."""
    if full.change is None:
        return ()
    known = np.where(np.isfinite(full.change), np.abs(full.change), 0)
    return tuple(
        float(2.0 ** np.ceil(np.log2(max(float(known[:, k].max(initial=0)), 1e-3))))
        for k in range(known.shape[1])
    )


def _figures(root: Tile, texel: float | None) -> tuple[Figure, ...]:
    tiles = [tile for _, tile in root.walk()]
    painted = [
        t.surface.texture.shape[0] * t.surface.texture.shape[1]
        for t in tiles
        if t.surface.texture is not None
    ]
    leaves = [t for t in tiles if not t.children]
    return (
        Figure(name="tiles", value=len(tiles), unit="tiles"),
        Figure(
            name="triangles of the finest tiles",
            value=sum(len(t.surface.triangles) for t in leaves),
            unit="triangles",
            method="after cutting",
        ),
        Figure(name="triangles of the first tile", value=len(root.surface.triangles), unit="triangles"),
        Figure(
            name="deviation of the first tile",
            value=root.deviation_m,
            unit="m",
            method="largest distance to the full surface, both ways",
        ),
        Figure(
            name="texel of the finest tiles",
            value=max((t.texel_m or 0.0 for t in leaves), default=0.0) or None,
            unit="m",
            method="coarsest of them" if texel is not None else "no colours",
        ),
        Figure(name="texels", value=sum(painted), unit="texels"),
        Figure(
            name="points beside the finest tiles",
            value=sum(len(t.points) for t in leaves if t.points is not None),
            unit="points",
        ),
    )
