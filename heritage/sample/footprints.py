"""The cadastral layer: ground plans of the monuments, of the plain buildings between them and of the village."""

from __future__ import annotations

from pathlib import Path

import geopandas
import numpy as np
import pyogrio
from shapely.geometry import Polygon

from heritage.model.arrays import Similarity
from heritage.sample.plan import AXIS_DEG, CRS, FRAME, GROUND_M, PLACES, Place, Points
from heritage.sample.surroundings import placed_houses

# (id, name, height, (u0, u1, v0, v1)): what stands around, in the precinct's axes.
_NEIGHBOURS: tuple[tuple[str, str, float, tuple[float, float, float, float]], ...] = (
    ("ta-vu", "Tả Vu", 5.2, (19.5, 25.5, 9.0, 24.0)),
    ("huu-vu", "Hữu Vu", 5.2, (-25.5, -19.5, -6.0, 9.0)),
    ("truong-lang-dong", "Trường lang đông", 3.6, (12.5, 14.7, 33.0, 55.0)),
    ("truong-lang-tay", "Trường lang tây", 3.6, (-14.7, -12.5, 33.0, 55.0)),
    ("can-chanh", "Nền điện Cần Chánh", 1.2, (-11.0, 11.0, 38.0, 52.0)),
    ("nha-kho", "Nhà kho", 4.0, (-33.0, -28.0, -24.0, -14.0)),
    ("nha-le", "Nhà lễ", 4.4, (31.0, 37.0, -27.0, -19.0)),
    ("nha-linh", "Nhà lính", 3.4, (-27.5, -20.5, -29.0, -25.5)),
    ("tuong-nam-tay", "Tường nam (tây)", 2.8, (-38.0, -10.6, -31.5, -30.6)),
    ("tuong-nam-dong", "Tường nam (đông)", 2.8, (10.6, 42.0, -31.5, -30.6)),
    ("tuong-dong", "Tường đông", 2.8, (41.1, 42.0, -30.6, 26.0)),
    ("tuong-bac", "Tường bắc", 2.8, (-9.4, 42.0, 26.0, 26.9)),
    ("tuong-tay", "Tường tây", 2.8, (-38.0, -37.1, -30.6, 17.0)),
)


def footprint(place: Place) -> Polygon:
    """The monument's true ground plan in `CRS`."""
    return _placed(place.outline, place.site_from_design)


def write_footprints(path: Path) -> None:
    """Write the GeoPackage: layer ``buildings``, EPSG:32648, columns id, name, height and ground (metres)."""
    rows: list[tuple[str, str | None, float | None, Polygon]] = [
        (p.id, p.name, p.height, footprint(p)) for p in PLACES
    ]
    axes = Similarity(np.array(_site_from_axes()), np.zeros(3))
    for id_, name, height, (u0, u1, v0, v1) in _NEIGHBOURS:
        rows.append((id_, name, height, _placed([(u0, v0), (u1, v0), (u1, v1), (u0, v1)], axes)))
    own = len(rows)
    # Nobody surveyed the ground of the village: its houses stand on the ground model.
    rows += placed_houses()
    table = geopandas.GeoDataFrame(
        {
            "id": [r[0] for r in rows],
            "name": [r[1] for r in rows],
            "height": [r[2] for r in rows],
            "ground": [GROUND_M] * own + [None] * (len(rows) - own),
        },
        geometry=[r[3] for r in rows],
        crs=CRS,
    )
    # GeoPackage stores the time of the last change; a fixed one keeps the file the same for the same seed.
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2024-06-01T00:00:00.000Z"})
    try:
        table.to_file(path, layer="buildings", driver="GPKG", engine="pyogrio")
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def _site_from_axes() -> list[list[float]]:
    a = np.radians(AXIS_DEG)
    return [[np.cos(a), np.sin(a), 0.0], [-np.sin(a), np.cos(a), 0.0], [0.0, 0.0, 1.0]]


def _placed(plan: Points, site_from_plan: Similarity) -> Polygon:
    flat = np.column_stack([np.array(plan), np.zeros(len(plan))])
    return Polygon(FRAME.crs_from_site(CRS, site_from_plan.apply(flat))[:, :2])
