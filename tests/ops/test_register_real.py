"""Buildings of real captures, moved and turned, found again."""

from __future__ import annotations

from pathlib import Path

import extruded
import geopandas
import laspy
import numpy as np
import pytest
import shapely
from shapely.geometry import MultiPolygon, Polygon

from heritage.model.arrays import PointCloud, Similarity
from heritage.ops.placement.footprint_choice import FootprintPrior
from heritage.ops.placement.register import Registered, register_footprint

pytestmark = pytest.mark.real


def _scan(real_data: Path) -> tuple[np.ndarray, list[Polygon]]:
    """Points of buildings (class 6), and the footprints."""
    folder = real_data / "delft_ahn3_bgt"
    scans = [laspy.read(folder / f"ahn3_cropped_{i}.laz") for i in (1, 2)]
    xyz = np.concatenate([s.xyz[np.asarray(s.classification) == 6] for s in scans])
    return xyz, list(geopandas.read_file(folder / "delft_bgt_pand_28992.geojson").geometry)


def _found_again(
    points: np.ndarray, plan: Polygon | MultiPolygon, rng: np.random.Generator
) -> tuple[Registered, Similarity, float]:
    """Turned and shifted at random, with a compass good to 10 degrees: what is found, the truth, the worst corner."""
    angle = rng.uniform(0, 2 * np.pi)
    c, s = np.cos(angle), np.sin(angle)
    truth = Similarity(
        np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]),
        np.array([*(np.array(plan.centroid.coords[0]) + rng.uniform(-20, 20, 2)), 0.0]),
    )
    cloud = PointCloud(np.zeros(3), truth.inverse().apply(points).astype(np.float32))
    y = truth.rotation[:, 1]
    compass = np.degrees(np.arctan2(y[0], y[1])) + rng.normal(0, 10)
    prior = FootprintPrior(heading_deg=float(compass), heading_sigma_deg=10.0)
    found = register_footprint(cloud, None, plan, prior)
    xy = shapely.get_coordinates(plan)
    corners = np.column_stack([xy, np.zeros(len(xy))])
    moved = found.site_from_monument.apply(truth.inverse().apply(corners)) - corners
    return found, truth, float(np.linalg.norm(moved[:, :2], axis=1).max())


def test_airborne_buildings_of_delft_are_found_again(real_data):
    """Buildings over 100 square metres cut from the laser scan (class 6), turned at random, compass good to 10
    degrees. The scan has 8-20 points per square metre and hardly a wall, so the outline decides: worst corner
    within 1.2 m, most truths inside the stated region, and what is not known to half a metre is not called settled."""
    xyz, plans = _scan(real_data)
    tree = shapely.STRtree(plans)
    rng = np.random.default_rng(0)
    inside, doubted, count = 0, 0, 0
    for i, plan in enumerate(plans):
        if plan.area < 100:
            continue
        count += 1
        attached = [plans[j] for j in tree.query(plan.buffer(0.5), predicate="intersects") if j != i]
        cut = plan.buffer(1.5).difference(shapely.union_all(attached).buffer(0.3))
        points = xyz[shapely.contains_xy(cut, xyz[:, 0], xyz[:, 1])]
        found, truth, worst = _found_again(points, plan, rng)
        assert worst < (0.5 if found.settled else 1.2), f"building {i}: {found.reasons}"
        centre = found.centre_m[None]
        off = (found.site_from_monument.apply(centre) - truth.apply(centre))[0, :2]
        inside += off @ np.linalg.solve(found.covariance[:2, :2], off) < 5.99
        doubted += any(reason.code == "coarse-corners" for reason in found.reasons)
    assert count == 7
    assert inside >= 5
    assert doubted >= 5


def test_an_airborne_scan_of_a_whole_block_is_settled(real_data):
    """Of one house of a row the roof's outline says too little; of 25 houses together it is enough: their overhangs average."""
    xyz, plans = _scan(real_data)
    low, high = [85_000.0, 447_412.8], xyz[:, :2].max(0)
    block = shapely.union_all([p for p in plans if p.within(shapely.box(*low, *high))])
    points = xyz[shapely.contains_xy(block.buffer(1.5), xyz[:, 0], xyz[:, 1])]
    found, _, worst = _found_again(points, block, np.random.default_rng(1))
    assert found.settled, found.reasons
    assert worst < 0.5
    assert found.sigma_m < 0.2


def test_buildings_of_hue_made_from_their_footprints_are_found(real_data):
    table = geopandas.read_file(real_data / "hue" / "hue_osm_colonial_buildings_4326.geojson").to_crs(32648)
    plans = [p for p in table.geometry if p.is_valid and 150 < p.area < 2000][::12][:8]
    assert len(plans) == 8
    for seed, plan in enumerate(plans):
        scene = extruded.scene(plan, seed, per_m2=10, hide_side=bool(seed % 2))
        y = scene.truth.rotation[:, 1]
        compass = float(np.degrees(np.arctan2(y[0], y[1]))) + 8
        prior = FootprintPrior(heading_deg=compass, heading_sigma_deg=10.0, ground_m=4.0)
        found = register_footprint(scene.cloud, None, scene.footprint, prior)
        assert scene.corner_error(found.site_from_monument) < 0.6, f"plan {seed}: {found.reasons}"
