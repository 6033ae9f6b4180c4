"""The files behind the documents, opened: clouds, models, footprints, control points."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TypeVar

import pyproj

from heritage.formats.cameras import read_cameras
from heritage.formats.cloud import sidecar
from heritage.formats.gcp import read_gcp
from heritage.formats.postgis import is_table, table_of
from heritage.formats.reader import CloudReader
from heritage.formats.vector import FootprintTable
from heritage.model.documents import Epoch
from heritage.model.errors import HeritageError, InputError, Problem
from heritage.pipeline.check.footprints import plan_problems
from heritage.pipeline.check.ids import unknown
from heritage.pipeline.check.places import cloud_place, gcp_place
from heritage.pipeline.reading.guard import guarded_cloud, guarded_model
from heritage.pipeline.reading.guard_map import guarded_footprints
from heritage.pipeline.reading.guard_photos import guarded_photos
from heritage.pipeline.reading.guard_table import guarded_table
from heritage.pipeline.reading.verdicts import Verdicts
from heritage.pipeline.source_kind import source_kind
from heritage.text.files import file_problem
from heritage.text.lines import visible
from heritage.text.site import LoadedMonument, LoadedSite

T = TypeVar("T")


def footprint_problems(
    loaded: LoadedSite, site_crs: pyproj.CRS | None, verdicts: Verdicts, *, read: bool
) -> Iterator[Problem]:
    """The footprints' file and its features, and that every monument's footprint is among them.

    ``site_crs`` is the working CRS, None where it is wrong itself.
    """
    spec = loaded.site.footprints
    if spec is None:
        return
    where = loaded.lines.where("footprints", "source")
    used = {m.monument.footprint for m in loaded.monuments.values() if m.monument.footprint is not None}
    if is_table(spec.source):
        try:
            table = table_of(spec.source, spec.layer)
        except InputError as error:
            yield from (replace(problem, where=where) for problem in error.problems)
            return
        if table.password:
            found = "the password of a database stands in the address"
            remedy = (
                "move it to PGPASSWORD or a password file (.pgpass), and change it where this file was shared"
            )
            yield Problem("password-in-site", where, found, "files of a site are shared", remedy, "warning")
        if read:
            # A database is asked every time: nothing outside it tells that it has not changed.
            open_ = partial(guarded_table, spec.source, spec, used=used)
            yield from _plans(loaded, loaded.root / table.label, open_, table.shown, used, site_crs)
        return
    name = PurePosixPath(spec.source)
    if "://" not in spec.source:
        if name.is_absolute() or ".." in name.parts or "\\" in spec.source:
            found = f"footprints: {visible(spec.source)} is no path inside the site's folder"
            yield Problem(
                "file-outside", where, found, "files inside the site's folder", "copy the file there"
            )
            return
        problem = file_problem(loaded.root, loaded.root / name, where, "footprints")
        if problem:
            yield problem
            return
    if not read:
        return
    path = loaded.root / name
    question = ("footprints", spec.model_dump(), sorted(used), site_crs and site_crs.to_wkt())
    open_ = partial(guarded_footprints, spec.source, spec, base=loaded.root, used=used)
    look = partial(_plans, loaded, path, open_, spec.source, used, site_crs)
    yield from verdicts.of(question, [path], look)


def _plans(
    loaded: LoadedSite,
    path: Path,
    open_: Callable[[], FootprintTable],
    source: str,
    used: Set[str],
    site_crs: pyproj.CRS | None,
) -> Iterator[Problem]:
    """``path`` is what messages of the reader name; ``source`` what is named to the curator."""
    problems: list[Problem] = []
    table = _attempt(open_, problems)
    yield from _placed(loaded, path, problems)
    if table is None:
        return
    judged = plan_problems(table, path, used, site_crs)
    yield from _placed(loaded, path, [*table.problems, *judged])
    ids = [feature.id for feature in table.features]
    for monument in loaded.monuments.values():
        if monument.monument.footprint is not None:
            here = monument.lines.where("footprint")
            yield from unknown("footprint", monument.monument.footprint, ids, here, source)


def source_problems(
    loaded: LoadedSite,
    monument: LoadedMonument,
    site_crs: pyproj.CRS | None,
    verdicts: Verdicts,
    *,
    read: bool,
    every_point: bool,
) -> Iterator[Problem]:
    """The files a monument names: they exist, are inside the site, and open; what they say of places fits the site."""
    document, lines = monument.monument, monument.lines
    for at, epoch in enumerate(document.epochs):
        where = lines.where("epochs", at, "source")
        path = monument.folder / epoch.source
        problem = missing(loaded, monument, epoch.source, where, f"epoch {epoch.id}")
        if problem:
            yield problem
        elif read:
            registration = document.registration.model_dump()
            reference = document.reference_epoch or document.epochs[0].id
            question = ("epoch", epoch.model_dump(), reference, registration, every_point, loaded.site.crs)
            look = partial(_cloud_or_model, loaded, monument, path, epoch, every_point, site_crs)
            # A model may name other files, whose changes nobody would notice.
            known = verdicts if source_kind(path) == "cloud" else Verdicts()
            yield from known.of(question, [path, sidecar(path)], look)
        if epoch.cameras is not None:
            yield from _cameras(loaded, monument, epoch.cameras, lines.where("epochs", at, "cameras"), read)
    prior = document.registration.prior
    if prior is not None and prior.photos is not None:
        folder = monument.folder / prior.photos
        if not folder.is_dir() or not folder.resolve().is_relative_to(loaded.root.resolve()):
            where = lines.where("registration", "prior", "photos")
            found = f"photos: there is no folder {visible(prior.photos)} in the monument's"
            yield Problem("file-missing", where, found, "a folder of photos", "correct the path")
        elif read:
            look = partial(reading, loaded, folder, partial(guarded_photos, folder))
            yield from verdicts.of(("photos",), [folder, *sorted(folder.iterdir())], look)
    if document.registration.gcp is not None:
        path = monument.folder / document.registration.gcp
        where = lines.where("registration", "gcp")
        problem = missing(loaded, monument, document.registration.gcp, where, "control points")
        if problem:
            yield problem
        elif read:
            problems: list[Problem] = []
            points = _attempt(partial(read_gcp, path), problems)
            problems += gcp_place(path.name, points or (), site_crs)
            yield from _placed(loaded, path, problems)


def _cameras(
    loaded: LoadedSite, monument: LoadedMonument, name: str, where: str, read: bool
) -> Iterator[Problem]:
    problem = missing(loaded, monument, name, where, "cameras")
    if problem:
        yield problem
    elif read:
        yield from reading(loaded, monument.folder / name, partial(read_cameras, monument.folder / name))


def missing(loaded: LoadedSite, monument: LoadedMonument, name: str, where: str, what: str) -> Problem | None:
    """As `file_problem`, for a path of monument.yaml."""
    problem = file_problem(loaded.root, monument.folder / name, where, what)
    if problem and problem.code == "file-missing" and (loaded.root / name).is_file():
        inside = name.removeprefix(f"monuments/{monument.id}/")
        remedy = f"paths in monument.yaml begin in its own folder: write {visible(inside)}"
        return replace(problem, remedy=remedy)
    return problem


def _cloud_or_model(
    loaded: LoadedSite,
    monument: LoadedMonument,
    path: Path,
    epoch: Epoch,
    every_point: bool,
    site_crs: pyproj.CRS | None,
) -> Iterator[Problem]:
    document = monument.monument
    reference = document.reference_epoch or document.epochs[0].id
    if source_kind(path) == "model":
        crs = epoch.crs
        if every_point:
            yield from reading(loaded, path, partial(guarded_model, path))
    else:
        problems: list[Problem] = []
        cloud = _attempt(partial(guarded_cloud, path), problems)
        if cloud is not None and every_point:
            _attempt(partial(_exhaust, cloud), problems)
        if cloud is not None:
            decides = epoch.id == reference and document.registration.method in ("auto", "crs")
            look = partial(cloud_place, cloud.header, epoch, decides, site_crs)
            problems += _attempt(lambda: list(look()), problems) or []
        yield from _placed(loaded, path, problems)
        if cloud is None:
            return
        crs = epoch.crs or cloud.header.crs
    if document.registration.method == "crs" and crs is None and epoch.id == reference:
        where = monument.lines.where("registration", "method")
        found = f"the method is crs, and {visible(epoch.source)} says no CRS"
        allowed = "the reference epoch's CRS is needed"
        yield Problem("placement-incomplete", where, found, allowed, "add crs: EPSG:… to that epoch")


def _exhaust(cloud: CloudReader) -> None:
    for _ in cloud.chunks():
        pass


def reading(loaded: LoadedSite, path: Path, read: Callable[[], object]) -> Iterator[Problem]:
    """The problems of opening ``path``, a file that is there and inside the site."""
    problems: list[Problem] = []
    _attempt(read, problems)
    yield from _placed(loaded, path, problems)


def _placed(loaded: LoadedSite, path: Path, problems: Iterable[Problem]) -> Iterator[Problem]:
    """Readers know a file, and those in a folder, by their bare names; the curator is told the path in the site."""
    shown = visible(path.relative_to(loaded.root).as_posix(), 200)
    for problem in problems:
        rest = problem.where.removeprefix(str(path))
        rest = "/" + rest.removeprefix(f"{path.name}/") if path.is_dir() else rest.removeprefix(path.name)
        yield replace(problem, where=f"{shown}{rest}")


def _attempt(read: Callable[[], T], problems: list[Problem]) -> T | None:
    try:
        return read()
    except HeritageError as error:
        problems += error.problems
        return None
