"""What the sample's tours need without a network, and its models for augmented reality, as they are built."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from heritage.model.release import Release, TakeAlong, TourDocument


@pytest.fixture(scope="module")
def document(release: Path) -> Release:
    return Release.model_validate_json((release / "release.json").read_bytes(), strict=False)


def test_lists_are_of_files_as_the_manifest_has_them(release: Path, document: Release) -> None:
    manifest = {e["path"]: e for e in json.loads((release / "manifest.json").read_bytes())["files"]}
    for tour in document.tours:
        assert tour.take_along is not None
        listed = TakeAlong.model_validate_json((release / tour.take_along).read_bytes(), strict=False)
        assert (listed.tour, listed.release) == (tour.id, document.id)
        assert [f.path for f in listed.files] == sorted({f.path for f in listed.files})
        for file in listed.files:
            assert file.model_dump() == manifest[file.path]
        assert listed.bytes == sum(f.bytes for f in listed.files)
        tiles = sum(f.bytes for f in listed.files if f.path.endswith(".glb"))
        assert tiles == listed.tiles_bytes <= listed.tiles_limit_bytes


def test_a_tour_lacks_nothing_it_names(release: Path, document: Release) -> None:
    for tour in document.tours:
        listed = TakeAlong.model_validate_json((release / str(tour.take_along)).read_bytes(), strict=False)
        paths = {file.path for file in listed.files}
        played = TourDocument.model_validate_json((release / tour.url).read_bytes(), strict=False)
        monument = next(m for m in document.monuments if m.id == tour.monument)
        named = {"release.json", tour.url, *tour.pages.values()}
        for stop in played.stops:
            for spoken in stop.narration.values():
                named |= {spoken.audio, *([spoken.captions] if spoken.captions else [])}
            shown = [stop.show] if stop.show else []
            shown += [stop.compare.left, stop.compare.right] if stop.compare else []
            for each in shown:
                condition = monument.condition(str(each.epoch or each.state))
                assert condition is not None
                named |= {condition.tileset, f"{Path(condition.tileset).parent.as_posix()}/tiles/0.glb"}
        assert named <= paths


def test_every_condition_has_its_models_at_the_size_it_says(release: Path, document: Release) -> None:
    conditions = [c for m in document.monuments for c in (*m.epochs, *m.states)]
    assert len(conditions) == 6
    for condition in conditions:
        assert condition.ar is not None
        real, table = condition.ar.real, condition.ar.table
        for file in (real, table):
            assert (release / file.glb).stat().st_size == file.glb_bytes < 10_000_000
            assert (release / file.usdz).stat().st_size == file.usdz_bytes < 10_000_000
            assert file.texture_px <= 2048
        assert real.triangles <= 60_000
        assert table.triangles <= 20_000
        widths = [b - a for a, b in zip(condition.bounds.min, condition.bounds.max, strict=True)]
        assert real.size_m == pytest.approx(widths, rel=0.03, abs=0.3)
        assert max(table.size_m) == pytest.approx(0.4, abs=0.002)
