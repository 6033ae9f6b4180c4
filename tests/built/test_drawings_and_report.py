"""What is drawn and mapped on the built sample, against its known sizes and changes."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from heritage.export.condition import export_condition_report
from heritage.export.current import current_folder, released_monument
from heritage.model.errors import InputError
from heritage.model.release import AnnotationEntry
from heritage.ops.viewing.section import level
from heritage.pipeline.drawings.elevation import condition_of, drawn_elevation, sheet_for
from heritage.pipeline.drawings.section import profile_of
from heritage.pipeline.drawings.sides import stand_of

pytestmark = pytest.mark.slow

GATE_WIDE_M, GATE_DEEP_M = 20.0, 12.5  # the podium's brick, see heritage/sample/gate.py


@pytest.fixture(scope="module")
def notes(site: Path) -> dict[str, AnnotationEntry]:
    return {a.id: a for a in released_monument(site, "thai-hoa")[1].annotations}


def test_the_gate_is_as_wide_in_its_elevation_as_it_was_built(site: Path) -> None:
    folder, gate = released_monument(site, "ngo-mon")
    stand = stand_of(folder, gate)
    side = stand.side("south-east")  # its front
    sheet = sheet_for(gate, stand, side, 0.02)
    depth = drawn_elevation(folder, condition_of(gate, "2022"), sheet).depth()
    rows = sheet.pixels(np.array([[0, 0, 2.0], [0, 0, 4.0]]))[:, 1].astype(int)
    shown = np.isfinite(depth[rows[1] : rows[0]])
    wide = (shown.shape[1] - shown[:, ::-1].argmax(1) - shown.argmax(1)) * 0.02

    # A pixel of 20 mm on each side; the survey's noise at the corners is a few millimetres.
    assert np.median(wide) == pytest.approx(GATE_WIDE_M, abs=0.05)
    with pytest.raises(InputError, match="lies between two façades"):
        stand.side("south")


def test_the_gate_is_as_wide_and_deep_in_a_level_section(site: Path) -> None:
    folder, gate = released_monument(site, "ngo-mon")
    profile = profile_of(folder, gate, condition_of(gate, "2022"), level(3.0))
    x, y = np.concatenate(profile.lines).T
    flank, wing = (np.abs(y) < 2) & (np.abs(x) > 9), (x > 5) & (x < 9.5)
    sides = [np.median(x[flank & (x < 0)]), np.median(x[flank & (x > 0)])]
    ends = [np.median(y[wing & (np.abs(y - at) < 0.2)]) for at in (-9.0, 3.5)]

    assert np.ptp(sides) == pytest.approx(GATE_WIDE_M, abs=0.02)
    assert np.ptp(ends) == pytest.approx(GATE_DEEP_M, abs=0.02)


def test_the_section_of_a_stop_shows_the_ridge_that_is_gone_to_scale(site: Path) -> None:
    """Across y through the ridge: a stretch of it, about x = 1.7 m, was taken away after 2019."""
    folder = current_folder(site)
    tour = json.loads((folder / "tours/hoang-thanh/tour.json").read_bytes())
    section = next(stop["section"] for stop in tour["stops"] if stop["id"] == "then-and-now")
    tops = []
    for language, picture in section["pictures"].items():
        page = (folder / "tours/hoang-thanh" / f"{language}.html").read_text("utf-8")
        assert re.search(rf'<img src="../../{re.escape(picture)}" alt="[^"]*2019[^"]*2024', page)
        root = ElementTree.fromstring((folder / picture).read_bytes())
        text = "".join(root.itertext())
        scale = int(re.search(r"1 : (\d+)", text)[1])
        old, new = (_millimetres(way) for way in root.findall("{*}path")[:2])
        corner = np.minimum(old.min(0), new.min(0))  # the left end and the highest point
        middle = (old.max(0)[0] + corner[0]) / 2
        near = [line[np.abs((line[:, 0] - middle) * scale / 1000 - 1.7) < 0.15, 1] for line in (old, new)]
        tops.append((near[1].min() - near[0].min()) * scale / 1000)
    assert len(tops) == 3
    assert np.ptp(tops) < 1e-9
    assert 0.3 < tops[0] < 1.0


def _millimetres(way: ElementTree.Element) -> np.ndarray:
    return np.array([[float(v) for v in p.split()] for p in re.split(r"[ML]", way.attrib["d"]) if p.strip()])


def test_areas_and_lines_are_measured_on_the_surface(notes: dict[str, AnnotationEntry]) -> None:
    assert notes["plaster"].area_m2 == pytest.approx(3.4 * 2.1, rel=0.01)
    assert notes["moss-right"].area_m2 == pytest.approx(1.59, rel=0.01)
    assert notes["edge"].length_m == pytest.approx(4.7, rel=0.01)
    # A spalled face has more surface than the outline has on paper, 1.955 square metres.
    assert 1.955 < (notes["spall"].area_m2 or 0) < 1.955 * 1.06


def test_what_changed_is_for_review_and_the_rest_is_carried(notes: dict[str, AnnotationEntry]) -> None:
    verdicts = {id: {c.epoch: c.verdict for c in note.carried} for id, note in notes.items() if note.carried}

    assert verdicts == {
        "gourd": {"2024": "review"},
        "moss-left": {"2024": "review"},
        "moss-right": {"2024": "carried"},
        "edge": {"2024": "carried"},
    }


def test_the_condition_report_is_there_in_every_language_and_whole_in_one_file(
    site: Path, tmp_path: Path
) -> None:
    _, hall = released_monument(site, "thai-hoa")
    folder = current_folder(site)
    (comparison,) = hall.comparisons
    assert list(comparison.reports) == ["vi", "en", "fr"]
    for page in comparison.reports.values():
        text = (folder / page).read_text("utf-8")
        for path in re.findall(r' (?:src|href)="([^"#:]+)"', text):
            assert (folder / page).parent.joinpath(path).exists(), path
    made = export_condition_report(
        site, "thai-hoa", "2019", "2024", language="fr", target=tmp_path / "report.html"
    )
    text = made.read_text("utf-8")
    assert "Constat d’état" in text
    assert not re.findall(r' (?:src|href)="(?!data:|#)[^"]*"', text)
    with pytest.raises(InputError, match="exchange the two"):
        export_condition_report(site, "thai-hoa", "2024", "2019", language=None, target=tmp_path / "x.html")


def test_annotations_are_open_data(site: Path) -> None:
    folder = current_folder(site)
    rows = list(csv.DictReader(io.StringIO((folder / "data/annotations.csv").read_text("utf-8"))))
    assert {row["id"] for row in rows if row["monument"] == "thai-hoa"} >= {"plaster", "moss-left", "edge"}
