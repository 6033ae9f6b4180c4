"""GeoTIFF: heights and orthophotos, with their place.

Source: OGC GeoTIFF 1.1 (19-008r4), TIFF 6.0. Pixels are Pillow's business (libtiff); the few tags that place them are
read here, so no GDAL is needed.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyproj
from PIL import Image, UnidentifiedImageError

from heritage.formats.reader import file_bytes
from heritage.formats.xml_document import read_xml
from heritage.model.arrays import F64, U8
from heritage.model.errors import InputError
from heritage.model.limits import RASTER_HEIGHTS_PX, RASTER_PHOTO_PX, VECTOR_BYTES
from heritage.model.raster import Raster, VerticalKind

_SCALE, _TIEPOINT, _MATRIX, _KEYS = 33550, 33922, 34264, 34735
_COMPRESSION: Final = 259
_METADATA: Final = 42112  # GDAL's: XML, with scale, offset and unit of the numbers
_NODATA: Final = 42113  # GDAL's: the value that means none, as text
_RASTER_TYPE, _GEOGRAPHIC, _PROJECTED, _VERTICAL, _VERTICAL_UNITS = 1025, 2048, 3072, 4096, 4099
_METRES: Final = {9001: 1.0, 9002: 0.3048, 9003: 1200 / 3937}  # by the EPSG code of a unit
_UNITS: Final = {  # by the words that GDAL and PROJ have for them
    **dict.fromkeys(("m", "metre", "metres", "meter", "meters"), 9001),
    **dict.fromkeys(("ft", "foot", "feet", "international foot"), 9002),
    **dict.fromkeys(("us-ft", "ftus", "us survey foot", "us survey feet"), 9003),
}
_POINT: Final = 2  # the tie point is the middle of a pixel, not its corner
_USER_DEFINED: Final = 32767
_REMEDY: Final = "export it anew: gdal_translate -ot Float32 -co COMPRESS=DEFLATE"
_HEIGHT_MODES: Final = ("F", "I", "I;16", "I;16S", "I;16B", "I;16BS", "L")


def read_heights(path: Path, crs: str | None = None) -> Raster:
    """The first picture of ``path`` as heights, metres; ``crs`` where the file does not say it.

    GDAL's scale and offset are applied to the numbers, then the unit of heights.

    Raises InputError for another kind of file, a damaged one, one that is not placed, and one beyond the ceilings.
    """
    with _opened(path, RASTER_HEIGHTS_PX) as image:
        if image.mode not in _HEIGHT_MODES:
            raise _wrong(
                path, f"pixels of the kind {image.mode}", "one channel of numbers is needed for heights"
            )
        placed, stated = _place(path, image, crs)
        scale, offset, unit = _stored(path, image)
        vertical, metres = _heights(path, _keys(path, image), unit)
        nodata = _nodata(path, image)
        if _mixed_order(image):
            # Pillow 13 gives such numbers with their bytes exchanged, without a word.
            raise _wrong(
                path, "packed numbers in big-endian order", "little-endian order is allowed", _REMEDY
            )
        values = np.asarray(_decoded(path, image)).astype(np.float32)
    none = ~np.isfinite(values)
    if nodata is not None:
        none |= values == np.float32(nodata)
    values *= np.float32(scale * metres)
    values += np.float32(offset * metres)
    # Without a word for "none" writers use numbers that no place on Earth has.
    none |= np.abs(values) > 12_000
    if none.all():
        raise _wrong(path, "no height in it", "heights in metres are needed")
    return Raster(np.where(none, np.float32(np.nan), values), placed, stated, vertical)


def read_photo(path: Path, crs: str | None = None, most_px: int = 4096) -> Raster:
    """The first picture of ``path`` as colours, averaged down to at most ``most_px`` a side. Raises as `read_heights`."""
    with _opened(path, RASTER_PHOTO_PX) as image:
        if image.mode not in {"RGB", "RGBA", "L", "P", "CMYK", "YCbCr"}:
            raise _wrong(path, f"pixels of the kind {image.mode}", "8-bit colours are needed for a photo")
        placed, stated = _place(path, image, crs)
        nodata = _nodata(path, image)
        factor = max(1, math.ceil(max(image.size) / most_px))
        colours = _rgba(_decoded(path, image), nodata)
    if factor > 1:
        colours = np.asarray(Image.fromarray(colours, "RGBA").reduce(factor))
        # The middle of the first large pixel lies between those it is made of.
        shift = (factor - 1) / 2
        middle = placed[:, :2] @ np.array([shift, shift]) + placed[:, 2]
        placed = np.column_stack([placed[:, :2] * factor, middle])
    return Raster(colours, placed, stated)


def _mixed_order(image: Image.Image) -> bool:
    tags: Any = _tags(image)
    packed = tags.get(_COMPRESSION, 1) != 1
    return bool(tags.prefix == b"MM" and packed and image.mode != "L")


def _opened(path: Path, most_px: int) -> Image.Image:
    if file_bytes(path) > VECTOR_BYTES:
        raise _wrong(path, f"{file_bytes(path)} bytes", f"up to {VECTOR_BYTES} bytes are allowed")
    limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None  # ours is below
    try:
        with warnings.catch_warnings():
            # Pillow remarks on tags it cannot read; those that matter are missed below.
            warnings.simplefilter("ignore", UserWarning)
            image = Image.open(path, formats=("TIFF",))
    except UnidentifiedImageError:
        allowed = (
            "a GeoTIFF of 8, 16 or 32 bits a number is needed (not 64; packed by deflate, LZW, ZSTD or JPEG)"
        )
        raise _wrong(
            path, "a file that is no TIFF, or of a kind that is not read", allowed, _REMEDY
        ) from None
    except (OSError, ValueError, SyntaxError, EOFError, TypeError, KeyError, OverflowError) as error:
        raise _wrong(path, f"a damaged file ({error})", "a whole one is needed") from None
    finally:
        Image.MAX_IMAGE_PIXELS = limit
    if image.width * image.height > most_px:
        image.close()
        raise _wrong(
            path,
            f"{image.width} x {image.height} pixels",
            f"up to {most_px} pixels are allowed",
            "cut it to the site",
        )
    return image


def _decoded(path: Path, image: Image.Image) -> Image.Image:
    try:
        image.load()
    except (OSError, ValueError, SyntaxError, EOFError, TypeError, KeyError, OverflowError) as error:
        raise _wrong(path, f"a damaged file ({error})", "a whole one is needed") from None
    return image


def _rgba(image: Image.Image, nodata: float | None) -> U8:
    colours = np.array(image.convert("RGBA"))
    if nodata is not None and image.mode in {"RGB", "L"}:
        colours[(colours[:, :, :3] == nodata).all(axis=2), 3] = 0
    return colours


def _tags(image: Image.Image) -> Mapping[int, Any]:
    return getattr(image, "tag_v2", {})


def _numbers(path: Path, image: Image.Image, tag: int) -> tuple[float, ...]:
    value = _tags(image).get(tag, ())
    values = value if isinstance(value, tuple) else (value,)
    try:
        numbers = tuple(float(v) for v in values)
    except (TypeError, ValueError):
        numbers = (math.nan,)
    if not all(map(math.isfinite, numbers)):
        raise _wrong(path, f"tag {tag} holds no numbers", "finite numbers are needed")
    return numbers


def _nodata(path: Path, image: Image.Image) -> float | None:
    text = str(_tags(image).get(_NODATA, "")).strip("\0 ")
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        raise _wrong(path, f"{text[:20]!r} as the value of no data", "a number is needed") from None


def _stored(path: Path, image: Image.Image) -> tuple[float, float, str | None]:
    """Scale and offset from the first channel's numbers to heights in the file's unit, and that unit: 1, 0 and None
    where GDAL's metadata has none."""
    text = str(_tags(image).get(_METADATA, "")).strip("\0 \n")
    if "role" not in text:  # nothing in it changes a number
        return 1.0, 0.0, None
    try:
        items = read_xml(text.encode(), path.name).iter("Item")
    except InputError as error:
        raise _wrong(path, f"GDAL's metadata: {error.problems[0].found}", "well-formed XML") from None
    said = {
        item.get("role", "").lower(): (item.text or "").strip()
        for item in items
        if item.get("sample", "0") == "0"
    }
    scale, offset = (
        _said_number(path, said, role, usual) for role, usual in (("scale", 1.0), ("offset", 0.0))
    )
    if scale == 0:
        raise _wrong(path, "0 as the scale of its heights", "another number is needed")
    return scale, offset, said.get("unittype") or None


def _said_number(path: Path, said: Mapping[str, str], role: str, usual: float) -> float:
    try:
        number = float(said.get(role, usual))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise _wrong(path, f"{said[role][:20]!r} as the {role} of its heights", "a number is needed")
    return number


def _place(path: Path, image: Image.Image, given: str | None) -> tuple[F64, str]:
    keys = _keys(path, image)
    placed = _matrix(path, image)
    if keys.get(_RASTER_TYPE) != _POINT:
        # The tags count from the corner of the first pixel.
        placed = np.column_stack([placed[:, :2], placed @ np.array([0.5, 0.5, 1.0])])
    if abs(np.linalg.det(placed[:, :2])) < 1e-24:
        raise _wrong(path, "pixels without an area", "a scale that is not zero is needed")
    return placed, _crs(path, keys, given)


def _matrix(path: Path, image: Image.Image) -> F64:
    matrix = _numbers(path, image, _MATRIX)
    if len(matrix) >= 8:
        return np.array([[matrix[0], matrix[1], matrix[3]], [matrix[4], matrix[5], matrix[7]]])
    scale, tie = _numbers(path, image, _SCALE), _numbers(path, image, _TIEPOINT)
    if len(scale) >= 2 and len(tie) >= 6:
        column, row, x, y = tie[0], tie[1], tie[3], tie[4]
        return np.array([[scale[0], 0.0, x - column * scale[0]], [0.0, -scale[1], y + row * scale[1]]])
    raise _wrong(
        path,
        "nothing says where it lies",
        "a GeoTIFF with a pixel scale and a tie point, or a matrix, is needed",
        "export it as GeoTIFF; a world file beside it is not read",
    )


def _keys(path: Path, image: Image.Image) -> dict[int, int]:
    """The GeoKeys that are short numbers."""
    numbers = [int(v) for v in _numbers(path, image, _KEYS)]
    entries = [numbers[k : k + 4] for k in range(4, len(numbers) - 3, 4)]
    return {key: value for key, place, _, value in entries if place == 0}


def _crs(path: Path, keys: Mapping[int, int], given: str | None) -> str:
    code = keys.get(_PROJECTED) or keys.get(_GEOGRAPHIC)
    try:
        own = None if code in (None, _USER_DEFINED) else pyproj.CRS.from_epsg(code)
        crs = own if given is None else pyproj.CRS.from_user_input(given)
    except pyproj.exceptions.CRSError as error:
        raise _unknown(path, error) from None
    if crs is None:
        raise _wrong(
            path, "no CRS that has an EPSG code", "one is needed", "say it in site.yaml, under ground"
        )
    if own is not None and given is not None and not own.equals(crs, ignore_axis_order=True):
        raise _wrong(
            path,
            f"the file says {own.name}, site.yaml says {crs.name}",
            "both must be the same",
            "remove the latter",
        )
    return crs.to_wkt()


def _heights(path: Path, keys: Mapping[int, int], word: str | None) -> tuple[VerticalKind | None, float]:
    """What heights are above, None where the file does not say it, and the metres of one unit of them; ``word``: the
    unit that GDAL's metadata name."""
    code, unit = keys.get(_VERTICAL), keys.get(_VERTICAL_UNITS)
    kind: VerticalKind | None = None
    metres = 1.0
    if code not in (None, _USER_DEFINED):
        try:
            crs = pyproj.CRS.from_epsg(code)
        except pyproj.exceptions.CRSError as error:
            raise _unknown(path, error) from None
        axis = crs.axis_info[-1]
        if axis.direction.lower() != "up":
            raise _wrong(path, f"numbers of {crs.name}, which grow downwards", "heights are needed")
        kind = "ellipsoidal" if "ellipsoid" in crs.name.lower() else "orthometric"
        metres = axis.unit_conversion_factor
    if unit is not None:
        if unit not in _METRES:
            raise _wrong(
                path, f"heights in the unit EPSG:{unit}", "metres, feet and US survey feet are allowed"
            )
        metres = _METRES[unit]
    if word is not None:
        named = _UNITS.get(word.lower())
        if named is None:
            raise _wrong(
                path, f"heights in the unit {word[:20]!r}", "metres, feet and US survey feet are allowed"
            )
        if (unit is not None or kind is not None) and not math.isclose(_METRES[named], metres):
            raise _wrong(
                path, f"heights in the unit {word[:20]!r} and in one of {metres:g} m", "both must be the same"
            )
        metres = _METRES[named]
    return kind, metres


def _unknown(path: Path, error: Exception) -> InputError:
    return _wrong(path, f"a CRS unknown to PROJ ({error})", "an EPSG code is needed")


def _wrong(path: Path, found: str, allowed: str, remedy: str = "export it anew") -> InputError:
    return InputError(path.name, found, allowed, remedy, code="raster-unreadable")
