"""EDTF against the examples of its specification (Library of Congress, 2019; ISO 8601-2), bound by bound."""

from __future__ import annotations

import time

import pytest

from heritage.text.period import read_period

# The specification's own examples; the bounds are read off its prose.
EXAMPLES = [
    # Level 0
    ("1985-04-12", "1985-04-12", "1985-04-12", ""),
    ("1985-04", "1985-04-01", "1985-04-30", ""),
    ("1985", "1985-01-01", "1985-12-31", ""),
    ("1964/2008", "1964-01-01", "2008-12-31", ""),
    ("2004-06/2006-08", "2004-06-01", "2006-08-31", ""),
    ("2004-02-01/2005-02-08", "2004-02-01", "2005-02-08", ""),
    ("2005/2006-02", "2005-01-01", "2006-02-28", ""),
    # Level 1
    ("Y170000002", "170000002-01-01", "170000002-12-31", ""),
    ("Y-170000002", "-170000002-01-01", "-170000002-12-31", ""),
    ("1984?", "1984-01-01", "1984-12-31", "?"),
    ("2004-06~", "2004-06-01", "2004-06-30", "~"),
    ("2004-06-11%", "2004-06-11", "2004-06-11", "?~"),
    ("201X", "2010-01-01", "2019-12-31", ""),
    ("20XX", "2000-01-01", "2099-12-31", ""),
    ("2004-XX", "2004-01-01", "2004-12-31", ""),
    ("1985-04-XX", "1985-04-01", "1985-04-30", ""),
    ("1985-XX-XX", "1985-01-01", "1985-12-31", ""),
    ("1985-04-12/..", "1985-04-12", None, ""),
    ("1985/..", "1985-01-01", None, ""),
    ("../1985-04-12", None, "1985-04-12", ""),
    ("1985/", "1985-01-01", None, ""),
    ("/1985", None, "1985-12-31", ""),
    ("1984~/2004-06", "1984-01-01", "2004-06-30", "~"),
    ("1984-06-02?/2004-08-08~", "1984-06-02", "2004-08-08", "?~"),
    ("-1985", "-1985-01-01", "-1985-12-31", ""),
    # Level 2
    ("Y-17E7", "-170000000-01-01", "-170000000-12-31", ""),
    ("[1667,1668,1670..1672]", "1667-01-01", "1672-12-31", ""),
    ("[..1760-12-03]", None, "1760-12-03", ""),
    ("{1960,1961-12}", "1960-01-01", "1961-12-31", ""),
    ("156X-12-25", "1560-12-25", "1569-12-25", ""),
    ("15XX-12-25", "1500-12-25", "1599-12-25", ""),
    ("1XXX-12", "1000-12-01", "1999-12-31", ""),
    ("2004-06~-11", "2004-06-11", "2004-06-11", "~"),
    ("2004?-06-11", "2004-06-11", "2004-06-11", "?"),
    # Ours
    ("1885~", "1885-01-01", "1885-12-31", "~"),
    ("0079-08-24", "0079-08-24", "0079-08-24", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "earliest", "latest", "marks"), EXAMPLES, ids=[e[0] for e in EXAMPLES])
def test_the_specification_s_examples(
    text: str, earliest: str | None, latest: str | None, marks: str
) -> None:
    period = read_period(text)

    assert period is not None
    assert (period.earliest, period.latest) == (earliest, latest)
    assert (period.uncertain, period.approximate) == ("?" in marks, "~" in marks)


@pytest.mark.parametrize(
    "text",
    [None, "", "Nguyễn dynasty", "19th century", "1805-1806", "2004-02-30", "1985-13", "1985-4", "1985/1960", "1885 ~", "~"],
)  # fmt: skip
def test_words_and_slips_are_no_edtf(text: str | None) -> None:
    assert read_period(text) is None


@pytest.mark.parametrize("text", ["Y-17E99999999", "Y9" + "9" * 50, "[" * 60, "1" * 5000, "{" + "1960," * 11])
def test_no_text_takes_long(text: str) -> None:
    start = time.process_time()
    read_period(text)

    assert time.process_time() - start < 1
