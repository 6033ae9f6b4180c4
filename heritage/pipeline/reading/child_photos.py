"""What the confined child does with a folder of photos: its side of `guard_photos`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

_ENDINGS: Final = {".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".png"}


def serve_photos(folder: Path, send: Callable[..., None]) -> None:
    """One message per picture, by name; what has another ending is passed over."""
    from heritage.formats.exif import read_photo_position

    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in _ENDINGS or path.is_symlink() or not path.is_file():
            continue
        at = read_photo_position(path)
        send(
            "photo",
            {
                "name": path.name,
                "lon": None if at is None else at.lon_deg,
                "lat": None if at is None else at.lat_deg,
                "error": None if at is None else at.error_m,
            },
        )
