"""The condition report's words, numbers, colours and marks."""

import json
import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from heritage.model.release import TermEntry
from heritage.ops.viewing.elevation import sheet_of
from heritage.page.words import amount, number
from heritage.pipeline.condition.maps import Map, _Places, _round_mm
from heritage.pipeline.condition.terms import COLOURS, PATTERNS, style, styles
from heritage.pipeline.condition.words import WORDS, words_in
from heritage.pipeline.drawings import sides
from heritage.pipeline.drawings.sides import COMPASS, Side

ROOT = Path(__file__).parent.parent.parent
TEMPLATE = ROOT / "heritage/pipeline/condition/templates/condition.html"


@pytest.mark.parametrize("language", ["fr", "vi"])
def test_every_language_has_every_word_with_the_same_blanks(language):
    assert WORDS[language].keys() == WORDS["en"].keys()
    for key, text in WORDS["en"].items():
        assert sorted(re.findall(r"{\w+}", WORDS[language][key])) == sorted(re.findall(r"{\w+}", text)), key


def test_every_word_the_page_asks_for_is_there():
    asked = set(re.findall(r'w\["([a-z-]+)"\]', TEMPLATE.read_text("utf-8")))

    assert asked <= WORDS["en"].keys()
    assert words_in("pt-BR") is WORDS["en"]


@pytest.mark.parametrize(
    ("value", "digits", "language", "text"),
    [
        (1234.5, 1, "vi", "1\u202f234,5"),
        (1234.5, 1, "en", "1\u202f234.5"),
        (-0.75, 2, "fr", "\u22120,75"),
        (-0.4, 0, "en", "0"),
    ],
)
def test_numbers_are_written_as_the_language_writes_them(value, digits, language, text):
    assert number(value, digits, language) == text


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(0.0, 1, "0.0"), (0.0094, 1, "0.0094"), (12.34, 1, "12.3"), (-0.00003, 3, "\u22120.000030"), (0.43, 0, "0.43")],
)  # fmt: skip
def test_what_is_little_is_not_told_as_nothing(value, digits, text):
    """A chip off a statue: 9.4 cubic centimetres are no 0.0 litres."""
    assert amount(value, digits, "en") == text


def test_the_terms_look_alike_in_the_report_and_in_the_viewer():
    shared = json.loads((ROOT / "assets/colours/terms.json").read_text("utf-8"))

    assert (tuple(shared["colours"]), tuple(shared["patterns"])) == (COLOURS, PATTERNS)
    assert (shared["none"]["colour"], shared["none"]["pattern"]) == styles([TermEntry(id="x", label={})])[
        None
    ]


def test_no_two_of_forty_two_terms_look_the_same():
    assert len({style(at) for at in range(42)}) == 42


def test_numbers_on_a_map_cover_no_other():
    places = _Places()
    found = [places.free(100.0, 100.0 + k) for k in range(5)]

    apart = [abs(a[1] - b[1]) for i, a in enumerate(found) for b in found[:i]]
    assert min(apart) >= 26


@pytest.mark.parametrize(
    ("metres", "rounded"), [(0.0101, 0.02), (0.02, 0.02), (0.0004, 0.0005), (0.051, 0.1)]
)
def test_a_map_has_a_scale_that_can_be_said(metres, rounded):
    assert _round_mm(metres) == pytest.approx(rounded)


@pytest.mark.parametrize("side", COMPASS)
def test_a_side_is_said_in_good_french(side):
    said = WORDS["fr"]["side"].format(side=WORDS["fr"][side], degrees=0)

    assert said.startswith("Vue de l’" if side in ("east", "west") else "Vue du ")


@pytest.mark.parametrize("scale", [1.0, 8.0, 0.125])
def test_what_belongs_to_a_building_is_told_in_true_metres(scale, monkeypatch):
    """A tower with a low wing on level ground; a frame that counts in others shows neither less nor more of them."""
    tower, wing = [0, 2, 0, 2, 0, 6], [2, 9, 0, 2, 0, 1.2]
    boxes = [np.stack(np.meshgrid(*np.reshape(box, (3, 2))), -1).reshape(-1, 3) for box in (tower, wing)]
    faces = np.array([[0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1]])
    grid = np.stack(np.meshgrid(*[np.linspace(-40, 40, 10)] * 2), -1).reshape(-1, 2)
    floor = np.column_stack([grid, np.zeros(len(grid))])
    errors = []

    def tiles(_path, error_m):
        errors.append(error_m)
        yield np.concatenate([boxes[0], floor]) / scale, faces
        yield boxes[1] / scale, faces

    monkeypatch.setattr(sides, "tiles_triangles", tiles)
    epoch = SimpleNamespace(id="2024", tileset="t")
    placement = SimpleNamespace(scale=scale, site_from_monument=tuple(np.diag([scale] * 3 + [1.0]).ravel()))
    gate = SimpleNamespace(epochs=(epoch,), reference_epoch="2024", placement=placement)

    stand = sides.stand_of(Path(), gate)

    low, high = stand.places.min(0) * scale, stand.places.max(0) * scale
    assert errors == [pytest.approx(0.05 / scale)]
    assert (*low, *high) == pytest.approx((0, 0, 0, 9, 2, 6), abs=1e-9)


@pytest.mark.parametrize("scale", [1.0, 8.0, 0.125])
def test_what_stands_before_a_mark_hides_it_by_true_metres(scale):
    sheet = sheet_of(np.array([[0, 0, 0], [4, 0, 3]]) / scale, 180.0, 0.1 / scale)
    depth = np.full((sheet.height, sheet.width), -0.2 / scale, np.float32)
    seen = Map(Side(180.0, 180.0, "south"), "", sheet, depth, 0.1)

    assert seen.sees(np.array([2, 0, 1.5]) / scale)
    assert not seen.sees(np.array([2, 0.2, 1.5]) / scale)
