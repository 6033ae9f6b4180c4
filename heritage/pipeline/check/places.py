"""Whether monuments are said to be where the site is: the coordinates of clouds, priors, poses and control points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np
import pyproj

from heritage.formats.gcp import ControlPoint
from heritage.model.areas import area_middle, area_words, lies_within, reads_as
from heritage.model.datum import datum_shift
from heritage.model.documents import Epoch
from heritage.model.errors import Problem
from heritage.model.frames import WGS84
from heritage.model.source import SourceHeader
from heritage.ops.source_frame import IngestOptions, begin, on_a_map, refuse_degrees
from heritage.text.site import LoadedMonument


def site_datum(where: str, site_crs: pyproj.CRS | None) -> Iterator[Problem]:
    """Whether the globe and phones, which are in WGS 84, can be told where the site is."""
    middle = area_middle(site_crs) if site_crs is not None else None
    if site_crs is not None and middle is not None:
        yield from datum_problem(where, site_crs, WGS84, *middle)


def datum_problem(
    where: str, crs: pyproj.CRS, target: pyproj.CRS, lon_deg: float, lat_deg: float
) -> Iterator[Problem]:
    """A warning where PROJ carries places of ``crs`` to ``target`` less well than it could."""
    shift = datum_shift(crs, target, lon_deg, lat_deg)
    if shift.accuracy_m is None or shift.missing:
        remedy = "install the grid (projsync --file NAME), or name the CRS by its EPSG code"
        yield Problem(
            "crs-datum", where, shift.fault or "", "a known way between the datums", remedy, "warning"
        )


def cloud_place(
    header: SourceHeader, epoch: Epoch, decides: bool, site_crs: pyproj.CRS | None
) -> Iterator[Problem]:
    """What is wrong with a cloud's CRS and with its coordinates in it, as far as its header tells.

    ``decides``: its CRS may decide where the monument stands. Raises InputError for what `ingest` would refuse.
    """
    if epoch.crs is not None and not _known(epoch.crs):
        return  # said where it stands
    begun = begin(header, IngestOptions(up=epoch.up, units=epoch.units, crs=epoch.crs))
    if header.low is None or header.high is None:
        return
    low, high = np.array(header.low), np.array(header.high)
    refuse_degrees(begun, low, high)
    if not decides:
        return
    x, y, _ = ((low + high) / 2).tolist()
    if begun.crs is not None:
        crs = pyproj.CRS.from_user_input(begun.crs)
        scale = begun.metres_per_unit / crs.axis_info[0].unit_conversion_factor
        yield from _elsewhere(header.name, "its points lie", crs, x * scale, y * scale, site_crs)
    elif on_a_map(low, high, begun.metres_per_unit):
        likely = reads_as(None, x, y, site_crs)
        fits = f"; the numbers fit {likely}" if likely else ""
        yield Problem(
            "cloud-no-crs", header.name,
            f"coordinates such as {x:.9g}, {y:.9g} are those of a map, and the file says no CRS{fits}",
            "a CRS places a cloud by its own coordinates", "write crs: EPSG:… at the epoch", "warning",
        )  # fmt: skip


def registration_place(monument: LoadedMonument, site_crs: pyproj.CRS | None) -> Iterator[Problem]:
    """Priors, poses and control points of monument.yaml that lie nowhere near the site."""
    registration, lines = monument.monument.registration, monument.lines
    prior = registration.prior
    if prior is not None and prior.lon is not None and prior.lat is not None:
        where = lines.where("registration", "prior", "lon")
        yield from _elsewhere(where, "lon and lat are", WGS84, prior.lon, prior.lat, site_crs)
    if site_crs is None:
        return
    if registration.pose is not None:
        x, y, _ = registration.pose.crs_m
        where = lines.where("registration", "pose", "crs_m")
        yield from _elsewhere(where, "the pose is", site_crs, x, y, site_crs)
    if registration.points:
        x, y, _ = np.mean([p.crs_m for p in registration.points], axis=0).tolist()
        where = lines.where("registration", "points")
        yield from _elsewhere(where, "the control points are", site_crs, x, y, site_crs)


def gcp_place(name: str, points: Sequence[ControlPoint], site_crs: pyproj.CRS | None) -> Iterator[Problem]:
    """Control points of the file ``name`` that lie nowhere near the site."""
    if site_crs is not None and points:
        x, y, _ = np.mean([p.target for p in points], axis=0).tolist()
        yield from _elsewhere(name, "the control points are", site_crs, x, y, site_crs)


def _elsewhere(
    where: str, what: str, crs: pyproj.CRS, x: float, y: float, site_crs: pyproj.CRS | None
) -> Iterator[Problem]:
    """An error where the place is nowhere, or would be in the site's area if it were read otherwise; else a warning."""
    nowhere = lies_within(crs, x, y, crs) is False
    astray = site_crs is not None and lies_within(crs, x, y, site_crs) is False
    if not (nowhere or astray):
        return
    outside = crs if nowhere or site_crs is None else site_crs
    found = f"{what} at {x:.9g}, {y:.9g} of {crs.name}, outside the area of use of {outside.name}"
    target = site_crs or crs
    if lies_within(crs, y, x, target):
        likely = f"{'its own CRS' if crs != target else 'that area'} with the two exchanged"
    else:
        likely = reads_as(crs, x, y, site_crs) or ""
    remedy = f"the numbers fit {likely}: correct them or the CRS" if likely else "correct them or the CRS"
    severity: Literal["error", "warning"] = "error" if nowhere or likely else "warning"
    yield Problem("place-elsewhere", where, found, area_words(outside), remedy, severity)


def _known(crs: str) -> bool:
    try:
        pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError:
        return False
    return True
