"""Where the photographs were taken from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from heritage.model.arrays import F64

HALF_VIEW_DEG = 42.0
"""Half the field of view of every camera, taken as a cone."""


@dataclass(frozen=True, eq=False)
class Cameras:
    """``position`` (c, 3) metres and unit viewing direction ``forward`` (c, 3), both float64."""

    position: F64
    forward: F64


def cameras(
    centre: tuple[float, float],
    radius: float,
    height: float,
    close: Sequence[tuple[float, ...]],
    rng: np.random.Generator,
) -> Cameras:
    """Two walks around at eye level, a low and a high ring by drone, a few straight down, ``close`` stations.

    A close station is (x, y, z, heading): a place, and a direction in degrees from +x towards +y.
    """
    rings = [
        (radius, 1.7, 26, 0.35),
        (radius * 0.72, 1.6, 20, 0.25),
        (radius * 1.05, height * 0.95, 18, 0.45),
    ]
    rings += [(radius * 0.8, height * 1.8, 12, 0.3), (radius * 0.3, height * 2.1, 4, 0.3)]
    position, forward = [], []
    for r, z, count, aim in rings:
        a = 2 * np.pi * (np.arange(count) + rng.uniform(-0.3, 0.3, count)) / count
        reach = r * rng.uniform(0.92, 1.08, count)
        p = np.column_stack([reach * np.cos(a), reach * np.sin(a), z + rng.normal(0, 0.15, count)])
        position.append(p + np.array([*centre, 0.0]))
        forward.append(np.array([0.0, 0.0, height * aim]) - p)
    if close:
        x, y, z, heading = np.array(close, np.float64).T
        position.append(np.column_stack([x, y, z]))
        a = np.radians(heading)
        forward.append(np.column_stack([np.cos(a), np.sin(a), np.full(len(a), -0.12)]))
    f = np.vstack(forward)
    return Cameras(np.vstack(position), f / np.linalg.norm(f, axis=1)[:, None])
