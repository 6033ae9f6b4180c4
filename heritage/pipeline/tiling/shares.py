"""Share a surface and its points out to the leaves of a tree of tiles, a piece at a time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from heritage.model.arrays import F32, I32, U8, Mesh
from heritage.model.tiles import StatePart
from heritage.ops.meshes.subdivide import subdivide
from heritage.ops.meshes.weld import open_edges, weld
from heritage.ops.tiles.census import Census, centres, take_census
from heritage.ops.tiles.seams import INNER, looked_up, normal_sums, seam_depths
from heritage.ops.tiles.tile import TileOptions, largest_changes
from heritage.ops.tiles.tile_node import Part
from heritage.pipeline.tiling.files import Slice, load_cells, load_part, runs, save_part, save_points
from heritage.pipeline.tiling.source import Source

CREASE_DEG = 40.0


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
    """What one mesh holds; ``taken`` triangles, of which ``without_area`` were dropped."""

    census: Census | None
    taken: int
    without_area: int
    vertices_low: tuple[float, ...]
    vertices_high: tuple[float, ...]
    changes: tuple[float, ...]


def survey(work: Work, size_m: float, number: int) -> Surveyed:
    """Count one mesh of the surface, welded and with no edge too long."""
    mesh = work.source.mesh(number)
    taken = len(mesh.triangles)
    mesh, kept = weld([mesh])
    if work.longest_m is not None:
        mesh = subdivide(mesh, work.longest_m)
    save_part(_full_file(work, number), Part(mesh, np.full(len(mesh.vertices), INNER, np.uint8)))
    if not len(mesh.triangles):
        return Surveyed(None, taken, taken, (), (), tuple(largest_changes(mesh)))
    return Surveyed(
        take_census(mesh, size_m),
        taken,
        taken - len(kept),
        tuple(mesh.vertices.min(0).tolist()),
        tuple(mesh.vertices.max(0).tolist()),
        tuple(largest_changes(mesh)),
    )


def _full_file(work: Work, number: int) -> Path:
    return work.scratch / f"full-{number}"


@dataclass(frozen=True, eq=False)
class Shared:
    """Where one mesh lies: its leaves, and the vertices of its open edges with each leaf that uses them. Where it is
    lit, ``normals`` are places on seams and open edges, sums of normals there, and the depths of the seams."""

    leaves: tuple[int, ...]
    border: F32
    border_leaf: I32
    normals: tuple[F32, F32, U8] | None


def share(work: Work, number: int) -> Shared:
    """Write the part of one mesh that lies in each leaf."""
    cells = load_cells(work.scratch)
    mesh = load_part(_full_file(work, number)).mesh
    _full_file(work, number).unlink()
    if not len(mesh.triangles):
        return Shared((), np.zeros((0, 3), np.float32), np.zeros(0, np.int32), None)
    leaf = cells.place(centres(mesh))
    corner_leaf = np.repeat(leaf, 3)
    seam = seam_depths(mesh.triangles.ravel(), corner_leaf, cells.lineage(), len(mesh.vertices))
    open_ = np.zeros(len(mesh.vertices), bool)
    open_[open_edges(mesh.triangles)] = True
    order = np.argsort(leaf, kind="stable")
    leaves = runs(leaf[order])
    for which, (start, stop) in leaves.items():
        used, triangles = np.unique(mesh.triangles[order[start:stop]], return_inverse=True)
        part = Mesh(
            mesh.origin,
            mesh.vertices[used],
            triangles.reshape(-1, 3).astype(np.int32),
            change=None if mesh.change is None else mesh.change[used],
            filled=None if mesh.filled is None else mesh.filled[used],
            part=None if mesh.part is None else mesh.part[used],
        )
        save_part(piece_file(work, which, number), Part(part, seam[used]))
    at = mesh.triangles.ravel()
    on_border = open_[at]
    normals = None
    if work.lit:
        places, sums = normal_sums(mesh, CREASE_DEG)
        near = looked_up(places, mesh.vertices[(seam != INNER) | open_], np.uint8(0)) != INNER
        normals = places[near], sums[near], looked_up(places[near], mesh.vertices, seam)
    return Shared(tuple(leaves), mesh.vertices[at[on_border]], corner_leaf[on_border], normals)


def piece_file(work: Work, leaf: int, number: int) -> Path:
    """Where the part of mesh ``number`` is written that lies in a leaf."""
    return work.scratch / f"piece-{leaf}-{number}"


def share_points(work: Work, rows: tuple[int, int]) -> dict[int, Slice]:
    """Write rows of the cloud sorted by the leaf they lie in; the rows of each."""
    colours = work.source.coloured(*rows)
    leaf = load_cells(work.scratch).place(colours.xyz)
    order = np.argsort(leaf, kind="stable")
    name = f"points-{rows[0]}"
    save_points(work.scratch / name, colours, order)
    return {cell: (name, start, stop) for cell, (start, stop) in runs(leaf[order]).items()}
