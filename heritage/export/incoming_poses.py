"""Views from elsewhere in the monument's frame, and what is doubtful about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from heritage.export.outgoing import current_release, sea_above_ellipsoid
from heritage.formats.kml_pose import ecef_pose, place_of, point_of
from heritage.formats.printable import printable
from heritage.model.arrays import F64, Similarity, triple
from heritage.model.errors import InputError, Problem
from heritage.model.exchange import WARNING, ExchangedStop, ExchangedTour, Pose
from heritage.model.release import MonumentEntry, Release

_FAR_M, _NEAR_M = 2_000.0, 1_000.0
_LEAN_DEG = 0.5
_FOV_DEG = (10.0, 120.0)
_NEAREST_M = 0.01
_DIGITS = 7


def placed(
    site: Path,
    tour: ExchangedTour,
    monument: str,
    name: str,
    geoid_height_m: float | None,
    problems: list[Problem],
) -> ExchangedTour:
    """``tour`` with every pose in the frame of ``monument``, as a tour.yaml can hold it; lines go to ``problems``.

    Poses on the globe need the monument's place: raises InputError where no release has it.
    """
    entry, release = None, None
    if any(stop.globe is not None for stop in tour.stops):
        _, release = current_release(site)
        entry = next((one for one in release.monuments if one.id == monument), None)
        if entry is None or entry.placement.method == "none":
            found = "the release does not say where it stands on the globe"
            remedy = "place it, run `heritage build` and import again"
            raise InputError(monument, found, "a placed monument", remedy, code="export-unplaced")
    stops: list[ExchangedStop] = []
    views: list[tuple[str, Pose | None]] = []
    for stop in tour.stops:
        pose = stop.pose
        if stop.globe is not None and entry is not None and release is not None:
            there = _there(release, entry)
            ground, geoid = _heights(release, entry, there, geoid_height_m, problems)
            away = _away(stop.globe.lon_deg, stop.globe.lat_deg, entry, there)
            on_globe = ecef_pose(stop.globe, geoid_m=geoid, ground_m=ground, away_m=away)
            eye, target = there.inverse().apply(np.array([on_globe.eye_m, on_globe.target_m]))
            pose = replace(on_globe, eye_m=triple(eye), target_m=triple(target))
        views.append((stop.id, pose))
        stops.append(replace(stop, pose=_fit(pose), globe=None))
    _tell(views, name, problems)
    return replace(tour, stops=tuple(stops))


def nearest_monument(site: Path, tour: ExchangedTour) -> str | None:
    """The monument of the current release that the views of ``tour`` on the globe are nearest to.

    None where they are not on the globe, or all monuments are further than a kilometre.
    """
    views = [stop.globe for stop in tour.stops if stop.globe is not None]
    if not views:
        return None
    _, release = current_release(site)
    distances = {}
    for entry in release.monuments:
        middle = _middle(entry, _there(release, entry))
        height = place_of(middle)[2]
        away = [np.linalg.norm(point_of(v.lon_deg, v.lat_deg, height) - middle) for v in views]
        distances[entry.id] = float(np.median(away))
    nearest = min(distances, key=lambda one: distances[one], default=None)
    return nearest if nearest is not None and distances[nearest] < _NEAR_M else None


def _there(release: Release, entry: MonumentEntry) -> Similarity:
    """ECEF from the monument frame."""
    return Similarity.from_columns(release.frame.ecef_from_site) @ Similarity.from_columns(
        entry.placement.site_from_monument
    )


def _middle(entry: MonumentEntry, there: Similarity) -> F64:
    """(3,) ECEF of the middle of a monument."""
    middle = (np.array(entry.bounds.min) + np.array(entry.bounds.max)) / 2
    return np.asarray(there.apply(middle[None])[0])


def _heights(
    release: Release,
    entry: MonumentEntry,
    there: Similarity,
    given_m: float | None,
    problems: list[Problem],
) -> tuple[float, float]:
    """Heights above the ellipsoid of the ground at the monument and of the sea there."""
    low = np.array(entry.bounds.min)
    middle = (low + np.array(entry.bounds.max)) / 2
    lon, lat, ground = place_of(there.apply(np.array([[middle[0], middle[1], low[2]]]))[0])
    geoid, unknown = sea_above_ellipsoid(release, (lon, lat, ground), given_m)
    if unknown and unknown not in problems:
        problems.append(unknown)
    return ground, geoid


def _away(lon_deg: float, lat_deg: float, entry: MonumentEntry, there: Similarity) -> float:
    """How far a camera's target is taken to be: as far as the monument, at least a metre."""
    lon, lat, height = place_of(_middle(entry, there))
    return max(float(np.linalg.norm(point_of(lon_deg, lat_deg, height) - point_of(lon, lat, height))), 1.0)


def _fit(pose: Pose | None) -> Pose | None:
    """Level, with a field of view that tours may have, and a target that is apart from the eye."""
    if pose is None:
        return None
    eye, target = np.array(pose.eye_m), np.array(pose.target_m)
    away = float(np.linalg.norm(target - eye))
    if away < _NEAREST_M:
        along = (target - eye) / away if away > 0 else np.array([0.0, 1.0, 0.0])
        target = eye + along
    fov = pose.fov_deg
    return Pose(
        eye_m=_rounded(eye),
        target_m=_rounded(target),
        fov_deg=None if fov is None else round(min(max(fov, _FOV_DEG[0]), _FOV_DEG[1]), _DIGITS),
        is_distance_known=pose.is_distance_known,
        roll_deg=pose.roll_deg,
    )


def _tell(views: Sequence[tuple[str, Pose | None]], name: str, problems: list[Problem]) -> None:
    """What is doubtful about the views of stops, as the file has them and before they are fitted."""
    poses = [(stop, pose) for stop, pose in views if pose is not None]
    if leaning := _listed(stop for stop, pose in poses if abs(pose.roll_deg) > _LEAN_DEG):
        found = f"that the camera leans to a side: {leaning}"
        problems.append(Problem("lost-roll", name, found, "views are level", "", WARNING))
    if cut := _listed(stop for stop, pose in poses if not _may_be_seen(pose.fov_deg)):
        found = f"fields of view beyond {_FOV_DEG[0]:g} to {_FOV_DEG[1]:g} degrees: {cut}"
        problems.append(Problem("lost-fov", name, found, "the nearest allowed one is taken", "", WARNING))
    if guessed := _listed(stop for stop, pose in poses if not pose.is_distance_known):
        found = f"how far away the target is: {guessed}"
        problems.append(Problem("lost-target", name, found, "the file gives a direction", "", WARNING))
    if far := _listed(stop for stop, pose in poses if np.linalg.norm(pose.eye_m) > _FAR_M):
        found = f"views more than {_FAR_M:g} m from the monument's origin: {far}"
        remedy = "see that it is the right monument and unit"
        problems.append(Problem("exchange-far", name, found, "", remedy, WARNING))
    if blind := _listed(stop for stop, pose in views if pose is None):
        found = f"no view is given: {blind}"
        problems.append(Problem("exchange-no-view", name, found, "a view is computed", "write one", WARNING))


def _may_be_seen(fov_deg: float | None) -> bool:
    return fov_deg is None or _FOV_DEG[0] <= fov_deg <= _FOV_DEG[1]


def _listed(names: Iterable[str]) -> str:
    return printable(", ".join(names))


def _rounded(point: F64) -> tuple[float, float, float]:
    # Tenths of a micrometre; adding 0 makes -0.0 a plain 0.
    x, y, z = (round(float(v), _DIGITS) + 0.0 for v in point)
    return x, y, z
