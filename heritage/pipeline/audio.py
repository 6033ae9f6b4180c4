"""How long a recording or a caption file lasts."""

from __future__ import annotations

import re
from pathlib import Path

from tinytag import TinyTag, TinyTagException

from heritage.model.errors import InputError

_STAMP = re.compile(r"(?:(\d+):)?(\d\d):(\d\d)\.(\d{3})\s*-->\s*(?:(\d+):)?(\d\d):(\d\d)\.(\d{3})")


def audio_seconds(path: Path, shown: str) -> float:
    """Length of a recording. Raises InputError, calling the file ``shown``, where it is none."""
    try:
        duration = TinyTag.get(str(path), tags=False).duration
    except (TinyTagException, OSError, ValueError) as error:
        raise InputError(
            shown,
            f"no recording that can be read ({error})",
            "MP3, M4A, Ogg, FLAC or WAV",
            code="audio-unreadable",
        ) from None
    if not duration:
        raise InputError(
            shown, "a recording without length", "MP3, M4A, Ogg, FLAC or WAV", code="audio-unreadable"
        )
    return round(float(duration), 2)


def caption_seconds(text: str) -> float:
    """End of the last cue of a WebVTT text; 0 where there is none."""
    ends = [
        int(h or 0) * 3600 + int(m) * 60 + int(s) + int(ms) / 1000
        for *_, h, m, s, ms in (match.groups() for match in _STAMP.finditer(text))
    ]
    return max(ends, default=0.0)
