"""How a tour's camera comes from stop to stop: in which windows, along which way, and how long it needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from heritage.model.arrays import triple
from heritage.model.documents import Move, Shown, Stop, View
from heritage.model.release import MonumentEntry, StopEntry, Waypoint
from heritage.ops.viewing.camera import Orbit, Window, fitted, orbit_of
from heritage.ops.viewing.detour import detour, eyes_along
from heritage.ops.viewing.path import Path, path_between
from heritage.ops.viewing.scenery import Scenery, pierced
from heritage.pipeline.pictures.sceneries import Sceneries
from heritage.pipeline.pictures.site_views import pose_of, site_from

# The viewer with its panel beside the scene, and with its sheet half open below it.
WINDOWS = (
    Window("a desktop", 1280, 800, left=384),
    Window("a phone", 390, 844, top=56, bottom=388),
)
WIDE = 0.9  # of its height: so wide a window is halved from side to side
TURN_DEG_S = 75.0  # faster turns are a blur, and make people ill
WIDTHS_S = 2.5  # as are more than so many widths of the picture in a second
_PEAK = {"smooth": 1.875, "linear": 1.0, "cut": 0.0}  # greatest speed of an easing over its mean


@dataclass(frozen=True)
class Speed:
    """The greatest speed of a flight: degrees, and widths of the picture, in a second; ``needed_s`` to be followed."""

    turn_deg_s: float
    widths_s: float
    needed_s: float


def pane_of(window: Window, stop: Stop) -> Window:
    """Where a condition is seen: half of the free window where two stand side by side, halved as the viewer does."""
    if stop.compare is None or stop.compare.mode != "side":
        return window
    width = window.width - window.left - window.right
    height = window.height - window.top - window.bottom
    if width >= WIDE * height:
        return replace(window, width=width / 2, left=0.0, right=0.0)
    return replace(window, height=height / 2, top=0.0, bottom=0.0)


def conditions(stop: Stop, reference_epoch: str) -> tuple[str, ...]:
    """Ids of the epochs and states a stop shows."""
    if stop.compare is not None:
        return tuple(filter(None, map(_id, (stop.compare.left, stop.compare.right))))
    return (_id(stop.show) if stop.show else reference_epoch,)


def framed(stops: Sequence[Stop], views: Sequence[View], entry: MonumentEntry) -> list[tuple[Orbit, ...]]:
    """For every stop how its view is framed in each of WINDOWS, site frame."""
    return [
        tuple(fitted(pose_of(view, entry), pane_of(window, stop)) for window in WINDOWS)
        for stop, view in zip(stops, views, strict=True)
    ]


def way_around(
    stop: Stop, entry: MonumentEntry, sceneries: Sceneries, before: Sequence[Orbit], here: Sequence[Orbit]
) -> tuple[Orbit, ...] | None:
    """Control points of the flight to ``stop`` that pass around all surfaces it shows, site frame.

    Empty where the straight flight is clear, or where there is none; None where it is not and no way was found, or where the
    one that is drawn by hand meets a surface.
    """
    if stop.move.easing == "cut" or stop.move.seconds == 0:
        return ()
    flights, drawn = list(zip(before, here, strict=True)), by_hand(stop, entry)
    shown = [sceneries.scenery(entry.id, condition) for condition in conditions(stop, entry.reference_epoch)]
    whole = Scenery.together(scenery for scenery in shown if scenery is not None)
    if drawn:
        ways = (eyes_along(path_between(*flight, drawn)) for flight in flights)
        return drawn if all(pierced(whole, eyes) is None for eyes in ways) else None
    return detour(whole, flights)


def by_hand(stop: Stop, entry: MonumentEntry) -> tuple[Orbit, ...]:
    """The control points that a curator has drawn for the flight to ``stop``, site frame; empty where none has."""
    poses = (pose_of(View(eye_m=one.eye_m, target_m=one.target_m), entry) for one in stop.move.via)
    return tuple(orbit_of(pose.eye, pose.target, pose.fov_deg) for pose in poses)


def speed(path: Path, move: Move) -> Speed:
    """How fast the picture moves at most on ``path``; ``move.seconds`` > 0."""
    peak = _PEAK[move.easing] / move.seconds
    turn, widths = float(np.degrees(path.turn_rad)) * peak, path.widths * peak
    return Speed(turn, widths, move.seconds * max(turn / TURN_DEG_S, widths / WIDTHS_S))


def with_flights(
    stops: Sequence[Stop], entries: Sequence[StopEntry], entry: MonumentEntry, sceneries: Sceneries
) -> tuple[StopEntry, ...]:
    """``entries``, the stops of a tour, with the ways between them, and time enough where no curator set it.

    Where no way leads there, the picture is cut: nobody is flown through stone unless a curator accepts it.
    """
    orbits = framed(stops, [e.view for e in entries], entry)
    flown = list(entries[:1])
    for at in range(1, len(entries)):
        stop, before, here = stops[at], orbits[at - 1], orbits[at]
        via = way_around(stop, entry, sceneries, before, here)
        if via is None and "flight-pierces" not in stop.accept:
            flown.append(entries[at].model_copy(update={"easing": "cut", "move_s": 0.0}))
            continue
        way = via or by_hand(stop, entry)  # one that meets a surface only where that is accepted
        waypoints = tuple(_waypoint(orbit, entry) for orbit in way)
        seconds = stop.move.seconds
        if stop.move.easing != "cut" and "seconds" not in stop.move.model_fields_set:
            ways = [path_between(a, b, way) for a, b in zip(before, here, strict=True)]
            seconds = max(seconds, *(float(np.ceil(speed(path, stop.move).needed_s)) for path in ways))
        flown.append(entries[at].model_copy(update={"via": waypoints, "move_s": seconds}))
    return tuple(flown)


def _waypoint(orbit: Orbit, entry: MonumentEntry) -> Waypoint:
    eye, target = site_from(entry).inverse().apply(np.array([orbit.eye, orbit.target]))
    return Waypoint(eye_m=triple(eye, 4), target_m=triple(target, 4))


def _id(shown: Shown) -> str:
    return str(shown.epoch or shown.state)
