"""mesh: a surface, and the points it rests on with oriented normals."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from heritage.formats.arrays import (
    load_array,
    load_cloud,
    load_mesh,
    read_document,
    save_cloud,
    save_document,
    save_mesh,
)
from heritage.formats.texture import save_picture
from heritage.model.arrays import REASONS, Mesh, PointCloud
from heritage.model.report import Figure, balanced
from heritage.ops.mesh import MeshOptions, mesh_surface, surface_points
from heritage.ops.normals import estimate_normals
from heritage.ops.render import render_surface, view_of
from heritage.ops.sample_surface import sample_surface
from heritage.pipeline.stage import Job, Outcome, Stage
from heritage.pipeline.stages.ingest import PARTS

SURFACES = "surfaces.json"
# A model has no measured points; these stand for them where a stage needs points.
_MODEL_POINTS = 400_000


def _run(job: Job) -> Outcome:
    options = job.chosen(MeshOptions)
    if job.facts["kind"] == "model":
        return _adopt(job)
    cloud = load_cloud(job.inputs["ingest"])
    reasons = load_array(job.inputs["clean"], "reasons")
    mask = surface_points(reasons, options)
    kept = cloud.select(mask)
    oriented = estimate_normals(kept, threads=job.threads)
    kept = kept.with_(normal=oriented.normal)
    meshed = mesh_surface(kept, options, threads=job.threads)
    _save(job.folder, [meshed.mesh], kept, "cloud")
    set_aside = {name: int((reasons[~mask] == code).sum()) for name, code in REASONS.items()}
    return Outcome(
        (balanced("points", len(cloud), len(kept), set_aside), meshed.counts),
        (*oriented.figures, *meshed.figures),
        (),
        (_picture(job.folder, [meshed.mesh]),),
    )


def _adopt(job: Job) -> Outcome:
    """A model already is a surface: it stays as it is."""
    source = job.inputs["ingest"]
    count = read_document(source / PARTS)["parts"]
    parts = [load_mesh(source, f"part-{i}") for i in range(count)]
    cloud = sample_surface(parts, _MODEL_POINTS, seed=0)
    _save(job.folder, parts, cloud, "model")
    triangles = sum(len(part.triangles) for part in parts)
    return Outcome(
        (balanced("triangles", triangles, triangles, {}),),
        (
            Figure(
                name="points sampled on the model",
                value=float(len(cloud)),
                unit="points",
                method="uniform by area",
            ),
        ),
        (),
        (_picture(job.folder, parts),),
    )


def _save(folder: Path, meshes: list[Mesh], cloud: PointCloud, kind: str) -> None:
    for i, mesh in enumerate(meshes):
        save_mesh(folder, f"surface-{i}", mesh)
    save_document(folder / SURFACES, {"surfaces": len(meshes), "kind": kind})
    save_cloud(folder, cloud)


def surfaces(folder: Path) -> list[Mesh]:
    """The surface of a finished mesh stage, one mesh per material."""
    return [load_mesh(folder, f"surface-{i}") for i in range(read_document(folder / SURFACES)["surfaces"])]


def is_model(folder: Path) -> bool:
    """Whether a finished mesh stage took over a model, so that its points are not measured ones."""
    return bool(read_document(folder / SURFACES)["kind"] == "model")


def _picture(folder: Path, meshes: list[Mesh]) -> str:
    low = np.min([mesh.bounds()[0] for mesh in meshes], axis=0)
    high = np.max([mesh.bounds()[1] for mesh in meshes], axis=0)
    save_picture(folder / "surface.webp", render_surface(meshes, view_of(low, high), 1200, 750))
    return "surface.webp"


MESH = Stage("mesh", 1, MeshOptions, _run, ("open3d-cpu", "numpy", "scipy", "numba"))
