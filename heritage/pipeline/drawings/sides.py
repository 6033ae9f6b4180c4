"""From where an elevation is drawn: square to the walls, named by the compass."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from heritage.model.arrays import F64
from heritage.model.errors import InputError
from heritage.model.release import MonumentEntry
from heritage.pipeline.pictures.site_views import site_from
from heritage.pipeline.surfaces.of_tileset import tiles_triangles

COMPASS = (
    "north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west",
)  # fmt: skip
_ERROR_M = 0.05  # of the tiles that walls and extent are taken from, true metres as the others
_UPRIGHT = 0.3  # greatest rise of a wall's normal
_LEAST_STRENGTH = 0.15  # below, walls face all ways: a round building is drawn from true north
_ABOVE_M = 0.5  # what rises so far above the ground belongs to the building
_APART_DEG = 15.0  # of two façades that are about as near to a named direction


@dataclass(frozen=True, eq=False)
class Side:
    """``azimuth_deg``: from where it is seen, clockwise from the monument frame's +y, None from above; ``true_deg``: from
    true north; ``name``: the nearest point of the compass, or ``top``."""

    azimuth_deg: float | None
    true_deg: float | None
    name: str


TOP = Side(None, None, "top")


@dataclass(frozen=True, eq=False)
class Stand:
    """How a monument stands: its four ``sides`` and the ``places`` (n, 3) of the building without the ground about it."""

    sides: tuple[Side, ...]
    places: F64
    north_deg: float

    def side(self, wanted: str) -> Side:
        """The side of that name, ``top``, or from an azimuth in degrees, clockwise from true north. Raises InputError."""
        if wanted == "top":
            return TOP
        if wanted not in COMPASS:
            try:
                azimuth = float(wanted) % 360
            except ValueError:
                azimuth = float("nan")
            if not np.isfinite(azimuth):
                raise _no_side(f"{wanted!r}", "") from None
            return Side((azimuth - self.north_deg) % 360, azimuth, COMPASS[round(azimuth / 45) % 8])
        goal = 45.0 * COMPASS.index(wanted)
        off = sorted((_apart(side.true_deg or 0.0, goal), k) for k, side in enumerate(self.sides))
        if off[1][0] - off[0][0] < _APART_DEG:
            raise _no_side(wanted, f", which lies between two façades: they face {self._said()}")
        return self.sides[off[0][1]]

    def _said(self) -> str:
        return ", ".join(f"{side.name} ({side.true_deg:.0f}°)" for side in self.sides)


def _no_side(found: str, why: str) -> InputError:
    return InputError(
        "side",
        found + why,
        f"{', '.join(COMPASS)}, top, or degrees clockwise from north are allowed",
        "name the façade, or give its azimuth",
        code="option-invalid",
    )


def _apart(a: float, b: float) -> float:
    return abs((a - b + 180) % 360 - 180)


def stand_of(folder: Path, monument: MonumentEntry) -> Stand:
    """Of a monument in the release ``folder``, by the surface of its reference epoch."""
    reference = next(e for e in monument.epochs if e.id == monument.reference_epoch)
    tiles, ways, upright = [], 0j, 0.0
    scale = monument.placement.scale
    for vertices, triangles in tiles_triangles(folder / reference.tileset, _ERROR_M / scale):
        a, b, c = (vertices[triangles[:, k]] for k in range(3))
        square = np.cross(b - a, c - a)
        area = np.linalg.norm(square, axis=1)
        walls = (area > 0) & (np.abs(square[:, 2]) < _UPRIGHT * area)
        # Walls square to each other face the same way once angles are counted by quarter turns.
        angle = np.arctan2(square[walls, 0], square[walls, 1])
        ways += (area[walls] * np.exp(4j * angle)).sum()
        upright += float(area[walls].sum())
        tiles.append(vertices)
    vertices = np.concatenate(tiles)
    way = site_from(monument).rotation[:2, :2] @ np.array([0.0, 1.0])
    north_deg = float(np.degrees(np.arctan2(*way)))  # where the frame's +y points
    clear = abs(ways) > _LEAST_STRENGTH * upright
    first = float(np.degrees(np.angle(ways)) / 4) if clear else -north_deg
    sides = []
    for azimuth in sorted((first + 90 * k) % 360 for k in range(4)):
        true = (azimuth + north_deg) % 360
        sides.append(Side(azimuth, true, COMPASS[round(true / 45) % 8]))
    floor = float(np.percentile(vertices[:, 2], 5))
    high = vertices[:, 2] > floor + _ABOVE_M / scale
    places = vertices[high] if high.mean() > 0.01 else vertices
    foot = np.array([[*places[:, :2].mean(0), floor]])
    return Stand(tuple(sides), np.concatenate([places, foot]), north_deg)
