"""KML's cameras and poses in ECEF (EPSG:4978). Directions are those of OGC KML 2.2, 14.2 and 14.3: heading
clockwise from north, tilt from straight down, in the plane that touches the ellipsoid at the given place."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import pyproj

from heritage.model.arrays import F64, triple
from heritage.model.exchange import GlobePose, Pose
from heritage.model.frames import ECEF, WGS84_3D, SiteFrame

ASPECT: Final = 16 / 9
"""KML's field of view is horizontal, ours vertical: both are meant for a picture of these sides."""
_TO_ECEF = pyproj.Transformer.from_crs(WGS84_3D, ECEF, always_xy=True)
_FROM_ECEF = pyproj.Transformer.from_crs(ECEF, WGS84_3D, always_xy=True)


def globe_pose(eye: F64, target: F64, fov_deg: float | None, geoid_m: float) -> GlobePose:
    """The camera at ``eye`` that looks at ``target``, (3,) ECEF each, with altitudes above the sea, which lies
    ``geoid_m`` above the ellipsoid. A LookAt, or a Camera where it looks upwards: LookAt ends at the horizon."""
    fov = None if fov_deg is None else _horizontal(fov_deg)
    lon, lat, height = place_of(target)
    heading, tilt = _angles(target - eye, lon, lat)
    if tilt <= 90:
        away = float(np.linalg.norm(target - eye))
        return GlobePose(lon, lat, height - geoid_m, heading, tilt, range_m=away, horizontal_fov_deg=fov)
    beheld = (lon, lat, height - geoid_m)
    lon, lat, height = place_of(eye)
    heading, tilt = _angles(target - eye, lon, lat)
    return GlobePose(lon, lat, height - geoid_m, heading, tilt, horizontal_fov_deg=fov, beheld=beheld)


def ecef_pose(globe: GlobePose, *, geoid_m: float, ground_m: float, away_m: float) -> Pose:
    """The camera in ECEF; ``ground_m`` is the ground's height above the ellipsoid, for altitudes above it, and
    ``away_m`` how far the target of a Camera is taken to be where the file does not say it."""
    base = ground_m if globe.above == "ground" else geoid_m
    place = point_of(globe.lon_deg, globe.lat_deg, globe.altitude_m + base)
    along = _direction(globe)
    fov = None if globe.horizontal_fov_deg is None else _vertical(globe.horizontal_fov_deg)
    if globe.range_m is not None:
        eye, target, is_known = place - globe.range_m * along, place, True
    else:
        eye, target, is_known = place, place + away_m * along, False
        if globe.beheld is not None:
            seen = point_of(globe.beheld[0], globe.beheld[1], globe.beheld[2] + base)
            away = float(np.linalg.norm(seen - eye))
            # Only a point that the camera does look at is its target.
            if away > 0 and np.linalg.norm(eye + away * along - seen) < 1e-5 * (1 + away):
                target, is_known = seen, True
    return Pose(triple(eye), triple(target), fov, globe.roll_deg, is_known)


def place_of(point: F64) -> tuple[float, float, float]:
    """Longitude, latitude (degrees) and height above the ellipsoid (m) of an ECEF point (3,)."""
    lon, lat, height = _FROM_ECEF.transform(point[0], point[1], point[2])
    return float(lon), float(lat), float(height)


def point_of(lon_deg: float, lat_deg: float, height_m: float) -> F64:
    """(3,) ECEF of a place on the globe."""
    return np.array(_TO_ECEF.transform(lon_deg, lat_deg, height_m))


def _axes(lon_deg: float, lat_deg: float) -> F64:
    """(3, 3) columns east, north, up."""
    return SiteFrame(lon_deg, lat_deg).ecef_from_site.rotation


def _angles(direction: F64, lon_deg: float, lat_deg: float) -> tuple[float, float]:
    east, north, up = (float(v) for v in _axes(lon_deg, lat_deg).T @ direction)
    level = math.hypot(east, north)
    heading = math.degrees(math.atan2(east, north)) % 360 if level > 1e-9 * abs(up) else 0.0
    return heading, math.degrees(math.atan2(level, -up))


def _direction(globe: GlobePose) -> F64:
    heading, tilt = math.radians(globe.heading_deg), math.radians(globe.tilt_deg)
    local = [math.sin(tilt) * math.sin(heading), math.sin(tilt) * math.cos(heading), -math.cos(tilt)]
    return np.asarray(_axes(globe.lon_deg, globe.lat_deg) @ np.array(local))


def _horizontal(vertical_deg: float) -> float:
    return math.degrees(2 * math.atan(ASPECT * math.tan(math.radians(vertical_deg) / 2)))


def _vertical(horizontal_deg: float) -> float:
    return math.degrees(2 * math.atan(math.tan(math.radians(horizontal_deg) / 2) / ASPECT))
