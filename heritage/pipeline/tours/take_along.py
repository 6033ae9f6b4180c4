"""What of a release a visitor takes along to see a tour without a network: a list with sizes and digests."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from heritage.model.arrays import F64, Similarity
from heritage.model.release import (
    ComparisonDocument,
    FileEntry,
    MonumentEntry,
    Release,
    ShownEntry,
    TakeAlong,
    TourDocument,
)
from heritage.pipeline.tours.along_tiles import Eyes, Wanted, choose_tiles
from heritage.store import ReleaseFolder
from heritage.store.manifest import content_type, digest

_PICTURE = re.compile(r'\ssrc="(media/[^"]+)"')


def take_along_path(tour: str) -> str:
    """The list's place in the release."""
    return f"tours/{tour}/take-along.json"


def write_take_along(
    into: ReleaseFolder, release: Release, tour: TourDocument, limit_bytes: int, known: dict[str, FileEntry]
) -> None:
    """Write the list of ``tour``; every file it names is in the release already, `release.json` included.

    ``limit_bytes`` is the most that tiles may take. ``known`` keeps entries of files that several tours share.
    """
    monument = next(m for m in release.monuments if m.id == tour.monument)
    conditions = _conditions(tour, monument)
    tiles = choose_tiles(into.path, list(_tilesets(release, tour, monument, conditions)), limit_bytes)
    named = {*_common(release), *_told(into.path, tour, monument), *tiles.paths}
    named |= {wanted.path for wanted in _tilesets(release, tour, monument, conditions)}
    for path in named - known.keys():
        file = into.path / path
        known[path] = FileEntry(
            path=path, sha256=digest(file), bytes=file.stat().st_size, type=content_type(path)
        )
    files = tuple(known[path] for path in sorted(named))
    document = TakeAlong(
        tour=tour.id,
        release=release.id,
        tiles_limit_bytes=limit_bytes,
        tiles_bytes=sum(known[path].bytes for path in tiles.paths),
        tiles_left_out=tiles.left_out,
        bytes=sum(file.bytes for file in files),
        files=files,
    )
    into.write(take_along_path(tour.id), document.model_dump_json().encode())


def _conditions(tour: TourDocument, monument: MonumentEntry) -> list[ShownEntry]:
    """Every condition that a stop shows, and the newest survey, which the monument's own page opens with."""
    found: list[ShownEntry] = []
    for stop in tour.stops:
        if stop.show is not None:
            found.append(stop.show)
        if stop.compare is not None:
            found += [stop.compare.left, stop.compare.right]
    found.append(ShownEntry(epoch=monument.newest.id))
    return [shown for k, shown in enumerate(found) if shown not in found[:k]]


def _tilesets(
    release: Release, tour: TourDocument, monument: MonumentEntry, conditions: Sequence[ShownEntry]
) -> Iterator[Wanted]:
    """The tour's monument and the map as the stops see them, the other monuments from afar."""
    eyes = [eye for stop in tour.stops for eye in (stop.view.eye_m, *(w.eye_m for w in stop.via))]
    places = np.array(eyes, np.float64)
    fov = float(np.median([stop.view.fov_deg for stop in tour.stops]))
    for shown in conditions:
        if shown.epoch is not None:
            tileset = next(e.tileset for e in monument.epochs if e.id == shown.epoch)
        else:
            tileset = next(s.tileset for s in monument.states if s.id == shown.state)
        yield Wanted(tileset, Eyes.of(places, fov))
    site_from_monument = Similarity.from_columns(monument.placement.site_from_monument)
    around = Eyes.of(np.asarray(site_from_monument.apply(places), np.float64), fov)
    if release.map is not None and release.map.ground is not None:
        yield Wanted(release.map.ground.tileset, around)
    if release.map is not None and release.map.buildings is not None:
        yield Wanted(release.map.buildings, around)
    for other in _by_distance(release.monuments, monument):
        yield Wanted(other.newest.tileset, None)


def _by_distance(monuments: Iterable[MonumentEntry], monument: MonumentEntry) -> list[MonumentEntry]:
    here = _middle(monument)
    others = [m for m in monuments if m.id != monument.id]
    return sorted(others, key=lambda m: float(np.linalg.norm(_middle(m) - here)))


def _middle(monument: MonumentEntry) -> F64:
    middle = (np.array(monument.bounds.min) + np.array(monument.bounds.max)) / 2
    return np.asarray(Similarity.from_columns(monument.placement.site_from_monument).apply(middle[None])[0])


def _common(release: Release) -> Iterator[str]:
    """What the first screen needs, whatever the tour."""
    yield "release.json"
    yield from (path for path in (release.footprints, release.search, release.still) if path is not None)
    if release.map is not None:
        yield from (image.url for image in (release.map.base, release.map.photo) if image is not None)
    yield from _pictures(release.html)


def _told(folder: Path, tour: TourDocument, monument: MonumentEntry) -> Iterator[str]:
    """The tour's words, pictures, recordings and captions, its text version, and the figures of its comparisons."""
    # Document, pages, stills and drawings: all that stands in the tour's folder.
    yield from (path.relative_to(folder).as_posix() for path in (folder / "tours" / tour.id).iterdir())
    yield "tours/tour.css"
    yield from _pictures(tour.html)
    yield from _pictures(monument.html)
    for annotation in monument.annotations:
        yield from _pictures(annotation.html)
    for stop in tour.stops:
        yield from _pictures(stop.html)
        for question in stop.question.values():
            yield from _pictures({"asks": question.html, "because": question.because})
        for narration in stop.narration.values():
            yield narration.audio
            if narration.captions is not None:
                yield narration.captions
        pair = None if stop.compare is None else (stop.compare.left.epoch, stop.compare.right.epoch)
        for comparison in monument.comparisons:
            if (comparison.reference, comparison.compared) == pair:
                yield comparison.sidecar
                told = ComparisonDocument.model_validate_json(
                    (folder / comparison.sidecar).read_bytes(), strict=False
                )
                yield from (region.picture for region in told.regions if region.picture is not None)


def _pictures(html: dict[str, str]) -> Iterator[str]:
    for text in html.values():
        yield from _PICTURE.findall(text)
