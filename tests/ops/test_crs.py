"""The site frame against pyproj's own answers, for the projections that sites are in."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest

from heritage.model.frames import ECEF, WGS84_3D, SiteFrame, heights_of

VN_2000 = [3405, 3406, *range(9205, 9219)]


def _agrees(crs: pyproj.CRS, lon: float, lat: float) -> None:
    """Five points around a place: there, back, and where pyproj alone puts them."""
    frame = SiteFrame(round(lon, 3), round(lat, 3), 10.0)
    there = pyproj.Transformer.from_crs(4326, crs, always_xy=True).transform(lon, lat)
    around = np.array([[0, 0, 0], [80, 0, 0], [0, 80, 5], [-80, 0, 0], [0, -80, 9.0]])
    xyz = np.array([*there[:2], 12.0]) + around
    site = frame.site_from_crs(crs, xyz)
    assert (
        np.abs(frame.crs_from_site(crs, site) - xyz).max() < 2e-3
    )  # datum shifts in 2D are inverse to a millimetre
    # Independent of SiteFrame's own steps: site -> ECEF -> degrees and height.
    degrees = pyproj.Transformer.from_crs(ECEF, WGS84_3D, always_xy=True).transform(
        *frame.ecef_from_site.apply(site).T
    )
    direct = pyproj.Transformer.from_crs(crs, 4326, always_xy=True).transform(xyz[:, 0], xyz[:, 1])
    per_metre = np.array([1 / (111_320 * np.cos(np.radians(lat))), 1 / 111_320])
    assert np.abs((np.array(degrees[:2]).T - np.array(direct[:2]).T) / per_metre).max() < 1e-3
    assert np.abs(degrees[2] - xyz[:, 2]).max() < 1e-3
    # Axes: the CRS's x leads east, its y north, within its convergence; distances are those of its scale.
    assert (site[1] - site[0])[0] > 60
    assert (site[2] - site[0])[1] > 60
    assert np.linalg.norm((site[1] - site[3])[:2]) == pytest.approx(160, rel=0.01)


@pytest.mark.parametrize("south", [False, True])
def test_every_utm_zone(south):
    for zone in range(1, 61):
        lat = -33.0 if south else 48.0
        _agrees(pyproj.CRS.from_epsg((32700 if south else 32600) + zone), -183.0 + 6 * zone + 1.3, lat)


@pytest.mark.parametrize(
    ("epsg", "lon", "lat"),
    [(32632, 5.33, 60.39), (32631, 2.9, 60.4), (32633, 15.6, 78.22), (32635, 25.0, 78.9)],
    ids=["Bergen in 32V", "31V", "Svalbard 33X", "Svalbard 35X"],
)
def test_utm_where_zones_make_exceptions(epsg, lon, lat):
    _agrees(pyproj.CRS.from_epsg(epsg), lon, lat)


@pytest.mark.parametrize("epsg", VN_2000)
def test_vn_2000(epsg):
    crs = pyproj.CRS.from_epsg(epsg)
    area = crs.area_of_use
    _agrees(crs, (area.west + area.east) / 2, (area.south + area.north) / 2)


@pytest.mark.parametrize(
    ("epsg", "lon", "lat"),
    [(28992, 4.357, 52.011), (2154, 2.35, 48.85)],
)
def test_national_grids(epsg, lon, lat):
    _agrees(pyproj.CRS.from_epsg(epsg), lon, lat)


@pytest.mark.parametrize(
    ("plain", "compound", "x", "y"), [(28992, 7415, 84_500, 447_500), (2154, 5698, 652_000, 6_862_000)]
)
def test_a_vertical_part_moves_nothing(plain, compound, x, y):
    """Taken by pyproj as ellipsoidal, heights of EPSG:28992 rise by 43 m, and those of EPSG:7415 do not."""
    frame = SiteFrame(4.357, 52.011) if plain == 28992 else SiteFrame(2.35, 48.85)
    at = np.array([[x, y, 3.0]])
    one, other = (frame.site_from_crs(pyproj.CRS.from_epsg(epsg), at) for epsg in (plain, compound))
    assert np.abs(one - other).max() < 1e-6


def test_what_heights_are_above_is_said_and_a_missing_geoid_grid_is_named():
    nap = heights_of(pyproj.CRS.from_epsg(7415))
    assert (nap.kind, nap.name) == ("orthometric", "NAP height")
    with pytest.warns(UserWarning, match="Best transformation is not available"):
        here = pyproj.transformer.TransformerGroup(7415, 4979).best_available
    assert not here
    assert any(name.startswith("nl_") for name in nap.missing)
    assert heights_of(pyproj.CRS.from_epsg(28992)).kind == "unstated"
    assert heights_of(pyproj.CRS.from_epsg(32648).to_3d()).kind == "ellipsoidal"
