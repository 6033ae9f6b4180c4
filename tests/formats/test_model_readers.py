"""Models come back as another library wrote them, and as glTF, OBJ and PLY define them."""

from __future__ import annotations

import io
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
import trimesh
from PIL import Image

from heritage.formats.claims import Claims
from heritage.formats.model import read_model
from heritage.formats.polygons import cut
from heritage.model.arrays import Mesh
from heritage.model.colour import to_srgb
from heritage.model.errors import HeritageError, InputError

QUAD = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], np.float64)
TWO = np.array([[0, 1, 2], [0, 2, 3]])
# Four pixels that tell the corners apart.
PIXELS = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [255, 255, 0]]], np.uint8)
TOP_LEFT_UV = np.array([[0, 1], [1, 1], [1, 0], [0, 0]], np.float64)  # of QUAD, y up, (0, 0) at the top left


def glb(document: dict[str, Any], *arrays: np.ndarray) -> bytes:
    """A GLB whose accessors are the arrays, in order."""
    kinds = {"f4": 5126, "u4": 5125, "u2": 5123, "u1": 5121, "i2": 5122, "i1": 5120}
    shapes = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4"}
    body, views, accessors = b"", [], []
    for array in arrays:
        views.append({"buffer": 0, "byteOffset": len(body), "byteLength": array.nbytes})
        shape = shapes[1 if array.ndim == 1 else array.shape[1]]
        accessors.append(
            {
                "bufferView": len(views) - 1,
                "componentType": kinds[array.dtype.str[1:]],
                "count": len(array),
                "type": shape,
            }
        )
        body += array.tobytes() + b"\0" * (-array.nbytes % 4)
    document = {"asset": {"version": "2.0"}, "scenes": [{"nodes": [0]}], "nodes": [{"mesh": 0}]} | document
    for accessor, extra in zip(
        accessors, document.pop("accessor_extras", [{}] * len(accessors)), strict=True
    ):
        accessor.update(extra)
    document |= {"bufferViews": [*views, *document.pop("extra_views", [])], "accessors": accessors}
    body += document.pop("extra_body", b"")
    document["buffers"] = [{"byteLength": len(body)}]
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    body += b"\0" * (-len(body) % 4)
    head = struct.pack("<4s4I", b"glTF", 2, 28 + len(text) + len(body), len(text), 0x4E4F534A)
    return head + text + struct.pack("<2I", len(body), 0x004E4942) + body


def png() -> bytes:
    stream = io.BytesIO()
    Image.fromarray(PIXELS).save(stream, "PNG")
    return stream.getvalue()


def corner_colours(mesh: Mesh) -> dict[tuple[float, ...], list[int]]:
    """The texture's pixel at each vertex, by position."""
    assert mesh.uv is not None
    assert mesh.texture is not None
    side = mesh.texture.shape[0]
    at = np.clip((mesh.uv * side).astype(int), 0, side - 1)
    return {
        tuple(v): mesh.texture[y, x].tolist()
        for v, (x, y) in zip(mesh.vertices.round(5).tolist(), at, strict=True)
    }


EXPECTED_CORNERS = {
    (0.0, 0.0, 0.0): [0, 0, 255],
    (1.0, 0.0, 0.0): [255, 255, 0],
    (1.0, 1.0, 0.0): [0, 255, 0],
    (0.0, 1.0, 0.0): [255, 0, 0],
}


@pytest.mark.parametrize("ending", ["glb", "obj", "ply"])
def test_a_sphere_written_by_trimesh(ending: str, tmp_path: Path) -> None:
    sphere = trimesh.creation.icosphere(2)
    sphere.visual.vertex_colors = np.tile([10, 200, 30, 255], (len(sphere.vertices), 1))
    sphere.export(tmp_path / f"a.{ending}")

    (mesh,) = read_model(tmp_path / f"a.{ending}")

    assert len(mesh.triangles) == len(sphere.faces)
    read = trimesh.Trimesh(mesh.vertices, mesh.triangles, process=False)
    assert read.volume == pytest.approx(sphere.volume, rel=1e-5)
    assert mesh.rgb is not None
    # trimesh writes glTF colours as they are stored, which glTF takes as linear light.
    wanted = [10, 200, 30] if ending != "glb" else to_srgb(np.array([10, 200, 30]) / 255).tolist()
    assert np.abs(mesh.rgb.astype(int) - wanted).max() <= 1


@pytest.mark.parametrize("ending", ["glb", "gltf", "obj", "ply"])
def test_a_texture_lies_the_right_way_up(ending: str, tmp_path: Path) -> None:
    if ending == "ply":
        lines = ["ply", "format ascii 1.0", "comment TextureFile a.png", "element vertex 4"]
        lines += [f"property float {n}" for n in "xyzst"] + ["element face 1"]
        lines += ["property list uchar int vertex_indices", "end_header"]
        lines += [f"{x} {y} {z} {u} {1 - v}" for (x, y, z), (u, v) in zip(QUAD, TOP_LEFT_UV, strict=True)]
        (tmp_path / "a.ply").write_text("\n".join([*lines, "4 0 1 2 3", ""]))
        (tmp_path / "a.png").write_bytes(png())
    else:
        # trimesh counts from the bottom left and turns it round for glTF.
        uv = np.column_stack([TOP_LEFT_UV[:, 0], 1 - TOP_LEFT_UV[:, 1]])
        picture = Image.fromarray(PIXELS)
        material = trimesh.visual.material.PBRMaterial(name="a", baseColorTexture=picture)
        if ending == "obj":
            material = trimesh.visual.material.SimpleMaterial(image=picture)
        scene = trimesh.Trimesh(
            QUAD, TWO, visual=trimesh.visual.TextureVisuals(uv, material=material), process=False
        ).scene()
        if ending == "gltf":
            for name, content in trimesh.exchange.gltf.export_gltf(scene).items():
                (tmp_path / name.replace("model.gltf", "a.gltf")).write_bytes(content)
        else:
            scene.export(str(tmp_path / f"a.{ending}"))

    (mesh,) = read_model(tmp_path / f"a.{ending}")

    assert corner_colours(mesh) == EXPECTED_CORNERS


@pytest.mark.parametrize("binary", [True, False])
def test_a_ply_with_a_texture_coordinate_for_each_corner(binary: bool, tmp_path: Path) -> None:
    form = "binary_little_endian" if binary else "ascii"
    lines = ["ply", f"format {form} 1.0", "comment TextureFile a.png", "element vertex 4"]
    lines += [f"property float {n}" for n in "xyz"] + ["element face 2", "property uchar flag"]
    lines += ["property list uchar int vertex_index", "property list uchar float texcoord", "end_header", ""]
    bottom_left = np.column_stack([TOP_LEFT_UV[:, 0], 1 - TOP_LEFT_UV[:, 1]])
    if binary:
        body = QUAD.astype("<f4").tobytes()
        for triangle in TWO:
            body += struct.pack("<BB3iB6f", 7, 3, *triangle, 6, *bottom_left[triangle].reshape(-1))
    else:
        rows = [" ".join(map(str, v)) for v in QUAD]
        rows += [
            f"7 3 {' '.join(map(str, t))} 6 {' '.join(map(str, bottom_left[t].reshape(-1)))}" for t in TWO
        ]
        body = "\n".join([*rows, ""]).encode()
    (tmp_path / "a.ply").write_bytes("\n".join(lines).encode() + body)
    (tmp_path / "a.png").write_bytes(png())

    (mesh,) = read_model(tmp_path / "a.ply", Claims(rest=3))

    assert len(mesh.vertices) == 4
    assert corner_colours(mesh) == EXPECTED_CORNERS
    assert mesh.part.tolist() == [3] * 4


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_ply_of_mixed_polygons(order: str, tmp_path: Path) -> None:
    form = "binary_little_endian" if order == "<" else "binary_big_endian"
    lines = ["ply", f"format {form} 1.0", "element vertex 4", *(f"property double {n}" for n in "xyz")]
    lines += ["element face 2", "property list uchar int vertex_indices", "end_header", ""]
    faces = struct.pack(order + "B4i", 4, 0, 1, 2, 3) + struct.pack(order + "B3i", 3, 0, 1, 3)
    (tmp_path / "a.ply").write_bytes("\n".join(lines).encode() + QUAD.astype(order + "f8").tobytes() + faces)

    (mesh,) = read_model(tmp_path / "a.ply")

    assert sorted(mesh.triangles.tolist()) == [[0, 1, 2], [0, 1, 3], [0, 2, 3]]


ARCH = np.linspace(0, np.pi, 30)
ARCH = np.concatenate(
    [[[np.cos(a), np.sin(a)] for a in ARCH], [[0.8 * np.cos(a), 0.8 * np.sin(a)] for a in ARCH[::-1]]]
)
OUTLINES = {
    "arch": ARCH,
    "arch, from within": np.roll(ARCH, 11, axis=0)[::-1],
    "L": np.array([[2, 1], [1, 1], [1, 2], [0, 2], [0, 0], [2, 0]], float),
    "dart": np.array([[0, 0], [2, 1], [0, 2], [0.5, 1]]),
    "a hole joined to the rim": np.array(
        [[0, 0], [3, 0], [3, 3], [0, 3], [0, 0], [1, 1], [1, 2], [2, 2], [2, 1], [1, 1]], float
    ),
    "a corner twice, one on a side": np.array([[0, 0], [1, 0], [2, 0], [2, 2], [2, 2], [1, 1], [0, 2]], float),
}  # fmt: skip


def polygon_model(path: Path, outlines: list[np.ndarray]) -> Path:
    """The outlines one beside the other in a tilted plane, a face each; PLY or OBJ by the ending."""
    axes = np.linalg.qr(np.random.default_rng(4).normal(size=(3, 3)))[0][:2]
    vertices = np.concatenate([(outline + np.array([5 * k, 0])) @ axes for k, outline in enumerate(outlines)])
    ends = np.cumsum([len(outline) for outline in outlines])
    faces = [np.arange(end - len(outline), end) for outline, end in zip(outlines, ends, strict=True)]
    rows = [" ".join(map(repr, v)) for v in vertices.tolist()]
    if path.suffix == ".obj":
        lines = [f"v {row}" for row in rows] + ["f " + " ".join(map(str, face + 1)) for face in faces]
    else:
        lines = ["ply", "format ascii 1.0", f"element vertex {len(rows)}"]
        lines += [f"property double {n}" for n in "xyz"] + [f"element face {len(faces)}"]
        lines += ["property list uchar int vertex_indices", "end_header", *rows]
        lines += [f"{len(face)} " + " ".join(map(str, face)) for face in faces]
    path.write_text("\n".join([*lines, ""]))
    return path


@pytest.mark.parametrize("ending", ["obj", "ply"])
def test_polygons_that_turn_inwards_are_not_filled_in(ending: str, tmp_path: Path) -> None:
    true = {name: abs(shapely.Polygon(outline).area) for name, outline in OUTLINES.items()}
    for name, outline in OUTLINES.items():
        (mesh,) = read_model(polygon_model(tmp_path / f"one.{ending}", [outline]))
        a, b, c = (mesh.vertices[mesh.triangles[:, i]].astype(float) for i in range(3))
        crosses = np.cross(b - a, c - a)
        assert np.linalg.norm(crosses, axis=1).sum() / 2 == pytest.approx(true[name], rel=1e-5), name
        # They turn as the face does.
        assert np.linalg.norm(crosses.sum(0)) / 2 == pytest.approx(true[name], rel=1e-5), name
    both = [OUTLINES["L"], OUTLINES["dart"], *[OUTLINES["arch"]] * 3]
    (mesh,) = read_model(polygon_model(tmp_path / f"all.{ending}", both))
    a, b, c = (mesh.vertices[mesh.triangles[:, i]].astype(float) for i in range(3))
    wanted = true["L"] + true["dart"] + 3 * true["arch"]
    assert np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2 == pytest.approx(wanted, rel=1e-5)


def test_outlines_by_lot_are_cut_as_a_second_library_measures_them() -> None:
    random = np.random.default_rng(6)
    for k in (4, 5, 7, 20, 64):
        angle, length = np.sort(random.uniform(0, 2 * np.pi, (60, k))), random.uniform(0.1, 1, (60, k))
        rings = np.stack([length * np.cos(angle), length * np.sin(angle), np.zeros((60, k))], axis=2)
        rings = rings[[shapely.LinearRing(r).is_ccw and shapely.Polygon(r).is_valid for r in rings]]
        corners = np.arange(len(rings) * k).reshape(-1, k)
        places = cut(corners, rings.reshape(-1, 3), str)
        a, b, c = (rings.reshape(-1, 3)[places[:, i]] for i in range(3))
        sizes = np.cross(b - a, c - a)[:, 2].reshape(-1, k - 2) / 2
        np.testing.assert_allclose(sizes.sum(1), [shapely.Polygon(r).area for r in rings])
        assert (sizes >= -1e-6 * sizes.sum(1)[:, None]).all()


@pytest.mark.parametrize("ending", ["obj", "ply"])
def test_polygons_that_cross_themselves_are_refused(ending: str, tmp_path: Path) -> None:
    bow = np.array([[0, 0], [1, 1], [1, 0], [0, 1]], float)
    star = np.array([[np.cos(a), np.sin(a)] for a in np.arange(5) * 4 * np.pi / 5])
    for outline in (bow, star):
        with pytest.raises(InputError, match="crosses itself") as caught:
            read_model(polygon_model(tmp_path / f"a.{ending}", [OUTLINES["L"], outline]))
        where = (
            f"a.obj:{6 + len(outline) + 2}"
            if ending == "obj"
            else "a.ply, the face of vertices 6, 7, 8, 9, ..."
        )
        assert caught.value.problems[0].where == where
        assert "triangulate" in str(caught.value)


def test_a_quad_folded_in_space_is_no_crossing(tmp_path: Path) -> None:
    (tmp_path / "a.obj").write_text("v 0 1 1\nv 1 1 0\nv 0 0 0\nv 2 2 2\nf 1 2 3 4\n")

    (mesh,) = read_model(tmp_path / "a.obj")

    assert mesh.triangles.tolist() == [[0, 1, 2], [0, 2, 3]]


def test_words_of_an_obj_stand_apart_by_any_space(tmp_path: Path) -> None:
    text = "mtllib\ta.mtl\nv\t0 0\t0\nv 1 0 0\nv  1 1 0\nv 0 1 0\nusemtl\t red\nf 1 2 3\nf\t1 3\t4\n"
    (tmp_path / "a.obj").write_text(text)
    (tmp_path / "a.mtl").write_text("newmtl\tred\n\tKd\t1 0\t0\n")

    (mesh,) = read_model(tmp_path / "a.obj")

    assert mesh.triangles.tolist() == [[0, 1, 2], [0, 2, 3]]
    assert mesh.rgb is not None
    assert mesh.rgb.tolist() == [[255, 0, 0]] * 4


def test_a_coordinate_beyond_the_earth_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "far.obj"
    path.write_text("v 0 0 0\nv 1e300 0 0\nv 0 1 0\nf 1 2 3\n")
    with pytest.raises(InputError, match=r"a coordinate of 1e\+300; up to 1e\+11"):
        read_model(path)


@pytest.mark.parametrize("colour", ["120 60 30", "0.5 -0.1 0", "0 0 nan"])
def test_vertex_colours_of_an_obj_are_from_0_to_1(colour: str, tmp_path: Path) -> None:
    (tmp_path / "a.obj").write_text(f"v 0 0 0 0 0 1\nv 1 0 0 {colour}\nv 1 1 0 1 0.5 0\nf 1 2 3\n")

    with pytest.raises(InputError, match="0 to 1 is allowed; divide colours") as caught:
        read_model(tmp_path / "a.obj")

    assert caught.value.problems[0].where == "a.obj, vertex 2"


def test_nodes_are_applied_as_gltf_says(tmp_path: Path) -> None:
    half = float(np.sqrt(0.5))
    document = {
        "nodes": [
            {"translation": [10, 0, 0], "children": [1, 2]},
            {"rotation": [0, half, 0, half], "scale": [2, 1, 1], "mesh": 0},
            {"matrix": [-1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 5, 6, 7, 1], "mesh": 0},
        ],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0, "NORMAL": 1}}]}],
    }
    triangle = QUAD[:3].astype("<f4")
    normal = np.tile([0, 0, 1], (3, 1)).astype("<f4")
    (tmp_path / "a.glb").write_bytes(glb(document, triangle, normal))

    (mesh,) = read_model(tmp_path / "a.glb")

    # Scaled by 2 in x, a quarter turn about y carries +x to -z, then 10 along x.
    assert mesh.normals is not None
    np.testing.assert_allclose(mesh.vertices[:3], [[10, 0, 0], [10, 0, -2], [10, 1, -2]], atol=1e-6)
    np.testing.assert_allclose(mesh.normals[:3], [[1, 0, 0]] * 3, atol=1e-6)
    # Mirrored: the triangle is turned round so that its front stays its front.
    np.testing.assert_allclose(mesh.vertices[3:], [[15, 6, 7], [14, 6, 7], [14, 7, 7]], atol=1e-6)
    scene = trimesh.load_scene(tmp_path / "a.glb")
    np.testing.assert_allclose(mesh.bounds(), scene.bounds, atol=1e-6)
    for triangle_index, side in ((0, [1, 0, 0]), (1, [0, 0, 1])):
        a, b, c = mesh.vertices[mesh.triangles[triangle_index]]
        assert np.cross(b - a, c - a) @ side > 0


def test_quantised_positions_and_strided_views(tmp_path: Path) -> None:
    rows = np.zeros((4, 8), "<u2")
    rows[:, :3] = QUAD * 65535
    document = {
        "extensionsRequired": ["KHR_mesh_quantization"],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}],
        "accessor_extras": [{"normalized": True, "type": "VEC3", "count": 4}, {}],
    }
    content = glb(document, rows.reshape(-1, 4), TWO.reshape(-1).astype("<u1"))
    length = struct.unpack_from("<I", content, 12)[0]
    changed = json.loads(content[20 : 20 + length])
    changed["bufferViews"][0]["byteStride"] = 16
    text = json.dumps(changed).encode()
    text += b" " * (-len(text) % 4)
    rest = content[20 + length :]
    head = struct.pack("<4s4I", b"glTF", 2, 20 + len(text) + len(rest), len(text), 0x4E4F534A)
    (tmp_path / "a.glb").write_bytes(head + text + rest)

    (mesh,) = read_model(tmp_path / "a.glb")

    np.testing.assert_allclose(mesh.vertices, QUAD, atol=1e-6)
    np.testing.assert_array_equal(mesh.triangles, TWO)


@pytest.mark.parametrize(("mode", "expected"), [(5, [[0, 1, 2], [3, 2, 1]]), (6, [[0, 1, 2], [0, 2, 3]])])
def test_strips_and_fans(mode: int, expected: list[list[int]], tmp_path: Path) -> None:
    document = {"meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "mode": mode}]}]}
    (tmp_path / "a.glb").write_bytes(glb(document, QUAD.astype("<f4")))

    (mesh,) = read_model(tmp_path / "a.glb")

    assert mesh.triangles.tolist() == expected


def test_base_colour_is_linear_light_and_vertex_colours_multiply_it(tmp_path: Path) -> None:
    document = {
        "materials": [{"name": "đá", "pbrMetallicRoughness": {"baseColorFactor": [0.5, 0.5, 1, 1]}}],
        "meshes": [
            {"primitives": [{"attributes": {"POSITION": 0, "COLOR_0": 1}, "material": 0, "indices": 2}]}
        ],
        "accessor_extras": [{}, {"normalized": True}, {}],
    }
    colour = np.tile([65535, 32768, 0, 65535], (4, 1)).astype("<u2")
    arrays = (QUAD.astype("<f4"), colour, TWO.reshape(-1).astype("<u4"))
    (tmp_path / "a.glb").write_bytes(glb(document, *arrays))

    (mesh,) = read_model(tmp_path / "a.glb")

    # sRGB of 0.5 is 188 and of 0.25 is 137 (IEC 61966-2-1).
    assert mesh.rgb is not None
    assert mesh.name == "đá"
    assert mesh.rgb[0].tolist() == [188, 137, 0]


def test_a_texture_times_its_factor_and_moved(tmp_path: Path) -> None:
    picture = png()
    document = {
        "extensionsRequired": ["KHR_texture_transform"],
        "materials": [
            {
                "pbrMetallicRoughness": {
                    "baseColorFactor": [0.5, 1, 1, 1],
                    "baseColorTexture": {
                        "index": 0,
                        "extensions": {"KHR_texture_transform": {"offset": [0.25, 0], "scale": [0.5, 1]}},
                    },
                }
            }
        ],
        "textures": [{"source": 0}],
        "images": [{"bufferView": 3, "mimeType": "image/png"}],
        "meshes": [
            {"primitives": [{"attributes": {"POSITION": 0, "TEXCOORD_0": 1}, "material": 0, "indices": 2}]}
        ],
        "extra_views": [{"buffer": 0, "byteOffset": 48 + 32 + 24, "byteLength": len(picture)}],
        "extra_body": picture,
    }
    arrays = (QUAD.astype("<f4"), TOP_LEFT_UV.astype("<f4"), TWO.reshape(-1).astype("<u4"))
    (tmp_path / "a.glb").write_bytes(glb(document, *arrays))

    (mesh,) = read_model(tmp_path / "a.glb")

    assert mesh.uv is not None
    assert mesh.texture is not None
    np.testing.assert_allclose(mesh.uv[:, 0], TOP_LEFT_UV[:, 0] * 0.5 + 0.25)
    assert mesh.texture[0, 0].tolist() == [188, 0, 0]
    assert mesh.texture[0, 1].tolist() == [0, 255, 0]


def test_one_mesh_for_each_material(tmp_path: Path) -> None:
    primitives = [{"attributes": {"POSITION": 0}, "material": k} for k in (0, 1, 0)]
    document = {"materials": [{"name": "brick"}, {"name": "tile"}], "meshes": [{"primitives": primitives}]}
    (tmp_path / "a.glb").write_bytes(glb(document, QUAD[:3].astype("<f4")))

    meshes = read_model(tmp_path / "a.glb")

    assert [(m.name, len(m.triangles)) for m in meshes] == [("brick", 2), ("tile", 1)]


def test_obj_materials_polygons_and_indices_that_count_back(tmp_path: Path) -> None:
    text = (
        "mtllib đá.mtl\nv 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nvn 0 0 1\nusemtl red\nf -4//1 -3//1 -2//1 -1//1\n"
    )
    (tmp_path / "a.obj").write_text(
        text + "usemtl grey # last\nf 1 2 4\n".replace(" # last", ""), encoding="utf-8"
    )
    (tmp_path / "đá.mtl").write_text("newmtl red\nKd 1 0 0\nnewmtl grey\nKd 0.5 0.5 0.5\n")

    red, grey = read_model(tmp_path / "a.obj")

    assert (red.name, len(red.triangles), len(grey.triangles)) == ("red", 2, 1)
    assert red.rgb is not None
    assert grey.rgb is not None
    assert (red.rgb[0].tolist(), grey.rgb[0].tolist()) == ([255, 0, 0], [128, 128, 128])
    assert red.normals is not None
    np.testing.assert_array_equal(red.normals, [[0, 0, 1]] * 4)
    assert grey.normals is None


@pytest.mark.parametrize("form", ["{0}", "{0}/{0}", "{0}//{0}", "{0}/{0}/{0}"])
@pytest.mark.parametrize("length", [3, 4])
def test_the_quick_way_through_obj_faces_is_the_slow_one(
    form: str, length: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = np.random.default_rng(length)
    lines = [
        f"{k} {' '.join(map(str, random.random(3).round(3)))}" for k in ("v", "vt", "vn") for _ in range(20)
    ]
    faces = [random.choice(20, length, replace=False) + 1 for _ in range(30)]
    lines += ["f " + " ".join(form.format(i) for i in face) for face in faces]
    (tmp_path / "a.obj").write_text("\n".join(lines))
    (quick,) = read_model(tmp_path / "a.obj")
    calls = []
    monkeypatch.setattr("heritage.formats.obj._uniform_corners", lambda *_: calls.append(1))

    (slow,) = read_model(tmp_path / "a.obj")

    assert calls
    assert len(quick.triangles) == 30 * (length - 2)
    np.testing.assert_array_equal(quick.triangles, slow.triangles)
    np.testing.assert_array_equal(quick.vertices, slow.vertices)
    (tmp_path / "a.obj").write_text(
        "\n".join([*lines, "f " + " ".join(form.format(i) for i in range(19, 19 + length))])
    )
    with pytest.raises(InputError) as caught:
        read_model(tmp_path / "a.obj")
    assert caught.value.problems[0].where == "a.obj:91"


def test_map_coordinates_keep_their_millimetres(tmp_path: Path) -> None:
    text = "".join(f"v {576_700 + x} {5_188_100 + y} 12.3456\n" for x, y in ((0, 0), (0.001, 0), (0, 0.002)))
    (tmp_path / "a.obj").write_text(text + "f 1 2 3\n")

    (mesh,) = read_model(tmp_path / "a.obj")

    assert mesh.origin.tolist() == [576_700, 5_188_100, 0]
    np.testing.assert_allclose(mesh.vertices[1] - mesh.vertices[0], [0.001, 0, 0], atol=1e-6)


def test_vertices_that_no_triangle_uses_are_left_out(tmp_path: Path) -> None:
    document = {"meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}]}
    (tmp_path / "a.glb").write_bytes(glb(document, QUAD.astype("<f4"), np.array([0, 2, 3], "<u2")))

    (mesh,) = read_model(tmp_path / "a.glb")

    np.testing.assert_array_equal(mesh.vertices, QUAD[[0, 2, 3]])


@pytest.mark.parametrize("ending", ["glb", "obj", "ply"])
def test_flipped_bytes_give_a_mesh_or_our_own_error(ending: str, tmp_path: Path) -> None:
    box = trimesh.creation.box()
    box.visual.vertex_colors = np.tile([10, 200, 30, 255], (8, 1))
    path = tmp_path / f"a.{ending}"
    box.export(path)
    seed = path.read_bytes()
    random = np.random.default_rng(5)
    refused = 0
    for _ in range(400):
        content = bytearray(seed)
        for place in random.integers(0, len(seed), random.integers(1, 4)):
            content[place] = random.integers(0, 256)
        path.write_bytes(content)
        try:
            assert read_model(path)
        except HeritageError:
            refused += 1
    assert refused
