"""Make a tileset of any size: what follows what, and which pieces go at once. The pieces are in `tile_pieces`."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from heritage.formats.gltf import write_plain_glb
from heritage.formats.tiles3d import write_tileset
from heritage.model.arrays import F64, Mesh
from heritage.model.errors import InputError
from heritage.model.report import Counts, Figure, balanced
from heritage.model.tiles import StatePart, Tile, TileTree
from heritage.ops.cleaning.vegetation import in_company
from heritage.ops.meshes.weld import areas
from heritage.ops.points.spread import spread
from heritage.ops.tiles.cells import Cells, divide, joined
from heritage.ops.tiles.colours import Colours
from heritage.ops.tiles.seams import INNER, common, looked_up, smooth_sides
from heritage.ops.tiles.single import single, single_texel
from heritage.ops.tiles.tile import (
    TileOptions,
    beside,
    bounds_of,
    budget_of,
    change_scales,
    longest_edge,
    root_texel,
    texels,
)
from heritage.ops.tiles.tile_node import grid_steps, merged, on_grid
from heritage.pipeline.tile_pieces import (
    CREASE_DEG,
    Made,
    Shared,
    Slice,
    Surveyed,
    Task,
    Work,
    as_colours,
    bounds_array,
    deviate,
    load_part,
    make,
    read_points,
    share,
    share_points,
    survey,
    tile_file,
)
from heritage.pipeline.tile_source import CHUNK, Source, averaged_model, model_colours

Mapper = Callable[[Callable[[Any], Any], Sequence[Any]], list[Any]]

_EDGES_PER_CUBE = 8.0  # of the census: about a hundred triangles in each
_SINGLE_TRIANGLES = 200_000
_SINGLE_PX = 4096
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
    census = joined([s.census for s in surveyed if s.census is not None])
    cells = divide(
        census,
        budget_of(options, texel),
        options.root_triangles,
        root_texel(options, texel, float(census.area.sum())),
    )
    steps = tuple(grid_steps(cells.low, cells.high, cells.depths, spacing_m))
    shared: list[Shared] = mapper(partial(share, work, cells), numbers)
    _save_seams(work, cells, steps, shared)
    sharp = texels(cells, options, texel)
    context = _save_context(work, cells)
    rows = source.rows()
    pieces = [(start, min(start + CHUNK, rows)) for start in range(0, rows, CHUNK)]
    leaf_points: dict[int, list[Slice]] = defaultdict(list)
    for (start, _), found in zip(
        pieces, mapper(partial(share_points, work, cells), pieces) if pieces else [], strict=True
    ):
        for leaf, first, last in found:
            leaf_points[leaf].append((f"points-{start}.npy", first, last))
    scales = change_scales(np.max([s.changes for s in surveyed if s.census is not None], axis=0).tolist())
    plan = _Plan(work, cells, steps, sharp, texel, spacing_m, scales, context)
    made = plan.run(mapper, shared, leaf_points)
    deviations = plan.deviations(mapper)
    if take_away:
        (folder / "model.glb").write_bytes(_single(plan, made))
    root = _tree(cells, steps, made, deviations, options.texel_weight, 0)
    size = float(np.linalg.norm(root.high - root.low))
    tree = TileTree(root, max(size, root.geometric_error_m))
    write_tileset(folder, tree)
    figures = _figures(plan, made, deviations)
    if take_away:
        mega = (folder / "model.glb").stat().st_size / 1e6
        figures = (*figures, Figure(name="model.glb", value=mega, unit="MB"))
    shutil.rmtree(scratch)
    low = np.min([s.vertices_low for s in surveyed if s.census is not None], axis=0)
    high = np.max([s.vertices_high for s in surveyed if s.census is not None], axis=0)
    triangles = sum(s.taken for s in surveyed)
    return Tiled(tree, low, high, triangles, scales, lit, counts, figures)


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


def _save_seams(work: Work, cells: Cells, steps: Sequence[float], shared: list[Shared]) -> None:
    """Where leaves meet across the borders of meshes; and the full surface's normals along all seams."""
    xyz, depth = common(
        np.concatenate([s.border for s in shared]),
        np.concatenate([s.border_leaf for s in shared]),
        cells.lineage(),
    )
    np.savez(work.scratch / "seams.npz", xyz=xyz, depth=depth)
    if not work.lit:
        return
    held = [s.normals for s in shared if s.normals is not None]
    places, sums, seam = (np.concatenate([h[k] for h in held]) for k in range(3))
    seam = np.minimum(seam, looked_up(places, xyz, depth))
    on_seam = seam != INNER
    # Where the tiles have them: snapped, not as the source gave them.
    moved = on_grid(places[on_seam], seam[on_seam], 0, steps)
    moved, normals = smooth_sides(moved, sums[on_seam], CREASE_DEG)
    np.savez(work.scratch / "normals.npz", xyz=moved, normal=normals)


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


@dataclass(frozen=True, eq=False)
class _Plan:
    """All that is known before the first tile is made."""

    work: Work
    cells: Cells
    steps: tuple[float, ...]
    sharp: list[float | None]
    texel: float | None
    spacing_m: float
    scales: tuple[float, ...]
    context: int

    def run(
        self, mapper: Mapper, shared: list[Shared], leaf_points: dict[int, list[Slice]]
    ) -> dict[int, Made]:
        """Make all tiles, a depth at a time, the deepest first."""
        cells, leaves = self.cells, set(self.cells.leaves())
        pieces: dict[int, list[int]] = defaultdict(list)
        for number, one in enumerate(shared):
            for leaf in one.leaves:
                pieces[leaf].append(number)
        made: dict[int, Made] = {}
        # The points below a depth: those of its leaves, and what deeper tiles averaged.
        layer: dict[int, tuple[Slice, ...]] = {leaf: tuple(leaf_points[leaf]) for leaf in leaves}
        for depth in range(cells.levels - 1, -1, -1):
            tasks = []
            for cell in np.flatnonzero(cells.depths == depth).tolist():
                leaf = cell in leaves
                below = [cell] if leaf else cells.children(cell)
                own = tuple(s for child in below for s in layer[child])
                tasks.append(
                    Task(
                        cell,
                        depth,
                        leaf,
                        tuple(pieces[cell]) if leaf else tuple(below),
                        own,
                        self._around(cell, below, layer),
                        self._spacing(cell, leaf),
                        self._texel(cell, leaf),
                        beside(self.context, cells.levels, depth),
                        self.steps,
                        self.scales,
                    )
                )
            results: list[Made] = mapper(partial(make, self.work, cells), tasks)
            for task, result in zip(tasks, results, strict=True):
                made[task.cell] = result
                if not task.leaf:
                    for child in task.pieces:
                        layer.pop(child)
                layer[task.cell] = ((f"own-{task.cell}.npy", 0, result.points_file),)
        return made

    def _texel(self, cell: int, leaf: bool) -> float | None:
        if self.texel is None or (leaf and cell):
            return self.texel
        return self.sharp[int(self.cells.depths[cell])]

    def _spacing(self, cell: int, leaf: bool) -> float:
        """How far apart the points are that paint a cell."""
        if leaf or self.texel is None:
            return self.spacing_m
        return max(self.spacing_m, self.texel * 2.0 ** (self.cells.levels - 2 - int(self.cells.depths[cell])))

    def _around(self, cell: int, below: list[int], layer: dict[int, tuple[Slice, ...]]) -> tuple[Slice, ...]:
        """The points of cells near this one, which paint it along its borders."""
        if not self.spacing_m:
            return ()
        cells, margin = self.cells, 8 * self._spacing(cell, not cells_below(self.cells, cell))
        low, high = cells.low[cell] - margin, cells.high[cell] + margin
        near = (
            other
            for other in sorted(layer)
            if other not in below and (cells.low[other] <= high).all() and (cells.high[other] >= low).all()
        )
        return tuple(s for other in near for s in layer[other])

    def deviations(self, mapper: Mapper) -> dict[int, float]:
        """The measured deviation of every tile that is no leaf."""
        cells = self.cells
        lineage, leaves = cells.lineage(), np.array(cells.leaves())
        inner = sorted(set(range(len(cells))) - set(leaves.tolist()))
        items = [
            (cell, tuple(leaves[lineage[leaves, cells.depths[cell]] == cell].tolist())) for cell in inner
        ]
        return dict(zip(inner, mapper(partial(deviate, self.work, cells), items), strict=True))


def cells_below(cells: Cells, cell: int) -> bool:
    """Whether a cell has children."""
    return bool((cells.parents == cell).any())


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


def _single(plan: _Plan, made: dict[int, Made]) -> bytes:
    """The whole monument in one file, from the tiles of the first depth that is as fine: they join bit for bit."""
    cells, work = plan.cells, plan.work
    chosen: list[int] = [0]
    while sum(made[c].triangles for c in chosen) < _SINGLE_TRIANGLES:
        below = [d for c in chosen for d in (cells.children(c) or [c])]
        if below == chosen:
            break
        chosen = below
    mesh = merged([load_part(work.scratch / f"node-{c}.npz") for c in chosen]).mesh
    whole = Mesh(mesh.origin, mesh.vertices, mesh.triangles, part=mesh.part)
    colours: Colours | None = None
    texel = 0.0
    if plan.texel is not None:
        texel = single_texel(whole, plan.texel, _SINGLE_PX)
        if plan.spacing_m:
            slices = tuple((f"own-{c}.npy", 0, made[c].points_file) for c in chosen)
            points = read_points(work.scratch, slices)
            dense = max(plan.spacing_m, *(made[c].texel_m or 0.0 for c in chosen))
            colours = as_colours(points, dense).averaged(texel)
        else:
            colours = averaged_model(work.source, texel)
    shown = single(whole, colours, texel, triangles=_SINGLE_TRIANGLES, side_px=_SINGLE_PX)
    return write_plain_glb(shown, lit=work.lit, parts=work.parts)


def _figures(plan: _Plan, made: dict[int, Made], deviations: dict[int, float]) -> tuple[Figure, ...]:
    cells = plan.cells
    leaves = cells.leaves()
    stretched = [made[c].stretch for c in leaves]
    files = [tile_file(plan.work.folder, c).stat().st_size for c in made]
    return (
        Figure(name="tiles", value=len(made), unit="tiles"),
        Figure(name="levels of tiles", value=cells.levels, unit="levels"),
        Figure(
            name="triangles of the finest tiles",
            value=sum(made[c].triangles for c in leaves),
            unit="triangles",
            method="the whole surface; long edges split",
        ),
        Figure(name="triangles of the first tile", value=made[0].triangles, unit="triangles"),
        Figure(name="size of the first tile", value=made[0].size_bytes / 1e3, unit="kB"),
        Figure(name="size of all tiles", value=sum(files) / 1e6, unit="MB"),
        Figure(
            name="edges fixed on borders",
            value=sum(made[c].fixed for c in made if c not in set(leaves)),
            unit="edges",
            method="of tiles that are not the finest; their triangles cannot be simplified away",
        ),
        Figure(
            name="deviation of the first tile",
            value=deviations.get(0, 0.0),
            unit="m",
            method="largest distance to the full surface, both ways",
        ),
        Figure(
            name="texel of the finest tiles",
            value=max((made[c].texel_m or 0.0 for c in leaves), default=0.0) or None,
            unit="m",
            method="coarsest of them" if plan.texel is not None else "no colours",
        ),
        Figure(name="texels", value=sum(m.texels for m in made.values()), unit="texels"),
        Figure(
            name="stretch of texels",
            value=max(s[0] for s in stretched),
            unit="1",
            method="95 % of a finest tile's area is below; the worst tile",
        ),
        Figure(
            name="points beside the finest tiles", value=sum(made[c].points for c in leaves), unit="points"
        ),
    )
