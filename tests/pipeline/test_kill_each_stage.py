"""SIGKILL in the middle of every stage in turn, then a build that finishes, equal to one that was left alone (A6, B5)."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from heritage.pipeline.stages import STAGES
from heritage.sample.site import write_sample
from heritage.store import Store
from heritage.store.fsck import fsck

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def small_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One monument with two surveys, few points: every stage has something to do, none for long."""
    site = tmp_path_factory.mktemp("killed") / "site"
    write_sample(site, points=60_000, monuments=["thai-hoa"])
    path = site / "monuments" / "thai-hoa" / "monument.yaml"
    words = path.read_text(encoding="utf-8")
    # A state of a dozen triangles instead of the sample's.
    states = (
        "\nstates: [{id: box, source: models/box.obj, certainty: conjectural, without_evidence: none is needed here, "
        "placement: {settled: true}}]"
    )
    kept = words[: words.index("\nstates:")] + states + words[words.index("\ncompare:") :]
    path.write_text(kept, encoding="utf-8")
    corners = [f"v {x} {y} {z}" for x in (-8, 8) for y in (0, 9) for z in (-6, 6)]
    faces = ["f 1 2 4 3", "f 5 7 8 6", "f 1 5 6 2", "f 3 4 8 7", "f 1 3 7 5", "f 2 6 8 4"]
    (path.parent / "models" / "box.obj").write_text("\n".join([*corners, *faces]) + "\n")
    # Its tours show the state and other monuments.
    shutil.rmtree(site / "tours")
    return site


def _build(site: Path, *more: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "heritage", "build", str(site), "--workers", "1", "--quiet", *more]
    return subprocess.Popen(command, start_new_session=True)


def _at_work(site: Path, stage: str) -> bool:
    return any((site / ".heritage" / "stages" / stage).glob(".tmp-*"))


def _digests(site: Path) -> dict[str, str]:
    """Of every derived file but those that hold times, which no two builds share."""
    found = {}
    store = Store(site)
    current = store.current()
    assert current is not None
    for root in (store.root / "stages", store.release_path(current)):
        for path in sorted(p for p in root.rglob("*") if p.is_file()):
            if path.name not in {"report.json", "report.html", "manifest.json", "manifest.json.sha256"}:
                found[path.relative_to(store.root).as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def test_killed_in_every_stage_and_finished_equal(small_site: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    shutil.copytree(small_site, alone)
    assert _build(alone).wait(timeout=300) == 0
    killed = []
    for stage in STAGES:
        child = _build(small_site, "--until", stage.name)
        end = time.monotonic() + 300
        while not _at_work(small_site, stage.name):
            assert time.monotonic() < end, f"{stage.name} never began"
            if child.poll() is not None:
                break  # quicker than our look; nothing was left to kill
            time.sleep(0.01)
        else:
            os.killpg(child.pid, signal.SIGKILL)
            killed.append(stage.name)
        child.wait(timeout=30)
    assert len(killed) >= len(STAGES) - 1, killed
    assert _build(small_site).wait(timeout=300) == 0
    report = fsck(Store(small_site))
    assert report.sound, str(report)
    assert _digests(small_site) == _digests(alone)
