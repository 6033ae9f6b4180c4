"""Time for eyes and ears: is a stop as long as its words, are captions as long as the voice, and are there any?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from heritage.model.errors import HeritageError
from heritage.pipeline.lint.finding import Finding, finding
from heritage.pipeline.pictures.views import reading_seconds
from heritage.pipeline.tours.audio import audio_seconds, caption_seconds, read_captions
from heritage.text.markdown import references
from heritage.text.question import read_question
from heritage.text.site import LoadedSite, LoadedTour
from heritage.text.words import Passage

PACE = ("stop-too-short", "captions-length", "captions-missing", "picture-without-words")
_CAPTIONS_OFF_S = 2.0  # captions may end this much before or after the voice,
_CAPTIONS_OFF = 0.1  # or this share of its length


def pace_findings(loaded: LoadedSite, tour: LoadedTour) -> Iterator[Finding]:
    """Findings that need no surface. Recordings that cannot be read are left to `heritage check`'s other findings."""
    for words in tour.words.values():
        yield from _pictures(tour, None, words.shown, words.tour)
        for at, stop in enumerate(tour.tour.stops):
            yield from _pictures(tour, at, words.shown, words.stops[stop.id])
    for at in range(len(tour.tour.stops)):
        yield from _words(tour, at)
        yield from _voices(loaded, tour, at)


def _pictures(tour: LoadedTour, at: int | None, shown: str, passage: Passage) -> Iterator[Finding]:
    for reference in references(passage.markdown):
        if reference.kind == "picture" and reference.kept and not reference.words:
            found = f"the picture {reference.address} has no words"
            remedy = "write what it shows between its brackets"
            allowed = "who cannot see it needs them"
            where = f"{shown}:{passage.line}"
            yield finding(tour, at, "picture-without-words", where, found, allowed, remedy)


def _words(tour: LoadedTour, at: int) -> Iterator[Finding]:
    stop = tour.tour.stops[at]
    for language, words in tour.words.items():
        needed = reading_seconds(read_question(words.stops[stop.id].markdown).said)
        if stop.dwell_s is not None and stop.dwell_s < needed and language not in stop.narration:
            found = f"dwell_s is {stop.dwell_s:g}, and the words in {language} take {needed:g} s to read"
            where = tour.lines.where("stops", at, "dwell_s")
            allowed, remedy = "a stop lasts as long as its words", "leave dwell_s out, shorten the words"
            yield finding(tour, at, "stop-too-short", where, found, allowed, remedy)


def _voices(loaded: LoadedSite, tour: LoadedTour, at: int) -> Iterator[Finding]:
    stop = tour.tour.stops[at]
    for language, audio in stop.narration.items():
        captions = stop.captions.get(language) or PurePosixPath(audio).with_suffix(".vtt").as_posix()
        where = tour.lines.where("stops", at, "narration", language)
        if not (loaded.root / captions).exists():
            found, allowed = f"the narration in {language} has no captions", "who cannot hear needs them"
            remedy = f"add {PurePosixPath(captions).name} beside it"
            yield finding(tour, at, "captions-missing", where, found, allowed, remedy)
        try:
            heard = audio_seconds(loaded.root / audio, audio)
        except (HeritageError, OSError):
            continue
        if stop.dwell_s is not None and stop.dwell_s < heard:
            found = f"dwell_s is {stop.dwell_s:g}, and the narration in {language} takes {heard:.1f} s"
            allowed, remedy = "a stop lasts as long as its narration", "leave dwell_s out"
            here = tour.lines.where("stops", at, "dwell_s")
            yield finding(tour, at, "stop-too-short", here, found, allowed, remedy)
        try:
            shown = caption_seconds(read_captions(loaded.root / captions, captions))
        except (HeritageError, OSError):
            continue
        if abs(shown - heard) > max(_CAPTIONS_OFF_S, _CAPTIONS_OFF * heard):
            found = f"{captions} ends after {shown:.1f} s, and {audio} after {heard:.1f} s"
            allowed = f"up to {max(_CAPTIONS_OFF_S, _CAPTIONS_OFF * heard):.1f} s apart are allowed"
            yield finding(tour, at, "captions-length", where, found, allowed, "time the captions anew")
