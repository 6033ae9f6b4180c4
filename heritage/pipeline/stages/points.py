"""points: every measured point with its label, as 3D Tiles a conservator can look into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from pydantic import Field

from heritage.formats.blocks import Blocks, gather_rows, read_rows
from heritage.formats.point_tile import write_point_tile
from heritage.formats.tiles3d import write_tileset
from heritage.model.arrays import F64, PointCloud, triple
from heritage.model.documents import Document
from heritage.model.report import Figure, balanced
from heritage.model.tiles import Tile, TileTree
from heritage.ops.points.grid import I64
from heritage.ops.tiles.point_tree import path_to, pick, point_tree, root_cube
from heritage.pipeline.stage import Job, Outcome, Stage
from heritage.pipeline.stages.clean import label_columns


class PointsOptions(Document):
    """How many points a tile holds."""

    tile_points: int = Field(40_000, ge=100, description="a cube with up to so many points is not divided")
    grid: int = Field(
        128, ge=8, le=512, description="cells along a tile's side, of which each shows one point"
    )


@dataclass(frozen=True)
class _Place:
    """A tile of the tree as the tileset states it, without its content's bytes."""

    path: tuple[int, ...]
    low: tuple[float, float, float]
    high: tuple[float, float, float]
    apart_m: float
    points: int
    size_bytes: int


@dataclass(frozen=True, eq=False)
class _BlockDone:
    """The tiles of one block, and what it gives to the tiles above it: path and rows."""

    tiles: tuple[_Place, ...]
    above: tuple[tuple[tuple[int, ...], I64], ...]


def _run(job: Job) -> Outcome:
    options = job.chosen(PointsOptions)
    blocks = Blocks.open(job.inputs["ingest"])
    (job.folder / "tiles").mkdir()
    cubes = [blocks[i] for i in range(len(blocks))]
    low, side = root_cube(
        np.array([cube.low for cube in cubes]),
        np.array([float(cube.high[0] - cube.low[0]) for cube in cubes]),
    )
    done = job.map(
        partial(_block, job.folder, job.inputs["ingest"], job.inputs["clean"], low, side, options),
        range(len(blocks)),
    )
    shared: dict[tuple[int, ...], list[I64]] = {}
    for result in done:
        for path, rows in result.above:
            shared.setdefault(path, []).append(rows)
    inner = job.map(
        partial(_shared, job.folder, job.inputs["ingest"], job.inputs["clean"], side / options.grid),
        [(path, np.concatenate(rows)) for path, rows in sorted(shared.items())],
    )
    places = {place.path: place for place in (*inner, *(tile for result in done for tile in result.tiles))}
    write_tileset(job.folder, TileTree(_root(places), 2 * side, "ADD"))
    points = sum(place.points for place in places.values())
    first = places[min(places, key=len)]
    figures = (
        Figure(name="tiles", value=len(places), unit="tiles"),
        Figure(name="points of the first tile", value=first.points, unit="points"),
        Figure(name="size", value=sum(p.size_bytes for p in places.values()) / 1e6, unit="MB"),
    )
    return Outcome((balanced("points", blocks.rows, points, {}),), figures)


def _block(
    folder: Path, ingest: Path, clean: Path, low: F64, side: float, options: PointsOptions, number: int
) -> _BlockDone:
    """Write the tiles of one block; what belongs to the tiles above it is handed back."""
    blocks = Blocks.open(ingest)
    block, cloud = blocks[number], blocks.points(number)
    own = float(block.high[0] - block.low[0])
    path = path_to(block.low, own, low, side)
    rows, above = np.arange(len(cloud)), []
    corner, size = low.astype(np.float64), side
    for depth, octant in enumerate(path):
        # A cell of an upper tile's grid lies inside one block as long as the block is no smaller than the cell.
        taken, rows = pick(cloud.xyz, rows, corner, size, options.grid)
        if len(taken):
            above.append((path[:depth], block.start + taken))
        size /= 2
        corner = corner + size * np.array([octant & 1, octant >> 1 & 1, octant >> 2])
    tree = point_tree(cloud.xyz, rows, block.low, own, path, grid=options.grid, most=options.tile_points)
    if tree is None:
        return _BlockDone((), tuple(above))
    labels = [read_rows(clean, name, block.start, block.stop) for name in label_columns(clean)]
    tiles = [
        _written(folder, t.path, cloud.select(t.rows), [label[t.rows] for label in labels], t.apart_m)
        for t in tree.walk()
    ]
    return _BlockDone(tuple(tiles), tuple(above))


def _shared(
    folder: Path, ingest: Path, clean: Path, root_apart_m: float, item: tuple[tuple[int, ...], I64]
) -> _Place:
    """Write a tile above the blocks from the rows that they gave to it."""
    path, rows = item
    rows = np.sort(rows)
    labels = [gather_rows(clean, name, rows) for name in label_columns(clean)]
    cloud = Blocks.open(ingest).select(rows)
    return _written(folder, path, cloud, labels, root_apart_m / 2 ** len(path))


def _written(
    folder: Path, path: tuple[int, ...], cloud: PointCloud, labels: Sequence[np.ndarray], apart_m: float
) -> _Place:
    classes, reasons, *by_people = labels
    data = write_point_tile(cloud, classes, reasons, *((number > 0).astype(np.uint8) for number in by_people))
    (folder / _uri(path)).write_bytes(data)
    low, high = cloud.bounds()
    return _Place(path, triple(low), triple(high), apart_m, len(cloud), len(data))


def _uri(path: tuple[int, ...]) -> str:
    return f"tiles/{'r' + ''.join(map(str, path))}.glb"


def _root(places: dict[tuple[int, ...], _Place]) -> Tile:
    """The tree. Where an octant has no tile of its own, those below it hang from the next above."""
    made: dict[tuple[int, ...], Tile] = {}
    for path in sorted(places, key=len, reverse=True):
        place = places[path]
        children = tuple(made.pop(below) for below in sorted(made) if below[: len(path)] == path)
        low = np.min([np.array(place.low), *(child.low for child in children)], axis=0)
        high = np.max([np.array(place.high), *(child.high for child in children)], axis=0)
        # A cell of the grid may be larger than all that lies in it.
        apart_m = min(place.apart_m, float(np.linalg.norm(high - low))) if children else 0.0
        made[path] = Tile(_uri(path), low, high, apart_m, apart_m, children)
    (root,) = made.values()
    return root


POINTS = Stage("points", 3, PointsOptions, _run, ("numpy", "numba", "meshopt"))
