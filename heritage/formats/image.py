"""Read a picture that somebody else made, within limits."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from heritage.model.arrays import U8
from heritage.model.errors import InputError
from heritage.model.limits import TEXTURE_PX, TEXTURE_SIDE_PX

# Pillow's own bomb limit stops honest photogrammetry textures of 16 k x 16 k, so it is set to ours, for the
# whole process.
Image.MAX_IMAGE_PIXELS = TEXTURE_PX
_FORMATS = ("PNG", "JPEG", "WEBP")
# Huffman coding takes a bit at least for each block of 8 x 8 pixels: what a file cannot hold, libjpeg makes grey
# without a word.
_JPEG_PIXELS_PER_BYTE = 8 * 64


def read_image(source: Path | bytes, where: str | None = None) -> U8:
    """A PNG, JPEG or WebP as (h, w, 3) uint8 sRGB; an alpha channel is dropped.

    A rotation noted in the EXIF is not applied: texture coordinates count the stored pixels.
    Raises InputError where it is none of these, truncated, animated or beyond the ceilings.
    """
    where = where or (source.name if isinstance(source, Path) else "image")
    with opened_image(source, where, TEXTURE_PX) as image:
        if image.mode.startswith("I"):
            grey = upper_byte(image)
            return np.repeat(grey[:, :, None], 3, axis=2)
        # A 16 k texture takes 1 GB in Pillow alone: no copy more than needed.
        return np.asarray(image if image.mode == "RGB" else image.convert("RGB"), np.uint8)


def upper_byte(image: Image.Image) -> U8:
    """16-bit grey by its upper byte, (h, w); Pillow's own conversion would clip it to white."""
    return (np.asarray(image).astype(np.uint32) >> 8).astype(np.uint8)


@contextmanager
def opened_image(source: Path | bytes, where: str, most_px: int) -> Iterator[Image.Image]:
    """A single PNG, JPEG or WebP, opened and not decoded yet; what Pillow says in the block is told as InputError.

    Raises InputError as `read_image`, with ``most_px`` as the ceiling.
    """
    try:
        with Image.open(
            io.BytesIO(source) if isinstance(source, bytes) else source, formats=_FORMATS
        ) as image:
            width, height = image.size
            if max(width, height) > TEXTURE_SIDE_PX or width * height > most_px:
                raise _too_large(where, f"{width} x {height} pixels")
            # MPO is a JPEG with others behind it (a camera's preview, a second eye); the first is the picture.
            if getattr(image, "n_frames", 1) > 1 and image.format != "MPO":
                raise InputError(
                    where, "an animated picture", "a single picture is allowed", code="image-animated"
                )
            size = len(source) if isinstance(source, bytes) else source.stat().st_size
            if image.format in {"JPEG", "MPO"} and width * height > size * _JPEG_PIXELS_PER_BYTE:
                raise _damaged(where, f"{width} x {height} pixels in {size} bytes of JPEG")
            yield image
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large(where, "more pixels than the ceiling") from None
    except UnidentifiedImageError:
        raise InputError(
            where, "no picture of a known format", f"{', '.join(_FORMATS)} are allowed", code="image-format"
        ) from None
    except FileNotFoundError:
        raise InputError(
            where, "no such file", "an existing picture is needed", code="file-missing"
        ) from None
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        # Pillow says "broken PNG file" by SyntaxError, and truncation by OSError or EOFError.
        raise _damaged(where, f"a damaged picture ({error})") from None


def _damaged(where: str, found: str) -> InputError:
    return InputError(where, found, "a whole one is needed", "copy it again", code="image-damaged")


def _too_large(where: str, found: str) -> InputError:
    allowed = f"up to {TEXTURE_SIDE_PX} pixels a side are allowed"
    return InputError(where, found, allowed, "scale the picture down", code="image-too-large")
