"""A camera's way between two orbits: it rises, travels and comes down so that the picture moves evenly.

Source: van Wijk and Nuij, "Smooth and efficient zooming and panning", InfoVis 2003, with the distance as the width
of the view. The viewer does the same in `viewer/src/core/path.ts`; tests hold the two together to 1e-6.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from heritage.ops.viewing.camera import Orbit

_RHO = 1.1  # how readily the camera rises; lower is flatter
_RHO2 = _RHO * _RHO


@dataclass(frozen=True, eq=False)
class Path:
    """``at(t)`` is the orbit at each share of the way (0..1); ``widths`` its length in widths of the view; ``turn_rad``."""

    at: Callable[[float], Orbit]
    widths: float
    turn_rad: float


def path_between(start: Orbit, end: Orbit) -> Path:
    """The way from ``start`` to ``end``."""
    u1 = float(np.linalg.norm(end.target - start.target))
    fly, widths = _flight(u1, start.distance, end.distance)
    heading = turn(start.heading, end.heading)

    def at(t: float) -> Orbit:
        if t >= 1:
            return end
        share, distance = fly(t)
        return Orbit(
            start.target + (end.target - start.target) * share,
            distance,
            start.heading + heading * t,
            start.pitch + (end.pitch - start.pitch) * t,
            start.fov_deg + (end.fov_deg - start.fov_deg) * t,
        )

    return Path(at, widths, float(np.hypot(heading, end.pitch - start.pitch)))


def turn(a: float, b: float) -> float:
    """The signed angle from ``a`` to ``b`` by the shorter way, radians in (-pi, pi]."""
    d = (b - a) % (2 * np.pi)
    return float(d - 2 * np.pi if d > np.pi else d)


def _flight(u1: float, w0: float, w1: float) -> tuple[Callable[[float], tuple[float, float]], float]:
    if u1 < 1e-6 * min(w0, w1):
        return (lambda t: (t, w0 * (w1 / w0) ** t)), abs(float(np.log(w1 / w0))) / _RHO
    b0 = (w1 * w1 - w0 * w0 + _RHO2 * _RHO2 * u1 * u1) / (2 * w0 * _RHO2 * u1)
    b1 = (w1 * w1 - w0 * w0 - _RHO2 * _RHO2 * u1 * u1) / (2 * w1 * _RHO2 * u1)
    # asinh is -ln(sqrt(b^2 + 1) + b) without its cancellation for large b
    r0, r1 = -float(np.arcsinh(b0)), -float(np.arcsinh(b1))
    s1 = (r1 - r0) / _RHO

    def fly(t: float) -> tuple[float, float]:
        bent = _RHO * t * s1 + r0
        u = (w0 / _RHO2) * (np.cosh(r0) * np.tanh(bent) - np.sinh(r0))
        return float(u / u1), float(w0 * np.cosh(r0) / np.cosh(bent))

    return fly, s1
