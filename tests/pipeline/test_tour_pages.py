"""What the text version of a tour says; its pictures are looked at on the built sample."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from heritage.pipeline.pictures.change_colours import CHANGE, RANGE_LODS
from heritage.pipeline.tours.pages import spoken_lines

ROOT = Path(__file__).resolve().parents[2]


def test_the_change_map_has_the_viewers_colours() -> None:
    anchors = json.loads((ROOT / "assets" / "colours" / "change.json").read_text())["anchors"]
    assert [(a["at"], a["colour"]) for a in anchors] == [
        (at, "#{:02x}{:02x}{:02x}".format(*rgb)) for at, rgb in CHANGE
    ]


def test_the_change_maps_colours_reach_as_far_as_the_viewers() -> None:
    text = (ROOT / "viewer" / "src" / "app" / "comparing.ts").read_text()
    assert f"const RANGE_LODS = {RANGE_LODS:g};" in text


@pytest.mark.parametrize(
    ("vtt", "lines"),
    [
        (
            "WEBVTT\n\n1\n00:00.000 --> 00:02.000 align:start\n<v Lan>The gate\nis old.\n\n00:02.000 --> 00:04.000\nVery.\n",
            ["The gate is old.", "Very."],
        ),
        (
            "WEBVTT\r\n\r\nNOTE not heard\r\n\r\nSTYLE\r\n::cue {}\r\n\r\n00:00.000 --> 00:01.000\r\nXin chào\r\n",
            ["Xin chào"],
        ),
        ("WEBVTT\n", []),
        ("WEBVTT\n\n00:00.000 --> 00:01.000\n\n", []),
    ],
)
def test_transcripts_are_what_is_said(vtt: str, lines: list[str]) -> None:
    assert spoken_lines(vtt) == lines
