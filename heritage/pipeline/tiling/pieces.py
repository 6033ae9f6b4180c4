"""Make one tile: read what lies below it, do one step of `ops`, write it and what the tile above it needs."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from heritage.formats.gltf import write_glb
from heritage.model.arrays import F32, F64, U8, Mesh, PointCloud
from heritage.ops.tiles.cloud_colours import CloudColours
from heritage.ops.tiles.colours import Colours
from heritage.ops.tiles.deviation import deviation
from heritage.ops.tiles.seams import locked, looked_up
from heritage.ops.tiles.tile import dress, edges_fixed, goal_of
from heritage.ops.tiles.tile_node import Part, coarser, in_order, merged, snapped
from heritage.pipeline.tiling.files import (
    Slice,
    as_colours,
    load_cells,
    load_part,
    load_seams,
    node_file,
    read_points,
    save_part,
    save_points,
    tile_file,
)
from heritage.pipeline.tiling.shares import Work, piece_file
from heritage.pipeline.tiling.source import averaged_model, model_colours

# Spacings of its points: from so far around a tile its colours may come.
_REACH = 4.0


@dataclass(frozen=True)
class Task:
    """One tile to make. ``pieces`` are the meshes of a leaf or the children of another cell; ``own`` the points in
    it, ``around`` those of its neighbours; ``spacing_m`` how dense they are; ``seams`` a leaf's rows of seams."""

    cell: int
    depth: int
    leaf: bool
    pieces: tuple[int, ...]
    own: tuple[Slice, ...]
    around: tuple[Slice, ...]
    spacing_m: float
    texel_m: float | None
    context: int
    seams: tuple[int, int] = (0, 0)
    steps: tuple[float, ...] = field(default=())
    change_scale_m: tuple[float, ...] = field(default=())


@dataclass(frozen=True)
class Made:
    """What became of a task: bounds of the content, triangles, sizes; ``fixed`` triangles have an edge on a border;
    ``own`` are the points that stand for it, ``dense_m`` apart."""

    low: tuple[float, ...]
    high: tuple[float, ...]
    texel_m: float | None
    triangles: int
    texels: int
    points: int
    fixed: int
    stretch: tuple[float, float]
    size_bytes: int
    own: tuple[Slice, ...]
    dense_m: float


def make(work: Work, task: Task) -> Made:
    """Write one tile, and what the tile above it needs."""
    part = _leaf(work, task) if task.leaf else _inner(work, task)
    save_part(node_file(work.scratch, task.cell), part)
    colours, own, dense = _colours(work, task)
    shown = dress(
        part.mesh,
        colours,
        task.texel_m,
        work.options.tile_px if task.cell else work.options.root_px,
        lit=work.lit,
        seam_normals=_seam_normals(work, part.mesh),
    )
    points = _context(work, task)
    data = write_glb(
        shown.mesh,
        points,
        step_m=task.steps[task.depth],
        texel_m=shown.texel_m,
        lit=work.lit,
        change_scale_m=task.change_scale_m,
        parts=work.parts,
        quality=85 if task.cell else 70,
    )
    tile_file(work.folder, task.cell).write_bytes(data)
    boxes = [shown.mesh.bounds(), *([points.bounds()] if points is not None else [])]
    texture = shown.mesh.texture
    fixed = locked(part.seam, task.depth)
    return Made(
        tuple(np.min([b[0] for b in boxes], axis=0).tolist()),
        tuple(np.max([b[1] for b in boxes], axis=0).tolist()),
        shown.texel_m,
        len(part.mesh.triangles),
        0 if texture is None else texture.shape[0] * texture.shape[1],
        0 if points is None else len(points),
        edges_fixed(part.mesh.triangles, fixed) if fixed.any() else 0,
        shown.stretch,
        len(data),
        own,
        dense,
    )


def _leaf(work: Work, task: Task) -> Part:
    part = merged([load_part(piece_file(work, task.cell, i)) for i in task.pieces])
    known = looked_up(part.mesh.vertices, *load_seams(work.scratch, task.seams))
    part = Part(part.mesh, np.minimum(part.seam, known))
    return in_order(snapped(part, task.depth, task.steps))


def _inner(work: Work, task: Task) -> Part:
    cells = load_cells(work.scratch)
    children = merged([load_part(node_file(work.scratch, child)) for child in task.pieces])
    border = edges_fixed(children.mesh.triangles, locked(children.seam, task.depth))
    goal = goal_of(task.cell, len(children.mesh.triangles), border, work.options)
    return coarser(children, goal, task.depth, task.steps, cells.low[task.cell], cells.high[task.cell])


def _colours(work: Work, task: Task) -> tuple[Colours | None, tuple[Slice, ...], float]:
    """What paints a tile; the points that stand for it to the tile above, and how far apart they are."""
    if task.texel_m is None:
        return None, (), 0.0
    if not work.source.rows():
        sharp = task.leaf and task.depth
        model = model_colours(work.source) if sharp else averaged_model(work.source, task.texel_m)
        return model, (), 0.0
    both, inside = cloud_colours(work, task)
    if task.texel_m <= task.spacing_m:
        return both, task.own, task.spacing_m
    name = f"own-{task.cell}"
    save_points(work.scratch / name, inside)
    return both, ((name, 0, len(inside.xyz)),), inside.spacing_m


def cloud_colours(work: Work, task: Task) -> tuple[CloudColours, CloudColours]:
    """The points that paint a cell, averaged to its texels: with those around it, and its own alone."""
    cells = load_cells(work.scratch)
    texel = task.texel_m or 0.0
    margin = _REACH * max(task.spacing_m, texel)
    box = (cells.low[task.cell] - margin, cells.high[task.cell] + margin)
    own = as_colours(read_points(work.scratch, task.own), task.spacing_m).averaged(texel)
    near = as_colours(read_points(work.scratch, task.around, box), task.spacing_m).averaged(texel)
    both = CloudColours(
        np.concatenate([own.xyz, near.xyz]),
        np.concatenate([own.colour, near.colour]),
        None if own.normal is None or near.normal is None else np.concatenate([own.normal, near.normal]),
        max(own.spacing_m, near.spacing_m),
        np.concatenate([own.weight, near.weight]),
    )
    return both, own


def _seam_normals(work: Work, mesh: Mesh) -> tuple[F32, F32] | None:
    """The full surface's normals at places on seams, of those in the mesh's box."""
    if not work.lit:
        return None
    with np.load(work.scratch / "normals.npz") as held:
        xyz, normal = held["xyz"], held["normal"]
    near = ((xyz >= mesh.vertices.min(0)) & (xyz <= mesh.vertices.max(0))).all(1)
    return xyz[near], normal[near]


def _context(work: Work, task: Task) -> PointCloud | None:
    """Vegetation in the cell, of the first ``task.context`` in the order of spread."""
    if not task.context:
        return None
    with np.load(work.scratch / "context.npz") as held:
        xyz: F32 = held["xyz"][: task.context]
        rgb: U8 = held["rgb"][: task.context]
        inside = load_cells(work.scratch).lineage()[held["leaf"][: task.context], task.depth] == task.cell
    return PointCloud(np.zeros(3), xyz[inside], rgb[inside]) if inside.any() else None


def deviate(work: Work, item: tuple[int, tuple[int, ...]]) -> float:
    """The largest distance, both ways, between a tile and the full surface in its cell."""
    cell, leaves = item
    cells, rows = load_cells(work.scratch), list(leaves)
    return deviation(
        load_part(node_file(work.scratch, cell)).mesh,
        (cells.low[rows], cells.high[rows]),
        lambda i: load_part(node_file(work.scratch, leaves[i])).mesh,
    )


def bounds_array(values: tuple[float, ...]) -> F64:
    """(3,) float64."""
    return np.array(values, np.float64)
