"""A tree of tiles from a surface: coarse for the first picture, full where the visitor looks closely.

Every level is one simplified mesh, cut along planes into cells that nest: what a tile shows and what its
children show ends at the same planes. Both sides of a cut share its vertices and all tiles of a level share one
grid of coordinates, so within a level no crack is wider than a step of the grid. Skirts hide what is left, and the
difference between levels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from pydantic import Field

from heritage.model.arrays import F32, F64, Mesh, PointCloud
from heritage.model.documents import Document, Positive
from heritage.model.errors import InputError
from heritage.model.report import Figure, balanced
from heritage.model.tiles import Tile, TileTree
from heritage.ops.bake import bake
from heritage.ops.colours import Colours, colours_of
from heritage.ops.cut import cut
from heritage.ops.nearest import Nearest
from heritage.ops.pyramid import FILL, Level, pyramid
from heritage.ops.skirt import Plane, on_planes, with_skirts
from heritage.ops.spread import spread
from heritage.ops.unwrap import unwrap
from heritage.ops.weld import areas, compact, same_place, weld

_GRID_STEPS = 65_535  # what 16 bits can count
_SKIRT_SHARE = 0.02  # of the tile's extent: a deeper skirt would show behind thin parts
_SAMPLES = 20_000  # places per tile at which its deviation is measured, besides its vertices


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


@dataclass(frozen=True, eq=False)
class _Cell:
    """A tile to be: its part of one level's mesh and of the full mesh, and the planes it was cut along."""

    depth: int
    mesh: Mesh
    full: Mesh
    points: npt.NDArray[np.intp]
    planes: frozenset[Plane]
    children: list[_Cell] = field(default_factory=list)


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
    finisher = _Finisher(levels, points, colours, full, chosen, threads)
    grid = max(
        _step(level.mesh) for level in levels
    )  # cuts lie on the coarsest grid, so that no rounding moves them
    root = _Cell(
        0, levels[0].mesh, levels[-1].mesh, np.arange(0 if points is None else len(points)), frozenset()
    )
    _divide(root, [level.mesh for level in levels[1:]], levels, points, chosen, grid)
    steps = [0.0] * len(levels)
    for cell in _walk(root):
        steps[cell.depth] = max(steps[cell.depth], _step(cell.mesh))
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


def _step(mesh: Mesh) -> float:
    """The grid that 16 bits can span over the mesh and its skirts.

    A power of two, so that float32 holds its multiples exactly; never finer than float32 is at this distance.
    """
    extent = float(np.ptp(mesh.vertices, axis=0).max()) * (1 + 2 * _SKIRT_SHARE)
    finest = float(np.abs(mesh.vertices).max()) * 2.0**-23
    return float(2.0 ** np.ceil(np.log2(max(extent / (_GRID_STEPS - 2), finest, 1e-9))))


def _walk(cell: _Cell) -> list[_Cell]:
    return [cell, *(below for child in cell.children for below in _walk(child))]


def _divide(
    cell: _Cell,
    finer: list[Mesh],
    levels: list[Level],
    points: PointCloud | None,
    options: TileOptions,
    grid: float,
) -> None:
    """Give ``cell`` its children: parts of the next level's mesh, halved until each fits a tile."""
    if not finer:
        return
    depth = cell.depth + 1
    waiting = [(finer, cell.points, cell.planes)]
    while waiting:
        meshes, index, planes = waiting.pop(0)
        plane = _halving(meshes[0], levels[depth].texel_m, options, grid)
        if plane is None:
            child = _Cell(depth, meshes[0], meshes[-1], index, planes)
            cell.children.append(child)
            _divide(
                child, [mesh for mesh in meshes[1:] if len(mesh.triangles)], levels, points, options, grid
            )
            continue
        axis, at = plane
        sides = [cut(mesh, axis, at) for mesh in meshes]
        above = np.zeros(0, bool) if points is None else points.xyz[index, axis] > at
        for k, own in enumerate((index[~above], index[above])):
            waiting.append(([side[k] for side in sides], own, planes | {plane}))


def _halving(mesh: Mesh, texel: float | None, options: TileOptions, grid: float) -> Plane | None:
    """The plane that halves the mesh's triangles or texels, whichever are too many; None where it fits a tile."""
    many = len(mesh.triangles) / options.tile_triangles
    area = areas(mesh)
    texels = 0.0 if texel is None else float(area.sum()) / texel**2 / (FILL * options.tile_px**2)
    if max(many, texels) <= 1:
        return None
    centre = mesh.vertices[mesh.triangles].mean(1)
    weight = area if texels > many else np.ones(len(area))
    for axis in np.argsort(-np.ptp(centre, axis=0), kind="stable"):
        order = np.argsort(centre[:, axis], kind="stable")
        middle = order[np.searchsorted(np.cumsum(weight[order]), weight.sum() / 2)]
        at = float(np.round(centre[middle, axis] / grid) * grid)
        if mesh.vertices[:, axis].min() < at < mesh.vertices[:, axis].max():
            return int(axis), at
    return None


class _Finisher:
    """Turns cells into tiles: snapped, measured, unwrapped, painted."""

    def __init__(
        self,
        levels: list[Level],
        points: PointCloud | None,
        colours: Colours | None,
        full: Mesh,
        options: TileOptions,
        threads: int,
    ) -> None:
        self._levels, self._points, self._options = levels, points, options
        self._colours = [
            None if colours is None or level.texel_m is None else colours.averaged(level.texel_m)
            for level in levels
        ]
        self._full = Nearest(full, threads=threads)
        self._coarse = [Nearest(level.mesh, threads=threads) for level in levels[:-1]]

    def finished(self, cell: _Cell, steps: list[float], hanging: float = 0.0) -> Tile:
        """The tile of ``cell`` and all below it; ``steps`` is the grid of each level.

        ``hanging`` is how deep the parent's skirts are: a coarser neighbour may lie as far below this tile.
        """
        step = steps[cell.depth]
        mesh = _snapped(cell.mesh, step)
        finest = cell.depth == len(self._levels) - 1
        # The finest level is the full surface: only the grid moves it, by no more than half a cell's diagonal.
        deviation = step * float(np.sqrt(3)) / 2 if finest else self._deviation(cell, mesh)
        gap = step if finest else self._gap(cell, mesh)
        hanging = min(max(2 * gap, hanging), _SKIRT_SHARE * float(np.ptp(mesh.vertices, axis=0).max()))
        children = tuple(
            self.finished(child, steps, hanging if cell.planes else 0.0) for child in cell.children
        )
        texel = self._levels[cell.depth].texel_m
        colours = self._colours[cell.depth]
        if texel is not None and colours is not None:
            side = self._options.tile_px if cell.depth else self._options.root_px
            flat = unwrap(mesh, texel, side_px=side)
            mesh, texel = flat.mesh.with_(texture=bake(flat, colours)), flat.texel_m
        own = len(mesh.triangles)
        mesh = _snapped(with_skirts(mesh, cell.planes, hanging), step)
        points = self._beside(cell)
        low, high = mesh.bounds()
        boxes = [(low, high), *((child.low, child.high) for child in children)]
        if points is not None:
            boxes.append(points.bounds())
        low, high = np.min([box[0] for box in boxes], axis=0), np.max([box[1] for box in boxes], axis=0)
        error = 0.0
        if children:
            error = max(
                deviation,
                (texel or 0.0) * self._options.texel_weight,
                *(c.geometric_error_m for c in children),
            )
        skirts = len(mesh.triangles) - own
        return Tile(mesh, points, low, high, step, texel, deviation, error, skirts, children)

    def _deviation(self, cell: _Cell, mesh: Mesh) -> float:
        """The largest distance from the tile to the full surface, and from that in its cell to its level."""
        there = self._full.distance(_places(mesh))
        back = self._coarse[cell.depth].distance(_places(cell.full))
        return float(max(there.max(), back.max(initial=0.0)))

    def _gap(self, cell: _Cell, mesh: Mesh) -> float:
        """The largest distance between the level and the full surface along the cell's cuts."""
        gap = 0.0
        for own, other in ((mesh, self._full), (cell.full, self._coarse[cell.depth])):
            if cell.planes:
                edge = own.vertices[on_planes(own.vertices, cell.planes).any(1)]
                gap = max(gap, float(other.distance(edge).max(initial=0.0)))
        return gap

    def _beside(self, cell: _Cell) -> PointCloud | None:
        """Every fourth of the next finer level's points: the beginning of their order."""
        if self._points is None:
            return None
        kept = len(self._points) // 4 ** (len(self._levels) - 1 - cell.depth)
        index = cell.points[cell.points < kept]
        return self._points.select(index) if len(index) else None


def _snapped(mesh: Mesh, step: float) -> Mesh:
    """Vertices moved to the nearest multiple of ``step``; triangles that vanish by it dropped."""
    vertices = (np.rint(mesh.vertices.astype(np.float64) / step) * step).astype(np.float32)
    place = same_place(vertices)[mesh.triangles]
    # Only those: a triangle flattened to a line still joins its neighbours, and dropping it would open a crack.
    kept = (place != np.roll(place, 1, axis=1)).all(1)
    if not kept.any():  # a fragment smaller than the grid stays as it is: the writer rounds it
        return mesh
    return compact(mesh.with_(vertices=vertices, triangles=mesh.triangles[kept]))


def _places(mesh: Mesh) -> F32:
    """Vertices, and a regular grid of places on every triangle that is large beside the mean spacing of samples."""
    apart = float(np.sqrt(areas(mesh).sum() / _SAMPLES))
    corners = mesh.vertices[mesh.triangles]
    longest = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(1)
    parts = np.minimum(np.ceil(longest / max(apart, 1e-9)), 200).astype(np.int64)
    result = [mesh.vertices]
    for n in np.unique(parts[parts > 1]):
        i, j = (grid.ravel() for grid in np.meshgrid(np.arange(n + 1), np.arange(n + 1)))
        inside = (i + j <= n) & (np.maximum(np.maximum(i, j), n - i - j) < n)  # without the corners
        weights = np.stack([n - i - j, i, j], axis=1)[inside] / n
        result.append(
            np.einsum("wk,tkd->twd", weights.astype(np.float32), corners[parts == n]).reshape(-1, 3)
        )
    return np.concatenate(result)


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
