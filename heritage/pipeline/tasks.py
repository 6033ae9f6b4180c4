"""What a site's build consists of: documents and footprints in, tasks out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import ValidationError

from heritage.model.documents import Document, Epoch, Monument, State
from heritage.model.errors import InputError
from heritage.pipeline.corrections import correction_facts
from heritage.pipeline.ground import Ground
from heritage.pipeline.overrides import overrides_of
from heritage.pipeline.placement.facts import placement_facts, state_facts
from heritage.pipeline.plan import Task
from heritage.pipeline.source_kind import source_kind
from heritage.pipeline.stage import Stage
from heritage.pipeline.stages import BY_NAME
from heritage.text.explain import explained
from heritage.text.site import LoadedMonument, LoadedSite


def site_tasks(loaded: LoadedSite, ground: Ground, *, monuments: Iterable[str] = ()) -> tuple[Task, ...]:
    """Every task of the site, or of some monuments."""
    chosen = set(monuments) or set(loaded.monuments)
    return tuple(
        task
        for id, monument in loaded.monuments.items()
        if id in chosen
        for task in _monument_tasks(loaded, monument, ground)
    )


def options_of(stage: Stage, monument: LoadedMonument, given: Mapping[str, object]) -> Document:
    """The stage's options with ``given`` values and the monument's overrides. Raises InputError with file and line."""
    key, overrides = overrides_of(stage.name, monument.monument)
    try:
        return stage.options.model_validate({**given, **overrides}, strict=False)
    except ValidationError as error:
        raise InputError.of(explained(error, stage.options, monument.lines, base=(key,))) from None


def _monument_tasks(loaded: LoadedSite, monument: LoadedMonument, ground: Ground) -> list[Task]:
    document = monument.monument
    reference = document.reference
    epochs = {epoch.id: epoch for epoch in document.epochs}
    tasks: list[Task] = []
    for epoch in document.epochs:
        tasks += _epoch_tasks(monument, epoch)
        if epoch.id != reference.id:
            tasks.append(
                _task(
                    monument,
                    "align",
                    epoch.id,
                    {
                        "reference": _points(monument, reference),
                        "moving": _points(monument, epoch),
                        "reference-ingest": f"ingest:{monument.id}:{reference.id}",
                        "moving-ingest": f"ingest:{monument.id}:{epoch.id}",
                    },
                )
            )
    tasks.append(
        _task(
            monument,
            "register",
            "",
            register_needs(monument),
            facts=placement_facts(loaded, monument, ground),
        )
    )
    for pair in document.compare:
        needs = {
            "reference": f"mesh:{monument.id}:{pair.reference}",
            "compared": f"mesh:{monument.id}:{pair.compared}",
        }
        for role, epoch_id in (("align-reference", pair.reference), ("align-compared", pair.compared)):
            if epoch_id != reference.id:
                needs[role] = f"align:{monument.id}:{epoch_id}"
        for role, epoch_id in (("reference-points", pair.reference), ("compared-points", pair.compared)):
            if _is_cloud(monument, epochs[epoch_id]):
                needs[role] = f"normals:{monument.id}:{epoch_id}"
        tasks.append(_task(monument, "compare", f"{pair.reference}--{pair.compared}", needs))
    for epoch in document.epochs:
        tasks.append(_tile_epoch(monument, epoch))
        tasks.append(_task(monument, "ar", epoch.id, _ar_needs(monument, epoch.id)))
        if _is_cloud(monument, epoch):
            needs = {name: f"{name}:{monument.id}:{epoch.id}" for name in ("ingest", "clean")}
            tasks.append(_task(monument, "points", epoch.id, needs))
    for state in document.states:
        tasks += _state_tasks(loaded, monument, state, ground)
    return tasks


def _task(
    monument: LoadedMonument,
    stage: str,
    subject: str,
    needs: Mapping[str, str],
    *,
    given: Mapping[str, object] | None = None,
    facts: Mapping[str, object] | None = None,
    sources: Mapping[str, Path] | None = None,
) -> Task:
    value = BY_NAME[stage]
    return Task(
        value,
        monument.id,
        subject,
        options_of(value, monument, given or {}),
        facts or {},
        needs,
        sources or {},
    )


def _epoch_tasks(monument: LoadedMonument, epoch: Epoch) -> list[Task]:
    source = monument.folder / epoch.source
    kind = source_kind(source)
    given = {"up": epoch.up, "units": epoch.units, "crs": epoch.crs, "origin_m": epoch.origin_m}
    ingest = f"ingest:{monument.id}:{epoch.id}"
    tasks = [
        _task(
            monument,
            "ingest",
            epoch.id,
            {},
            given={k: v for k, v in given.items() if v is not None},
            facts={"kind": kind},
            sources={"source": source},
        )
    ]
    needs = {"ingest": ingest}
    if kind == "cloud":
        clean = f"clean:{monument.id}:{epoch.id}"
        tasks.append(
            _task(monument, "clean", epoch.id, {"ingest": ingest}, facts=correction_facts(monument, epoch.id))
        )
        cameras = {} if epoch.cameras is None else {"cameras": monument.folder / epoch.cameras}
        tasks.append(
            _task(monument, "normals", epoch.id, {"ingest": ingest, "clean": clean}, sources=cameras)
        )
        needs = {"normals": f"normals:{monument.id}:{epoch.id}"}
    tasks.append(_task(monument, "mesh", epoch.id, needs, facts={"kind": kind}))
    return tasks


def _is_cloud(monument: LoadedMonument, epoch: Epoch) -> bool:
    return source_kind(monument.folder / epoch.source) == "cloud"


def _points(monument: LoadedMonument, epoch: Epoch) -> str:
    """The task whose folder has the epoch's surface points: measured ones, or those sampled on a model."""
    stage = "normals" if _is_cloud(monument, epoch) else "mesh"
    return f"{stage}:{monument.id}:{epoch.id}"


def _tile_epoch(monument: LoadedMonument, epoch: Epoch) -> Task:
    document = monument.monument
    kind = source_kind(monument.folder / epoch.source)
    needs = {"ingest": f"ingest:{monument.id}:{epoch.id}", "mesh": f"mesh:{monument.id}:{epoch.id}"}
    if kind == "cloud":
        needs["clean"] = f"clean:{monument.id}:{epoch.id}"
        needs["points"] = _points(monument, epoch)
    if epoch.id != document.reference.id:
        needs["align"] = f"align:{monument.id}:{epoch.id}"
    for k, pair in enumerate(compared_pairs(document, epoch.id)):
        needs[f"change-{k}"] = f"compare:{monument.id}:{pair}"
    return _task(monument, "tile", epoch.id, needs, facts={"kind": kind, "interpreted": False})


def register_needs(monument: LoadedMonument) -> dict[str, str]:
    """The keys of the tasks that the stage register reads, by role: no place changes them."""
    reference = monument.monument.reference
    needs = {"points": _points(monument, reference), "ingest": f"ingest:{monument.id}:{reference.id}"}
    if _is_cloud(monument, reference):
        needs["clean"] = f"clean:{monument.id}:{reference.id}"
    return needs


def _ar_needs(monument: LoadedMonument, subject: str) -> dict[str, str]:
    """What a model for augmented reality is made from: its real size is where the monument stands."""
    return {"tile": f"tile:{monument.id}:{subject}", "register": f"register:{monument.id}:"}


def compared_pairs(document: Monument, epoch: str) -> list[str]:
    """The comparisons drawn on an epoch, in the order of their ``_CHANGE_k`` attributes."""
    return [f"{pair.reference}--{pair.compared}" for pair in document.compare if pair.compared == epoch]


def _state_tasks(loaded: LoadedSite, monument: LoadedMonument, state: State, ground: Ground) -> list[Task]:
    # A state's id may equal an epoch's; a sign that no id holds keeps their tasks apart.
    subject = f"state/{state.id}"
    ingest, place = f"ingest:{monument.id}:{subject}", f"place:{monument.id}:{subject}"
    reference, method = monument.monument.reference, state.placement.method
    frame = state.frame or reference.id
    sources = {f"part-{p.id}": monument.folder / p.source for p in state.parts if p.source is not None}
    if state.source is not None:
        sources["source"] = monument.folder / state.source
    parts = [{"id": p.id, "named": list(p.named), "own": p.source is not None} for p in state.whole]
    needs = {"ingest": ingest, "survey": _points(monument, reference)}
    facts: dict[str, object] = {
        "method": method,
        "frame": frame,
        "scale": state.placement.scale,
        "settled": state.placement.settled,
    }
    if method == "footprint":
        needs["register"] = f"register:{monument.id}:"
        facts |= state_facts(loaded, monument, state, ground)
    elif frame != reference.id:
        needs["align"] = f"align:{monument.id}:{frame}"
    points = {} if state.placement.gcp is None else {"gcp": monument.folder / state.placement.gcp}
    certainties = [{"id": p.id, "certainty": p.certainty} for p in state.whole]
    return [
        _task(
            monument,
            "ingest",
            subject,
            {},
            given={"up": state.up, "units": state.units},
            facts={"kind": "model", "parts": parts},
            sources=sources,
        ),
        _task(monument, "place", subject, needs, facts=facts, sources=points),
        _task(
            monument,
            "tile",
            subject,
            {"ingest": ingest, "place": place},
            facts={"kind": "model", "interpreted": True, "parts": certainties},
        ),
        _task(
            monument,
            "ar",
            subject,
            _ar_needs(monument, subject),
            facts={"certainties": sorted({str(p.certainty) for p in state.whole})},
        ),
    ]
