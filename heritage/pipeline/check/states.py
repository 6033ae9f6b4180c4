"""What a state's document names: its models with their parts, its control points, the ground plan it is laid on."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from heritage.formats.gcp import read_gcp
from heritage.model.documents import State
from heritage.model.errors import Problem
from heritage.pipeline.check.sources import missing, reading
from heritage.pipeline.reading.guard import guarded_state
from heritage.pipeline.source_kind import source_kind
from heritage.text.lines import visible
from heritage.text.site import LoadedMonument, LoadedSite


def state_problems(
    loaded: LoadedSite, monument: LoadedMonument, *, read: bool, every_point: bool
) -> Iterator[Problem]:
    """Files are there and inside the site; with ``every_point`` models are read, and every part finds its surfaces."""
    for at, state in enumerate(monument.monument.states):
        yield from _models(loaded, monument, at, state, every_point)
        yield from _placement(loaded, monument, at, state, read)


def _models(
    loaded: LoadedSite, monument: LoadedMonument, at: int, state: State, every_point: bool
) -> Iterator[Problem]:
    lines = monument.lines
    # Of a state without parts all is one part; of one whose parts have their own files there is no other.
    rest = next((k for k, part in enumerate(state.whole) if not part.source and not part.named), None)
    named = {k: part.named for k, part in enumerate(state.whole) if part.named}
    files = [(state.source, lines.where("states", at, "source"), named, rest)] if state.source else []
    files += [
        (part.source, lines.where("states", at, "parts", k, "source"), {}, k)
        for k, part in enumerate(state.parts)
        if part.source
    ]
    for name, where, claimed, left in files:
        path = monument.folder / name
        problem = missing(loaded, monument, name, where, f"state {state.id}")
        if problem:
            yield problem
        elif source_kind(path) != "model":
            found = f"the state {state.id} is a cloud: {visible(name)}"
            allowed = "an interpreted state is a model (GLB, glTF, OBJ, or PLY with faces)"
            yield Problem("state-no-model", where, found, allowed, "list a survey under epochs")
        elif every_point:
            yield from reading(loaded, path, partial(guarded_state, path, claimed, left))


def _placement(
    loaded: LoadedSite, monument: LoadedMonument, at: int, state: State, read: bool
) -> Iterator[Problem]:
    placement, lines = state.placement, monument.lines
    if placement.method == "footprint" and monument.monument.footprint is None:
        where = lines.where("states", at, "placement", "method")
        found = f"the state {state.id} is to be laid on the ground plan, and the monument names none"
        yield Problem(
            "placement-incomplete", where, found, "a footprint is needed", "add footprint: … to the monument"
        )
    if placement.gcp is not None:
        where = lines.where("states", at, "placement", "gcp")
        path = monument.folder / placement.gcp
        problem = missing(loaded, monument, placement.gcp, where, "control points")
        if problem:
            yield problem
        elif read:
            yield from reading(loaded, path, partial(read_gcp, path))
