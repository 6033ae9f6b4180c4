"""Everything that can be known to be wrong with a site before any stage runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyproj
from pydantic import ValidationError

from heritage.model.errors import HeritageError, Problem
from heritage.model.frames import working_crs
from heritage.pipeline.check.annotations import annotation_problems, vocabulary_problems
from heritage.pipeline.check.ids import repeated, unknown
from heritage.pipeline.check.map import map_problems
from heritage.pipeline.check.places import registration_place, site_datum
from heritage.pipeline.check.sources import footprint_problems, source_problems
from heritage.pipeline.check.states import state_problems
from heritage.pipeline.check.texts import (
    annotation_texts,
    monument_texts,
    site_texts,
    tour_texts,
    vocabulary_texts,
)
from heritage.pipeline.check.tours import tour_problems
from heritage.pipeline.corrections import correction_problems
from heritage.pipeline.overrides import overrides_of
from heritage.pipeline.reading.verdicts import Verdicts
from heritage.pipeline.stage import Stage
from heritage.text.explain import explained
from heritage.text.lines import visible
from heritage.text.period import read_period
from heritage.text.site import LoadedMonument, LoadedSite


def check_site(
    loaded: LoadedSite,
    *,
    stages: Sequence[Stage] = (),
    read_sources: bool = True,
    every_point: bool = False,
    verdicts: Verdicts | None = None,
) -> tuple[Problem, ...]:
    """All problems across the files of a site, errors and warnings; empty for a flawless one.

    ``stages`` are those whose options the monuments may override; overrides are checked against them.
    ``read_sources`` opens footprints, control points, recordings and the headers of clouds; ``every_point``
    also reads models, and clouds to their end: that finds NaN and points that are promised but not there. Files with
    a verdict among ``verdicts`` are not opened again.
    """
    return tuple(_problems(loaded, stages, read_sources, every_point, verdicts or Verdicts()))


def _problems(
    loaded: LoadedSite, stages: Sequence[Stage], read_sources: bool, every_point: bool, verdicts: Verdicts
) -> Iterator[Problem]:
    crs = None
    try:
        crs = working_crs(loaded.site.crs, loaded.lines.where("crs"))
    except HeritageError as error:
        yield from error.problems
    yield from site_datum(loaded.lines.where("crs"), crs)
    yield from _site(loaded)
    yield from site_texts(loaded)
    yield from vocabulary_texts(loaded)
    yield from footprint_problems(loaded, crs, verdicts, read=read_sources)
    yield from map_problems(loaded, verdicts, read=read_sources)
    yield from vocabulary_problems(loaded)
    for monument in loaded.monuments.values():
        yield from _monument(monument)
        yield from _registration(loaded, monument)
        yield from annotation_problems(loaded, monument)
        yield from correction_problems(monument)
        yield from _options(monument, stages)
        yield from monument_texts(loaded, monument)
        yield from annotation_texts(loaded, monument)
        yield from registration_place(monument, crs)
        yield from source_problems(
            loaded, monument, crs, verdicts, read=read_sources, every_point=every_point
        )
        yield from state_problems(loaded, monument, read=read_sources, every_point=every_point)
    for tour in loaded.tours.values():
        yield from tour_problems(loaded, tour, read=read_sources)
        yield from tour_texts(loaded, tour)


def _site(loaded: LoadedSite) -> Iterator[Problem]:
    for at, language in enumerate(loaded.site.languages):
        if language in loaded.site.languages[:at]:
            where = loaded.lines.where("languages", at)
            found = f"the language {language} stands here again"
            yield Problem("id-repeated", where, found, "each language once", "remove it")
    if not loaded.monuments:
        remedy = "write monuments/<id>/monument.yaml"
        where = loaded.lines.where()
        found = "the site has no monument yet"
        yield Problem("site-empty", where, found, "one is needed to show something", remedy, "warning")


def _monument(monument: LoadedMonument) -> Iterator[Problem]:
    document, lines = monument.monument, monument.lines
    epochs = [epoch.id for epoch in document.epochs]
    yield from repeated("epoch", epochs, lines, "epochs")
    yield from repeated("state", [state.id for state in document.states], lines, "states")
    if document.reference_epoch is not None:
        yield from unknown("epoch", document.reference_epoch, epochs, lines.where("reference_epoch"))
    for at, epoch in enumerate(document.epochs):
        yield from _known_crs(epoch.crs, lines.where("epochs", at, "crs"))
    for at, state in enumerate(document.states):
        if state.frame is not None:
            yield from unknown("epoch", state.frame, epochs, lines.where("states", at, "frame"))
        periods = [(state.period, lines.where("states", at, "period"))]
        periods += [
            (part.period, lines.where("states", at, "parts", k, "period"))
            for k, part in enumerate(state.parts)
        ]
        for period, where in periods:
            if period is not None and read_period(period) is None:
                yield _no_edtf(period, where)
    # A building's period may be in words; what begins like a date is meant to be one.
    if document.period and document.period[0].isdigit() and read_period(document.period) is None:
        yield _no_edtf(document.period, lines.where("period"))
    for at, pair in enumerate(document.compare):
        where = lines.where("compare", at)
        yield from unknown("epoch", pair.reference, epochs, lines.where("compare", at, "reference"))
        yield from unknown("epoch", pair.compared, epochs, lines.where("compare", at, "compared"))
        if pair.reference == pair.compared:
            found = f"the epoch {pair.reference} is compared with itself"
            yield Problem("compare-same", where, found, "two different epochs are allowed")
        days = {epoch.id: epoch.captured for epoch in document.epochs}
        first, second = days.get(pair.reference), days.get(pair.compared)
        if first is not None and second is not None and second < first:
            found = f"{pair.compared} ({second}) was captured before {pair.reference} ({first})"
            allowed = "the earlier epoch is the reference: now what was lost reads as gained"
            yield Problem(
                "compare-order", where, found, allowed, "exchange reference and compared", "warning"
            )
        if pair in document.compare[:at]:
            found = f"{pair.reference} and {pair.compared} are compared a second time"
            yield Problem("id-repeated", where, found, "each pair once", "remove one of the two")


def _no_edtf(period: str, where: str) -> Problem:
    found = f'the period "{visible(period)}" is not EDTF, so that nobody can search by it'
    allowed = "1805, 1805~ (about), 1805? (doubted), 18XX, 1804/1832, 1804/.. are allowed"
    return Problem("period-words", where, found, allowed, "write it so", "warning")


def _known_crs(text: str | None, where: str) -> Iterator[Problem]:
    if text is None:
        return
    try:
        pyproj.CRS.from_user_input(text)
    except pyproj.exceptions.CRSError:
        found = f'"{visible(text)}" is no CRS known to PROJ'
        yield Problem("crs-unknown", where, found, "an EPSG code such as EPSG:32648 is allowed")


def _registration(loaded: LoadedSite, monument: LoadedMonument) -> Iterator[Problem]:
    document, lines = monument.monument, monument.lines
    registration = document.registration
    where = lines.where("registration", "method")
    prior = registration.prior
    if prior is not None and (prior.lon is None) != (prior.lat is None):
        missing = "lat" if prior.lat is None else "lon"
        found = f"registration.prior.{missing} is missing"
        here = lines.where("registration", "prior")
        yield Problem("placement-incomplete", here, found, "lon and lat go together", f"add {missing}: …")
    needed = {
        "gcp": (
            registration.gcp is not None or bool(registration.points),
            "registration.gcp",
            "add gcp: gcp.csv, the control points",
        ),
        "hand": (registration.pose is not None, "registration.pose", "add pose: {crs_m: …, heading_deg: …}"),
        # Without one of its own it is laid on the footprint of the layer that fits.
        "footprint": (
            document.footprint is not None or loaded.site.footprints is not None,
            "footprint",
            "add footprints: to site.yaml, and footprint: and its id here where it is known",
        ),
        "prior": (
            prior is not None and (prior.lon is not None or prior.photos is not None),
            "a position under registration.prior",
            "add prior: {lon: …, lat: …}, or {photos: …}, a folder of the survey's photos",
        ),
    }
    there, key, remedy = needed.get(registration.method, (True, "", ""))
    if not there:
        found = f"the method is {registration.method}, and {key} is missing"
        yield Problem("placement-incomplete", where, found, f"{key} is needed", remedy)
    if document.footprint is not None and loaded.site.footprints is None:
        found = f"the footprint is {visible(document.footprint)}, and site.yaml names no footprints"
        here = lines.where("footprint")
        allowed = "footprints in site.yaml are needed"
        yield Problem("footprint-unknown", here, found, allowed, "add footprints: there")


def _options(monument: LoadedMonument, stages: Sequence[Stage]) -> Iterator[Problem]:
    for stage in stages:
        key, overrides = overrides_of(stage.name, monument.monument)
        try:
            stage.options.model_validate(overrides, strict=False)
        except ValidationError as error:
            yield from explained(error, stage.options, monument.lines, base=(key,))
