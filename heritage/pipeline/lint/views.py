"""What a tour's cameras see, on a desktop and on a phone: hidden subjects, eyes in stone, flights through walls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from heritage.model.arrays import F64
from heritage.model.documents import View
from heritage.model.release import MonumentEntry
from heritage.ops.viewing.camera import Orbit, Window
from heritage.ops.viewing.path import Path, path_between
from heritage.ops.viewing.scenery import Scenery, covered, obstacle, standing
from heritage.pipeline.entries.annotations import annotations_as_written
from heritage.pipeline.lint.finding import Finding, finding
from heritage.pipeline.lint.surfaces import ReleaseSurfaces
from heritage.pipeline.pictures.site_views import site_from
from heritage.pipeline.pictures.views import box_corners
from heritage.pipeline.tours.flights import (
    TURN_DEG_S,
    WIDTHS_S,
    WINDOWS,
    by_hand,
    conditions,
    framed,
    speed,
    way_around,
)
from heritage.pipeline.tours.views import StopViews
from heritage.text.site import LoadedMonument, LoadedTour

VIEWS = ("view-hidden", "view-enclosed", "annotation-hidden", "flight-pierces", "flight-fast")

_HIDDEN = 0.6  # of the subject's box
_AROUND = 0.15  # a target without a box is as large as this share of its distance


def view_findings(tour: LoadedTour, monument: LoadedMonument, surfaces: ReleaseSurfaces) -> Iterator[Finding]:
    """Findings about the stops of ``tour`` that show what ``surfaces`` holds, each once for all windows."""
    entry = surfaces.monument(tour.tour.monument)
    if entry is None:
        return
    named = {id for stop in tour.tour.stops for id in stop.annotations}
    written = annotations_as_written(surfaces.folder, monument, entry, named)
    entry = entry.model_copy(update={"annotations": written})
    found = StopViews(surfaces, entry)
    views = [found.view(stop) for stop in tour.tour.stops]
    orbits = framed(tour.tour.stops, views, entry)
    for at, stop in enumerate(tour.tour.stops):
        yield from _each_once(
            found
            for window, orbit in zip(WINDOWS, orbits[at], strict=True)
            for condition in conditions(stop, monument.monument.reference.id)
            if (scenery := surfaces.scenery(entry.id, condition)) is not None  # else it is not built yet
            for found in _seen(tour, at, entry, scenery, views[at], orbit, window)
        )
        if at:
            yield from _flown(tour, at, entry, surfaces, orbits[at - 1], orbits[at])


def _each_once(findings: Iterable[Finding]) -> Iterator[Finding]:
    codes: set[str] = set()
    for found in findings:
        if found.problem.code not in codes:
            codes.add(found.problem.code)
            yield found


def _seen(
    tour: LoadedTour,
    at: int,
    entry: MonumentEntry,
    scenery: Scenery,
    view: View,
    orbit: Orbit,
    window: Window,
) -> Iterator[Finding]:
    stop = tour.tour.stops[at]
    where = tour.lines.where("stops", at, *(("view",) if stop.view else ("id",)))
    around = standing(scenery, orbit.eye)
    if around.enclosed:
        place = "under the ground" if around.bottomless else "inside a body"
        found = f"on {window.name} the eye is {place}: {around.inner:.0%} of what it sees are inner sides"
        yield finding(tour, at, "view-enclosed", where, found, "a place in the open is needed", "move eye_m")
        return
    low, high = _subject(view, entry, orbit)
    share, distance = covered(scenery, orbit.eye, low, high)
    if share > _HIDDEN:
        found = (
            f"on {window.name} {share:.0%} of what is looked at is hidden by something {distance:.1f} m away"
        )
        allowed = f"up to {_HIDDEN:.0%} are allowed"
        yield finding(tour, at, "view-hidden", where, found, allowed, "move eye_m or target_m")
    placed = site_from(entry)
    for k, id in enumerate(stop.annotations):
        annotation = next((a for a in entry.annotations if a.id == id), None)
        if annotation is None:
            continue
        place_at = placed.apply(np.array([annotation.position_m]))[0]
        stands = obstacle(scenery, orbit.eye, place_at)
        if stands is not None:
            here = tour.lines.where("stops", at, "annotations", k)
            found = f"on {window.name} {id} is hidden by something {stands:.1f} m away"
            yield finding(
                tour, at, "annotation-hidden", here, found, "it must be seen", "move eye_m, leave it out"
            )


def _flown(
    tour: LoadedTour,
    at: int,
    entry: MonumentEntry,
    surfaces: ReleaseSurfaces,
    before: Sequence[Orbit],
    here: Sequence[Orbit],
) -> Iterator[Finding]:
    stop = tour.tour.stops[at]
    via = way_around(stop, entry, surfaces, before, here)
    if via is None:
        why = "as its via draws it" if stop.move.via else "and no way around it was found"
        found = f"the flight to {stop.id} goes through a surface, {why}"
        where = tour.lines.where("stops", at, "id")
        remedy = "add a stop that leads around it, write move: {easing: cut}"
        if stop.move.via:
            remedy = "draw via elsewhere, leave it out: then a way around is looked for"
        allowed = "a flight through the open is needed; without one the picture is cut"
        yield finding(tour, at, "flight-pierces", where, found, allowed, remedy)
    if stop.move.seconds > 0 and "seconds" in stop.move.model_fields_set:
        yield from _each_once(
            found
            for window, start, end in zip(WINDOWS, before, here, strict=True)
            for found in _fast(tour, at, path_between(start, end, via or by_hand(stop, entry)), window)
        )


def _fast(tour: LoadedTour, at: int, path: Path, window: Window) -> Iterator[Finding]:
    fast = speed(path, tour.tour.stops[at].move)
    if fast.needed_s <= tour.tour.stops[at].move.seconds:
        return
    found = (
        f"on {window.name} the flight turns {fast.turn_deg_s:.0f} degrees "
        f"and passes {fast.widths_s:.1f} pictures a second"
    )
    allowed = f"up to {TURN_DEG_S:.0f} degrees and {WIDTHS_S:g} pictures are followed with ease"
    where = tour.lines.where("stops", at, "move")
    remedy = f"give it {np.ceil(fast.needed_s):.0f} seconds, leave seconds out"
    yield finding(tour, at, "flight-fast", where, found, allowed, remedy)


def _subject(view: View, entry: MonumentEntry, orbit: Orbit) -> tuple[F64, F64]:
    """Low and high corner, site frame, of what a view is about: its box, or what is around its target."""
    corners: Sequence[F64] | F64
    if view.fit_m is not None:
        corners = site_from(entry).apply(box_corners(*map(np.array, view.fit_m)))
        return corners.min(0), corners.max(0)
    around = _AROUND * orbit.distance
    return orbit.target - around, orbit.target + around
