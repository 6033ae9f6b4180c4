"""A reader that crashes, loops, swells, floods or reaches out does so alone (battery D11)."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import psutil
import pytest
from make import e57, glb, gltf_document, las, las_cases

from heritage.formats.cloud import open_cloud
from heritage.formats.model import read_model
from heritage.model.errors import InputError, MethodError
from heritage.pipeline.reading.confined import Allowance
from heritage.pipeline.reading.guard import guarded_cloud, guarded_model

linux = pytest.mark.skipif(sys.platform != "linux", reason="the filter of system calls is Linux's")
BAD = (str(Path(__file__).with_name("bad_reader.py")),)
SECONDS, MEMORY = 1.0, 600_000_000  # of computing; 4 times as long may be waited
SLOW = {
    "spin",
    "sleep",
    "deaf",
    "flood",
}  # on a busy machine "spin" may meet the clock before its second of computing


OTHERS: set[psutil.Process] = set()


@pytest.fixture(autouse=True)
def others() -> None:
    """What earlier tests of this process have left running, the server of a pool say, is no reader."""
    OTHERS.clear()
    OTHERS.update(psutil.Process().children(recursive=True))


def readers() -> set[psutil.Process]:
    """Children, and theirs, that were started since the test began."""
    return set(psutil.Process().children(recursive=True)) - OTHERS


def outcome(deed: str, folder: Path) -> tuple[InputError, float]:
    """The error that reading with a misbehaving reader ends in, and how long that took."""
    path = folder / f"{deed}.las"
    path.write_bytes(b"untouched")
    allowed = Allowance(SECONDS if deed in SLOW else 60.0, MEMORY)
    start = time.monotonic()
    with pytest.raises(InputError) as caught:
        list(guarded_cloud(path, allowed=allowed, program=BAD).chunks())
    seconds = time.monotonic() - start
    assert path.read_bytes() == b"untouched"
    assert [p.name for p in folder.iterdir()] == [path.name]
    assert not readers(), "every child is gone"
    problem = caught.value.problems[0]
    assert path.name in str(problem) or "a.las" in problem.where
    assert "\n" not in str(problem)
    assert str(folder) not in str(problem)
    return caught.value, seconds


@pytest.mark.parametrize(
    ("deed", "code", "words"),
    [
        ("segfault", "reader-died", "SIGSEGV"),
        ("abort", "reader-died", "SIGABRT"),
        ("leave", "reader-died", "3"),
        ("spin", "reader-too-slow", "takes more than"),
        ("sleep", "reader-too-slow", "more than 4 s"),
        ("deaf", "reader-too-slow", "more than 4 s"),
        ("swell", "reader-memory", "too much memory; up to 0.559 GiB"),
        ("panic", "reader-failed", "PanicException: index out of bounds"),
        ("recurse", "reader-failed", "RecursionError"),
        pytest.param("reach_out", "reader-failed", "ValueError: contained", marks=linux),
        ("babble", "reader-failed", "a document of"),
        ("huge", "reader-failed", "beyond the limit"),
        ("nonsense", "reader-failed", "nonsense"),
        ("die_midway", "reader-died", "SIGSEGV"),
        ("too_few", "cloud-count", "promises 3 points"),
    ],
)
def test_a_misbehaving_reader_is_contained(deed: str, code: str, words: str, tmp_path: Path) -> None:
    error, seconds = outcome(deed, tmp_path)

    assert error.problems[0].code == code
    assert words in str(error)
    # Python's own start is in it, on a machine that may be busy.
    assert deed not in SLOW or seconds < 4 * SECONDS + 10


def test_a_flood_of_errors_goes_nowhere(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """20 GB printed; whether that took the reader too long or not, none of it arrives."""
    outcome("flood", tmp_path)

    assert capfd.readouterr() == ("", "")


def test_models_are_read_in_such_a_child_too(tmp_path: Path) -> None:
    for deed in ("segfault", "spin"):
        path = tmp_path / f"{deed}.glb"
        path.write_bytes(b"x")
        with pytest.raises(InputError) as caught:
            guarded_model(path, allowed=Allowance(SECONDS, MEMORY), program=BAD)
        assert caught.value.problems[0].code.startswith("reader-")


def test_a_child_that_cannot_start_is_not_the_files_fault(tmp_path: Path) -> None:
    path = tmp_path / "a.las"
    path.write_bytes(las())

    with pytest.raises(MethodError) as caught:
        guarded_cloud(path, program=("-c", "raise SystemExit(1)"))

    assert caught.value.problems[0].code == "reader-start"


@pytest.mark.parametrize(
    ("name", "content"), [("a.las", las(1000)), ("a.laz", las(1000, compressed=True)), ("a.e57", e57(1000))]
)
def test_a_good_cloud_comes_through_unchanged(name: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    here, there = open_cloud(path), guarded_cloud(path)

    assert there.header == here.header
    for _ in range(2):  # the second reading has a child of its own
        for mine, other in zip(here.chunks(333), there.chunks(333), strict=True):
            np.testing.assert_array_equal(mine.xyz, other.xyz)
            np.testing.assert_array_equal(mine.source_class, other.source_class)
            assert (mine.rgb is None) == (other.rgb is None)
            assert mine.rgb is None or np.array_equal(mine.rgb, other.rgb)
            assert mine.left_out == other.left_out
    del there
    assert not readers()


def test_half_a_reading_leaves_no_child(tmp_path: Path) -> None:
    (tmp_path / "a.las").write_bytes(las(1000))
    files = len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0

    reader = guarded_cloud(tmp_path / "a.las")
    chunks = reader.chunks(10)
    next(chunks)
    chunks.close()
    guarded_cloud(tmp_path / "a.las")  # only the header

    assert not readers()
    assert sys.platform != "linux" or len(os.listdir("/proc/self/fd")) == files


def test_good_models_come_through_unchanged(tmp_path: Path) -> None:
    (tmp_path / "a.glb").write_bytes(glb(*gltf_document()))

    (mine,), (other,) = read_model(tmp_path / "a.glb"), guarded_model(tmp_path / "a.glb")

    np.testing.assert_array_equal(mine.vertices, other.vertices)
    np.testing.assert_array_equal(mine.triangles, other.triangles)
    assert (mine.name, mine.origin.tolist()) == (other.name, other.origin.tolist())


def test_the_readers_own_errors_come_through(tmp_path: Path) -> None:
    case = next(c for c in las_cases() if c.name == "las a scale of nan")
    path = case.write(tmp_path)

    with pytest.raises(InputError) as there:
        guarded_cloud(path)
    with pytest.raises(InputError) as here:
        open_cloud(path)

    assert there.value.problems == here.value.problems
    with pytest.raises(InputError) as caught:
        guarded_model(tmp_path / "missing.glb")
    assert caught.value.problems[0].code == "file-missing"


def test_where_we_are_started_no_module_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "numpy.py").write_text("raise SystemExit(9)")
    (tmp_path / "a.las").write_bytes(las())
    monkeypatch.chdir(tmp_path)

    assert guarded_cloud(Path("a.las")).header.points == 40


def kill_what_sleeps() -> None:
    """Kill the first child that has come as far as its deed and sleeps there."""
    for _ in range(2000):
        for child in readers():
            with suppress(psutil.Error, OSError):
                if "nanosleep" in Path(f"/proc/{child.pid}/wchan").read_text():
                    child.kill()
                    return
        time.sleep(0.01)


@linux
def test_a_child_that_the_system_kills_is_said_to_lack_memory(tmp_path: Path) -> None:
    (tmp_path / "sleep.las").write_bytes(b"x")
    killer = threading.Thread(target=kill_what_sleeps)
    killer.start()

    with pytest.raises(InputError) as caught:
        guarded_cloud(tmp_path / "sleep.las", allowed=Allowance(20, MEMORY), program=BAD)

    assert caught.value.problems[0].code == "reader-memory"
    assert "ended by the system" in str(caught.value)


def test_a_childs_limits_are_its_own(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_AS)
    outcome("segfault", tmp_path)
    assert resource.getrlimit(resource.RLIMIT_AS) == before


@linux
def test_what_a_reader_held_counts_as_memory_of_who_asked_for_it(tmp_path: Path) -> None:
    (tmp_path / "hold.las").write_bytes(b"x")
    # In a process that holds little: this one may hold more than the reader will.
    asked = f"""
from heritage.pipeline.reading.confined import Allowance
from heritage.pipeline.reading.guard import guarded_cloud
from heritage.pipeline.measure import measured
from pathlib import Path

with measured() as other, measured() as cost:
    reader = guarded_cloud(Path({str(tmp_path / "hold.las")!r}), allowed=Allowance(60.0, 4_000_000_000), program={BAD!r})
    print(sum(map(len, reader.chunks())))
print(other.peak_memory_bytes, cost.peak_memory_bytes)
"""
    said = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True)
    points, other, cost = map(int, said.stdout.split())

    assert points == 2
    assert 900_000_000 < cost < 3_000_000_000
    assert other < 900_000_000


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_fork_of_ours_does_not_end_our_reader(tmp_path: Path) -> None:
    (tmp_path / "a.las").write_bytes(las(1000))
    reader = guarded_cloud(tmp_path / "a.las")

    if (forked := os.fork()) == 0:
        del reader
        os._exit(0)
    os.waitpid(forked, 0)

    assert sum(map(len, reader.chunks(10))) == 1000
