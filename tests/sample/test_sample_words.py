"""The sample tour's words, voices and captions say the same thing at the same time."""

from __future__ import annotations

import re
import unicodedata
from importlib.resources import files
from pathlib import Path

import pytest

from heritage.text.markdown import plain
from heritage.text.question import read_question
from heritage.text.words import parse_words

PACKAGE = Path(str(files("heritage.sample")))
STOPS = ("approach", "terrace", "roof", "then-and-now", "change-map", "year-1844")
LANGUAGES = ("vi", "en", "fr")
CASES = [(stop, language) for stop in STOPS for language in LANGUAGES]


def cues(path: Path) -> list[tuple[float, float, str]]:
    head, *blocks = path.read_text(encoding="utf-8").strip().split("\n\n")
    assert head == "WEBVTT"
    found = []
    for block in blocks:
        timing, text = block.split("\n")
        start, end = (
            sum(float(part) * scale for part, scale in zip(stamp.split(":"), (3600, 60, 1), strict=True))
            for stamp in timing.split(" --> ")
        )
        found.append((start, end, text))
    return found


def mp3_seconds(path: Path) -> float:
    """Length from the frames themselves: MPEG-2 layer III, 576 samples a frame."""
    data, at, frames, rate = path.read_bytes(), 0, 0, 0
    if data[:3] == b"ID3":
        at = 10 + sum((b & 0x7F) << shift for b, shift in zip(data[6:10], (21, 14, 7, 0), strict=True))
    while at + 4 <= len(data):
        assert data[at] == 0xFF
        assert data[at + 1] & 0xFE == 0xF2, "MPEG-2 layer III is expected"
        kbps = (0, 8, 16, 24, 32, 40, 48, 56, 64)[data[at + 2] >> 4]
        rate = (22050, 24000, 16000)[data[at + 2] >> 2 & 3]
        at += 72_000 * kbps // rate + (data[at + 2] >> 1 & 1)
        frames += 1
    return frames * 576 / rate


@pytest.mark.parametrize(("stop", "language"), CASES)
def test_captions_carry_the_words_of_the_text_in_time_with_the_voice(stop: str, language: str) -> None:
    text = (PACKAGE / f"words/tours/hoang-thanh/{language}.md").read_text(encoding="utf-8")
    words = plain(parse_words(text, STOPS, "words").stops[stop].markdown)
    medium = PACKAGE / f"media/hoang-thanh-{stop}.{language}"
    shown = cues(Path(f"{medium}.vtt"))
    assert " ".join(text for *_, text in shown).split() == words.split()
    seconds = mp3_seconds(Path(f"{medium}.mp3"))
    ends = [0.0]
    for start, end, _ in shown:
        assert ends[-1] <= start + 1e-6
        assert end - start > 0.8
        ends.append(end)
    # The encoder pads the end by up to a few frames of 36 ms.
    assert ends[-1] < seconds < ends[-1] + 0.7
    assert 12 < seconds < 30


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("tour", ["hoang-thanh", "ngu-phung"])
def test_texts_are_of_one_length_and_composed_unicode(tour: str, language: str) -> None:
    path = PACKAGE / f"words/tours/{tour}/{language}.md"
    text = path.read_text(encoding="utf-8")
    assert text == unicodedata.normalize("NFC", text)
    bodies = re.split(r"^## .*\n+### .*\n", text, flags=re.MULTILINE)[1:]
    bodies = [read_question(body).body for body in bodies]
    assert all(30 <= len(body.split()) <= 75 for body in bodies), [len(body.split()) for body in bodies]


def test_the_voices_are_small_and_all_are_used() -> None:
    media = sorted((PACKAGE / "media").iterdir())
    expected = {f"hoang-thanh-{s}.{lang}.{kind}" for s, lang in CASES for kind in ("mp3", "vtt")}
    assert {m.name for m in media} == expected
    assert all(m.stat().st_size < 100_000 for m in media)
    assert sum(m.stat().st_size for m in media) < 900_000
