"""A tour's words: one file per language, a heading per stop."""

import pytest

from heritage.model.errors import InputError
from heritage.text.words import parse_words

STOPS = ("approach", "then-and-now")
GOOD = """\
# Cổng *Ngọ Môn*

Một đoạn mở đầu.

## then-and-now

No title here.

```
## approach
```

words
---
## approach

### 1. Across the moat

First **words**.

#### Further heading
"""


def messages(text: str) -> list[str]:
    """All problems of a text."""
    with pytest.raises(InputError) as caught:
        parse_words(text, STOPS, "tours/gate/en.md")
    return [f"{problem} [{problem.code}]" for problem in caught.value.problems]


def test_titles_and_passages() -> None:
    words = parse_words(GOOD, STOPS, "tours/gate/en.md")

    assert (words.tour.title, words.tour.markdown) == ("Cổng Ngọ Môn", "Một đoạn mở đầu.")
    assert words.stops["approach"].title == "1. Across the moat"
    assert words.stops["approach"].markdown == "First **words**.\n\n#### Further heading"
    assert words.stops["approach"].line == 17
    assert words.stops["then-and-now"].title == "Then and now"
    assert words.stops["then-and-now"].markdown == "No title here.\n\n```\n## approach\n```\n\nwords\n---"


def test_line_ends_do_not_matter() -> None:
    unix = parse_words(GOOD, STOPS, "x")

    assert parse_words(GOOD.replace("\n", "\r\n"), STOPS, "x") == unix


def test_every_problem_is_named_with_its_line() -> None:
    text = (
        "Hello\n# Title\n## Approach\n## aproach\n## approach\n[a](http://a.example)\n\n![b](https://a.example/b.png)\n"
        "## approach\n# Again\n"
    )
    known = "approach, then-and-now are allowed"

    assert messages(text) == [
        "tours/gate/en.md:1: the text does not begin with a title; "
        "# and the tour's title are allowed first [words-no-title]",
        f'tours/gate/en.md:3: the heading ## Approach is no stop\'s id; {known}; did you mean "approach"? '
        "[words-unknown-stop]",
        f'tours/gate/en.md:4: tour.yaml has no stop aproach; {known}; did you mean "approach"? [words-unknown-stop]',
        "tours/gate/en.md:6: a link to http://a.example; https:// and mailto: are allowed; "
        "write the whole https:// address [markdown-link]",
        "tours/gate/en.md:8: the picture https://a.example/b.png; "
        "pictures below media/ (avif, gif, jpg, png, webp) are allowed; "
        "put the file into media/: nothing is loaded from another host [markdown-picture]",
        "tours/gate/en.md:9: ## approach stands here again (first on line 5); each stop once [words-repeated-stop]",
        "tours/gate/en.md:10: a second # title; one is allowed; write ## and a stop's id [words-second-title]",
        "tours/gate/en.md:11: there are no words for the stop then-and-now; one ## per stop; "
        "add ## then-and-now [words-missing-stop]",
    ]


@pytest.mark.parametrize("text", ["", "\n\n", "words only\n", "## approach\n## then-and-now\n"])
def test_a_text_without_title(text: str) -> None:
    assert any("[words-no-title]" in message for message in messages(text))


def test_a_heading_without_words() -> None:
    found = messages("#\n## approach\n###\n## then-and-now\n")

    assert [message for message in found if "words-empty-title" in message] == [
        "tours/gate/en.md:1: a heading without words; a title is allowed; write it [words-empty-title]",
        "tours/gate/en.md:3: a heading without words; a title is allowed; write it [words-empty-title]",
    ]


def test_a_text_beyond_the_ceilings_names_its_file() -> None:
    assert messages("[" * 5001) == [
        "tours/gate/en.md: 5001 line ends, brackets, stars and other marks; "
        "up to 5000 are allowed; shorten the text [text-too-big]"
    ]
