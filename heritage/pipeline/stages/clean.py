"""clean: a class and a reason for every point; nothing is deleted."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from heritage.formats.arrays import save_document
from heritage.formats.blocks import Blocks, create_column, gather_rows, read_rows, write_rows
from heritage.formats.texture import save_picture
from heritage.model.arrays import REASONS, U8
from heritage.model.documents import Correction, CorrectionFrame, Corrections
from heritage.model.errors import InputError
from heritage.ops.cleaning.clean import IDLE, CleanOptions, follow, outcome_of
from heritage.ops.cleaning.cleaning import COLUMNS, cleaning
from heritage.ops.cleaning.moved_frame import in_frame
from heritage.ops.points.stepwise import Step, View
from heritage.ops.render import render_points, view_of
from heritage.pipeline.stage import Job, Outcome, Stage
from heritage.pipeline.stages.ingest import source_frame

# The colours of assets/colours/labels.json, which the viewer uses too; kept points stay as they are, so what was set
# aside stands out.
TINTS = {
    "duplicate": (40, 40, 40),
    "outlier": (213, 94, 0),
    "fragment": (204, 121, 167),
    "vegetation": (0, 158, 115),
    "ground": (230, 159, 0),
    "halo": (86, 180, 233),
    "low_confidence": (0, 114, 178),
}
_SIZE = (1200, 750)
_PICTURED = 1_000_000  # points; a picture has no more pixels
_RESULT = ("classes", "reasons", "corrected")
CORRECTIONS = "corrections.json"
"""What each correction moved, and the points by label before; only where there are corrections."""
_WORK = "work"


def label_columns(folder: Path) -> tuple[str, ...]:
    """The stage's columns of labels in ``folder``: ``corrected`` is there only where people gave any."""
    return _RESULT if (folder / "corrected.npy").exists() else _RESULT[:2]


def _run(job: Job) -> Outcome:
    blocks = Blocks.open(job.inputs["ingest"])
    if blocks.rows == 0:
        raise InputError("point cloud", "no points", "at least one point is needed", code="cloud-empty")
    (job.folder / _WORK).mkdir()
    corrections = _corrections(job)
    for name, dtype in COLUMNS.items():
        if name == "corrected" and not corrections:
            continue
        create_column(_place(job.folder, name), name, blocks.rows, dtype)

    def do(step: Step) -> list[Any]:
        items = [None] * len(blocks) if step.items is None else step.items
        return job.map(partial(_do, job.folder, job.inputs["ingest"], step.on_each()), list(enumerate(items)))

    found = follow(cleaning(blocks.rows, job.chosen(CleanOptions), corrections), do)
    counts, figures = outcome_of(found)
    shutil.rmtree(job.folder / _WORK)
    if corrections:
        moved = [{"id": one.id, "was": dict(one.was), "becomes": one.becomes} for one in found.moved]
        save_document(job.folder / CORRECTIONS, {"before": dict(found.before), "moved": moved})
    idle = tuple(f"correction {one.id}: {IDLE}" for one in found.moved if one.points == 0)
    return Outcome((counts,), figures, idle, _pictures(job, blocks))


def _corrections(job: Job) -> Sequence[Correction]:
    """Those of the site's documents, in the frame that the epoch's cloud has now."""
    if "corrections" not in job.facts:
        return ()
    written = Corrections.model_validate(job.facts["corrections"], strict=False)
    now = source_frame(job.inputs["ingest"])
    frame = CorrectionFrame(up=now.up, metres_per_unit=now.metres_per_unit, origin_m=now.origin_m)
    return in_frame(written, frame, f"monuments/{job.monument}/corrections/{job.subject}.yaml")


def _place(folder: Path, name: str) -> Path:
    return folder if name in _RESULT else folder / _WORK


def _do(folder: Path, ingest: Path, step: Step, task: tuple[int, Any]) -> Any:
    """One step for one block: read, do, write."""
    number, item = task
    blocks = Blocks.open(ingest)
    block = blocks[number]
    if step.reach_m > 0:
        cloud, rows = blocks.around(number, step.reach_m)
    else:
        cloud, rows = blocks.points(number), np.arange(block.start, block.stop)
    held = {}
    for name in (*step.columns, *step.own_columns):
        values = read_rows(_place(folder, name), name, block.start, block.stop)
        if name in step.columns:
            values = np.concatenate([values, gather_rows(_place(folder, name), name, rows[len(block) :])])
        held[name] = values
    made = step.run(View(cloud, rows, len(block), block.low, block.high, held), item)
    for name, values in made.columns.items():
        write_rows(_place(folder, name), name, block.start, values)
    return made.summary


def _pictures(job: Job, blocks: Blocks) -> tuple[str, ...]:
    """The cloud as it came, and with what was set aside in colour."""
    rows = np.arange(0, blocks.rows, -(-blocks.rows // _PICTURED))
    cloud, reasons = blocks.select(rows), gather_rows(job.folder, "reasons", rows)
    # Looked at from where the kept part fills the picture; stray points may lie far away.
    kept = reasons == REASONS["kept"]
    framed = cloud.select(kept) if kept.any() else cloud
    low, high = np.percentile(framed.xyz, [0.5, 99.5], axis=0) + cloud.origin
    view = view_of(low, high)
    labelled = _labelled(cloud.rgb, reasons)
    save_picture(job.folder / "before.webp", render_points(cloud, view, *_SIZE))
    save_picture(job.folder / "labels.webp", render_points(cloud, view, *_SIZE, colours=labelled))
    return "before.webp", "labels.webp"


def _labelled(rgb: U8 | None, reasons: U8) -> U8:
    colours = np.full((len(reasons), 3), 190, np.uint8) if rgb is None else rgb.copy()
    for reason, tint in TINTS.items():
        colours[reasons == REASONS[reason]] = tint
    return colours


CLEAN = Stage("clean", 6, CleanOptions, _run, ("numpy", "scipy", "numba", "open3d-cpu"))
