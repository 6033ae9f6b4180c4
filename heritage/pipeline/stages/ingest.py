"""ingest: a source file as a cloud, or as textured meshes, in its own frame made z up and metres."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np

from heritage.formats.arrays import read_document, save_document, save_mesh
from heritage.formats.blocks import BLOCK_POINTS, cubes
from heritage.formats.reader import CHUNK_POINTS, CloudReader
from heritage.formats.scatter import scatter, sort_block
from heritage.formats.spill import Spill
from heritage.model.arrays import F64, Mesh
from heritage.model.errors import InputError
from heritage.model.limits import LOCAL_COORDINATE_M
from heritage.model.octree import Octree
from heritage.model.report import Figure, balanced
from heritage.model.source import UpAxis
from heritage.ops.ingest import Seen, Settled, settle
from heritage.ops.points.divide import divide_cloud
from heritage.ops.source_frame import IngestOptions, SourceFrame, begin, upright_mesh
from heritage.pipeline.reading.guard import guarded_cloud, guarded_model, guarded_state
from heritage.pipeline.source_kind import model_up
from heritage.pipeline.stage import Job, Outcome, Stage

PARTS = "parts.json"
FRAME = "frame.json"


def _run(job: Job) -> Outcome:
    options = job.chosen(IngestOptions)
    if "parts" in job.facts:
        return _state(job, options)
    if job.facts["kind"] == "model":
        source = job.sources["source"]
        return _adopted(job, guarded_model(source), options.up or model_up(source), options)
    settled = in_blocks(job, guarded_cloud(job.sources["source"]), options)
    save_document(job.folder / FRAME, settled.frame.model_dump(mode="json"))
    return Outcome((settled.counts,), settled.figures, settled.warnings)


def in_blocks(
    job: Job,
    reader: CloudReader,
    options: IngestOptions,
    *,
    most: int = BLOCK_POINTS,
    size: int = CHUNK_POINTS,
) -> Settled:
    """Write the source as a cloud in blocks of up to ``most`` points, and what was decided on it.

    Two passes: one over the source, which keeps its chunks on disk while extent and colours are found out, then
    one over these. In memory are never more than some pieces of ``size`` points; neither it nor the number of
    workers changes a byte. Raises InputError as ``begin``, ``Seen.with_chunk`` and ``settle`` do.
    """
    begun, seen = begin(reader.header, options), Seen()
    spill = Spill(job.folder / "spill")
    for chunk in reader.chunks(size):
        seen = seen.with_chunk(reader.header, chunk)
        spill.append(chunk)
    settled = settle(begun, seen)
    octree = Octree.around(settled.low, settled.high)
    divided = divide_cloud(
        octree,
        seen.points,
        lambda: (settled.xyz(chunk) for chunk in spill.chunks(coordinates_only=True, size=size)),
        most,
    )
    # From here on the epoch's frame has its origin at the one that was subtracted; `frame.json` keeps it.
    placed = (settled.cloud(chunk).with_(origin=np.zeros(3)) for chunk in spill.chunks(size=size))
    blocks = cubes(octree, divided)
    scatter(job.folder, octree, blocks, placed)
    shutil.rmtree(job.folder / "spill")
    job.map(partial(sort_block, job.folder, octree), range(len(blocks)))
    return settled


def source_frame(folder: Path) -> SourceFrame:
    """How the epoch's frame came from its file's; a model's frame is the file's own, upright and in metres."""
    if not (folder / FRAME).exists():
        return SourceFrame(up="z", metres_per_unit=1.0, crs=None, origin_m=(0.0, 0.0, 0.0))
    return SourceFrame.model_validate(read_document(folder / FRAME), strict=False)


def _state(job: Job, options: IngestOptions) -> Outcome:
    """The model of a state, every vertex with the number of its part; parts may have files of their own."""
    parts = cast(Sequence[Mapping[str, Any]], job.facts["parts"])
    inside = {k: part["named"] for k, part in enumerate(parts) if not part["own"]}
    meshes: list[Mesh] = []
    if inside:
        rest = next((k for k, named in inside.items() if not named), None)
        named = {k: names for k, names in inside.items() if names}
        meshes += guarded_state(job.sources["source"], named, rest)
    for k, part in enumerate(parts):
        if part["own"]:
            meshes += guarded_state(job.sources[f"part-{part['id']}"], {}, k)
    return _adopted(job, meshes, options.up or "y", options)


def _adopted(job: Job, parts: Sequence[Mesh], up: UpAxis, options: IngestOptions) -> Outcome:
    upright = [upright_mesh(part, up, options.units or "m") for part in parts]
    _refuse_wide(job, upright)
    for i, part in enumerate(upright):
        save_mesh(job.folder, f"part-{i}", part)
    save_document(job.folder / PARTS, {"parts": len(upright)})
    triangles = sum(len(part.triangles) for part in upright)
    low, high = _bounds(upright)
    size = Figure(
        name="diagonal", value=float(np.linalg.norm(high - low)), unit="m", method="of the bounding box"
    )
    return Outcome((balanced("triangles", triangles, triangles, {}),), (size,))


def _bounds(parts: Sequence[Mesh]) -> tuple[F64, F64]:
    lows, highs = zip(*(part.bounds() for part in parts), strict=True)
    return np.min(lows, axis=0), np.max(highs, axis=0)


def _refuse_wide(job: Job, parts: Sequence[Mesh]) -> None:
    """A model as wide as float32 has no millimetres for, as clouds of that width are refused."""
    low, high = _bounds(parts)
    if (high - low).max() > 2 * LOCAL_COORDINATE_M:
        raise InputError(
            ", ".join(source.name for source in job.sources.values()),
            f"a model {(high - low).max():g} m across",
            f"up to {2 * LOCAL_COORDINATE_M:g} m is allowed",
            "set units, or remove stray parts",
            code="model-too-wide",
        )


INGEST = Stage("ingest", 4, IngestOptions, _run, ("laspy", "lazrs", "numpy", "pillow", "pye57", "pyproj"))
