"""Patterns and weather that the materials share: joints, bonded blocks, rain streaks, damp, moss."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from heritage.model.arrays import F64
from heritage.sample.noise import Noise, cell_hash


@dataclass(frozen=True, eq=False)
class Spot:
    """Where colours are wanted: points ``p``, pattern coordinates ``q``, normals ``n``, all (n, 3)."""

    p: F64
    q: F64
    n: F64
    noise: Noise
    age: float = 1.0
    """How weathered: 1 as found, 0 as new."""

    @property
    def steep(self) -> F64:
        """1 on a wall, 0 on a floor."""
        return np.asarray(1 - np.abs(self.n[:, 2]))

    def wall(self) -> tuple[F64, F64]:
        """(along, up) on a wall that runs along x or y; on a floor (x, y)."""
        flat = np.abs(self.n[:, 2]) > 0.7
        along = np.where(np.abs(self.n[:, 0]) > np.abs(self.n[:, 1]), self.q[:, 1], self.q[:, 0])
        return np.where(flat, self.q[:, 0], along), np.where(flat, self.q[:, 1], self.q[:, 2])


Colour = tuple[float, float, float]


def mix(a: F64 | Colour, b: F64 | Colour, t: F64) -> F64:
    """From ``a`` to ``b`` (colours or (n, 3)) by ``t`` (n,), clipped to 0..1."""
    return np.asarray(np.asarray(a) + (np.asarray(b) - np.asarray(a)) * np.clip(t, 0, 1)[:, None])


def step(value: F64, low: float, high: float) -> F64:
    """A smooth step from 0 at ``low`` to 1 at ``high``."""
    t = np.clip((value - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t))


def joint(value: F64, size: float, width: float) -> F64:
    """1 in a joint between cells of ``size``, else 0."""
    distance = np.abs((value / size + 0.5) % 1 - 0.5) * size
    return np.asarray((distance < width / 2).astype(np.float64))


def blocks(s: Spot, length: float, height: float, gap: float) -> tuple[F64, F64]:
    """Running bond: (a number per block in 0..1, 1 in the joints)."""
    along, up = s.wall()
    course = np.floor(up / height)
    shifted = along + length / 2 * (course % 2)
    side = np.floor(s.n[:, 0] * 1.9) + 3 * np.floor(s.n[:, 2] * 1.9)
    shade = cell_hash(np.floor(shifted / length), course, side)
    return shade, np.maximum(joint(shifted, length, gap), joint(up, height, gap))


def weather(s: Spot, colour: F64, moss: float, streaks: float, ground: float = 0.0) -> F64:
    """Rain streaks down walls, damp at the foot, moss and algae where it stays wet."""
    if s.age == 0:
        return colour
    p, z = s.p, s.p[:, 2] - ground
    stretched = p * (1.0, 1.0, 0.10)
    streak = s.noise(stretched, 0.9, 1.0)
    colour = colour * (1 - streaks * s.steep * step(streak, 0.52, 0.95))[:, None]
    broad, fine = s.noise(p, 3.0, 2.0), s.noise(p, 0.5, 3.0)
    damp = step(0.75 - z + 0.9 * (fine - 0.5), 0.0, 0.8) * s.steep
    colour = mix(colour, colour * (0.62, 0.64, 0.56), damp * 0.9)
    wet = moss * (
        step(broad + 0.35 * fine, 0.70, 1.02) * (0.35 + 0.65 * np.clip(s.n[:, 2], 0, 1))
        + 0.55 * damp * step(fine, 0.45, 0.7)
    )
    green = mix((0.27, 0.31, 0.13), (0.45, 0.47, 0.22), s.noise(p, 0.25, 4.0))
    colour = mix(colour, green, np.clip(wet, 0, 0.9))
    return np.asarray(colour * (0.93 + 0.14 * s.noise(p, 1.2, 5.0))[:, None])
