"""Annotations of a release are measured and carried in true metres, whatever the monument's frame counts in."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from heritage.model.documents import Annotation
from heritage.model.release import Box, ComparisonEntry, EpochEntry, MonumentEntry, Placement
from heritage.pipeline.entries import annotations
from heritage.pipeline.entries.annotations import annotation_entries
from heritage.pipeline.surfaces.near import NearSurface

RADIUS_M, HALF = 0.4, np.radians(50)
BOX = Box(min=(-8.0, -1.0, 0.0), max=(8.0, 1.0, 6.0))


def around(height_m: float, turns: np.ndarray) -> np.ndarray:
    return np.column_stack(
        [RADIUS_M * np.sin(turns), -RADIUS_M * np.cos(turns), np.full(len(turns), height_m)]
    )


def sheet(place, n: int, m: int) -> tuple[np.ndarray, np.ndarray]:
    """Triangles over the unit square, ``place`` (u, v) -> x, y, z."""
    u, v = (a.ravel() for a in np.meshgrid(np.linspace(0, 1, n), np.linspace(0, 1, m), indexing="ij"))
    at = np.arange(n * m).reshape(n, m)
    a, b, c, d = (part.ravel() for part in (at[:-1, :-1], at[1:, :-1], at[1:, 1:], at[:-1, 1:]))
    return np.column_stack(place(u, v)), np.concatenate(
        [np.column_stack([a, b, c]), np.column_stack([a, c, d])]
    )


def column(away_m: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """A column and the wall 0.9 m behind it, true metres; ``away_m``: so much farther back."""
    turning = sheet(lambda u, v: (*around(0, 2 * np.pi * u).T[:2], 3 * v), 361, 31)
    wall = sheet(lambda u, v: (4 * u - 2, 0 * u + 0.9, 3 * v), 60, 60)
    vertices = np.concatenate([turning[0], wall[0]])
    return vertices + np.array([0, away_m, 0]), np.concatenate([turning[1], wall[1] + len(turning[0])])


@pytest.mark.parametrize("scale", [1.0, 8.0, 0.1])
def test_measures_and_verdicts_are_of_true_metres(
    scale: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wall behind a column does not count, all around it does, and a surface 0.1 m farther back is another."""
    ends = np.array([-HALF, HALF])
    area = np.concatenate([around(0.5, ends), around(2.0, ends[::-1])])  # flat: the column bulges out of it
    drawn = [
        {"id": "area", "area_m": (area / scale).tolist()},
        {"id": "line", "line_m": (around(1.0, ends) / scale).tolist()},
    ]
    notes = [
        Annotation.model_validate({"title": {"en": "x"}, "epoch": "2019", **one}, strict=False)
        for one in drawn
    ]

    def near(tileset: Path, low: np.ndarray, high: np.ndarray, **_: object) -> NearSurface:
        vertices, triangles = column(0.1 if tileset.name == "2024" else 0.0)
        change = np.tile(np.array([0.0, 0.01], np.float32), (len(vertices), 1))
        return NearSurface(vertices / scale, triangles, change, 0.0)

    monkeypatch.setattr(annotations, "surface_near", near)
    lod95 = SimpleNamespace(lod95_m=0.01)
    monkeypatch.setattr(annotations.ComparisonDocument, "model_validate_json", lambda *_, **__: lod95)
    (tmp_path / "pair.json").write_bytes(b"")
    epochs = tuple(
        EpochEntry(id=id, title={}, captured=None, method="photogrammetry", tileset=id, bounds=BOX, points=1, triangles=1)
        for id in ("2019", "2024")
    )  # fmt: skip
    pair = ComparisonEntry(
        reference="2019", compared="2024", attribute="_CHANGE_0", scale_m=1.0, sidecar="pair.json"
    )
    monument = MonumentEntry(
        id="gate", title={}, html={}, reference_epoch="2019", bounds=BOX, epochs=epochs,
        view={"eye_m": (0.0, -20.0, 3.0), "target_m": (0.0, 0.0, 3.0)},
        comparisons=(pair,),
        placement=Placement(
            method="none", settled=True, site_from_monument=tuple(np.eye(4).ravel().tolist()), scale=scale, heading_deg=0.0
        ),
    )  # fmt: skip
    held = SimpleNamespace(annotations=SimpleNamespace(annotations=notes))

    found = annotation_entries(SimpleNamespace(path=tmp_path), SimpleNamespace(root=tmp_path), held, monument)

    assert found[0].area_m2 == pytest.approx(2 * HALF * RADIUS_M * 1.5, rel=2e-3)
    assert found[1].length_m == pytest.approx(2 * HALF * RADIUS_M, rel=2e-3)
    for note in found:
        (later,) = note.carried
        assert (later.verdict, later.unchanged) == ("review", 0.0)
        assert np.hypot(*np.array(note.position_m)[:2]) * scale == pytest.approx(RADIUS_M, abs=1e-3)
