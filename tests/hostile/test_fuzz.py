"""Every reader under mutated files: a value or our own error, soon, whatever the bytes (battery D12).

HERITAGE_FUZZ sets the number of files per reader; each push tries some, a long run many.
"""

from __future__ import annotations

import io
import os
import struct
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from make import XYZ, e57, glb, gltf_document, las, picture, ply, resealed
from PIL import Image

from heritage.formats.cloud import open_cloud
from heritage.formats.image import read_image
from heritage.formats.model import read_model
from heritage.model.errors import HeritageError

SECONDS = 2.0
FILES = int(os.environ.get("HERITAGE_FUZZ", "120"))
# What ends of ranges, counts and text formats trip over.
_NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 2**31 - 1, 2**31, 2**32 - 1)
_WORDS = (
    *(b"0", b"-1", b"99999999999", b"nan", b"inf", b"1e400", b"..", b"\xff", b"\0"),
    *(b"\n", b" ", b'"', b"{", b"]", b",", b"/"),
)


def cloud(path: Path) -> None:
    reader = open_cloud(path)
    total = 0
    for chunk in reader.chunks(7):
        assert np.isfinite(chunk.xyz).all()
        total += len(chunk) + sum(chunk.left_out.values())
    assert total == reader.header.points


def model(path: Path) -> None:
    for mesh in read_model(path):
        assert np.isfinite(mesh.vertices).all()
        assert 0 <= mesh.triangles.min() <= mesh.triangles.max() < len(mesh.vertices)


def image(path: Path) -> None:
    assert read_image(path).shape[2] == 3


def _gltf(text: bool) -> bytes:
    document, body = gltf_document()
    document |= {"images": [{"bufferView": 3}], "textures": [{"source": 0}]}
    document["materials"] = [{"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}]
    document["meshes"][0]["primitives"][0] |= {"material": 0}
    document["meshes"][0]["primitives"][0]["attributes"]["TEXCOORD_0"] = 2
    document["nodes"] = [{"mesh": 0, "rotation": [0, 0, 0, 1], "scale": [1, 2, 1]}, {"children": [0]}]
    document["scenes"][0]["nodes"] = [1]
    png = picture("PNG", (2, 2))
    document["bufferViews"].append({"buffer": 0, "byteOffset": len(body), "byteLength": len(png)})
    document["buffers"][0]["byteLength"] = len(body) + len(png)
    return glb(document, body + png)


def _text_ply() -> bytes:
    rows = "".join(f"{k} {k / 3} -{k} {k} 7 9\n" for k in range(12)).encode()
    colours = [f"property uchar {c}" for c in ("red", "green", "blue")]
    return ply(rows, "comment by hand", "element vertex 12", *XYZ, *colours, form="ascii")


def _mesh_ply(form: str) -> bytes:
    lines = ("element vertex 3", *XYZ, "element face 2", "property list uchar int vertex_indices")
    if form == "ascii":
        return ply(b"0 0 0\n1 0 0\n0 1 0\n3 0 1 2\n4 0 1 2 0\n", *lines, form=form)
    order = "<" if form == "binary_little_endian" else ">"
    faces = struct.pack(f"{order}B3iB4i", 3, 0, 1, 2, 4, 0, 1, 2, 0)
    return ply(struct.pack(f"{order}9f", 0, 0, 0, 1, 0, 0, 0, 1, 0) + faces, *lines, form=form)


_OBJ = b"""mtllib a.mtl
v 0 0 0 1 .5 0
v 1 0 0 1 .5 0
v 0 1 0 1 .5 0
v 0 1 1 1 .5 0
vt 0 0
vt 1 0
vn 0 0 1
usemtl stone
f 1/1/1 2/2/1 3/1/1
f -1/1 -2/2 -3/1 4/1
f 1 2 3
"""


def _webp() -> bytes:
    stream = io.BytesIO()
    Image.linear_gradient("L").resize((9, 9)).convert("RGB").save(stream, "WEBP", lossless=True)
    return stream.getvalue()


SEEDS: dict[str, tuple[bytes, Callable[[Path], None]]] = {
    "new.las": (las(30), cloud),
    "old.las": (las(30, version="1.2", point_format=3), cloud),
    "new.laz": (las(30, compressed=True), cloud),
    "old.laz": (las(30, version="1.2", point_format=3, compressed=True), cloud),
    "binary.ply": (ply(bytes(range(120)), "element vertex 10", *XYZ), cloud),
    "text.ply": (_text_ply(), cloud),
    "a.e57": (e57(30), cloud),
    "sealed.e57": (e57(30), cloud),
    "a.glb": (_gltf(False), model),
    "a.obj": (_OBJ, model),
    "little.ply": (_mesh_ply("binary_little_endian"), model),
    "big.ply": (_mesh_ply("binary_big_endian"), model),
    "ascii.ply": (_mesh_ply("ascii"), model),
    "a.png": (picture("PNG"), image),
    "a.jpg": (picture("JPEG"), image),
    "a.webp": (_webp(), image),
}

# Hypothesis likes small numbers; scattered by Knuth's multiplier they reach every part of a file.
_PLACE = st.integers(0, 2**32 - 1).map(lambda k: k * 2_654_435_761 % 2**32 / 2**32)
_CHANGE = st.one_of(
    st.tuples(st.just("byte"), _PLACE, st.integers(0, 255)),
    st.tuples(st.just("number"), _PLACE, st.tuples(st.sampled_from("BHIQ"), st.sampled_from(_NUMBERS))),
    st.tuples(st.just("real"), _PLACE, st.sampled_from([0.0, -1.0, 1e300, float("nan"), float("inf")])),
    st.tuples(st.just("word"), _PLACE, st.sampled_from(_WORDS)),
    st.tuples(st.just("over"), _PLACE, st.sampled_from(_WORDS)),
    st.tuples(st.just("cut"), _PLACE, st.integers(1, 40)),
    st.tuples(st.just("twice"), _PLACE, st.integers(1, 400)),
    st.tuples(st.just("end"), _PLACE, st.just(0)),
)


def mutated(seed: bytes, changes: list[tuple[str, float, object]]) -> bytes:
    """``seed`` after every change in turn."""
    out = bytearray(seed)
    for kind, place, value in changes:
        at = int(place * len(out))
        match kind, value:
            case "byte", int(byte) if out:
                out[at] = byte
            case "number", (str(form), int(number)):
                content = struct.pack("<" + form, number % 256 ** struct.calcsize(form))
                out[at : at + len(content)] = content
            case "real", float(number):
                out[at : at + 8] = struct.pack("<d", number)
            case "word", bytes(word):
                out[at:at] = word
            case "over", bytes(word):
                out[at : at + len(word)] = word
            case "cut", int(length):
                del out[at : at + length]
            case "twice", int(length):
                out[at:at] = out[at : at + length]
            case "end", _:
                del out[at:]
    return bytes(out)


@pytest.mark.parametrize("name", SEEDS)
def test_a_mutated_file_gives_a_value_or_our_own_error(name: str, tmp_path: Path) -> None:
    seed, read = SEEDS[name]
    path = tmp_path / name
    (tmp_path / "a.mtl").write_text("newmtl stone\nKd .1 .2 .3\nmap_Kd a.png\n")
    (tmp_path / "a.png").write_bytes(picture("PNG", (2, 2)))
    seen = {"read": 0, "refused": 0}
    slowest = 0.0

    @settings(
        max_examples=FILES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(_CHANGE, max_size=4))
    def attempt(changes: list[tuple[str, float, object]]) -> None:
        nonlocal slowest
        content = mutated(seed, changes)
        # With its checksums made right again, what is wrong gets past them.
        path.write_bytes(resealed(content) if name.startswith("sealed") else content)
        line, start = "", time.process_time()
        try:
            read(path)
            seen["read"] += 1
        except HeritageError as error:
            seen["refused"] += 1
            line = str(error.problems[0])
        seconds = time.process_time() - start
        assert "\n" not in line
        assert seconds < SECONDS
        slowest = max(slowest, seconds)

    attempt()
    print(f"{name}: {seen['read']} read, {seen['refused']} refused, slowest {slowest:.3f} s")
    assert seen["refused"] > FILES // 10
    assert seen["read"] > 0
