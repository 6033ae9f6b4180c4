"""A view nobody wrote: of a place on the monument, or of all of it, from where nothing stands in the way."""

from __future__ import annotations

from itertools import product

import numpy as np

from heritage.model.arrays import F64, triple
from heritage.model.documents import View
from heritage.ops.viewing.scenery import Scenery, covered, obstacle, standing

_FOV_DEG = 45.0
_EYE_HEIGHT_M = 1.6
_AROUND_DEG = np.arange(0.0, 360.0, 15.0)
_RISE_DEG = (8.0, 13.0, 18.0, 24.0, 30.0, 45.0, 2.0, 60.0)
_FARTHER = (1.0, 1.2, 1.5, 1.8, 2.2)
_TURNS_DEG = (0, 30, -30, 60, -60, 90, -90, 135, -135, 180)
_HIDING = 4.0  # what a piece of surface that is all hidden costs
_RIM, _RIM_M = 0.12, 0.15  # around a piece of surface is shown: a share of its size, or so much
_NEAR_M, _NEAR = (
    0.08,
    0.03,
)  # a line of sight that comes so near has reached a place, metres or share of its length
_HIDDEN = 0.35  # more of a monument than this must not be hidden


def view_of_places(
    scenery: Scenery, places: F64, extent: F64, facing: F64 | None, around_m: float, ground_m: float
) -> View | None:
    """A view of ``places`` (k, 3) from where all of them are seen, with a level horizon; None where there is none.

    ``extent`` (m, 3) must be in the picture, too, such as an outline whose middle is one of the places, and ``around_m`` on
    every side of it. ``facing`` (3,) is the direction the surface faces there, if known; ``ground_m`` the height of the ground.
    The nearest, lowest and most frontal free place wins.
    """
    low, high = extent.min(0) - around_m, extent.max(0) + around_m
    centre = (low + high) / 2
    best: tuple[float, F64] | None = None
    for farther in _FARTHER:
        for direction in _directions():
            eye = centre + direction * _near((high - low) / 2, direction) * farther
            # A person's height above the ground is low enough.
            eye[2] = max(eye[2], ground_m + _EYE_HEIGHT_M)
            cost = _cost(eye - centre, facing, farther)
            if best is not None and cost >= best[0]:
                continue
            if any(obstacle(scenery, eye, place) is not None for place in places):
                continue
            # What is around the places should be seen, too.
            hidden = [covered(scenery, eye, at - around_m / 3, at + around_m / 3)[0] for at in places]
            cost += 2 * float(np.mean(hidden))
            if (best is None or cost < best[0]) and not standing(scenery, eye).enclosed:
                best = cost, eye
    return None if best is None else _view(best[1], centre, low, high)


def view_of_surface(
    scenery: Scenery, places: F64, facing: F64, low: F64, high: F64, ground_m: float
) -> View | None:
    """A view that a piece of surface fills and from which most of it is seen; None where all views are from inside a body.

    ``places`` (k, 3) lie all over the piece, ``low``..``high`` (3,) bound it, ``facing`` (3,) is where it faces by and
    large. What is hidden costs most, then obliqueness. Metres, z up; the eye stays above ``ground_m``.
    """
    centre, around = (low + high) / 2, max(_RIM * float(np.linalg.norm(high - low)), _RIM_M)
    low, high = low - around, high + around
    near = float(np.linalg.norm(high - low)) / 2 / np.tan(np.radians(_FOV_DEG) / 2)
    candidates: list[tuple[float, int, F64]] = []
    for farther in _FARTHER:
        for direction in _directions():
            eye = centre + direction * near * farther
            eye[2] = max(eye[2], ground_m + _EYE_HEIGHT_M)
            ways = places - eye
            length = np.linalg.norm(ways, axis=1)
            reached, _ = scenery.hits(np.broadcast_to(eye, ways.shape), ways / length[:, None])
            hidden = float((reached < length - np.maximum(_NEAR_M, _NEAR * length)).mean())
            cost = _cost(eye - centre, facing if np.linalg.norm(facing) > 0 else None, farther)
            candidates.append((cost + _HIDING * hidden, len(candidates), eye))
    for _, _, eye in sorted(candidates):
        if not standing(scenery, eye).enclosed:
            return _view(eye, centre, low, high)
    return None


def view_of_box(scenery: Scenery, given: View) -> View:
    """``given``, or the first view turned around its box's middle from which less of the box is hidden.

    ``given`` needs a box. Where every side is hidden, the least hidden one.
    """
    if given.fit_m is None:
        raise ValueError("a view with a box is needed")
    low, high = (np.array(corner) for corner in given.fit_m)
    eye, target = np.array(given.eye_m), np.array(given.target_m)
    hidden = []
    for turn in _TURNS_DEG:
        c, s = np.cos(np.radians(turn)), np.sin(np.radians(turn))
        off = eye - target
        turned = target + np.array([c * off[0] - s * off[1], s * off[0] + c * off[1], off[2]])
        share, _ = covered(scenery, turned, low, high)
        hidden.append((max(share, float(standing(scenery, turned).enclosed)), turned))
        if hidden[-1][0] <= _HIDDEN:
            break
    _, least = min(hidden, key=lambda found: found[0])
    return given.model_copy(update={"eye_m": triple(least, 3)})


def _near(half: F64, direction: F64) -> float:
    """The distance from which a box with half sides ``half`` (3,) fills a square picture, seen from ``direction`` (3,)."""
    right = np.array([-direction[1], direction[0], 0.0]) / np.hypot(direction[0], direction[1])
    up = np.cross(direction, right)
    corners = np.array(list(product((-1.0, 1.0), repeat=3))) * half
    aside = np.maximum(np.abs(corners @ right), np.abs(corners @ up))
    return float((corners @ direction + aside / np.tan(np.radians(_FOV_DEG) / 2)).max())


def _directions() -> list[F64]:
    return [
        np.array([np.sin(a) * np.cos(e), np.cos(a) * np.cos(e), np.sin(e)])
        for e in np.radians(_RISE_DEG)
        for a in np.radians(_AROUND_DEG)
    ]


def _cost(back: F64, facing: F64 | None, farther: float) -> float:
    """Of looking from ``back`` (from target to eye): oblique, steep and far all cost."""
    direction = back / np.linalg.norm(back)
    rise = abs(float(np.degrees(np.arcsin(direction[2]))) - 10.0) / 45.0
    oblique = 0.0
    if facing is not None:
        towards = facing / np.linalg.norm(facing)
        # Straight on is flat; a little from the side shows relief.
        angle = float(np.degrees(np.arccos(np.clip(direction @ towards, -1, 1))))
        oblique = abs(angle - 20.0) / 60.0
    else:
        # The south-west, where the light of an afternoon falls, if nothing speaks against it.
        oblique = float(1 - direction[:2] @ np.array([-0.5, -0.866])) / 4
    return oblique + rise + 1.2 * (farther - 1)


def _view(eye: F64, target: F64, low: F64, high: F64) -> View:
    return View(
        eye_m=triple(eye, 3),
        target_m=triple(target, 3),
        fov_deg=_FOV_DEG,
        fit_m=(triple(low, 3), triple(high, 3)),
    )
