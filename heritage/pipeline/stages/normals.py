"""normals: the points that are surface, with oriented normals."""

from __future__ import annotations

from heritage.formats.arrays import load_array, load_cloud, save_cloud
from heritage.model.arrays import REASONS
from heritage.model.report import balanced
from heritage.ops.normals import NormalsOptions, estimate_normals, surface_points
from heritage.pipeline.stage import Job, Outcome, Stage


def _run(job: Job) -> Outcome:
    options = job.chosen(NormalsOptions)
    cloud = load_cloud(job.inputs["ingest"])
    reasons = load_array(job.inputs["clean"], "reasons")
    mask = surface_points(reasons, options)
    kept = cloud.select(mask)
    oriented = estimate_normals(kept, options, threads=job.threads)
    save_cloud(job.folder, kept.with_(normal=oriented.normal))
    set_aside = {name: int((reasons[~mask] == code).sum()) for name, code in REASONS.items()}
    return Outcome((balanced("points", len(cloud), len(kept), set_aside),), oriented.figures)


NORMALS = Stage("normals", 1, NormalsOptions, _run, ("open3d-cpu", "numpy", "scipy", "numba"))
