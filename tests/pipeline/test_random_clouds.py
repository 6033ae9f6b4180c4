"""Of odd clouds by lot nothing is lost unnamed in any stage; `scripts/fuzz_clouds` does the same with a thousand."""

from __future__ import annotations

from pathlib import Path

import pytest
from random_clouds import STAGES, put_through

from heritage.pipeline.stages.ingest import in_blocks

BLOCK = 300


# 24 is of nine points with 8 km between them: its one block's cube reaches beyond where points may lie.
@pytest.mark.parametrize("seed", [*range(5), 24])
def test_nothing_is_lost_unnamed(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(in_blocks.__kwdefaults__, "most", BLOCK)
    assert set(put_through(tmp_path, seed, BLOCK).outcome) == set(STAGES)
