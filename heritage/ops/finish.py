"""Turn cells into tiles: snap them to the grid, measure them, lay them out, paint them, hang their skirts."""

from __future__ import annotations

import numpy as np

from heritage.model.arrays import F32, Mesh, PointCloud
from heritage.model.tiles import Tile
from heritage.ops.bake import bake
from heritage.ops.cells import Cell
from heritage.ops.colours import Colours
from heritage.ops.nearest import Nearest
from heritage.ops.pyramid import Level
from heritage.ops.skirt import on_planes, with_skirts
from heritage.ops.unwrap import unwrap
from heritage.ops.weld import areas, compact, same_place

_GRID_STEPS = 65_535  # what 16 bits can count
_SKIRT_SHARE = 0.02  # of the tile's extent: a deeper skirt would show behind thin parts
_SAMPLES = 20_000  # places per tile at which its deviation is measured, besides its vertices


def grid_step(mesh: Mesh) -> float:
    """The grid that 16 bits can span over the mesh and its skirts.

    A power of two, so that float32 holds its multiples exactly; never finer than float32 is at this distance.
    """
    extent = float(np.ptp(mesh.vertices, axis=0).max()) * (1 + 2 * _SKIRT_SHARE)
    finest = float(np.abs(mesh.vertices).max()) * 2.0**-23
    return float(2.0 ** np.ceil(np.log2(max(extent / (_GRID_STEPS - 2), finest, 1e-9))))


class Finisher:
    """Makes the tiles of one surface. Textures are at most ``root_px`` a side for the root, else ``tile_px``."""

    def __init__(
        self,
        levels: list[Level],
        points: PointCloud | None,
        colours: Colours | None,
        full: Mesh,
        *,
        root_px: int,
        tile_px: int,
        texel_weight: float,
        threads: int,
    ) -> None:
        self._levels, self._points = levels, points
        self._root_px, self._tile_px, self._texel_weight = root_px, tile_px, texel_weight
        self._colours = [
            None if colours is None or level.texel_m is None else colours.averaged(level.texel_m)
            for level in levels
        ]
        self._full = Nearest(full, threads=threads)
        self._coarse = [Nearest(level.mesh, threads=threads) for level in levels[:-1]]

    def finished(self, cell: Cell, steps: list[float], hanging: float = 0.0) -> Tile:
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
            side = self._tile_px if cell.depth else self._root_px
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
                (texel or 0.0) * self._texel_weight,
                *(c.geometric_error_m for c in children),
            )
        skirts = len(mesh.triangles) - own
        return Tile(mesh, points, low, high, step, texel, deviation, error, skirts, children)

    def _deviation(self, cell: Cell, mesh: Mesh) -> float:
        """The largest distance from the tile to the full surface, and from that in its cell to its level."""
        there = self._full.distance(_places(mesh))
        back = self._coarse[cell.depth].distance(_places(cell.full))
        return float(max(there.max(), back.max(initial=0.0)))

    def _gap(self, cell: Cell, mesh: Mesh) -> float:
        """The largest distance between the level and the full surface along the cell's cuts."""
        gap = 0.0
        for own, other in ((mesh, self._full), (cell.full, self._coarse[cell.depth])):
            if cell.planes:
                edge = own.vertices[on_planes(own.vertices, cell.planes).any(1)]
                gap = max(gap, float(other.distance(edge).max(initial=0.0)))
        return gap

    def _beside(self, cell: Cell) -> PointCloud | None:
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
