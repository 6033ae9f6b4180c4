"""Clouds written by other libraries come back as they were, whatever the format and the size of the pieces."""

from __future__ import annotations

import struct
from pathlib import Path

import laspy
import numpy as np
import open3d as o3d
import pye57
import pyproj
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from heritage.formats.cloud import open_cloud
from heritage.formats.las_write import Labelled, write_las
from heritage.model.arrays import PointCloud
from heritage.model.errors import HeritageError, InputError
from heritage.model.source import Chunk

SIZES = [1, 2, 3, 7, 8, 9, 255, 256, 257, 4095, 4096, 4097]


def whole(path: Path, size: int = 1_000_000) -> Chunk:
    """Every chunk of a file, joined."""
    chunks = list(open_cloud(path).chunks(size))
    assert all(len(chunk) <= size for chunk in chunks)

    def join(name: str) -> np.ndarray | None:
        parts = [getattr(chunk, name) for chunk in chunks]
        return None if parts[0] is None else np.concatenate(parts)

    return Chunk(*(join(n) for n in ("xyz", "rgb", "normal", "confidence", "source_class")))  # type: ignore[arg-type]


def points(n: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    normal = random.normal(size=(n, 3))
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    return random.uniform(-9, 9, (n, 3)), random.integers(0, 256, (n, 3)).astype(np.uint8), normal


def las_file(path: Path, n: int, *, version: str = "1.4", point_format: int = 7) -> laspy.LasData:
    xyz, rgb, normal = points(n)
    header = laspy.LasHeader(version=version, point_format=point_format)
    header.scales, header.offsets = [0.001] * 3, [500_000.0, 1_800_000.0, 0.0]
    header.add_extra_dims([laspy.ExtraBytesParams(f"Normal{a}", np.float32) for a in "XYZ"])
    header.add_extra_dim(laspy.ExtraBytesParams("Confidence", np.float32))
    las = laspy.LasData(header)
    las.xyz = xyz + header.offsets
    las.red, las.green, las.blue = rgb.T.astype(np.uint16) * 257
    las.classification = np.arange(n) % 9
    las.NormalX, las.NormalY, las.NormalZ = normal.T
    las.Confidence = np.arange(n)
    las.write(path)
    return las


@pytest.mark.parametrize("ending", ["las", "laz"])
@pytest.mark.parametrize(("version", "point_format"), [("1.2", 3), ("1.3", 3), ("1.4", 3), ("1.4", 7)])
def test_las_written_by_laspy(ending: str, version: str, point_format: int, tmp_path: Path) -> None:
    las = las_file(tmp_path / f"a.{ending}", 1000, version=version, point_format=point_format)

    reader = open_cloud(tmp_path / f"a.{ending}")
    read = whole(tmp_path / f"a.{ending}", 333)

    assert reader.header.points == 1000
    assert (reader.header.colour_bits, reader.header.has_normals, reader.header.has_confidence) == (
        16,
        True,
        True,
    )
    np.testing.assert_array_equal(read.xyz, las.xyz)
    np.testing.assert_array_equal(read.rgb, np.column_stack([las.red, las.green, las.blue]))
    np.testing.assert_array_equal(read.normal, np.column_stack([las.NormalX, las.NormalY, las.NormalZ]))
    np.testing.assert_array_equal(read.confidence, las.Confidence)
    np.testing.assert_array_equal(read.source_class, las.classification)
    np.testing.assert_allclose(reader.header.low, las.xyz.min(0))
    np.testing.assert_allclose(reader.header.high, las.xyz.max(0))


@pytest.mark.parametrize("n", [49_999, 50_000, 50_001, 100_000])
def test_laz_sizes_around_its_own_chunks(n: int, tmp_path: Path) -> None:
    las = las_file(tmp_path / "a.laz", n)

    np.testing.assert_array_equal(whole(tmp_path / "a.laz", 30_000).xyz, las.xyz)


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("size", [1, 8, 256, 4096])
def test_every_size_in_every_piece(n: int, size: int, tmp_path: Path) -> None:
    if n > 300 and size == 1:
        size = 100
    las = las_file(tmp_path / "a.las", n)
    xyz, _, _ = points(n)
    cloud = o3d.t.geometry.PointCloud(xyz)
    o3d.t.io.write_point_cloud(str(tmp_path / "b.ply"), cloud)
    o3d.t.io.write_point_cloud(str(tmp_path / "c.ply"), cloud, write_ascii=True)

    np.testing.assert_array_equal(whole(tmp_path / "a.las", size).xyz, las.xyz)
    np.testing.assert_array_equal(whole(tmp_path / "b.ply", size).xyz, xyz)
    np.testing.assert_allclose(whole(tmp_path / "c.ply", size).xyz, xyz, rtol=1e-5)


@pytest.mark.parametrize(
    ("crs", "version", "point_format"),
    [("EPSG:32648", "1.4", 7), ("EPSG:32648", "1.2", 3), ("EPSG:28992", "1.2", 3)],
)
def test_crs_in_is_crs_out(crs: str, version: str, point_format: int, tmp_path: Path) -> None:
    header = laspy.LasHeader(version=version, point_format=point_format)
    header.add_crs(pyproj.CRS.from_user_input(crs))
    las = laspy.LasData(header)
    las.xyz = np.ones((3, 3))
    las.write(tmp_path / "a.las")

    assert pyproj.CRS.from_user_input(
        open_cloud(tmp_path / "a.las").header.crs
    ) == pyproj.CRS.from_user_input(crs)


def test_withheld_points_are_left_out_and_counted(tmp_path: Path) -> None:
    las = las_file(tmp_path / "a.las", 10)
    las.withheld = np.arange(10) == 4
    las.write(tmp_path / "b.las")

    (chunk,) = open_cloud(tmp_path / "b.las").chunks()

    assert (len(chunk), chunk.left_out) == (9, {"withheld": 1})
    np.testing.assert_array_equal(chunk.xyz, np.delete(las.xyz, 4, axis=0))


@pytest.mark.parametrize("record", [False, True])
def test_behind_the_points_of_a_las_less_than_one_may_be_left(record: bool, tmp_path: Path) -> None:
    las_file(tmp_path / "a.las", 10)
    content = (tmp_path / "a.las").read_bytes()
    with laspy.open(tmp_path / "a.las") as file:
        point = file.header.point_format.size
    extended = struct.pack("<2x16sHQ32s", b"somebody", 7, 500, b"") + bytes(500) if record else b""

    def read(gap: int) -> Chunk:
        changed = bytearray(content + bytes(gap) + extended)
        if record:
            struct.pack_into("<QI", changed, 235, len(content) + gap, 1)
        (tmp_path / "b.las").write_bytes(changed)
        return whole(tmp_path / "b.las")

    assert len(read(0)) == len(read(point - 1)) == 10
    with pytest.raises(InputError, match="10 points are promised, the file holds 11"):
        read(point)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    xyz=hnp.arrays(
        np.float64,
        st.tuples(st.integers(1, 40), st.just(3)),
        elements=st.floats(-1e9, 1e9, allow_nan=False, allow_subnormal=False),
    ),
    form=st.sampled_from(["ascii", "binary_little_endian", "binary_big_endian"]),
    size=st.integers(1, 41),
    crlf=st.booleans(),
    colour=st.sampled_from(
        [None, ("red", "green", "blue"), ("diffuse_red", "diffuse_green", "diffuse_blue"), ("r", "g", "b")]
    ),
)
def test_ply_of_any_form_is_the_identity(
    xyz: np.ndarray, form: str, size: int, crlf: bool, colour: tuple[str, ...] | None, tmp_path: Path
) -> None:
    order = ">" if "big" in form else "<"
    rgb = np.random.default_rng(len(xyz)).integers(0, 256, (len(xyz), 3))
    names = [
        ("X", "f8"),
        ("y", "f8"),
        ("z", "f8"),
        ("scalar_Confidence", "f4"),
        ("classification", "u1"),
        ("spare", "i4"),
    ]
    names += [(c, "u1") for c in colour or ()]
    table = np.zeros(len(xyz), [(n, order + k) for n, k in names])
    table["X"], table["y"], table["z"] = xyz.T
    table["scalar_Confidence"] = np.arange(len(xyz))
    table["classification"] = np.arange(len(xyz)) % 256
    for k, c in enumerate(colour or ()):
        table[c] = rgb[:, k]
    words = {"f8": "double", "f4": "float", "u1": "uchar", "i4": "int"}
    end = "\r\n" if crlf else "\n"
    lines = ["ply", f"format {form} 1.0", "comment any", f"element vertex {len(xyz)}"]
    head = end.join([*lines, *(f"property {words[k]} {n}" for n, k in names), "end_header", ""]).encode()
    text = end.join(" ".join(repr(v) for v in row.item()) for row in table) + end
    (tmp_path / "a.ply").write_bytes(head + (text.encode() if form == "ascii" else table.tobytes()))

    read = whole(tmp_path / "a.ply", size)

    np.testing.assert_array_equal(read.xyz, xyz)
    np.testing.assert_array_equal(read.confidence, np.arange(len(xyz)))
    np.testing.assert_array_equal(read.source_class, np.arange(len(xyz)) % 256)
    assert (read.rgb is None) == (colour is None)
    if colour is not None:
        np.testing.assert_array_equal(read.rgb, rgb)


def test_ply_written_by_open3d(tmp_path: Path) -> None:
    xyz, rgb, normal = points(500)
    cloud = o3d.geometry.PointCloud(o3d.utility.Vector3dVector(xyz))
    cloud.colors = o3d.utility.Vector3dVector(rgb / 255)
    cloud.normals = o3d.utility.Vector3dVector(normal)
    o3d.io.write_point_cloud(str(tmp_path / "a.ply"), cloud)

    read = whole(tmp_path / "a.ply", 77)

    np.testing.assert_array_equal(read.xyz, xyz)
    np.testing.assert_array_equal(read.rgb, rgb)
    np.testing.assert_allclose(read.normal, normal, atol=1e-7)


def test_ply_colours_as_floats_and_unknown_normals(tmp_path: Path) -> None:
    names = ("x", "y", "z", "nx", "ny", "nz", "red", "green", "blue")
    rows = np.array([[0, 0, 0, np.nan, 0, 0, 0, 0.5, 1], [1, 0, 0, 0, 0, 1, 1, 0, 0]], "<f4")
    head = [
        "ply",
        "format binary_little_endian 1.0",
        "element vertex 2",
        *(f"property float {n}" for n in names),
    ]
    (tmp_path / "a.ply").write_bytes("\n".join([*head, "end_header", ""]).encode() + rows.tobytes())

    read = whole(tmp_path / "a.ply")

    assert read.rgb is not None
    assert read.rgb.tolist() == [[0, 128, 255], [255, 0, 0]]
    assert read.normal is not None
    assert read.normal.tolist() == [[0, 0, 0], [0, 0, 1]]


def test_e57_scans_are_moved_by_their_poses(tmp_path: Path) -> None:
    xyz, rgb, _ = points(100)
    data = {f"cartesian{a}": xyz[:, k] for k, a in enumerate("XYZ")}
    data |= {f"color{c}": rgb[:, k] for k, c in enumerate(("Red", "Green", "Blue"))}
    data["cartesianInvalidState"] = (np.arange(100) == 7).astype(np.int8)
    half = np.sqrt(0.5)
    with pye57.E57(str(tmp_path / "điểm.e57"), mode="w") as file:
        file.write_scan_raw(data, name="một")
        # A quarter turn about z, then a shift.
        file.write_scan_raw(
            data, name="hai", rotation=np.array([half, 0, 0, half]), translation=np.array([10.0, 20.0, 30.0])
        )
    reader = open_cloud(tmp_path / "điểm.e57")

    chunks = list(reader.chunks(64))

    assert reader.header.points == 200
    assert sum(c.left_out.get("invalid", 0) for c in chunks) == 2
    stored = xyz.astype(np.float32).astype(np.float64)
    good = np.delete(stored, 7, axis=0)
    turned = np.column_stack([10 - good[:, 1], 20 + good[:, 0], 30 + good[:, 2]])
    np.testing.assert_allclose(np.concatenate([c.xyz for c in chunks]), np.vstack([good, turned]), atol=1e-9)
    read_rgb = np.concatenate([c.rgb for c in chunks if c.rgb is not None])
    np.testing.assert_array_equal(read_rgb, np.vstack([np.delete(rgb, 7, axis=0)] * 2))


def test_e57_spherical_coordinates(tmp_path: Path) -> None:
    path = tmp_path / "a.e57"
    polar = np.array([[2.0, 0.0, 0.0], [3.0, np.pi / 2, 0.0], [4.0, 0.3, np.pi / 2], [5.0, 1.0, -0.5]])
    with pye57.E57(str(path), mode="w") as file:
        lib, image = pye57.libe57, file.image_file
        names = ("sphericalRange", "sphericalAzimuth", "sphericalElevation")
        prototype = lib.StructureNode(image)
        for name in names:
            prototype.set(name, lib.FloatNode(image, 0.0, lib.E57_DOUBLE, -100.0, 100.0))
        table = lib.CompressedVectorNode(image, prototype, lib.VectorNode(image, True))
        scan = lib.StructureNode(image)
        scan.set("guid", lib.StringNode(image, "{1}"))
        scan.set("points", table)
        file.data3d.append(scan)
        buffers = lib.VectorSourceDestBuffer()
        columns = [np.ascontiguousarray(column) for column in polar.T]
        for name, column in zip(names, columns, strict=True):
            buffers.append(lib.SourceDestBuffer(image, name, column, 4, True, True))
        writer = table.writer(buffers)
        writer.write(4)
        writer.close()

    r, azimuth, elevation = polar[3]
    last = [
        r * np.cos(elevation) * np.cos(azimuth),
        r * np.cos(elevation) * np.sin(azimuth),
        r * np.sin(elevation),
    ]
    np.testing.assert_allclose(whole(path).xyz, [[2, 0, 0], [0, 3, 0], [0, 0, 4], last], atol=1e-12)


@pytest.mark.parametrize("ending", ["las", "laz"])
@pytest.mark.parametrize("coloured", [True, False])
def test_labelled_export_is_read_by_a_second_reader(ending: str, coloured: bool, tmp_path: Path) -> None:
    xyz, rgb, _ = points(2000)
    origin = np.array([500_000.0, 1_800_000.0, 0.0])
    cloud = PointCloud(origin, xyz.astype(np.float32), rgb if coloured else None)
    classes, reasons = (np.arange(2000) % k for k in (8, 7))
    path = tmp_path / f"a.{ending}"

    labels = np.column_stack([classes, reasons]).astype(np.uint8)
    rows = [np.arange(2000)[cut] for cut in (slice(0, 1), slice(1, 1300), slice(1300, 2000))]
    pieces = (Labelled(cloud.select(r), labels[r, 0], labels[r, 1]) for r in rows)
    assert write_las(path, cloud.origin, pieces, crs="EPSG:32648") == 2000

    # The library itself in one go, and our own reader with its checks of every byte.
    las, read = laspy.read(path), whole(path)
    assert (ending == "laz") == (path.stat().st_size < 2000 * 30)
    np.testing.assert_allclose(read.xyz, cloud.world(), atol=0.5001e-4)
    np.testing.assert_array_equal(las.classification, classes)
    np.testing.assert_array_equal(las["reason"], reasons)
    np.testing.assert_array_equal(read.source_class, classes)
    assert (read.rgb is not None) == coloured
    if coloured:
        assert read.rgb is not None
        np.testing.assert_array_equal(read.rgb // 257, rgb)
    assert pyproj.CRS.from_user_input(open_cloud(path).header.crs).to_epsg() == 32648


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    (tmp_path / "folder.ply").mkdir()
    for name in ("nothing.ply", "folder.ply"):
        with pytest.raises(InputError) as caught:
            open_cloud(tmp_path / name)
        assert caught.value.problems[0].code == "file-missing"
    with pytest.raises(InputError) as caught:
        open_cloud(tmp_path / "a.pcd")
    assert caught.value.problems[0].code == "cloud-format"


def _fuzz_seed(name: str, folder: Path) -> bytes:
    xyz, _, _ = points(30)
    path = folder / f"seed-{name}"
    if name.endswith("e57"):
        with pye57.E57(str(path), mode="w") as file:
            file.write_scan_raw({f"cartesian{a}": xyz[:, k] for k, a in enumerate("XYZ")})
    elif name.endswith("ply"):
        o3d.t.io.write_point_cloud(str(path), o3d.t.geometry.PointCloud(xyz))
    else:
        las_file(path, 30, **({"version": "1.2", "point_format": 3} if name.startswith("old") else {}))
    return path.read_bytes()


@pytest.mark.parametrize("name", ["new.las", "new.laz", "old.laz", "a.ply", "a.e57"])
def test_flipped_bytes_give_points_or_our_own_error(name: str, tmp_path: Path) -> None:
    seed = _fuzz_seed(name, tmp_path)
    random = np.random.default_rng(7)
    path = tmp_path / name
    refused = 0
    for _ in range(200):
        content = bytearray(seed)
        for place in random.integers(0, len(seed), random.integers(1, 4)):
            content[place] = random.integers(0, 256)
        path.write_bytes(content)
        try:
            header = open_cloud(path).header
            assert len(whole(path, 7).xyz) <= header.points
        except HeritageError:
            refused += 1
    assert refused
