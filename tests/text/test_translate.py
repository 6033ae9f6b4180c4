"""The translator's workflow: a file to fill, and later what changed in the source since."""

from __future__ import annotations

import random

import pytest

from heritage.model.errors import InputError
from heritage.text.translate import state_of, translate
from heritage.text.words import Words, parse_words

STOPS = ["approach", "hall"]
SOURCE = """\
# The gate

A walk.

## approach

### The way

Past the moat.
Then on.

## hall

Inside.
"""


def words(text: str, stops: list[str] = STOPS) -> Words:
    return parse_words(text, stops, "tours/gate/en.md")


def made(source: str, present: str | None, stops: list[str] = STOPS):
    return translate(words(source, stops), "en", stops, present, "tours/gate/fr.md")


FILLED = """\
# La porte

<!-- en
### The gate

A walk.
-->

Une promenade.

## approach

<!-- en
### The way

Past the moat.
Then on.
-->

### Le chemin

Devant le fossé.

## hall

<!-- en
### Hall

Inside.
-->

Dedans.
"""


def test_the_file_to_fill_has_the_source_beside_each_heading() -> None:
    first = made(SOURCE, None)
    assert [(c.stop, c.kind) for c in first.changes] == [("", "new"), ("approach", "new"), ("hall", "new")]
    target = words(first.text)
    assert target.stops["approach"].notes == ("en\n### The way\n\nPast the moat.\nThen on.",)
    assert target.stops["approach"].markdown == ""
    source = words(SOURCE)
    assert [state_of(target.stops[s], source.stops[s], "en") for s in STOPS] == ["empty", "empty"]


def test_running_again_without_a_change_changes_nothing() -> None:
    again = made(SOURCE, FILLED)
    assert again.text == FILLED
    assert again.changes == ()
    target, source = words(FILLED), words(SOURCE)
    assert state_of(target.tour, source.tour, "en") is None
    assert [state_of(target.stops[s], source.stops[s], "en") for s in STOPS] == [None, None]


def test_what_changed_is_shown_and_stays_until_the_translator_has_seen_it() -> None:
    source = SOURCE.replace("Then on.", "Then over the bridge.")
    assert state_of(words(FILLED).stops["approach"], words(source).stops["approach"], "en") == "outdated"
    once = made(source, FILLED)
    assert [(c.stop, c.kind) for c in once.changes] == [("approach", "changed")]
    assert once.changes[0].difference[1:] == (" Past the moat.", "-Then on.", "+Then over the bridge.")
    target = words(once.text)
    assert target.stops["approach"].title == "Le chemin"
    assert target.stops["approach"].markdown == "Devant le fossé."
    assert state_of(target.stops["approach"], words(source).stops["approach"], "en") == "outdated"
    # A second change is still shown against what was translated.
    twice = made(source.replace("Past the moat.", "Along the moat."), once.text)
    assert "-Past the moat." in twice.changes[0].difference
    assert "-Then on." in twice.changes[0].difference
    assert twice.text.count("<!-- en, before") == 1
    before = once.text.index("<!-- en, before")
    seen = once.text[:before] + once.text[once.text.index("-->", before) + 4 :]
    assert state_of(words(seen).stops["approach"], words(source).stops["approach"], "en") is None
    assert made(source, seen).changes == ()


def test_new_stops_are_added_in_order_and_gone_ones_are_kept_out_of_sight() -> None:
    source = SOURCE.replace("## hall\n\nInside.", "## roof\n\nAbove.")
    stops = ["roof", "approach"]
    moved = made(source, FILLED, stops)
    assert [(c.stop, c.kind) for c in moved.changes] == [("roof", "new"), ("hall", "gone")]
    assert moved.text.index("## roof") < moved.text.index("## approach")
    target = words(moved.text, stops)
    assert set(target.stops) == {"roof", "approach"}
    assert "Dedans." in moved.text


def test_a_translation_made_without_the_tool_is_taken_as_it_is() -> None:
    plain = "# La porte\n\nUne promenade.\n\n## approach\n\n### Le chemin\n\nDevant.\n\n## hall\n\nDedans.\n"
    taken = made(SOURCE, plain)
    assert taken.changes == ()
    assert words(taken.text).stops["approach"].markdown == "Devant."
    assert made(SOURCE, taken.text).text == taken.text


def test_own_words_survive_whatever_happens_to_the_source() -> None:
    rng = random.Random(5)
    stops = ["a", "b", "c", "d"]
    text = None
    own: dict[str, str] = {}
    for step in range(60):
        order = rng.sample(stops, rng.randint(1, 4))
        source = "# T\n\n" + "\n".join(f"## {s}\n\nsource {rng.randint(0, 3)}\n" for s in order)
        text = made(source, text, order).text
        target = words(text, order)
        for stop in order:
            # What stood there when the stop was last in the tour still does, unless it had gone.
            assert target.stops[stop].markdown in (own.get(stop, ""), "")
        chosen = rng.choice(order)
        if not target.stops[chosen].markdown:
            own[chosen] = f"mots {step}"
            note = text.index("<!-- en\n", text.index(f"## {chosen}\n\n<!-- en"))
            end = text.index("-->", note) + 3
            text = f"{text[:end]}\n\n{own[chosen]}{text[end:]}"
        for stop, mots in own.items():
            assert mots in text, (step, stop)


def test_notes_are_no_words_and_must_end() -> None:
    noted = SOURCE.replace("Inside.", "<!-- to be checked\n## not-a-stop -->\nInside.")
    assert words(noted).stops["hall"].markdown == "Inside."
    assert words(noted).stops["hall"].notes == ("to be checked\n## not-a-stop",)
    code = SOURCE.replace("Inside.", "```\n<!-- shown -->\n```")
    assert "shown" in words(code).stops["hall"].markdown
    with pytest.raises(InputError, match="a note that does not end"):
        words(SOURCE.replace("Inside.", "<!-- open"))
