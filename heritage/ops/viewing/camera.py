"""A camera as a visitor thinks of it: what is looked at, from how far, and from which side; and its framing.

The viewer does the same in `viewer/src/core/orbit.ts` and `fit.ts`; tests hold the two together to 1e-6.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from heritage.model.arrays import F64

_STRAIGHT_DOWN = np.pi / 2 - 0.02  # the heading has no meaning at the pole itself
_MARGIN = 0.94  # of the free half-width that may be filled
_WIDEST_DEG = 80.0  # up and down, on a narrow window
_WIDEST_ACROSS_DEG = 52.0  # from side to side: wider than this, straight things look bent


@dataclass(frozen=True, eq=False)
class Pose:
    """A view in one frame, z up, metres: ``eye``, ``target`` (3,), vertical ``fov_deg``, ``fit`` (k, 3) to keep in view."""

    eye: F64
    target: F64
    fov_deg: float
    fit: F64


@dataclass(frozen=True, eq=False)
class Orbit:
    """``target`` (3,) seen from ``distance`` metres; radians: ``heading`` clockwise from +y, ``pitch`` > 0 looks down."""

    target: F64
    distance: float
    heading: float
    pitch: float
    fov_deg: float

    @property
    def look(self) -> F64:
        """Unit vector (3,) from the eye to the target."""
        flat = np.cos(self.pitch)
        return np.array([np.sin(self.heading) * flat, np.cos(self.heading) * flat, -np.sin(self.pitch)])

    @property
    def eye(self) -> F64:
        """Where the camera stands, (3,)."""
        return self.target - self.look * self.distance


@dataclass(frozen=True)
class Window:
    """A window in pixels and what panels cover of each side."""

    name: str
    width: float
    height: float
    left: float = 0.0
    right: float = 0.0
    top: float = 0.0
    bottom: float = 0.0


def orbit_of(eye: F64, target: F64, fov_deg: float) -> Orbit:
    """The orbit of a camera at ``eye`` that looks at ``target`` (3,)."""
    look = target - eye
    distance = max(float(np.linalg.norm(look)), 1e-3)
    pitch = np.clip(np.arcsin(np.clip(-look[2] / distance, -1, 1)), -_STRAIGHT_DOWN, _STRAIGHT_DOWN)
    return Orbit(target, distance, float(np.arctan2(look[0], look[1])), float(pitch), fov_deg)


def fitted(pose: Pose, window: Window) -> Orbit:
    """The orbit of ``pose``, changed as little as brings every point of its ``fit`` into the window's free part.

    A narrow window first sees wider, then the camera moves back along its own line of sight.
    """
    orbit = orbit_of(pose.eye, pose.target, pose.fov_deg)
    if not len(pose.fit):
        return orbit
    look = orbit.look
    flat = np.cross(look, [0.0, 0.0, 1.0])
    right = flat / (np.linalg.norm(flat) or 1.0)
    up = np.cross(right, look)
    free_x = max(0.1, (window.width - window.left - window.right) / window.width)
    free_y = max(0.1, (window.height - window.top - window.bottom) / window.height)
    aspect = window.width / window.height
    d = pose.fit - pose.eye
    slope = np.maximum(np.abs(d @ right) / (aspect * free_x), np.abs(d @ up) / free_y) / _MARGIN
    depth = d @ look
    given = _tan_half(pose.fov_deg)
    widest = max(given, min(_tan_half(_WIDEST_DEG), _tan_half(_WIDEST_ACROSS_DEG) / aspect))
    wanted = max(given, float(np.where(depth > 0, slope / np.where(depth > 0, depth, 1.0), np.inf).max()))
    tan = min(wanted, widest)
    back = max(float((slope / tan - depth).max()), 0.0)
    return replace(orbit, distance=orbit.distance + back, fov_deg=float(np.degrees(2 * np.arctan(tan))))


def _tan_half(degrees: float) -> float:
    return float(np.tan(np.radians(degrees) / 2))
