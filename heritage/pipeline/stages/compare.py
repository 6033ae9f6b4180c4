"""compare: signed distance of one epoch from another, at every vertex of its surface."""

from __future__ import annotations

import math

import numpy as np

from heritage.formats.arrays import load_cloud, save_array
from heritage.formats.texture import save_picture
from heritage.model.arrays import F32, I32, U8, Mesh, PointCloud, Similarity
from heritage.ops.comparison.compare import CompareOptions, compare
from heritage.ops.meshes.join import join
from heritage.ops.meshes.weld import same_place
from heritage.ops.placement.align import move_cloud, move_mesh
from heritage.ops.render import render_surface, view_of
from heritage.pipeline.stage import Job, Outcome, Stage
from heritage.pipeline.stages.align import alignment
from heritage.pipeline.stages.mesh import surfaces


def _run(job: Job) -> Outcome:
    reference, compared = job.subject.split("--")
    sides = {}
    errors = []
    for role in ("reference", "compared"):
        monument_from_epoch, sigma = alignment(job.inputs.get(f"align-{role}"))
        sides[role] = _side(job, role, monument_from_epoch)
        errors.append(sigma)
    # Both epochs may have been aligned to a third; their errors are independent.
    registration_m = math.hypot(*errors)
    (ref_mesh, ref_cloud), (mesh, cloud) = sides["reference"], sides["compared"]
    mesh, place = _welded(mesh)
    change = compare(
        ref_mesh, mesh, ref_cloud, cloud, registration_m, job.chosen(CompareOptions), threads=job.threads
    )
    values = np.stack([change.distance, change.lod95], axis=1)
    save_array(job.folder, "change", values[place])
    document = change.document(reference, compared)
    (job.folder / "comparison.json").write_text(document.model_dump_json(), encoding="utf-8")
    low, high = mesh.bounds()
    picture = render_surface(
        [mesh], view_of(low, high), 1200, 750, colours=[_colours(change.distance, change.lod95)]
    )
    save_picture(job.folder / "change.webp", picture)
    return Outcome((), change.figures, (), ("change.webp",))


def _welded(mesh: Mesh) -> tuple[Mesh, I32]:
    """One vertex per place, so that the blocks of a surface hang together; and every old vertex's new one (v,)."""
    place = same_place(mesh.vertices)
    first = np.unique(place, return_index=True)[1]
    filled = None if mesh.filled is None else mesh.filled[first]
    return Mesh(mesh.origin, mesh.vertices[first], place[mesh.triangles], filled=filled), place


def _side(job: Job, role: str, monument_from_epoch: Similarity) -> tuple[Mesh, PointCloud | None]:
    """Mesh and measured points of one epoch; a model's points are not measured ones, so none."""
    origin = np.zeros(3)
    mesh = move_mesh(join(surfaces(job.inputs[role])), monument_from_epoch, origin)
    points = job.inputs.get(f"{role}-points")
    return mesh, None if points is None else move_cloud(load_cloud(points), monument_from_epoch, origin)


def _colours(distance: F32, lod95: F32) -> U8:
    """Orange where material is gone, blue where it was added, pale within the level of detection, grey unknown."""
    known = np.isfinite(distance)
    top = max(float(np.percentile(np.abs(distance[known]), 99)) if known.any() else 1.0, 1e-6)
    strength = np.clip(np.abs(np.nan_to_num(distance)) / top, 0, 1)[:, None]
    less, more, same = np.array([179, 67, 30]), np.array([31, 106, 140]), np.array([236, 231, 220])
    goal = np.where((np.nan_to_num(distance) < 0)[:, None], less, more)
    colours = same + (goal - same) * (0.35 + 0.65 * strength)
    colours[known & (np.abs(distance) <= lod95)] = same
    colours[~known] = 150
    return np.asarray(colours, np.uint8)


COMPARE = Stage("compare", 2, CompareOptions, _run, ("numpy", "scipy", "numba", "open3d-cpu"))
