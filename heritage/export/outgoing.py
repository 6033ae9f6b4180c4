"""A tour of the current release, with its placement and its files, ready to be written in another format."""

from __future__ import annotations

import json
import shutil
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from pydantic import ValidationError
from pyproj.transformer import TransformerGroup

from heritage.export.current import current_folder
from heritage.formats.glb import sized
from heritage.model.arrays import F64, Similarity
from heritage.model.documents import View
from heritage.model.errors import InputError, Problem, StoreError
from heritage.model.exchange import (
    WARNING,
    Condition,
    ExchangedStop,
    ExchangedTour,
    Mark,
    Point,
    Pose,
    Recording,
    Words,
)
from heritage.model.paths import demand_folder_above
from heritage.model.release import (
    MonumentEntry,
    Release,
    ReleaseDocument,
    ShownEntry,
    StopEntry,
    TourDocument,
)
from heritage.store.publish import publish_folder, temporary_folder

_GEOID_M = 120.0  # EGM96 lies between -107 and 86 m
D = TypeVar("D", bound=ReleaseDocument)


@dataclass(frozen=True)
class Outgoing:
    """``files`` are the release's files by the path that the tour gives them, ``models`` those that had to be written anew;
    ``problems`` what no format carries."""

    release: Release
    monument: MonumentEntry
    tour: ExchangedTour
    files: dict[str, Path]
    models: dict[str, bytes]
    problems: tuple[Problem, ...]

    @property
    def ecef_from_monument(self) -> Similarity:
        """Where the monument stands on the globe."""
        return Similarity.from_columns(self.release.frame.ecef_from_site) @ Similarity.from_columns(
            self.monument.placement.site_from_monument
        )

    @property
    def centre_m(self) -> F64:
        """(3,) middle of the monument, in its frame."""
        return np.asarray((np.array(self.monument.bounds.min) + np.array(self.monument.bounds.max)) / 2)

    @property
    def notice(self) -> str:
        """Who holds the rights, under what terms."""
        rights = self.release.rights
        return ", ".join(part for part in (rights.holder, rights.licence, rights.url) if part)


def outgoing(site: Path, tour_id: str) -> Outgoing:
    """The tour ``tour_id`` of the current release of ``site``.

    Raises InputError where there is no release or no such tour, StoreError where the release cannot be read.
    """
    folder, release = current_release(site)
    entry = next((one for one in release.tours if one.id == tour_id), None)
    if entry is None:
        known = ", ".join(one.id for one in release.tours) or "none, as the release has no tour"
        raise InputError(
            tour_id, "no tour of that name in the release", f"{known} are allowed", code="tour-unknown"
        )
    document = _read(folder / entry.url, TourDocument)
    monument = next(one for one in release.monuments if one.id == document.monument)
    conditions, files, models, problems = _conditions(folder, monument, document)
    for stop in document.stops:
        for said in stop.narration.values():
            files |= {path: folder / path for path in (said.audio, said.captions) if path}
    tour = ExchangedTour(
        title=dict(document.title),
        stops=tuple(_stop(stop) for stop in document.stops),
        html={one: html for one, html in document.html.items() if html.strip()},
        monument=monument.id,
        conditions=conditions,
        marks=tuple(
            Mark(one.id, one.position_m, dict(one.title), _told(one.html), one.normal)
            for one in monument.annotations
        ),
        scale=monument.placement.scale,
    )
    return Outgoing(release, monument, tour, files, models, (*problems, *_lost(document)))


def current_release(site: Path) -> tuple[Path, Release]:
    """The folder and the document of the current release. Raises InputError where there is none."""
    folder = current_folder(site)
    return folder, _read(folder / "release.json", Release)


def sea_above_ellipsoid(release: Release, at: Point, given_m: float | None) -> tuple[float, Problem | None]:
    """How far the sea lies above the ellipsoid that the release's heights are taken from, for formats that count
    from the sea: as given, 0 where the site's heights are above the sea themselves, else by PROJ's grid of EGM96
    where one is installed. ``at`` is longitude, latitude, height. A problem where it is not known and 0 is used.
    Raises InputError for a given height that the sea has nowhere.
    """
    if given_m is not None:
        if not abs(given_m) <= _GEOID_M:
            raise InputError(
                "--geoid-height",
                f"{given_m:g} m",
                f"-{_GEOID_M:g} to {_GEOID_M:g} m are allowed: the sea lies nowhere farther from the ellipsoid",
                "see what a geoid calculator (EGM96) says for the place",
                code="option-invalid",
            )
        return given_m, None
    if release.frame.heights == "orthometric":
        return 0.0, None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that the grid is not there is what is asked
        group = TransformerGroup("EPSG:4979", "EPSG:9707", always_xy=True)
    if group.best_available:
        height = group.transformers[0].transform(*at)[2]
        if np.isfinite(height):
            return at[2] - float(height), None
    found = f"how far the sea is from the ellipsoid: heights of the site are {release.frame.heights}"
    allowed = "KML counts from the sea, up to 107 m off"
    remedy = "give --geoid-height, as a geoid calculator (EGM96) says for the place"
    return 0.0, Problem("lost-heights", "KML", found, allowed, remedy, "warning")


def write_folder(target: Path, texts: dict[str, bytes], files: dict[str, Path]) -> None:
    """Publish a new folder ``target`` with ``texts`` and copies of ``files`` by path in it.

    Raises InputError where something is there already: nobody's work is overwritten.
    """
    refuse_existing(target)
    with temporary_folder(target.parent) as folder:
        for name, content in texts.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        for name, path in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, folder / name)
        if not publish_folder(folder, target):
            refuse_existing(target)


def refuse_existing(target: Path) -> None:
    """Raises InputError where ``target`` exists or the folder above it does not."""
    if target.exists() or target.is_symlink():
        found, remedy = "something of that name is there", "choose another name, or remove it"
        raise InputError(str(target), found, "a new name is allowed", remedy, code="target-exists")
    demand_folder_above(target)


def _read(path: Path, model: type[D]) -> D:
    try:
        return model.model_validate_json(path.read_bytes(), strict=False)
    except (OSError, ValidationError) as error:
        raise StoreError(
            str(path), f"it cannot be read ({type(error).__name__})", "a release of this version", "build again",
            code="store-damaged",
        ) from error  # fmt: skip


def condition_name(shown: ShownEntry) -> str:
    """The name that a condition goes by outside: an epoch and a state may have the same id."""
    return f"epoch-{shown.epoch}" if shown.epoch is not None else f"state-{shown.state}"


def _conditions(
    folder: Path, monument: MonumentEntry, document: TourDocument
) -> tuple[tuple[Condition, ...], dict[str, Path], dict[str, bytes], list[Problem]]:
    """What the tour shows, its reference epoch first, with a model each where the release has one, as it is or written anew."""
    used = {_main(stop) for stop in document.stops} | {f"epoch-{monument.reference_epoch}"}
    epochs = sorted(monument.epochs, key=lambda one: one.id != monument.reference_epoch)
    held = [(f"epoch-{one.id}", one.title, one.tileset, one.download) for one in epochs]
    held += [(f"state-{one.id}", one.title, one.tileset, one.download) for one in monument.states]
    conditions: list[Condition] = []
    files: dict[str, Path] = {}
    models: dict[str, bytes] = {}
    problems: list[Problem] = []
    for name, title, tileset, download in held:
        if name not in used:
            continue
        model = folder / download if download else _coarsest(folder / tileset)
        if model is None:
            conditions.append(Condition(name, "", dict(title)))
            continue
        if not download:
            found = f"the detail of {name}: its model is the coarsest level of its tiles"
            allowed = "the release has no single model of it"
            problems.append(Problem("lost-detail", f"tour {document.id}", found, allowed, "", WARNING))
        uri = f"models/{monument.id}/{name}.glb"
        if download and monument.placement.scale != 1:
            # To take away it is in true metres; views and marks, like tiles, are in the monument frame's.
            models[uri] = sized(model.read_bytes(), 1)
            size = len(models[uri])
        else:
            files[uri], size = model, model.stat().st_size
        conditions.append(Condition(name, uri, dict(title), size))
    return tuple(conditions), files, models, problems


def _coarsest(tileset: Path) -> Path | None:
    """The root tile of a tileset, which shows all of it; None where the root is empty."""
    content = json.loads(tileset.read_bytes())["root"].get("content")
    return tileset.parent / content["uri"] if content else None


def _main(stop: StopEntry) -> str:
    """The condition that a format without comparisons shows: the right one."""
    shown = stop.compare.right if stop.compare is not None else stop.show
    return condition_name(shown) if shown is not None else ""


def _stop(stop: StopEntry) -> ExchangedStop:
    return ExchangedStop(
        id=stop.id,
        title=dict(stop.title),
        html=_told(stop.html),
        pose=_pose(stop.view),
        move_s=stop.move_s,
        easing=stop.easing,
        dwell_s=dict(stop.dwell_s),
        shows=_main(stop) or None,
        beside=condition_name(stop.compare.left) if stop.compare is not None else None,
        narration={one: Recording(said.audio, said.captions) for one, said in stop.narration.items()},
        annotations=stop.annotations,
    )


def _pose(view: View) -> Pose:
    return Pose(view.eye_m, view.target_m, view.fov_deg)


def _told(html: Words) -> dict[str, str]:
    return {language: text for language, text in html.items() if text.strip()}


def _lost(document: TourDocument) -> Iterator[Problem]:
    where = f"tour {document.id}"
    if fitted := ", ".join(stop.id for stop in document.stops if stop.view.fit_m is not None):
        found = f"the box that stays in view on every screen (fit_m): {fitted}"
        yield Problem("lost-fit", where, found, "other systems keep the camera where it is", "", WARNING)
    if cut := ", ".join(stop.id for stop in document.stops if stop.section is not None):
        found = f"the section: {cut}"
        yield Problem("lost-section", where, found, "other systems show the whole", "", WARNING)
    if asking := ", ".join(stop.id for stop in document.stops if stop.question):
        found = f"the question with its answers: {asking}"
        yield Problem(
            "lost-question", where, found, "other systems have words, and none to choose", "", WARNING
        )
    if standing := ", ".join(stop.id for stop in document.stops if stop.place is not None):
        found = f"where to stand on the site: {standing}"
        yield Problem("lost-place", where, found, "other systems have the camera's place only", "", WARNING)
    if any("<img" in html for stop in document.stops for html in stop.html.values()):
        found = "pictures in the words"
        yield Problem("lost-picture", where, found, "their files do not go along", "", WARNING)
    if any(stop.sun is not None for stop in document.stops):
        yield Problem(
            "lost-sun",
            where,
            "the sunlight of stops",
            "other systems light models their own way",
            "",
            WARNING,
        )
