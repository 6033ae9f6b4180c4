"""clean: a class and a reason for every point; nothing is deleted."""

from __future__ import annotations

import numpy as np

from heritage.formats.arrays import load_cloud, save_array
from heritage.formats.texture import save_picture
from heritage.model.arrays import REASONS, U8
from heritage.ops.clean import CleanOptions, clean
from heritage.ops.render import render_points, view_of
from heritage.pipeline.stage import Job, Outcome, Stage

# Colours of the labelled picture: kept points stay as they are, so what was set aside stands out.
_TINTS = {
    "duplicate": (0, 0, 0),
    "outlier": (214, 39, 40),
    "fragment": (148, 60, 190),
    "vegetation": (44, 160, 44),
    "ground": (166, 135, 84),
    "halo": (31, 119, 220),
    "low_confidence": (255, 127, 14),
}
_SIZE = (1200, 750)


def _run(job: Job) -> Outcome:
    cloud = load_cloud(job.inputs["ingest"])
    cleaned = clean(cloud, job.chosen(CleanOptions), threads=job.threads)
    save_array(job.folder, "classes", cleaned.classes)
    save_array(job.folder, "reasons", cleaned.reasons)
    # Looked at from where the kept part fills the picture; stray points may lie far away.
    kept = cleaned.reasons == REASONS["kept"]
    framed = cloud.select(kept) if kept.any() else cloud
    low, high = np.percentile(framed.xyz, [0.5, 99.5], axis=0) + cloud.origin
    view = view_of(low, high)
    save_picture(job.folder / "before.webp", render_points(cloud, view, *_SIZE))
    save_picture(
        job.folder / "labels.webp",
        render_points(cloud, view, *_SIZE, colours=_labelled(cloud.rgb, cleaned.reasons)),
    )
    return Outcome((cleaned.counts,), cleaned.figures, (), ("before.webp", "labels.webp"))


def _labelled(rgb: U8 | None, reasons: U8) -> U8:
    colours = np.full((len(reasons), 3), 190, np.uint8) if rgb is None else rgb.copy()
    for reason, tint in _TINTS.items():
        colours[reasons == REASONS[reason]] = tint
    return colours


CLEAN = Stage("clean", 1, CleanOptions, _run, ("numpy", "scipy", "numba"))
