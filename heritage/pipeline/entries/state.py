"""What a release says of a state: its parts and their grounds, its placement, its tiles, and a model that says it, too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from heritage.formats.glb import sized
from heritage.formats.gltf_parts import with_words
from heritage.model.documents import Part, State
from heritage.model.release import Box, StateEntry, StatePartEntry
from heritage.model.tiles import CERTAINTIES
from heritage.pipeline.built import Built
from heritage.pipeline.entries.ar import ar_entry
from heritage.pipeline.entries.tileset import copied_tileset
from heritage.pipeline.stages.place import state_placement
from heritage.pipeline.stages.tile import tiled
from heritage.store import ReleaseFolder
from heritage.text.period import read_period


def state_entry(
    into: ReleaseFolder, monument: str, state: State, built: Built, root: Sequence[float], scale: float
) -> StateEntry:
    """Write the state's tiles and its model into the release; ``root`` is ecef_from_monument, column-major, ``scale`` true
    metres for each of the monument frame's."""
    folder, target = (
        built.folder(f"tile:{monument}:state/{state.id}"),
        f"monuments/{monument}/states/{state.id}",
    )
    parts = [_part(part, state) for part in state.whole]
    model = sized(_model(folder, state, parts), scale)
    into.write(f"{target}/model.glb", model)
    made = tiled(folder)
    return StateEntry(
        id=state.id,
        title=dict(state.title or {}),
        period=state.period,
        time=read_period(state.period),
        # A chain is as strong as its weakest link; the parts say more.
        certainty=max((part.certainty for part in parts), key=CERTAINTIES.index),
        evidence=state.evidence,
        author=state.author,
        parts=tuple(parts),
        placement=state_placement(built.folder(f"place:{monument}:state/{state.id}")),
        tileset=copied_tileset(into, folder, target, root),
        download=f"{target}/model.glb",
        download_bytes=len(model),
        ar=ar_entry(into, built.folder(f"ar:{monument}:state/{state.id}"), target),
        bounds=Box(min=made.min, max=made.max),
    )


def _part(part: Part, state: State) -> StatePartEntry:
    if part.certainty is None:
        raise ValueError(f"the part {part.id} of {state.id} has no certainty: the document was not checked")
    return StatePartEntry(
        id=part.id,
        title=dict(part.title or ({} if state.parts else state.title or {})),
        certainty=part.certainty,
        evidence=part.evidence,
        without_evidence=part.without_evidence,
        author=part.author,
        period=part.period,
        time=read_period(part.period),
    )


def _model(folder: Path, state: State, parts: Sequence[StatePartEntry]) -> bytes:
    words: dict[str, Mapping[str, Any]] = {
        part.id: part.model_dump(mode="json", exclude={"id", "certainty", "time"}, exclude_none=True)
        for part in parts
    }
    about = state.model_dump(mode="json", include={"id", "title", "period", "author"}, exclude_none=True)
    return with_words((folder / "model.glb").read_bytes(), about, words)
