"""The land around the precinct: a ground model, water, green and streets, and the houses of a village.

All of it is invented. The ground is level at `GROUND_M` wherever a monument was captured.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pyogrio
import shapely
from PIL import Image, TiffImagePlugin

from heritage.model.arrays import F64
from heritage.sample.plan import AXIS_DEG, CRS, FRAME, GROUND_M

_INNER, _OUTER = shapely.box(-58, -56, 58, 76), shapely.box(-70, -68, 70, 88)
_REACH_M, _PIXEL_M = 450.0, 5.0
_RIVER_LEVEL_M, _MOAT_LEVEL_M = 1.4, 3.9
_HILL = (-40.0, -350.0, 26.0, 70.0)  # u, v, height, width: the screen in front of the palace


def _river_v(u: F64) -> F64:
    """The middle of the river, v over u."""
    return np.asarray(-196 + 16 * np.sin(u / 130) + 6 * np.sin(u / 47 + 1))


def _band(width: float) -> shapely.Polygon:
    u = np.linspace(-560, 560, 141)
    return shapely.LineString(np.column_stack([u, _river_v(u)])).buffer(width / 2)


RIVER = _band(66)
MOAT = _OUTER - _INNER - shapely.box(-4, -69, 4, -55) - shapely.box(-3, 75, 3, 89)
_STREETS = (
    [(0, -56), (0, -150)],
    [(-84, -82), (84, -82), (84, 102), (-84, 102), (-84, -82)],
    [(0, 102), (0, 260)],
    [(-300, -150), (-120, -146), (0, -150), (130, -152), (300, -140)],
    [(84, 20), (300, 34)],
    [(-84, 20), (-300, 6)],
    [(-300, 160), (-84, 168), (84, 160), (300, 176)],
    [(190, -146), (186, 27), (196, 168)],
    [(-190, -148), (-194, 13), (-186, 164)],
)
_PATHS = (
    [(0, -50), (0, -31)],
    [(0, -20), (0, -8)],
    [(-30, -20), (30, -20)],
    [(-16, -5), (-16, 34), (16, 34), (16, -5), (-16, -5)],
    [(0, 26), (0, 38)],
    [(0, 52), (0, 88)],
)
_GREEN = (
    shapely.box(-54, -52, -40, 72), shapely.box(44, -52, 54, 72), shapely.box(-36, 56, -4, 72), shapely.box(4, 56, 40, 72),
    shapely.box(-34, -50, -8, -34), shapely.box(8, -50, 40, -34),
    _band(112) - _band(72),
    shapely.buffer(shapely.Point(_HILL[0], _HILL[1]), 88),
    shapely.Polygon([(100, -135), (178, -135), (176, -96), (104, -92)]),
    shapely.Polygon([(-180, 30), (-100, 34), (-102, 92), (-176, 96)]),
)  # fmt: skip


def _moved(shape: Any) -> Any:
    """A shape of the precinct's axes in `CRS`."""
    a = np.radians(AXIS_DEG)
    turn = np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])

    def place(uv: F64) -> F64:
        return FRAME.crs_from_site(CRS, np.column_stack([uv @ turn.T, np.zeros(len(uv))]))[:, :2]

    return shapely.transform(shapely.segmentize(shape, 20), place)


def heights(uv: F64) -> F64:
    """Height of the ground in `CRS` at places (n, 2) of the precinct's axes, metres."""
    u, v = uv.T
    rolling = 0.9 * np.sin(u / 95 + 0.7) * np.cos(v / 120) + 0.5 * np.sin((u + v) / 61)
    points = shapely.points(uv)
    off = shapely.distance(points, shapely.buffer(_OUTER, 14))
    z = GROUND_M + rolling * np.clip(off / 70, 0, 1)
    hu, hv, height, width = _HILL
    z += height * np.exp(-(((u - hu) / (1.9 * width)) ** 2) - ((v - hv) / width) ** 2)
    to_river = shapely.distance(points, RIVER)
    bank = np.clip(to_river / 26, 0, 1)
    z = _RIVER_LEVEL_M + (z - _RIVER_LEVEL_M) * bank * bank * (3 - 2 * bank)
    return np.where(shapely.distance(points, MOAT) <= 0, _MOAT_LEVEL_M, z)


def houses() -> list[tuple[str, str | None, float | None, shapely.Polygon]]:
    """The village: (id, name, height or None where nobody measured it, plan in the precinct's axes)."""
    rng = np.random.default_rng(1802)
    taken = shapely.union_all(
        [shapely.buffer(_OUTER, 9), _band(80), *(shapely.buffer(g, 3) for g in _GREEN[-2:])]
    )
    ways = [shapely.LineString(way) for way in _STREETS]
    taken = shapely.union_all([taken, *(shapely.buffer(way, 4.5) for way in ways)])
    shapely.prepare(taken)
    made: list[shapely.Polygon] = []
    for way in ways:
        for along in np.arange(9, way.length - 9, 17.5):
            for side in (-1, 1):
                if rng.random() < 0.3:
                    continue
                here, there = way.interpolate(along), way.interpolate(along + 0.5)
                angle = np.arctan2(there.y - here.y, there.x - here.x)
                width, depth, back = rng.uniform(6.5, 12), rng.uniform(7.5, 13), rng.uniform(6.5, 9)
                plan = np.array([[-width, -depth], [width, -depth], [width, depth], [-width, depth]]) / 2
                if rng.random() < 0.3:  # a wing
                    plan = np.array([*plan[:2], [width / 2, 0], [0, 0], [0, depth / 2], plan[3]])
                across = side * (back + depth / 2)
                turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
                house = shapely.Polygon((plan + np.array([0.0, across])) @ turn.T + [here.x, here.y])
                if house.intersects(taken) or any(house.distance(other) < 2 for other in made):
                    continue
                made.append(house)
    named = {3: "Đình làng", 17: "Chùa làng", 31: "Chợ Đông", 44: "Nhà vườn"}
    return [
        (
            f"nha-{k + 1:03d}",
            named.get(k),
            None if rng.random() < 0.25 else round(float(rng.uniform(2.8, 6.8)), 1),
            house,
        )
        for k, house in enumerate(made)
    ]


def placed_houses() -> list[tuple[str, str | None, float | None, shapely.Polygon]]:
    """`houses` in `CRS`."""
    return [(id_, name, height, _moved(plan)) for id_, name, height, plan in houses()]


def write_base_map(path: Path) -> None:
    """Write the GeoPackage with the layers ``water``, ``green``, ``streets`` and ``paths``, EPSG:32648."""
    layers: dict[str, list[Any]] = {
        "water": [RIVER, MOAT],
        "green": list(_GREEN),
        "streets": [shapely.LineString(way) for way in _STREETS],
        "paths": [shapely.LineString(way) for way in _PATHS],
    }
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2024-06-01T00:00:00.000Z"})
    try:
        for name, shapes in layers.items():
            table = geopandas.GeoDataFrame(geometry=[_moved(shape) for shape in shapes], crs=CRS)
            table.to_file(
                path, layer=name, driver="GPKG", engine="pyogrio", mode="a" if path.exists() else "w"
            )
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def write_dem(path: Path) -> None:
    """Write the ground model: a GeoTIFF of float32 heights every 5 m over 900 m, EPSG:32648, deflate."""
    size = round(2 * _REACH_M / _PIXEL_M)
    middle = np.rint(FRAME.crs_from_site(CRS, np.zeros((1, 3)))[0, :2] / _PIXEL_M) * _PIXEL_M
    west, north = middle[0] - _REACH_M, middle[1] + _REACH_M
    column, row = np.meshgrid(np.arange(size) + 0.5, np.arange(size) + 0.5)
    xy = np.column_stack([west + column.ravel() * _PIXEL_M, north - row.ravel() * _PIXEL_M])
    site = FRAME.site_from_crs(CRS, np.column_stack([xy, np.full(len(xy), GROUND_M)]))[:, :2]
    a = np.radians(AXIS_DEG)
    z = heights(site @ np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]]))
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    double, short, text = 12, 3, 2
    for tag, kind, value in (
        (33550, double, (_PIXEL_M, _PIXEL_M, 0.0)),
        (33922, double, (0.0, 0.0, 0.0, float(west), float(north), 0.0)),
        (34735, short, (1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, CRS.to_epsg())),
        (42113, text, "-9999"),
    ):
        tags.tagtype[tag] = kind
        tags[tag] = value
    image = Image.fromarray(np.round(z, 2).astype(np.float32).reshape(size, size))
    image.save(path, "TIFF", tiffinfo=tags, compression="tiff_adobe_deflate")
