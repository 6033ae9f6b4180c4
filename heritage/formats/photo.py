"""A visitor's photo made anew: its pixels upright in sRGB, and nothing else of the file that came."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageCms

from heritage.formats.exif import GPS_IFD, PhotoPosition, position_of
from heritage.formats.image import opened_image, upper_byte
from heritage.model.errors import InputError
from heritage.model.limits import REPORT_PHOTO_PX, REPORT_PHOTO_SIDE_PX

_QUALITY: Final = 85
_NAME: Final = "the photo"
_SRGB: Final = ImageCms.createProfile("sRGB")
_ORIENTATION: Final = 0x0112
# What makes the stored pixels upright (EXIF 2.32, 4.6.4).
_UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class CleanPhoto:
    """``jpeg`` holds pixels only, ``width`` x ``height`` of them; ``position`` is where it was taken, if that was asked
    for and the file said so."""

    jpeg: bytes
    width: int
    height: int
    position: PhotoPosition | None


def clean_photo(content: bytes, *, position: bool) -> CleanPhoto:
    """Decode a JPEG, PNG or WebP and write its pixels as a JPEG of at most REPORT_PHOTO_SIDE_PX a side.

    A rotation noted in the EXIF is applied, a colour profile converted to sRGB (one that is broken is left out of
    account), transparency laid on white. The EXIF position is read only with ``position``; one that cannot be is none.
    Raises InputError as `opened_image`.
    """
    with opened_image(content, _NAME, REPORT_PHOTO_PX) as image:
        found = _position(image) if position else None
        upright = _UPRIGHT.get(image.getexif().get(_ORIENTATION, 1))
        # libjpeg reads a large one at a half, a quarter or an eighth, in as much less memory and time.
        image.draft(None, (REPORT_PHOTO_SIDE_PX, REPORT_PHOTO_SIDE_PX))
        picture = _in_srgb(image)
        picture.thumbnail((REPORT_PHOTO_SIDE_PX, REPORT_PHOTO_SIDE_PX), Image.Resampling.LANCZOS)
        if upright is not None:
            picture = picture.transpose(upright)
        # Through plain bytes: Pillow would hand on a comment, and who knows what later.
        bare = Image.frombytes("RGB", picture.size, picture.tobytes())
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=_QUALITY, progressive=True)
    return CleanPhoto(out.getvalue(), *bare.size, found)


def _position(image: Image.Image) -> PhotoPosition | None:
    try:
        return position_of(dict(image.getexif().get_ifd(GPS_IFD)), _NAME)
    except InputError:
        return None


def _in_srgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        return Image.fromarray(upper_byte(image)).convert("RGB")
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        picture = Image.new("RGB", image.size, "white")
        picture.paste(layer, mask=layer.getchannel("A"))
        return picture
    profile = image.info.get("icc_profile")
    return _converted(image, profile) if profile else image.convert("RGB")


def _converted(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        made = ImageCms.profileToProfile(image, io.BytesIO(profile), _SRGB, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        made = None
    return image.convert("RGB") if made is None else made
