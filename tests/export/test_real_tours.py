"""Tours that others published (eCorpus, the IIIF 3D group, Cesium's samples) become tours that `heritage check` accepts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from exchange_site import write_site

from heritage.export import incoming
from heritage.export.incoming import import_tour
from heritage.model.errors import InputError
from heritage.pipeline.check.site import check_site
from heritage.pipeline.reading.child_tour import serve_tour
from heritage.pipeline.reading.guard_tours import Parts, ReadTours
from heritage.pipeline.reading.wire import Message
from heritage.text.site import LoadedSite, load_site

EMPTY = {
    "zz_near_and_far.json",
    "zz_positioned_camera_fov.json",
    "zz_positioned_camera_look_at_polygonz.json",
}
"""Stubs in the IIIF group's repository: a manifest whose list of items is empty."""


@pytest.fixture(scope="module")
def files(real_data: Path) -> list[Path]:
    folder = real_data / "tours"
    found = [p for ending in ("*.svx.json", "*/*.json", "*.kml") for p in folder.glob(f"*/{ending}")]
    if not found:
        pytest.skip(f"no tours in {folder}")
    return sorted(found)


@pytest.fixture(scope="module")
def imported(
    files: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> tuple[LoadedSite, dict[str, set[str]]]:
    """The site after all, and the codes of what each file lost."""
    site = write_site(tmp_path_factory.mktemp("real") / "site")
    monkeypatch = pytest.MonkeyPatch()
    # Twenty children would take as many seconds; tests/hostile and the ways there and back have them.
    monkeypatch.setattr(incoming, "guarded_tours", _read_here)
    lost: dict[str, set[str]] = {}
    for number, file in enumerate(files):
        if file.name in EMPTY:
            with pytest.raises(InputError, match="there is no Scene"):
                import_tour(site, file, monument="gate")
        else:
            made = import_tour(site, file, tour_id=f"t{number}", monument="gate")
            lost[file.name] = {problem.code for problem in made.problems}
            (site / "tours" / f"t{number}").rename(site / "tours" / file.name.split(".")[0].replace("_", "-"))
    monkeypatch.undo()
    return load_site(site), lost


def _read_here(path: Path) -> ReadTours:
    """What the child sends, taken without one."""
    parts = Parts()

    def send(kind: str, document: dict[str, object], arrays: dict[str, Any] | None = None) -> None:
        parts.add(Message(kind, json.loads(json.dumps(document)), arrays or {}))

    serve_tour(path, send)
    return parts.together()


@pytest.mark.real
def test_all_pass_the_check(imported: tuple[LoadedSite, dict[str, set[str]]], files: list[Path]) -> None:
    loaded, lost = imported
    assert len(loaded.tours) == len(lost) == len(files) - len(EMPTY)
    assert [p for p in check_site(loaded, read_sources=False) if p.severity == "error"] == []


@pytest.mark.real
def test_what_is_in_them(imported: tuple[LoadedSite, dict[str, set[str]]]) -> None:
    loaded, lost = imported
    cube = loaded.tours["scene"]
    assert cube.words["en"].tour.title == "New Tour #0"
    assert [passage.title for passage in cube.words["en"].stops.values()] == ["New Step #0", "New Step #1"]
    view = cube.tour.stops[0].view
    assert view is not None
    # 3.856 from the origin, 28.3 degrees above it, 44.5 to the left: what the snapshot's orbit says.
    assert view.eye_m == pytest.approx((-2.381813, -2.420223, 1.827017), abs=1e-6)
    assert view.fov_deg == 52
    assert [(s.move.seconds, s.move.easing) for s in cube.tour.stops] == [(1.5, "smooth")] * 2
    assert "lost-annotation" in lost["scene.svx.json"]
    assert "exchange-no-tour" in lost["01_simple.svx.json"]
    looking = loaded.tours["positioned-camera-lookat-point"].tour.stops[0].view
    assert looking is not None
    assert (looking.eye_m, looking.target_m) == ((0, 10, 3), (2, 0, 1))
    words = loaded.tours["astronaut-multilingual-comment"].words
    assert [passage.title for passage in words["en"].stops.values()] == ["Glove", "Helmet"]
    assert "lost-language" in lost["astronaut_multilingual_comment.json"]  # Spanish
    assert {"exchange-rotation", "lost-roll"} <= lost["whale_comment_camera.json"]
    paris = loaded.tours["eiffel-tower-flyto"]
    assert [(s.move.seconds, s.dwell_s) for s in paris.tour.stops] == [(6.0, 4.0), (6.0, None)]
    assert {"exchange-far", "lost-wait", "lost-altitude"} <= lost["eiffel-tower-flyto.kml"]
