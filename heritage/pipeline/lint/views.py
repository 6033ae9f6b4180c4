"""What a tour's cameras see, on a desktop and on a phone: hidden subjects, eyes in stone, flights through walls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from heritage.model.arrays import F64
from heritage.model.documents import Shown, Stop, View
from heritage.model.release import MonumentEntry
from heritage.ops.viewing.camera import Orbit, Window, fitted
from heritage.ops.viewing.path import Path, path_between
from heritage.ops.viewing.scenery import Scenery, covered, obstacle, pierced, standing
from heritage.pipeline.lint.finding import Finding, finding
from heritage.pipeline.lint.surfaces import ReleaseSurfaces
from heritage.pipeline.site_views import pose_of, site_from
from heritage.pipeline.views import box_corners
from heritage.text.site import LoadedMonument, LoadedTour

VIEWS = ("view-hidden", "view-enclosed", "annotation-hidden", "flight-pierces", "flight-fast")

# The viewer with its panel beside the scene, and with its sheet half open below it.
WINDOWS = (
    Window("a desktop", 1280, 800, left=384),
    Window("a phone", 390, 844, top=56, bottom=388),
)
WIDE = 0.9  # of its height: so wide a window is halved from side to side
_HIDDEN = 0.6  # of the subject's box
_AROUND = 0.15  # a target without a box is as large as this share of its distance
_STEPS = 160  # a flight is looked at in this many legs
_TURN_DEG_S = 75.0  # faster turns are a blur, and make people ill
_WIDTHS_S = 2.5  # as are more than so many widths of the picture in a second
_PEAK = {"smooth": 1.875, "linear": 1.0}  # greatest speed of an easing over its mean


def view_findings(tour: LoadedTour, monument: LoadedMonument, surfaces: ReleaseSurfaces) -> Iterator[Finding]:
    """Findings about the stops of ``tour`` that show what ``surfaces`` holds, each once for all windows."""
    entry = surfaces.monument(tour.tour.monument)
    if entry is None:
        return
    found_before = surfaces.views(tour.id)
    views = [stop.view or found_before.get(stop.id) or entry.view for stop in tour.tour.stops]
    seen: set[tuple[int, str]] = set()
    for window in WINDOWS:
        before: Orbit | None = None
        for at, view in enumerate(views):
            pane = pane_of(window, tour.tour.stops[at])
            orbit = fitted(pose_of(view, entry), pane)
            for found in _stop(tour, at, entry, monument, surfaces, view, orbit, before, pane):
                if (at, found.problem.code) not in seen:
                    seen.add((at, found.problem.code))
                    yield found
            before = orbit


def pane_of(window: Window, stop: Stop) -> Window:
    """Where a condition is seen: half of the free window where two stand side by side, halved as the viewer does."""
    if stop.compare is None or stop.compare.mode != "side":
        return window
    width = window.width - window.left - window.right
    height = window.height - window.top - window.bottom
    if width >= WIDE * height:
        return replace(window, width=width / 2, left=0.0, right=0.0)
    return replace(window, height=height / 2, top=0.0, bottom=0.0)


def conditions(stop: Stop, monument: LoadedMonument) -> tuple[str, ...]:
    """Ids of the epochs and states a stop shows."""
    if stop.compare is not None:
        return tuple(filter(None, map(_id, (stop.compare.left, stop.compare.right))))
    return (_id(stop.show) if stop.show else monument.monument.reference.id,)


def _id(shown: Shown) -> str:
    return str(shown.epoch or shown.state)


def _stop(
    tour: LoadedTour,
    at: int,
    entry: MonumentEntry,
    monument: LoadedMonument,
    surfaces: ReleaseSurfaces,
    view: View,
    orbit: Orbit,
    before: Orbit | None,
    window: Window,
) -> Iterator[Finding]:
    stop = tour.tour.stops[at]
    if before is not None and stop.move.easing != "cut" and stop.move.seconds > 0:
        yield from _fast(tour, at, path_between(before, orbit), window)
    for condition in conditions(stop, monument):
        scenery = surfaces.scenery(entry.id, condition)
        if scenery is None:
            continue  # not built yet, or not any more: the release says nothing about it
        yield from _seen(tour, at, entry, scenery, view, orbit, window)
        if before is not None and stop.move.easing != "cut":
            yield from _flown(tour, at, path_between(before, orbit), scenery, window)


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


def _fast(tour: LoadedTour, at: int, path: Path, window: Window) -> Iterator[Finding]:
    move = tour.tour.stops[at].move
    peak = _PEAK[move.easing] / move.seconds
    turn, widths = float(np.degrees(path.turn_rad)) * peak, path.widths * peak
    if turn <= _TURN_DEG_S and widths <= _WIDTHS_S:
        return
    needed = move.seconds * max(turn / _TURN_DEG_S, widths / _WIDTHS_S)
    found = f"on {window.name} the flight turns {turn:.0f} degrees and passes {widths:.1f} pictures a second"
    allowed = f"up to {_TURN_DEG_S:.0f} degrees and {_WIDTHS_S:g} pictures are followed with ease"
    where = tour.lines.where(
        "stops", at, *(("move",) if "move" in tour.tour.stops[at].model_fields_set else ("id",))
    )
    yield finding(tour, at, "flight-fast", where, found, allowed, f"give it {np.ceil(needed):.0f} seconds")


def _flown(tour: LoadedTour, at: int, path: Path, scenery: Scenery, window: Window) -> Iterator[Finding]:
    eyes = np.array([path.at(t).eye for t in np.linspace(0, 1, _STEPS + 1)])
    leg = pierced(scenery, eyes)
    if leg is None:
        return
    found = f"on {window.name} the flight to {tour.tour.stops[at].id} goes through a surface after {leg / _STEPS:.0%} of its way"
    where = tour.lines.where("stops", at, "id")
    remedy = "add a stop that leads around it, write move: {easing: cut}"
    yield finding(tour, at, "flight-pierces", where, found, "a flight through the open is needed", remedy)


def _subject(view: View, entry: MonumentEntry, orbit: Orbit) -> tuple[F64, F64]:
    """Low and high corner, site frame, of what a view is about: its box, or what is around its target."""
    corners: Sequence[F64] | F64
    if view.fit_m is not None:
        corners = site_from(entry).apply(box_corners(*map(np.array, view.fit_m)))
        return corners.min(0), corners.max(0)
    around = _AROUND * orbit.distance
    return orbit.target - around, orbit.target + around
