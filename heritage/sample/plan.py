"""The precinct's plan: where each monument stands, what grows around it and how it was surveyed.

Everything is laid out in the precinct's own axes: u to the right and v to the back as seen from the gate,
metres from the site's origin. The axis points north-west, so that fronts face south-east.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

import numpy as np
import pyproj

from heritage.model.arrays import F64, Similarity
from heritage.model.frames import SiteFrame
from heritage.sample import gate, hall, stele, wall
from heritage.sample.damage import IN_2019, IN_2024
from heritage.sample.faults import USUAL, Faults
from heritage.sample.light import Sky
from heritage.sample.scene import Surface

CRS = pyproj.CRS.from_epsg(32648)
GROUND_M = 5.0
FRAME = SiteFrame(107.578, 16.469, GROUND_M)
AXIS_DEG = 322.0
"""Azimuth of v, clockwise from true north."""

Points = list[tuple[float, float]]
_SAME = Similarity.identity()


@dataclass(frozen=True)
class Capture:
    """One survey of a monument: its file, the sun of the day, what grew there and how good it was."""

    epoch: str
    file: str
    day: date
    surface: Callable[[float], Surface]
    """The building, given the spacing of its roofs' vertices in metres."""

    share: float
    sun: tuple[float, float]
    """Azimuth (true) and elevation, degrees."""

    trees: tuple[tuple[float, float, float, float], ...]
    """(x, y, height, spread) in the design frame, metres; a negative spread is a tree in blossom."""

    bushes: tuple[tuple[float, float, float, float], ...] = ()
    haze: float = 0.0
    """0 = a clear morning, 1 = thin cloud: weaker sun, softer shadows, more sky."""

    faults: Faults = USUAL
    source_from_monument: Similarity = _SAME
    """The survey's own frame, where it is not the monument's."""


@dataclass(frozen=True)
class Place:
    """A monument on the plan. The design frame has its front towards -y and its ground at z = 0."""

    id: str
    name: str
    at: tuple[float, float]
    turn_deg: float
    outline: Points
    height: float
    radius: float
    court: tuple[tuple[float, float, float, float], ...]
    captures: tuple[Capture, ...]
    close: tuple[tuple[float, float, float, float], ...] = ()
    """Places on the building from which the photographer also looked, see `cameras.cameras`."""

    monument_from_design: Similarity = _SAME
    georeferenced: bool = False
    """Whether its scan comes in coordinates of `CRS` instead of a local frame."""

    @property
    def site_from_design(self) -> Similarity:
        """Design metres to east, north, up at `FRAME`."""
        u, v = self.at
        t = _axes(AXIS_DEG) @ np.array([u, v, 0.0])
        return Similarity(_axes(AXIS_DEG + self.turn_deg), t)

    @property
    def site_from_monument(self) -> Similarity:
        """The true placement, where the monument's frame is a local one."""
        return self.site_from_design @ self.monument_from_design.inverse()

    def source_points(self, design: F64, capture: Capture) -> F64:
        """Points (n, 3) of the design frame as the survey's file has them, float64."""
        if self.georeferenced:
            return FRAME.crs_from_site(CRS, self.site_from_design.apply(design))
        return capture.source_from_monument.apply(self.monument_from_design.apply(design))

    def sky(self, capture: Capture) -> Sky:
        """The light of the survey's day in the design frame."""
        azimuth, elevation = np.radians(capture.sun)
        enu = np.array(
            [np.sin(azimuth) * np.cos(elevation), np.cos(azimuth) * np.cos(elevation), np.sin(elevation)]
        )
        x, y, z = self.site_from_design.rotation.T @ enu
        clear, h = Sky((x, y, z)), capture.haze
        r, g, b = clear.sunlight
        return Sky(
            (x, y, z),
            sunlight=(r * (1 - 0.45 * h), g * (1 - 0.42 * h), b * (1 - 0.36 * h)),
            softness=0.03 + 0.10 * h,
            exposure=1.0 + 0.22 * h,
        )


def _axes(heading_deg: float) -> F64:
    """Columns: the x and y axes in east, north, up when +y points to ``heading_deg`` clockwise from north."""
    a = np.radians(heading_deg)
    return np.array([[np.cos(a), np.sin(a), 0.0], [-np.sin(a), np.cos(a), 0.0], [0.0, 0.0, 1.0]])


def _turn(yaw_deg: float, roll_deg: float, shift: tuple[float, float, float]) -> Similarity:
    a, b = np.radians([yaw_deg, roll_deg])
    yaw = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1.0]])
    roll = np.array([[1.0, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    return Similarity(yaw @ roll, np.array(shift))


def _stations(
    xs: tuple[float, ...], ys: tuple[float, ...], z: float, *headings: float
) -> list[tuple[float, float, float, float]]:
    return [(x, y, z, heading) for x in xs for y in ys for heading in headings]


_MORNING, _AFTERNOON = (118.0, 43.0), (196.0, 55.0)

PLACES: tuple[Place, ...] = (
    Place(
        "ngo-mon", "Ngọ Môn", (0.0, -30.0), -1.3, gate.outline(), 11.0, 19.0,
        ((-4.8, 4.8, -22.0, 14.0), (-11.0, 11.0, -10.4, 6.0)),
        (
            Capture(
                "2022", "2022.e57", date(2022, 3, 2), gate.gate, 0.27, _MORNING,
                ((-14.5, -12.0, 6.5, 2.9), (14.8, 6.5, 7.5, -3.1), (-13.5, 10.5, 5.5, 2.4)),
                ((-5.6, -11.6, 0.7, 0.9), (5.6, -11.6, 0.7, 0.9)),
            ),
        ),
        close=(
            *_stations((-7.6, -4.6, -1.5, 1.5, 4.6, 7.6), (-3.0,), gate.TOP_M + 1.6, 90),
            *_stations((-7.6, -4.6, -1.5, 1.5, 4.6, 7.6), (3.1,), gate.TOP_M + 1.6, -90),
            *_stations((-9.6, 6.9), (-8.4, -5.2), gate.TOP_M + 1.6, 0),
            *_stations((-6.9, 9.6), (-8.4, -5.2), gate.TOP_M + 1.6, 180),
            *_stations((-3.7, 0.0, 3.7), (-4.9,), 1.6, 90),
            *_stations((-5.9, 2.0), (-9.5, -5.5), 1.7, 0),
            *_stations((-2.0, 5.9), (-9.5, -5.5), 1.7, 180),
            *_stations((-3.7, 0.0, 3.7), (6.0,), 1.6, -90),
        ),
    ),
    Place(
        "thai-hoa", "Điện Thái Hòa", (0.0, 14.0), 0.0, hall.outline(), 10.5, 16.5,
        ((-3.4, 3.4, -20.0, -6.0), (-11.0, 11.0, -10.2, 10.6)),
        (
            Capture(
                "2019", "2019.laz", date(2019, 3, 14), partial(hall.hall, IN_2019), 0.28, _MORNING,
                ((-13.0, 6.0, 7.0, 3.0), (13.2, -6.5, 5.5, -2.4), (12.4, 10.0, 6.2, 2.7)),
                (
                    (-9.7, -7.6, 0.6, 0.9), (9.7, -7.6, 0.6, 0.9),
                    (-5.2, -7.4, 0.45, 0.7), (5.2, -7.4, 0.45, 0.7),
                ),
            ),
            Capture(
                "2024", "2024.laz", date(2024, 5, 2), partial(hall.hall, IN_2024), 0.28, _AFTERNOON,
                ((-13.0, 6.0, 8.2, 3.6), (12.4, 10.0, 7.0, 3.0), (-12.6, -8.8, 3.2, 1.3)),
                ((-9.7, -7.6, 0.9, 1.2), (-5.2, -7.4, 0.55, 0.8), (5.2, -7.4, 0.5, 0.75)),
                haze=0.35, faults=Faults(noise_m=0.0024),
                source_from_monument=_turn(0.20, 0.05, (0.043, -0.028, 0.035)),
            ),
        ),
        close=(
            *_stations((-6.6, -4.0, -1.4, 1.4, 4.0, 6.6), (-5.9,), hall.FLOOR_M + 1.6, 62, 118),
            *_stations((-8.2,), (-3.0, 0.5, 4.0), hall.FLOOR_M + 1.6, 0),
            *_stations((8.2,), (-3.0, 0.5, 4.0), hall.FLOOR_M + 1.6, 180),
            *_stations((-5.5, 0.0, 5.5), (6.0,), hall.FLOOR_M + 1.6, -60, -120),
            *_stations((-5.2, 0.0, 5.2), (-3.1,), hall.FLOOR_M + 1.6, 0, 180),
        ),
    ),
    Place(
        "bia-dinh", "Bia Đình", (27.0, -5.0), 4.5, stele.outline(), 8.5, 10.5,
        ((-1.6, 1.6, -14.0, 0.0), (-4.6, 4.6, -5.4, 4.4)),
        (
            Capture(
                "2023", "2023.ply", date(2023, 3, 21), stele.stele_house, 0.10, _MORNING,
                ((-8.0, 3.8, 6.0, 2.5), (7.4, -5.6, 4.6, -2.0)),
                ((-3.6, -4.9, 0.5, 0.7), (3.6, -4.9, 0.5, 0.7)),
            ),
        ),
        close=(
            *_stations((-0.6, 0.6), (-4.5, -3.6), 1.8, 90),
            *_stations((-0.5, 0.5), (4.3,), 1.9, -90),
            *_stations((-3.8,), (-0.4, 0.4), 1.9, 0),
            *_stations((3.8,), (-0.4, 0.4), 1.9, 180),
            *_stations((-1.7,), (1.8,), 2.0, -45),
            *_stations((1.7,), (-1.8,), 2.0, 135),
            *_stations((-1.7,), (-1.8,), 2.0, 45),
            *_stations((1.7,), (1.8,), 2.0, -135),
        ),
        monument_from_design=_turn(67.0, 0.0, (3.1, -4.4, 1.3)),
    ),
    Place(
        "la-thanh", "La Thành", (-22.0, 26.0), 181.2, wall.outline(), 4.2, 14.0,
        ((-4.2, -1.0, -14.0, 14.0),),
        (
            Capture(
                "2021", "2021.laz", date(2021, 2, 9), lambda _: wall.wall(), 0.07, _MORNING,
                ((-8.6, 5.2, 6.5, 2.8), (5.0, 6.0, 5.0, 2.2)),
            ),
        ),
        georeferenced=True,
    ),
)  # fmt: skip
