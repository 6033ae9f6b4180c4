"""Whatever a file holds, reading ends in a document or in an InputError with file and line; nothing else."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heritage.model.documents import Document, Monument, Site, Tour
from heritage.model.errors import InputError
from heritage.text.new import MONUMENT, SITE, TOUR, WORDS
from heritage.text.words import parse_words
from heritage.text.yaml import parse_yaml

TOKENS = [
    *"[]{}:,-?&*!|>'\"%@`#~\n\t ",
    "\n  ",
    "- ",
    ": ",
    "<<: ",
    "---\n",
    "...\n",
    "!!int ",
    "&a ",
    "*a",
    "2019",
]
TOKENS += [
    "2019-02-31",
    "1e999",
    ".nan",
    "0x",
    "1_0",
    "null",
    "true",
    "=",
    "\u2028",
    "\x85",
    "\ufeff",
    "\u202e",
    "𝒜",
]


@pytest.mark.parametrize(("text", "model"), [(SITE, Site), (MONUMENT, Monument), (TOUR, Tour)])
@settings(max_examples=150, deadline=None)
@given(
    edits=st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 8), st.sampled_from(TOKENS)), max_size=4)
)
def test_yaml_with_a_few_edits(text: str, model: type[Document], edits: list[tuple[int, int, str]]) -> None:
    for at, length, token in edits:
        text = text[:at] + token + text[at + length :]

    try:
        parse_yaml(text, model, "file.yaml")
    except InputError as error:
        lines = text.count("\n") + text.count("\u2028") + text.count("\x85") + 1
        for problem in error.problems:
            where = re.fullmatch(r"file\.yaml:(\d+)", problem.where)
            assert where, problem
            assert 1 <= int(where[1]) <= lines
            assert str(problem).isprintable(), problem


@settings(max_examples=150, deadline=None)
@given(
    edits=st.lists(
        st.tuples(
            st.integers(0, 200), st.integers(0, 8), st.sampled_from([*TOKENS, "# ", "## ", "### ", "```\n"])
        ),
        max_size=5,
    )
)
def test_words_with_a_few_edits(edits: list[tuple[int, int, str]]) -> None:
    text = WORDS
    for at, length, token in edits:
        text = text[:at] + token + text[at + length :]

    try:
        words = parse_words(text, ("approach",), "en.md")
    except InputError as error:
        for problem in error.problems:
            assert re.fullmatch(r"en\.md:\d+", problem.where), problem
            assert str(problem).isprintable(), problem
    else:
        assert list(words.stops) == ["approach"]
        assert words.tour.title
