"""The container of binary glTF 2.0: buffer views, accessors and chunks, plain or compressed by meshopt.

Source: Khronos glTF 2.0 specification and the extension EXT_meshopt_compression.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Sequence
from typing import Any, Literal

import meshopt
import numpy as np
import numpy.typing as npt

_COMPONENTS = {"int8": 5120, "uint8": 5121, "int16": 5122, "uint16": 5123, "uint32": 5125, "float32": 5126}
_SHAPES = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4"}
_ARRAY_BUFFER, _ELEMENT_BUFFER = 34962, 34963
_MESHOPT = "EXT_meshopt_compression"


class Builder:
    """Collects one GLB. ``document`` is the JSON to be; its lists are filled in place."""

    def __init__(self, generator: str, *, compressed: bool) -> None:
        self.document: dict[str, Any] = {"asset": {"version": "2.0", "generator": generator}, "scene": 0}
        self._compressed = compressed
        self._bin = bytearray()
        self._unpacked = 0  # bytes that compressed views take when decoded
        self._extensions: dict[str, bool] = {}

    def add(self, kind: str, value: dict[str, Any]) -> int:
        """Append to a top-level list (``nodes``, ``meshes``, …); its index."""
        entries: list[dict[str, Any]] = self.document.setdefault(kind, [])
        entries.append(value)
        return len(entries) - 1

    def uses(self, extension: str, *, required: bool = False) -> None:
        """Name an extension the file uses, or cannot be read without."""
        self._extensions[extension] = required or self._extensions.get(extension, False)

    def indices(self, triangles: npt.NDArray[np.uint32]) -> int:
        """Accessor of triangle corners (n,), 16 bits wide where they fit."""
        highest = int(triangles.max())
        # 65,535 would be the primitive restart value.
        array = triangles.astype(np.uint16 if highest < 65_535 else np.uint32)
        return self._index_accessor(array, "TRIANGLES")

    def line_indices(self, ends: npt.NDArray[np.uint32]) -> int:
        """Accessor of the ends of lines (n,), as `indices`."""
        array = ends.astype(np.uint16 if int(ends.max()) < 65_535 else np.uint32)
        return self._index_accessor(array, "INDICES")

    def _index_accessor(self, array: npt.NDArray[Any], mode: Literal["TRIANGLES", "INDICES"]) -> int:
        view = self._view(array, array.itemsize, mode, _ELEMENT_BUFFER, None)
        return self.add(
            "accessors",
            {
                "bufferView": view,
                "componentType": _COMPONENTS[array.dtype.name],
                "count": len(array),
                "type": "SCALAR",
            },
        )

    def attribute(
        self,
        array: npt.NDArray[Any],
        *,
        normalized: bool = False,
        bounds: bool = False,
        octahedral: bool = False,
    ) -> int:
        """Accessor of a vertex attribute (n, c). Rows are padded to whole 4 bytes.

        ``octahedral``: unit vectors given as float32 (n, 3) and stored as normalised 8-bit.
        """
        if octahedral and self._compressed:
            stored = meshopt.encode_filter_oct(np.pad(array.astype(np.float32), ((0, 0), (0, 1))), 4, 8)
            component, filter_, normalized = "int8", "OCTAHEDRAL", True
        elif octahedral:
            stored, component, filter_ = array.astype(np.float32), "float32", None
        else:
            stored, component, filter_ = array, array.dtype.name, None
        width = array.shape[1]
        stride = -(-stored.dtype.itemsize * stored.shape[1] // 4) * 4
        padded = np.zeros((len(stored), stride // stored.dtype.itemsize), stored.dtype)
        padded[:, : stored.shape[1]] = stored
        view = self._view(padded, stride, "ATTRIBUTES", _ARRAY_BUFFER, filter_)
        accessor: dict[str, Any] = {
            "bufferView": view,
            "componentType": _COMPONENTS[component],
            "count": len(array),
            "type": _SHAPES[width],
        }
        if normalized:
            accessor["normalized"] = True
        if bounds:
            accessor |= {"min": array.min(0).tolist(), "max": array.max(0).tolist()}
        return self.add("accessors", accessor)

    def interleaved(self, position: npt.NDArray[np.uint16], uv: npt.NDArray[np.uint16]) -> tuple[int, int]:
        """Accessors of positions (n, 3) and normalised texture coordinates (n, 2) whose rows stand side by side.

        What both repeat is then near enough for a compressor on the way to find it.
        """
        rows = np.zeros((len(position), 6), np.uint16)
        rows[:, :3], rows[:, 4:] = position, uv
        shared = {
            "bufferView": self._view(rows, rows.itemsize * 6, "ATTRIBUTES", _ARRAY_BUFFER, None),
            "componentType": _COMPONENTS["uint16"],
            "count": len(rows),
        }
        bounds = {"min": position.min(0).tolist(), "max": position.max(0).tolist()}
        return (
            self.add("accessors", {**shared, "type": "VEC3", **bounds}),
            self.add("accessors", {**shared, "type": "VEC2", "byteOffset": 8, "normalized": True}),
        )

    def table_column(self, values: npt.NDArray[Any]) -> int:
        """Buffer view of a property table's values (n,), little-endian, as they are.

        EXT_structural_metadata wants it to begin at a multiple of 8 bytes.
        """
        self._bin += b"\0" * (-len(self._bin) % 8)
        start = self._append(values.tobytes())
        return self.add("bufferViews", {"buffer": 0, "byteOffset": start, "byteLength": values.nbytes})

    def string_column(self, texts: Sequence[str]) -> dict[str, int]:
        """A property table's column of ``texts`` (n): its values and where each begins."""
        encoded = [text.encode() for text in texts]
        offsets = np.concatenate([[0], np.cumsum([len(text) for text in encoded])]).astype("<u4")
        # A buffer view may not be empty.
        values = self.table_column(np.frombuffer(b"".join(encoded) or b"\0", np.uint8))
        return {"values": values, "stringOffsets": self.table_column(offsets)}

    def image(self, data: bytes, media_type: str) -> int:
        """An image inside the file; its index."""
        start = self._append(data)
        view = self.add("bufferViews", {"buffer": 0, "byteOffset": start, "byteLength": len(data)})
        return self.add("images", {"bufferView": view, "mimeType": media_type})

    def _view(
        self,
        array: npt.NDArray[Any],
        stride: int,
        mode: Literal["ATTRIBUTES", "TRIANGLES", "INDICES"],
        target: int,
        filter_: str | None,
    ) -> int:
        view: dict[str, Any] = {"buffer": 0, "byteOffset": 0, "byteLength": array.nbytes, "target": target}
        if mode == "ATTRIBUTES":
            view["byteStride"] = stride
        if not self._compressed:
            view["byteOffset"] = self._append(array.tobytes())
            return self.add("bufferViews", view)
        data = meshopt.encode_gltf_buffer(array, mode)
        packed: dict[str, Any] = {
            "buffer": 0,
            "byteOffset": self._append(data),
            "byteLength": len(data),
            "byteStride": stride,
            "count": len(array),
            "mode": mode,
        }
        if filter_ is not None:
            packed["filter"] = filter_
        view |= {"buffer": 1, "byteOffset": self._unpacked, "extensions": {_MESHOPT: packed}}
        self._unpacked += -(-array.nbytes // 4) * 4
        self.uses(_MESHOPT, required=True)
        return self.add("bufferViews", view)

    def _append(self, data: bytes) -> int:
        self._bin += b"\0" * (-len(self._bin) % 4)
        start = len(self._bin)
        self._bin += data
        return start

    def finish(self) -> bytes:
        """The whole file."""
        self._bin += b"\0" * (-len(self._bin) % 4)
        buffers: list[dict[str, Any]] = [{"byteLength": len(self._bin)}]
        if self._unpacked:
            buffers.append({"byteLength": self._unpacked, "extensions": {_MESHOPT: {"fallback": True}}})
        document = self.document | {"buffers": buffers}
        if self._extensions:
            document["extensionsUsed"] = sorted(self._extensions)
        required = sorted(name for name, needed in self._extensions.items() if needed)
        if required:
            document["extensionsRequired"] = required
        text = _text(document)
        total = 12 + 8 + len(text) + 8 + len(self._bin)
        head = struct.pack("<4sII", b"glTF", 2, total) + _chunk(text)
        return head + text + struct.pack("<I4s", len(self._bin), b"BIN\0") + bytes(self._bin)


def sized(data: bytes, metres: float) -> bytes:
    """A GLB of ours without transforms, of whose coordinates one is ``metres``: its nodes say it, as glTF counts in metres.

    Placements change more often than shapes, and places keep their digits; 1 takes away what was said before.
    """

    def scaled(document: dict[str, Any]) -> None:
        for node in document["nodes"]:
            node.pop("scale", None)
            if metres != 1:
                node["scale"] = [metres] * 3

    return rewritten(data, scaled)


def rewritten(data: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    """A GLB of ours whose JSON was changed in place; its binary chunk stays as it is."""
    (length,) = struct.unpack_from("<I", data, 12)
    document = json.loads(data[20 : 20 + length])
    change(document)
    rest = data[20 + length :]
    text = _text(document)
    return struct.pack("<4sII", b"glTF", 2, 20 + len(text) + len(rest)) + _chunk(text) + text + rest


def _text(document: dict[str, Any]) -> bytes:
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    return text + b" " * (-len(text) % 4)


def _chunk(text: bytes) -> bytes:
    """The head of the chunk of JSON."""
    return struct.pack("<I4s", len(text), b"JSON")
