"""Values written back: what is read is what was meant, and a difference holds only what changed."""

from __future__ import annotations

import copy
import difflib
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heritage.model.errors import InputError
from heritage.sample import site as sample_site
from heritage.text import new as new_site
from heritage.text.compose import Composer
from heritage.text.document import place_of, places, read_value, write_value
from heritage.text.edit import edited
from heritage.text.edit_words import edited_words, words_value

TOUR = """\
# How one walks
monument: gate   # not the hall
stops:
  # first the way
  - id: approach
    show: {epoch: "2024"}
    view: {eye_m: [5, -26, 3.20], target_m: [0, 0, 4.6]}   # from the moat

  # then up,
  # by the stair
  - id: roof
    show: {epoch: '2024'}
    annotations: [dragon,  gourd]

  # and home
  - id: home
    narration:
      vi: media/home.vi.mp3
      en: media/home.en.mp3
  # - id: nowhere   # an example
take_along_mb: 60
"""


def _value(text: str) -> Any:
    return Composer(text, "x").document()


def _difference(before: str, after: str) -> list[str]:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [line for line in lines if line[:3] not in ("---", "+++") and line[:2] != "@@"]


def _with(text: str, change: Any) -> list[str]:
    value = _value(text)
    change(value)
    return _difference(text, edited(text, value, "x"))


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        (lambda v: None, []),
        (lambda v: v.update(monument="hall"), ["-monument: gate   # not the hall", "+monument: hall   # not the hall"]),
        (lambda v: v["stops"][0].update(dwell_s=12), ["+    dwell_s: 12"]),
        (lambda v: v["stops"][1].update(show={"epoch": "2019"}), ["-    show: {epoch: '2024'}", "+    show: {epoch: '2019'}"]),
        (lambda v: v["stops"][1].pop("annotations"), ["-    annotations: [dragon,  gourd]"]),
        (
            lambda v: v["stops"][1]["annotations"].append("bell"),
            ["-    annotations: [dragon,  gourd]", "+    annotations: [dragon,  gourd, bell]"],
        ),
        (lambda v: v["stops"][2]["narration"].update(fr="media/home.fr.mp3"), ["+      fr: media/home.fr.mp3"]),
        (lambda v: v["stops"][2]["narration"].pop("vi"), ["-      vi: media/home.vi.mp3"]),
        (
            lambda v: v["stops"].pop(1),
            ["-  # then up,", "-  # by the stair", "-  - id: roof", "-    show: {epoch: '2024'}",
             "-    annotations: [dragon,  gourd]", "-"],
        ),
        (
            lambda v: v["stops"].insert(1, {"id": "new", "show": {"epoch": "2024"}, "dwell_s": 2.5}),
            ["+", "+  - id: new", '+    show: {epoch: "2024"}', "+    dwell_s: 2.5"],
        ),
        (lambda v: v["stops"][0]["view"]["eye_m"].__setitem__(0, 5.5), [
            "-    view: {eye_m: [5, -26, 3.20], target_m: [0, 0, 4.6]}   # from the moat",
            "+    view: {eye_m: [5.5, -26, 3.20], target_m: [0, 0, 4.6]}   # from the moat",
        ]),
    ],
)  # fmt: skip
def test_the_difference_is_what_changed(change: Any, difference: list[str]) -> None:
    assert _with(TOUR, change) == difference


def test_a_moved_stop_takes_its_comments_along() -> None:
    value = _value(TOUR)
    value["stops"].insert(0, value["stops"].pop(1))
    after = edited(TOUR, value, "x")
    assert "stops:\n  # then up,\n  # by the stair\n  - id: roof\n" in after
    assert "\n\n  # first the way\n  - id: approach\n" in after
    assert sorted(after.splitlines()) == sorted(TOUR.splitlines())


def test_what_comes_into_an_empty_list_stands_a_key_a_line() -> None:
    text = "frame: {up: z}\ncorrections: []\n"
    one = {"id": "moss", "was": ["vegetation"], "becomes": "kept"}

    first = edited(text, {"frame": {"up": "z"}, "corrections": [one]}, "x.yaml")
    again = edited(first, {"frame": {"up": "z"}, "corrections": []}, "x.yaml")

    assert first == ("frame: {up: z}\ncorrections:\n  - id: moss\n    was: [vegetation]\n    becomes: kept\n")
    assert edited(again, {"frame": {"up": "z"}, "corrections": [one]}, "x.yaml") == first


def test_what_stays_of_a_lists_item_comes_beside_its_dash() -> None:
    text = "list:\n  - id: a\n    # of x\n    x: 1\n    y: 2   # of y\n    z: 3\n  - id: b\n"
    assert edited(text, {"list": [{"y": 2, "z": 3}, {"id": "b"}]}, "x") == (
        "list:\n  - y: 2   # of y\n    z: 3\n  - id: b\n"
    )


def test_line_ends_stay_as_they_are() -> None:
    text = TOUR.replace("\n", "\r\n")
    value = _value(text)
    value["stops"][1]["dwell_s"] = 3
    value["stops"].append({"id": "last"})
    after = edited(text, value, "x")
    assert after.count("\r\n") == after.count("\n") == text.count("\n") + 3


# --- random values into random texts


keys = st.sampled_from(["id", "a", "b", "yes", "2024", "x y", "Đ"])
texts = st.one_of(
    st.sampled_from(["", "yes", "1", "1.10", "2024-05-02", "~", "a: b", "a #b",
                      "- x", "Ngọ Môn", "two\nlines", " x ", "''", "{a}"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
)  # fmt: skip
scalars = st.one_of(
    texts,
    st.integers(-(10**6), 10**6),
    st.floats(allow_nan=False, allow_infinity=False, min_value=-1e9, max_value=1e9),
    st.booleans(),
    st.none(),
    st.dates(min_value=date(1000, 1, 1)),
)
values = st.recursive(
    scalars,
    lambda one: st.one_of(st.lists(one, max_size=4), st.dictionaries(keys, one, max_size=4)),
    max_leaves=12,
)
documents = st.dictionaries(keys, values, min_size=1, max_size=5)


@given(documents, documents)
@settings(max_examples=80, deadline=None)
def test_any_value_into_any_text_reads_back_as_itself(old: dict[str, Any], new: dict[str, Any]) -> None:
    text = edited("", old, "x")
    assert _value(text) == old
    assert edited(text, old, "x") == text
    assert _value(edited(text, new, "x")) == new


@st.composite
def changed(draw: st.DrawFn, value: Any) -> Any:
    """A value after a few changes somewhere in it."""
    value = copy.deepcopy(value)
    for _ in range(draw(st.integers(1, 4))):
        spots: list[Any] = []
        waiting = [value]
        while waiting:
            at = waiting.pop()
            if isinstance(at, dict | list):
                spots.append(at)
                waiting += at.values() if isinstance(at, dict) else at
        spot = draw(st.sampled_from(spots))
        if isinstance(spot, dict):
            act = draw(st.sampled_from(["set", "new", "drop"]))
            if act == "new":
                spot[draw(keys)] = draw(values)
            elif spot:
                key = draw(st.sampled_from(sorted(spot)))
                if act == "set":
                    spot[key] = draw(values)
                elif len(spot) > 1:
                    del spot[key]
        else:
            k = draw(st.integers(0, max(len(spot) - 1, 0)))
            act = draw(st.sampled_from(["set", "new", "drop", "move"]))
            if act == "new" or not spot:
                spot.insert(k, draw(values))
            elif act == "set":
                spot[k] = draw(values)
            elif act == "drop":
                spot.pop(k)
            else:
                spot.insert(draw(st.integers(0, len(spot))), spot.pop(k))
    return value


HAND = [
    TOUR,
    new_site.SITE,
    new_site.MONUMENT,
    new_site.TOUR,
    """\
title:
  vi: >-
    Một khu
    hoàng thành

  en: |
    Two lines
    of text
  # between
  fr: "quoted \\
    over lines"
empty:
nothing: ~   # really
list:
- a
-   b   # wide
-
- {x: 1, "y z": [1, 2,
     3], }
- - nested
  - twice
date: 2024-05-02
numbers: [1.10, 0x1F, 1e3, .5,]
keep: |+
  a

last: plain
  goes on
""",
    "- not a mapping\n",
    "list:\n  -  # of the dash\n    id: a\n    x: 1\n  - id: b   # of b\n",
    "{a: 1, b: {c: [x, y]}}\n",
    "a: 1",
]


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_any_change_of_a_text_by_hand_reads_back(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([text for text in HAND if isinstance(_value(text), dict)]))
    old = _value(text)
    assert edited(text, old, "x") == text
    new = data.draw(changed(old))
    assert _value(edited(text, new, "x")) == new


# --- the files of whole sites


def test_the_samples_files_written_back_are_the_same_bytes() -> None:
    """Every document of the sample site, through JSON and back."""
    root = Path(sample_site.__file__).parent / "words"
    found = list(places(root))
    assert {place.kind for place in found} == {"site", "vocabulary", "monument", "annotations", "tour"}
    for place in found:
        folder = root / place.folder
        files = {p.name: p.read_bytes() for p in folder.iterdir() if place.names.fullmatch(p.name)}
        value = json.loads(json.dumps(read_value(place, files)))
        assert write_value(place, files, value) == files


WORDS = """\
# A walk

What it is *about*.

## approach

<!-- en
### The way
-->

### The way

Here we go.

#### How many?

- [ ] One
- [x] Two

## roof

Up there.
"""


def _words_with(change: Any, order: tuple[str, ...] = ("approach", "roof")) -> list[str]:
    value = words_value(WORDS, "x")
    change(value)
    return _difference(WORDS, edited_words(WORDS, value, order, "x"))


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        (lambda v: None, []),
        (lambda v: v.update(title="Two *walks*"), ["-# A walk", "+# Two \\*walks\\*"]),
        (lambda v: v.update(introduction="Nothing."), ["-What it is *about*.", "+Nothing."]),
        (lambda v: v["stops"]["roof"].update(text="Down.\n"), ["-Up there.", "+Down."]),
        (lambda v: v["stops"]["roof"].update(title="Up #"), ["+### Up \\#", "+"]),
        (lambda v: v["stops"]["approach"].update(title=None), ["-### The way", "-"]),
        (lambda v: v["stops"].pop("roof"), ["-", "-## roof", "-", "-Up there."]),
        (
            lambda v: v["stops"].update(new={"title": None, "text": "Here."}),
            ["+## new", "+", "+Here.", "+"],
        ),
    ],
)
def test_only_the_lines_of_a_changed_passage_change(change: Any, difference: list[str]) -> None:
    assert sorted(_words_with(change, ("approach", "new", "roof"))) == sorted(difference)


passages = st.fixed_dictionaries(
    {
        "title": st.one_of(st.none(), st.sampled_from(["A", "B #", "*c* [d](e)", "1. x", "<b>", "a\\b", "  sp  ace "])),
        "text": st.sampled_from(["", "Words.", "Two\n\nparagraphs", "#### Head\n\n- a\n- b", "    code", "<!-- no",
                                  "a  \nb", "\n\nx\n\n", "| a |\n|---|"]),
    }
)  # fmt: skip


@given(
    st.dictionaries(st.sampled_from(["approach", "roof", "new", "more"]), passages),
    st.text(st.characters(codec="utf-8"), max_size=20),
)
@settings(max_examples=80, deadline=None)
def test_words_read_back_as_written_or_are_refused(stops: dict[str, Any], words: str) -> None:
    value = {"title": "T", "introduction": words, "stops": stops}
    try:
        text = edited_words(WORDS, value, ["new", *stops], "x")
    except InputError as error:
        if error.problems[0].code != "words-structure":
            raise
        return
    found = words_value(text, "x")
    assert found["stops"].keys() == stops.keys()
    assert edited_words(text, found, ["new", *stops], "x") == text


def test_a_note_stays_with_its_stop() -> None:
    value = words_value(WORDS, "x")
    value["stops"]["approach"] = {"title": "Way", "text": "Other."}
    assert "<!-- en\n### The way\n-->\n\n### Way\n\nOther.\n" in edited_words(WORDS, value, ["approach"], "x")


def test_keys_and_their_files() -> None:
    tour = place_of("tours/walk")
    assert tour is not None
    assert all(tour.names.fullmatch(name) for name in ("tour.yaml", "en.md", "pt-BR.md"))
    assert not any(map(tour.names.fullmatch, ("x.yaml", ".tmp-1", "en.md.bak", "README.md ")))
    for key in (
        "",
        "tours",
        "tours/",
        "tours/A",
        "tours/a/b",
        "monuments/x/scans",
        "site/",
        "/site",
        "tours/a\n",
    ):
        assert place_of(key) is None


def test_a_new_document_has_one_key_of_each_of_its_things_a_line() -> None:
    value = {"monument": "gate", "stops": [{"id": "a", "view": {"eye_m": [1, 2, 3]}}, {"id": "b"}]}
    text = edited("", value, "tour.yaml")
    assert text == "monument: gate\nstops:\n  - id: a\n    view: {eye_m: [1, 2, 3]}\n  - id: b\n"
    longer = edited(text, value | {"stops": [*value["stops"], {"id": "c"}]}, "tour.yaml")
    assert longer == text + "  - id: c\n"
