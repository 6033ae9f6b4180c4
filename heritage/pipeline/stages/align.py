"""align: an epoch's frame to the monument frame, which is the reference epoch's."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from heritage.formats.arrays import read_document, save_document
from heritage.model.arrays import Similarity
from heritage.ops.placement.align import AlignOptions
from heritage.ops.placement.align_scaled import align_scaled
from heritage.pipeline.placement.thinned import thinned
from heritage.pipeline.stage import Job, Outcome, Stage
from heritage.pipeline.stages.ingest import source_frame

ALIGNMENT = "alignment.json"


def _run(job: Job) -> Outcome:
    # Both files may be in one CRS and yet have had different origins subtracted.
    offset = (
        np.array(source_frame(job.inputs["moving-ingest"]).origin_m)
        - source_frame(job.inputs["reference-ingest"]).origin_m
    )
    moving = thinned(job.inputs["moving"])
    moving = moving.with_(origin=moving.origin + offset)
    result = align_scaled(thinned(job.inputs["reference"]), moving, job.chosen(AlignOptions))
    reference_from_moving = result.reference_from_moving @ Similarity(np.eye(3), offset)
    save_document(
        job.folder / ALIGNMENT,
        {
            "reference_from_moving": reference_from_moving.matrix.tolist(),
            "rms_m": result.rms_m,
            "sigma_m": result.sigma_m,
        },
    )
    return Outcome((), result.figures)


def alignment(folder: Path | None) -> tuple[Similarity, float]:
    """monument_from_epoch and its error, 1 sigma metres; the identity for the reference epoch (no folder)."""
    if folder is None:
        return Similarity.identity(), 0.0
    document = read_document(folder / ALIGNMENT)
    return Similarity.from_matrix(np.array(document["reference_from_moving"])), float(document["sigma_m"])


ALIGN = Stage("align", 5, AlignOptions, _run, ("numpy", "scipy", "numba"))
