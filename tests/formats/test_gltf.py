from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import numpy as np
import pygltflib
import pytest
import trimesh
from outside_gltf import Glb, judge
from PIL import Image

from heritage.formats.glb import sized
from heritage.formats.gltf import NO_DATA, write_glb, write_plain_glb
from heritage.formats.gltf_read import read_triangles
from heritage.formats.texture import jpeg, save_picture, webp
from heritage.model.arrays import Mesh, PointCloud
from heritage.model.errors import InputError
from heritage.ops.tiles.unwrap import unwrap

ORIGIN = np.array([1250.5, -320.25, 18.0])
STEP = 2.0**-12


def surface(n: int = 30, **more: np.ndarray) -> Mesh:
    """A wavy square of 2 n^2 triangles on the grid of ``STEP``, with uv, texture and normals."""
    x, y = np.meshgrid(np.linspace(-3, 5, n + 1), np.linspace(0, 4, n + 1))
    z = 0.3 * np.sin(2 * x) * np.cos(3 * y)
    vertices = np.rint(np.stack([x.ravel(), y.ravel(), z.ravel()], 1) / STEP) * STEP
    a = (np.arange(n)[:, None] * (n + 1) + np.arange(n)).ravel()
    triangles = np.concatenate([np.stack([a, a + 1, a + n + 2], 1), np.stack([a, a + n + 2, a + n + 1], 1)])
    slope = np.stack(
        [-0.6 * np.cos(2 * x) * np.cos(3 * y), 0.9 * np.sin(2 * x) * np.sin(3 * y), np.ones_like(x)], 2
    )
    normals = (slope / np.linalg.norm(slope, axis=2, keepdims=True)).reshape(-1, 3)
    uv = np.stack([(x.ravel() + 3) / 8, y.ravel() / 4], axis=1)
    rows, columns = np.indices((64, 128))
    texture = np.stack([rows * 4, columns * 2, np.full(rows.shape, 90)], axis=2).astype(np.uint8)
    return Mesh(
        ORIGIN, vertices.astype(np.float32), triangles.astype(np.int32), normals=normals.astype(np.float32),
        uv=uv.astype(np.float32), texture=texture, **more,
    )  # fmt: skip


def change_of(mesh: Mesh) -> np.ndarray:
    change = np.stack([mesh.vertices[:, :2] * (0.1, 0.01), mesh.vertices[:, :2] * (-0.02, 0.001)], axis=1)
    change[:40] = np.nan
    return change.astype(np.float32)


def context(n: int = 500) -> PointCloud:
    rng = np.random.default_rng(1)
    return PointCloud(
        ORIGIN + 2, rng.normal(0, 3, (n, 3)).astype(np.float32), rng.integers(0, 256, (n, 3)).astype(np.uint8)
    )


@pytest.fixture(scope="module")
def decoded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Glb]:
    """Every kind of tile, judged from outside and unpacked by meshoptimizer's own decoder."""
    folder = tmp_path_factory.mktemp("glb")
    mesh = surface()
    bare = mesh.with_(uv=None, texture=None)
    large = surface(260)  # more vertices than 16 bits count
    made = {
        "measured": write_glb(
            mesh.with_(change=change_of(mesh)), context(), step_m=STEP, change_scale_m=(1.0, 0.25)
        ),
        "lit": write_glb(mesh, step_m=STEP, lit=True),
        "bare": write_glb(bare, step_m=STEP, lit=True),
        "large": write_glb(large, step_m=STEP),
        "plain": write_plain_glb(mesh),
    }
    for name, data in made.items():
        (folder / f"{name}.glb").write_bytes(data)
    files = [folder / f"{name}.glb" for name in made]
    return {path.stem: Glb.read(path) for path in judge(files, folder / "unpacked")}


def rows_sorted(array: np.ndarray) -> np.ndarray:
    return array[np.lexsort(array.T[::-1])]


def test_positions_survive_exactly(decoded: dict[str, Glb]) -> None:
    truth = surface().vertices.astype(np.float64) + ORIGIN
    for name in ("measured", "lit", "bare"):
        assert np.array_equal(rows_sorted(decoded[name].world()), rows_sorted(truth))
    large = surface(260)
    assert np.array_equal(rows_sorted(decoded["large"].world()), rows_sorted(large.vertices + ORIGIN))


def test_triangles_survive_with_their_orientation(decoded: dict[str, Glb]) -> None:
    def corners(xyz: np.ndarray, triangles: np.ndarray) -> np.ndarray:
        """Triangles by their corners' places, the least corner first: independent of order."""
        rows = np.round(xyz[triangles] / STEP).astype(np.int64)
        key = rows[..., 0] * 2**40 + rows[..., 1] * 2**20 + rows[..., 2]
        turned = np.take_along_axis(key, (key.argmin(1)[:, None] + np.arange(3)) % 3, axis=1)
        return rows_sorted(turned)

    for name, mesh in (("measured", surface()), ("large", surface(260))):
        glb = decoded[name]
        truth = corners(mesh.vertices + ORIGIN, mesh.triangles)
        assert np.array_equal(corners(glb.world(), glb.triangles()), truth)
    assert decoded["measured"].triangles().dtype == np.uint16
    assert decoded["large"].triangles().dtype == np.uint32


def test_uv_and_normals_survive_quantisation(decoded: dict[str, Glb]) -> None:
    glb = decoded["lit"]
    local = glb.world() - ORIGIN
    uv = glb.uv()
    size = np.array(glb.picture().shape[1::-1])
    texels = (uv - np.stack([(local[:, 0] + 3) / 8, local[:, 1] / 4], 1)) * size
    assert np.abs(texels).max() < 0.13
    normal = glb.attribute("NORMAL") / 127
    normal = np.stack([normal[:, 0], -normal[:, 2], normal[:, 1]], axis=1)
    truth = {tuple(v): n for v, n in zip(surface().vertices.tolist(), surface().normals, strict=True)}
    cosine = [
        np.dot(truth[tuple(v)], n) / np.linalg.norm(n) for v, n in zip(local.tolist(), normal, strict=True)
    ]
    assert np.degrees(np.arccos(np.clip(cosine, -1, 1))).max() < 1.5
    assert "NORMAL" not in decoded["measured"].document["meshes"][0]["primitives"][0]["attributes"]


def test_change_is_in_units_of_its_scale_and_declared(decoded: dict[str, Glb]) -> None:
    glb = decoded["measured"]
    truth = change_of(surface())
    place = {tuple(v): c for v, c in zip(surface().vertices.tolist(), truth, strict=True)}
    expected = np.array([place[tuple(v)] for v in (glb.world() - ORIGIN).tolist()])
    for k, scale in enumerate((1.0, 0.25)):
        raw = glb.attribute(f"_CHANGE_{k}")
        assert raw.dtype == np.int16
        unknown = np.isnan(expected[:, k, 0])
        assert unknown.sum() == 40
        assert (raw[unknown] == NO_DATA).all()
        assert (raw[~unknown] > NO_DATA).all()
        assert np.abs(raw[~unknown] / 32767 * scale - expected[~unknown, k]).max() <= scale / 32767
    metadata = glb.document["extensions"]["EXT_structural_metadata"]
    properties = metadata["schema"]["classes"]["surface"]["properties"]
    assert properties["change_1"]["scale"] == [0.25, 0.25]
    assert properties["change_1"]["normalized"] is True
    named = metadata["propertyAttributes"][0]["properties"]
    assert named == {"change_0": {"attribute": "_CHANGE_0"}, "change_1": {"attribute": "_CHANGE_1"}}
    primitive = glb.document["meshes"][0]["primitives"][0]
    assert primitive["extensions"]["EXT_structural_metadata"] == {"propertyAttributes": [0]}


def test_vegetation_is_points_in_linear_colour(decoded: dict[str, Glb]) -> None:
    glb, cloud = decoded["measured"], context()
    assert glb.document["meshes"][1]["primitives"][0]["mode"] == 0
    seen = glb.world(1)
    step = glb.document["nodes"][1]["scale"][0]
    nearest = np.linalg.norm(seen[:, None] - cloud.world(), axis=2).argmin(1)
    assert len(set(nearest.tolist())) == len(cloud)  # each once
    assert np.abs(seen - cloud.world()[nearest]).max() <= step / 2 + 1e-9
    srgb = cloud.rgb[nearest] / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    assert np.abs(glb.attribute("COLOR_0", 1) / 65535 - linear).max() < 1e-5


def test_materials_say_measured_or_lit(decoded: dict[str, Glb]) -> None:
    def material(name: str) -> dict:
        return decoded[name].document["materials"][0]

    assert "KHR_materials_unlit" in material("measured")["extensions"]
    assert "extensions" not in material("lit")
    assert material("lit")["pbrMetallicRoughness"]["roughnessFactor"] == 1
    assert "baseColorTexture" not in material("bare")["pbrMetallicRoughness"]
    document = decoded["measured"].document
    assert document["asset"]["generator"].startswith("Heritage ")
    texture = document["textures"][0]["extensions"]["EXT_texture_webp"]
    assert document["images"][texture["source"]]["mimeType"] == "image/webp"


def test_a_plain_file_opens_in_another_program(tmp_path: Path) -> None:
    mesh = surface()
    path = tmp_path / "model.glb"
    path.write_bytes(write_plain_glb(mesh))
    loaded = trimesh.load_scene(path, process=False).to_geometry()
    xyz = np.stack([loaded.vertices[:, 0], -loaded.vertices[:, 2], loaded.vertices[:, 1]], axis=1)
    assert np.allclose(xyz, mesh.vertices, atol=1e-6)
    assert np.array_equal(loaded.faces, mesh.triangles)
    read = pygltflib.GLTF2().load(path)
    assert read.extensionsRequired == []
    assert read.extensionsUsed == ["KHR_materials_unlit"]
    picture = loaded.visual.material.baseColorTexture
    assert np.abs(np.asarray(picture).astype(int) - mesh.texture).mean() < 3


def test_a_plain_file_is_as_large_as_it_is_said_to_be(tmp_path: Path) -> None:
    """Node scales, so that another program sees true metres; said again it is not stretched twice."""
    data = write_plain_glb(surface())
    path = tmp_path / "model.glb"
    path.write_bytes(sized(sized(data, 7.0), 2.5))
    loaded = trimesh.load_scene(path, process=False).to_geometry()
    assert np.allclose(loaded.extents[[0, 2, 1]], 2.5 * np.ptp(surface().vertices, axis=0), rtol=1e-5)
    assert sized(path.read_bytes(), 1) == data


def test_the_same_surface_gives_the_same_bytes() -> None:
    mesh = surface()
    assert write_glb(mesh, context(), step_m=STEP) == write_glb(mesh, context(), step_m=STEP)
    assert write_plain_glb(mesh) == write_plain_glb(mesh)


def test_uv_repeat_the_steps_of_positions_and_pack_to_little(tmp_path: Path) -> None:
    step, texel = 2.0**-9, 0.022
    even = surface(120).with_(uv=None, texture=None, normals=None)
    rough = even.vertices + np.random.default_rng(3).normal(0, 0.008, even.vertices.shape)
    on_grid = np.float32(np.rint(rough / step) * step)
    flat = unwrap(even.with_(vertices=on_grid), texel, side_px=1024, gltf_axes=True)
    mesh = flat.mesh.with_(texture=np.full((flat.height_px, flat.width_px, 3), 90, np.uint8))
    plain, packed = write_glb(mesh, step_m=step), write_glb(mesh, step_m=step, texel_m=flat.texel_m)
    for name, data in (("plain", plain), ("packed", packed)):
        (tmp_path / f"{name}.glb").write_bytes(data)
    made = judge([tmp_path / "plain.glb", tmp_path / "packed.glb"], tmp_path / "unpacked")
    coarse, glb = (Glb.read(path) for path in made)
    uv, position, corners = glb.attribute("TEXCOORD_0"), glb.attribute("POSITION"), glb.triangles()
    change = uv[corners[:, 1:]].astype(int) - uv[corners[:, :1]]
    moved = position[corners[:, 1:]].astype(int) - position[corners[:, :1]]
    for k in range(2):
        assert (np.abs(moved - change[..., k : k + 1]).min(-1) <= 1).all()
        assert (moved == change[..., k : k + 1]).any(-1).mean() > 0.97
    size = (flat.width_px, flat.height_px)
    assert np.abs((glb.uv() - coarse.uv()) * size).max() < 0.13 + 0.5 * step / texel
    assert len(gzip.compress(packed)) < 0.8 * len(gzip.compress(plain))


def test_a_texture_that_steps_do_not_suit_has_quarters_of_a_texel() -> None:
    mesh = surface()
    for texel in (3 * STEP, 600 * STEP):  # too coarse, and more than 16 bits hold
        assert write_glb(mesh, step_m=STEP, texel_m=texel) == write_glb(mesh, step_m=STEP)


def test_a_tile_is_small() -> None:
    mesh = surface(100)
    size = len(write_glb(mesh, step_m=STEP))
    assert size < 6 * len(mesh.triangles)  # 20,000 triangles in 120 kB, the texture included


def test_what_does_not_fit_is_refused() -> None:
    mesh = surface()
    with pytest.raises(InputError, match="65535"):
        write_glb(mesh, step_m=1e-5)
    with_change = mesh.with_(change=change_of(mesh))
    with pytest.raises(InputError, match="one scale each"):
        write_glb(with_change, step_m=STEP)
    with pytest.raises(InputError, match="fits the scale"):
        write_glb(with_change, step_m=STEP, change_scale_m=(0.1, 1.0))


def test_pictures_are_near_what_went_in(tmp_path: Path) -> None:
    picture = surface().texture
    for data, kind in ((webp(picture, 90), "WEBP"), (jpeg(picture, 90), "JPEG")):
        read = Image.open(io.BytesIO(data))
        assert read.format == kind
        assert np.abs(np.asarray(read).astype(int) - picture).mean() < 2.5
    save_picture(tmp_path / "a.png", picture)
    assert np.array_equal(np.asarray(Image.open(tmp_path / "a.png")), picture)
    with pytest.raises(ValueError, match="allowed"):
        save_picture(tmp_path / "a.bmp", picture)


def test_our_own_compressed_tiles_read_back_exactly(tmp_path: Path) -> None:
    mesh = surface()
    path = tmp_path / "tile.glb"
    path.write_bytes(write_glb(mesh, context(), step_m=STEP))
    vertices, triangles = read_triangles(path)
    upright = vertices[:, [0, 2, 1]] * (1, -1, 1)
    truth = mesh.vertices.astype(np.float64) + ORIGIN
    assert np.array_equal(rows_sorted(upright), rows_sorted(truth))
    given = truth[mesh.triangles].mean(1)
    assert np.allclose(
        rows_sorted(upright[triangles].mean(1).round(9)), rows_sorted(given.round(9)), atol=1e-8
    )


@pytest.mark.parametrize(
    ("claim", "found"),
    [
        ({"count": 2**31}, "unpacks to"),
        ({"byteStride": 0}, "byteStride 0"),
        ({"mode": "SPELLS"}, "mode SPELLS"),
        ({"byteLength": 2**30}, "ends at byte"),
        ({"byteLength": 40}, "is damaged"),
    ],
)
def test_packed_views_that_lie_are_refused(claim: dict[str, object], found: str, tmp_path: Path) -> None:
    path = tmp_path / "tile.glb"
    data = write_glb(surface(), step_m=STEP)
    size = int.from_bytes(data[12:16], "little")
    document = json.loads(data[20 : 20 + size])
    document["bufferViews"][0]["extensions"]["EXT_meshopt_compression"] |= claim
    text = json.dumps(document, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    rest = data[20 + size :]
    total = 20 + len(text) + len(rest)
    head = data[:8] + total.to_bytes(4, "little") + len(text).to_bytes(4, "little") + data[16:20]
    path.write_bytes(head + text + rest)
    with pytest.raises(InputError, match=found):
        read_triangles(path)
