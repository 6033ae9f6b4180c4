"""The marks of certainty are one set everywhere, and stay apart for colour-blind people and in grey print."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from heritage.model.arrays import F64
from heritage.model.tiles import CERTAINTIES
from heritage.ops.viewing.certainty import CASING, MARKS, marked

ROOT = Path(__file__).resolve().parents[2]
# Machado, Oliveira and Fernandes 2009, severity 1, linear RGB.
SEEN = {
    "all cones": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
SIDE = 120


def linear(rgb: F64) -> F64:
    share = np.asarray(rgb, float) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def lab(light: F64) -> F64:
    """CIE L*a*b* of linear sRGB, white D65."""
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = np.clip(light, 0, None) @ to_xyz.T / (0.9505, 1.0, 1.089)
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.stack(
        [116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], axis=-1
    )


def patch(code: int | None, own: tuple[float, float, float]) -> F64:
    """(SIDE, SIDE, 3): a flat surface of colour ``own``, marked, or measured for None."""
    y, x = (grid.ravel().astype(float) for grid in np.indices((SIDE, SIDE)))
    colour = np.tile(np.array(own), (SIDE * SIDE, 1))
    shown = colour if code is None else marked(colour, np.full(len(colour), code), x, y)
    return shown.reshape(SIDE, SIDE, 3)


def test_pictures_viewer_and_legend_have_the_same_marks() -> None:
    table = json.loads((ROOT / "assets" / "colours" / "certainty.json").read_text())
    style = (ROOT / "viewer" / "src" / "ui" / "interpretation.css").read_text()
    assert [one["name"] for one in table["certainties"]] == [m.name for m in MARKS] == list(CERTAINTIES)
    assert table["casing"] == "#{:02x}{:02x}{:02x}".format(*map(int, CASING))
    for one, mark in zip(table["certainties"], MARKS, strict=True):
        assert one["colour"] == "#{:02x}{:02x}{:02x}".format(*mark.colour)
        assert f"--{mark.name}: {one['colour']};" in style
        shares = (one["tint"], one["grey"], one["apart_px"], one["crossed"])
        assert shares == (mark.tint, mark.grey, mark.apart_px, mark.crossed)


@pytest.mark.parametrize("eyes", list(SEEN))
def test_line_colours_stay_apart(eyes: str) -> None:
    seen = {mark.name: lab(linear(np.array(mark.colour)) @ SEEN[eyes].T) for mark in MARKS}
    apart = {pair: float(np.linalg.norm(seen[pair[0]] - seen[pair[1]])) for pair in combinations(seen, 2)}
    assert min(apart.values()) > 30, apart


OWN = {"stone": (128.0, 122.0, 112.0), "glazed tiles": (186.0, 140.0, 52.0), "lacquer": (122.0, 30.0, 26.0)}


@pytest.mark.parametrize("own", list(OWN))
def test_in_grey_print_lines_show_which_is_which(own: str) -> None:
    """Of the light's variation along either diagonal: none on what was measured, one for each of the first two, both
    for the third; and the third's lines are the darkest."""
    luma = np.array([0.2126, 0.7152, 0.0722])
    rising, falling, contrast = [], [], []
    for code in (None, 0, 1, 2):
        grey = lab(linear(patch(code, OWN[own])) @ luma[:, None] * np.ones(3))[..., 0]
        y, x = np.indices(grey.shape)
        for along, held in ((x + y, rising), (x - y, falling)):
            number = along - along.min()
            mean = np.bincount(number.ravel(), grey.ravel()) / np.bincount(number.ravel())
            held.append(float(mean[40:-40].std()))
        contrast.append(float(np.percentile(grey, 98) - np.percentile(grey, 2)))
    assert rising[0] < 0.01
    assert falling[0] < 0.01
    assert rising[1] > 3 * falling[1]
    assert falling[2] > 3 * rising[2]
    assert min(rising[3], falling[3]) > 0.4 * max(rising[3], falling[3])
    assert min(contrast[1:]) > 15
    assert contrast[3] == max(contrast)


@pytest.mark.parametrize("eyes", list(SEEN))
def test_no_mark_looks_like_the_surface_that_was_measured(eyes: str) -> None:
    for own in OWN.values():
        measured = lab(linear(patch(None, own)) @ SEEN[eyes].T)
        for code in range(3):
            away = np.linalg.norm(lab(linear(patch(code, own)) @ SEEN[eyes].T) - measured, axis=-1)
            assert np.median(away) > 6, (own, MARKS[code].name)
            assert np.percentile(away, 95) > 20, (own, MARKS[code].name)
