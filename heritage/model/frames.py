"""The frames and the ways between them. pyproj does all CRS arithmetic.

- **source frame**: a file's own coordinates, after its up axis and units were made z up and metres.
- **monument frame**: that of the reference epoch's source, less a stated float64 origin. Tours, annotations
  and meshes live in it.
- **site frame**: east-north-up, metres, tangent to the WGS 84 ellipsoid at the site's origin. Distances in
  it are true distances, which those of a projected CRS are not (UTM: up to 1 per mille).
- **ECEF**: EPSG:4978, the root frame of every tileset.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import pyproj
from pyproj.transformer import TransformerGroup

from heritage.model.arrays import F64, Similarity
from heritage.model.errors import InputError

ECEF = pyproj.CRS.from_epsg(4978)
WGS84 = pyproj.CRS.from_epsg(4326)
WGS84_3D = pyproj.CRS.from_epsg(4979)


def working_crs(text: str, where: str) -> pyproj.CRS:
    """The site's working CRS: it must be projected and in metres. Raises InputError naming ``where``."""
    try:
        crs = pyproj.CRS.from_user_input(text)
    except pyproj.exceptions.CRSError:
        raise InputError(
            where, f"{text!r} is no CRS known to PROJ", "an EPSG code such as EPSG:32648", code="crs-unknown"
        ) from None
    if not crs.is_projected:
        raise InputError(
            where,
            f"{text} ({crs.name}) is not projected: its unit is {crs.axis_info[0].unit_name}",
            "a projected CRS in metres is allowed as the working CRS",
            f"use the UTM zone of the site, for instance {_utm_hint(crs)}",
            code="crs-not-projected",
        )
    units = {axis.unit_name for axis in crs.axis_info[:2]}
    if units != {"metre"}:
        raise InputError(
            where, f"{text} ({crs.name}) is in {', '.join(sorted(units))}", "metres", code="crs-not-metres"
        )
    return crs


def _utm_hint(crs: pyproj.CRS) -> str:
    area = crs.area_of_use
    if area is None or area.east - area.west > 6.1:
        return "EPSG:32648 for Hue"
    zone = int(((area.west + area.east) / 2 + 180) // 6) + 1
    return f"EPSG:{(32600 if area.north + area.south >= 0 else 32700) + zone}"


def plan_of(crs: pyproj.CRS) -> pyproj.CRS:
    """The horizontal part of a CRS."""
    return crs.sub_crs_list[0] if crs.is_compound else crs.to_2d()


@dataclass(frozen=True)
class Heights:
    """What a CRS says its heights are above. ``missing``: grids that PROJ would need to carry them to the ellipsoid
    and does not have here."""

    kind: Literal["ellipsoidal", "orthometric", "unstated"]
    name: str
    missing: tuple[str, ...] = ()


def heights_of(crs: pyproj.CRS) -> Heights:
    """The vertical datum of ``crs``. pyproj falls back in silence where a geoid grid is missing; this says so."""
    if crs.is_compound:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # it says in words what is asked for here
            ways = TransformerGroup(crs, WGS84_3D, always_xy=True)
        grids = [grid for way in ways.unavailable_operations for grid in way.grids if not grid.available]
        missing = tuple(sorted({grid.short_name for grid in grids})) if not ways.best_available else ()
        return Heights("orthometric", crs.sub_crs_list[-1].name, missing)
    if len(crs.axis_info) > 2:
        return Heights("ellipsoidal", crs.ellipsoid.name if crs.ellipsoid else crs.name)
    return Heights("unstated", "")


@dataclass(frozen=True)
class SiteFrame:
    """East-north-up at ``lon_deg``, ``lat_deg``, ``height_m`` (WGS 84, ellipsoidal)."""

    lon_deg: float
    lat_deg: float
    height_m: float = 0.0

    @cached_property
    def ecef_from_site(self) -> Similarity:
        """Columns east, north, up at the origin, translated to it."""
        lon, lat = np.radians([self.lon_deg, self.lat_deg])
        east = [-np.sin(lon), np.cos(lon), 0.0]
        north = [-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)]
        up = [np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)]
        to_ecef = pyproj.Transformer.from_crs(WGS84_3D, ECEF, always_xy=True)
        origin = to_ecef.transform(self.lon_deg, self.lat_deg, self.height_m)
        return Similarity(np.column_stack([east, north, up]), np.array(origin))

    def site_from_crs(self, crs: pyproj.CRS, xyz: F64) -> F64:
        """Coordinates (n, 3) of ``crs`` in x-east, y-north order (always_xy) as site metres (n, 3).

        Heights, metres, are kept as they are, whatever they are above: PROJ changes places only. Datums of national
        grids have ellipsoids of their own, tens of metres from that of WGS 84, and heights are hardly ever above
        them. Raises InputError where PROJ has no answer.
        """
        to_degrees = pyproj.Transformer.from_crs(plan_of(crs), WGS84, always_xy=True)
        lon, lat = to_degrees.transform(xyz[:, 0], xyz[:, 1])
        to_ecef = pyproj.Transformer.from_crs(WGS84_3D, ECEF, always_xy=True)
        ecef = np.column_stack(to_ecef.transform(lon, lat, xyz[:, 2]))
        if not np.isfinite(ecef).all():
            raise InputError(
                crs.name,
                "coordinates outside its area of use",
                "coordinates PROJ can transform",
                code="crs-outside",
            )
        return self.ecef_from_site.inverse().apply(ecef)

    def crs_from_site(self, crs: pyproj.CRS, xyz: F64) -> F64:
        """Site metres (n, 3) as coordinates of ``crs`` (always_xy); heights as `site_from_crs` has them."""
        ecef = self.ecef_from_site.apply(xyz)
        from_ecef = pyproj.Transformer.from_crs(ECEF, WGS84_3D, always_xy=True)
        lon, lat, height = from_ecef.transform(ecef[:, 0], ecef[:, 1], ecef[:, 2])
        to_crs = pyproj.Transformer.from_crs(WGS84, plan_of(crs), always_xy=True)
        return np.column_stack([*to_crs.transform(lon, lat), height])
