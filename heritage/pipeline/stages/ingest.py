"""ingest: a source file as a cloud, or as textured meshes, in its own frame made z up and metres."""

from __future__ import annotations

import numpy as np

from heritage.formats.arrays import save_cloud, save_document, save_mesh
from heritage.formats.cloud import open_cloud
from heritage.formats.model import read_model
from heritage.model.report import Figure, balanced
from heritage.ops.ingest import IngestOptions, ingest, upright_mesh
from heritage.pipeline.stage import Job, Outcome, Stage

PARTS = "parts.json"


def _run(job: Job) -> Outcome:
    options = job.chosen(IngestOptions)
    source = job.sources["source"]
    if job.facts["kind"] == "model":
        return _model(job, options)
    reader = open_cloud(source)
    result = ingest(reader.header, reader.chunks(), options)
    save_cloud(job.folder, result.cloud)
    return Outcome((result.counts,), result.figures, result.warnings)


def _model(job: Job, options: IngestOptions) -> Outcome:
    parts = read_model(job.sources["source"])
    upright = [upright_mesh(part, options.up or "y", options.units or "m") for part in parts]
    for i, part in enumerate(upright):
        save_mesh(job.folder, f"part-{i}", part)
    save_document(job.folder / PARTS, {"parts": len(upright)})
    triangles = sum(len(part.triangles) for part in upright)
    low = np.min([part.bounds()[0] for part in upright], axis=0)
    high = np.max([part.bounds()[1] for part in upright], axis=0)
    size = Figure(name="diagonal", value=float(np.linalg.norm(high - low)), unit="m", method="of the bounding box")
    return Outcome((balanced("triangles", triangles, triangles, {}),), (size,))


INGEST = Stage("ingest", 1, IngestOptions, _run, ("laspy", "lazrs", "pye57", "trimesh", "numpy"))
