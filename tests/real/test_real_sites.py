"""Sites made of real captures build without hand work beyond their YAML, and come out where they should."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pyproj
import pytest

from heritage.model.frames import ECEF
from heritage.pipeline.build import build_site
from heritage.store import Store

HERE = Path(__file__).parent
pytestmark = [pytest.mark.real, pytest.mark.slow]


def _site(name: str, real_data: Path, folder: Path) -> Path:
    """The YAML of ``name`` with its captures beside it."""
    site = folder / name
    shutil.copytree(HERE / name, site)
    for target, source in json.loads((HERE / "data.json").read_text())[name].items():
        (site / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(real_data / source, site / target)
    return site


def _release(site: Path) -> tuple[Path, dict]:
    store = Store(site)
    current = store.current()
    assert current is not None
    folder = store.release_path(current)
    return folder, json.loads((folder / "release.json").read_text())


def _depth(tile: dict) -> int:
    return 1 + max((_depth(child) for child in tile.get("children", ())), default=0)


@pytest.mark.parametrize(("name", "taken"), [("lion", 341_989), ("delft", 640_510), ("cyprus", 155_377)])
def test_real_site_builds(name: str, taken: int, real_data: Path, tmp_path: Path) -> None:
    site = _site(name, real_data, tmp_path)
    built = build_site(site)
    by_stage = {report.stage: report for report in built.reports}
    assert by_stage["ingest"].counts[0].taken == taken
    assert sum(by_stage["clean"].counts[0].reasons.values()) + by_stage["clean"].counts[0].given == taken
    folder, release = _release(site)
    (monument,) = release["monuments"]
    (epoch,) = monument["epochs"]
    assert epoch["triangles"] > 50_000
    tileset = json.loads((folder / epoch["tileset"]).read_text())
    assert _depth(tileset["root"]) >= 3
    assert (folder / monument["report"]).stat().st_size > 2_000
    if name == "delft":
        _stands_in_delft(monument, release)
    else:
        assert not monument["placement"]["settled"]


def _stands_in_delft(monument: dict, release: dict) -> None:
    """The middle of the placed tiles is where PROJ says the middle of the file's coordinates is."""
    assert monument["placement"]["method"] == "crs"
    placed = (
        np.array(release["frame"]["ecef_from_site"]).reshape(4, 4).T
        @ np.array(monument["placement"]["site_from_monument"]).reshape(4, 4).T
    )
    low, high = (np.array(monument["bounds"][k]) for k in ("min", "max"))
    middle = (placed @ [*((low + high) / 2), 1.0])[:3]
    to_rd = pyproj.Transformer.from_crs(ECEF, pyproj.CRS.from_epsg(28992).to_3d(), always_xy=True)
    x, y, _ = to_rd.transform(*middle)
    assert 84_808 < x < 85_000
    assert 447_412 < y < 447_642
