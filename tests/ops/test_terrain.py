from __future__ import annotations

from functools import partial

import numpy as np
import pyproj
import pytest
import shapely

from heritage.model.frames import SiteFrame
from heritage.ops.map.ground_mesh import ground_mesh
from heritage.ops.map.lay import lay
from heritage.ops.map.paint import paint
from heritage.ops.map.terrain import Terrain, bilinear, terrain

FRAME = SiteFrame(107.578, 16.469, 5.0)
UTM = pyproj.CRS.from_epsg(32648)
PIXEL = 4.0


def raster(relief, missing=None) -> tuple[np.ndarray, np.ndarray]:
    """Heights of UTM over 600 m around the frame, and pixel_from_xy."""
    middle = FRAME.crs_from_site(UTM, np.zeros((1, 3)))[0, :2]
    corner = middle + np.array([-300, 300])
    column, row = np.meshgrid(np.arange(151), np.arange(151))
    x, y = corner[0] + column * PIXEL, corner[1] - row * PIXEL
    values = relief(x - middle[0], y - middle[1]).astype(np.float32)
    if missing is not None:
        values[missing(x - middle[0], y - middle[1])] = np.nan
    inverse = np.array([[1 / PIXEL, 0, -corner[0] / PIXEL], [0, -1 / PIXEL, corner[1] / PIXEL]])
    return values, inverse


def made(values: np.ndarray, inverse: np.ndarray, reach: float = 200.0, **more: float) -> Terrain:
    options = {"offset_m": 0.0, "plane_m": 0.0, "blend_m": 40.0} | more
    low = np.array([-reach, -reach])
    return terrain(values, inverse, partial(FRAME.crs_from_site, UTM), low, -low, 5.0, **options)


def test_a_slope_comes_through_the_projection_to_the_millimetre() -> None:
    result = made(*raster(lambda x, y: 20 + 0.1 * x - 0.05 * y), offset_m=1.5)
    rows, columns = np.nonzero(result.cover == 1)
    xy = result.low + result.spacing_m * np.column_stack([columns, rows])
    z = result.heights[rows, columns].astype(np.float64)
    # Judged by PROJ alone: the point (x, y, z) of the site is, in UTM, as high as the slope says there.
    there = FRAME.crs_from_site(UTM, np.column_stack([xy, z]))
    middle = FRAME.crs_from_site(UTM, np.zeros((1, 3)))[0, :2]
    wanted = 21.5 + 0.1 * (there[:, 0] - middle[0]) - 0.05 * (there[:, 1] - middle[1])
    assert np.abs(there[:, 2] - wanted).max() < 0.002
    assert len(rows) > 3000
    assert result.deviation_m < 0.002


def test_without_heights_and_at_the_rim_the_ground_passes_to_the_plane() -> None:
    values, inverse = raster(lambda x, y: 30 + 0 * x, lambda x, y: x > 60)
    result = made(values, inverse)
    assert result.cover[0].max() == result.cover[-1].max() == 0
    assert np.abs(result.heights[result.cover == 0]).max() < 1e-5
    assert result.at(np.array([[-50.0, 0.0]]))[0] == pytest.approx(25, abs=0.01)
    assert np.isnan(result.at(np.array([[100.0, 0.0], [900.0, 0.0], [-198.0, 0.0]]))).all()
    between = (result.cover > 0) & (result.cover < 1)
    assert ((result.heights[between] > -0.01) & (result.heights[between] < 25.01)).all()
    empty = made(np.full_like(values, np.nan), inverse, plane_m=2.0)
    assert (empty.heights == 2).all()
    assert (empty.cover == 0).all()


def test_the_deviation_is_what_lies_between_the_nodes() -> None:
    def waves(x, y):
        return 2 * np.sin(x / 6)

    result = made(*raster(waves))
    rows, columns = np.nonzero(result.cover == 1)
    inner = (columns < columns.max()) & (rows < rows.max())
    xy = result.low + result.spacing_m * (np.column_stack([columns, rows])[inner] + 0.5)
    there = FRAME.crs_from_site(UTM, np.column_stack([xy, np.zeros(len(xy))]))
    truth = bilinear(raster(waves)[0], np.column_stack([there[:, :2], np.ones(len(xy))]) @ raster(waves)[1].T)
    drawn = bilinear(result.heights, (xy - result.low) / result.spacing_m)
    off = np.abs(truth - there[:, 2] - drawn)
    assert result.deviation_m == pytest.approx(np.percentile(off, 95), rel=0.05)
    assert result.deviation_m > 0.1


def test_the_mesh_is_the_grid_and_faces_up() -> None:
    result = made(*raster(lambda x, y: 10 + 3 * np.sin(x / 40) + y / 50))
    vertices, triangles, cover = ground_mesh(result)
    a, b, c = vertices[triangles].transpose(1, 0, 2)
    up = np.cross(b - a, c - a)[:, 2]
    assert (up > 0).all()
    assert up.sum() / 2 == pytest.approx(np.prod(result.high - result.low))
    assert np.array_equal(vertices[:, 2].astype(np.float32), result.heights.ravel())
    assert len(cover) == len(vertices)


def test_bilinear_takes_no_part_of_what_it_does_not_need() -> None:
    values = np.array([[1, np.nan], [3, 4]], np.float32)
    places = np.array([[0.0, 0.0], [0.0, 0.5], [0.5, 0.0], [0.5, 1.0], [1.0, 1.0], [1.1, 1.0]])
    assert np.array_equal(bilinear(values, places), [1, 2, np.nan, 3.5, 4, np.nan], equal_nan=True)


def test_paint_covers_what_polygons_cover() -> None:
    ring = shapely.Polygon(
        shapely.Point(20, 20).buffer(15).exterior, [shapely.Point(20, 20).buffer(7).exterior]
    )
    block = shapely.box(30, 2, 60, 9)
    crossed = shapely.Polygon([(2, 44), (12, 54), (12, 44), (2, 54)])
    shapes = np.array([shapely.MultiPolygon([ring, block]), crossed], dtype=object)
    picture = paint(shapes, np.array([0.0, 0.0]), 0.5, 100, 120)
    assert picture.shape == (120, 100)
    inside = shapely.union_all([ring, block & shapely.box(0, 0, 50, 60), shapely.make_valid(crossed)])
    assert picture.sum() / 255 * 0.25 == pytest.approx(inside.area, rel=0.03)
    columns, rows = np.meshgrid(np.arange(100), np.arange(120))
    x, y = columns * 0.5 + 0.25, 60 - rows * 0.5 - 0.25
    distance = shapely.distance(shapely.points(x, y), inside.boundary)
    within = shapely.contains_xy(inside, x, y)
    # Half a pixel from the outline and farther, more than half covered means inside.
    clear = distance > 0.5
    assert ((picture > 127) == within)[clear].mean() > 0.995


def test_a_picture_lies_where_its_mapping_puts_it() -> None:
    colours = np.zeros((50, 80, 4), np.uint8)
    colours[:, :, 0] = np.arange(80)
    colours[:, :, 1] = np.arange(50)[:, None]
    colours[:, :, 3] = 255

    def pixel(xy: np.ndarray) -> np.ndarray:
        return np.column_stack([(xy[:, 0] - 10) / 2, (xy[:, 1] * -1 + 90) / 2])

    picture = lay(colours, pixel, np.array([0.0, 0.0]), 1.0, 150, 100)
    assert picture.shape == (100, 150, 4)
    column, row = 70, 40
    x, y = column + 0.5, 100 - row - 0.5
    assert picture[row, column].tolist() == pytest.approx([(x - 10) / 2, (90 - y) / 2, 0, 255], abs=1)
    assert (picture[:, :9, 3] == 0).all()
