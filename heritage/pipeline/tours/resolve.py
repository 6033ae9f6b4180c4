"""A tour with every default resolved: what the player plays."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from heritage.model.documents import Shown, Stop
from heritage.model.frames import SiteFrame
from heritage.model.release import (
    ComparingEntry,
    Narration,
    SectionEntry,
    ShownEntry,
    StopEntry,
    SunEntry,
    TourDocument,
    TourEntry,
)
from heritage.pipeline.pictures.sceneries import Sceneries
from heritage.pipeline.pictures.views import reading_seconds
from heritage.pipeline.tours.audio import audio_seconds, caption_seconds, read_captions
from heritage.pipeline.tours.flights import with_flights
from heritage.pipeline.tours.places import place_entry
from heritage.pipeline.tours.questions import question_entries
from heritage.pipeline.tours.take_along import take_along_path
from heritage.pipeline.tours.views import StopViews
from heritage.pipeline.words import html
from heritage.store import ReleaseFolder
from heritage.text.question import read_question
from heritage.text.site import LoadedSite, LoadedTour
from heritage.text.translate import state_of

_AFTER_NARRATION_S = 1.0  # a breath before moving on


def tour_document(
    into: ReleaseFolder, loaded: LoadedSite, tour: LoadedTour, sceneries: Sceneries, frame: SiteFrame
) -> TourDocument:
    """The tour as the player wants it; copies its media into the release. ``sceneries`` are of its monuments' tiles.

    Raises InputError for a stop whose place on the site cannot be told.
    """
    monument = sceneries.monument(tour.tour.monument)
    if monument is None:
        raise ValueError(f"the monument {tour.tour.monument} is not among those released")
    languages = [language for language in loaded.site.languages if language in tour.words]
    views = StopViews(sceneries, monument)
    stops = [
        _stop(into, loaded, tour, stop, languages, views).model_copy(
            update={"place": place_entry(tour, at, monument, frame)}
        )
        for at, stop in enumerate(tour.tour.stops)
    ]
    return TourDocument(
        id=tour.id,
        monument=tour.tour.monument,
        title={language: tour.words[language].tour.title for language in languages},
        html=html(
            into, loaded.root, {language: tour.words[language].tour.markdown for language in languages}
        ),
        stops=with_flights(tour.tour.stops, stops, monument, sceneries),
    )


def tour_entry(document: TourDocument) -> TourEntry:
    """The tour's line in the release's list."""
    seconds = {
        language: round(sum(stop.move_s + stop.dwell_s[language] for stop in document.stops), 1)
        for language in document.title
    }
    return TourEntry(
        id=document.id,
        monument=document.monument,
        title=document.title,
        url=f"tours/{document.id}/tour.json",
        stops=len(document.stops),
        seconds=seconds,
        pages={language: f"tours/{document.id}/{language}.html" for language in document.title},
        take_along=take_along_path(document.id),
    )


def _stop(
    into: ReleaseFolder,
    loaded: LoadedSite,
    tour: LoadedTour,
    stop: Stop,
    languages: list[str],
    views: StopViews,
) -> StopEntry:
    passages = {
        language: tour.words[language].stops[stop.id]
        for language in languages
        if not _waits(tour, stop.id, language)
    }
    asked = {language: read_question(passage.markdown) for language, passage in passages.items()}
    text = {language: one.said for language, one in asked.items()}
    narration = {
        language: _narration(into, loaded, stop, language)
        for language in languages
        if language in stop.narration
    }
    dwell = {
        language: stop.dwell_s
        if stop.dwell_s is not None
        else narration[language].seconds + _AFTER_NARRATION_S
        if language in narration
        else reading_seconds(text[language] if language in text else next(iter(text.values())))
        for language in languages
    }
    comparing = None
    if stop.compare is not None:
        comparing = ComparingEntry(
            left=_shown(stop.compare.left),
            right=_shown(stop.compare.right),
            mode=stop.compare.mode,
            position=stop.compare.position,
        )
    show = None if comparing else _shown(stop.show or Shown(epoch=views.monument.reference_epoch))
    return StopEntry(
        id=stop.id,
        title={language: passage.title for language, passage in passages.items()},
        html=html(into, loaded.root, {language: one.body for language, one in asked.items()}),
        text=text,
        question=question_entries(into, loaded.root, asked),
        show=show,
        compare=comparing,
        section=_section(tour.id, stop, languages),
        view=views.view(stop),
        sun=sun_entry(stop),
        move_s=stop.move.seconds,
        easing=stop.move.easing,
        dwell_s=dwell,
        narration=narration,
        annotations=stop.annotations,
    )


def sun_entry(stop: Stop) -> SunEntry | None:
    """When the sun shines that lights the stop; None for the map's own light."""
    if stop.sun is None:
        return None
    hours, minutes = map(int, stop.sun.time.split(":"))
    return SunEntry(date=stop.sun.day.isoformat(), minutes=60 * hours + minutes)


def _waits(tour: LoadedTour, stop: str, language: str) -> bool:
    """Whether the stop's words in ``language`` wait for their translation: visitors are shown those of another, which are
    marked as such for screen readers and laid out as their script wants it."""
    passage = tour.words[language].stops[stop]
    return any(
        state_of(passage, words.stops[stop], source) == "empty" for source, words in tour.words.items()
    )


def _section(tour: str, stop: Stop, languages: Sequence[str]) -> SectionEntry | None:
    """The stop's plane, and where its drawings will be."""
    if stop.section is None:
        return None
    pictures = {language: f"tours/{tour}/{stop.id}.section.{language}.svg" for language in languages}
    return SectionEntry(plane=stop.section, pictures=pictures)


def _shown(shown: Shown) -> ShownEntry:
    return ShownEntry(epoch=shown.epoch, state=shown.state)


def _narration(into: ReleaseFolder, loaded: LoadedSite, stop: Stop, language: str) -> Narration:
    audio = stop.narration[language]
    into.add(audio, loaded.root / audio)
    seconds = audio_seconds(loaded.root / audio, audio)
    captions = stop.captions.get(language) or PurePosixPath(audio).with_suffix(".vtt").as_posix()
    path = loaded.root / captions
    if not path.is_file():
        return Narration(audio=audio, captions=None, seconds=seconds)
    into.add(captions, path)
    # A cue may end after the recording; the stop must then wait for it.
    return Narration(
        audio=audio, captions=captions, seconds=max(seconds, caption_seconds(read_captions(path, captions)))
    )
