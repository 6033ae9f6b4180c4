"""One small sample site for all tests of this folder."""

from __future__ import annotations

import pytest
from sample_files import Sample

from heritage.sample.site import write_sample


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    root = tmp_path_factory.mktemp("sample") / "site"
    return Sample(root, write_sample(root, points=60_000))
