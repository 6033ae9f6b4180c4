"""The stops of a tour from elsewhere as a tour.yaml holds them: ids, conditions, annotations, times, recordings."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from heritage.formats.printable import printable
from heritage.model.documents import ID_PATTERN
from heritage.model.errors import Problem
from heritage.model.exchange import ExchangedStop, ExchangedTour, Recording
from heritage.text.files import as_id
from heritage.text.site import LoadedMonument
from heritage.text.write_tour import StopWords

_RECORDINGS = (".mp3", ".m4a", ".ogg", ".opus", ".wav")
_MOVE_MOST_S, _DWELL_MOST_S = 60.0, 600.0
Yaml = dict[str, object]


@dataclass
class Fitted:
    """``stops`` as plain values in the order of the keys, ``words`` beside them, ``media`` by path in the site."""

    stops: list[Yaml] = field(default_factory=list)
    words: list[StopWords] = field(default_factory=list)
    media: dict[str, bytes] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def fitted(
    tour: ExchangedTour, at: LoadedMonument, new_id: str, media: Mapping[str, bytes], name: str
) -> Fitted:
    """The stops of ``tour`` for the monument ``at``; ``media`` is what there is of its recordings."""
    return _Fitting(tour, at, new_id, media, name).fit()


class _Fitting:
    def __init__(
        self,
        tour: ExchangedTour,
        at: LoadedMonument,
        new_id: str,
        media: Mapping[str, bytes],
        name: str,
    ) -> None:
        self.tour, self.at, self.new_id, self.given, self.name = tour, at, new_id, media, name
        self.out = Fitted()
        self.ids = dict(zip((id(stop) for stop in tour.stops), _ids(tour), strict=True))
        self.known = {one.id for one in at.annotations.annotations}
        self.unheard: list[str] = []
        self.unseen: dict[str, None] = {}
        self.shortened: list[str] = []
        self.uneven: list[str] = []

    def _note(self, code: str, where: str, found: str, allowed: str = "", remedy: str = "") -> None:
        self.out.problems.append(Problem(code, where, found, allowed, remedy, "warning"))

    def fit(self) -> Fitted:
        for stop in self.tour.stops:
            one = self.ids[id(stop)]
            self.out.stops.append(dict(self._keys(stop, one)))
            self.out.words.append(StopWords(one, stop.title, stop.html))
        self._tell()
        return self.out

    def _keys(self, stop: ExchangedStop, one: str) -> Iterator[tuple[str, object]]:
        yield "id", one
        if (show := self._show(stop)) is not None:
            yield "show", show
        if stop.pose is not None:
            view: Yaml = {"eye_m": list(stop.pose.eye_m), "target_m": list(stop.pose.target_m)}
            if stop.pose.fov_deg is not None:
                view["fov_deg"] = stop.pose.fov_deg
            yield "view", view
        if stop.move_s is not None or stop.easing is not None:
            seconds = min(stop.move_s if stop.move_s is not None else 4.0, _MOVE_MOST_S)
            if seconds != stop.move_s and stop.move_s is not None:
                self.shortened.append(one)
            yield "move", {"seconds": seconds, "easing": stop.easing or "smooth"}
        narration, captions = self._narration(stop, one)
        if (dwell := self._dwell(stop, one, bool(narration))) is not None:
            yield "dwell_s", dwell
        if narration:
            yield "narration", narration
        if captions:
            yield "captions", captions
        if noted := [mark for mark in stop.annotations if mark in self.known]:
            yield "annotations", noted

    def _show(self, stop: ExchangedStop) -> Yaml | None:
        if stop.shows is None:
            return None
        epochs = {one.id for one in self.at.monument.epochs}
        states = {one.id for one in self.at.monument.states}
        kind, _, rest = stop.shows.partition("-")
        for key, held in (("epoch", epochs), ("state", states)):
            if (kind == key and rest in held) or stop.shows in held:
                return {key: rest if kind == key and rest in held else stop.shows}
        self.unseen[stop.shows] = None
        return None

    def _dwell(self, stop: ExchangedStop, one: str, is_spoken: bool) -> float | None:
        if not stop.dwell_s:
            return None
        longest = max(stop.dwell_s.values())
        if min(stop.dwell_s.values()) != longest:
            if is_spoken:
                return None  # as long as each recording: that is what made them differ
            self.uneven.append(one)
        if longest > _DWELL_MOST_S:
            self.shortened.append(one)
        return min(longest, _DWELL_MOST_S)

    def _narration(self, stop: ExchangedStop, one: str) -> tuple[dict[str, str], dict[str, str]]:
        narration: dict[str, str] = {}
        captions: dict[str, str] = {}
        for language, said in stop.narration.items():
            audio = self._kept(said.audio, f"{one}.{language}", _RECORDINGS)
            if audio is None:
                self.unheard.append(said.audio)
                continue
            narration[language] = audio
            self._captions(said, language, one, captions)
        return narration, captions

    def _captions(self, said: Recording, language: str, one: str, captions: dict[str, str]) -> None:
        if said.captions is not None:
            kept = self._kept(said.captions, f"{one}.{language}", (".vtt",))
            if kept is None:
                self.unheard.append(said.captions)
            else:
                captions[language] = kept

    def _kept(self, uri: str, stem: str, endings: tuple[str, ...]) -> str | None:
        """The path in the site for a file that came along; its name is ours, not the file's."""
        ending = PurePosixPath(uri.partition("?")[0]).suffix.lower()
        if uri not in self.given or ending not in endings or not self.given[uri]:
            return None
        path = f"media/{self.new_id}/{stem}{ending}"
        self.out.media[path] = self.given[uri]
        return path

    def _tell(self) -> None:
        if self.unseen:
            found = f"models that are no condition of {self.at.id}: {', '.join(map(_shown, self.unseen))}"
            remedy = "set show: where another is meant"
            self._note("lost-model", self.name, found, "the reference epoch is shown", remedy)
        if self.unheard:
            found = f"recordings that are not beside the file, or of another kind: {_listed(self.unheard)}"
            self._note("lost-narration", self.name, found, f"{', '.join(_RECORDINGS)} and .vtt are allowed")
        if self.shortened:
            found = f"how long it lasts: {_listed(self.shortened)}"
            allowed = f"flights of {_MOVE_MOST_S:g} s and stops of {_DWELL_MOST_S:g} s are allowed"
            self._note("lost-timing", self.name, found, allowed)
        if self.uneven:
            found = f"that stops last differently by language: {_listed(self.uneven)}"
            self._note("lost-dwell", self.name, found, "the longest is taken")
        if untitled := [
            self.ids[id(stop)]
            for stop in self.tour.stops
            if stop.title and set(stop.title) != set(self.tour.languages)
        ]:
            found = f"titles that are missing in a language: {_listed(untitled)}"
            self._note("exchange-title", self.name, found, "another language's stands there", "translate it")
        for mark in self.tour.marks:
            if mark.id not in self.known:
                self._mark(mark.id, mark.title, mark.position_m)

    def _mark(self, one: str, title: Mapping[str, str], position: tuple[float, float, float]) -> None:
        words = json.dumps(dict(title) or {"en": one}, ensure_ascii=False)
        at = [round(v, 4) + 0.0 for v in position]
        entry = f"{{id: {as_id(one) or 'mark'}, title: {words}, position_m: {at}}}"
        remedy = f"add {printable(entry)} to monuments/{self.at.id}/annotations.yaml"
        found = f"the annotation {_shown(one)}, which {self.at.id} does not have"
        self._note("lost-annotation", self.name, found, "a tour names annotations of its monument", remedy)


def _ids(tour: ExchangedTour) -> Iterator[str]:
    """An id for each stop: the file's where it is one, else made of the title; never the same twice."""
    used: set[str] = set()
    for number, stop in enumerate(tour.stops, 1):
        title = next(iter(stop.title.values()), "")
        wanted = stop.id if re.fullmatch(ID_PATTERN.strip("^$"), stop.id) else as_id(title) or as_id(stop.id)
        wanted = wanted or f"stop-{number}"
        chosen, count = wanted, 2
        while chosen in used:
            chosen = f"{wanted[:60]}-{count}"
            count += 1
        used.add(chosen)
        yield chosen


def _shown(text: str) -> str:
    return printable(text[:60])


def _listed(names: list[str]) -> str:
    unique = list(dict.fromkeys(names))
    return ", ".join(map(_shown, unique[:12])) + (f" and {len(unique) - 12} more" if len(unique) > 12 else "")
