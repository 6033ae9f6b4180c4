"""A fingerprint names everything that may change a result, and nothing else (reliability B1, B2, B4)."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from fake_stages import LETTERS, joined_task, letter_task, small_plan

from heritage.pipeline.plan import fingerprinted


def _names(plan: object) -> dict[str, str]:
    return {p.task.key: p.fingerprint for p in plan}  # type: ignore[attr-defined]


def test_needs_come_first(tmp_path: Path) -> None:
    keys = [p.task.key for p in small_plan(tmp_path)]
    assert keys.index("joined:m:all") > max(keys.index("letters:m:a"), keys.index("letters:m:b"))


def test_option_changes_its_stage_and_followers_only(tmp_path: Path) -> None:
    before, after = _names(small_plan(tmp_path)), _names(small_plan(tmp_path, upper=True))
    assert {key for key in before if before[key] != after[key]} == {"letters:m:a", "joined:m:all"}


def test_time_stamp_changes_nothing_but_one_byte_does(tmp_path: Path) -> None:
    before = _names(small_plan(tmp_path))
    os.utime(tmp_path / "a", ns=(1, 1))
    assert _names(small_plan(tmp_path)) == before
    stamp = (tmp_path / "a").stat()
    (tmp_path / "a").write_text("aab")  # same size
    os.utime(tmp_path / "a", ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert {k for k, v in _names(small_plan(tmp_path)).items() if v != before[k]} == {
        "letters:m:a",
        "joined:m:all",
    }


def test_stage_version_changes_it(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    newer = replace(LETTERS, version=2)
    first = fingerprinted([letter_task(tmp_path / "a", "a")])[0].fingerprint
    assert fingerprinted([letter_task(tmp_path / "a", "a", newer)])[0].fingerprint != first


def test_files_beside_an_obj_are_part_of_it(tmp_path: Path) -> None:
    for name in ("m.obj", "m.mtl", "wall.png"):
        (tmp_path / name).write_text(name)
    first = fingerprinted([letter_task(tmp_path / "m.obj", "a")])[0].fingerprint
    (tmp_path / "wall.png").write_text("another wall")
    assert fingerprinted([letter_task(tmp_path / "m.obj", "a")])[0].fingerprint != first


def test_needs_that_are_absent_are_a_defect(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="joined:m:all"):
        fingerprinted([joined_task("a")])
