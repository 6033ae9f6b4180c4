"""An outline drawn on a surface, seen along its mean normal: a polygon in a plane."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import shapely

from heritage.model.arrays import F64
from heritage.model.errors import InputError

_LEAST_M2 = 1e-6  # a square millimetre; less is a line or a slip


@dataclass(frozen=True, eq=False)
class Outline:
    """``polygon`` in metres along ``axes`` (2, 3) from ``origin`` (3,); ``normal`` (3,) is square to both.

    ``deviation_m`` is how far the outline itself leaves its plane.
    """

    origin: F64
    axes: F64
    normal: F64
    polygon: shapely.Polygon
    deviation_m: float

    def flat(self, xyz: F64) -> tuple[F64, F64]:
        """Places (n, 3) as (n, 2) in the plane and (n,) above it, metres."""
        off = xyz - self.origin
        return off @ self.axes.T, off @ self.normal


def outline_of(vertices: F64) -> Outline:
    """The outline through ``vertices`` (n, 3), n >= 3, metres; the last is joined to the first.

    Its normal is that of its area vector (Newell's method), so that a bent outline has one, too. Raises
    InputError where it crosses itself or holds no area.
    """
    origin = vertices.mean(0)
    off = vertices - origin
    area_vector = np.cross(off, np.roll(off, -1, axis=0)).sum(0) / 2
    size = float(np.linalg.norm(area_vector))
    if size < _LEAST_M2:
        raise InputError(
            "outline",
            f"the outline holds {1e6 * size:.3g} mm²: its points are on one line, or it turns both ways",
            "a ring around an area is needed",
            "give its points in their order around it",
            code="annotation-outline",
        )
    normal = area_vector / size
    axes = across(normal)
    polygon = shapely.Polygon(off @ axes.T)
    if not polygon.is_valid:
        raise _crossing(polygon, origin, axes)
    return Outline(origin, axes, normal, polygon, float(np.abs(off @ normal).max()))


def across(normal: F64) -> F64:
    """(2, 3): two unit vectors square to the unit vector ``normal`` (3,) and to each other."""
    first = np.cross(normal, np.eye(3)[np.argmin(np.abs(normal))])
    first /= np.linalg.norm(first)
    return np.stack([first, np.cross(normal, first)])


def _crossing(polygon: shapely.Polygon, origin: F64, axes: F64) -> InputError:
    reason = shapely.is_valid_reason(polygon)
    at = re.search(r"\[(\S+) (\S+)\]", reason)
    where = ""
    if at:
        x, y, z = origin + np.array([float(at[1]), float(at[2])]) @ axes
        where = f" at [{x:.2f}, {y:.2f}, {z:.2f}]"
    return InputError(
        "outline",
        f"the outline crosses or touches itself{where}",
        "a ring that meets itself nowhere is needed",
        "give its points in their order around it, or make two areas of it",
        code="annotation-outline",
    )
