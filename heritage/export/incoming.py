"""A tour of another system as files of a site: ``tours/<id>/tour.yaml``, its words, its recordings.

What the file holds is fitted to what the site has: languages, conditions and annotations it knows, the frame of
its monument. Everything that does not fit is said, in one line each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from heritage.export.incoming_poses import nearest_monument, placed
from heritage.export.incoming_stops import Fitted, fitted
from heritage.formats.printable import printable
from heritage.model.documents import Tour
from heritage.model.errors import InputError, Problem
from heritage.model.exchange import UNKNOWN, ExchangedTour, canonical
from heritage.model.limits import TOUR_STOPS
from heritage.pipeline.check.texts import tour_texts
from heritage.pipeline.check.tours import tour_problems
from heritage.pipeline.reading.guard_tours import ReadTours, guarded_tours
from heritage.store.publish import ensure_folder, publish_bytes, publish_folder, temporary_folder
from heritage.text.files import as_id
from heritage.text.site import LoadedMonument, LoadedSite, LoadedTour, load_site
from heritage.text.words import parse_words
from heritage.text.write_tour import tour_words, tour_yaml
from heritage.text.yaml import parse_yaml

T = TypeVar("T")
_NAMELESS = {"scene", "document", "manifest", "doc", "tour", "index"}


@dataclass(frozen=True)
class Imported:
    """The id of the new tour and what could not be carried."""

    id: str
    problems: tuple[Problem, ...]


def import_tour(
    site: Path,
    file: Path,
    *,
    tour_id: str | None = None,
    monument: str | None = None,
    language: str | None = None,
    number: int = 1,
    geoid_height_m: float | None = None,
) -> Imported:
    """Write the tour that ``file`` holds (SVX, KML, KMZ, IIIF) into ``site``.

    ``monument`` is where it goes, by default what the file says or the only one; ``language`` that of words
    whose language it does not say, by default the site's first; ``number`` which of several tours, from 1;
    ``geoid_height_m`` how far the sea lies above the ellipsoid there. Nothing is written unless the result
    passes the checks of `heritage check`. Raises InputError for a file that cannot be read, and for choices
    that do not exist or are left open; StoreError where the site cannot be written.
    """
    loaded = load_site(site)
    _refuse_choices(loaded, tour_id, monument, language)
    read = guarded_tours(file)
    problems = list(read.problems)
    tour = _chosen(read, number, file.name, problems)
    at = _monument(loaded, tour, monument, file.name)
    tour = _with_languages(tour, loaded, language, file.name, problems)
    tour = placed(site, tour, at.id, file.name, geoid_height_m, problems)
    new_id = tour_id or _new_id(tour, file)
    _refuse_id(site, new_id)
    fit = fitted(tour, at, new_id, read.media, file.name)
    texts = _texts(loaded, tour, at, new_id, fit, file.name)
    problems += fit.problems
    _write(site, new_id, texts, fit.media)
    return Imported(new_id, tuple(dict.fromkeys(problems)))


def _chosen(read: ReadTours, number: int, name: str, problems: list[Problem]) -> ExchangedTour:
    count = len(read.tours)
    if not 1 <= number <= count:
        found, allowed = f"there is no tour {number} in it", f"1 to {count} are allowed"
        raise InputError(name, found, allowed, code="tour-number")
    tour = read.tours[number - 1]
    if count > 1:
        found, remedy = f"{count - 1} more tours", "import them one by one with --number"
        problems.append(Problem("lost-tour", name, found, f"tour {number} is read", remedy, "warning"))
    if len(tour.stops) > TOUR_STOPS:
        found = f"a tour of {len(tour.stops)} stops"
        raise InputError(name, found, f"up to {TOUR_STOPS} are allowed", "split it", code="exchange-invalid")
    return tour


def _refuse_choices(
    loaded: LoadedSite, tour_id: str | None, monument: str | None, language: str | None
) -> None:
    """Raises InputError for what cannot be, before the file is opened."""
    if tour_id is not None:
        _refuse_id(loaded.root, tour_id)
    if monument is not None and monument not in loaded.monuments:
        allowed = f"{', '.join(loaded.monuments) or 'none, as the site has no monument'} are allowed"
        raise InputError(monument, "no monument of that name", allowed, code="monument-unknown")
    if language is not None and canonical(language) not in map(canonical, loaded.site.languages):
        allowed = f"{', '.join(loaded.site.languages)} are allowed"
        raise InputError(language, "no language of the site", allowed, code="language-unlisted")


def _refuse_id(site: Path, tour_id: str) -> None:
    if as_id(tour_id) != tour_id:
        allowed = "1 to 64 of the characters a-z, 0-9 and - are allowed"
        raise InputError(printable(tour_id[:80]), "it is no id", allowed, code="folder-id")
    if (site / "tours" / tour_id).exists():
        found, remedy = "there is a tour of that name", "give another --id, or remove the tour"
        raise InputError(f"tours/{tour_id}", found, "a new name is allowed", remedy, code="tour-exists")


def _monument(loaded: LoadedSite, tour: ExchangedTour, wanted: str | None, name: str) -> LoadedMonument:
    chosen = wanted or (tour.monument if tour.monument in loaded.monuments else None)
    if chosen is None and len(loaded.monuments) == 1:
        chosen = next(iter(loaded.monuments))
    if chosen is None:
        chosen = nearest_monument(loaded.root, tour)
    if chosen is None or chosen not in loaded.monuments:
        allowed = f"{', '.join(loaded.monuments) or 'none, as the site has no monument'} are allowed"
        found = "it does not say which monument it goes to"
        raise InputError(name, found, allowed, "give --monument", code="monument-open")
    return loaded.monuments[chosen]


def _with_languages(
    tour: ExchangedTour, loaded: LoadedSite, language: str | None, name: str, problems: list[Problem]
) -> ExchangedTour:
    """Every text under a language of the site's, as the site spells it; those in others are left out, and said."""
    known = {canonical(one): one for one in loaded.site.languages}
    default = loaded.site.languages[0] if language is None else known[canonical(language)]
    spelling = {UNKNOWN: default, **known}
    spoken = {one for stop in tour.stops for one in (*stop.narration, *stop.dwell_s)}
    given = dict.fromkeys([*tour.languages, *sorted(spoken)])
    if UNKNOWN in given and language is None:
        found, remedy = (
            f"no language is said for its words; they are taken to be in {default}",
            "give --language",
        )
        problems.append(Problem("exchange-language", name, found, "", remedy, "warning"))
    if other := [one for one in given if one not in spelling]:
        found = f"its words in {printable(', '.join(other)[:100])}: the site has no such language"
        remedy = "add it to languages in site.yaml and import again"
        problems.append(Problem("lost-language", name, found, "", remedy, "warning"))
    if tour.languages and not any(one in spelling for one in tour.languages):
        found = f"its words are in {printable(', '.join(tour.languages)[:100])}"
        allowed = f"{', '.join(loaded.site.languages)} (languages of site.yaml)"
        remedy = "add one of its languages to site.yaml"
        raise InputError(name, found, allowed, remedy, code="language-unlisted")
    return _spelt(tour, spelling)


def _spelt(tour: ExchangedTour, spelling: Mapping[str, str]) -> ExchangedTour:
    def spelt(words: Mapping[str, T]) -> dict[str, T]:
        # What is said to be in a language goes before what is only taken to be.
        ordered = sorted(words.items(), key=lambda one: one[0] == UNKNOWN)
        kept: dict[str, T] = {}
        for one, value in ordered:
            if one in spelling:
                kept.setdefault(spelling[one], value)
        return kept

    return replace(
        tour,
        title=spelt(tour.title),
        html=spelt(tour.html),
        stops=tuple(
            replace(
                stop,
                title=spelt(stop.title),
                html=spelt(stop.html),
                dwell_s=spelt(stop.dwell_s),
                narration=spelt(stop.narration),
            )
            for stop in tour.stops
        ),
        marks=tuple(replace(mark, title=spelt(mark.title), html=spelt(mark.html)) for mark in tour.marks),
    )


def _new_id(tour: ExchangedTour, file: Path) -> str:
    """Of the file's name, or of the title where that says nothing."""
    stem = as_id(file.name.split(".")[0])
    titled = as_id(next(iter(tour.title.values()), ""))
    return (titled if stem in _NAMELESS or not stem else stem) or "tour"


def _texts(
    loaded: LoadedSite, tour: ExchangedTour, at: LoadedMonument, new_id: str, fit: Fitted, name: str
) -> dict[str, str]:
    """The files of the tour by name, checked as `heritage check` would. Raises InputError with all problems."""
    first = loaded.site.languages[0]
    # Visitors get the first language where theirs is missing, so it must be there.
    ordered = sorted({first, *tour.languages}, key=loaded.site.languages.index)
    if tour.languages and first not in tour.languages:
        found = (
            f"it has no words in {first}, the site's first language; those in {tour.languages[0]} stand there"
        )
        fit.problems.append(
            Problem("exchange-untranslated", name, found, "", f"translate {first}.md", "warning")
        )
    texts = {"tour.yaml": tour_yaml(at.id, fit.stops)}
    texts |= {f"{one}.md": tour_words(one, tour.title, tour.html, fit.words) for one in ordered}
    shown = f"tours/{new_id}"
    document = parse_yaml(texts["tour.yaml"], Tour, f"{shown}/tour.yaml")
    ids = [stop.id for stop in document.document.stops]
    words = {one: parse_words(texts[f"{one}.md"], ids, f"{shown}/{one}.md") for one in ordered}
    folder = loaded.root / "tours" / new_id
    whole = LoadedTour(new_id, folder, document.document, document.lines, words)
    problems = [*tour_texts(loaded, whole), *tour_problems(loaded, whole, read=False)]
    # The recordings are not there yet; they are written first.
    errors = [
        one
        for one in problems
        if one.severity == "error"
        and not (one.code == "file-missing" and any(name in one.found for name in fit.media))
    ]
    if errors:
        raise InputError.of(errors)
    return texts


def _write(site: Path, new_id: str, texts: Mapping[str, str], media: Mapping[str, bytes]) -> None:
    """Recordings first, then the tour's folder at once."""
    for name, content in media.items():
        ensure_folder((site / name).parent, site)
        publish_bytes(site / name, content)
    ensure_folder(site / "tours", site)
    with temporary_folder(site / "tours") as folder:
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
        if not publish_folder(folder, site / "tours" / new_id):
            found = "there is a tour of that name"
            raise InputError(
                f"tours/{new_id}", found, "a new name is allowed", "give --id", code="tour-exists"
            )
