"""The text version of a tour: questions, places, and words that are not in the page's language."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

from exchange_site import release, tour_document

from heritage.model.release import ComparingEntry, PlaceEntry, QuestionEntry, ShownEntry, TourDocument
from heritage.page.tour_page import tour_page
from heritage.page.words import direction

DIRECTIONS = Path(__file__).resolve().parents[2] / "viewer" / "tests" / "unit" / "direction-cases.json"

QUESTION = QuestionEntry(
    asks="Which <way>?", html="<p>Look.</p>", answers=("One", "Two & three"), right=1, because="<p>For it is.</p>"
)  # fmt: skip


def asking() -> TourDocument:
    """The tour of three stops in Arabic, too, whose stops wait for it; the second asks, the third lays a state over."""
    tour = tour_document()
    first, second, third = tour.stops
    over = ComparingEntry(
        left=ShownEntry(epoch="2024"), right=ShownEntry(state="1885"), mode="overlay", position=0.6
    )
    place = PlaceEntry(lon_deg=107.5773, lat_deg=16.4687, at_m=(1.0, 2.0, 0.0))
    return tour.model_copy(
        update={
            "title": {**tour.title, "ar": "عبر البوابة"},
            "html": {**tour.html, "ar": ""},
            "stops": (
                first,
                second.model_copy(update={"question": {"en": QUESTION}, "place": place}),
                third.model_copy(update={"show": None, "compare": over}),
            ),
        }
    )


def page(language: str) -> str:
    """The tour's page in a language."""
    shown, tour = release("ellipsoidal"), asking()
    stills = {stop.id: f"tours/{tour.id}/{stop.id}.webp" for stop in tour.stops}
    return tour_page(shown, shown.monuments[0], tour, language, stills=stills, transcripts={}, ranges_mm={})


class Marked(HTMLParser):
    """Every text of a page with the language and direction that hold for it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[tuple[str, str | None, str | None]] = []
        self.texts: dict[str, tuple[str | None, str | None]] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"meta", "link", "img", "br"}:
            return
        above = self.open[-1] if self.open else ("", None, None)
        own = dict(attrs)
        self.open.append((tag, own.get("lang") or above[1], own.get("dir") or above[2]))

    def handle_endtag(self, tag: str) -> None:
        while self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and self.open:
            self.texts[" ".join(data.split())] = self.open[-1][1:]


def test_the_answer_is_folded_away_below_the_question() -> None:
    text = page("en")

    question = text[text.index('class="question"') : text.index("</section>", text.index('class="question"'))]
    before, _, folded = question.partition("<details>")
    assert "<h3>Which &lt;way&gt;?</h3>" in before
    assert "<p>Look.</p>" in before
    assert "<li>Two &amp; three</li>" in before
    assert "For it is." not in before
    assert "B: Two &amp; three" in folded
    assert "<p>For it is.</p>" in folded
    assert "<script" not in text


def test_where_to_stand_is_told_with_a_map() -> None:
    text = page("en")

    assert "<bdi>16.468700, 107.577300</bdi>" in text
    assert (
        "https://www.openstreetmap.org/?mlat=16.468700&amp;mlon=107.577300#map=19/16.468700/107.577300"
        in text
    )


def test_an_overlay_says_how_much_of_an_interpretation_it_lets_through() -> None:
    assert "Measured. Laid over it, at 60 %: As in 1885 (probable)." in page("en")


def test_words_in_another_language_are_marked_with_it() -> None:
    found = Marked(page("ar")).texts

    assert found["عبر البوابة"] == ("ar", "rtl")
    assert found["Which <way>?"] == ("en", "ltr")
    assert found["Trên cầu"] == ("vi", "ltr")
    # The interface has no Arabic: its words say so, in the question of another language as well.
    assert found["Stops"] == found["Play this tour in 3D"] == found["Where to stand:"] == ("en", "ltr")
    assert found["The answer"] == ("en", "ltr")
    assert found["Hoàng thành"] == found["Ngọ Môn"] == ("vi", "ltr")


def test_words_in_the_pages_own_language_need_no_mark() -> None:
    assert Marked(page("en")).texts["Which <way>?"] == ("en", "ltr")
    assert '<span class="number">1</span> <span>' in page("en")


def test_a_page_turns_where_the_viewer_turns() -> None:
    cases = json.loads(DIRECTIONS.read_text())
    assert {tag: direction(tag) for tag in cases} == cases
