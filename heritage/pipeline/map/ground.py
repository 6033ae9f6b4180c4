"""The ground's shape: read from a DEM, laid on a grid of the site frame, written as a tile."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyproj

from heritage.formats.ground_tile import write_ground_tile
from heritage.formats.tiles3d import TILESET, tileset_json
from heritage.model.arrays import F64
from heritage.model.errors import InputError
from heritage.model.frames import SiteFrame
from heritage.model.raster import Raster
from heritage.model.release import GroundEntry
from heritage.model.tiles import Tile, TileTree
from heritage.ops.map.ground_mesh import ground_mesh
from heritage.ops.map.terrain import Terrain, terrain
from heritage.pipeline.map.extent import raster_box
from heritage.pipeline.reading.guard_map import guarded_heights
from heritage.store import Writes
from heritage.text.site import LoadedSite

FOLDER = "map/ground"
_MOST_NODES = 224  # a side: some 50,000 nodes, about 150 kB over the wire
_BLEND = (20.0, 0.12, 400.0)  # metres: least, share of the map's longer side, most


@dataclass(frozen=True, eq=False)
class GroundModel:
    """The terrain, and how the model's heights became the site's."""

    terrain: Terrain
    heights: str


def read_ground_model(loaded: LoadedSite, frame: SiteFrame, low: F64, high: F64) -> GroundModel | None:
    """The site's DEM over the map's rectangle; None where the site names none, or it lies elsewhere.

    Raises InputError as `guarded_heights` does, and where its heights are above another surface than the site's.
    """
    spec = loaded.site.ground
    if spec is None or spec.dem is None:
        return None
    raster = guarded_heights(loaded.root / spec.dem, spec.dem_crs)
    offset_m, words = datum(loaded, raster)
    plane_m = loaded.site.ground_m - frame.height_m
    own_low, own_high, pixel_m = raster_box(raster, frame, loaded.site.ground_m)
    low, high = np.maximum(low, own_low), np.minimum(high, own_high)
    if (high <= low).any():
        return None
    longest = float((high - low).max())
    blend_m = float(np.clip(_BLEND[1] * longest, _BLEND[0], _BLEND[2]))
    spacing = max(pixel_m, (longest + 2 * blend_m) / _MOST_NODES)
    crs = pyproj.CRS.from_wkt(raster.crs)
    made = terrain(
        raster.values,
        raster.pixel_from_xy,
        partial(frame.crs_from_site, crs),
        low - blend_m,
        high + blend_m,
        spacing,
        offset_m=offset_m,
        plane_m=plane_m,
        blend_m=blend_m,
    )
    return GroundModel(made, words)


def datum(loaded: LoadedSite, raster: Raster) -> tuple[float, str]:
    """What is added to the DEM's heights, and that in words.

    Raises InputError where the DEM's heights and the site's are above different surfaces and nobody says how far
    these lie apart: a geoid that is left out is off by up to 100 m.
    """
    spec, site = loaded.site.ground, loaded.site.heights
    stated = (spec and spec.dem_heights) or raster.vertical
    given = spec.dem_offset_m if spec else None
    if stated is not None and site != "unknown" and stated != site and given is None:
        raise InputError(
            loaded.lines.where("ground", "dem"),
            f"the DEM's heights are {stated}, the site's {site}",
            "both above the same surface, or the distance between the two",
            "say it in ground.dem_offset_m: the geoid's height there, added to orthometric heights",
            code="dem-datum",
        )
    words = f"{stated or 'not stated by the file'}; the site's: {site}"
    if given:
        return given, f"{words}; {given:+g} m added"
    return 0.0, words if stated == site else f"{words}; taken as they are"


def write_ground(into: Writes, model: GroundModel, root_transform: Sequence[float]) -> GroundEntry:
    """Write the ground's tileset."""
    vertices, triangles, cover = ground_mesh(model.terrain)
    into.write(
        f"{FOLDER}/tiles/r.glb",
        write_ground_tile(vertices, triangles, cover, spacing_m=model.terrain.spacing_m),
    )
    low, high = vertices.min(0) - 0.05, vertices.max(0) + 0.05
    tree = TileTree(Tile("tiles/r.glb", low, high, 0.0, 0.0), float(np.linalg.norm(high - low)), "REPLACE")
    document = tileset_json(tree, root_transform)
    into.write(f"{FOLDER}/{TILESET}", json.dumps(document, separators=(",", ":"), allow_nan=False).encode())
    least, most = (tuple(round(float(v), 3) for v in corner) for corner in (vertices.min(0), vertices.max(0)))
    return GroundEntry(
        tileset=f"{FOLDER}/{TILESET}",
        min=(least[0], least[1], least[2]),
        max=(most[0], most[1], most[2]),
        spacing_m=round(model.terrain.spacing_m, 3),
        deviation_m=round(model.terrain.deviation_m, 3),
        heights=model.heights,
    )
