from __future__ import annotations

import numpy as np
import pyproj
import pytest

from heritage.model.documents import Prior
from heritage.model.errors import InputError, MethodError
from heritage.model.frames import SiteFrame
from heritage.model.placement_reason import because
from heritage.ops.placement.place import heading_of, place_crs, place_prior


def _topocentric(frame: SiteFrame, crs: pyproj.CRS, xyz: np.ndarray) -> np.ndarray:
    """The exact mapping by PROJ's own topocentric conversion: an answer that is not our code's.

    Heights are kept as they are: what they are above is not ours to change.
    """
    lon, lat = pyproj.Transformer.from_crs(crs, 4326, always_xy=True).transform(xyz[:, 0], xyz[:, 1])
    height = xyz[:, 2]
    pipeline = pyproj.Transformer.from_pipeline(
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=cart +ellps=WGS84 "
        f"+step +proj=topocentric +ellps=WGS84 +lon_0={frame.lon_deg} +lat_0={frame.lat_deg} +h_0={frame.height_m}"
    )
    return np.column_stack(pipeline.transform(lon, lat, height))


@pytest.mark.parametrize(
    ("code", "lon", "lat"),
    [
        (32648, 107.58, 16.47), (32648, 102.2, 16.47), (32733, 17.3, -22.5), (32632, 4.2, 60.4),
        (3405, 105.8, 21.03), (9210, 106.3, 10.8), (28992, 4.36, 52.01), (2154, 2.35, 48.85),
    ],
)  # fmt: skip
def test_a_cloud_in_a_projected_crs_stands_where_proj_puts_it(code, lon, lat):
    crs = pyproj.CRS.from_epsg(code)
    frame = SiteFrame(lon, lat, 12.0)
    x, y = pyproj.Transformer.from_crs(4326, crs, always_xy=True).transform(lon, lat)
    origin = np.array([round(x, -2), round(y, -2), 0.0])
    bounds = np.array([-60.0, -40.0, 10.0]), np.array([70.0, 55.0, 35.0])
    placed = place_crs(origin, bounds, crs, frame)
    cloud = np.random.default_rng(0).uniform(*bounds, (500, 3))
    error = placed.site_from_monument.apply(cloud) - _topocentric(frame, crs, cloud + origin)
    assert np.linalg.norm(error, axis=1).max() <= placed.max_m + 1e-4
    assert placed.max_m < 0.02
    factors = pyproj.Proj(crs).get_factors(lon, lat)
    assert (placed.heading_deg + 180) % 360 - 180 == pytest.approx(factors.meridian_convergence, abs=0.02)
    assert placed.site_from_monument.scale == pytest.approx(1 / factors.meridional_scale, abs=4e-5)


def test_a_crs_in_feet_takes_a_cloud_in_metres():
    crs = pyproj.CRS.from_epsg(2263)
    frame = SiteFrame(-73.98, 40.75, 5.0)
    x, y = pyproj.Transformer.from_crs(4326, crs, always_xy=True).transform(-73.98, 40.75)
    foot = 1200 / 3937
    origin = np.array([x * foot, y * foot, 0.0])
    placed = place_crs(origin, (np.array([-20.0, -20, 0]), np.array([20.0, 20, 10])), crs, frame)
    assert np.abs(placed.site_from_monument.apply(np.zeros((1, 3)))[0, :2]).max() < 0.01
    assert placed.site_from_monument.scale == pytest.approx(1.0, abs=2e-4)


def test_a_cloud_of_one_height_can_be_placed():
    crs = pyproj.CRS.from_epsg(32648)
    flat = np.array([-5.0, -5.0, 0.0]), np.array([5.0, 5.0, 0.0])
    placed = place_crs(np.array([775000.0, 1822000.0, 5.0]), flat, crs, SiteFrame(107.58, 16.47))
    assert placed.site_from_monument.rotation[2, 2] > 0.999


@pytest.mark.parametrize(
    ("code", "lon", "lat"),
    [(3857, 8.4, 50.1), (5513, 14.4, 50.1), (3857, 107.58, 16.47)],
    ids=["Web Mercator", "axes to the south and west", "Web Mercator near the equator"],
)
def test_what_is_no_map_of_the_place_is_refused(code, lon, lat):
    crs = pyproj.CRS.from_epsg(code)
    x, y = pyproj.Transformer.from_crs(4326, crs, always_xy=True).transform(lon, lat)
    for height in (0.01, 12.0):  # a floor does not tell by its residuals
        with pytest.raises(MethodError, match=r"distorts the cloud.* are allowed.*UTM"):
            place_crs(
                np.array([x, y, 0.0]), (np.zeros(3), np.array([20.0, 20, height])), crs, SiteFrame(lon, lat)
            )


def test_degrees_are_refused():
    with pytest.raises(InputError, match="not projected"):
        place_crs(np.zeros(3), (np.zeros(3), np.ones(3)), pyproj.CRS.from_epsg(4326), SiteFrame(0, 0))


def test_a_prior_puts_the_anchor_on_its_place_and_turns_it():
    frame = SiteFrame(107.58, 16.47, 5.0)
    prior = Prior(lon=107.581, lat=16.472, heading_deg=90.0, scale=2.0)
    placed = place_prior(prior, frame, anchor=(3.0, 4.0, 1.0), ground_m=0.5)
    want = _topocentric(frame, pyproj.CRS.from_epsg(4979), np.array([[107.581, 16.472, 5.0]]))[0]
    got = placed.site_from_monument.apply(np.array([[3.0, 4.0, 1.0], [3.0, 5.0, 1.0]]))
    assert got[0] == pytest.approx([want[0], want[1], 0.5], abs=1e-6)
    assert got[1] - got[0] == pytest.approx([2.0, 0.0, 0.0], abs=1e-9)  # +y points east at heading 90
    assert heading_of(placed.site_from_monument) == pytest.approx(90.0)
    assert placed.reasons[0] == because("prior")


def test_what_a_prior_leaves_out_is_said():
    reasons = place_prior(Prior(lon=107.5, lat=16.4), SiteFrame(107.5, 16.4)).reasons
    assert reasons[1:] == (because("heading-assumed"), because("scale-assumed"))


def test_a_prior_without_position_is_refused():
    with pytest.raises(MethodError, match="lon and lat are needed"):
        place_prior(Prior(heading_deg=10.0), SiteFrame(0, 0))
