"""A camera's way between two orbits, straight or around what stands between them.

Straight: it rises, travels and comes down so that the picture moves evenly. Source: van Wijk and Nuij, "Smooth and
efficient zooming and panning", InfoVis 2003, with the distance as the width of the view.
Around: a clamped uniform cubic B-spline (de Boor) through the air, travelled at constant speed; the horizon stays level.
The viewer does the same in `viewer/src/core/path.ts` and `around.ts`; tests hold the two together to 1e-6.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from heritage.model.arrays import F64
from heritage.ops.viewing.camera import Orbit

_RHO = 1.1  # how readily the camera rises; lower is flatter
_RHO2 = _RHO * _RHO
_PIECES = 512  # a spline's length is measured in so many chords


@dataclass(frozen=True, eq=False)
class Path:
    """``at(t)`` is the orbit at each share of the way (0..1); ``widths`` its length in widths of the view; ``turn_rad``."""

    at: Callable[[float], Orbit]
    widths: float
    turn_rad: float


def path_between(start: Orbit, end: Orbit, via: Sequence[Orbit] = ()) -> Path:
    """The way from ``start`` to ``end``; ``via`` are the control points of a spline around what is between them."""
    if via:
        return _around([start, *via, end])
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


def _around(orbits: Sequence[Orbit]) -> Path:
    points = _control_points(orbits)
    u = np.linspace(0.0, 1.0, _PIECES + 1)
    sampled = np.array([_spline(points, x) for x in u])
    chords = np.linalg.norm(np.diff(sampled[:, :3], axis=0), axis=1)
    travelled = np.concatenate([[0.0], np.cumsum(chords)])
    first, last = orbits[0], orbits[-1]

    def at(t: float) -> Orbit:
        if t <= 0 or t >= 1:
            return first if t <= 0 else last
        # A spline's parameter does not run evenly along it; its length does.
        along = np.interp(t * travelled[-1], travelled, u) if travelled[-1] > 0 else t
        x, y, z, heading, pitch, distance, fov_deg = _spline(points, float(along))
        here = Orbit(np.zeros(3), distance, heading, pitch, fov_deg)
        return Orbit(np.array([x, y, z]) + here.look * distance, distance, heading, pitch, fov_deg)

    turned = np.hypot(np.diff(sampled[:, 3]), np.diff(sampled[:, 4]))
    return Path(at, float((chords / sampled[1:, 5]).sum()), float(turned.sum()))


def _control_points(orbits: Sequence[Orbit]) -> F64:
    """(n, 7): eye, heading (without jumps), pitch, distance, field of view; of a spline along ``orbits``."""
    heading, rows = orbits[0].heading, []
    first, last = orbits[0], orbits[-1]
    for k, orbit in enumerate(orbits):
        heading += turn(heading, orbit.heading)
        fov_deg = first.fov_deg + (last.fov_deg - first.fov_deg) * k / (len(orbits) - 1)
        rows.append([*orbit.eye, heading, orbit.pitch, orbit.distance, fov_deg])
    return np.array(rows)


def _spline(points: F64, u: float) -> F64:
    """The clamped uniform B-spline of ``points`` (n, k) at ``u`` (0..1), cubic where there are four points or more."""
    degree = min(3, len(points) - 1)
    spans = len(points) - degree
    span = min(int(u * spans), spans - 1)
    knots = np.clip(np.arange(len(points) + degree + 1) - degree, 0, spans)
    d = points[span : span + degree + 1]
    for r in range(1, degree + 1):
        low = knots[span + r : span + degree + 1]
        high = knots[span + degree + 1 : span + 2 * degree + 2 - r]
        a = ((u * spans - low) / (high - low))[:, None]
        d = d[:-1] * (1 - a) + d[1:] * a
    point: F64 = d[0]
    return point
