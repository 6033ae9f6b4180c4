"""The tutorial's own commands, run in order as a reader would."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from heritage.store import Store

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial" / "first-site.md"


@pytest.mark.slow
def test_the_tutorial_leads_to_a_placed_and_toured_monument(tmp_path: Path) -> None:
    blocks = re.findall(
        r"^```console\n(.*?)^```", TUTORIAL.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    assert len(blocks) >= 8
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    script = "set -e\n" + "\n".join(blocks)
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    # Of an empty site's check the page says that it warns; of the tour it says nothing, so there is nothing to warn of.
    assert re.findall(r"^(?:warning|error): .*\[(\S+)\]$", done.stderr, re.MULTILINE) == ["site-empty"]
    store = Store(tmp_path / "my-site")
    current = store.current()
    assert current is not None
    release = json.loads((store.release_path(current) / "release.json").read_text())
    (monument,) = release["monuments"]
    assert monument["placement"]["method"] == "footprint"
    assert monument["placement"]["settled"]
    assert [tour["id"] for tour in release["tours"]] == ["around"]
