"""What a check remembers of a file, and what makes it look again."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from heritage.model.errors import Problem
from heritage.pipeline.reading import verdicts
from heritage.pipeline.reading.verdicts import Verdicts

WARNING = Problem("odd", "a.txt", "it is odd", "even", "look at it", "warning")


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that is trusted although it was written just now."""
    monkeypatch.setattr(verdicts, "_SETTLED_NS", 0)
    path = tmp_path / "a.txt"
    path.write_text("one")
    return path


def looks(file: Path, changed: Callable[[], object] = lambda: None, **second: object) -> int:
    """How often the file is looked at in two checks, ``changed`` being called between them."""
    count = 0

    def look() -> list[Problem]:
        nonlocal count
        count += 1
        return [WARNING]

    first = Verdicts()
    assert first.of(("q", 1), [file], look) == (WARNING,)
    changed()
    again = Verdicts(first.content)
    assert again.of(second.get("question", ("q", 1)), [file], look) == (WARNING,)  # type: ignore[arg-type]
    return count


def test_an_unchanged_file_is_looked_at_once(file: Path) -> None:
    assert looks(file) == 1


def test_content_of_the_same_size_and_time_is_seen_to_be_new(file: Path) -> None:
    def changed() -> None:
        before = file.stat()
        file.write_text("two")
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert looks(file, changed) == 2


def test_a_file_put_in_its_place_is_looked_at(file: Path) -> None:
    other = file.with_name("b.txt")
    other.write_text("two")
    assert looks(file, lambda: other.replace(file)) == 2


def test_another_question_is_another_verdict(file: Path) -> None:
    assert looks(file, question=("q", 2)) == 2


def test_a_file_changed_a_moment_ago_is_not_trusted(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verdicts, "_SETTLED_NS", 60_000_000_000)
    assert looks(file) == 2


def test_a_file_that_changes_while_it_is_read_is_not_trusted(file: Path) -> None:
    kept = Verdicts()

    def look() -> list[Problem]:
        file.write_text("longer")
        return []

    kept.of(("q",), [file], look)
    assert kept.content == b"{}"


def test_an_error_is_not_kept(file: Path) -> None:
    kept = Verdicts()
    kept.of(("q",), [file], lambda: [Problem("bad", "a.txt", "it is bad")])
    assert kept.content == b"{}"


def test_what_was_not_asked_again_is_forgotten(file: Path) -> None:
    first = Verdicts()
    first.of(("q",), [file], list)
    assert first.content != b"{}"
    assert Verdicts(first.content).content == b"{}"


def test_damaged_verdicts_are_none(file: Path) -> None:
    assert Verdicts(b'{"x": [{"code": 1}]}').content == b"{}"
    assert Verdicts(b"\xff").content == b"{}"
