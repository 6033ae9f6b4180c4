"""Camera centres of COLMAP's images, text and binary: https://colmap.github.io/format.html."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

import numpy as np

from heritage.model.errors import InputError
from heritage.model.limits import CAMERAS

_FIELDS = 10  # IMAGE_ID, QW, QX, QY, QZ, TX, TY, TZ, CAMERA_ID, NAME
_POSE = struct.Struct("<i7di")
_POINT_BYTES = 24  # x and y as doubles, the 3D point as a 64-bit number
_NAME_BYTES = 4_096
_LINE_BYTES = 1 << 24  # a line lists the points of a picture: some 30 bytes each

Centre = tuple[float, float, float]


def read_text(path: Path) -> tuple[list[Centre], None]:
    """``images.txt``: two lines per image, of which the second lists points and may be empty."""
    centres: list[Centre] = []
    pose = True  # whether the next line is an image's, not its points'
    number = 0
    with path.open("rb") as stream:
        while line := stream.readline(_LINE_BYTES + 1):
            number += 1
            where = f"{path.name}:{number}"
            if len(line) > _LINE_BYTES:
                raise _invalid(where, f"a line of more than {_LINE_BYTES} bytes", "shorter lines are allowed")
            if line.startswith(b"#"):
                continue
            if pose:
                if not line.strip():
                    continue
                centres.append(_centre(where, _numbers(where, line)))
                if len(centres) > CAMERAS:
                    break
            pose = not pose
    return centres, None


def read_binary(path: Path) -> tuple[list[Centre], None]:
    """``images.bin``, little-endian."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        (count,) = struct.unpack("<Q", _exactly(stream, 8, path.name))
        # No image is shorter than its pose, an empty name and the number of its points.
        if count > (size - 8) // (_POSE.size + 9):
            raise _invalid(
                f"{path.name}, byte 0", f"{count} images", f"a file of {size} bytes cannot hold them"
            )
        centres: list[Centre] = []
        for _ in range(min(count, CAMERAS + 1)):
            where = f"{path.name}, byte {stream.tell()}"
            _, *pose, _ = _POSE.unpack(_exactly(stream, _POSE.size, where))
            _pass_name(stream, where)
            (points,) = struct.unpack("<Q", _exactly(stream, 8, where))
            if points * _POINT_BYTES > size - stream.tell():
                raise _invalid(where, f"an image of {points} points", "fewer bytes than that follow")
            stream.seek(points * _POINT_BYTES, 1)
            centres.append(_centre(where, pose))
    return centres, None


def _numbers(where: str, line: bytes) -> list[float]:
    words = line.split(None, _FIELDS - 1)
    if len(words) < _FIELDS - 1:
        raise _invalid(where, f"{len(words)} words", "IMAGE_ID QW QX QY QZ TX TY TZ CAMERA_ID NAME is needed")
    try:
        return [float(word) for word in words[1:8]]
    except ValueError:
        raise _invalid(where, "a word where a number belongs", "seven numbers after IMAGE_ID") from None


def _centre(where: str, pose: list[float]) -> Centre:
    """The pose carries world to camera: x_camera = R x + t, so the camera is at -R^T t."""
    if not np.isfinite(pose).all():
        raise _invalid(where, "a pose of infinite numbers", "finite numbers")
    w, x, y, z = pose[:4]
    norm = w * w + x * x + y * y + z * z
    if not 0.25 < norm < 4:
        raise _invalid(where, f"a quaternion of length {norm**0.5:g}", "a unit quaternion")
    scale = 2 / norm
    rotation = np.array(
        [
            [1 - scale * (y * y + z * z), scale * (x * y - w * z), scale * (x * z + w * y)],
            [scale * (x * y + w * z), 1 - scale * (x * x + z * z), scale * (y * z - w * x)],
            [scale * (x * z - w * y), scale * (y * z + w * x), 1 - scale * (x * x + y * y)],
        ]
    )
    a, b, c = (float(v) for v in -rotation.T @ np.array(pose[4:]))
    return a, b, c


def _exactly(stream: BinaryIO, count: int, where: str) -> bytes:
    data = stream.read(count)
    if len(data) < count:
        raise _invalid(where, "the end of the file", f"{count} more bytes are needed")
    return data


def _pass_name(stream: BinaryIO, where: str) -> None:
    begin = stream.tell()
    end = stream.read(_NAME_BYTES).find(b"\0")
    if end < 0:
        raise _invalid(where, "a name without an end", f"up to {_NAME_BYTES} bytes and a zero")
    stream.seek(begin + end + 1)


def _invalid(where: str, found: str, allowed: str) -> InputError:
    return InputError(where, found, allowed, "export the images anew", code="cameras-invalid")
