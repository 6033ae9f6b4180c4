"""Coordinates that lie where the site is not: what `heritage check` and a build say before anything is placed by them."""

from __future__ import annotations

import json
import shutil
import struct
from pathlib import Path
from types import SimpleNamespace

import laspy
import numpy as np
import pyproj
import pytest
import shapely

from heritage.formats.cloud import open_cloud
from heritage.formats.exif import PhotoPosition
from heritage.model.documents import Prior
from heritage.model.errors import InputError
from heritage.ops.ingest import ingest
from heritage.ops.source_frame import IngestOptions, begin
from heritage.pipeline.check.site import check_site
from heritage.pipeline.ground import read_ground
from heritage.pipeline.reading import guard_photos
from heritage.text.site import load_site

EAST, NORTH = 775_200.0, 1_822_500.0  # in Hue, UTM zone 48
LON, LAT = 107.5775, 16.4684
LOCAL = np.random.default_rng(0).uniform(0, 10, (60, 3))
ON_MAP = LOCAL + np.array([EAST, NORTH, 5.0])


def _las(path: Path, xyz: np.ndarray, crs: object = None, *, step: float = 0.001) -> None:
    header = laspy.LasHeader(point_format=6, version="1.4")
    header.scales, header.offsets = np.full(3, step), np.floor(xyz.min(0))
    if crs is not None:
        header.add_crs(pyproj.CRS.from_user_input(crs))
    las = laspy.LasData(header)
    las.xyz = xyz
    las.write(path)


def _site(root: Path, monument: str = "", site: str = "", crs: str = "EPSG:32648") -> Path:
    folder = root / "monuments" / "gate"
    folder.mkdir(parents=True)
    (root / "site.yaml").write_text(
        f"title: {{en: A}}\nlanguages: [en]\ncrs: {crs}\nrights: {{licence: CC0-1.0}}\n{site}"
    )
    (folder / "monument.yaml").write_text(
        f"title: {{en: Gate}}\nepochs: [{{id: a, source: a.las}}]\n{monument}"
    )
    _las(folder / "a.las", LOCAL)
    return folder


def _found(root: Path) -> list[tuple[str, str]]:
    return [(f"{p.severity} {p.code}", str(p)) for p in check_site(load_site(root))]


def _one(root: Path, kind: str, *words: str) -> None:
    ((code, message),) = _found(root)
    assert code == kind
    for word in words:
        assert word in message


def test_a_cloud_that_lies_in_the_site_says_nothing(tmp_path: Path) -> None:
    folder = _site(tmp_path)
    assert _found(tmp_path) == []
    _las(folder / "a.las", ON_MAP, 32648)
    assert _found(tmp_path) == []
    assert read_ground(load_site(tmp_path)).frame.lat_deg == pytest.approx(LAT, abs=0.01)


@pytest.mark.parametrize("plans", [False, True])
def test_a_site_on_both_sides_of_the_antimeridian_is_one_place(tmp_path: Path, plans: bool) -> None:
    """Four houses within a kilometre in Fiji, by priors or by ground plans, and the map of a country that lies on both sides."""
    layer = "footprints: {source: plans.geojson, id: id}\n" if plans else ""
    _site(tmp_path, site=layer, crs="EPSG:3460")
    lons = (179.998, -179.998, 179.996, -179.996)
    boxes = [shapely.box(lon, -16.8, lon + 1e-4, -16.7999) for lon in lons]
    features = [
        {"type": "Feature", "properties": {"id": f"h{k}"}, "geometry": box.__geo_interface__}
        for k, box in enumerate(boxes)
    ]
    (tmp_path / "plans.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    shutil.rmtree(tmp_path / "monuments/gate")
    for k, lon in enumerate(lons):
        folder = tmp_path / f"monuments/h{k}"
        folder.mkdir()
        _las(folder / "a.las", LOCAL)
        way = "prior" if not plans else "footprint"
        placed = f"footprint: h{k}\n" if plans else ""
        prior = "" if plans else f", prior: {{lon: {lon}, lat: -16.8}}"
        (folder / "monument.yaml").write_text(
            f"title: {{en: H}}\nepochs: [{{id: a, source: a.las}}]\n{placed}registration: {{method: {way}{prior}}}\n"
        )

    assert _found(tmp_path) == []
    ground = read_ground(load_site(tmp_path))
    assert abs(ground.frame.lon_deg) == 180.0
    assert (ground.high - ground.low < 2000).all()


def test_photos_on_both_sides_of_the_antimeridian_are_of_one_place(monkeypatch: pytest.MonkeyPatch) -> None:
    lons = (179.9999, -179.9999, 179.9998, -179.9998)
    found = tuple(PhotoPosition(f"{k}.jpg", lon, -16.8, None) for k, lon in enumerate(lons))
    monkeypatch.setattr(guard_photos, "guarded_photos", lambda _: (found, 4))
    prior = Prior(photos="photos")
    monument = SimpleNamespace(
        monument=SimpleNamespace(registration=SimpleNamespace(prior=prior)), folder=Path()
    )

    placed, _ = guard_photos.prior_of(monument)

    assert placed is not None
    assert abs(placed.lon or 0) == pytest.approx(180.0, abs=1e-5)
    assert placed.position_sigma_m < 20


def test_map_coordinates_without_a_crs_are_noticed(tmp_path: Path) -> None:
    folder = _site(tmp_path)
    _las(folder / "a.las", ON_MAP)
    words = "those of a map, and the file says no CRS; the numbers fit the site's crs", "write crs: EPSG:"
    _one(tmp_path, "warning cloud-no-crs", "monuments/gate/a.las: ", *words)
    reader = open_cloud(folder / "a.las")
    said = ingest(reader.header, reader.chunks(50), IngestOptions()).warnings
    assert any("no CRS is known" in warning for warning in said)


def test_degrees_are_never_taken_for_metres(tmp_path: Path) -> None:
    folder = _site(tmp_path)
    degrees = LOCAL * np.array([1e-5, 1e-5, 1]) + np.array([LON, LAT, 5.0])
    _las(folder / "a.las", degrees, 4326, step=1e-8)
    _one(tmp_path, "error crs-not-projected", "which are degrees", "transform the cloud")
    _las(folder / "a.las", degrees, step=1e-8)
    _one(tmp_path, "error cloud-degrees", "as degrees with heights in metres are", "or set units")
    reader = open_cloud(folder / "a.las")
    with pytest.raises(InputError, match="as degrees"):
        ingest(reader.header, reader.chunks(50), IngestOptions())
    thin = ingest(reader.header, reader.chunks(50), IngestOptions(units="m"))  # the curator's word counts
    assert len(thin.cloud.xyz) == 60


@pytest.mark.parametrize(
    ("xyz", "crs", "words"),
    [
        (ON_MAP[:, [1, 0, 2]], 32648, "the numbers fit that area with the two exchanged"),
        (ON_MAP, 32649, "outside the area of use of WGS 84 / UTM zone 48N"),
        (ON_MAP, 28992, "the numbers fit the site's crs"),
    ],
    ids=["axes exchanged", "the next zone", "the Netherlands"],
)
def test_a_cloud_whose_crs_puts_it_elsewhere_is_an_error(
    tmp_path: Path, xyz: np.ndarray, crs: int, words: str
) -> None:
    folder = _site(tmp_path)
    _las(folder / "a.las", xyz, crs)
    _one(tmp_path, "error place-elsewhere", "monuments/gate/a.las: its points lie at", words)


@pytest.mark.parametrize(
    ("registration", "severity", "words"),
    [
        ("{prior: {lon: 2.35, lat: 48.85}}", "warning", "outside the area of use of WGS 84 / UTM zone 48N"),
        (f"{{pose: {{crs_m: [{NORTH}, {EAST}, 0], heading_deg: 0}}}}", "error", "the pose is at"),
        (f"{{method: gcp, points: [{{name: a, at_m: [0, 0, 0], crs_m: [{LON}, {LAT}, 0]}}]}}", "error", "fit EPSG:4326, degrees"),
    ],
)  # fmt: skip
def test_words_about_a_place_far_from_the_site(
    tmp_path: Path, registration: str, severity: str, words: str
) -> None:
    _site(tmp_path, f"registration: {registration}\n")
    _one(tmp_path, f"{severity} place-elsewhere", words)


def test_exchanged_degrees(tmp_path: Path) -> None:
    _site(tmp_path, "registration: {prior: {lon: 52.01, lat: 4.36}}\n", crs="EPSG:28992")
    found = [message for kind, message in _found(tmp_path) if kind == "error place-elsewhere"]
    assert len(found) == 1
    assert "gate/monument.yaml:3: lon and lat are at 52.01, 4.36" in found[0]
    assert "with the two exchanged" in found[0]


def test_control_points_of_a_file_far_from_the_site(tmp_path: Path) -> None:
    folder = _site(tmp_path, "registration: {method: gcp, gcp: gcp.csv}\n")
    rows = [f"P{k},control,{k},{k * k},0,{NORTH + k},{EAST + k * k},5" for k in range(4)]
    (folder / "gcp.csv").write_text("name,role,x,y,z,X,Y,Z\n" + "\n".join(rows) + "\n")
    _one(tmp_path, "error place-elsewhere", "monuments/gate/gcp.csv: the control points are", "exchanged")


def test_a_monument_out_of_reach_of_the_others_stops_the_build(tmp_path: Path) -> None:
    """Without this the frame's origin would be half-way between them, and both far from it."""
    _site(tmp_path, f"registration: {{prior: {{lon: {LON}, lat: {LAT}}}}}\n")
    far = tmp_path / "monuments" / "far"
    far.mkdir()
    (far / "a.las").write_bytes((tmp_path / "monuments" / "gate" / "a.las").read_bytes())
    written = (
        "title: {{en: Far}}\nepochs: [{{id: a, source: a.las}}]\n"
        "registration: {{method: {}, prior: {{lon: {}, lat: {}}}}}\n"
    )
    (far / "monument.yaml").write_text(written.format("prior", LON, LAT + 3))
    with pytest.raises(InputError, match="far is said to be at") as caught:
        read_ground(load_site(tmp_path))
    away = pyproj.Geod(ellps="WGS84").inv(LON, LAT, LON, LAT + 3)[2] / 2000  # from the middle of the two
    assert f"{away:.0f} km from the middle of the site's monuments" in str(caught.value)
    (far / "monument.yaml").write_text(written.format("prior", LON, LAT + 0.1))
    assert read_ground(load_site(tmp_path)).frame.lat_deg == pytest.approx(LAT + 0.05, abs=1e-3)


def test_a_datum_that_proj_cannot_reach_is_said(tmp_path: Path) -> None:
    folder = _site(tmp_path, crs="EPSG:27700")
    _one(tmp_path, "warning crs-datum", "site.yaml:3: ", "good to 2 m only", "OSTN15", "projsync")
    assert folder.is_dir()


def _with_keys(path: Path, keys: dict[int, int]) -> Path:
    """An uncompressed LAS 1.2 whose CRS stands in GeoTIFF keys, as many American surveys have it."""
    header = laspy.LasHeader(point_format=1, version="1.2")
    header.scales = np.full(3, 0.01)
    directory = struct.pack("<4H", 1, 1, 0, len(keys))
    directory += b"".join(struct.pack("<4H", key, 0, 1, value) for key, value in sorted(keys.items()))
    header.vlrs.append(laspy.VLR("LASF_Projection", 34735, "", directory))
    las = laspy.LasData(header)
    las.xyz = LOCAL + np.array([984_250, 200_000, 0])
    las.write(path)
    return path


def test_feet_in_the_keys_of_a_header_are_noticed(tmp_path: Path) -> None:
    def metres(keys: dict[int, int]) -> tuple[float | None, tuple[str, ...]]:
        reader = open_cloud(_with_keys(tmp_path / "a.las", keys))
        taken = ingest(reader.header, reader.chunks(100), IngestOptions())
        return taken.frame.metres_per_unit, taken.warnings

    us_foot = 1200 / 3937
    assert metres({3072: 2263, 3076: 9003, 4099: 9003})[0] == pytest.approx(us_foot)
    factor, warnings = metres({3072: 32767, 3076: 9002})  # a CRS of one's own, in feet
    assert factor == 0.3048
    assert any("no EPSG code" in warning for warning in warnings)
    with pytest.raises(InputError, match="one unit in plan and another in height"):
        metres({3072: 2263, 4099: 9001})  # heights in metres over a plan in feet
    # The unit of heights changes that of the vertical CRS (NAVD88 in metres), as in GeoTIFF.
    with pytest.raises(InputError, match="one unit in plan and another in height"):
        metres({3072: 32618, 4096: 5703, 4099: 9003})
    assert metres({3072: 2263, 4096: 5703, 4099: 9003}) == (pytest.approx(us_foot), ())
    assert metres({3072: 32618, 3076: 9001, 4096: 5703, 4099: 9001}) == (1, ())
    with pytest.raises(InputError, match="a plan said to be in us-ft, and a CRS with another unit"):
        metres({3072: 32618, 3076: 9003})
    with pytest.raises(InputError, match="coordinates in m with heights in us-ft"):
        metres({3072: 32767, 3076: 9001, 4099: 9003})
    assert "unit EPSG:9005, which is not read" in " ".join(metres({3072: 32618, 4099: 9005})[1])
    assert metres({3072: 32648, 3076: 9002, 4096: 5030})[0] == 0.3048  # of a CRS that PROJ does not know


def test_units_of_the_header_beside_a_crs_that_the_curator_sets(tmp_path: Path) -> None:
    def frame(keys: dict[int, int], crs: str) -> float | None:
        header = open_cloud(_with_keys(tmp_path / "a.las", keys)).header
        return begin(header, IngestOptions(crs=crs)).metres_per_unit

    assert frame({3072: 2263, 3076: 9003}, "EPSG:32618") == 1
    with pytest.raises(InputError, match="one unit in plan and another in height"):
        frame({3072: 32618, 4099: 9001}, "EPSG:32618+6360")  # NAVD88 in US survey feet
