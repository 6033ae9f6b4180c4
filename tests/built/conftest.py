"""The built sample that these tests look at."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from heritage.store import Store


@pytest.fixture(scope="session")
def site() -> Path:
    named = os.environ.get("HERITAGE_SAMPLE")
    if not named:
        pytest.skip("needs a built sample site: run scripts/test, or name one in HERITAGE_SAMPLE")
    return Path(named)


@pytest.fixture(scope="session")
def release(site: Path) -> Path:
    """The folder of its current release."""
    store = Store(site)
    current = store.current()
    assert current is not None
    return store.release_path(current)
