"""Pictures as WebP, PNG and JPEG, through Pillow."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from heritage.model.arrays import U8


def webp(picture: U8, quality: int = 85) -> bytes:
    """(h, w, 3) uint8 sRGB as lossy WebP; quality 0..100. The same bytes for the same picture and libwebp."""
    return _encoded(picture, "WEBP", quality=quality, method=4)


def jpeg(picture: U8, quality: int = 88) -> bytes:
    """(h, w, 3) uint8 sRGB as JPEG without chroma subsampling: joints and edges of colour stay sharp."""
    return _encoded(picture, "JPEG", quality=quality, subsampling=0, optimize=True)


def save_picture(path: Path, picture: U8) -> None:
    """Write (h, w, 3) uint8 sRGB; the suffix ``.webp``, ``.png`` or ``.jpg`` says how. Raises ValueError for another."""
    encoders = {".webp": webp, ".jpg": jpeg, ".png": lambda p: _encoded(p, "PNG", optimize=True)}
    if path.suffix not in encoders:
        raise ValueError(f"{path.name}: {', '.join(encoders)} are allowed")
    path.write_bytes(encoders[path.suffix](picture))


def _encoded(picture: U8, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, kind, **options)
    return buffer.getvalue()
