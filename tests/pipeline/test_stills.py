"""A still of two conditions side by side; what is drawn in each half is looked at on the built sample."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from heritage.model.documents import View
from heritage.model.release import (
    Box,
    ComparingEntry,
    EpochEntry,
    MonumentEntry,
    Placement,
    ShownEntry,
    StopEntry,
)
from heritage.ops.viewing.camera import Orbit
from heritage.pipeline.pictures.stills import HEIGHT, WIDTH, Stills

VIEW = View(eye_m=(0.0, -20.0, 3.0), target_m=(0.0, 0.0, 3.0), fov_deg=45.0, fit_m=((-8, -1, 0), (8, 1, 6)))


def monument() -> MonumentEntry:
    """A gate surveyed twice, nothing of it on disk."""
    box = Box(min=(-8.0, -1.0, 0.0), max=(8.0, 1.0, 6.0))
    identity = tuple(float(v) for v in np.eye(4).ravel())
    epochs = tuple(
        EpochEntry(id=id, title={}, captured=None, method="photogrammetry", tileset="", bounds=box, points=1, triangles=1)
        for id in ("2019", "2024")
    )  # fmt: skip
    return MonumentEntry(
        id="gate", title={}, html={}, reference_epoch="2019", bounds=box, view=VIEW, epochs=epochs,
        placement=Placement(method="none", settled=True, site_from_monument=identity, scale=1.0, heading_deg=0.0),
    )  # fmt: skip


def test_side_by_side_each_half_is_its_condition_framed_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = monument()
    sides = {"left": ShownEntry(epoch="2019"), "right": ShownEntry(epoch="2024")}
    stop = StopEntry(
        id="both", title={}, html={}, text={}, compare=ComparingEntry(**sides, mode="side", position=0.5),
        view=VIEW, move_s=0.0, easing="cut", dwell_s={}, narration={},
    )  # fmt: skip
    seen: list[tuple[str, Orbit, int]] = []

    def drawn(
        _self: Stills, shown: dict[str, tuple[str, ...]], orbit: Orbit, width: int, height: int
    ) -> np.ndarray:
        (condition,) = shown["gate"]
        seen.append((condition, orbit, width))
        return np.full((height, width, 3), 40 if condition == "2019" else 200, np.uint8)

    monkeypatch.setattr(Stills, "_drawn", drawn)
    still = Stills(tmp_path, [gate]).still(stop, gate)
    assert still.shape == (HEIGHT, WIDTH, 3)
    line = [WIDTH // 2 - 1, WIDTH // 2]
    assert np.all(still[:, line] == 255)
    assert np.all(still[:, : WIDTH // 2 - 4] == 40)
    assert np.all(still[:, WIDTH // 2 + 4 :] == 200)
    # The half is narrower than the whole, so the box in view wants more room than the view as it is gives.
    (_, one, width), (_, other, _) = seen
    assert one == other
    half = np.tan(np.radians(one.fov_deg) / 2) * width / HEIGHT
    assert 8 / (one.distance - 1) <= half * 1.001


def test_an_overlay_mixes_the_survey_with_both_drawn_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = monument()
    comparing = ComparingEntry(
        left=ShownEntry(epoch="2019"), right=ShownEntry(state="1885"), mode="overlay", position=0.25
    )
    stop = StopEntry(
        id="over", title={}, html={}, text={}, compare=comparing, view=VIEW, move_s=0.0, easing="cut", dwell_s={},
    )  # fmt: skip

    def drawn(_self: Stills, shown: dict[str, tuple[str, ...]], *_: object) -> np.ndarray:
        return np.full((HEIGHT, WIDTH, 3), {("2019",): 40, ("2019", "1885"): 200}[shown["gate"]], np.uint8)

    monkeypatch.setattr(Stills, "_drawn", drawn)

    still = Stills(tmp_path, [gate]).still(stop, gate)

    assert np.all(still == 80)  # 0.75 of 40 and 0.25 of 200
