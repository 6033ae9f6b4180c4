"""Cameras: every format gives the same centres of the same survey; bad files one clear line."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pyproj
import pytest
from scipy.spatial.transform import Rotation

from heritage.formats.cameras import Cameras, read_cameras
from heritage.model.errors import InputError, MethodError
from heritage.model.frames import SiteFrame
from heritage.ops.normals.place_cameras import place_cameras
from heritage.ops.source_frame import SourceFrame

COUNT = 7
Poses = tuple[np.ndarray, Rotation, np.ndarray]


@pytest.fixture(scope="module")
def poses() -> Poses:
    """Centres, world-to-camera rotations and translations."""
    rng = np.random.default_rng(3)
    centres = rng.normal(0, 20, (COUNT, 3))
    rotations = Rotation.from_rotvec(rng.normal(0, 1.5, (COUNT, 3)))
    return centres, rotations, -rotations.apply(centres)


def colmap_text(path: Path, rotations: Rotation, translations: np.ndarray) -> Path:
    lines = ["# Image list with two lines of data per image:", "#   IMAGE_ID, QW, QX, QY, QZ, TX, TY, TZ"]
    for k, (q, t) in enumerate(zip(rotations.as_quat(), translations, strict=True)):
        numbers = " ".join(repr(float(v)) for v in (q[3], *q[:3], *t))
        lines += [f"{k + 1} {numbers} 1 a name with spaces {k}.jpg", "" if k % 2 else "1.5 2.5 -1 3.0 4.0 17"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def colmap_binary(path: Path, rotations: Rotation, translations: np.ndarray) -> Path:
    data = struct.pack("<Q", len(translations))
    for k, (q, t) in enumerate(zip(rotations.as_quat(), translations, strict=True)):
        data += struct.pack("<i7di", k + 1, q[3], *q[:3], *t, 1) + f"{k}.jpg".encode() + b"\0"
        data += struct.pack("<Q", k) + struct.pack("<ddq", 1.5, 2.5, -1) * k
    path.write_bytes(data)
    return path


def opensfm(
    path: Path, rotations: Rotation, translations: np.ndarray, reference: dict[str, float] | None = None
) -> Path:
    shots = {
        f"{k}.jpg": {"camera": "c", "rotation": r.tolist(), "translation": t.tolist()}
        for k, (r, t) in enumerate(zip(rotations.as_rotvec(), translations, strict=True))
    }
    other = {"shots": {"x.jpg": {"rotation": [0, 0, 0], "translation": [9, 9, 9]}}, "cameras": {}}
    whole = {"cameras": {}, "shots": shots, "points": {}}
    if reference is not None:
        whole["reference_lla"] = reference
    path.write_text(json.dumps([other, whole]), encoding="utf-8")
    return path


def metashape(
    path: Path, rotations: Rotation, centres: np.ndarray, *, placed: str = "", part: str = ""
) -> Path:
    cameras = ""
    for k, (r, c) in enumerate(zip(rotations.inv().as_matrix(), centres, strict=True)):
        matrix = np.eye(4)
        matrix[:3, :3], matrix[:3, 3] = r, c
        text = " ".join(repr(float(v)) for v in matrix.ravel())
        cameras += f'<camera id="{k}" component_id="0" label="{k}"><transform>{text}</transform></camera>'
    components = f'<components><component id="0">{part}</component></components>' if part else ""
    path.write_text(
        f'<?xml version="1.0" encoding="UTF-8"?><document version="2.0.0"><chunk label="1">{components}'
        f'<cameras><group id="0">{cameras}</group><camera id="99" label="not aligned"/></cameras>{placed}'
        "</chunk></document>",
        encoding="utf-8",
    )
    return path


def transform(rotation: Rotation, translation: np.ndarray, scale: float) -> str:
    numbers = " ".join(repr(float(v)) for v in rotation.as_matrix().ravel())
    moved = " ".join(repr(float(v)) for v in translation)
    return (
        f"<transform><rotation locked='false'>{numbers}</rotation><translation>{moved}</translation>"
        f"<scale>{scale!r}</scale></transform>"
    )


def test_every_format_gives_the_same_centres(poses: Poses, tmp_path: Path) -> None:
    centres, rotations, translations = poses
    for path in (
        colmap_text(tmp_path / "images.txt", rotations, translations),
        colmap_binary(tmp_path / "images.bin", rotations, translations),
        opensfm(tmp_path / "reconstruction.json", rotations, translations),
        metashape(tmp_path / "cameras.xml", rotations, centres),
    ):
        read = read_cameras(path)
        assert read.frame == "cloud"
        assert read.centres == pytest.approx(centres, abs=1e-9), path.name


def test_metashape_chunks_are_carried_to_the_world(poses: Poses, tmp_path: Path) -> None:
    centres, rotations, _ = poses
    turn, middle = Rotation.from_rotvec([0.3, -1.0, 0.2]), np.array([-1_600_000.0, 5_830_000.0, 1_800_000.0])
    away = transform(turn, middle, 2.5)
    as_chunk = read_cameras(metashape(tmp_path / "a.xml", rotations, centres, placed=away))
    as_part = read_cameras(metashape(tmp_path / "b.xml", rotations, centres, part=away, placed=away))

    expected = 2.5 * turn.apply(centres) + middle
    for read in (as_chunk, as_part):
        assert read.frame == "geocentric"
        assert read.centres == pytest.approx(expected, abs=1e-6)


def test_odm_shots_are_in_the_clouds_coordinates(tmp_path: Path) -> None:
    path = tmp_path / "shots.geojson"
    place = [576_529.0, 5_188_062.5, 392.0]
    feature = {"type": "Feature", "properties": {"filename": "a.jpg", "translation": place}}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    read = read_cameras(path)
    assert (read.frame, read.centres.tolist()) == ("cloud", [place])


def test_cameras_on_the_globe_come_to_the_epochs_frame(poses: Poses, tmp_path: Path) -> None:
    centres, rotations, translations = poses
    here = SiteFrame(107.5779, 16.4698, 12.0)
    wanted = here.crs_from_site(pyproj.CRS.from_epsg(32648), centres)
    origin = np.round(wanted.mean(0))
    frame = SourceFrame(up="z", metres_per_unit=1.0, crs="EPSG:32648", origin_m=tuple(origin.tolist()))
    low, high = (wanted - origin).min(0), (wanted - origin).max(0)
    reference = {"longitude": here.lon_deg, "latitude": here.lat_deg, "altitude": here.height_m}
    topocentric = read_cameras(opensfm(tmp_path / "r.json", rotations, translations, reference))
    assert topocentric.frame == "topocentric"
    geocentric = Cameras(here.ecef_from_site.apply(centres), "geocentric")
    for read in (topocentric, geocentric, Cameras(wanted, "cloud")):
        placed = place_cameras(read.centres, read.frame, read.reference, frame, low, high)
        assert placed == pytest.approx(wanted - origin, abs=1e-3)


def test_cameras_of_a_cloud_in_feet_keep_their_height(poses: Poses) -> None:
    here, foot = SiteFrame(-73.97, 40.78, 12.0), 1200 / 3937
    plan = here.crs_from_site(pyproj.CRS.from_epsg(2263), poses[0])[:, :2] * foot
    wanted = np.column_stack([plan, poses[0][:, 2] + 12.0])
    frame = SourceFrame(up="z", metres_per_unit=foot, crs="EPSG:2263", origin_m=(0.0, 0.0, 0.0))
    globe = here.ecef_from_site.apply(poses[0])
    placed = place_cameras(globe, "geocentric", None, frame, wanted.min(0), wanted.max(0))
    assert placed == pytest.approx(wanted, abs=0.01)


def test_cameras_turn_and_scale_with_the_cloud() -> None:
    frame = SourceFrame(up="y", metres_per_unit=0.001, crs=None, origin_m=(1.0, 2.0, 3.0))
    file = np.array([[1000.0, 5000.0, -2000.0]])
    placed = place_cameras(file, "cloud", None, frame, np.zeros(3), np.ones(3))
    assert placed.tolist() == [[0.0, 0.0, 2.0]]


def test_cameras_of_another_frame_are_refused() -> None:
    local = SourceFrame(up="z", metres_per_unit=1.0, crs=None, origin_m=(0.0, 0.0, 0.0))
    away = np.array([[576_529.0, 5_188_062.5, 392.0]])
    with pytest.raises(MethodError, match="another frame"):
        place_cameras(away, "cloud", None, local, np.zeros(3), np.ones(3))
    with pytest.raises(InputError, match="CRS of the cloud is needed"):
        place_cameras(away, "geocentric", None, local, np.zeros(3), np.ones(3))


def image(x: float) -> bytes:
    return struct.pack("<Q", 1) + struct.pack("<i7di", 1, 1, 0, 0, 0, x, 0, 0, 1)


BAD = {
    "a.txt": [
        b"1 1 0 0 0 0 0\n",
        b"1 x 0 0 0 0 0 0 1 a\n\n",
        b"1 0 0 0 0 1 2 3 1 a\n\n",
        b"1 1 0 0 0 nan 2 3 1 a\n\n",
        b"# nothing\n",
    ],
    "a.bin": [
        b"\1\0",
        struct.pack("<Q", 2**60),
        image(0) + b"a\0" + struct.pack("<Q", 2**60),
        image(0) + b"a" * 9,
        image(float("nan")) + b"a\0" + bytes(8),
        struct.pack("<Q", 0),
    ],
    "a.json": [
        b"{",
        b"\xff\xfe",
        b"[]",
        b"3",
        b'[{"shots": 3}]',
        b'[{"shots": {}}]',
        b'[{"shots": {"a": {"rotation": [0, 0], "translation": [0, 0, 0]}}}]',
        b'[{"shots": {"a": {"rotation": [0, 0, 0], "translation": [0, 0, 1e999]}}}]',
        b'[{"shots": {}, "reference_lla": {"latitude": "x"}}]',
        b'{"type": "FeatureCollection", "features": [{"properties": {}}]}',
        b"[" * 200_000,
    ],
    "a.xml": [
        b"<document>",
        b"<other/>",
        b"<document><chunk><camera><transform>1 2 3</transform></camera></chunk></document>",
        b"<document><chunk/></document>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><document><chunk/></document>',
        b"<a>" * 200_000,
        b"<a>" * 200_000 + b"</a>" * 200_000,
        b"<document><chunk><transform><scale>nan</scale></transform></chunk></document>",
    ],
    "a.psx": [b"x"],
}


@pytest.mark.parametrize(
    ("name", "data"),
    [pytest.param(n, d, id=f"{n}-{k}") for n, cases in BAD.items() for k, d in enumerate(cases)],
)
def test_bad_files_give_one_line(name: str, data: bytes, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(InputError) as raised:
        read_cameras(path)
    (problem,) = raised.value.problems
    assert problem.where.startswith(name)
    assert problem.code in {"cameras-invalid", "cameras-none"}
    assert len(str(raised.value).splitlines()) == 1


def test_any_cut_or_flipped_byte_ends_in_centres_or_an_error(poses: Poses, tmp_path: Path) -> None:
    places, rotations, translations = poses
    rng = np.random.default_rng(0)
    for path in (
        colmap_text(tmp_path / "images.txt", rotations, translations),
        colmap_binary(tmp_path / "images.bin", rotations, translations),
        opensfm(tmp_path / "reconstruction.json", rotations, translations),
        metashape(tmp_path / "cameras.xml", rotations, places),
    ):
        data = path.read_bytes()
        for _ in range(150):
            damaged = bytearray(data[: rng.integers(1, len(data) + 1)])
            damaged[rng.integers(len(damaged))] = rng.integers(256)
            path.write_bytes(bytes(damaged))
            where, centres = path.name, np.zeros((1, 3))
            try:
                centres = read_cameras(path).centres
            except InputError as error:
                where = error.problems[0].where
            assert where.startswith(path.name)
            assert np.isfinite(centres).all()


def test_files_beyond_the_ceiling_are_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "reconstruction.json"
    with path.open("wb") as stream:
        stream.truncate(65 * 2**20)
    with pytest.raises(InputError, match="up to 67108864 bytes"):
        read_cameras(path)
