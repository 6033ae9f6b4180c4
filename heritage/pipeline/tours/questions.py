"""Questions of stops as the viewer and the text version show them, and that they ask the same in every language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from heritage.model.errors import Problem
from heritage.model.release import QuestionEntry
from heritage.pipeline.words import html
from heritage.store import ReleaseFolder
from heritage.text.question import Asked, Question, read_question
from heritage.text.site import LoadedTour


def question_entries(into: ReleaseFolder, root: Path, asked: Mapping[str, Asked]) -> dict[str, QuestionEntry]:
    """The questions of one stop by language; their pictures are copied into the release."""
    questions = {language: one.question for language, one in asked.items() if one.question is not None}
    further = html(into, root, {language: one.further for language, one in questions.items()})
    because = html(into, root, {language: one.because for language, one in questions.items()})
    return {
        language: QuestionEntry(
            asks=one.asks,
            html=further[language],
            answers=one.answers,
            right=one.right,
            because=because[language],
        )
        for language, one in questions.items()
    }


def question_problems(tour: LoadedTour) -> Iterator[Problem]:
    """A question has the same answers in the same order in every language: else one of them tells visitors a wrong one."""
    for stop in tour.tour.stops:
        first: tuple[str, Question] | None = None
        for language, words in tour.words.items():
            question = read_question(words.stops[stop.id].markdown).question
            if question is None:
                continue
            first = first or (language, question)
            if (len(question.answers), question.right) != (len(first[1].answers), first[1].right):
                where = f"{words.shown}:{words.stops[stop.id].line}"
                found = f"the question of {stop.id} has {_told(question)} in {language}"
                allowed = f"{_told(first[1])}, as in {first[0]}"
                yield Problem("question-differs", where, found, allowed, "give them the same order")


def _told(question: Question) -> str:
    return f"{len(question.answers)} answers of which number {question.right + 1} is right"
