"""Which tiles a picture needs: those in sight, as fine as they look."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from heritage.ops.viewing.camera import orbit_of
from heritage.pipeline.tileset_surface import seen_tiles


def _tile(name: str, middle: tuple[float, float, float], half: float, error: float, children=()):
    box = [*middle, half, 0, 0, 0, half, 0, 0, 0, half]
    return {
        "boundingVolume": {"box": box}, "geometricError": error, "content": {"uri": name}, "children": list(children)
    }  # fmt: skip


def test_tiles_behind_and_aside_are_left_out_and_far_ones_stay_coarse(tmp_path: Path) -> None:
    near = _tile("near", (0, 10, 0), 4, 0.4, [_tile("near-fine", (0, 10, 0), 4, 0.0)])
    far = _tile("far", (0, 400, 0), 4, 0.4, [_tile("far-fine", (0, 400, 0), 4, 0.0)])
    behind = _tile("behind", (0, -30, 0), 4, 0.4, [_tile("behind-fine", (0, -30, 0), 4, 0.0)])
    aside = _tile("aside", (60, 10, 0), 4, 0.0)
    around = _tile("around", (0, 0, 0), 3, 0.4, [_tile("around-fine", (0, 0, 0), 3, 0.0)])
    root = _tile("root", (0, 180, 0), 300, 20.0, [near, far, behind, aside, around])
    (tmp_path / "tileset.json").write_text(json.dumps({"root": root}))
    orbit = orbit_of(np.zeros(3), np.array([0.0, 10.0, 0.0]), 45.0)

    names = {path.name for path in seen_tiles(tmp_path / "tileset.json", orbit, 320, 200, 1.5)}

    assert names == {"near-fine", "far", "around-fine"}
