"""Reasons of a placement: every code has words in every language, with the figures that the code carries."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import get_args

import pytest

from heritage.model.errors import MethodError
from heritage.model.placement_reason import ENGLISH, PlacementCode, because, method_failed, said
from heritage.model.release import Placement

WORDS = Path(__file__).parents[2] / "assets/i18n/placement"
SOURCES = Path(__file__).parents[2] / "heritage"


def _blanks(text: str) -> list[str]:
    return sorted(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("language", ["vi", "en", "fr"])
def test_every_language_has_every_code_with_the_same_figures(language: str) -> None:
    told = json.loads((WORDS / f"{language}.json").read_text(encoding="utf-8"))
    assert set(told) == set(get_args(PlacementCode)) == set(ENGLISH)
    assert {code: _blanks(text) for code, text in told.items()} == {c: _blanks(t) for c, t in ENGLISH.items()}
    assert (told == ENGLISH) == (language == "en")


def test_every_code_is_given_somewhere_with_the_figures_that_its_words_want() -> None:
    given = "\n".join(
        path.read_text(encoding="utf-8")
        for path in SOURCES.rglob("*.py")
        if path.name != "placement_reason.py"
    )
    for code, text in ENGLISH.items():
        assert f'"{code}"' in given, code
        for call in re.findall(rf'because\(\s*"{code}"([^()]*)', given):
            assert all(f"{blank}=" in call for blank in _blanks(text)), (code, call)


def test_a_line_in_english_has_figures_with_their_units() -> None:
    reasons = (
        because("others-turned", headings_deg=[180.0, 91.26]),
        because("coarse-corners", sigma_m=1.234),
        because("walls-elsewhere", away_m=0.0321, turned_deg=0.06),
        because("little-cover", cover_share=0.394),
        because("among", footprint="hall", tried=3),
    )
    assert said(reasons) == (
        "turned to heading 180.0°, 91.3° it fits nearly as well: a heading that is known would decide; "
        "its corners are known to 1.23 m only; the walls fit best 32.1 mm and 0.1° from there; "
        "only 39% of the ground plan’s edges have a wall on them; on the ground plan hall, chosen among 3"
    )


def test_they_survive_being_written_and_read() -> None:
    reasons = (because("others-moved", away_m=[3.5, 7.0]), because("crs", crs="WGS 84 / UTM 48N"))
    placed = Placement(
        method="crs", settled=False, reasons=reasons, site_from_monument=(0.0,) * 16, scale=1, heading_deg=0
    )
    assert Placement.model_validate_json(placed.model_dump_json(), strict=False) == placed


def test_an_older_release_says_it_in_a_sentence_and_is_still_read() -> None:
    old = {"method": "prior", "settled": False, "reason": "x", "site_from_monument": [0.0] * 16, "scale": 1.0}
    assert Placement.model_validate_json(json.dumps(old | {"heading_deg": 0.0}), strict=False).reasons == ()


def test_a_failure_that_a_placement_does_not_go_on_from_is_raised_again() -> None:
    known = MethodError("registration", "few", "more", code="register-too-few")
    assert method_failed(known) == because("register-too-few")
    with pytest.raises(MethodError, match="few"):
        method_failed(MethodError("registration", "few", "more", code="gcp-disagree"))
