"""Recordings and their captions: how long they last, and the captions' text."""

from __future__ import annotations

import re
from pathlib import Path

from tinytag import TinyTag, TinyTagException

from heritage.model.errors import InputError
from heritage.model.limits import CAPTIONS_BYTES

_ALLOWED = "MP3, M4A, Ogg, Opus or WAV"
_STAMP = re.compile(r"(?:(\d+):)?(\d\d):(\d\d)\.(\d{3})\s*-->\s*(?:(\d+):)?(\d\d):(\d\d)\.(\d{3})")


def audio_seconds(path: Path, shown: str) -> float:
    """Length of a recording. Raises InputError, calling the file ``shown``, where it is none."""
    try:
        duration = TinyTag.get(str(path), tags=False).duration
    except (TinyTagException, OSError, ValueError) as error:
        raise InputError(
            shown,
            f"no recording that can be read ({error})",
            _ALLOWED,
            code="audio-unreadable",
        ) from None
    if not duration:
        raise InputError(shown, "a recording without length", _ALLOWED, code="audio-unreadable")
    return round(float(duration), 2)


def read_captions(path: Path, shown: str) -> str:
    """The text of a WebVTT file. Raises InputError, calling the file ``shown``, where it is none.

    The format knows no other encoding than UTF-8 (WebVTT, section 4.1); what is read otherwise is shown as nonsense.
    """
    with path.open("rb") as stream:
        content = stream.read(CAPTIONS_BYTES + 1).removeprefix(b"\xef\xbb\xbf")
    if len(content) > CAPTIONS_BYTES:
        raise _no_captions(
            shown, f"holds more than {CAPTIONS_BYTES} bytes", f"up to {CAPTIONS_BYTES} are allowed"
        )
    if not content.startswith(b"WEBVTT"):
        raise _no_captions(shown, "does not begin with WEBVTT", "WebVTT is allowed")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _no_captions(shown, f"is no UTF-8 text on line {line}", "UTF-8 is allowed") from None


def _no_captions(shown: str, found: str, allowed: str) -> InputError:
    return InputError(shown, found, allowed, "export it as WebVTT (.vtt)", code="captions-format")


def caption_seconds(text: str) -> float:
    """End of the last cue of a WebVTT text; 0 where there is none."""
    ends = [
        int(h or 0) * 3600 + int(m) * 60 + int(s) + int(ms) / 1000
        for *_, h, m, s, ms in (match.groups() for match in _STAMP.finditer(text))
    ]
    return max(ends, default=0.0)
