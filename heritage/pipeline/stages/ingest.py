"""ingest: a source file as a cloud, or as textured meshes, in its own frame made z up and metres."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from heritage.formats.arrays import read_document, save_cloud, save_document, save_mesh
from heritage.formats.cloud import open_cloud
from heritage.formats.model import read_model
from heritage.model.report import Figure, balanced
from heritage.model.source import UpAxis
from heritage.ops.ingest import IngestOptions, SourceFrame, ingest, upright_mesh
from heritage.pipeline.stage import Job, Outcome, Stage

# glTF is y up by its specification, OBJ by custom; a PLY comes from scanning tools, which are z up.
_MODEL_UP: dict[str, UpAxis] = {".glb": "y", ".gltf": "y", ".obj": "y"}

PARTS = "parts.json"
FRAME = "frame.json"


def _run(job: Job) -> Outcome:
    options = job.chosen(IngestOptions)
    source = job.sources["source"]
    if job.facts["kind"] == "model":
        return _model(job, options)
    reader = open_cloud(source)
    result = ingest(reader.header, reader.chunks(), options)
    # From here on the epoch's frame has its origin at the one that was subtracted; `frame.json` keeps it.
    save_cloud(job.folder, result.cloud.with_(origin=np.zeros(3)))
    save_document(job.folder / FRAME, result.frame.model_dump(mode="json"))
    return Outcome((result.counts,), result.figures, result.warnings)


def source_frame(folder: Path) -> SourceFrame:
    """How the epoch's frame came from its file's; a model's frame is the file's own, upright and in metres."""
    if not (folder / FRAME).exists():
        return SourceFrame(up="z", metres_per_unit=1.0, crs=None, origin_m=(0.0, 0.0, 0.0))
    return SourceFrame.model_validate(read_document(folder / FRAME), strict=False)


def _model(job: Job, options: IngestOptions) -> Outcome:
    parts = read_model(job.sources["source"])
    upright = [
        upright_mesh(
            part, options.up or _MODEL_UP.get(job.sources["source"].suffix.lower(), "z"), options.units or "m"
        )
        for part in parts
    ]
    for i, part in enumerate(upright):
        save_mesh(job.folder, f"part-{i}", part)
    save_document(job.folder / PARTS, {"parts": len(upright)})
    triangles = sum(len(part.triangles) for part in upright)
    low = np.min([part.bounds()[0] for part in upright], axis=0)
    high = np.max([part.bounds()[1] for part in upright], axis=0)
    size = Figure(
        name="diagonal", value=float(np.linalg.norm(high - low)), unit="m", method="of the bounding box"
    )
    return Outcome((balanced("triangles", triangles, triangles, {}),), (size,))


INGEST = Stage("ingest", 1, IngestOptions, _run, ("laspy", "lazrs", "numpy", "pillow", "pye57", "pyproj"))
