"""What people corrected of a survey's cleaning: into the build, and what came of it out of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from heritage.formats.arrays import read_document
from heritage.model.arrays import REASONS
from heritage.model.errors import Problem
from heritage.model.release import CleaningDocument, CorrectionEntry
from heritage.ops.cleaning.clean import IDLE
from heritage.pipeline.built import Built
from heritage.pipeline.check.ids import repeated
from heritage.pipeline.plan import Planned
from heritage.pipeline.source_kind import source_kind
from heritage.pipeline.stages.align import alignment
from heritage.pipeline.stages.clean import CORRECTIONS
from heritage.pipeline.stages.ingest import source_frame
from heritage.store import Store
from heritage.text.site import LoadedMonument, LoadedSite

_WORDS = ("who", "when", "note")  # change no point, so a build need not be done again for them


def correction_facts(monument: LoadedMonument, epoch: str) -> dict[str, object]:
    """What matters of an epoch's corrections to the stage that applies them; nothing where there are none."""
    written = monument.corrections.get(epoch)
    if written is None or not written.document.corrections:
        return {}
    document = written.document.model_dump(mode="json", exclude_none=True)
    regions = [{k: v for k, v in one.items() if k not in _WORDS} for one in document["corrections"]]
    return {"corrections": {"frame": document["frame"], "corrections": regions}}


def correction_problems(monument: LoadedMonument) -> Iterator[Problem]:
    """Corrections of surveys that are not cleaned, and ids that stand twice."""
    sources = {epoch.id: monument.folder / epoch.source for epoch in monument.monument.epochs}
    for epoch, written in monument.corrections.items():
        ids = [one.id for one in written.document.corrections]
        yield from repeated("correction", ids, written.lines, "corrections")
        if source_kind(sources[epoch]) != "cloud":
            found = f"the epoch {epoch} is a model, which is not cleaned"
            allowed, remedy = "corrections of clouds are allowed", "remove the file"
            yield Problem("correction-of-model", written.lines.where(), found, allowed, remedy)


def idle_corrections(loaded: LoadedSite, store: Store, plan: Sequence[Planned]) -> Iterator[Problem]:
    """Corrections that moved no point in the build of ``plan``."""
    for planned in plan:
        task = planned.task
        if task.stage.name != "clean" or "corrections" not in task.facts:
            continue
        folder = store.stage_path("clean", planned.fingerprint)
        lines = loaded.monuments[task.monument].corrections[task.subject].lines
        for at, moved in enumerate(read_document(folder / CORRECTIONS)["moved"]):
            if not moved["was"]:
                where = lines.where("corrections", at)
                found = f"the correction {moved['id']} changes nothing: {IDLE}"
                allowed, remedy = "corrections that move points", "remove it, or look where its region lies"
                yield Problem("correction-idle", where, found, allowed, remedy, "warning")


def cleaning_document(built: Built, monument: str, epoch: str) -> CleaningDocument:
    """What became of an epoch's points, before and after what people corrected, and the frame to correct them in."""
    key, aligned = f"clean:{monument}:{epoch}", f"align:{monument}:{epoch}"
    frame = source_frame(built.folder(f"ingest:{monument}:{epoch}"))
    monument_from_epoch, _ = alignment(built.folder(aligned) if aligned in built.plan else None)
    (counts,) = built.reports[key].counts
    labels = _by_label({"kept": counts.given, **counts.reasons})
    path = built.folder(key) / CORRECTIONS
    told: Any = read_document(path) if path.exists() else {"before": labels, "moved": []}
    return CleaningDocument(
        up=frame.up,
        metres_per_unit=frame.metres_per_unit,
        origin_m=frame.origin_m,
        monument_from_epoch=monument_from_epoch.columns,
        labels=labels,
        before=_by_label(told["before"]),
        corrections=tuple(
            CorrectionEntry(id=one["id"], was=one["was"], becomes=one["becomes"]) for one in told["moved"]
        ),
    )


def _by_label(counts: Mapping[str, int]) -> dict[str, int]:
    return {name: counts[name] for name in REASONS if counts.get(name)}
