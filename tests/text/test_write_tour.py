"""A tour's files as written are read back as they were meant."""

from __future__ import annotations

import html

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heritage.model.documents import Tour
from heritage.text.markdown import plain, references, render
from heritage.text.unmark import escaped, unmark
from heritage.text.words import parse_words
from heritage.text.write_tour import StopWords, tour_words, tour_yaml
from heritage.text.yaml import parse_yaml

SOME = settings(max_examples=150, deadline=None)
_letters = st.characters(exclude_categories=("Cs", "Cc", "Cf", "Co", "Cn", "Zl", "Zp"))
_lines = st.text(_letters, min_size=1, max_size=60).map(lambda t: " ".join(t.split())).filter(bool)
_marks = st.text("#*_`[]()<>!&\\-+1.) a\"'~|:=", min_size=1, max_size=30).map(lambda t: " ".join(t.split()))


@SOME
@given(_lines | _marks.filter(bool), _lines | _marks.filter(bool))
def test_titles_come_back_as_they_were(title: str, stop: str) -> None:
    text = tour_words("en", {"en": title}, {}, [StopWords("a", {"en": stop}, {})])
    words = parse_words(text, ["a"], "en.md")
    assert words.tour.title == title
    assert words.stops["a"].title == stop


@SOME
@given(st.lists(_lines | _marks.filter(bool), min_size=1, max_size=3))
def test_paragraphs_come_back_as_they_were(paragraphs: list[str]) -> None:
    markdown = unmark("".join(f"<p>{html.escape(text)}</p>" for text in paragraphs)).markdown
    assert plain(markdown).split("\n") == paragraphs
    text = tour_words("en", {"en": "T"}, {}, [StopWords("a", {"en": "S"}, {"en": markdown})])
    assert plain(parse_words(text, ["a"], "en.md").stops["a"].markdown).split("\n") == paragraphs


@pytest.mark.parametrize(
    "markdown",
    [
        "Hello **bold** and *it* [x](https://a.b/c) tail",
        "- a\n- b **c**\n\npara",
        "1. a\n2. b\n   - n\n   - m\n3. d",
        "3. three\n4. four",
        "> quote *x*\n\nnext",
        "#### Head\n\ntext \\* star 1. no",
        "1885\\. was",
        "a\\\nb",
        "- x\n\nand\n\n- y",
        "a **b *c* d** e",
        "x\n\n***\n\ny",
        "> - q\n> - r",
    ],
)
def test_what_markdown_made_becomes_the_same_markdown(markdown: str) -> None:
    page = render(markdown)
    assert render(unmark(page).markdown) == page


def test_what_markdown_has_no_word_for_is_named() -> None:
    got = unmark(
        '<h1>Big</h1><p>x<script>alert(1)</script> <img src="http://e/x.png" alt="pic [1]"> '
        '<a href="javascript:x">l</a> <a href="https://a.b/">m</a></p><video src=v></video>'
    )
    assert got.markdown == "#### Big\n\nx pic \\[1\\] l [m](<https://a.b/>)"
    assert (got.pictures, got.links, got.elements) == (
        ("http://e/x.png",),
        ("javascript:x",),
        ("script", "video"),
    )
    assert all(one.kept for one in references(got.markdown))


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("<p>a <b> b </b>c</p>", "a b c"),
        ("<p>x<b>(y)</b>z</p>", "x(y)z"),
        ("<p><b>never <i>closed</b></i> <a href='https://a.b/'>open", "never closed open"),
        ("</b></i></a>x<b></b>y", "xy"),
        ("<p>un<b>believ</b>able", "unbelievable"),
        ("<p>a<b>!</b>b<em>.</em>", "a!b."),
    ],
)
def test_broken_html_shows_its_words_and_no_marks(page: str, words: str) -> None:
    assert plain(unmark(page).markdown) == words


def test_a_tour_is_strict_yaml_with_every_digit() -> None:
    stops = [
        {"id": "a", "show": {"epoch": "2024"}, "view": {"eye_m": [1e-7, -300.1234567, 5], "target_m": [0.0, 0.1, 1e3]}},
        {"id": "true", "show": {"state": "1885-05-02"}, "move": {"seconds": 0.1, "easing": "cut"}, "dwell_s": 12.0},
        {"id": "1e3", "narration": {"zh-Hant": "media/x y/é.mp3"}, "annotations": ["null", "0x1f"]},
    ]  # fmt: skip
    tour = parse_yaml(tour_yaml("ngo-mon", stops), Tour, "tour.yaml").document
    assert [stop.id for stop in tour.stops] == ["a", "true", "1e3"]
    assert tour.stops[0].view is not None
    assert tour.stops[0].view.eye_m == (1e-7, -300.1234567, 5.0)
    assert tour.stops[0].view.target_m == (0.0, 0.1, 1000.0)
    assert tour.stops[1].show is not None
    assert tour.stops[1].show.state == "1885-05-02"
    assert tour.stops[2].narration == {"zh-Hant": "media/x y/é.mp3"}
    assert tour.stops[2].annotations == ("null", "0x1f")


def test_what_is_missing_in_a_language_stands_in_another() -> None:
    stop = StopWords("a", {"en": "Gate"}, {"en": "Words."})
    text = tour_words("vi", {"en": "Tour"}, {}, [stop, StopWords("b", {}, {})])
    words = parse_words(text, ["a", "b"], "vi.md")
    assert (words.tour.title, words.stops["a"].title, words.stops["a"].markdown) == ("Tour", "Gate", "Words.")
    assert words.stops["b"].title == "B"
    assert escaped("a\nb") == "a b"
