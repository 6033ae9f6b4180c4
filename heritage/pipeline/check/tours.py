"""A tour against the monument it goes to, and its recordings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath

from heritage.model.documents import Comparing, Shown, Stop
from heritage.model.errors import InputError, Problem
from heritage.pipeline.check.ids import repeated, unknown
from heritage.pipeline.check.sources import reading
from heritage.pipeline.check.texts import unlisted
from heritage.pipeline.tours.audio import audio_seconds, read_captions
from heritage.text.files import file_problem
from heritage.text.lines import Key, visible
from heritage.text.site import LoadedMonument, LoadedSite, LoadedTour

# What browsers play without help; the release states each file's type by its ending.
_RECORDINGS = (".mp3", ".m4a", ".ogg", ".opus", ".wav")


def tour_problems(loaded: LoadedSite, tour: LoadedTour, *, read: bool) -> Iterator[Problem]:
    """Everything a tour names must exist: its monument, and at every stop epochs, states, files."""
    document, lines = tour.tour, tour.lines
    yield from unknown("monument", document.monument, loaded.monuments, lines.where("monument"))
    yield from repeated("stop", [stop.id for stop in document.stops], lines, "stops")
    monument = loaded.monuments.get(document.monument)
    for at, stop in enumerate(document.stops):
        if monument is not None:
            yield from _conditions(tour, monument, stop, at)
            known = [annotation.id for annotation in monument.annotations.annotations]
            for k, annotation in enumerate(stop.annotations):
                where = lines.where("stops", at, "annotations", k)
                yield from unknown("annotation", annotation, known, where, monument.annotation_lines.shown)
        yield from _media(loaded, tour, stop, at, read)


def _conditions(tour: LoadedTour, monument: LoadedMonument, stop: Stop, at: int) -> Iterator[Problem]:
    if stop.show is not None:
        yield from _shown(tour, monument, stop.show, "stops", at, "show")
    if stop.compare is not None:
        yield from _shown(tour, monument, stop.compare.left, "stops", at, "compare", "left")
        yield from _shown(tour, monument, stop.compare.right, "stops", at, "compare", "right")
        yield from _compared(tour, monument, stop.compare, at)


def _shown(tour: LoadedTour, monument: LoadedMonument, shown: Shown, *path: Key) -> Iterator[Problem]:
    document, of = monument.monument, monument.lines.shown
    if shown.epoch is not None:
        known = [epoch.id for epoch in document.epochs]
        yield from unknown("epoch", shown.epoch, known, tour.lines.where(*path, "epoch"), of)
    if shown.state is not None:
        known = [state.id for state in document.states]
        yield from unknown("state", shown.state, known, tour.lines.where(*path, "state"), of)


def _compared(tour: LoadedTour, monument: LoadedMonument, comparing: Comparing, at: int) -> Iterator[Problem]:
    where = tour.lines.where("stops", at, "compare")
    left, right = comparing.left, comparing.right
    if left == right:
        name = left.epoch or left.state
        found = f"{name} is compared with itself"
        yield Problem("compare-same", where, found, "two different conditions are allowed", "change one side")
    elif comparing.mode == "overlay" and (left.epoch is None or right.state is None):
        found = f"{left.epoch or left.state} with {right.epoch or right.state} laid over it"
        allowed = "a state over an epoch: left epoch, right state"
        yield Problem("overlay-sides", where, found, allowed, "use the mode blend, or change the sides")
    elif comparing.mode == "change":
        pairs = [(pair.reference, pair.compared) for pair in monument.monument.compare]
        if left.epoch is None or right.epoch is None:
            found = "a change map of an interpreted state"
            allowed = "a change map is measured, between two epochs"
            yield Problem("compare-not-measured", where, found, allowed, "use the mode swipe, side or blend")
        elif (left.epoch, right.epoch) not in pairs:
            found = f"no comparison of {left.epoch} (left) with {right.epoch} (right) is computed"
            listed = ", ".join(f"{a} with {b}" for a, b in pairs) or "there is none yet"
            entry = f'{{reference: "{left.epoch}", compared: "{right.epoch}"}}'
            remedy = f"add {entry} to compare in {monument.lines.shown}"
            if (right.epoch, left.epoch) in pairs:
                remedy = "exchange left and right"
            yield Problem("compare-not-computed", where, found, f"allowed: {listed}", remedy)


def _media(loaded: LoadedSite, tour: LoadedTour, stop: Stop, at: int, read: bool) -> Iterator[Problem]:
    for key, files in (("narration", stop.narration), ("captions", stop.captions)):
        for language, name in files.items():
            where = tour.lines.where("stops", at, key, language)
            yield from unlisted(loaded, language, where)
            endings = _RECORDINGS if key == "narration" else (".vtt",)
            problem = file_problem(loaded.root, loaded.root / name, where, key)
            if problem:
                yield problem
            elif not name.lower().endswith(endings):
                allowed = f"files ending in {', '.join(endings)} are allowed"
                yield Problem("media-type", where, f"{key}: {visible(name)}", allowed)
            elif read and key == "narration":
                path = loaded.root / name
                yield from reading(loaded, path, partial(audio_seconds, path, path.name))
            elif read:
                yield from _webvtt(loaded.root / name, where, name)
    for language, name in stop.narration.items():
        if language not in stop.captions and (loaded.root / name).exists():
            yield from _captioned(loaded, tour, at, language, name, read)


def _webvtt(path: Path, where: str, name: str) -> Iterator[Problem]:
    try:
        read_captions(path, name)
    except InputError as error:
        problem = error.problems[0]
        yield replace(problem, where=where, found=f"{visible(name)} {problem.found}")


def _captioned(
    loaded: LoadedSite, tour: LoadedTour, at: int, language: str, name: str, read: bool
) -> Iterator[Problem]:
    """Captions that nobody named stand beside the recording."""
    where = tour.lines.where("stops", at, "narration", language)
    beside = PurePosixPath(name).with_suffix(".vtt")
    path = loaded.root / beside
    if not path.exists() and not path.is_symlink():
        return  # the linter says so, for it can be accepted on purpose
    problem = file_problem(loaded.root, path, where, "captions")
    if problem:
        yield problem
    elif read:
        yield from _webvtt(path, where, beside.as_posix())
