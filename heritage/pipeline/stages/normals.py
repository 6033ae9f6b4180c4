"""normals: the points that are surface, with oriented normals, block by block.

Three rounds over the blocks: count; write the points with the directions of their planes, and thin them; turn
them as the thinned points were. Between the last two the thinned points of the whole cloud are settled here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from heritage.formats.arrays import load_array, save_array
from heritage.formats.blocks import (
    Block,
    Blocks,
    create_blocks,
    create_column,
    gather_rows,
    packed,
    read_rows,
    write_points,
    write_rows,
)
from heritage.formats.cameras import read_cameras
from heritage.model.arrays import F64, REASONS
from heritage.model.limits import LOCAL_COORDINATE_M
from heritage.model.octree import I64, Octree
from heritage.model.report import balanced
from heritage.ops.normals.normals import (
    Chosen,
    NormalsOptions,
    choose_sides,
    doubtful,
    even_subset,
    in_doubt,
    oriented_normals,
    plane_directions,
    reach_m,
    surface_points,
    too_few,
)
from heritage.ops.normals.place_cameras import place_cameras
from heritage.ops.points.thinning import cubes_at_depths, even_grid, one_per_cube
from heritage.pipeline.stage import Job, Outcome, Stage
from heritage.pipeline.stages.ingest import source_frame

_DIRECTION, _SETTLED_XYZ, _SETTLED = "direction", "settled.xyz", "settled.normal"  # gone when the stage ends


@dataclass(frozen=True)
class _Work:
    """What every piece needs to know."""

    folder: Path
    ingest: Path
    clean: Path
    options: NormalsOptions
    root: Octree

    def reasons(self, rows: slice | I64) -> np.ndarray:
        if isinstance(rows, slice):
            return read_rows(self.clean, "reasons", rows.start, rows.stop)
        return gather_rows(self.clean, "reasons", rows)


def _run(job: Job) -> Outcome:
    options = job.chosen(NormalsOptions)
    blocks = Blocks.open(job.inputs["ingest"])
    if len(blocks) == 0:
        raise too_few(0)
    low, high = (np.array([corner(block) for block in blocks]) for corner in (_low, _high))
    # Of few points far apart one block may reach beyond where points may lie.
    bound = np.clip([low.min(0), high.max(0)], -LOCAL_COORDINATE_M, LOCAL_COORDINATE_M)
    root = Octree.around(*bound)
    work = _Work(job.folder, job.inputs["ingest"], job.inputs["clean"], options, root)

    counted = job.map(partial(_counted, work), range(len(blocks)))
    kept = [counts for counts, _, _ in counted]
    points = sum(kept)
    if points == 0:
        raise too_few(0)
    four, wanted, depth = even_grid(
        np.sum([cubes for _, cubes, _ in counted], 0), points, options.subset, root
    )

    made = packed(blocks, kept)
    create_blocks(job.folder, blocks.origin, made, {*blocks.names, "normal"})
    create_column(job.folder, "order", points, np.int32)
    create_column(job.folder, _DIRECTION, points, np.float32, 3)
    sources = [block.number for block, count in zip(blocks, kept, strict=True) if count]
    starts = [(number, block.start) for number, block in zip(sources, made, strict=True)]
    thinned = job.map(partial(_directed, work, reach_m(four), depth), starts)
    cameras = _cameras(job, low.min(0) + blocks.origin, high.max(0) + blocks.origin)
    if cameras is not None:
        cameras -= blocks.origin
    chosen = _chosen(work, np.concatenate(thinned), depth, wanted, "normal" in blocks.names, cameras)

    save_array(job.folder, _SETTLED_XYZ, chosen.xyz)
    save_array(job.folder, _SETTLED, chosen.normal)
    in_question = job.map(partial(_turned, work, chosen.voxel, chosen.shipped), range(len(made)))
    for name in (_DIRECTION, _SETTLED_XYZ, _SETTLED):
        (job.folder / f"{name}.npy").unlink()

    reasons = np.sum([reasons for _, _, reasons in counted], 0)
    set_aside = {name: int(reasons[code]) for name, code in REASONS.items()}
    return Outcome(
        (balanced("points", blocks.rows, points, set_aside),),
        (*chosen.figures, doubtful(sum(in_question), points)),
        chosen.warnings,
    )


def _low(block: Block) -> np.ndarray:
    return block.low


def _high(block: Block) -> np.ndarray:
    return block.high


def _counted(work: _Work, number: int) -> tuple[int, I64, I64]:
    """Surface points of a block, the cubes they occupy at each depth, and the others by reason."""
    blocks = Blocks.open(work.ingest)
    block = blocks[number]
    reasons = work.reasons(slice(block.start, block.stop))
    mask = surface_points(reasons, work.options)
    cubes = cubes_at_depths(blocks.points(number).xyz[mask], work.root)
    return int(mask.sum()), cubes, np.bincount(reasons[~mask], minlength=max(REASONS.values()) + 1)


def _directed(work: _Work, reach: float, depth: int, where: tuple[int, int]) -> I64:
    """Write a block's surface points with their directions from row ``start``; the rows of the thinned ones."""
    number, start = where
    blocks = Blocks.open(work.ingest)
    block = blocks[number]
    around, rows = blocks.around(number, reach)
    own = slice(block.start, block.stop)
    mask = surface_points(np.concatenate([work.reasons(own), work.reasons(rows[len(block) :])]), work.options)
    mine = np.flatnonzero(mask[: len(block)])
    xyz = around.xyz[mask]
    direction = plane_directions(xyz, len(mine), work.root, work.options.neighbours, reach)
    write_points(work.folder, start, around.select(mine))
    write_rows(work.folder, "order", start, read_rows(work.ingest, "order", block.start, block.stop)[mine])
    write_rows(work.folder, _DIRECTION, start, direction)
    return start + one_per_cube(xyz[: len(mine)], work.root, depth)


def _chosen(work: _Work, rows: I64, depth: int, wanted: float, shipped: bool, cameras: F64 | None) -> Chosen:
    """Settle the sides on the thinned points, which are few enough for one process."""
    xyz, direction = gather_rows(work.folder, "cloud.xyz", rows), gather_rows(work.folder, _DIRECTION, rows)
    few = even_subset(xyz, direction, np.arange(len(rows)), work.root, depth, wanted, work.options.subset)
    own = gather_rows(work.folder, "cloud.normal", rows[few]) if shipped else None
    return choose_sides(xyz[few], direction[few], wanted, own, cameras, work.options)


def _cameras(job: Job, low: F64, high: F64) -> F64 | None:
    """Positions (m, 3) in the epoch's frame, where the epoch names its cameras."""
    path = job.sources.get("cameras")
    if path is None:
        return None
    read = read_cameras(path)
    return place_cameras(
        read.centres, read.frame, read.reference, source_frame(job.inputs["ingest"]), low, high
    )


def _turned(work: _Work, voxel: float, shipped: bool, number: int) -> int:
    """Write a block's normals; how many of them are in doubt."""
    block = Blocks.open(work.folder)[number]
    places, normals = load_array(work.folder, _SETTLED_XYZ), load_array(work.folder, _SETTLED)
    settled = Chosen(places, normals, voxel, shipped, (), ())
    xyz, direction, own = (
        read_rows(work.folder, name, block.start, block.stop)
        for name in ("cloud.xyz", _DIRECTION, "cloud.normal")
    )
    normal, agreement = oriented_normals(xyz, direction, own if shipped else None, settled)
    write_rows(work.folder, "cloud.normal", block.start, normal)
    return in_doubt(agreement)


NORMALS = Stage("normals", 4, NormalsOptions, _run, ("numpy", "scipy", "numba", "pyproj"))
