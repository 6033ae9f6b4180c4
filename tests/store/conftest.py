from __future__ import annotations

from pathlib import Path

import pytest

from heritage.store import fs


@pytest.fixture(autouse=True)
def _no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """That every sync is there and needed is proven with recorded effects; a real one only costs time here.

    The real `fs.sync` runs in the tests that let calls fail.
    """

    def sync(path: Path) -> None:
        pass

    monkeypatch.setattr(fs, "sync", sync)
