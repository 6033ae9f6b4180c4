"""The viewer's types are those of the release documents."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ROOT / "viewer" / "node_modules" / "json-schema-to-typescript"


@pytest.mark.skipif(
    shutil.which("node") is None or not PACKAGES.is_dir(), reason="needs node and `npm ci` in viewer/"
)
def test_release_types_in_sync() -> None:
    script = ROOT / "scripts" / "generate_types"
    run = subprocess.run(
        [sys.executable, str(script), "--check"], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
