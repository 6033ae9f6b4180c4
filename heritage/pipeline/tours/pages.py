"""Every tour as text, in every language it has words in: plain pages with stills, for readers without the 3D map."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from heritage.formats.texture import webp
from heritage.model.release import MonumentEntry, Release, StopEntry, TourDocument
from heritage.page.tour_page import STYLE, section_conditions, section_place, tour_page, tour_style
from heritage.pipeline.drawings.section import Profile
from heritage.pipeline.pictures.stills import Stills
from heritage.pipeline.tours.audio import read_captions
from heritage.pipeline.tours.sections import section_drawing, section_profiles
from heritage.store import ReleaseFolder

SECTIONS_VERSION = 1  # raise when the same surfaces make other sections
STILLS_VERSION = 3  # raise when the same surfaces make other pictures
_STILLS = "tours/stills.json"
_QUALITY = 82
_TIMES = re.compile(r"-->")
_TAGS = re.compile(r"<[^>]*>")


def write_tour_pages(
    into: ReleaseFolder,
    release: Release,
    tours: Sequence[TourDocument],
    surfaces: Mapping[str, str],
    before: Path | None,
) -> None:
    """Write ``tours/<id>/<language>.html`` and the stills beside it; everything they refer to is there already.

    ``surfaces`` are the fingerprints of all tilesets, by their path in the release; ``before`` is the folder of the
    release before, from which stills of the same view of the same surfaces are taken.
    """
    if not tours:
        return
    into.write(f"tours/{STYLE}", tour_style())
    stills = _Stills(into, release, surfaces, before)
    for tour in tours:
        monument = next(m for m in release.monuments if m.id == tour.monument)
        addresses = {stop.id: stills.write(tour, stop, monument) for stop in tour.stops}
        for stop in tour.stops:
            stills.write_section(stop, monument, release.languages)
        ranges = _ranges_mm(tour, monument, stills.drawer)
        for language in tour.title:
            page = tour_page(
                release,
                monument,
                tour,
                language,
                stills=addresses,
                transcripts=_transcripts(into, tour, language),
                ranges_mm=ranges,
            )
            into.write(f"tours/{tour.id}/{language}.html", page.encode())
    into.write(_STILLS, json.dumps(stills.keys, indent=1, sort_keys=True).encode())


class _Stills:
    """Stills by what they show: drawn once, and taken from the release before where nothing has changed."""

    def __init__(
        self, into: ReleaseFolder, release: Release, surfaces: Mapping[str, str], before: Path | None
    ) -> None:
        self.drawer = Stills(into.path, release.monuments)
        self.keys: dict[str, str] = {}
        self._into = into
        self._before = before
        self._known: dict[str, str] = {}
        if before is not None and (before / _STILLS).is_file():
            self._known = json.loads((before / _STILLS).read_bytes())
        placements = {m.id: m.placement.site_from_monument for m in release.monuments}
        self._all = [STILLS_VERSION, dict(surfaces), placements]

    def write(self, tour: TourDocument, stop: StopEntry, monument: MonumentEntry) -> str:
        """Write a stop's still; its path in the release."""
        path = f"tours/{tour.id}/{stop.id}.webp"
        shown = stop.model_dump(mode="json", include={"view", "show", "compare"})
        if not self._kept(path, [*self._all, monument.id, shown]):
            self._into.write(path, webp(self.drawer.still(stop, monument), quality=_QUALITY))
        return path

    def write_section(self, stop: StopEntry, monument: MonumentEntry, languages: Sequence[str]) -> None:
        """Write the drawings of a stop's section, if it has one; the tiles are cut once for all languages."""
        if stop.section is None:
            return
        cuts: list[Profile] = []
        for language, path in stop.section.pictures.items():
            names = section_conditions(stop, monument, language, languages)
            place = section_place(stop.section.plane, language)
            key = [SECTIONS_VERSION, self._all[1], monument.placement.scale, names, place, language]
            if not self._kept(path, [*key, stop.section.plane.model_dump(mode="json")]):
                cuts = cuts or section_profiles(self._into.path, monument, list(names), stop.section.plane)
                self._into.write(path, section_drawing(cuts, names, place, language).encode())

    def _kept(self, path: str, shown: object) -> bool:
        """Take a picture of ``shown`` from the release before, if it has one, and remember that it shows that."""
        self.keys[path] = hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()
        if self._before is None or self._known.get(path) != self.keys[path]:
            return False
        self._into.add(path, self._before / path)
        return True


def _ranges_mm(tour: TourDocument, monument: MonumentEntry, stills: Stills) -> dict[str, int]:
    ranges = {}
    for stop in tour.stops:
        if stop.compare is not None and stop.compare.mode == "change":
            pair = (stop.compare.left.epoch, stop.compare.right.epoch)
            entry = next(c for c in monument.comparisons if (c.reference, c.compared) == pair)
            ranges[stop.id] = round(stills.range_m(entry) * 1000)
    return ranges


def _transcripts(into: ReleaseFolder, tour: TourDocument, language: str) -> Mapping[str, list[str]]:
    """What is said at each stop, by its captions."""
    said = {}
    for stop in tour.stops:
        narration = stop.narration.get(language)
        if narration is not None and narration.captions is not None:
            said[stop.id] = spoken_lines(read_captions(into.path / narration.captions, narration.captions))
    return said


def spoken_lines(vtt: str) -> list[str]:
    """The words of WebVTT captions without times, notes, styles and tags; a line for each cue."""
    lines = []
    for block in re.split(r"\n\s*\n", vtt.replace("\r\n", "\n").replace("\r", "\n")):
        rows = block.strip().split("\n")
        at = next((i for i, row in enumerate(rows) if _TIMES.search(row)), None)
        if at is not None:
            words = " ".join(" ".join(_TAGS.sub("", row) for row in rows[at + 1 :]).split())
            if words:
                lines.append(words)
    return lines
