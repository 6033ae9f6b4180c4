"""The question that ends a stop's words."""

import pytest

from heritage.model.errors import InputError
from heritage.text.question import read_question
from heritage.text.words import parse_words

GOOD = """\
The words *of* the stop.

- a list
- that is none to tick

#### How many ways lead through the **gate**?

Count the doors as well.

- [ ] One
- [ ] 3. Three
- [x] Five, `two` of them small

The one in the middle was the [emperor's](https://example.org/) alone.

> A second paragraph.
"""


def test_the_question_is_read_apart_from_the_words() -> None:
    asked = read_question(GOOD)

    question = asked.question
    assert question is not None
    assert asked.slips == ()
    assert asked.body == "The words *of* the stop.\n\n- a list\n- that is none to tick"
    assert question.asks == "How many ways lead through the gate?"
    assert question.further == "Count the doors as well."
    assert question.answers == ("One", "3. Three", "Five, two of them small")
    assert question.right == 2
    assert question.because == (
        "The one in the middle was the [emperor's](https://example.org/) alone.\n\n> A second paragraph."
    )


def test_what_is_said_at_the_stop_does_not_give_the_answer_away() -> None:
    said = read_question(GOOD).said

    assert "How many ways lead through the gate?\nCount the doors as well.\nOne\n3. Three\nFive" in said
    assert "emperor" not in said
    assert "[x]" not in said


def test_words_without_a_list_to_tick_are_all_body() -> None:
    text = "#### A heading\n\n- [a link](https://example.org/)\n\n```\n- [x] code\n```"

    assert read_question(text).body == text
    assert read_question(text).question is None
    assert read_question(text).slips == ()


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("#### Which?\n\n- [ ] one\n- [ ] two", "question-right", 3),
        ("#### Which?\n\n- [x] one\n- [x] two", "question-right", 3),
        ("#### Which?\n\n- [x] one", "question-answers", 3),
        ("#### Which?\n\n" + "- [ ] one\n" * 8 + "- [x] two", "question-answers", 3),
        ("#### Which?\n\n- [x] one\n- two\n- [ ] three", "question-answer", 4),
        ("#### Which?\n\n- [x] one\n- [ ] two\n\n  and more\n- [ ] three", "question-answer", 4),
        ("- [x] one\n- [ ] two", "question-heading", 1),
        ("##### Which?\n\n- [x] one\n- [ ] two", "question-heading", 3),
        ("#### Which?\n\n> quoted\n\n- [x] one\n- [ ] two", "question-heading", 5),
        ("- so:\n  - [x] one\n  - [ ] two", "question-heading", 2),
        ("#### A?\n\n- [x] one\n- [ ] two\n\n#### B?\n\n- [ ] one\n- [x] two", "question-second", 8),
        ("#### Which?\n\n- [x] one\n- [ ] two\n\n#### More", "question-last", 6),
        ("[a]\n\n#### Which?\n\n- [x] one\n- [ ] two\n\n[a]: https://example.org/", "question-link", 5),
    ],
)
def test_a_slip_is_named_with_its_line(text: str, code: str, line: int) -> None:
    asked = read_question(text)

    assert asked.question is None
    assert [(slip.code, slip.line) for slip in asked.slips][:1] == [(code, line)]


def test_a_slip_stands_on_its_line_of_the_file() -> None:
    words = "# Tour\n\n## gate\n\n### The gate\n\nWords.\n\n#### Which?\n\n- [ ] one\n- [ ] two\n"

    with pytest.raises(InputError) as caught:
        parse_words(words, ["gate"], "tours/gate/en.md")

    (problem,) = caught.value.problems
    assert str(problem) == (
        "tours/gate/en.md:11: none of the answers is marked as right; one is needed; write [x] before the right one"
    )


def test_a_question_belongs_to_a_stop() -> None:
    words = "# Tour\n\n#### Which?\n\n- [x] one\n- [ ] two\n\n## gate\n"

    with pytest.raises(InputError) as caught:
        parse_words(words, ["gate"], "en.md")

    assert [problem.code for problem in caught.value.problems] == ["question-place"]
