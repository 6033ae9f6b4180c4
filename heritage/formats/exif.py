"""Where and when a photograph was taken, by the GPS block of its EXIF (CIPA DC-008, section 4.6.6)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from PIL import Image, UnidentifiedImageError

from heritage.formats.reader import file_bytes
from heritage.model.errors import InputError
from heritage.model.limits import PHOTO_BYTES

_FORMATS: Final = ("JPEG", "TIFF", "WEBP", "PNG")
GPS_IFD: Final = 0x8825
_LATITUDE_REF, _LATITUDE, _LONGITUDE_REF, _LONGITUDE, _DATUM, _ERROR = 1, 2, 3, 4, 18, 31


@dataclass(frozen=True)
class PhotoPosition:
    """``lon_deg``, ``lat_deg`` WGS 84; ``error_m`` the horizontal error that the receiver states, None where it
    states none."""

    name: str
    lon_deg: float
    lat_deg: float
    error_m: float | None


def read_photo_position(path: Path) -> PhotoPosition | None:
    """The position in a photo's EXIF; None where it has none, or the null island that receivers without a fix write.

    Pixels are not decoded. Raises InputError for a file that is no picture, too large, or whose position cannot be.
    """
    if file_bytes(path) > PHOTO_BYTES:
        raise InputError(path.name, "too large a photo", f"up to {PHOTO_BYTES} bytes", code="photo-invalid")
    try:
        with Image.open(path, formats=_FORMATS) as image:
            gps: Mapping[int, Any] = dict(image.getexif().get_ifd(GPS_IFD))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        raise InputError(
            path.name, "no picture that can be opened", f"{', '.join(_FORMATS)} are allowed", "remove it from the folder",
            code="photo-invalid",
        ) from None  # fmt: skip
    return position_of(gps, path.name)


def position_of(gps: Mapping[int, Any], name: str) -> PhotoPosition | None:
    """The position that the GPS block of the picture ``name`` states; None and InputError as `read_photo_position`."""
    lat = _degrees(name, gps, _LATITUDE, _LATITUDE_REF, "S", 90)
    lon = _degrees(name, gps, _LONGITUDE, _LONGITUDE_REF, "W", 180)
    if lat is None or lon is None or (lat == 0 and lon == 0):
        return None
    datum = str(gps.get(_DATUM, "")).strip("\0 ").upper().replace("-", "").replace(" ", "")
    if datum and not datum.startswith("WGS84"):
        raise InputError(
            name, f"a position in the datum {datum[:40]}", "WGS-84 is allowed", "give lon and lat under prior",
            code="photo-invalid",
        )  # fmt: skip
    return PhotoPosition(name, lon, lat, _number(gps.get(_ERROR)))


def _degrees(name: str, gps: Mapping[int, Any], key: int, ref: int, negative: str, most: int) -> float | None:
    """Degrees, minutes and seconds with the hemisphere's letter as degrees; None where the tag is not there."""
    if key not in gps:
        return None
    try:
        parts = [float(v) for v in gps[key]]
    except (TypeError, ValueError, ZeroDivisionError):
        parts = []
    value = sum(part / 60**k for k, part in enumerate(parts))
    if len(parts) != 3 or not math.isfinite(value) or not 0 <= value <= most:
        if len(parts) == 3 and any(math.isnan(part) for part in parts):
            return None  # 0/0 is how some cameras say "no fix"
        raise InputError(
            name, f"a position that cannot be: {str(gps[key])[:60]}", "degrees, minutes, seconds",
            "correct or remove its EXIF", code="photo-invalid",
        )  # fmt: skip
    degrees = float(value)
    return -degrees if str(gps.get(ref, "")).strip("\0 ").upper() == negative else degrees


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return number if math.isfinite(number) and number > 0 else None
