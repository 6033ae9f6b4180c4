"""What a benchmark measured anew replaces its own sections of the page and no others."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_rows_measured_anew_replace_theirs_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    from bench import page, table  # type: ignore[import-not-found]

    before = page.between("bench", ROOT / "docs/explanation/benchmarks.md")
    after = table.merged(before, {"tile": "Measured today.\n\n| a |\n|---|", "new": "| b |"})

    assert table.merged(before, {}) == before
    old, new = before.split("\n### "), after.split("\n### ")
    assert len(old) > 5
    assert [section.split("\n")[0] for section in new[1:]] == [*(s.split("\n")[0] for s in old[1:]), "new"]
    changed = [a for a, b in zip(old[1:], new[1:], strict=False) if a.strip() != b.strip()]
    assert [section.split("\n")[0] for section in changed] == ["tile"]
    assert "### tile\n\nMeasured today.\n\n| a |\n|---|\n\n### " in after
    assert "bench.cases" not in sys.modules
