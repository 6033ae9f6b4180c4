"""Make a tileset of any size: survey, share out, make, measure, tie together. The order is in `plan`."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from heritage.formats.tiles3d import write_tileset
from heritage.model.arrays import F64
from heritage.model.errors import InputError
from heritage.model.report import Counts, Figure, balanced
from heritage.model.tiles import StatePart, Tile, TileTree
from heritage.ops.cleaning.vegetation import in_company
from heritage.ops.meshes.weld import areas
from heritage.ops.points.spread import spread
from heritage.ops.tiles.cells import Cells, divide
from heritage.ops.tiles.census import joined
from heritage.ops.tiles.seams import INNER, common, looked_up, smooth_sides
from heritage.ops.tiles.tile import (
    TileOptions,
    bounds_of,
    budget_of,
    change_scales,
    longest_edge,
    root_texel,
    texels,
)
from heritage.ops.tiles.tile_node import grid_steps, on_grid
from heritage.pipeline.tiling.figures import figures
from heritage.pipeline.tiling.files import Slice, save_cells, save_seams
from heritage.pipeline.tiling.pieces import Made, bounds_array
from heritage.pipeline.tiling.plan import Mapper, Plan
from heritage.pipeline.tiling.shares import (
    CREASE_DEG,
    Shared,
    Surveyed,
    Work,
    share,
    share_points,
    survey,
)
from heritage.pipeline.tiling.source import CHUNK, Source, model_colours
from heritage.pipeline.tiling.whole import whole_glb

_EDGES_PER_CUBE = 8.0  # of the census: about a hundred triangles in each
_GRID_STEPS = 65_532


@dataclass(frozen=True, eq=False)
class Tiled:
    """A tileset that is written; bounds in its frame. ``lit``: it has no measured light of its own."""

    tree: TileTree
    low: F64
    high: F64
    triangles: int
    change_scale_m: tuple[float, ...]
    lit: bool
    counts: tuple[Counts, ...]
    figures: tuple[Figure, ...]


def make_tiles(
    source: Source,
    folder: Path,
    options: TileOptions,
    mapper: Mapper,
    *,
    lit: bool,
    take_away: bool,
    parts: tuple[StatePart, ...] = (),
) -> Tiled:
    """Write ``tileset.json`` and ``tiles/*.glb`` into ``folder``, and ``model.glb`` where ``take_away`` is asked for.
    ``parts`` are those of a state.

    Colours come from the source's points where they have any, else from the surface's own textures or vertex
    colours, else there are none and the tiles are lit. Does not depend on how the surface and the points are
    cut into pieces, nor on the mapper. Raises InputError where there is no triangle with an area.
    """
    (folder / "tiles").mkdir(parents=True)
    scratch = folder / "work"
    scratch.mkdir()
    coloured = source.rows() > 0
    spacing_m = source.spacing_m() if coloured else 0.0
    finest = spacing_m / 2 if coloured else None
    if not coloured:
        model = model_colours(source)
        finest = None if model is None else model.texel_m
    texel = None if finest is None else options.texel_m or finest
    lit = lit or texel is None
    work = Work(source, folder, options, longest_edge(options, texel), lit, parts)
    numbers = range(len(source.names))
    surveyed: list[Surveyed] = mapper(partial(survey, work, _cube_size(source, options, texel)), numbers)
    counts = _counted(surveyed)
    full = [s for s in surveyed if s.census is not None]
    census = joined([s.census for s in full if s.census is not None])
    cells = divide(
        census,
        budget_of(options, texel),
        options.root_triangles,
        root_texel(options, texel, float(census.area.sum())),
    )
    save_cells(scratch, cells)
    steps = tuple(grid_steps(cells.low, cells.high, cells.depths, spacing_m))
    shared: list[Shared] = mapper(partial(share, work), numbers)
    seams = _save_seams(work, cells, steps, shared)
    rows = source.rows()
    pieces = [(start, min(start + CHUNK, rows)) for start in range(0, rows, CHUNK)]
    points: list[dict[int, Slice]] = mapper(partial(share_points, work), pieces) if pieces else []
    scales = change_scales(np.max([s.changes for s in full], axis=0).tolist())
    sharp = texels(cells, options, texel)
    plan = Plan(work, cells, steps, sharp, texel, spacing_m, scales, _save_context(work, cells), seams)
    made = plan.run(mapper, shared, points)
    deviations = plan.deviations(mapper)
    root = _tree(cells, steps, made, deviations, options.texel_weight, 0)
    size = float(np.linalg.norm(root.high - root.low))
    tree = TileTree(root, max(size, root.geometric_error_m))
    write_tileset(folder, tree)
    said = figures(plan, made, deviations)
    if take_away:
        data = whole_glb(plan, made)
        (folder / "model.glb").write_bytes(data)
        said = (*said, Figure(name="model.glb", value=len(data) / 1e6, unit="MB"))
    shutil.rmtree(scratch)
    low = np.min([s.vertices_low for s in full], axis=0)
    high = np.max([s.vertices_high for s in full], axis=0)
    return Tiled(tree, low, high, sum(s.taken for s in surveyed), scales, lit, counts, said)


def _cube_size(source: Source, options: TileOptions, texel: float | None) -> float:
    """The census's cubes: a power of two, by the first mesh's triangles, so that each holds far fewer than a tile."""
    for number in range(len(source.names)):
        mesh = source.mesh(number)
        area = areas(mesh)
        if area.sum() > 0:
            edge = float(np.sqrt(2 * area.sum() / len(area)))
            size = min(_EDGES_PER_CUBE * edge, longest_edge(options, texel) or np.inf)
            reach = float(np.abs(mesh.vertices).max()) / 2.0**18
            return float(2.0 ** np.ceil(np.log2(max(size, reach, 1e-6))))
    return 1.0


def _counted(surveyed: list[Surveyed]) -> tuple[Counts, ...]:
    taken = sum(s.taken for s in surveyed)
    if not taken:
        raise InputError("surface", "no triangles", "at least one triangle is needed", code="mesh-empty")
    without = sum(s.without_area for s in surveyed)
    if taken == without:
        raise InputError(
            "surface", "no triangle has an area", "at least one is needed", code="mesh-without-area"
        )
    return (balanced("triangles", taken, taken - without, {"without area": without}),)


def _save_seams(
    work: Work, cells: Cells, steps: Sequence[float], shared: list[Shared]
) -> dict[int, tuple[int, int]]:
    """Where leaves meet across the borders of meshes, the rows of each; and the full surface's normals along all seams."""
    border = np.concatenate([s.border for s in shared])
    leaf = np.concatenate([s.border_leaf for s in shared])
    xyz, depth = common(border, leaf, cells.lineage())
    own = looked_up(border, xyz, depth)
    on_seam = own != INNER
    rows = save_seams(work.scratch, border[on_seam], own[on_seam], leaf[on_seam])
    if not work.lit:
        return rows
    held = [s.normals for s in shared if s.normals is not None]
    places, sums, seam = (np.concatenate([h[k] for h in held]) for k in range(3))
    seam = np.minimum(seam, looked_up(places, xyz, depth))
    on_seam = seam != INNER
    # Where the tiles have them: snapped, not as the source gave them.
    moved = on_grid(places[on_seam], seam[on_seam], 0, steps)
    moved, normals = smooth_sides(moved, sums[on_seam], CREASE_DEG)
    np.savez(work.scratch / "normals.npz", xyz=moved, normal=normals)
    return rows


def _save_context(work: Work, cells: Cells) -> int:
    """Vegetation in an order whose every beginning is spread evenly, and the leaf of each point; how many."""
    points = work.source.vegetation(4 * work.options.context_points)
    points = None if points is None else in_company(points)
    if points is None or not len(points) or points.rgb is None:
        return 0
    order = spread(points.xyz)[: work.options.context_points]
    # On one grid that 16 bits can count, so that no tile's own grid moves a point out of the tile's box.
    step = 2.0 ** np.ceil(np.log2(max(float(np.ptp(points.xyz, axis=0).max()) / _GRID_STEPS, 1e-9)))
    xyz = (np.rint(points.xyz[order].astype(np.float64) / step) * step).astype(np.float32)
    np.savez(work.scratch / "context.npz", xyz=xyz, rgb=points.rgb[order], leaf=cells.place(xyz))
    return len(order)


def _tree(
    cells: Cells,
    steps: Sequence[float],
    made: dict[int, Made],
    deviations: dict[int, float],
    texel_weight: float,
    cell: int,
) -> Tile:
    children = tuple(
        _tree(cells, steps, made, deviations, texel_weight, child) for child in cells.children(cell)
    )
    own = made[cell]
    low, high = bounds_of(bounds_array(own.low), bounds_array(own.high), [(c.low, c.high) for c in children])
    # A leaf is the full surface: only the grid moves it, by no more than half a cell's diagonal.
    coarsest = steps[min(1, len(steps) - 1)] if children or cell else steps[0]
    deviation = deviations.get(cell, 0.0) + coarsest * float(np.sqrt(3)) / 2
    error = 0.0
    if children:
        error = max(
            deviation, (own.texel_m or 0.0) * texel_weight, *(child.geometric_error_m for child in children)
        )
    return Tile(f"tiles/{cell}.glb", low, high, deviation, error, children)
