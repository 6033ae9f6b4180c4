"""mesh: a surface through oriented points, block by block; a model keeps its own."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from heritage.formats.arrays import (
    load_array,
    load_mesh,
    read_document,
    save_array,
    save_document,
    save_mesh,
)
from heritage.formats.blocks import Blocks, save_blocks
from heritage.formats.columns import read_rows
from heritage.formats.texture import save_picture
from heritage.model.arrays import Mesh, PointCloud
from heritage.model.report import Figure, balanced
from heritage.ops.meshes.sample_surface import sample_surface
from heritage.ops.render import render_points, render_surface, view_of
from heritage.ops.surface.figures import Finished, summed
from heritage.ops.surface.holes import Parts, decide
from heritage.ops.surface.mesh import CHECKED, Piece, finish_block, mesh_block
from heritage.ops.surface.owners import cell_cubes
from heritage.ops.surface.plan import MeshOptions, MeshPlan, plan_mesh, spacing_of, windows
from heritage.pipeline.stage import Job, Outcome, Stage
from heritage.pipeline.stages.ingest import PARTS

SURFACES = "surfaces.json"
# A model has no measured points; these stand for them where a stage needs points.
_MODEL_POINTS = 400_000
# Beyond this a picture is drawn from vertices: a scene of all triangles would not fit.
_DRAWN = 1_500_000
_MARGIN_CELLS = 4


def _run(job: Job) -> Outcome:
    options = job.chosen(MeshOptions)
    if job.facts["kind"] == "model":
        return _adopt(job)
    cloud = job.inputs["normals"]
    blocks = Blocks.open(cloud)
    stretches = [read_rows(cloud, "cloud.xyz", part.start, part.stop) for part in windows(blocks.rows)]
    plan = plan_mesh(blocks.rows, spacing_of(stretches), options)
    low, high = np.array([b.low for b in blocks]), np.array([b.high for b in blocks])
    plan = replace(plan, cubes=cell_cubes(low, high, plan.size))
    pieces = job.folder / "pieces"
    pieces.mkdir()
    parts = job.map(partial(_mesh_one, cloud, pieces, plan, options), range(len(blocks)))
    decision = decide(parts, options.piece_share)
    left = np.cumsum(
        [0, *(bool(part.count[keep].any()) for part, keep in zip(parts, decision.keep, strict=True))]
    )
    work = [(i, int(left[i]), keep) for i, keep in enumerate(decision.keep)]
    finished = job.map(partial(_finish_one, cloud, pieces, job.folder, plan), work)
    shutil.rmtree(pieces)
    save_document(job.folder / SURFACES, {"surfaces": int(left[-1]), "filled_m2": decision.filled_area_m2})
    counts, figures = summed(finished, decision, plan)
    return Outcome((counts,), figures, (), (_picture(job.folder, int(left[-1]), counts.given),))


def _mesh_one(cloud: Path, pieces: Path, plan: MeshPlan, options: MeshOptions, number: int) -> Parts:
    """Mesh one block with what lies around it; its piece waits in ``pieces`` for what is decided of all."""
    points, rows = Blocks.open(cloud).around(number, plan.reach_m)
    piece, parts = mesh_block(points.select(np.argsort(rows)), plan, options, number)
    for field in fields(Piece):
        value = getattr(piece, field.name)
        if value is not None:
            save_array(pieces, f"{number}.{field.name}", value)
    return parts


def _finish_one(
    cloud: Path, pieces: Path, folder: Path, plan: MeshPlan, work: tuple[int, int, npt.NDArray[np.bool_]]
) -> Finished:
    """Write what stays of one block's piece as the surface of the number given."""
    number, name, keep = work
    blocks = Blocks.open(cloud)
    held = [field.name for field in fields(Piece) if (pieces / f"{number}.{field.name}.npy").exists()]
    arrays: dict[str, Any] = {each: load_array(pieces, f"{number}.{each}") for each in held}
    piece = Piece(**{"rgb": None, **arrays})
    block = blocks[number]
    # Every so manieth row of the whole cloud, wherever the blocks begin; not on a border, beyond which the
    # nearest surface may be another block's.
    step = max(1, blocks.rows // CHECKED)
    xyz = read_rows(cloud, "cloud.xyz", block.start, block.stop)[-block.start % step :: step]
    if len(blocks) > 1:
        margin = _MARGIN_CELLS * plan.size
        xyz = xyz[((xyz >= block.low + margin) & (xyz < block.high - margin)).all(1)]
    mesh, finished = finish_block(piece, keep, blocks.origin, xyz)
    if mesh is not None:
        save_mesh(folder, f"surface-{name}", mesh)
    return finished


def _adopt(job: Job) -> Outcome:
    """A model already is a surface: it stays as it is. Points sampled on it are saved beside it."""
    source = job.inputs["ingest"]
    count = read_document(source / PARTS)["parts"]
    parts = [load_mesh(source, f"part-{i}") for i in range(count)]
    cloud = sample_surface(parts, _MODEL_POINTS, seed=0)
    _save(job.folder, parts)
    save_blocks(job.folder, cloud)
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
        (_picture(job.folder, count, triangles),),
    )


def _save(folder: Path, meshes: list[Mesh]) -> None:
    for i, mesh in enumerate(meshes):
        save_mesh(folder, f"surface-{i}", mesh)
    save_document(folder / SURFACES, {"surfaces": len(meshes), "filled_m2": 0.0})


def surfaces(folder: Path) -> list[Mesh]:
    """The surface of a finished mesh stage, one mesh per material."""
    return [load_mesh(folder, f"surface-{i}") for i in range(read_document(folder / SURFACES)["surfaces"])]


def filled_m2(folder: Path) -> float:
    """Area of a finished mesh stage's surface that closes holes instead of having been measured."""
    return float(read_document(folder / SURFACES)["filled_m2"])


def _picture(folder: Path, count: int, triangles: int) -> str:
    if triangles <= _DRAWN:
        meshes = surfaces(folder)
        view = view_of(*_box(meshes))
        picture = render_surface(meshes, view, 1200, 750)
    else:
        cloud = _vertices(folder, count, -(-triangles // _DRAWN))
        picture = render_points(cloud, view_of(*cloud.bounds()), 1200, 750)
    save_picture(folder / "surface.webp", picture)
    return "surface.webp"


def _box(meshes: Sequence[Mesh]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    bounds = [mesh.bounds() for mesh in meshes]
    return np.min([low for low, _ in bounds], axis=0), np.max([high for _, high in bounds], axis=0)


def _vertices(folder: Path, count: int, step: int) -> PointCloud:
    """Every ``step``-th vertex of the surfaces."""
    meshes = (load_mesh(folder, f"surface-{i}") for i in range(count))
    thinned = [
        (mesh.origin, mesh.vertices[::step], None if mesh.rgb is None else mesh.rgb[::step])
        for mesh in meshes
    ]
    colours = [rgb for _, _, rgb in thinned if rgb is not None]
    return PointCloud(
        thinned[0][0],
        np.concatenate([xyz for _, xyz, _ in thinned]),
        rgb=np.concatenate(colours) if len(colours) == len(thinned) else None,
    )


MESH = Stage("mesh", 6, MeshOptions, _run, ("open3d-cpu", "numpy", "scipy", "numba"))
