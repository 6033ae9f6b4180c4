"""Where a survey's cameras stood: read from what photogrammetry programs write of them.

COLMAP ``images.txt`` and ``images.bin``; Metashape's cameras as XML; OpenSfM and ODM ``reconstruction.json``,
and ODM ``shots.geojson``, which is in the coordinates of ODM's own cloud. Only the centres are kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np

from heritage.formats.cameras_colmap import read_binary, read_text
from heritage.formats.cameras_metashape import read_metashape
from heritage.formats.cameras_opensfm import read_opensfm
from heritage.formats.reader import file_bytes
from heritage.model.arrays import F64
from heritage.model.errors import InputError
from heritage.model.limits import CAMERA_DOCUMENT_BYTES, CAMERA_IMAGES_BYTES, CAMERAS

_GEOCENTRIC_M = (6.2e6, 6.6e6)  # distances from the middle of the Earth at which people take pictures

Frame = Literal["cloud", "geocentric", "topocentric"]


@dataclass(frozen=True, eq=False)
class Cameras:
    """``centres`` (m, 3) float64, m > 0.

    ``frame``: ``cloud``, the coordinates of the cloud's file, up axis and unit included; ``geocentric``, metres
    of EPSG:4978; ``topocentric``, metres east, north and up of ``reference`` (longitude and latitude in
    degrees of WGS 84, ellipsoidal height in metres).
    """

    centres: F64
    frame: Frame
    reference: tuple[float, float, float] | None = None


def read_cameras(path: Path) -> Cameras:
    """Read any of the listed files, told apart by their endings.

    What a file says of its frame: COLMAP nothing, so its cloud is taken to come from the same reconstruction.
    Metashape's chunk, where it has a transform, is geocentric if it was referenced, else in the chunk's own
    coordinates, in which its cloud is exported. OpenSfM's is topocentric where it names its reference, and that
    of the cloud otherwise. Raises InputError with the line or byte for a file that is none of these, damaged,
    too large, or without a placed camera.
    """
    suffix = path.suffix.lower()
    if suffix not in _READERS:
        raise InputError(
            path.name,
            f"the ending {suffix or '(none)'}",
            "COLMAP images.txt or images.bin, Metashape .xml, OpenSfM or ODM reconstruction.json, "
            "ODM shots.geojson",
            "export the cameras in one of these",
            code="cameras-invalid",
        )
    read, most = _READERS[suffix]
    size = file_bytes(path)
    if size > most:
        raise InputError(
            path.name,
            f"{size} bytes",
            f"up to {most} bytes are allowed",
            "export the cameras without points",
            code="cameras-too-large",
        )
    centres, reference = read(path)
    if len(centres) == 0:
        raise InputError(
            path.name,
            "no camera that has a place",
            "at least one is needed",
            "export the aligned cameras",
            code="cameras-none",
        )
    if len(centres) > CAMERAS:
        raise InputError(
            path.name, f"{len(centres)} cameras", f"up to {CAMERAS} are allowed", code="cameras-too-large"
        )
    places = np.array(centres, np.float64)
    if not np.isfinite(places).all():
        raise InputError(path.name, "a camera at no finite place", "finite numbers", code="cameras-invalid")
    if reference is not None:
        return Cameras(places, "topocentric", reference)
    least, furthest = _GEOCENTRIC_M
    away = np.linalg.norm(places, axis=1)
    geocentric = suffix == ".xml" and bool(((away > least) & (away < furthest)).all())
    return Cameras(places, "geocentric" if geocentric else "cloud")


_Centres = list[tuple[float, float, float]]
_Read = Callable[[Path], tuple[_Centres, tuple[float, float, float] | None]]
_READERS: Final[dict[str, tuple[_Read, int]]] = {
    ".txt": (read_text, CAMERA_IMAGES_BYTES),
    ".bin": (read_binary, CAMERA_IMAGES_BYTES),
    ".xml": (read_metashape, CAMERA_DOCUMENT_BYTES),
    ".json": (read_opensfm, CAMERA_DOCUMENT_BYTES),
    ".geojson": (read_opensfm, CAMERA_DOCUMENT_BYTES),
}
