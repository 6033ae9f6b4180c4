"""The real captures are read as their notes say."""

from __future__ import annotations

from pathlib import Path

import laspy
import numpy as np
import pyproj
import pytest

from heritage.formats.cloud import open_cloud
from heritage.formats.model import read_model
from heritage.formats.vector import read_footprints
from heritage.model.documents import Footprints
from heritage.model.errors import InputError
from heritage.ops.ingest import ingest
from heritage.ops.source_frame import IngestOptions

pytestmark = pytest.mark.real


@pytest.mark.parametrize(
    ("path", "points", "colours", "normals", "classes"),
    [
        ("lion_takanawa/lion_takanawa_normals.ply", 341_989, True, True, False),
        ("lion_takanawa/lion_takanawa_normals.laz", 341_989, True, True, True),
        ("lion_takanawa/lion_takanawa.copc.laz", 341_989, True, False, True),
        ("delft_ahn3_bgt/ahn3_cropped_1.laz", 640_510, False, False, True),
        ("delft_ahn3_bgt/ahn3_cropped_2.laz", 208_432, False, False, True),
        ("cyprus_arch/dense_ppg_derived.ply", 155_377, True, True, True),
        ("cyprus_arch/sparse_ppg_derived.ply", 12_046, True, False, True),
        ("brighton_beach_odm/model.laz", 940_393, True, False, True),
        ("e57/reference/bunnyDouble.e57", 30_571, False, False, False),
        ("e57/reference/bunnyInt32.e57", 30_571, False, False, False),
        ("e57/self/ColouredCubeDouble.e57", 7_680, True, False, False),
        ("e57/self/ColouredCubeFloat.e57", 7_680, True, False, False),
    ],
)
def test_counts_and_fields(
    real_data: Path, path: str, points: int, colours: bool, normals: bool, classes: bool
) -> None:
    reader = open_cloud(real_data / path)
    chunks = list(reader.chunks(100_000))

    assert (reader.header.points, sum(map(len, chunks))) == (points, points)
    assert {chunk.rgb is not None for chunk in chunks} == {colours}
    assert {chunk.normal is not None for chunk in chunks} == {normals}
    assert {chunk.source_class is not None for chunk in chunks} == {classes}


def test_the_lion_is_the_same_in_three_formats(real_data: Path) -> None:
    folder = real_data / "lion_takanawa"
    ply, laz, copc = (
        np.concatenate([c.xyz for c in open_cloud(folder / f"lion_takanawa{name}").chunks()])
        for name in ("_normals.ply", "_normals.laz", ".copc.laz")
    )

    assert np.abs(ply - laz).max() < 0.00051
    # The COPC is in another order and in steps of 1 cm.
    np.testing.assert_allclose(np.sort(copc, axis=0).mean(0), laz.mean(0), atol=0.006)
    np.testing.assert_allclose(copc.min(0), laz.min(0), atol=0.011)


def test_laz_agrees_with_laspy(real_data: Path) -> None:
    path = real_data / "delft_ahn3_bgt/ahn3_cropped_2.laz"
    las = laspy.read(path)

    chunks = list(open_cloud(path).chunks(77_777))

    np.testing.assert_array_equal(np.concatenate([c.xyz for c in chunks]), las.xyz)
    np.testing.assert_array_equal(np.concatenate([c.source_class for c in chunks]), las.classification)
    assert set(np.unique(las.classification)) <= {1, 2, 6, 9, 26}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("ZeroPoints.e57", "cloud-empty"),
        ("ZeroPointsInvalid.e57", "cloud-empty"),
        ("InvalidCVHeader.e57", "cloud-empty"),
        ("empty.e57", "e57-content"),
        ("bad-crc.e57", "e57-damaged"),
        ("PinholeImageWithDistortionParameters.e57", "e57-content"),
        ("测试点云.e57", "e57-content"),
        ("test filename äöü.e57", "e57-content"),
    ],
)
def test_bad_e57(real_data: Path, name: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        open_cloud(real_data / "e57/self" / name)

    assert caught.value.problems[0].code == code


def test_brighton_is_8_bits_in_16_and_in_utm(real_data: Path) -> None:
    reader = open_cloud(real_data / "brighton_beach_odm/model.laz")

    result = ingest(reader.header, reader.chunks(), IngestOptions())

    assert pyproj.CRS.from_user_input(result.frame.crs).to_epsg() == 32615
    assert result.frame.origin_m == (576_700.0, 5_188_100.0, 0.0)
    assert {f.name: f.value for f in result.figures}["colour_depth"] == 8
    assert result.cloud.rgb is not None
    assert result.cloud.rgb.max() == 255
    las = laspy.read(real_data / "brighton_beach_odm/model.laz")
    assert np.abs(result.cloud.world() - las.xyz).max() < 1e-5
    np.testing.assert_array_equal(result.cloud.rgb[:, 0], las.red)


def test_cyprus_stands_upright(real_data: Path) -> None:
    reader = open_cloud(real_data / "cyprus_arch/dense_ppg_derived.ply")

    result = ingest(reader.header, reader.chunks(), IngestOptions(up="-y"))

    raw = np.concatenate([c.xyz for c in reader.chunks()])
    np.testing.assert_allclose(result.cloud.xyz[:, 2], -raw[:, 1], atol=1e-5)
    assert any("metres are assumed" in warning for warning in result.warnings)


@pytest.mark.parametrize("name", ["bgt_pand.sqlite", "delft_bgt_pand_28992.geojson"])
def test_delft_has_160_footprints(real_data: Path, name: str) -> None:
    spec = Footprints(source=name, id="lokaalid")

    table = read_footprints(name, spec, base=real_data / "delft_ahn3_bgt")

    assert (len(table.features), table.crs.to_epsg(), table.problems) == (160, 28992, ())
    assert len({f.id for f in table.features}) == 160


def test_delft_is_the_same_in_both_formats(real_data: Path) -> None:
    first, second = (
        {
            f.id: f.geometry
            for f in read_footprints(
                name, Footprints(source=name, id="lokaalid"), base=real_data / "delft_ahn3_bgt"
            ).features
        }
        for name in ("bgt_pand.sqlite", "delft_bgt_pand_28992.geojson")
    )

    assert first.keys() == second.keys()
    assert max(first[id].symmetric_difference(second[id]).area for id in first) < 0.05


def test_hue_names_its_one_open_ring(real_data: Path) -> None:
    spec = Footprints(source="hue_monument_sites_4326.geojson", name="name")

    table = read_footprints(spec.source, spec, base=real_data / "hue")

    assert len(table.features) == 24
    assert table.features[0].name == "Thiên Mụ pagoda"
    assert {p.where for p in table.problems} == {"hue_monument_sites_4326.geojson, feature 19 (123000020)"}


def test_hue_buildings(real_data: Path) -> None:
    spec = Footprints(source="hue_osm_colonial_buildings_4326.geojson")

    assert len(read_footprints(spec.source, spec, base=real_data / "hue").features) == 169


@pytest.mark.parametrize(
    ("path", "triangles", "height"),
    [("models/venus/venus.glb", 24_058, 2118.94), ("models/whale_cranium.glb", 100_000, 0.238175)],
)
def test_models(real_data: Path, path: str, triangles: int, height: float) -> None:
    (mesh,) = read_model(real_data / path)

    low, high = mesh.bounds()
    assert len(mesh.triangles) == triangles
    np.testing.assert_allclose((high - low)[1], height, rtol=1e-5)
