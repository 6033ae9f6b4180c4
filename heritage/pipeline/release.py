"""Put a release together: stage folders and the curators' words become files the viewer can run from anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np

from heritage import __version__
from heritage.formats.texture import webp
from heritage.model.arrays import Similarity
from heritage.model.documents import Pair, View
from heritage.model.frames import SiteFrame
from heritage.model.release import (
    ComparisonEntry,
    FileEntry,
    Frame,
    MonumentEntry,
    Placement,
    Release,
    ReleaseDocument,
    TermEntry,
    TourDocument,
)
from heritage.pipeline.built import Built
from heritage.pipeline.condition.page import condition_reports
from heritage.pipeline.entries.annotations import annotation_entries, vocabulary_entries
from heritage.pipeline.entries.epoch import epoch_entry
from heritage.pipeline.entries.state import state_entry
from heritage.pipeline.ground import Ground
from heritage.pipeline.map.kept import kept_map
from heritage.pipeline.map.write import FOOTPRINTS
from heritage.pipeline.opendata.catalogue import Edition
from heritage.pipeline.opendata.write import write_open_data
from heritage.pipeline.pictures.region_views import write_comparisons
from heritage.pipeline.pictures.sceneries import Sceneries
from heritage.pipeline.pictures.site_views import site_from
from heritage.pipeline.pictures.stills import Stills
from heritage.pipeline.pictures.views import monument_view, opening_view
from heritage.pipeline.report_page import report_page
from heritage.pipeline.search import search_document
from heritage.pipeline.stages.register import PLAN, placement_of
from heritage.pipeline.stages.tile import tiled
from heritage.pipeline.tasks import compared_pairs
from heritage.pipeline.tours.pages import write_tour_pages
from heritage.pipeline.tours.resolve import tour_document, tour_entry
from heritage.pipeline.tours.take_along import write_take_along
from heritage.pipeline.tours.views import StopViews
from heritage.pipeline.words import html
from heritage.store import ReleaseFolder
from heritage.text.period import read_period
from heritage.text.site import LoadedMonument, LoadedSite

_SEARCH = "search.json"


def write_release(
    into: ReleaseFolder,
    loaded: LoadedSite,
    ground: Ground,
    built: Built,
    map_name: str,
    release_id: str,
    sequence: int,
    issued: date,
) -> None:
    """Write every file of a release into its folder; ``map_name`` is the fingerprint of its map, ``issued`` its day."""
    vocabulary = vocabulary_entries(loaded)
    monuments = [
        _monument(into, loaded, m, ground, built, release_id, vocabulary) for m in loaded.monuments.values()
    ]
    around = kept_map(into, loaded, ground, monuments, built.store, map_name)
    monuments = _unhidden(into, loaded, monuments)
    tours = _tours(into, loaded, monuments, ground.frame)
    for tour in tours:
        _write(into, f"tours/{tour.id}/tour.json", tour)
    _write(into, _SEARCH, search_document(ground, monuments, tours))
    opening = loaded.site.opening or _opening(monuments)
    into.write("opening.webp", webp(Stills(into.path, monuments).opening(opening), quality=60))
    into.write("report.css", (Path(__file__).parent / "templates" / "report.css").read_bytes())
    site = loaded.site
    release = Release(
        id=release_id,
        sequence=sequence,
        generator=f"Heritage {__version__}",
        title=dict(site.title),
        html=html(into, loaded.root, site.description),
        languages=site.languages,
        rights=site.rights,
        credits=site.credits,
        frame=Frame(
            lon_deg=ground.frame.lon_deg,
            lat_deg=ground.frame.lat_deg,
            height_m=ground.frame.height_m,
            ecef_from_site=ground.frame.ecef_from_site.columns,
            crs=site.crs,
            heights=site.heights,
        ),
        opening=opening,
        footprints=FOOTPRINTS if around.building_count else None,
        map=around,
        search=_SEARCH,
        data=write_open_data(into, loaded, ground, monuments, Edition(release_id, issued)),
        still="opening.webp",
        vocabulary=vocabulary,
        monuments=tuple(monuments),
        tours=tuple(map(tour_entry, tours)),
    )
    _write(into, "release.json", release)
    write_tour_pages(into, release, tours, _fingerprints(built, monuments), built.store.current_folder())
    known: dict[str, FileEntry] = {}
    for tour in tours:
        limit_mb = loaded.tours[tour.id].tour.take_along_mb
        write_take_along(into, release, tour, int(limit_mb * 1e6), known)


def _write(into: ReleaseFolder, path: str, document: ReleaseDocument) -> None:
    into.write(path, document.model_dump_json().encode())


def _fingerprints(built: Built, monuments: Sequence[MonumentEntry]) -> dict[str, str]:
    """What each tileset was made from, by its path in the release."""
    return {
        **{e.tileset: built.plan[f"tile:{m.id}:{e.id}"].fingerprint for m in monuments for e in m.epochs},
        **{
            s.tileset: built.plan[f"tile:{m.id}:state/{s.id}"].fingerprint
            for m in monuments
            for s in m.states
        },
    }


def _monument(
    into: ReleaseFolder,
    loaded: LoadedSite,
    monument: LoadedMonument,
    ground: Ground,
    built: Built,
    release_id: str,
    vocabulary: Sequence[TermEntry],
) -> MonumentEntry:
    document = monument.monument
    placement = read_placement(built, monument.id).model_copy(
        update={"decided": document.registration.decided}
    )
    site_from_monument = Similarity.from_columns(placement.site_from_monument)
    ecef_from_monument = (ground.frame.ecef_from_site @ site_from_monument).columns
    epochs = tuple(
        epoch_entry(into, monument, epoch, built, ecef_from_monument, placement.scale)
        for epoch in document.epochs
    )
    states = tuple(
        state_entry(into, monument.id, state, built, ecef_from_monument, placement.scale)
        for state in document.states
    )
    comparisons = tuple(_comparison(monument, pair, built, placement.scale) for pair in document.compare)
    reference = next(e for e in epochs if e.id == document.reference.id)
    report, plan = f"monuments/{monument.id}/report.html", f"monuments/{monument.id}/plan.json"
    into.add(plan, built.folder(f"register:{monument.id}:") / PLAN)
    entry = MonumentEntry(
        id=monument.id,
        title=dict(document.title),
        html=html(into, loaded.root, document.description),
        period=document.period,
        built=read_period(document.period),
        type=document.type,
        protection=document.protection,
        rights=document.rights,
        credits=document.credits,
        footprint=document.footprint,
        reference_epoch=document.reference.id,
        placement=placement,
        bounds=reference.bounds,
        view=document.view or monument_view(np.array(reference.bounds.min), np.array(reference.bounds.max)),
        epochs=epochs,
        states=states,
        comparisons=comparisons,
        report=report,
        plan=plan,
    )
    write_comparisons(into, entry, built)
    entry = entry.model_copy(update={"annotations": annotation_entries(into, loaded, monument, entry)})
    entry = condition_reports(into, loaded, monument, entry, vocabulary, built, release_id)
    into.write(report, report_page(into, loaded, monument.id, entry, built, release_id))
    return entry


def _unhidden(
    into: ReleaseFolder, loaded: LoadedSite, monuments: Sequence[MonumentEntry]
) -> list[MonumentEntry]:
    """``monuments``, those whose view no curator wrote turned to where nothing around them stands in the way."""
    sceneries = Sceneries(into.path, monuments)
    return [
        entry
        if loaded.monuments[entry.id].monument.view is not None
        else entry.model_copy(update={"view": StopViews(sceneries, entry).unhidden()})
        for entry in monuments
    ]


def _tours(
    into: ReleaseFolder, loaded: LoadedSite, monuments: Sequence[MonumentEntry], frame: SiteFrame
) -> list[TourDocument]:
    """Every tour with its flights. The surfaces they were found in are let go: a release holds nothing larger."""
    sceneries = Sceneries(into.path, monuments)
    return [tour_document(into, loaded, tour, sceneries, frame) for tour in loaded.tours.values()]


def read_placement(built: Built, monument: str) -> Placement:
    """The placement of a finished register stage."""
    return placement_of(built.folder(f"register:{monument}:"))


def _comparison(monument: LoadedMonument, pair: Pair, built: Built, scale: float) -> ComparisonEntry:
    """``scale``: true metres for each of the monument frame's, in which the tiles are."""
    name = f"{pair.reference}--{pair.compared}"
    sidecar = f"monuments/{monument.id}/compare/{name}.json"
    k = compared_pairs(monument.monument, pair.compared).index(name)
    made = tiled(built.folder(f"tile:{monument.id}:{pair.compared}"))
    return ComparisonEntry(
        reference=pair.reference,
        compared=pair.compared,
        attribute=f"_CHANGE_{k}",
        scale_m=made.change_scale_m[k] * scale,
        sidecar=sidecar,
    )


def _opening(monuments: Sequence[MonumentEntry]) -> View:
    return opening_view([(np.array(m.bounds.min), np.array(m.bounds.max), site_from(m)) for m in monuments])
