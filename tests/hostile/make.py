"""Hostile files, made by code: what each is, and the problem code a reader must answer with.

Groups as in our battery: D1 LAS and LAZ, D2 PLY, D3 E57, D4 glTF, D5 pictures, E6 and E43 footprints.
Each case is a small folder of files, of which ``main`` is opened.
"""

from __future__ import annotations

import io
import json
import math
import struct
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import laspy
import numpy as np
import pye57
from PIL import Image


@dataclass(frozen=True)
class Case:
    """``files`` by name; opening ``main`` must raise an InputError of ``code``."""

    name: str
    main: str
    files: dict[str, bytes]
    code: str

    def write(self, folder: Path) -> Path:
        """Write the files and return the one to open."""
        for name, content in self.files.items():
            (folder / name).write_bytes(content)
        return folder / self.main


def one(name: str, main: str, content: bytes, code: str) -> Case:
    """A case of a single file."""
    return Case(name, main, {main: content}, code)


def patched(content: bytes, *changes: tuple[int, str, Any]) -> bytes:
    """``content`` with numbers (place, struct format, value) written over."""
    out = bytearray(content)
    for place, form, value in changes:
        struct.pack_into("<" + form, out, place, value)
    return bytes(out)


# --- D1: LAS and LAZ ---------------------------------------------------------------------------------------


def las(count: int = 40, *, version: str = "1.4", point_format: int = 7, compressed: bool = False) -> bytes:
    """A good file of ``count`` points."""
    header = laspy.LasHeader(version=version, point_format=point_format)
    header.scales = [0.001] * 3
    data = laspy.LasData(header)
    random = np.random.default_rng(1)
    data.xyz = random.uniform(0, 10, (count, 3))
    data.red, data.green, data.blue = random.integers(256, 65535, (3, count))
    stream = io.BytesIO()
    data.write(stream, do_compress=compressed)
    return stream.getvalue()


def las_cases() -> Iterator[Case]:
    old, new, laz = las(version="1.2", point_format=3), las(), las(compressed=True)
    old_laz = las(version="1.2", point_format=3, compressed=True)

    def las_case(name: str, content: bytes, *changes: tuple[int, str, Any], code: str = "las-header") -> Case:
        ending = "laz" if content in (laz, old_laz) else "las"
        return one(f"las {name}", f"hostile.{ending}", patched(content, *changes), code)

    yield las_case("2^32-1 points in 1.2", old, (107, "I", 2**32 - 1), code="cloud-count")
    yield las_case("one point too many in 1.2", old, (107, "I", 41))
    yield las_case("one point too few in 1.2", old, (107, "I", 39))
    yield las_case("one point too few in 1.4", new, (247, "Q", 39), (107, "I", 0))
    yield las_case("10^12 points", new, (247, "Q", 10**12), (107, "I", 0), code="cloud-count")
    yield las_case("one point too many in 1.4", new, (247, "Q", 41), (107, "I", 0))
    yield las_case("no points", new, (247, "Q", 0), (107, "I", 0), code="cloud-empty")
    yield las_case("counts that disagree", new, (107, "I", 39))
    yield las_case("points behind the end", new, (96, "I", 10**9))
    yield las_case("points inside the header", new, (96, "I", 100))
    yield las_case("points of 0 bytes", new, (105, "H", 0))
    yield las_case("points of 65535 bytes", new, (105, "H", 65535))
    yield las_case("2^32-1 records", new, (100, "I", 2**32 - 1))
    yield las_case("a record past the end", laz, (375 + 20, "H", 65535))
    yield las_case("2^32-1 extended records", new, (243, "I", 2**32 - 1))
    yield las_case("an extended record past the end", new, (235, "Q", len(new) - 10), (243, "I", 1))
    yield las_case("an extended record before the start", new, (235, "Q", 2**63), (243, "I", 1))
    for scale in (0.0, math.nan, -1.0, 1e300, math.inf):
        yield las_case(f"a scale of {scale}", new, (139, "d", scale))
    for offset in (math.nan, math.inf):
        yield las_case(f"an offset of {offset}", new, (155, "d", offset))
    yield las_case("an offset beyond numbers", new, (155, "d", 1e308), (131, "d", 1e3), code="las-header")
    yield las_case("a foreign signature", new, (0, "4s", b"LASG"), code="cloud-format")
    yield las_case("version 2.0", new, (24, "B", 2))
    yield las_case("point format 11", new, (104, "B", 11))
    yield las_case("a header of 65535 bytes", new, (94, "H", 65535))
    yield las_case("2^32-1 points in LAZ", laz, (247, "Q", 2**32 - 1), (107, "I", 0), code="cloud-count")
    yield las_case("50 001 points in a LAZ of one chunk", laz, (247, "Q", 50_001), (107, "I", 0))
    yield las_case("more points than the chunk, layered", laz, (247, "Q", 41), (107, "I", 0))
    yield las_case("fewer points than the chunk, layered", laz, (247, "Q", 39), (107, "I", 0))
    yield las_case("more points than the chunk, pointwise", old_laz, (107, "I", 41), code="las-damaged")
    start = struct.unpack_from("<I", laz, 96)[0]
    table = struct.unpack_from("<q", laz, start)[0]
    yield las_case("a chunk table past the end", laz, (start, "q", 2**62))
    yield las_case("a chunk table before the start", laz, (start, "q", 3))
    yield las_case("2^32-1 chunks", laz, (table + 4, "I", 2**32 - 1))
    layers = start + 8 + 36 + 4
    yield las_case("a layer of 4 GB", laz, (layers + 8, "I", 2**32 - 1))
    yield las_case("chunks of 2^32-2 points", laz, (375 + 54 + 12, "I", 2**32 - 2))
    yield las_case("points said to be LAZ", new, (104, "B", 0x80 | 7))
    yield one(
        "las compressed points that are zeros",
        "z.laz",
        laz[: start + 8] + bytes(table - start - 8) + laz[table:],
        "las-header",
    )
    yield one("las empty file", "e.las", b"", "file-empty")
    yield one("las PLY inside", "p.las", b"ply\n", "cloud-format")


# --- D2: PLY -----------------------------------------------------------------------------------------------


def ply(body: bytes, *lines: str, form: str = "binary_little_endian") -> bytes:
    """A PLY of header ``lines`` and ``body``."""
    return "\n".join(["ply", f"format {form} 1.0", *lines, "end_header", ""]).encode() + body


XYZ = ("property float x", "property float y", "property float z")


def ply_cases() -> Iterator[Case]:
    three = struct.pack("<9f", *range(9))

    def case(name: str, content: bytes, code: str = "ply-header") -> Case:
        return one(f"ply {name}", "hostile.ply", content, code)

    for count in ("-1", "3.5", "1e9", "9" * 30, ""):
        yield case(f"a count of {count!r}", ply(three, f"element vertex {count}", *XYZ))
    yield case("no points", ply(b"", "element vertex 0", *XYZ), "cloud-empty")
    for form in ("ascii", "binary_little_endian", "binary_big_endian"):
        for count in (2**63, 4 * 10**9):
            content = ply(three, f"element vertex {count}", *XYZ, form=form)
            yield case(f"{count} points, {form}", content, "cloud-count")
    for form in ("binary_little_endian", "binary_big_endian"):
        yield case(
            f"one point too many, {form}", ply(three, "element vertex 4", *XYZ, form=form), "cloud-count"
        )
        yield case(
            f"one point too few, {form}", ply(three, "element vertex 2", *XYZ, form=form), "ply-content"
        )
    text = b"0 0 0\n1 0 0\n0 1 0\n"
    yield case("one point too many, ascii", ply(text, "element vertex 4", *XYZ, form="ascii"), "cloud-count")
    yield case("one point too few, ascii", ply(text, "element vertex 2", *XYZ, form="ascii"), "ply-content")
    yield case("a property before any element", ply(three, XYZ[0], "element vertex 3", *XYZ))
    yield case("a property twice", ply(three, "element vertex 3", *XYZ, XYZ[0]))
    yield case("an element twice", ply(three, "element vertex 3", *XYZ, "element vertex 3", *XYZ))
    yield case("no z", ply(three, "element vertex 3", *XYZ[:2]), "ply-content")
    yield case("an unknown type", ply(three, "element vertex 3", *XYZ, "property half w"))
    yield case(
        "a list among the vertices",
        ply(three, "element vertex 3", *XYZ, "property list uchar int a"),
        "ply-content",
    )
    yield case(
        "no vertices", ply(three, "element face 3", "property list uchar int vertex_indices"), "ply-content"
    )
    yield case("no end_header", b"ply\nformat ascii 1.0\nelement vertex 1\n")
    yield case("no format", b"ply\nelement vertex 1\nproperty float x\nend_header\n")
    yield case("a line of 50 MB", b"ply\nformat ascii 1.0\ncomment " + b"a" * 50_000_000 + b"\nend_header\n")
    yield case("a header of comments", b"ply\nformat ascii 1.0\n" + b"comment a\n" * 200_000)
    yield case(
        "a body line of 50 MB", ply(b"1 " * 25_000_000, "element vertex 3", *XYZ, form="ascii"), "ply-content"
    )
    yield case("a header that is no text", b"ply\n\xff\xfe\nend_header\n")
    for value in ("nan", "inf", "-inf"):
        yield case(
            f"{value}, ascii",
            ply(f"0 0 0\n1 {value} 0\n".encode(), "element vertex 2", *XYZ, form="ascii"),
            "cloud-not-finite",
        )
        body = struct.pack("<6f", 0, 0, 0, 1, float(value), 0)
        yield case(f"{value}, binary", ply(body, "element vertex 2", *XYZ), "cloud-not-finite")
    yield case(
        "a word for a number", ply(b"0 0 zero\n", "element vertex 1", *XYZ, form="ascii"), "ply-content"
    )
    yield case("a short line", ply(b"0 0 0\n0 0\n", "element vertex 2", *XYZ, form="ascii"), "ply-content")
    colour = [f"property uchar {c}" for c in ("red", "green", "blue")]
    yield case(
        "a colour of 300",
        ply(b"0 0 0 300 0 0\n", "element vertex 1", *XYZ, *colour, form="ascii"),
        "ply-content",
    )


# --- D2, meshes: PLY with faces, and OBJ -------------------------------------------------------------------


def mesh_cases() -> Iterator[Case]:
    corners = "property list uchar int vertex_indices"
    three = struct.pack("<9f", 0, 0, 0, 1, 0, 0, 0, 1, 0)

    def face(*numbers: int, length: int = 3) -> bytes:
        return struct.pack(f"<B{len(numbers)}i", length, *numbers)

    def case(name: str, body: bytes, faces: int, code: str = "model-invalid", lists: str = corners) -> Case:
        lines = ("element vertex 3", *XYZ, f"element face {faces}", lists)
        return one(f"ply mesh {name}", "hostile.ply", ply(three + body, *lines), code)

    for index in (-1, 3, 2**31 - 1):
        yield case(f"the index {index}", face(0, 1, index), 1)
    yield case("a face of 2", face(0, 1, length=2), 1)
    yield case("a face of 200", face(0, 1, 2, length=200), 1)
    yield case("4*10^9 faces", face(0, 1, 2), 4 * 10**9)
    yield case("one face too many", face(0, 1, 2), 2, "cloud-count")
    yield case("one face too few", face(0, 1, 2) * 2, 1)
    yield case("no faces", b"", 0)
    long = struct.pack("<I3i", 2**31, 0, 1, 2)
    yield case("a list of 2^31", long, 1, lists="property list uint int vertex_indices")
    short = ply(three, "element vertex 4000000", *XYZ, "element face 1", corners)
    yield one("ply mesh 4*10^6 vertices", "hostile.ply", short, "cloud-count")

    def obj(name: str, text: str, code: str = "model-invalid", **others: bytes) -> Case:
        files = {"hostile.obj": text.encode(), **{k.replace("_", "."): v for k, v in others.items()}}
        return Case(f"obj {name}", "hostile.obj", files, code)

    good = "v 0 0 0\nv 1 0 0\nv 0 1 0\n"
    for index in ("0", "4", "-4", "99999999999999999999", "a", "1/2/3/4"):
        yield obj(f"the index {index}", f"{good}f 1 2 {index}\n")
    yield obj("a face of 2", f"{good}f 1 2\n")
    yield obj("a face of 65", f"{good}f {'1 ' * 65}\n")
    yield obj("no faces", good)
    yield obj("a vertex without numbers", "v\nf 1 1 1\n")
    yield obj("a vertex that is a comment", "v # 1 0 0\nf 1 1 1\n")
    for value in ("nan", "inf"):
        yield obj(f"{value} in a quad", f"{good}v {value} 1 0\nf 1 2 4 3\n")
    yield obj("NaN", good.replace("1 0 0", "nan 0 0") + "f 1 2 3\n")
    yield obj("a word for a number", good.replace("1 0 0", "one 0 0") + "f 1 2 3\n")
    yield obj("a line of 50 MB", "v " + "1" * 50_000_000)
    yield obj("an unknown material", f"{good}usemtl stone\nf 1 2 3\n")
    yield obj("a missing library", f"mtllib a.mtl\n{good}usemtl stone\nf 1 2 3\n", "file-missing")
    yield obj("a library outside", f"mtllib ../a.mtl\n{good}f 1 2 3\n")
    yield obj("a library by absolute path", f"mtllib /etc/passwd\n{good}f 1 2 3\n")
    textured = f"mtllib a.mtl\n{good}vt 0 0\nusemtl stone\nf 1/1 2/1 3/1\n"
    for uri in ("../../etc/passwd", "/etc/passwd", "http://example.org/a.png", "file:///etc/passwd"):
        yield obj(f"a texture {uri}", textured, a_mtl=f"newmtl stone\nmap_Kd {uri}\n".encode())
    yield obj("a texture that is not there", textured, "file-missing", a_mtl=b"newmtl stone\nmap_Kd a.png\n")
    yield obj(
        "a texture that is SVG",
        textured,
        "image-format",
        a_mtl=b"newmtl stone\nmap_Kd a.png\n",
        a_png=b"<svg/>",
    )


# --- D3: E57 -----------------------------------------------------------------------------------------------


def e57(count: int = 50) -> bytes:
    """A good file of one scan."""
    random = np.random.default_rng(1)
    data = {f"cartesian{a}": random.uniform(0, 1, count) for a in "XYZ"}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "good.e57"
        with pye57.E57(str(path), mode="w") as file:
            file.write_scan_raw(data, name="scan")
        return path.read_bytes()


def resealed(content: bytes) -> bytes:
    """The file with the checksum of every page made right again (CRC-32C, big-endian)."""
    out = bytearray(content)
    for at in range(0, len(out) - 1023, 1024):
        struct.pack_into(">I", out, at + 1020, crc32c(bytes(out[at : at + 1020])))
    return bytes(out)


def crc32c(data: bytes) -> int:
    """Castagnoli's CRC, bit by bit."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def e57_cases() -> Iterator[Case]:
    good = e57()

    def case(name: str, content: bytes, code: str) -> Case:
        return one(f"e57 {name}", "hostile.e57", content, code)

    assert resealed(good) == good, "our checksum must be theirs"
    yield case("cut in the middle", good[: len(good) // 2], "e57-header")
    yield case("cut by a page", good[:-1024], "e57-header")
    yield case("a length off by one", patched(good, (16, "Q", len(good) + 1)), "e57-header")
    yield case("an XML place past the end", patched(good, (24, "Q", 2**40)), "e57-header")
    yield case("an XML part of 2^40 bytes", patched(good, (32, "Q", 2**40)), "e57-header")
    yield case("pages of 1 byte", patched(good, (40, "Q", 1)), "e57-header")
    yield case("a flipped bit in the points", patched(good, (1100, "B", good[1100] ^ 1)), "e57-damaged")
    for name, place, value in (
        ("a section of 2^40 bytes", 8, 2**40), ("points past the end", 16, 2**40), ("points in the header", 16, 0),
    ):  # fmt: skip
        yield case(name, resealed(patched(good, (48 + place, "Q", value))), "e57-damaged")
    xml = struct.unpack_from("<Q", good, 24)[0]

    def rewritten(old: bytes, new: bytes) -> bytes:
        # Only for text that no checksum interrupts, and of the same length.
        assert len(old) == len(new)
        assert good.count(old) == 1, old
        return resealed(good.replace(old, new))

    head = good[xml : xml + 60]
    bomb = b'<!DOCTYPE a [<!ENTITY b "cccc">]>'
    yield case(
        "a DOCTYPE with entities", resealed(good.replace(head, bomb + head[len(bomb) :])), "e57-header"
    )
    external = b'<!DOCTYPE a SYSTEM "/etc/passwd">'
    yield case(
        "an external DOCTYPE", resealed(good.replace(head, external + head[len(external) :])), "e57-header"
    )
    yield case("one record too many", rewritten(b'recordCount="50"', b'recordCount="51"'), "cloud-count")
    yield case("no prototype", rewritten(b"<prototype type", b"<prototypf type"), "e57-damaged")
    yield case("no records", rewritten(b'recordCount="50"', b'recordCount="00"'), "cloud-empty")
    yield case("no z", rewritten(b"<cartesianZ type", b"<cartesianW type"), "e57-damaged")
    yield case("a foreign signature", b"ASTM-E58" + good[8:], "cloud-format")


# --- D4: glTF ----------------------------------------------------------------------------------------------


def gltf_document() -> tuple[dict[str, Any], bytes]:
    """A good document of one triangle with a texture coordinate each, and its buffer."""
    body = (
        struct.pack("<9f", 0, 0, 0, 1, 0, 0, 0, 1, 0)
        + struct.pack("<3H2x", 0, 1, 2)
        + struct.pack("<6f", *[0.5] * 6)
    )
    document = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}],
        "buffers": [{"byteLength": len(body)}],
        "bufferViews": [
            {"buffer": 0, "byteOffset": 0, "byteLength": 36},
            {"buffer": 0, "byteOffset": 36, "byteLength": 6},
            {"buffer": 0, "byteOffset": 44, "byteLength": 24},
        ],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3"},
            {"bufferView": 1, "componentType": 5123, "count": 3, "type": "SCALAR"},
            {"bufferView": 2, "componentType": 5126, "count": 3, "type": "VEC2"},
        ],
    }
    return document, body


def glb(document: dict[str, Any] | bytes, body: bytes) -> bytes:
    """The container around a document and a buffer."""
    text = document if isinstance(document, bytes) else json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    body += b"\0" * (-len(body) % 4)
    size = 12 + 8 + len(text) + 8 + len(body)
    head = struct.pack("<4s4I", b"glTF", 2, size, len(text), 0x4E4F534A)
    return head + text + struct.pack("<2I", len(body), 0x004E4942) + body


def gltf_cases() -> Iterator[Case]:
    document, body = gltf_document()
    good = glb(document, body)

    def case(name: str, *path_and_value: Any, code: str = "model-invalid", drop: str = "") -> Case:
        """The good document with the value at a path replaced, or one key of it taken out."""
        changed = json.loads(json.dumps(document))
        *path, last, value = path_and_value
        at = changed
        for step in path:
            at = at[step]
        at[last] = value
        if drop:
            del at[drop]
        return one(f"glb {name}", "hostile.glb", glb(changed, body), code)

    def textured(name: str, image: dict[str, Any], code: str, **files: bytes) -> Case:
        changed = json.loads(json.dumps(document))
        changed |= {"images": [image], "textures": [{"source": 0}]}
        changed["materials"] = [{"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}]
        changed["meshes"][0]["primitives"][0] |= {"material": 0}
        changed["meshes"][0]["primitives"][0]["attributes"]["TEXCOORD_0"] = 2
        files = {"hostile.glb": glb(changed, body), **{k.replace("_", "."): v for k, v in files.items()}}
        return Case(f"glb {name}", "hostile.glb", files, code)

    for length in (0, 2**32 - 1):
        yield one(
            f"glb a length of {length}", "hostile.glb", patched(good, (8, "I", length)), "model-invalid"
        )
        yield one(
            f"glb JSON of {length} bytes", "hostile.glb", patched(good, (12, "I", length)), "model-invalid"
        )
    yield one("glb a foreign signature", "hostile.glb", b"glTG" + good[4:], "model-invalid")
    yield one("glb version 1", "hostile.glb", patched(good, (4, "I", 1)), "model-invalid")
    yield one("glb JSON that is none", "hostile.glb", glb(b"{" * 8, body), "model-invalid")
    yield one("glb JSON nested 10^5 deep", "hostile.glb", glb(b"[" * 100_000, body), "model-invalid")
    yield one("glb JSON that is a list", "hostile.glb", glb(b"[]", body), "model-invalid")
    yield one(
        "glb JSON with NaN",
        "hostile.glb",
        glb(b'{"asset": {"version": "2.0"}, "a": NaN}', body),
        "model-invalid",
    )
    yield case("an accessor past its view", "accessors", 0, "count", 4)
    yield case("2*10^9 rows", "accessors", 0, "count", 2 * 10**9)
    yield case("2*10^9 rows without a view", "accessors", 0, "count", 2 * 10**9, drop="bufferView")
    yield case("a count below 0", "accessors", 0, "count", -3)
    yield case("a count of 2.5", "accessors", 0, "count", 2.5)
    yield case("a count of true", "accessors", 0, "count", True)
    yield case("a stride of 1", "bufferViews", 0, "byteStride", 1)
    yield case("a stride of 2^40", "bufferViews", 0, "byteStride", 2**40)
    yield case("a view past its buffer", "bufferViews", 0, "byteLength", 10**6)
    yield case("an offset below 0", "accessors", 0, "byteOffset", -4)
    yield case("a buffer longer than its content", "buffers", 0, "byteLength", 10**6)
    yield case("an unknown component type", "accessors", 0, "componentType", 9999)
    yield case("a sparse accessor", "accessors", 0, "sparse", {"count": 2**31})
    yield case("indices as floats", "meshes", 0, "primitives", 0, "indices", 0)
    yield case("an accessor that is not there", "meshes", 0, "primitives", 0, "indices", 99)
    yield case("an accessor of -1", "meshes", 0, "primitives", 0, "indices", -1)
    yield case("lines", "meshes", 0, "primitives", 0, "mode", 1)
    yield case("no attributes", "meshes", 0, "primitives", 0, {})
    yield case("a node that is its own child", "nodes", 0, {"children": [0]})
    yield case("a node cycle", "nodes", [{"children": [1], "mesh": 0}, {"children": [0]}])
    chain: list[dict[str, Any]] = [{"children": [k + 1]} for k in range(99_999)]
    yield case("nodes 10^5 deep", "nodes", [*chain, {"mesh": 0}])
    yield case("10^6 nodes", "nodes", [{}] * 1_000_000)
    yield case("a scene that is not there", "scene", 7)
    yield case("a matrix of 15", "nodes", 0, {"mesh": 0, "matrix": [1.0] * 15})
    yield case("a flat matrix", "nodes", 0, {"mesh": 0, "matrix": [0.0] * 16})
    yield case("a scale of 0", "nodes", 0, {"mesh": 0, "scale": [1, 0, 1]})
    instances = {"EXT_mesh_gpu_instancing": {"attributes": {"TRANSLATION": 0}}}
    yield case("a mesh drawn many times", "nodes", 0, {"mesh": 0, "extensions": instances})
    yield case("a rotation of 0", "nodes", 0, {"mesh": 0, "rotation": [0, 0, 0, 0]})
    yield case("words in a matrix", "nodes", 0, {"mesh": 0, "translation": ["a", 0, 0]})
    yield case("numbers beyond floats", "nodes", 0, {"mesh": 0, "translation": [1e400, 0, 0]})
    yield case("Draco required", "extensionsRequired", ["KHR_draco_mesh_compression"])
    yield case("an unknown extension required", "extensionsRequired", ["ACME_bomb"])
    yield case("meshes that are no list", "meshes", {"0": 1})
    broken = patched(body, (36, "H", 3))
    yield one("glb an index out of range", "hostile.glb", glb(document, broken), "model-invalid")
    yield one(
        "glb a position of NaN",
        "hostile.glb",
        glb(document, patched(body, (0, "f", math.nan))),
        "model-invalid",
    )
    for uri in (
        "../secret.bin", "%2e%2e/secret.bin", "..%2fsecret.bin", "/etc/passwd", "file:///etc/passwd",
        "http://example.org/a.bin", "HTTPS://example.org/a.bin", "C:\\secret.bin", "..\\secret.bin", "a\u0000.bin",
        "data:application/octet-stream;base64,####", "data:text/plain,abc",
    ):  # fmt: skip
        yield case(f"a buffer at {uri!r}", "buffers", 0, {"uri": uri, "byteLength": 68})
    yield case(
        "a buffer that is not there", "buffers", 0, {"uri": "a.bin", "byteLength": 68}, code="file-missing"
    )
    big = b'{"asset": {"version": "2.0"}, "a": "' + b" " * (33 * 2**20) + b'"}'
    yield one("gltf JSON of 33 MB", "hostile.gltf", big, "model-invalid")
    yield case("Draco required", "extensionsRequired", ["KHR_draco_mesh_compression"])
    yield textured("a picture that is not there", {"uri": "a.png"}, "file-missing")
    yield textured("a picture on another host", {"uri": "//example.org/a.png"}, "model-invalid")
    yield textured("an SVG as picture", {"uri": "a.png"}, "image-format", a_png=b"<svg xmlns='x'/>")
    yield textured("a picture of 65535 x 65535", {"uri": "a.png"}, "image-too-large", a_png=png_bomb(65_535))
    yield textured("a picture cut short", {"uri": "a.png"}, "image-damaged", a_png=picture("PNG")[:200])
    yield textured("an animated picture", {"uri": "a.webp"}, "image-animated", a_webp=animation())


# --- D5: pictures ------------------------------------------------------------------------------------------


def picture(kind: str, size: tuple[int, int] = (16, 16)) -> bytes:
    """A good picture of random pixels."""
    pixels = np.random.default_rng(1).integers(0, 255, (*size[::-1], 3)).astype(np.uint8)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, kind)
    return stream.getvalue()


def animation(kind: str = "WEBP") -> bytes:
    """Two frames in one picture."""
    stream = io.BytesIO()
    frames = [Image.new("RGB", (8, 8), c) for c in ("red", "blue")]
    frames[0].save(stream, kind, save_all=True, append_images=frames[1:])
    return stream.getvalue()


def png_bomb(side: int, *more: tuple[bytes, bytes], pixels: bytes = b"\0") -> bytes:
    """A PNG that claims ``side`` x ``side`` pixels in a few bytes; ``more`` are further chunks (kind, data)."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + b"".join(chunk(kind, data) for kind, data in more)
        + chunk(b"IDAT", zlib.compress(pixels))
        + chunk(b"IEND", b"")
    )


def jpeg_of(width: int, height: int) -> bytes:
    """A small JPEG whose header claims another size; libjpeg by itself makes grey of what is not there."""
    good = picture("JPEG")
    at = good.index(b"\xff\xc0") + 5
    return good[:at] + struct.pack(">HH", height, width) + good[at + 4 :]


def picture_cases() -> Iterator[Case]:
    bomb = zlib.compress(bytes(100_000_000))

    def case(name: str, content: bytes, code: str = "image-damaged", ending: str = "png") -> Case:
        return one(f"picture {name}", f"hostile.{ending}", content, code)

    yield case("PNG of 65535 x 65535", png_bomb(65_535), "image-too-large")
    yield case("PNG of 16384 x 16384 in 66 bytes", png_bomb(16_384))
    yield case("PNG of 0 x 0", png_bomb(0), "image-format")
    yield case("PNG with a bit flipped", patched(picture("PNG"), (60, "B", picture("PNG")[60] ^ 1)))
    yield case("JPEG of 65500 x 65500", jpeg_of(65_500, 65_500), "image-too-large", "jpg")
    yield case("JPEG of 16384 x 16384 in 1 kB", jpeg_of(16_384, 16_384), ending="jpg")
    for kind, ending in (("PNG", "png"), ("JPEG", "jpg"), ("WEBP", "webp")):
        whole = picture(kind)
        yield case(f"{kind} cut short", whole[: len(whole) // 2], ending=ending)
    yield case("ICC profile of 100 MB", png_bomb(8, (b"iCCP", b"a\0\0" + bomb), pixels=bytes(200)))
    yield case("compressed text of 100 MB", png_bomb(8, (b"zTXt", b"a\0\0" + bomb), pixels=bytes(200)))
    yield case("WebP of two frames", animation(), "image-animated", "webp")
    yield case("PNG of two frames", animation("PNG"), "image-animated")
    for name, content in (
        ("SVG as PNG", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("GIF", picture("GIF")),
        ("TIFF", picture("TIFF")),
        ("PSD", b"8BPS" + bytes(30)),
        ("EPS", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"),
    ):
        yield case(name, content, "image-format")
    yield case("of no bytes", b"", "image-format")


# --- E6, E43: footprints -----------------------------------------------------------------------------------


def geojson(*features: Any, **others: Any) -> bytes:
    """A FeatureCollection."""
    return json.dumps({"type": "FeatureCollection", "features": list(features), **others}).encode()


def feature(coordinates: Any, kind: str = "Polygon", id: Any = "a", **properties: Any) -> dict[str, Any]:
    """A feature with an id."""
    return {
        "type": "Feature",
        "properties": {"id": id, **properties},
        "geometry": {"type": kind, "coordinates": coordinates},
    }


SQUARE = [[[107.0, 16.0], [107.001, 16.0], [107.001, 16.001], [107.0, 16.001], [107.0, 16.0]]]


def layer_cases() -> Iterator[Case]:
    """Layers that cannot be used as a whole."""

    def case(
        name: str, content: bytes, code: str = "footprints-unreadable", main: str = "hostile.geojson"
    ) -> Case:
        return one(f"layer {name}", main, content, code)

    deep = b'{"type": "GeometryCollection", "geometries": [' * 100_000
    yield case(
        "nested 10^5 deep",
        b'{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": ' + deep,
    )
    closed = deep + b"]}" * 100_000
    head = b'{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry": '
    yield case("nested 10^5 deep and closed", head + closed + b"}]}")
    yield case("NaN", geojson(feature([[[math.nan, 0], [1, 0], [1, 1], [math.nan, 0]]])))
    yield case("no JSON", b"\xff\xfe")
    yield case("a bare geometry", b'{"type": "Polygon", "coordinates": []}')
    yield case("no features", geojson(), "footprints-empty")
    yield case(
        "a linked CRS",
        geojson(feature(SQUARE), crs={"type": "link", "properties": {"href": "http://example.org"}}),
    )
    yield case(
        "an unknown CRS", geojson(feature(SQUARE), crs={"type": "name", "properties": {"name": "EPSG:0"}})
    )
    swapped = [[[16.0, 107.0], [16.001, 107.0], [16.001, 107.001], [16.0, 107.0]]]
    yield case("latitude first", geojson(feature(swapped)), "footprints-crs")
    metres = [[[500000.0, 1800000.0], [500010.0, 1800000.0], [500010.0, 1800010.0], [500000.0, 1800000.0]]]
    yield case("metres without a CRS", geojson(feature(metres)), "footprints-crs")
    yield case("no id column", geojson({**feature(SQUARE), "properties": {"name": "a"}}), "footprints-column")
    vrt = b'<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/vsicurl/http://127.0.0.1:9/a.json</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
    for ending in ("gpkg", "sqlite", "shp"):
        yield case(f"a VRT as {ending}", vrt, main=f"hostile.{ending}")
    yield case("a VRT as geojson", vrt)
    yield case("a VRT", vrt, "footprints-format", main="hostile.vrt")
    yield case("a database of zeros", b"SQLite format 3\0" + bytes(4096), main="hostile.gpkg")


def feature_cases() -> Iterator[tuple[str, Any, str]]:
    """Features that cannot be used: name, the feature, words of the problem's text."""
    bow_tie = [[[107.0, 16.0], [107.001, 16.001], [107.001, 16.0], [107.0, 16.001], [107.0, 16.0]]]
    yield "a bow-tie", feature(bow_tie), "Self-intersection"
    yield "an unclosed ring", feature([SQUARE[0][:-1]]), "does not end where it begins"
    yield "a ring of two", feature([SQUARE[0][:2]]), "at least three positions"
    yield "no coordinates", feature([]), "no polygon"
    yield "words as coordinates", feature([[["a", "b"]] * 4]), "no polygon"
    yield "coordinates of objects", feature([[{"x": 1}] * 4]), "no polygon"
    yield "a MultiPolygon's coordinates in a Polygon", feature([SQUARE]), "no polygon"
    yield "a point", feature([107.0, 16.0], "Point"), "a Point is given as footprint"
    yield (
        "a collection",
        {**feature(None), "geometry": {"type": "GeometryCollection", "geometries": []}},
        "GeometryCollection",
    )
    yield "no geometry", {**feature(None), "geometry": None}, "no geometry"
    yield "no id", feature(SQUARE, id=None), "no id"
    yield "an id that is a list", feature(SQUARE, id=[1]), "no id"
    yield (
        "a plan without area",
        feature([[[107.0, 16.0], [107.001, 16.0], [107.0, 16.0], [107.0, 16.0]]]),
        "no area",
    )
    across = [[[-179.9, 16.0], [179.9, 16.0], [179.9, 16.1], [-179.9, 16.0]]]
    yield "across the antimeridian", feature(across), "antimeridian"
    yield "a height in words", feature(SQUARE, height="twelve"), "height is 'twelve'"
    yield "a height below 0", feature(SQUARE, height=-3), "height is -3"
