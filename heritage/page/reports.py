"""The pages on which visitors report damage and read the answer; they need no script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from heritage.model.limits import REPORT_LENGTH, REPORT_PHOTO_BYTES
from heritage.page.page import environment, stylesheet
from heritage.page.report_words import REPORT_WORDS
from heritage.page.words import direction, words


@dataclass(frozen=True)
class Answer:
    """What a report shows to who sent it; ``due`` in seconds since 1970, ``photo`` whether there is one."""

    status: str
    text: str
    answer: str | None
    due: int
    photo: bool


@dataclass(frozen=True)
class Typed:
    """What stands in the form: the monument's id, the words, the place as it came in the address, or empty.

    ``once`` is the form's own key, by which sending it again is told from another report.
    """

    monument: str
    text: str
    at: str
    once: str


@dataclass(frozen=True)
class Released:
    """What everybody may read of a report that a person released. ``photo`` is its address."""

    monument: str
    text: str
    language: str
    status: str
    answer: str | None
    made: int
    photo: str | None


# Which words say why a report was not taken in, by the refusal's code.
_PROBLEMS = {
    "report-text": "bad-text",
    "report-throttled": "bad-throttled",
    "photo-too-large": "bad-large",
    "photo-kind": "bad-kind",
    "photo-damaged": "bad-damaged",
    "photo-busy": "bad-busy",
    "photos-full": "bad-full",
}


def render_form(
    language: str, monuments: Sequence[tuple[str, str]], typed: Typed, *, days: int, problem: str | None
) -> str:
    """The form; ``monuments`` are id and title, ``problem`` is the code of why what was sent was not taken in."""
    why = None if problem is None else REPORT_WORDS[language][_PROBLEMS.get(problem, "bad")]
    return _render(language, "title", monuments=monuments, typed=typed, days=days, problem=why)


def render_sent(language: str, code: str, due: int, located: bool | None) -> str:
    """The code, which is shown this once; ``located``: whether the photo said where it was taken, None if not asked."""
    return _render(language, "done", code=code, due=_day(due), located=located)


def render_released(language: str, titles: Mapping[str, str], found: Sequence[Released]) -> str:
    """What was reported and released; ``titles`` of monuments by id."""
    shown = [(titles.get(one.monument, one.monument), _day(one.made), one) for one in found]
    return _render(language, "released", released=shown)


def render_answer(language: str, asked: str, report: Answer | None) -> str:
    """The answer, or the form to ask for one by its code."""
    return _render(language, "look", asked=asked, report=report, due=_day(report.due) if report else "")


def _render(language: str, heading: str, **values: object) -> str:
    say = REPORT_WORDS[language]
    return environment.get_template("report.html").render(
        values,
        language=language,
        direction=direction(language),
        title=say[heading],
        say=say,
        home=words(language)["home"],
        most=REPORT_LENGTH,
        photo_mb=REPORT_PHOTO_BYTES // 10**6,
        stylesheet=stylesheet()[0],
    )


def _day(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).date().isoformat()
