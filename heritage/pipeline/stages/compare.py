"""compare: signed distance of one epoch from another, at every vertex of its surface, block by block."""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from heritage.formats.arrays import read_document, save_document
from heritage.formats.blocks import Blocks, save_blocks
from heritage.formats.columns import create_column, read_rows, write_rows
from heritage.formats.texture import save_picture
from heritage.model.arrays import F32, F64, Mesh
from heritage.model.errors import InputError
from heritage.model.release import ComparisonDocument
from heritage.ops.comparison.alone import find_alone
from heritage.ops.comparison.compare import (
    Summary,
    compare_piece,
    empty_surface,
    longest_edge,
    summed,
)
from heritage.ops.comparison.confirm import Epoch
from heritage.ops.comparison.document import comparison_document, in_true_metres
from heritage.ops.comparison.part import Part
from heritage.ops.comparison.plan import CompareOptions, ComparePlan, plan_comparison
from heritage.ops.comparison.surface_piece import surface_piece
from heritage.ops.meshes.sample_surface import sample_surface
from heritage.ops.surface.plan import spacing_of, windows
from heritage.pipeline.pictures.change_picture import change_picture
from heritage.pipeline.pictures.views import facing_view
from heritage.pipeline.stage import Job, Outcome, Stage
from heritage.pipeline.stages.align import alignment
from heritage.pipeline.stages.mesh import SURFACES
from heritage.pipeline.surfaces.points_near import PointsNear
from heritage.pipeline.tiling.source import Source, rows_of

COMPARISON = "comparison.json"
SPOTS = "spots.json"  # places all over each region, which a view of it should see
_SPOTS = 40  # about so many places of a region are kept
_COARSE = 5.0  # times as far apart: the finer epoch's detail is lost, which is worth a word
# Points on a model that was never measured: so many for each of its vertices, within bounds.
_PER_VERTEX, _FEWEST, _MOST = 4, 10_000, 4_000_000


@dataclass(frozen=True, eq=False)
class _Extent:
    """Of one mesh of a surface: its box, (3,) float64 metres, its vertices and triangles."""

    low: F64
    high: F64
    vertices: int
    triangles: int
    longest_edge_m: float


@dataclass(frozen=True, eq=False)
class _Work:
    """What every piece needs to know: ``after`` are the points that the ``surface`` is of, ``before`` the other epoch's."""

    folder: Path
    surface: Source
    before: PointsNear
    after: PointsNear
    plan: ComparePlan
    extents: tuple[_Extent, ...]


def _run(job: Job) -> Outcome:
    reference, compared = job.subject.split("--")
    surfaces, clouds, errors = {}, {}, []
    for role in ("reference", "compared"):
        monument_from_epoch, sigma = alignment(job.inputs.get(f"align-{role}"))
        matrix = rows_of(monument_from_epoch)
        count = read_document(job.inputs[role] / SURFACES)["surfaces"]
        names = tuple(f"surface-{i}" for i in range(count))
        surfaces[role] = Source(job.inputs[role], names, matrix=matrix)
        points = job.inputs.get(f"{role}-points")
        clouds[role] = _sampled(job, role, surfaces[role]) if points is None else PointsNear(points, matrix)
        errors.append(sigma)
    surface = surfaces["compared"]
    extents = tuple(job.map(partial(_extent, surface), range(len(surface.names))))
    earlier = tuple(job.map(partial(_extent, surfaces["reference"]), range(len(surfaces["reference"].names))))
    if not sum(e.triangles for e in extents):
        raise empty_surface("compared")
    low = np.nanmin([e.low for e in extents], axis=0)
    high = np.nanmax([e.high for e in extents], axis=0)
    spacings = {role: _spacing(cloud, role) for role, cloud in clouds.items()}
    plan = plan_comparison(
        max(spacings.values()),
        low,
        high,
        max(e.longest_edge_m for e in extents),
        math.hypot(*errors),  # both epochs may have been aligned to a third; their errors are independent
        job.chosen(CompareOptions),
    )
    starts = np.cumsum([0, *(e.vertices for e in extents)]).tolist()
    create_column(job.folder, "change", starts[-1], np.float32, 2)
    work = _Work(job.folder, surface, clouds["reference"], clouds["compared"], plan, extents)
    summaries: list[Summary] = job.map(partial(_compare_one, work), list(enumerate(starts[:-1])))
    sampled = [role for role in clouds if f"{role}-points" not in job.inputs]
    epochs = (
        Epoch(partial(_near, surfaces["reference"], earlier), clouds["reference"]),
        Epoch(partial(_near, surface, extents), clouds["compared"]),
    )
    old = _Work(job.folder, surfaces["reference"], clouds["compared"], clouds["reference"], plan, earlier)
    alone: list[Part] = []
    for one, sign in ((old, -1), (work, 1)):
        for parts in job.map(partial(_alone_one, one, sign), range(len(one.extents))):
            alone += parts
    change = summed(summaries, plan, np.zeros(3), sampled, epochs, alone)
    for role in sampled:
        shutil.rmtree(clouds[role].folder)
    document = comparison_document(
        change,
        reference,
        compared,
        lambda r: facing_view(np.array(r.low_m), np.array(r.high_m), np.array(r.facing)),
    )
    (job.folder / COMPARISON).write_text(document.model_dump_json(), encoding="utf-8")
    spots = [_few(region.spots).tolist() for region in change.regions[: len(document.regions)]]
    save_document(job.folder / SPOTS, {"regions": spots})
    counts = [(e.vertices, e.triangles) for e in extents]
    save_picture(job.folder / "change.webp", change_picture(job.folder, surface, counts, (low, high), change))
    return Outcome((), change.figures, _warnings(spacings, plan), ("change.webp",))


def comparison_told(folder: Path, scale: float) -> ComparisonDocument:
    """What the stage wrote, in true metres, of which the monument frame's are ``scale``."""
    document = ComparisonDocument.model_validate_json((folder / COMPARISON).read_bytes(), strict=False)
    return in_true_metres(document, scale)


def _warnings(spacings: dict[str, float], plan: ComparePlan) -> tuple[str, ...]:
    coarse, fine = sorted(spacings, key=lambda role: -spacings[role])
    times = spacings[coarse] / max(spacings[fine], 1e-12)
    if times < _COARSE:
        return ()
    return (
        f"the {coarse} epoch's points are {times:.0f} times as far apart as the other's: change is measured over "
        f"{2 * plan.radius_m:.2g} m, and what is narrower is not seen",
    )


def _sampled(job: Job, role: str, surface: Source) -> PointsNear:
    """Points on a model, which has no measured ones; its noise is not known."""
    folder = job.folder / f"points-{role}"
    folder.mkdir()
    meshes = [surface.mesh(i) for i in range(len(surface.names))]
    if not sum(len(mesh.triangles) for mesh in meshes):
        raise empty_surface(role)
    vertices = sum(len(mesh.vertices) for mesh in meshes)
    save_blocks(folder, sample_surface(meshes, int(np.clip(_PER_VERTEX * vertices, _FEWEST, _MOST)), 0))
    return PointsNear(folder, None)


def _spacing(points: PointsNear, role: str) -> float:
    rows = Blocks.open(points.folder).rows
    if rows < 2:
        raise InputError(f"{role} cloud", f"{rows} points", "a cloud is needed", code="compare-empty")
    return spacing_of(
        [read_rows(points.folder, "cloud.xyz", part.start, part.stop) for part in windows(rows)]
    )


def _extent(surface: Source, number: int) -> _Extent:
    mesh = surface.mesh(number)
    nowhere = np.full(3, np.nan)
    low, high = mesh.bounds() if len(mesh.vertices) else (nowhere, nowhere)
    return _Extent(low, high, len(mesh.vertices), len(mesh.triangles), longest_edge(mesh))


def _compare_one(work: _Work, item: tuple[int, int]) -> Summary:
    """Measure one mesh of the compared surface; its rows of ``change`` begin at the one given."""
    number, start = item
    mesh = work.surface.mesh(number)
    piece = surface_piece(mesh, tuple(_around(work, number)), work.plan.smoothing)
    distance, lod, summary = compare_piece(piece, work.before, work.after, work.plan)
    write_rows(work.folder, "change", start, np.stack([distance, lod], axis=1)[piece.place])
    return summary


def _alone_one(work: _Work, sign: int, number: int) -> tuple[Part, ...]:
    """What one mesh of a surface has that the other epoch has nothing near of."""
    piece = surface_piece(work.surface.mesh(number), tuple(_around(work, number)), work.plan.smoothing)
    return find_alone(piece, work.after, work.before, work.plan, sign)


def _meeting(extents: tuple[_Extent, ...], low: F64, high: F64) -> list[int]:
    """The meshes whose boxes meet the one from ``low`` to ``high`` (3,)."""
    return [n for n, e in enumerate(extents) if ((e.high >= low) & (e.low <= high)).all()]


def _near(surface: Source, extents: tuple[_Extent, ...], low: F64, high: F64) -> Iterator[Mesh]:
    """The surface's meshes that reach into a box."""
    return (surface.mesh(n) for n in _meeting(extents, low, high))


def _few(spots: F32) -> F32:
    return spots[:: -(-len(spots) // _SPOTS)]


def _around(work: _Work, number: int) -> Iterator[Mesh]:
    """The triangles of other meshes that may have a part in the directions of this one's vertices."""
    own = work.extents[number]
    low, high = own.low - work.plan.rings_m, own.high + work.plan.rings_m
    for other in _meeting(work.extents, low, high):
        if other == number:
            continue
        mesh = work.surface.mesh(other)
        inside = np.ones(len(mesh.vertices), bool)
        for axis in range(3):
            place = mesh.vertices[:, axis]
            inside &= (place >= low[axis]) & (place <= high[axis])
        if inside.any():
            used, triangles = np.unique(mesh.triangles[inside[mesh.triangles].any(1)], return_inverse=True)
            filled = None if mesh.filled is None else mesh.filled[used]
            yield Mesh(
                mesh.origin, mesh.vertices[used], triangles.reshape(-1, 3).astype(np.int32), filled=filled
            )


COMPARE = Stage("compare", 13, CompareOptions, _run, ("numpy", "scipy", "numba", "open3d-cpu"))
