"""mesh: a surface through oriented points; a model keeps its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from heritage.formats.arrays import (
    load_cloud,
    load_mesh,
    read_document,
    save_cloud,
    save_document,
    save_mesh,
)
from heritage.formats.texture import save_picture
from heritage.model.arrays import Mesh
from heritage.model.report import Figure, balanced
from heritage.ops.mesh import MeshOptions, mesh_surface
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
    meshed = mesh_surface(load_cloud(job.inputs["normals"]), options, threads=job.threads)
    _save(job.folder, [meshed.mesh])
    return Outcome((meshed.counts,), meshed.figures, (), (_picture(job.folder, [meshed.mesh]),))


def _adopt(job: Job) -> Outcome:
    """A model already is a surface: it stays as it is. Points sampled on it are saved beside it."""
    source = job.inputs["ingest"]
    count = read_document(source / PARTS)["parts"]
    parts = [load_mesh(source, f"part-{i}") for i in range(count)]
    cloud = sample_surface(parts, _MODEL_POINTS, seed=0)
    _save(job.folder, parts)
    save_cloud(job.folder, cloud)
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


def _save(folder: Path, meshes: list[Mesh]) -> None:
    for i, mesh in enumerate(meshes):
        save_mesh(folder, f"surface-{i}", mesh)
    save_document(folder / SURFACES, {"surfaces": len(meshes)})


def surfaces(folder: Path) -> list[Mesh]:
    """The surface of a finished mesh stage, one mesh per material."""
    return [load_mesh(folder, f"surface-{i}") for i in range(read_document(folder / SURFACES)["surfaces"])]


def _picture(folder: Path, meshes: list[Mesh]) -> str:
    low = np.min([mesh.bounds()[0] for mesh in meshes], axis=0)
    high = np.max([mesh.bounds()[1] for mesh in meshes], axis=0)
    save_picture(folder / "surface.webp", render_surface(meshes, view_of(low, high), 1200, 750))
    return "surface.webp"


MESH = Stage("mesh", 2, MeshOptions, _run, ("open3d-cpu", "numpy", "scipy", "numba"))
