"""A stop that shows two conditions side by side is looked at through half a window, halved as the viewer does."""

from __future__ import annotations

from pathlib import Path

import pytest

from heritage.model.documents import Comparing, Shown, Stop
from heritage.ops.viewing.camera import Window
from heritage.pipeline.tours.flights import WIDE, WINDOWS, pane_of

ROOT = Path(__file__).resolve().parents[2]


def stop(mode: str) -> Stop:
    sides = {"left": Shown(epoch="2019"), "right": Shown(epoch="2024")}
    return Stop.model_validate({"id": "both", "compare": Comparing.model_validate({**sides, "mode": mode})})


@pytest.mark.parametrize(
    ("window", "half"),
    [
        (WINDOWS[0], Window("a desktop", 448, 800)),
        (WINDOWS[1], Window("a phone", 195, 844, top=56, bottom=388)),
        (Window("a high one", 390, 844, top=116, bottom=120), Window("a high one", 390, 304)),
    ],
)
def test_side_by_side_halves_the_free_window(window: Window, half: Window) -> None:
    assert pane_of(window, stop("side")) == half
    assert pane_of(window, stop("swipe")) == window


def test_the_viewer_halves_at_the_same_shape() -> None:
    text = (ROOT / "viewer" / "src" / "core" / "panes.ts").read_text()
    assert f"free.width >= free.height * {WIDE:g}" in text
