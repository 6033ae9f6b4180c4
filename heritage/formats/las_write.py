"""Write a labelled cloud as LAS or LAZ, piece by piece, and read it back."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, NamedTuple

import laspy
import numpy as np
import pyproj

from heritage.formats.las import BACKEND
from heritage.model.arrays import F64, U8, U16, PointCloud
from heritage.model.errors import StoreError

_STEP_M: Final = 1e-4
_READ_BACK_POINTS: Final = 1_000_000


class Labelled(NamedTuple):
    """A piece of a cloud with its ASPRS classes (n,), for the extra dimension ``reason`` (n,) the values of
    ``heritage.model.arrays.REASONS``, and for ``correction`` (n,), where people corrected any, the number of the
    correction that the label is from, 0 where it is cleaning's own."""

    cloud: PointCloud
    classes: U8
    reasons: U8
    corrected: U16 | None = None


def write_las(path: Path, origin: F64, pieces: Iterable[Labelled], *, crs: str | None = None) -> int:
    """Write a labelled cloud as LAS 1.4 (LAZ by the ending .laz) and return the number of points: all
    ``pieces`` in their order; all of them have corrections or none has.

    Coordinates are the clouds' with their origins, in steps of 0.1 mm from about ``origin`` (3,), which should
    be near. Colours are written if the first piece has them. The file is read back before this returns; raises
    StoreError where what was read is not what was written, ValueError where there is no piece.
    """
    remaining = iter(pieces)
    first = next(remaining, None)
    if first is None:
        raise ValueError("no piece of a cloud")
    header = laspy.LasHeader(version="1.4", point_format=6 if first.cloud.rgb is None else 7)
    header.scales = np.full(3, _STEP_M)
    header.offsets = np.floor(origin)
    header.add_extra_dim(laspy.ExtraBytesParams("reason", np.uint8, "why the class, see Heritage"))
    if first.corrected is not None:
        header.add_extra_dim(laspy.ExtraBytesParams("correction", np.uint16, "corrected by a person, 0: not"))
    if crs is not None:
        header.add_crs(pyproj.CRS.from_user_input(crs))
    points, digest = 0, blake2b()
    with laspy.open(path, "w", header=header, laz_backend=BACKEND) as writer:
        piece: Labelled | None = first
        while piece is not None:
            record = _record(path, header, piece)
            digest.update(record.array.tobytes())
            writer.write_points(record)
            points += len(record)
            piece = next(remaining, None)
    if _read_back(path) != (points, digest.digest()):
        raise _differs(path)
    return points


def _record(path: Path, header: Any, piece: Labelled) -> Any:
    cloud, classes, reasons, corrected = piece
    record = laspy.ScaleAwarePointRecord.zeros(len(cloud), header=header)
    world = cloud.world()
    record.x, record.y, record.z = world.T
    if cloud.rgb is not None:
        record.red, record.green, record.blue = cloud.rgb.T.astype(np.uint16) * 257
    record.classification = classes
    record["reason"] = reasons
    if corrected is not None:
        record["correction"] = corrected
    record.return_number = record.number_of_returns = np.ones(len(cloud), np.uint8)
    for axis, written in enumerate((record.x, record.y, record.z)):
        if not (np.abs(np.asarray(written) - world[:, axis]) <= 0.51 * _STEP_M).all():
            raise _differs(path)
    return record


def _read_back(path: Path) -> tuple[int, bytes]:
    points, digest = 0, blake2b()
    with laspy.open(path, laz_backend=BACKEND) as reader:
        for record in reader.chunk_iterator(_READ_BACK_POINTS):
            digest.update(record.array.tobytes())
            points += len(record)
    return points, digest.digest()


def _differs(path: Path) -> StoreError:
    found = "what was read back differs from what was written"
    return StoreError(path.name, found, "the same", "write it again", code="las-read-back")
