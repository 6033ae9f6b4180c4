"""tile: 3D Tiles of an epoch or a state, in the monument frame, and one GLB to take away."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from heritage.formats.arrays import read_document
from heritage.model.arrays import Similarity, triple
from heritage.model.documents import Document
from heritage.model.tiles import StatePart
from heritage.ops.tiles.tile import TileOptions
from heritage.pipeline.stage import Job, Outcome, Stage
from heritage.pipeline.stages.align import alignment
from heritage.pipeline.stages.ingest import PARTS
from heritage.pipeline.stages.mesh import SURFACES
from heritage.pipeline.stages.place import state_placement
from heritage.pipeline.tiling.make import make_tiles
from heritage.pipeline.tiling.source import Source, rows_of

TILED = "tiled.json"


class Tiled(Document):
    """What the release says of a tileset: bounds in the monument frame, sizes, the scale of each ``_CHANGE_k``."""

    min: tuple[float, float, float]
    max: tuple[float, float, float]
    points: int
    triangles: int
    change_scale_m: tuple[float, ...]


def _run(job: Job) -> Outcome:
    interpreted = bool(job.facts["interpreted"])
    source = _source(job)
    made = make_tiles(
        source,
        job.folder,
        job.chosen(TileOptions),
        job.map,
        lit=interpreted,
        take_away=True,
        parts=tuple(StatePart(**part) for part in cast(Sequence[dict[str, Any]], job.facts.get("parts", ()))),
    )
    points = 0 if source.points is None else read_document(source.points / "cloud.json")["points"]
    said = Tiled(
        min=triple(made.low),
        max=triple(made.high),
        points=points,
        triangles=made.triangles,
        change_scale_m=made.change_scale_m,
    )
    (job.folder / TILED).write_text(said.model_dump_json(), encoding="utf-8")
    return Outcome(made.counts, made.figures)


def _source(job: Job) -> Source:
    monument_from_source, _ = alignment(job.inputs.get("align"))
    if job.facts["interpreted"]:
        folder = job.inputs["ingest"]
        monument_from_source = Similarity.from_columns(
            state_placement(job.inputs["place"]).monument_from_state
        )
        count, name = read_document(folder / PARTS)["parts"], "part"
    else:
        folder = job.inputs["mesh"]
        count, name = read_document(folder / SURFACES)["surfaces"], "surface"
    changes = sorted(
        (role for role in job.inputs if role.startswith("change-")),
        key=lambda role: int(role.removeprefix("change-")),
    )
    measured = "clean" in job.inputs  # a model brings its own colours
    return Source(
        folder,
        tuple(f"{name}-{i}" for i in range(count)),
        tuple(job.inputs[role] for role in changes),
        job.inputs["points"] if measured else None,
        job.inputs["ingest"] if measured else None,
        job.inputs["clean"] if measured else None,
        rows_of(monument_from_source),
    )


def tiled(folder: Path) -> Tiled:
    """What the stage wrote of its tileset."""
    return Tiled.model_validate_json((folder / TILED).read_bytes(), strict=False)


TILE = Stage("tile", 9, TileOptions, _run, ("numpy", "scipy", "numba", "meshopt", "pillow", "open3d-cpu"))
