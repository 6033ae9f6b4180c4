"""A glTF file's JSON and bytes, every claim checked before use (Khronos glTF 2.0, sections 3 and 4)."""

from __future__ import annotations

import base64
import binascii
import json
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import meshopt
import numpy as np
import numpy.typing as npt

from heritage.formats.parts import beside, wrong
from heritage.model.limits import GLTF_JSON_BYTES, MODEL_BYTES

_KINDS = {5120: "i1", 5121: "u1", 5122: "i2", 5123: "u2", 5125: "u4", 5126: "f4"}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}
_DATA = "data:"
_JSON = 0x4E4F534A  # the kind of a GLB's first chunk
MESHOPT = "EXT_meshopt_compression"
_MODES = ("ATTRIBUTES", "TRIANGLES", "INDICES")
_FILTERS = (None, "NONE", "OCTAHEDRAL", "QUATERNION", "EXPONENTIAL")


@dataclass(frozen=True, eq=False)
class GltfFile:
    """``json`` is the document; ``binary`` the GLB's own chunk; ``folder`` where other parts may lie."""

    name: str
    folder: Path
    json: dict[str, Any]
    binary: memoryview | None
    _buffers: dict[int, memoryview] = field(default_factory=dict)

    def item(self, kind: str, index: Any) -> dict[str, Any]:
        """``json[kind][index]``. Raises InputError where there is none."""
        table = self.json.get(kind, [])
        if not isinstance(table, list) or type(index) is not int or not 0 <= index < len(table):
            raise wrong(
                self.name, f"{kind}[{str(index)[:20]}] is referred to", "what is referred to must exist"
            )
        item = table[index]
        if not isinstance(item, dict):
            raise wrong(self.name, f"{kind}[{index}] is no object", "an object is needed")
        return item

    def view(self, index: Any) -> tuple[memoryview, int | None]:
        """The bytes of a buffer view, not copied, and its stride."""
        view = self.item("bufferViews", index)
        where = f"bufferViews[{index}]"
        extensions = view.get("extensions")
        if isinstance(extensions, dict) and MESHOPT in extensions:
            return self._unpacked(extensions[MESHOPT], f"{where}.{MESHOPT}")
        data = self._buffer(view.get("buffer"))
        start, length = (self.whole(view, key, where, 0) for key in ("byteOffset", "byteLength"))
        if start + length > len(data):
            found = f"{where} ends at byte {start + length}"
            raise wrong(self.name, found, f"its buffer has {len(data)} bytes")
        stride = self.whole(view, "byteStride", where, 0)
        return data[start : start + length], stride or None

    def _unpacked(self, packed: Any, where: str) -> tuple[memoryview, int | None]:
        """What a view of EXT_meshopt_compression stands for, and its stride."""
        if not isinstance(packed, dict):
            raise wrong(self.name, f"{where} is no object", "an object is needed")
        data = self._buffer(packed.get("buffer"))
        start, length, stride, count = (
            self.whole(packed, key, where, 0) for key in ("byteOffset", "byteLength", "byteStride", "count")
        )
        mode, filter_ = packed.get("mode"), packed.get("filter")
        if start + length > len(data):
            raise wrong(
                self.name, f"{where} ends at byte {start + length}", f"its buffer has {len(data)} bytes"
            )
        if mode not in _MODES or filter_ not in _FILTERS or not 1 <= stride <= 256:
            found = f"{where} has mode {mode}, filter {filter_} and byteStride {stride}"
            raise wrong(self.name, found, "those of the extension are allowed")
        if count * stride > MODEL_BYTES:
            found = f"{where} unpacks to {count * stride} bytes"
            raise wrong(self.name, found, f"up to {MODEL_BYTES} are allowed")
        try:
            rows = meshopt.decode_gltf_buffer(
                bytes(data[start : start + length]), count, stride, mode, filter_
            )
        except (ValueError, RuntimeError) as error:
            raise wrong(self.name, f"{where} is damaged", "data packed as the extension says") from error
        return memoryview(np.ascontiguousarray(rows).tobytes()), stride if mode == "ATTRIBUTES" else None

    def accessor(self, index: Any, types: tuple[str, ...]) -> npt.NDArray[Any]:
        """The values of an accessor, (n, width); integers said to be normalised as floats."""
        accessor = self.item("accessors", index)
        where = f"accessors[{index}]"
        kind, width = _KINDS.get(accessor.get("componentType", 0)), _WIDTHS.get(str(accessor.get("type")), 0)
        if kind is None or accessor.get("type") not in types:
            found = f"{where} is {accessor.get('type')} of {accessor.get('componentType')}"
            raise wrong(self.name, found, f"{' or '.join(types)} of a known number is needed")
        if "sparse" in accessor or "bufferView" not in accessor:
            raise wrong(self.name, f"{where} is sparse or has no data", "plain accessors are allowed")
        data, stride = self.view(accessor["bufferView"])
        count, start = self.whole(accessor, "count", where, 0), self.whole(accessor, "byteOffset", where, 0)
        dtype = np.dtype("<" + kind)
        row = dtype.itemsize * width
        stride = stride or row
        if count < 1 or stride < row or start + (count - 1) * stride + row > len(data):
            found = f"{where} claims {count} rows of {row} bytes, {stride} apart, from byte {start}"
            raise wrong(self.name, found, f"its view has {len(data)} bytes")
        values = np.ndarray((count, width), dtype, data, start, (stride, dtype.itemsize))
        if accessor.get("normalized") is True and dtype.kind in "iu":
            return np.asarray(np.maximum(values / np.iinfo(dtype).max, -1.0))
        return values.astype(dtype.newbyteorder("="))

    def bytes_of(self, item: dict[str, Any], where: str) -> bytes:
        """What a buffer's or image's ``uri`` stands for: base64 data, or a file beside the model."""
        uri = item.get("uri")
        if not isinstance(uri, str):
            raise wrong(self.name, f"{where} has neither uri nor bufferView", "one is needed")
        if uri.startswith(_DATA):
            head, _, body = uri.partition(",")
            try:
                if head.endswith(";base64"):
                    return base64.b64decode(body, validate=True)
            except binascii.Error:
                pass
            raise wrong(self.name, f"{where} has a damaged data: address", "base64 data is needed")
        path = beside(f"{self.name}, {where}", self.folder, uri)
        if path.stat().st_size > MODEL_BYTES:
            raise wrong(self.name, f"{path.name} is too large", f"up to {MODEL_BYTES} bytes are allowed")
        return path.read_bytes()

    def whole(self, item: dict[str, Any], key: str, where: str, default: int) -> int:
        """A number that counts something. Raises InputError where it is none."""
        value = item.get(key, default)
        if type(value) is not int or value < 0:
            raise wrong(self.name, f"{where}.{key} is {str(value)[:40]}", "a whole number from 0 is allowed")
        return value

    def numbers(self, item: dict[str, Any], key: str, where: str, count: int) -> npt.NDArray[np.float64]:
        """A list of ``count`` finite numbers."""
        value = item[key]
        good = isinstance(value, list) and len(value) == count and all(type(v) in (int, float) for v in value)
        if not good or not np.isfinite(np.array(value, np.float64)).all():
            raise wrong(
                self.name, f"{where}.{key} is {str(value)[:60]}", f"{count} finite numbers are needed"
            )
        return np.array(value, np.float64)

    def _buffer(self, index: Any) -> memoryview:
        buffer = self.item("buffers", index)
        if index not in self._buffers:
            where = f"buffers[{index}]"
            if "uri" in buffer:
                data = memoryview(self.bytes_of(buffer, where))
            elif index == 0 and self.binary is not None:
                data = self.binary
            else:
                raise wrong(
                    self.name, f"{where} has no content", "a uri or the file's binary chunk is needed"
                )
            length = self.whole(buffer, "byteLength", where, 0)
            if length > len(data):
                raise wrong(
                    self.name, f"{where} promises {length} bytes, {len(data)} are there", "both must agree"
                )
            self._buffers[index] = data[:length]
        return self._buffers[index]


def open_gltf(path: Path) -> GltfFile:
    """Read a .glb or .gltf file up to its JSON. Raises InputError where the container is wrong."""
    with path.open("rb") as stream:
        if path.suffix.lower() == ".glb":
            # The binary chunk may be gigabytes: one copy, which views then point into.
            return _container(path, memoryview(stream.read()))
        if path.stat().st_size > GLTF_JSON_BYTES:
            raise wrong(path.name, "too large a JSON", f"up to {GLTF_JSON_BYTES} bytes are allowed")
        return GltfFile(path.name, path.parent, _parsed(path, stream.read()), None)


def read_head(path: Path) -> dict[str, Any]:
    """The JSON of a .glb alone. Raises InputError where it has none."""
    with path.open("rb") as stream:
        head = stream.read(20)
        if len(head) < 20 or head[:4] != b"glTF":
            raise wrong(f"{path.name}, byte 0", "no GLB header", "the file must start with glTF")
        length, kind = struct.unpack_from("<2I", head, 12)
        text = stream.read(min(length, GLTF_JSON_BYTES))
    if kind != _JSON or len(text) != length:
        raise wrong(
            f"{path.name}, byte 12", f"a first chunk of {length} bytes", "JSON inside the file is needed"
        )
    return _parsed(path, text)


def _container(path: Path, content: memoryview) -> GltfFile:
    if len(content) < 20 or bytes(content[:4]) != b"glTF":
        raise wrong(f"{path.name}, byte 0", "no GLB header", "the file must start with glTF")
    version, length, json_length, json_kind = struct.unpack_from("<4I", content, 4)
    if version != 2:
        raise wrong(f"{path.name}, byte 4", f"GLB version {version}", "version 2 is allowed")
    if length != len(content):
        raise wrong(
            f"{path.name}, byte 8",
            f"the header says {length} bytes, the file has {len(content)}",
            "both must agree",
        )
    if json_kind != _JSON or not 0 < json_length <= min(GLTF_JSON_BYTES, len(content) - 20):
        raise wrong(
            f"{path.name}, byte 12", f"a first chunk of {json_length} bytes", "JSON inside the file is needed"
        )
    document = _parsed(path, bytes(content[20 : 20 + json_length]))
    at = 20 + json_length
    binary = None
    if at < len(content):
        if at + 8 > len(content):
            raise wrong(f"{path.name}, byte {at}", "half a chunk header", "whole chunks are needed")
        binary_length, binary_kind = struct.unpack_from("<2I", content, at)
        if at + 8 + binary_length > len(content):
            found = f"a chunk of {binary_length} bytes"
            raise wrong(f"{path.name}, byte {at}", found, f"{len(content) - at - 8} are there")
        if binary_kind == 0x004E4942:
            binary = content[at + 8 : at + 8 + binary_length]
    return GltfFile(path.name, path.parent, document, binary)


def _parsed(path: Path, text: bytes) -> dict[str, Any]:
    try:
        document = json.loads(text, parse_constant=_refuse_constant)
    except RecursionError:
        raise wrong(path.name, "JSON nested without end", "glTF is needed") from None
    except ValueError as error:
        raise wrong(path.name, f"no JSON ({error})", "glTF is needed") from None
    asset = document.get("asset") if isinstance(document, dict) else None
    if not isinstance(asset, dict) or not str(asset.get("version")).startswith("2."):
        raise wrong(path.name, "no glTF 2 document", 'an object with "asset": {"version": "2.0"} is needed')
    return dict(document)


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON number")
