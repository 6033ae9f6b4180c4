from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import pytest
from PIL import Image, TiffImagePlugin

from heritage.formats.geotiff import read_heights, read_photo
from heritage.model.errors import InputError

TYPES = {33550: 12, 33922: 12, 34264: 12, 34735: 3, 42112: 2, 42113: 2}
UTM = (1, 1, 0, 2, 1025, 0, 1, 1, 3072, 0, 1, 32648)
PLACED = {33550: (2.0, 3.0, 0.0), 33922: (0.0, 0.0, 0.0, 100.0, 900.0, 0.0), 34735: UTM}
HEIGHTS = np.arange(12, dtype=np.float32).reshape(3, 4) / 4


def tiff(path: Path, values: np.ndarray, tags: dict[int, Any], prefix: bytes = b"II", **options: Any) -> Path:
    held = TiffImagePlugin.ImageFileDirectory_v2(prefix=prefix)
    for tag, value in tags.items():
        held.tagtype[tag] = TYPES[tag]
        held[tag] = value
    Image.fromarray(values).save(path, "TIFF", tiffinfo=held, **options)
    return path


def refused(read: Any, path: Path) -> str:
    with pytest.raises(InputError) as caught:
        read(path)
    assert caught.value.problems[0].code == "raster-unreadable"
    assert path.name in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("options", [{}, {"compression": "tiff_adobe_deflate"}, {"compression": "tiff_lzw"}])
def test_heights_are_where_the_tags_say(tmp_path: Path, options: dict[str, str]) -> None:
    raster = read_heights(tiff(tmp_path / "dem.tif", HEIGHTS, PLACED, **options))
    assert np.array_equal(raster.values, HEIGHTS)
    # Pixels are areas: the tie point is the first one's corner, so its middle is half a pixel on.
    assert raster.xy_from_pixel.tolist() == [[2.0, 0.0, 101.0], [0.0, -3.0, 898.5]]
    assert raster.corners().tolist() == [[100, 900], [108, 900], [108, 891], [100, 891]]
    assert pyproj.CRS.from_wkt(raster.crs).to_epsg() == 32648
    assert raster.vertical is None
    x, y = raster.xy_from_pixel @ [3, 2, 1]
    assert (raster.pixel_from_xy @ [x, y, 1]).tolist() == pytest.approx([3, 2])


def test_pixels_may_be_points_and_a_matrix_may_place_them(tmp_path: Path) -> None:
    points = (*UTM[:4], 1025, 0, 1, 2, *UTM[8:])
    raster = read_heights(tiff(tmp_path / "points.tif", HEIGHTS, PLACED | {34735: points}))
    assert raster.xy_from_pixel.tolist() == [[2.0, 0.0, 100.0], [0.0, -3.0, 900.0]]
    matrix = (2.0, 0.5, 0, 100, 0.25, -2.0, 0, 900, 0, 0, 0, 0, 0, 0, 0, 1)
    raster = read_heights(tiff(tmp_path / "turned.tif", HEIGHTS, {34264: matrix, 34735: UTM}))
    assert raster.xy_from_pixel.tolist() == [[2.0, 0.5, 101.25], [0.25, -2.0, 899.125]]


def test_what_means_none_is_none_and_what_heights_are_above_is_read(tmp_path: Path) -> None:
    values = HEIGHTS.copy()
    values[0, 0], values[2, 3] = -9999, 3.4e38
    keys = (1, 1, 0, 3, *UTM[4:], 4096, 0, 1, 5773)
    raster = read_heights(tiff(tmp_path / "dem.tif", values, PLACED | {42113: "-9999", 34735: keys}))
    assert np.argwhere(np.isnan(raster.values)).tolist() == [[0, 0], [2, 3]]
    assert raster.vertical == "orthometric"  # EPSG:5773 is EGM96


@pytest.mark.parametrize(
    ("vertical", "metres"),
    [((4096, 0, 1, 6360), 1200 / 3937), ((4099, 0, 1, 9002), 0.3048), ((4096, 0, 1, 5773), 1.0)],
)
def test_heights_in_feet_come_as_metres(tmp_path: Path, vertical: tuple[int, ...], metres: float) -> None:
    keys = (1, 1, 0, 3, *UTM[4:], *vertical)
    raster = read_heights(tiff(tmp_path / "dem.tif", HEIGHTS, PLACED | {34735: keys}))
    assert raster.values == pytest.approx(metres * HEIGHTS)


def gdal(*items: tuple[str, str, int]) -> str:
    """GDAL's metadata as it writes them."""
    lines = [f'<Item name="{r.upper()}" sample="{k}" role="{r}">{text}</Item>' for r, text, k in items]
    return "\n".join(["<GDALMetadata>", '<Item name="AREA_OR_POINT">Area</Item>', *lines, "</GDALMetadata>"])


def test_numbers_are_stored_with_scale_and_offset(tmp_path: Path) -> None:
    stored = np.array([[-999, 1000], [2005, 3]], np.int32)
    decimetres = gdal(("scale", "0.1", 0), ("offset", "-20", 0), ("scale", "7", 1))
    feet = (1, 1, 0, 3, *UTM[4:], 4099, 0, 1, 9002)
    tags = PLACED | {42112: decimetres, 42113: "-999"}
    raster = read_heights(tiff(tmp_path / "a.tif", stored, tags))
    np.testing.assert_allclose(raster.values, [[np.nan, 80], [180.5, -19.7]], rtol=1e-6)
    raster = read_heights(tiff(tmp_path / "b.tif", stored, tags | {34735: feet}))
    np.testing.assert_allclose(raster.values[1], np.array([180.5, -19.7]) * 0.3048, rtol=1e-6)
    plain = PLACED | {42112: gdal()}
    assert read_heights(tiff(tmp_path / "c.tif", HEIGHTS, plain)).values.tolist() == HEIGHTS.tolist()


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        (gdal(("scale", "0", 0)), "0 as the scale"),
        (gdal(("offset", "nan", 0)), "'nan' as the offset"),
        (gdal(("scale", "0,1", 0)), "'0,1' as the scale"),
        (gdal(("scale", "0.1", 0))[:-4], "GDAL's metadata: no XML"),
        ('<!DOCTYPE a [<!ENTITY b "c">]>' + gdal(("scale", "&b;", 0)), "GDAL's metadata: XML in UTF-16"),
    ],
)
def test_a_scale_that_is_none_is_refused(metadata: str, words: str, tmp_path: Path) -> None:
    path = tiff(tmp_path / "dem.tif", HEIGHTS, PLACED | {42112: metadata})
    assert words in refused(read_heights, path)


@pytest.mark.parametrize(("word", "metres"), [("ft", 0.3048), ("US survey foot", 1200 / 3937), ("m", 1.0)])
def test_gdal_says_the_unit_of_heights(tmp_path: Path, word: str, metres: float) -> None:
    tags = PLACED | {42112: gdal(("unittype", word, 0), ("offset", "10", 0), ("unittype", "fathom", 1))}
    raster = read_heights(tiff(tmp_path / "dem.tif", HEIGHTS, tags))
    np.testing.assert_allclose(raster.values, (HEIGHTS + 10) * metres, rtol=1e-6)


def test_two_units_of_the_same_heights_are_refused(tmp_path: Path) -> None:
    metres = PLACED | {34735: (1, 1, 0, 3, *UTM[4:], 4099, 0, 1, 9001), 42112: gdal(("unittype", "ft", 0))}
    assert "'ft' and in one of 1 m" in refused(read_heights, tiff(tmp_path / "a.tif", HEIGHTS, metres))
    fathoms = PLACED | {42112: gdal(("unittype", "fathom", 0))}
    assert "'fathom'" in refused(read_heights, tiff(tmp_path / "b.tif", HEIGHTS, fathoms))


def test_depths_and_units_nobody_knows_are_refused(tmp_path: Path) -> None:
    depths = PLACED | {34735: (1, 1, 0, 3, *UTM[4:], 4096, 0, 1, 5715)}
    assert "grow downwards" in refused(read_heights, tiff(tmp_path / "a.tif", HEIGHTS, depths))
    unit = PLACED | {34735: (1, 1, 0, 3, *UTM[4:], 4099, 0, 1, 9036)}
    assert "EPSG:9036" in refused(read_heights, tiff(tmp_path / "b.tif", HEIGHTS, unit))


def test_whole_numbers_are_heights_too(tmp_path: Path) -> None:
    values = np.array([[-3, 4], [500, 6]], np.int32)
    assert read_heights(tiff(tmp_path / "dem.tif", values, PLACED)).values.tolist() == values.tolist()


def test_a_photo_is_averaged_down_and_keeps_its_place(tmp_path: Path) -> None:
    picture = np.zeros((10, 20, 3), np.uint8)
    picture[:, 10:] = 200
    raster = read_photo(tiff(tmp_path / "photo.tif", picture, PLACED), most_px=5)
    assert raster.values.shape == (3, 5, 4)  # rows of four, the last of two
    assert raster.values[0, :, 0].tolist() == [0, 0, 100, 200, 200]
    assert raster.xy_from_pixel[:, 2].tolist() == [100 + 2.0 * 2, 900 - 3.0 * 2]
    assert raster.xy_from_pixel[0, 0] == 8.0


def test_what_is_no_geotiff_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "text.tif").write_text("no picture")
    assert "no TIFF" in refused(read_heights, tmp_path / "text.tif")
    assert "where it lies" in refused(read_heights, tiff(tmp_path / "a.tif", HEIGHTS, {34735: UTM}))
    bare = {tag: value for tag, value in PLACED.items() if tag != 34735}
    assert "no CRS" in refused(read_heights, tiff(tmp_path / "b.tif", HEIGHTS, bare))
    assert read_heights(tmp_path / "b.tif", "EPSG:32648").values.shape == (3, 4)
    flat = PLACED | {33550: (0.0, 3.0, 0.0)}
    assert "without an area" in refused(read_heights, tiff(tmp_path / "c.tif", HEIGHTS, flat))
    none = np.full((2, 2), -9999, np.float32)
    assert "no height" in refused(read_heights, tiff(tmp_path / "d.tif", none, PLACED | {42113: "-9999"}))
    colours = np.zeros((2, 2, 3), np.uint8)
    assert "one channel" in refused(read_heights, tiff(tmp_path / "e.tif", colours, PLACED))
    assert "8-bit colours" in refused(read_photo, tmp_path / "d.tif")
    unknown = PLACED | {34735: (*UTM[:-1], 32699)}
    assert "unknown to PROJ" in refused(read_heights, tiff(tmp_path / "f.tif", HEIGHTS, unknown))
    whole = tiff(tmp_path / "g.tif", HEIGHTS, PLACED, compression="tiff_adobe_deflate").read_bytes()
    (tmp_path / "g.tif").write_bytes(whole[:-30])
    refused(read_heights, tmp_path / "g.tif")


def test_a_crs_that_contradicts_the_file_is_refused(tmp_path: Path) -> None:
    path = tiff(tmp_path / "dem.tif", HEIGHTS, PLACED)
    with pytest.raises(InputError, match="both must be the same"):
        read_heights(path, "EPSG:3405")
    assert read_heights(path, "EPSG:32648").values.shape == (3, 4)
