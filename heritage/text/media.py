"""What a recording or a picture is, by how its file begins; what it is called says nothing of that."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

HEAD_BYTES: Final = 64


def _boxed(*brands: bytes) -> Callable[[bytes], bool]:
    """ISO base media files (MP4, AVIF): their first box names a brand."""
    return lambda head: head[4:8] == b"ftyp" and any(brand in head[8:40] for brand in brands)


def _begins(*signs: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(signs)


KINDS: Final[dict[str, Callable[[bytes], bool]]] = {
    ".avif": _boxed(b"avif", b"avis"),
    ".gif": _begins(b"GIF87a", b"GIF89a"),
    ".jpeg": _begins(b"\xff\xd8\xff"),
    ".jpg": _begins(b"\xff\xd8\xff"),
    ".m4a": _boxed(b"M4A", b"mp42", b"isom", b"iso5"),
    ".mp3": lambda head: head.startswith(b"ID3") or (head[:1] == b"\xff" and head[1:2] >= b"\xe2"),
    ".mp4": _boxed(b"mp4", b"isom", b"iso5", b"M4V"),
    ".ogg": _begins(b"OggS"),
    ".opus": _begins(b"OggS"),
    ".png": _begins(b"\x89PNG\r\n\x1a\n"),
    ".vtt": _begins(b"WEBVTT", b"\xef\xbb\xbfWEBVTT"),
    ".wav": lambda head: head[:4] == b"RIFF" and head[8:12] == b"WAVE",
    ".webm": _begins(b"\x1aE\xdf\xa3"),
    ".webp": lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP",
}
"""What the studio takes in, by ending, and how such a file begins. No SVG: it can hold scripts."""
_PICTURES: Final = (".avif", ".gif", ".jpg", ".png", ".webp")


def is_picture(path: Path) -> bool:
    """Whether browsers show ``path``: they, too, look at its beginning and not at its name."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    return any(KINDS[ending](head) for ending in _PICTURES)
