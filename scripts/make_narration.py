#!/usr/bin/env python3
"""Make the sample tour's narration anew from its words: ``scripts/make_narration.py``.

Needs espeak-ng and ffmpeg (Debian packages of these names) on the developer's machine only; the results
are committed in heritage/sample/media. Each sentence is spoken by itself, and a long one is divided where the
voice pauses, so the captions' times are measured, not guessed (viewer/tests/e2e/captions.spec.ts listens).
The voices are synthetic and credited as such in the sample's site.yaml.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np

SAMPLE = Path(__file__).resolve().parent.parent / "heritage" / "sample"
VOICES = {"vi": "vi", "en": "en-gb", "fr": "fr-fr"}
WORDS_PER_MINUTE = {"vi": 165, "en": 160, "fr": 165}
PAUSE_S, RATE = 0.45, 22050
WINDOW_S, STILL, REACH_S = 0.01, 0.01, 1.0
NEARER = 0.15  # so many seconds of a pause's length are worth a second of distance
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
        # Long sentences are shown in two pieces.
        pieces = halves(sentence)
        end = start + len(samples) / 2 / RATE
        if len(pieces) == 2:
            guess = len(samples) / 2 / RATE * len(pieces[0]) / sum(map(len, pieces))
            between = start + after_pause(np.frombuffer(samples, np.int16) / 32768, RATE, guess)
            cues.append((start, between, pieces[0]))
            start = between
        cues.append((start, end, pieces[-1]))
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


def after_pause(samples: np.ndarray, rate: float, guess: float) -> float:
    """Where the voice goes on after the pause at ``guess``, seconds; ``samples`` (n,) within -1..1.

    The longest one near it: a comma is heard for some 200 ms, the stop of a consonant for 60 to 110.
    """
    window = round(WINDOW_S * rate)
    power = np.square(samples[: len(samples) // window * window]).reshape(-1, window).mean(axis=1)
    still = np.concatenate([[False], np.sqrt(power) < STILL, [False]])
    begins, ends = np.flatnonzero(~still[:-1] & still[1:]), np.flatnonzero(still[:-1] & ~still[1:])
    away = np.abs(ends * WINDOW_S - guess)
    inner = (begins > 0) & (ends < len(power)) & (away < REACH_S)
    if not inner.any():
        sys.exit(f"no pause within {REACH_S} s of {guess:.2f} s")
    worth = np.where(inner, (ends - begins) * WINDOW_S - NEARER * away, -np.inf)
    return float(ends[worth.argmax()] * WINDOW_S)


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
