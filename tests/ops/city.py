"""Footprints of the real captures, where they are present."""

from __future__ import annotations

import os
from pathlib import Path

import shapely
from shapely.geometry import Polygon

DATA = Path(os.environ.get("HERITAGE_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
LAYERS = {
    "Hue": ("hue/hue_osm_colonial_buildings_4326.geojson", 32648),
    "Delft": ("delft_ahn3_bgt/delft_bgt_pand_28992.geojson", 28992),
}


def layer(name: str) -> list[Polygon]:
    """Footprints in metres, less vertices that bend the outline by less than 0.3 m; none where there is no capture."""
    import geopandas

    path, crs = LAYERS[name]
    if not (DATA / path).exists():
        return []
    parts = geopandas.read_file(DATA / path).to_crs(crs).geometry.explode().simplify(0.3)
    return [shapely.force_2d(p) for p in parts if p.geom_type == "Polygon" and p.is_valid]
