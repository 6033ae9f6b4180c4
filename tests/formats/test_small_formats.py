"""Stage arrays, pictures, control points and vector layers."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from heritage.formats.arrays import (
    load_array,
    load_cloud,
    load_mesh,
    read_document,
    save_array,
    save_cloud,
    save_document,
    save_mesh,
)
from heritage.formats.gcp import read_gcp
from heritage.formats.image import read_image
from heritage.formats.vector import read_footprints
from heritage.model.arrays import Mesh, PointCloud
from heritage.model.documents import Footprints
from heritage.model.errors import InputError, StoreError

RANDOM = np.random.default_rng(3)


def some_mesh() -> Mesh:
    change = RANDOM.normal(size=(4, 2, 2)).astype(np.float32)
    change[1, 0] = np.nan
    return Mesh(
        np.array([500_000.0, 1_800_000.0, 0.0]),
        RANDOM.normal(size=(4, 3)).astype(np.float32),
        np.array([[0, 1, 2], [0, 2, 3]], np.int32),
        uv=RANDOM.random((4, 2)).astype(np.float32),
        texture=RANDOM.integers(0, 256, (5, 7, 3)).astype(np.uint8),
        change=change,
        name="Ngọ Môn",
    )


def test_a_cloud_comes_back_exactly(tmp_path: Path) -> None:
    cloud = PointCloud(
        np.array([0.1, 2.0, 3.0]),
        RANDOM.normal(size=(9, 3)).astype(np.float32),
        RANDOM.integers(0, 256, (9, 3)).astype(np.uint8),
        confidence=np.arange(9, dtype=np.float32),
    )

    save_cloud(tmp_path, cloud, {"classes": np.arange(9, dtype=np.uint8)})
    read = load_cloud(tmp_path)

    for name in ("origin", "xyz", "rgb", "confidence"):
        np.testing.assert_array_equal(getattr(read, name), getattr(cloud, name))
    assert (read.normal, read.source_class) == (None, None)
    np.testing.assert_array_equal(load_array(tmp_path, "classes"), np.arange(9))
    with pytest.raises(ValueError, match="8 values of classes for 9 points"):
        save_cloud(tmp_path, cloud, {"classes": np.arange(8)})


def test_a_mesh_comes_back_exactly(tmp_path: Path) -> None:
    mesh = some_mesh()

    save_mesh(tmp_path, "part-0", mesh)
    read = load_mesh(tmp_path, "part-0")

    for name in ("origin", "vertices", "triangles", "uv", "texture", "change"):
        np.testing.assert_array_equal(getattr(read, name), getattr(mesh, name))
    assert (read.name, read.normals, read.rgb) == ("Ngọ Môn", None, None)


def test_the_same_values_give_the_same_bytes(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in "ab"]
    mesh = some_mesh()
    for folder in folders:
        folder.mkdir()
        save_mesh(folder, "m", mesh)

    first, second = ({p.name: p.read_bytes() for p in folder.iterdir()} for folder in folders)

    assert first == second


def test_damaged_stage_files_are_store_errors(tmp_path: Path) -> None:
    save_array(tmp_path, "a", np.arange(100))
    content = (tmp_path / "a.npy").read_bytes()
    for length in (0, 5, 50, len(content) - 1):
        (tmp_path / "a.npy").write_bytes(content[:length])
        with pytest.raises(StoreError):
            load_array(tmp_path, "a")
    with pytest.raises(StoreError):
        load_array(tmp_path, "missing")
    for text in ("", "{", "[]", '"a"'):
        (tmp_path / "a.json").write_text(text)
        with pytest.raises(StoreError):
            read_document(tmp_path / "a.json")
    with pytest.raises(StoreError):
        load_cloud(tmp_path)


def test_pickles_are_neither_written_nor_read(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="pickle"):
        save_array(tmp_path, "a", np.array([object()]))
    np.save(tmp_path / "b.npy", np.array([{}]), allow_pickle=True)

    with pytest.raises(StoreError):
        load_array(tmp_path, "b")


def test_a_document_with_vietnamese_and_without_nan(tmp_path: Path) -> None:
    save_document(tmp_path / "a.json", {"title": "Điện Thái Hòa"})

    assert read_document(tmp_path / "a.json") == {"title": "Điện Thái Hòa"}
    with pytest.raises(ValueError, match="JSON compliant"):
        save_document(tmp_path / "a.json", {"a": float("nan")})


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        *((kind, mode) for kind in ("PNG", "WEBP") for mode in ("RGB", "RGBA", "L")),
        *(("PNG", mode) for mode in ("P", "I;16")),
        *(("JPEG", mode) for mode in ("RGB", "L", "CMYK")),
    ],
)
def test_pictures_of_every_mode_become_rgb(kind: str, mode: str) -> None:
    grey = 100
    image = Image.new("RGB", (8, 4), (grey,) * 3)
    wide = Image.fromarray(np.full((4, 8), grey * 257, np.uint16))
    image = wide if mode == "I;16" else image.convert(mode)
    stream = io.BytesIO()
    image.save(stream, kind)

    read = read_image(stream.getvalue())

    assert read.shape == (4, 8, 3)
    assert np.abs(read.astype(int) - grey).max() <= 3


def test_a_note_to_turn_the_picture_is_not_obeyed() -> None:
    stream = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (8, 4)).save(stream, "JPEG", exif=exif)

    assert read_image(stream.getvalue()).shape == (4, 8, 3)


def test_of_a_cameras_jpeg_with_a_preview_the_first_picture_is_read() -> None:
    stream = io.BytesIO()
    red, blue = (Image.new("RGB", (8, 8), colour) for colour in ("red", "blue"))
    red.save(stream, "MPO", save_all=True, append_images=[blue])

    assert np.abs(read_image(stream.getvalue()).astype(int) - [255, 0, 0]).max() <= 3


@pytest.mark.parametrize("progressive", [False, True])
def test_the_smallest_honest_jpeg_passes(progressive: bool) -> None:
    """One colour, best tables: as few bytes for its pixels as a JPEG can have."""
    stream = io.BytesIO()
    plain = Image.new("RGB", (16_384, 2_048), (90, 80, 70))
    plain.save(stream, "JPEG", quality=50, optimize=True, progressive=progressive)

    assert read_image(stream.getvalue()).shape == (2_048, 16_384, 3)


def test_an_honest_wide_texture_passes_and_a_wider_one_does_not(tmp_path: Path) -> None:
    # More pixels than Pillow allows by itself.
    Image.new("L", (16_384, 6_000), 7).save(tmp_path / "a.png", compress_level=1)
    Image.new("L", (16_385, 1)).save(tmp_path / "b.png")

    assert read_image(tmp_path / "a.png").shape == (6_000, 16_384, 3)
    with pytest.raises(InputError) as caught:
        read_image(tmp_path / "b.png")
    assert caught.value.problems[0].code == "image-too-large"


HEAD = "name,role,x,y,z,X,Y,Z\n"


@pytest.mark.parametrize("separator", [",", ";"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_control_points(separator: str, mark: str, tmp_path: Path) -> None:
    text = (
        mark
        + HEAD
        + "# surveyed by hand\n\nGóc 1, control, 1.5,2,-3, 500000.25,1800000,12\nC,check,0,0,0,1,2,3\r\n"
    )
    (tmp_path / "gcp.csv").write_text(text.replace(",", separator), encoding="utf-8")

    first, second = read_gcp(tmp_path / "gcp.csv")

    assert (first.name, first.role, second.role) == ("Góc 1", "control", "check")
    assert (first.source, first.target) == ((1.5, 2, -3), (500_000.25, 1_800_000, 12))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("a,control,1,2,3,4,5", "7 columns"),
        ("a,controll,1,2,3,4,5,6", "the role 'controll'"),
        (",control,1,2,3,4,5,6", "without a name"),
        ("a,control,1,2,3,4,5,six", "Z is 'six'"),
        ('a,control,1,2,3,4,5,"1,5"', "Z is '1,5'"),
        ("a,control,1,2,nan,4,5,6", "z is nan"),
        ("a,control,1_0,2,3,4,5,6", "x is '1_0'"),
        (f"a,control,{'1' * 140_000},2,3,4,5,6", "no CSV"),
        (f"a,control,{'1' * 100_000}x,2,3,4,5,6", "x is '111"),
        ("first,check,1,2,3,4,5,6", "first stands here again"),
    ],
)
def test_wrong_control_points_are_named_by_line(line: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "gcp.csv").write_text(f"{HEAD}first,control,1,2,3,4,5,6\n{line}\nb,chek,1,1,1,1,1,1\n")

    with pytest.raises(InputError) as caught:
        read_gcp(tmp_path / "gcp.csv")

    assert [p.where for p in caught.value.problems] == ["gcp.csv:3", "gcp.csv:4"]
    assert words in caught.value.problems[0].found


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", HEAD.encode(), b"name,x,y\n", b"\xff\xfe" + HEAD.encode("utf-16-le")]
)
def test_control_point_files_that_are_none(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "gcp.csv").write_bytes(content)

    with pytest.raises(InputError):
        read_gcp(tmp_path / "gcp.csv")


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=60))
def test_any_text_is_control_points_or_an_input_error(text: str, tmp_path: Path) -> None:
    path = tmp_path / "gcp.csv"
    path.write_bytes(HEAD.encode() + text.encode("utf-8", "surrogatepass"))

    with contextlib.suppress(InputError):
        assert read_gcp(path)


def layer(crs: str | None = "EPSG:32648", **columns: list[object]) -> gpd.GeoDataFrame:
    box = shapely.box(648_000, 1_821_000, 648_010, 1_821_020)
    holed = shapely.Polygon(
        box.exterior.coords, [shapely.box(648_002, 1_821_002, 648_004, 1_821_004).exterior.coords]
    )
    parts = shapely.MultiPolygon([holed, shapely.box(648_020, 1_821_000, 648_030, 1_821_010)])
    columns = columns or {"code": ["ngo-mon", "thai-hoa"], "ten": ["Ngọ Môn", None], "cao": [14.5, np.nan]}
    return gpd.GeoDataFrame(columns, geometry=[box, parts], crs=crs)


SPEC = {"id": "code", "name": "ten", "height_m": "cao"}


@pytest.mark.parametrize("ending", ["gpkg", "geojson", "sqlite", "shp"])
def test_a_layer_written_by_geopandas(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"plans.{ending}"
    layer().to_file(
        path,
        driver="SQLite" if ending == "sqlite" else None,
        **({"SPATIALITE": "YES"} if ending == "sqlite" else {}),
    )
    spec = Footprints(source=path.name, **SPEC)

    table = read_footprints(path.name, spec, base=tmp_path)

    first, second = table.features
    assert table.crs.to_epsg() == 32648
    assert table.problems == ()
    assert (first.id, first.name, first.height_m, first.ground_m, first.index) == (
        "ngo-mon",
        "Ngọ Môn",
        14.5,
        None,
        0,
    )
    assert (second.name, second.height_m) == (None, None)
    assert first.geometry.area == pytest.approx(200)
    assert second.geometry.area == pytest.approx(200 - 4 + 100)
    assert second.geometry.geom_type == "MultiPolygon"


def test_the_layer_must_be_named_where_there_are_two(tmp_path: Path) -> None:
    path = tmp_path / "plans.gpkg"
    layer().to_file(path, layer="gates")
    layer().to_file(path, layer="halls")

    for name in (None, "walls"):
        with pytest.raises(InputError, match="gates, halls"):
            read_footprints(path.name, Footprints(source=path.name, layer=name, **SPEC), base=tmp_path)
    spec = Footprints(source=path.name, layer="halls", **SPEC)
    assert len(read_footprints(path.name, spec, base=tmp_path).features) == 2


def test_a_layer_without_crs_takes_the_site_s_word(tmp_path: Path) -> None:
    path = tmp_path / "plans.gpkg"
    with pytest.warns(UserWarning, match="crs"):
        layer(None).to_file(path)

    with pytest.raises(InputError, match="no CRS"):
        read_footprints(path.name, Footprints(source=path.name, **SPEC), base=tmp_path)
    spec = Footprints(source=path.name, crs="EPSG:32648", **SPEC)
    assert read_footprints(path.name, spec, base=tmp_path).crs.to_epsg() == 32648


def test_two_words_on_the_crs_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "plans.gpkg"
    layer().to_file(path)

    with pytest.raises(InputError, match="both must be the same"):
        read_footprints(path.name, Footprints(source=path.name, crs="EPSG:32649", **SPEC), base=tmp_path)


def test_numbers_and_the_row_number_as_ids(tmp_path: Path) -> None:
    path = tmp_path / "plans.gpkg"
    layer(code=[12300001, 7]).to_file(path)

    for column, ids in (("code", ["12300001", "7"]), ("fid", ["1", "2"])):
        table = read_footprints(path.name, Footprints(source=path.name, id=column), base=tmp_path)
        assert [f.id for f in table.features] == ids


def test_points_given_as_footprints_are_named(tmp_path: Path) -> None:
    path = tmp_path / "plans.gpkg"
    points = gpd.GeoDataFrame({"code": ["a"]}, geometry=[shapely.Point(648_000, 1_821_000)], crs="EPSG:32648")
    points.to_file(path)

    table = read_footprints(path.name, Footprints(source=path.name, id="code"), base=tmp_path)

    assert table.features == ()
    assert [(p.code, p.found) for p in table.problems] == [
        ("footprint-no-area", "a Point is given as footprint")
    ]


def test_every_truncated_layer_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "plans.geojson"
    layer().to_crs("EPSG:4326").to_file(path)
    content = path.read_bytes().rstrip()
    spec = Footprints(source=path.name, **SPEC)
    for length in range(0, len(content), 7):
        path.write_bytes(content[:length])
        with pytest.raises(InputError):
            read_footprints(path.name, spec, base=tmp_path)
