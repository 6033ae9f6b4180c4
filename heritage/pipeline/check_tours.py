"""A tour against the monument it goes to, and its recordings."""

from __future__ import annotations

from collections.abc import Iterator

from heritage.model.documents import Comparing, Shown, Stop
from heritage.model.errors import Problem
from heritage.pipeline.check_ids import repeated, unknown
from heritage.text.explain import nearest
from heritage.text.files import file_problem
from heritage.text.lines import Key
from heritage.text.site import LoadedMonument, LoadedSite, LoadedTour

# What browsers play without help; the release states each file's type by its ending.
_RECORDINGS = (".mp3", ".m4a", ".ogg", ".opus", ".wav")


def tour_problems(loaded: LoadedSite, tour: LoadedTour) -> Iterator[Problem]:
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
        yield from _media(loaded, tour, stop, at)


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
    elif comparing.mode == "change":
        pairs = [(pair.reference, pair.compared) for pair in monument.monument.compare]
        if left.epoch is None or right.epoch is None:
            found = "a change map of an interpreted state"
            allowed = "a change map is measured, between two epochs"
            yield Problem("compare-not-measured", where, found, allowed, "use the mode swipe or blend")
        elif (left.epoch, right.epoch) not in pairs:
            found = f"no comparison of {left.epoch} (left) with {right.epoch} (right) is computed"
            listed = ", ".join(f"{a} with {b}" for a, b in pairs) or "there is none yet"
            entry = f'{{reference: "{left.epoch}", compared: "{right.epoch}"}}'
            remedy = f"add {entry} to compare in {monument.lines.shown}"
            if (right.epoch, left.epoch) in pairs:
                remedy = "exchange left and right"
            yield Problem("compare-not-computed", where, found, f"allowed: {listed}", remedy)


def _media(loaded: LoadedSite, tour: LoadedTour, stop: Stop, at: int) -> Iterator[Problem]:
    for key, files in (("narration", stop.narration), ("captions", stop.captions)):
        for language, name in files.items():
            where = tour.lines.where("stops", at, key, language)
            problem = file_problem(loaded.root, loaded.root / name, where, key)
            if problem:
                yield problem
            endings = _RECORDINGS if key == "narration" else (".vtt",)
            if not name.lower().endswith(endings):
                found = f"{key}: {name}"
                yield Problem("media-type", where, found, f"files ending in {', '.join(endings)} are allowed")
            if language not in loaded.site.languages:
                allowed = f"{', '.join(loaded.site.languages)} (languages of site.yaml)"
                remedy = nearest(language, loaded.site.languages)
                found = f"{language} is no language of the site"
                yield Problem("language-unlisted", where, found, allowed, remedy)
    for language, name in stop.narration.items():
        captions = loaded.root / name.rpartition(".")[0]
        if language not in stop.captions and not captions.with_name(captions.name + ".vtt").is_file():
            where = tour.lines.where("stops", at, "narration", language)
            found = f"the narration in {language} has no captions"
            remedy = f"add {captions.name}.vtt beside it"
            yield Problem(
                "captions-missing", where, found, "who cannot hear needs them", remedy, severity="warning"
            )
