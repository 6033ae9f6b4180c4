"""Messages between a confined reader and its parent: a small JSON document and plain arrays, never pickle."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

_LENGTH = struct.Struct("<I")
_DOCUMENT_BYTES = 4_000_000  # a CRS, notes and some array names take kilobytes
_DTYPES = frozenset({"<f8", "<f4", "<i4", "<u2", "|u1"})
_DIMENSIONS = 3
_ARRAYS = "arrays"


class WireError(ValueError):
    """What came is no message."""


@dataclass(frozen=True, eq=False)
class Message:
    """``kind`` says what it is, ``document`` holds plain JSON values, ``arrays`` the arrays by name."""

    kind: str
    document: Mapping[str, Any]
    arrays: Mapping[str, npt.NDArray[Any]]


def send(
    write: Callable[[memoryview], int],
    kind: str,
    document: Mapping[str, Any],
    arrays: Mapping[str, npt.NDArray[Any]] | None = None,
) -> None:
    """Write one message: its length (4 bytes, little-endian), the document as JSON, then the arrays' bytes.

    ``write`` takes bytes and says how many it took, as `os.write` does. Raises TypeError for an array of a
    dtype other than float64, float32, int32, uint16 and uint8.
    """
    held = {name: np.ascontiguousarray(array) for name, array in (arrays or {}).items()}
    for name, array in held.items():
        if array.dtype.str not in _DTYPES:
            raise TypeError(f"{name} is {array.dtype}")
    table = [[name, array.dtype.str, list(array.shape)] for name, array in held.items()]
    text = json.dumps({"kind": kind, "document": document, _ARRAYS: table}).encode()
    for content in (memoryview(_LENGTH.pack(len(text)) + text), *map(_bytes, held.values())):
        at = 0
        while at < len(content):
            at += write(content[at:])


def receive(fill: Callable[[memoryview], None], most_bytes: int) -> Message:
    """Read one message. ``fill`` fills a buffer to its end or raises.

    Nothing is believed of the sender: raises WireError for anything but a message whose arrays take up to
    ``most_bytes`` together.
    """
    head = bytearray(_LENGTH.size)
    fill(memoryview(head))
    (length,) = _LENGTH.unpack(head)
    if length > _DOCUMENT_BYTES:
        raise WireError(f"a document of {length} bytes")
    text = bytearray(length)
    fill(memoryview(text))
    try:
        message = json.loads(text)
        kind, document, table = message["kind"], message["document"], message[_ARRAYS]
        places = {name: (dtype, tuple(shape)) for name, dtype, shape in table}
    except (ValueError, KeyError, TypeError, RecursionError):
        raise WireError("no message") from None
    if not isinstance(kind, str) or not isinstance(document, dict):
        raise WireError("no message")
    arrays: dict[str, npt.NDArray[Any]] = {}
    for name, (dtype, shape) in places.items():
        whole = all(type(n) is int and n >= 0 for n in shape)
        if dtype not in _DTYPES or not whole or not 1 <= len(shape) <= _DIMENSIONS:
            raise WireError(f"an array of {str(dtype)[:20]} and shape {str(shape)[:60]}")
        most_bytes -= prod(shape) * np.dtype(dtype).itemsize
        if most_bytes < 0:
            raise WireError("arrays beyond the limit")
        arrays[name] = np.empty(shape, dtype)
        fill(_bytes(arrays[name]))
    return Message(kind, document, arrays)


def _bytes(array: npt.NDArray[Any]) -> memoryview:
    flat: Any = array.reshape(-1).view(np.uint8)
    return memoryview(flat)
