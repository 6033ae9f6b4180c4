"""Where a globe would put the monuments: the tilesets' own root transforms and PROJ, against the plans as they are mapped."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas
import numpy as np
import pyproj
import pytest
import shapely
from outside_gltf import Glb, judge

pytestmark = pytest.mark.slow

GROUND_M = 5.0  # the invented town is level to a few decimetres
WALLS_M = GROUND_M + 1.5  # what stands higher is building: the surveys measured the pavement, too


def test_every_tileset_stands_on_its_plan_at_its_height(site: Path, release: Path, tmp_path: Path) -> None:
    plans = geopandas.read_file(site / "footprints.gpkg").set_index("id").geometry
    to_map = pyproj.Transformer.from_crs(4978, pyproj.CRS(plans.crs).to_3d(), always_xy=True)
    document = json.loads((release / "release.json").read_bytes())
    seen = 0
    for monument in document["monuments"]:
        plan = plans[monument["footprint"]]
        for tileset in sorted(release.glob(f"monuments/{monument['id']}/*/*/tileset.json")):
            root = json.loads(tileset.read_bytes())["root"]
            folder = tmp_path / str(seen)
            folder.mkdir()
            (tile,) = judge([tileset.parent / root["content"]["uri"]], folder)
            local = Glb.read(tile).world()
            ecef_from_monument = np.array(root["transform"]).reshape(4, 4).T
            ecef = np.c_[local, np.ones(len(local))] @ ecef_from_monument.T
            east, north, height = to_map.transform(*ecef[:, :3].T)

            building = shapely.points(east, north)[height > WALLS_M]
            eaves = plan.buffer(2.5)
            assert shapely.contains(eaves, building).all(), tileset
            covered = shapely.convex_hull(shapely.multipoints(building)).buffer(0.5)
            assert covered.intersection(plan).area > 0.9 * plan.area, tileset
            assert abs(np.percentile(height, 0.1) - GROUND_M) < 0.7, tileset
            seen += 1
    assert seen == 6
