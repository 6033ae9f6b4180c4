"""Positions in the EXIF of photos."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from heritage.formats.exif import read_photo_position
from heritage.model.errors import InputError


def _photo(path: Path, gps: dict[int, object] | None) -> Path:
    image = Image.new("RGB", (8, 8))
    exif = Image.Exif()
    if gps:
        exif.get_ifd(0x8825).update(gps)
    image.save(path, exif=exif.tobytes())
    return path


def _at(**changed: object) -> dict[int, object]:
    tags: dict[str, object] = {
        "lat_ref": "N",
        "lat": (16.0, 28.0, 8.4),
        "lon_ref": "E",
        "lon": (107.0, 34.0, 30.0),
    }
    keys = {"lat_ref": 1, "lat": 2, "lon_ref": 3, "lon": 4, "datum": 18, "error": 31}
    return {keys[name]: value for name, value in {**tags, **changed}.items()}


def test_degrees_minutes_and_seconds_with_both_hemispheres(tmp_path):
    north = read_photo_position(_photo(tmp_path / "a.jpg", _at()))
    assert north.lat_deg == pytest.approx(16 + 28 / 60 + 8.4 / 3600, abs=1e-7)
    assert north.lon_deg == pytest.approx(107.575, abs=1e-7)
    assert north.error_m is None
    south = read_photo_position(
        _photo(tmp_path / "b.jpg", _at(lat_ref="S", lon_ref="W", datum="WGS-84", error=3.5))
    )
    assert (south.lat_deg, south.lon_deg) == (-north.lat_deg, -north.lon_deg)
    assert south.error_m == pytest.approx(3.5)


@pytest.mark.parametrize("gps", [None, {0: b"\2\3\0\0"}, _at(lat=(0.0, 0.0, 0.0), lon=(0.0, 0.0, 0.0))])
def test_a_photo_without_a_fix_has_no_position(tmp_path, gps):
    assert read_photo_position(_photo(tmp_path / "a.jpg", gps)) is None


@pytest.mark.parametrize(
    ("gps", "words"), [(_at(lat=(116.0, 0.0, 0.0)), "cannot be"), (_at(datum="TOKYO"), "datum TOKYO")]
)
def test_a_position_that_cannot_be_used_is_refused(tmp_path, gps, words):
    with pytest.raises(InputError, match=words):
        read_photo_position(_photo(tmp_path / "a.jpg", gps))


def test_what_is_no_picture_is_refused(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8\xff\xe1 no picture")
    with pytest.raises(InputError, match="no picture"):
        read_photo_position(tmp_path / "a.jpg")
