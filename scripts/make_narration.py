#!/usr/bin/env python3
"""Make the sample tour's narration anew from its words: ``scripts/make_narration.py``.

Needs espeak-ng and ffmpeg (Debian packages of these names) on the developer's machine only; the results
are committed in heritage/sample/media. Each sentence is spoken by itself, so the captions' times are
measured, not guessed. The voices are synthetic and credited as such in the sample's site.yaml.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import wave
from pathlib import Path

SAMPLE = Path(__file__).resolve().parent.parent / "heritage" / "sample"
VOICES = {"vi": "vi", "en": "en-gb", "fr": "fr-fr"}
WORDS_PER_MINUTE = {"vi": 165, "en": 160, "fr": 165}
PAUSE_S, RATE = 0.45, 22050
BITRATE = "16k"


def main() -> None:
    """Speak every stop of every language and write an MP3 and a WebVTT file for each."""
    tour = "hoang-thanh"
    total = 0
    for language in VOICES:
        text = (SAMPLE / "words" / "tours" / tour / f"{language}.md").read_text(encoding="utf-8")
        for stop, words in passages(text):
            name = SAMPLE / "media" / f"{tour}-{stop}.{language}"
            total += narrate(words, language, name)
    print(f"{total} bytes of audio")


def passages(markdown: str) -> list[tuple[str, str]]:
    """(stop id, words) of a tour's Markdown; headings are not spoken."""
    parts = re.split(r"^## (\S+)\n", markdown, flags=re.MULTILINE)[1:]
    return [
        (stop, " ".join(re.sub(r"^###.*\n", "", body, flags=re.MULTILINE).split()))
        for stop, body in zip(parts[::2], parts[1::2], strict=True)
    ]


def narrate(words: str, language: str, name: Path) -> int:
    """Write ``name``.mp3 and ``name``.vtt; returns the size of the sound in bytes."""
    silence = bytes(2 * int(PAUSE_S * RATE))
    sound, cues = silence, []
    for sentence in re.split(r"(?<=[.!?])\s+", words):
        samples = speak(sentence, language)
        start = len(sound) / 2 / RATE
        sound += samples
        # Long sentences are shown in two pieces, each for its share of the letters.
        pieces = halves(sentence)
        for piece in pieces:
            seconds = len(samples) / 2 / RATE * len(piece) / sum(map(len, pieces))
            cues.append((start, start + seconds, piece))
            start += seconds
        sound += silence
    command = ["ffmpeg", "-v", "error", "-y", "-f", "s16le", "-ar", str(RATE), "-ac", "1", "-i", "-"]
    command += ["-map_metadata", "-1", "-c:a", "libmp3lame", "-b:a", BITRATE, "-ar", "16000"]
    subprocess.run([*command, f"{name}.mp3"], input=sound, check=True)
    lines = ["WEBVTT", ""]
    for start, end, piece in cues:
        lines += [f"{stamp(start)} --> {stamp(end)}", piece, ""]
    Path(f"{name}.vtt").write_text("\n".join(lines), encoding="utf-8")
    return Path(f"{name}.mp3").stat().st_size


def speak(sentence: str, language: str) -> bytes:
    """16-bit mono samples at RATE."""
    command = [
        "espeak-ng",
        "-v",
        VOICES[language],
        "-s",
        str(WORDS_PER_MINUTE[language]),
        "-g",
        "2",
        "--stdout",
    ]
    spoken = subprocess.run([*command, sentence], capture_output=True, check=True).stdout
    with wave.open(io.BytesIO(spoken)) as file:
        if file.getframerate() != RATE or file.getnchannels() != 1 or file.getsampwidth() != 2:
            sys.exit(f"espeak-ng gives {file.getparams()}; {RATE} Hz, mono, 16 bits was expected")
        # The header of a stream cannot know its length: read what is there.
        return file.readframes(len(spoken))


def halves(sentence: str) -> list[str]:
    """The sentence, or its two parts about a comma, colon or semicolon near the middle where it is long."""
    breaks = [m.end() for m in re.finditer(r"[,;:]\s", sentence)]
    if len(sentence) <= 84 or not breaks:
        return [sentence]
    at = min(breaks, key=lambda b: abs(b - len(sentence) / 2))
    return [sentence[:at].strip(), sentence[at:].strip()]


def stamp(seconds: float) -> str:
    """``hh:mm:ss.mmm``"""
    ms = round(seconds * 1000)
    return f"{ms // 3600000:02}:{ms // 60000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"


if __name__ == "__main__":
    main()
