"""kill -9 at any time; one writer at a time; a killed writer is no obstacle."""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from acts import TOUR, whole

from heritage.model.errors import BusyError, StoreError
from heritage.store import Store, journal, publish_bytes
from heritage.store.drafts import Change, Drafts
from heritage.store.fsck import fsck

KILLS = 50
A_LIFE = 20  # things a child makes at most
SEED = 20240314


def _documents(site: Path, first: int) -> Iterator[None]:
    for number in range(first, first + A_LIFE):
        publish_bytes(
            site / "document.json", json.dumps({"number": number, "words": "x" * number * 997}).encode()
        )
        yield


def _stages(site: Path, first: int) -> Iterator[None]:
    for number in range(first, first + A_LIFE):
        with Store(site).stage("mesh", f"f{number}") as folder:
            for name in ("a.bin", "b.bin"):
                (folder / name).write_bytes(os.urandom(50_000))
        yield


def _releases(site: Path, first: int) -> Iterator[None]:
    store = Store(site)
    for number in range(first, first + A_LIFE):
        with store.writer("test"):
            release_id = f"{store.next_sequence():04d}-n{number}"
            with store.release(release_id) as folder:
                folder.write("a/b.bin", os.urandom(50_000))
                folder.write("release.json", release_id.encode())
            store.set_current(release_id)
        yield


def _records(site: Path, first: int) -> Iterator[None]:
    store = Store(site)
    for number in range(first, first + A_LIFE):
        with store.writer("test"):
            store.journal("test", "count", {"number": number, "words": "x" * 5000})
        yield


def _saves(site: Path, first: int) -> Iterator[None]:
    for number in range(first, first + A_LIFE):
        files = {"tour.yaml": str(number).encode(), "vi.md": str(number).encode() * 2000}
        Drafts(site).save(TOUR, lambda now, files=files: Change(files), who="An")  # type: ignore[misc]
        yield


def _read_tour(site: Path) -> int:
    drafts = Drafts(site)
    found = drafts.read(TOUR)
    entries = drafts.entries(TOUR)
    assert {entry.who for entry in entries} <= {"An"}  # nothing half done was taken for an edit by hand
    if not found.files:
        return -1
    assert found.files["vi.md"] == found.files["tour.yaml"] * 2000
    assert {path.name for path in (site / "tours/walk").iterdir()} == {"tour.yaml", "vi.md"}
    numbers = [int(drafts.history.files(entry)["tour.yaml"]) for entry in entries]
    assert numbers == sorted(set(numbers))
    assert int(found.files["tour.yaml"]) == numbers[-1]
    return numbers[-1]


def _read_document(site: Path) -> int:
    path = site / "document.json"
    if not path.exists():
        return -1
    document = json.loads(path.read_bytes())
    assert len(document["words"]) == document["number"] * 997
    return int(document["number"])


def _read_stages(site: Path) -> int:
    folders = list((site / ".heritage" / "stages" / "mesh").glob("f*"))
    for folder in folders:
        assert set(whole(folder)) == {"a.bin", "b.bin"}
    return max((int(folder.name[1:]) for folder in folders), default=-1)


def _read_current(site: Path) -> int:
    store = Store(site)
    current = store.current()
    if current is None:
        return -1
    for release in store.releases():
        assert whole(store.release_path(release))["release.json"] == release.encode()
    return int(current.split("-n")[1])


def _read_records(site: Path) -> int:
    numbers = [int(record.details["number"]) for record in journal.read(site / ".heritage")]
    assert numbers == sorted(numbers)
    return max(numbers, default=-1)


def _pace(write: Callable[[Path, int], Iterator[None]], site: Path) -> float:
    """Seconds that a write takes in a forked child, whose every new page is copied first: numbers 0 to 2."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        start = time.perf_counter()
        for _ in itertools.islice(write(site, 0), 3):
            pass
        os.write(theirs, f"{(time.perf_counter() - start) / 3}\n".encode())
        os._exit(0)
    os.close(theirs)
    with open(ours) as told:
        each = float(told.readline())
    os.waitpid(child, 0)
    return each


@pytest.mark.parametrize(
    ("write", "read"),
    [(_documents, _read_document), (_stages, _read_stages), (_releases, _read_current),
     (_records, _read_records), (_saves, _read_tour)],
    ids=["document", "stage", "release", "journal", "draft"],
)  # fmt: skip
def test_kill_leaves_whole_things_and_loses_nothing_acknowledged(
    write: Callable[[Path, int], Iterator[None]], read: Callable[[Path], int], tmp_path: Path
) -> None:
    """A1: 50 SIGKILLs at random times: all that is there is whole, all that was acknowledged is there."""
    chance = random.Random(SEED)
    each, reached, early = _pace(write, tmp_path), 3, 0
    for _ in range(KILLS):
        ours, theirs = os.pipe()
        child = os.fork()
        if child == 0:
            os.write(theirs, b"-1\n")  # running: forking a process as large as pytest takes its time
            for number, _ in enumerate(write(tmp_path, reached), reached):
                os.write(theirs, f"{number}\n".encode())
            signal.pause()
        os.close(theirs)
        with open(ours) as told:
            assert told.readline() == "-1\n"
            time.sleep(chance.uniform(0, 8 * each))
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            acknowledged = [int(line) for line in told]
        found = read(tmp_path)
        assert found >= (acknowledged[-1] if acknowledged else -1)
        early += len(acknowledged) < A_LIFE
        reached = max(reached, found + 1)
    assert reached > 10  # children got somewhere
    assert early > KILLS / 2  # and were killed at work
    report = fsck(Store(tmp_path))
    assert report.sound
    assert not fsck(Store(tmp_path)).swept


HOLDER = """
import sys, time
from pathlib import Path
from heritage.store import Store
with Store(Path(sys.argv[1])).writer("build"):
    print("held", flush=True)
    time.sleep(60)
"""


@contextmanager
def _holder(site: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(site)], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def test_second_writer_is_refused_and_a_dead_one_is_no_obstacle(tmp_path: Path) -> None:
    """A10: at once, naming who, pid and host, exit code 4; after kill -9 the lock is free."""
    store = Store(tmp_path)
    with _holder(tmp_path) as process:
        start = time.monotonic()
        with pytest.raises(BusyError, match=rf"build \(pid {process.pid} on {os.uname().nodename}") as caught:
            store.writer("second").__enter__()
        assert time.monotonic() - start < 1
        assert caught.value.exit_code == 4
        with pytest.raises(BusyError):
            fsck(store)
        process.kill()
        process.wait()
        with store.writer("second"), pytest.raises(BusyError, match=f"second .pid {os.getpid()} "):
            Store(tmp_path).writer("third").__enter__()


def test_changes_need_the_lock(tmp_path: Path) -> None:
    """What only the one writer may do is refused without the lock."""
    store = Store(tmp_path)
    for change in (
        lambda: store.release("0001-a").__enter__(),
        lambda: store.hide("0001-a"),
        lambda: store.set_verdicts(b"x"),
        store.sweep,
    ):
        with pytest.raises(StoreError, match="lock is not held"):
            change()
    assert not list(tmp_path.iterdir())


def test_sweep_spares_the_living(tmp_path: Path) -> None:
    """A worker of another process fills its folder while the next writer sweeps."""
    store = Store(tmp_path)
    with store.stage("mesh", "living") as folder:
        litter = folder.parent / ".tmp-dead"
        litter.mkdir()
        (litter / "half").write_bytes(b"x")
        with store.writer("test") as swept:
            assert swept == (litter,)
        (folder / "a").write_bytes(b"1")
    assert whole(store.stage_path("mesh", "living")) == {"a": b"1"}
