"""tile: 3D Tiles of an epoch or a state, in the monument frame, and one GLB to take away."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from heritage.formats.arrays import load_array, load_cloud, load_mesh, read_document
from heritage.formats.gltf import write_plain_glb
from heritage.formats.tiles3d import write_tileset
from heritage.model.arrays import F64, REASONS, Mesh, PointCloud
from heritage.model.documents import Document
from heritage.model.report import Figure
from heritage.ops.align import move_cloud, move_mesh
from heritage.ops.single import single
from heritage.ops.tile import TileOptions, tile
from heritage.pipeline.stage import Job, Outcome, Stage
from heritage.pipeline.stages.align import alignment
from heritage.pipeline.stages.ingest import PARTS
from heritage.pipeline.stages.mesh import surfaces

TILED = "tiled.json"
_COMPANY = 6  # neighbours that make company
_FAR = 4.0  # and how many times the usual distance they may be away


class Tiled(Document):
    """What the release says of a tileset: bounds in the monument frame, sizes, the scale of each ``_CHANGE_k``."""

    min: tuple[float, float, float]
    max: tuple[float, float, float]
    points: int
    triangles: int
    change_scale_m: tuple[float, ...]


def _run(job: Job) -> Outcome:
    monument_from_source, _ = alignment(job.inputs.get("align"))
    origin = np.zeros(3)
    meshes = [move_mesh(mesh, monument_from_source, origin) for mesh in _with_changes(job, _surfaces(job))]
    cloud, context = (
        None if c is None else move_cloud(c, monument_from_source, origin) for c in _clouds(job)
    )
    tree = tile(
        meshes,
        cloud,
        context,
        job.chosen(TileOptions),
        lit=bool(job.facts["interpreted"]),
        threads=job.threads,
    )
    written = write_tileset(job.folder, tree)
    low, high = (np.array([mesh.bounds()[k] for mesh in meshes]) for k in (0, 1))
    tiled = Tiled(
        min=_triple(low.min(0)),
        max=_triple(high.max(0)),
        points=0 if cloud is None else len(cloud),
        triangles=sum(len(mesh.triangles) for mesh in meshes),
        change_scale_m=tree.change_scale_m,
    )
    (job.folder / TILED).write_text(tiled.model_dump_json(), encoding="utf-8")
    figures = [*tree.figures, Figure(name="tiles", value=float(len(written)), unit="files")]
    if not job.facts["interpreted"]:
        whole = write_plain_glb(single(meshes, cloud, threads=job.threads), lit=tree.lit)
        (job.folder / "model.glb").write_bytes(whole)
        figures.append(Figure(name="model.glb", value=len(whole) / 1e6, unit="MB"))
    return Outcome(tree.counts, tuple(figures))


def _triple(corner: F64) -> tuple[float, float, float]:
    x, y, z = (float(c) for c in corner)
    return x, y, z


def _surfaces(job: Job) -> list[Mesh]:
    if job.facts["interpreted"]:
        source = job.inputs["ingest"]
        return [load_mesh(source, f"part-{i}") for i in range(read_document(source / PARTS)["parts"])]
    return surfaces(job.inputs["mesh"])


def _with_changes(job: Job, meshes: list[Mesh]) -> list[Mesh]:
    """Every comparison drawn on this epoch, as one array per mesh; `compare` worked on all meshes joined."""
    roles = sorted(
        (role for role in job.inputs if role.startswith("change-")),
        key=lambda role: int(role.removeprefix("change-")),
    )
    if not roles:
        return meshes
    changes = np.stack([load_array(job.inputs[role], "change") for role in roles], axis=1)
    ends = np.cumsum([len(mesh.vertices) for mesh in meshes])
    return [mesh.with_(change=part) for mesh, part in zip(meshes, np.split(changes, ends[:-1]), strict=True)]


def _clouds(job: Job) -> tuple[PointCloud | None, PointCloud | None]:
    """The measured points that give the tiles their colour, and vegetation that stands beside the surface."""
    if "clean" not in job.inputs:
        return None, None  # a model brings its own colours
    cloud = load_cloud(job.inputs["points"])
    vegetation = load_cloud(job.inputs["ingest"]).select(
        load_array(job.inputs["clean"], "reasons") == REASONS["vegetation"]
    )
    return cloud, _in_company(vegetation) if len(
        vegetation
    ) > _COMPANY and vegetation.rgb is not None else None


def _in_company(vegetation: PointCloud) -> PointCloud:
    """Without lone points: a leaf is never alone, and what is would float in the air as a dot."""
    reach = cKDTree(vegetation.xyz).query(vegetation.xyz, _COMPANY + 1)[0][:, -1]
    return vegetation.select(reach <= _FAR * np.median(reach))


TILE = Stage(
    "tile",
    1,
    TileOptions,
    _run,
    ("numpy", "scipy", "numba", "fast-simplification", "meshopt", "pillow", "open3d-cpu"),
)
