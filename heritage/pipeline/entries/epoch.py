"""What a release says of a survey: its tiles and model, its measured points, and what became of them in cleaning."""

from __future__ import annotations

from collections.abc import Sequence

from heritage.formats.glb import sized
from heritage.model.arrays import Similarity
from heritage.model.documents import Epoch
from heritage.model.release import Box, EpochEntry
from heritage.pipeline.built import Built
from heritage.pipeline.corrections import cleaning_document
from heritage.pipeline.entries.ar import ar_entry
from heritage.pipeline.entries.survey_accuracy import survey_accuracy
from heritage.pipeline.entries.tileset import copied_tileset
from heritage.pipeline.stages.align import alignment
from heritage.pipeline.stages.mesh import filled_m2
from heritage.pipeline.stages.tile import tiled
from heritage.store import ReleaseFolder
from heritage.text.site import LoadedMonument


def epoch_entry(
    into: ReleaseFolder,
    monument: LoadedMonument,
    epoch: Epoch,
    built: Built,
    root: Sequence[float],
    scale: float,
) -> EpochEntry:
    """Write the survey's tiles, model, points and cleaning into the release; ``root`` is ecef_from_monument, column-major,
    ``scale`` true metres for each of the monument frame's."""
    folder = built.folder(f"tile:{monument.id}:{epoch.id}")
    target = f"monuments/{monument.id}/epochs/{epoch.id}"
    made = tiled(folder)
    if scale == 1:
        into.add(f"{target}/model.glb", folder / "model.glb")
    else:
        into.write(f"{target}/model.glb", sized((folder / "model.glb").read_bytes(), scale))
    return EpochEntry(
        id=epoch.id,
        title=dict(epoch.title or {}),
        captured=epoch.captured.isoformat() if epoch.captured else None,
        method=epoch.method,
        tileset=copied_tileset(into, folder, target, root),
        download=f"{target}/model.glb",
        download_bytes=(into.path / f"{target}/model.glb").stat().st_size,
        ar=ar_entry(into, built.folder(f"ar:{monument.id}:{epoch.id}"), target),
        bounds=Box(min=made.min, max=made.max),
        points=made.points,
        triangles=made.triangles,
        accuracy=survey_accuracy(built, monument.id, epoch, scale),
        filled_m2=round(filled_m2(built.folder(f"mesh:{monument.id}:{epoch.id}")) * scale**2, 3),
        points_tileset=_points(into, monument, epoch, built, f"{target}/points", root),
        cleaning=_cleaning(into, monument, epoch, built, target),
    )


def _cleaning(
    into: ReleaseFolder, monument: LoadedMonument, epoch: Epoch, built: Built, target: str
) -> str | None:
    if f"clean:{monument.id}:{epoch.id}" not in built.plan:
        return None
    path = f"{target}/cleaning.json"
    into.write(path, cleaning_document(built, monument.id, epoch.id).model_dump_json().encode())
    return path


def _points(
    into: ReleaseFolder,
    monument: LoadedMonument,
    epoch: Epoch,
    built: Built,
    target: str,
    root: Sequence[float],
) -> str | None:
    """The measured points, where there are any; they stay in their survey's frame, so an alignment rewrites no tile."""
    key, aligned = f"points:{monument.id}:{epoch.id}", f"align:{monument.id}:{epoch.id}"
    if key not in built.plan:
        return None
    monument_from_epoch, _ = alignment(built.folder(aligned) if aligned in built.plan else None)
    moved = Similarity.from_columns(root) @ monument_from_epoch
    return copied_tileset(into, built.folder(key), target, moved.columns)
