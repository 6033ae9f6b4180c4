"""The pieces of work that make a tileset: each reads files, does one step of `ops`, writes files.

First the surface's meshes are counted and shared out to the leaves, and so are the points; then every cell of a
depth becomes a tile at once, from the deepest to the root; last, each tile is measured against the leaves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from heritage.formats.gltf import write_glb
from heritage.model.arrays import F32, F64, I32, U8, Mesh, PointCloud
from heritage.model.tiles import StatePart
from heritage.ops.meshes.subdivide import subdivide
from heritage.ops.meshes.weld import open_edges, weld
from heritage.ops.tiles.cells import Cells, Census, centres, take_census
from heritage.ops.tiles.colours import CloudColours, Colours
from heritage.ops.tiles.seams import INNER, locked, looked_up, normal_sums, seam_depths
from heritage.ops.tiles.tile import TileOptions, dress, edges_fixed, goal_of, largest_changes
from heritage.ops.tiles.tile_node import Part, coarser, deviation, merged, snapped
from heritage.pipeline.tile_source import Source, averaged_model, model_colours

CREASE_DEG = 40.0
# Spacings of its points: from so far around a tile its colours may come.
_REACH = 4.0

Slice = tuple[str, int, int]
"""Rows of a file of points."""


@dataclass(frozen=True)
class Work:
    """What every piece needs to know: small enough to be sent with each."""

    source: Source
    folder: Path
    """Where tiles go, under ``tiles``."""
    options: TileOptions
    longest_m: float | None
    lit: bool
    parts: tuple[StatePart, ...] = ()
    """Those of an interpreted state, in the order of ``Mesh.part``."""

    @property
    def scratch(self) -> Path:
        """What lies between the steps."""
        return self.folder / "work"


@dataclass(frozen=True, eq=False)
class Surveyed:
    """What one mesh holds; ``taken`` triangles, of which ``without_area`` were dropped, the others ``split`` into more."""

    census: Census | None
    taken: int
    without_area: int
    split: int
    vertices_low: tuple[float, ...]
    vertices_high: tuple[float, ...]
    changes: tuple[float, ...]
    filled_m2: float


def _full_mesh(work: Work, number: int) -> tuple[Mesh, int, int]:
    """One mesh of the surface, welded and with no edge too long; how many triangles it had, how many with area."""
    mesh = work.source.mesh(number)
    taken = len(mesh.triangles)
    whole, kept = weld([mesh])
    if work.longest_m is not None:
        whole = subdivide(whole, work.longest_m)
    return whole, taken, len(kept)


def _full_file(work: Work, number: int) -> Path:
    return work.scratch / f"full-{number}.npz"


def survey(work: Work, size_m: float, number: int) -> Surveyed:
    """Count one mesh of the surface."""
    mesh, taken, kept = _full_mesh(work, number)
    save_part(_full_file(work, number), Part(mesh, np.full(len(mesh.vertices), INNER, np.uint8)))
    empty = not len(mesh.triangles)
    low, high = ((), ()) if empty else (mesh.vertices.min(0).tolist(), mesh.vertices.max(0).tolist())
    return Surveyed(
        None if empty else take_census(mesh, size_m),
        taken,
        taken - kept,
        len(mesh.triangles) - kept,
        tuple(low),
        tuple(high),
        tuple(largest_changes(mesh)),
        0.0,
    )


@dataclass(frozen=True, eq=False)
class Shared:
    """Where one mesh lies: its leaves, and the vertices of its open edges with each leaf that uses them. Where it is
    lit, ``normals`` are places on seams and open edges, sums of normals there, and the depths of the seams."""

    leaves: tuple[int, ...]
    border: F32
    border_leaf: I32
    normals: tuple[F32, F32, U8] | None


def share(work: Work, cells: Cells, number: int) -> Shared:
    """Write the part of one mesh that lies in each leaf."""
    mesh = load_part(_full_file(work, number)).mesh
    _full_file(work, number).unlink()
    if not len(mesh.triangles):
        return Shared((), np.zeros((0, 3), np.float32), np.zeros(0, np.int32), None)
    lineage = cells.lineage()
    leaf = cells.place(centres(mesh))
    corner_leaf = np.repeat(leaf, 3)
    seam = seam_depths(mesh.triangles.ravel(), corner_leaf, lineage, len(mesh.vertices))
    open_ = np.zeros(len(mesh.vertices), bool)
    open_[open_edges(mesh.triangles)] = True
    order = np.argsort(leaf, kind="stable")
    numbers, start = np.unique(leaf[order], return_index=True)
    for which, rows in zip(numbers, np.split(order, start[1:]), strict=True):
        used, triangles = np.unique(mesh.triangles[rows], return_inverse=True)
        part = Mesh(
            mesh.origin,
            mesh.vertices[used],
            triangles.reshape(-1, 3).astype(np.int32),
            change=None if mesh.change is None else mesh.change[used],
            filled=None if mesh.filled is None else mesh.filled[used],
            part=None if mesh.part is None else mesh.part[used],
        )
        save_part(work.scratch / f"piece-{which}-{number}.npz", Part(part, seam[used]))
    at = mesh.triangles.ravel()
    on_border = open_[at]
    normals = None
    if work.lit:
        places, sums = normal_sums(mesh, CREASE_DEG)
        near = looked_up(places, mesh.vertices[(seam != INNER) | open_], np.uint8(0)) != INNER
        normals = places[near], sums[near], looked_up(places[near], mesh.vertices, seam)
    return Shared(
        tuple(int(n) for n in numbers), mesh.vertices[at[on_border]], corner_leaf[on_border], normals
    )


def save_part(path: Path, part: Part) -> None:
    """Write a part for the next step."""
    held: dict[str, npt.NDArray[Any]] = {
        "vertices": part.mesh.vertices,
        "triangles": part.mesh.triangles,
        "seam": part.seam,
    }
    for name in ("change", "filled", "part"):
        values = getattr(part.mesh, name)
        if values is not None:
            held[name] = values
    np.savez(path, **held)  # type: ignore[arg-type]


def load_part(path: Path) -> Part:
    """Read what ``save_part`` wrote."""
    with np.load(path) as held:
        mesh = Mesh(
            np.zeros(3),
            held["vertices"],
            held["triangles"],
            change=held.get("change"),
            filled=held.get("filled"),
            part=held.get("part"),
        )
        return Part(mesh, held["seam"])


_POINT = np.dtype([("xyz", "<f4", 3), ("colour", "<f4", 3), ("normal", "<f4", 3), ("weight", "<f4")])


def share_points(work: Work, cells: Cells, rows: tuple[int, int]) -> list[tuple[int, int, int]]:
    """Write rows of the cloud sorted by the leaf they lie in: leaf, first and last row of each in the file."""
    colours = work.source.coloured(*rows)
    leaf = cells.place(colours.xyz)
    order = np.argsort(leaf, kind="stable")
    save_points(work.scratch / f"points-{rows[0]}.npy", colours, order)
    numbers, start = np.unique(leaf[order], return_index=True)
    stop = [*start[1:], len(order)]
    return [(int(n), int(a), int(b)) for n, a, b in zip(numbers, start, stop, strict=True)]


def save_points(path: Path, colours: CloudColours, order: npt.NDArray[np.intp] | slice) -> None:
    """Write colours in space, in ``order``."""
    held = np.zeros(len(colours.xyz[order]), _POINT)
    held["xyz"], held["colour"], held["weight"] = (
        colours.xyz[order],
        colours.colour[order],
        colours.weight[order],
    )
    if colours.normal is not None:
        held["normal"] = colours.normal[order]
    np.save(path, held)


def read_points(scratch: Path, slices: tuple[Slice, ...]) -> npt.NDArray[Any]:
    """Rows of points that ``save_points`` wrote."""
    parts = [np.load(scratch / name, mmap_mode="r")[start:stop] for name, start, stop in slices]
    return np.concatenate(parts) if parts else np.zeros(0, _POINT)


@dataclass(frozen=True)
class Task:
    """One tile to make. ``pieces`` are the meshes of a leaf or the children of another cell; ``own`` the points in
    it, ``around`` those of its neighbours; ``spacing_m`` how dense they are."""

    cell: int
    depth: int
    leaf: bool
    pieces: tuple[int, ...]
    own: tuple[Slice, ...]
    around: tuple[Slice, ...]
    spacing_m: float
    texel_m: float | None
    context: int
    steps: tuple[float, ...] = field(default=())
    change_scale_m: tuple[float, ...] = field(default=())
    normals: bool = True


@dataclass(frozen=True)
class Made:
    """What became of a task: bounds of the content, triangles, sizes; ``fixed`` triangles have an edge on a border."""

    low: tuple[float, ...]
    high: tuple[float, ...]
    texel_m: float | None
    triangles: int
    texels: int
    points: int
    fixed: int
    stretch: tuple[float, float]
    size_bytes: int
    points_file: int


def make(work: Work, cells: Cells, task: Task) -> Made:
    """Write one tile, and what the tile above it needs."""
    part = _leaf(work, task) if task.leaf else _inner(work, cells, task)
    save_part(work.scratch / f"node-{task.cell}.npz", part)
    colours, kept = _colours(work, cells, task)
    options = work.options
    shown = dress(
        Mesh(
            part.mesh.origin,
            part.mesh.vertices,
            part.mesh.triangles,
            change=part.mesh.change,
            filled=part.mesh.filled,
            part=part.mesh.part,
        ),
        colours,
        task.texel_m,
        options.tile_px if task.cell else options.root_px,
        lit=work.lit,
        seam_normals=_seam_normals(work),
    )
    points = _context(work, cells, task)
    data = write_glb(
        shown.mesh,
        points,
        step_m=task.steps[task.depth],
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
        kept,
    )


def tile_file(folder: Path, cell: int) -> Path:
    """Where the content of a cell is written."""
    return folder / "tiles" / f"{cell}.glb"


def _leaf(work: Work, task: Task) -> Part:
    parts = [load_part(work.scratch / f"piece-{task.cell}-{i}.npz") for i in task.pieces]
    part = merged(parts)
    with np.load(work.scratch / "seams.npz") as held:
        known = looked_up(part.mesh.vertices, held["xyz"], held["depth"])
    part = Part(part.mesh, np.minimum(part.seam, known))
    return snapped(part, task.depth, task.steps)


def _inner(work: Work, cells: Cells, task: Task) -> Part:
    children = merged([load_part(work.scratch / f"node-{child}.npz") for child in task.pieces])
    border = edges_fixed(children.mesh.triangles, locked(children.seam, task.depth))
    goal = goal_of(task.cell, len(children.mesh.triangles), border, work.options)
    return coarser(children, goal, task.depth, task.steps, cells.low[task.cell], cells.high[task.cell])


def _colours(work: Work, cells: Cells, task: Task) -> tuple[Colours | None, int]:
    """What paints a tile, and how many averaged points of its own were written for the tile above it."""
    if task.texel_m is None:
        return None, 0
    if not work.source.rows():
        leaf_texel = task.texel_m if task.leaf else None
        return (
            model_colours(work.source)
            if leaf_texel is not None and task.depth
            else averaged_model(work.source, task.texel_m)
        ), 0
    own = read_points(work.scratch, task.own)
    near = read_points(work.scratch, task.around)
    if len(near):
        margin = _REACH * max(task.spacing_m, task.texel_m)
        low, high = cells.low[task.cell] - margin, cells.high[task.cell] + margin
        near = near[((near["xyz"] >= low) & (near["xyz"] <= high)).all(1)]
    held = [as_colours(points, task.spacing_m).averaged(task.texel_m) for points in (own, near)]
    save_points(work.scratch / f"own-{task.cell}.npy", held[0], slice(None))
    both = CloudColours(
        np.concatenate([part.xyz for part in held]),
        np.concatenate([part.colour for part in held]),
        None
        if held[0].normal is None
        else np.concatenate([part.normal for part in held if part.normal is not None]),
        max(held[0].spacing_m, held[1].spacing_m),
        np.concatenate([part.weight for part in held]),
    )
    return both, len(held[0].xyz)


def as_colours(points: npt.NDArray[Any], spacing_m: float) -> CloudColours:
    """Rows that ``read_points`` gave, ``spacing_m`` apart."""
    normal = np.ascontiguousarray(points["normal"])
    return CloudColours(
        np.ascontiguousarray(points["xyz"]),
        np.ascontiguousarray(points["colour"]),
        normal,
        spacing_m,
        np.ascontiguousarray(points["weight"]),
    )


def _seam_normals(work: Work) -> tuple[F32, F32] | None:
    if not work.lit:
        return None
    with np.load(work.scratch / "normals.npz") as held:
        return held["xyz"], held["normal"]


def _context(work: Work, cells: Cells, task: Task) -> PointCloud | None:
    """Vegetation in the cell, of the first ``task.context`` in the order of spread."""
    if not task.context:
        return None
    with np.load(work.scratch / "context.npz") as held:
        xyz: F32 = held["xyz"][: task.context]
        rgb: U8 = held["rgb"][: task.context]
        inside = np.isin(cells.lineage()[held["leaf"][: task.context], task.depth], [task.cell])
    return PointCloud(np.zeros(3), xyz[inside], rgb[inside]) if inside.any() else None


def deviate(work: Work, cells: Cells, item: tuple[int, tuple[int, ...]]) -> float:
    """The largest distance, both ways, between a tile and the full surface in its cell."""
    cell, leaves = item
    rows = list(leaves)
    return deviation(
        load_part(work.scratch / f"node-{cell}.npz").mesh,
        (cells.low[rows], cells.high[rows]),
        lambda i: load_part(work.scratch / f"node-{leaves[i]}.npz").mesh,
    )


def bounds_array(values: tuple[float, ...]) -> F64:
    """(3,) float64."""
    return np.array(values, np.float64)
