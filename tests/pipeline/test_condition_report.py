"""The condition report's words, numbers, colours and marks."""

import json
import re
from pathlib import Path

import pytest

from heritage.model.release import TermEntry
from heritage.page.words import number
from heritage.pipeline.condition.maps import _Places, _round_mm
from heritage.pipeline.condition.terms import COLOURS, PATTERNS, style, styles
from heritage.pipeline.condition.words import WORDS, words_in
from heritage.pipeline.drawings.sides import COMPASS

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
    [(1234.5, 1, "vi", "1\u202f234,5"), (1234.5, 1, "en", "1\u202f234.5"), (-0.75, 2, "fr", "\u22120,75")],
)
def test_numbers_are_written_as_the_language_writes_them(value, digits, language, text):
    assert number(value, digits, language) == text


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
