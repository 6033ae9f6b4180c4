"""The pages on which visitors report damage and read the answer; they need no script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from heritage.model.limits import REPORT_LENGTH
from heritage.page.page import environment, stylesheet
from heritage.page.report_words import REPORT_WORDS
from heritage.page.words import direction, words


@dataclass(frozen=True)
class Answer:
    """What a report shows to who sent it; ``due`` in seconds since 1970."""

    status: str
    text: str
    answer: str | None
    due: int


def render_form(
    language: str, monuments: Sequence[tuple[str, str]], *, chosen: str, at: str, days: int
) -> str:
    """The form; ``monuments`` are id and title, ``at`` is the place as it came in the address, or empty."""
    return _render(language, "title", monuments=monuments, chosen=chosen, at=at, days=days)


def render_sent(language: str, code: str, due: int) -> str:
    """The code, which is shown this once."""
    return _render(language, "done", code=code, due=_day(due))


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
        stylesheet=stylesheet()[0],
    )


def _day(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).date().isoformat()
