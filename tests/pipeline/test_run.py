"""The runner: what is there is kept, a failure hides nothing, a crash costs one stage (reliability A6, D11)."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest
from fake_stages import DIES, IN_ROUNDS, SLOW, SPREAD, SPREAD_BADLY, SPREAD_MUCH, letter_task, small_plan

from heritage.cli import main
from heritage.model.errors import HeritageError, InputError
from heritage.pipeline.plan import fingerprinted
from heritage.pipeline.run import Event, run
from heritage.store import Store

HERE = Path(__file__).parent


def _run(
    site: Path, plan: object, workers: int = 2, **more: object
) -> tuple[dict[str, str], list[tuple[str, str]]]:
    seen: list[tuple[str, str]] = []

    def watch(event: Event) -> None:
        seen.append((event.kind, event.planned.task.key))

    with Store(site).writer("test"):
        reports = run(site, plan, workers=workers, watch=watch, **more)  # type: ignore[arg-type]
    return {key: report.fingerprint for key, report in reports.items()}, seen


def test_second_run_keeps_everything_and_a_change_reruns_what_depends(tmp_path: Path) -> None:
    _, first = _run(tmp_path, small_plan(tmp_path))
    assert sorted(first) == [("done", "joined:m:all"), ("done", "letters:m:a"), ("done", "letters:m:b")]
    _, second = _run(tmp_path, small_plan(tmp_path))
    assert {kind for kind, _ in second} == {"kept"}
    reports, third = _run(tmp_path, small_plan(tmp_path, upper=True))
    assert {key: kind for kind, key in third} == {
        "letters:m:a": "done",
        "letters:m:b": "kept",
        "joined:m:all": "done",
    }
    made = Store(tmp_path).stage_path("joined", reports["joined:m:all"]) / "letters.txt"
    assert made.read_text() == "AAA+bbb"


def test_one_failure_is_named_and_the_rest_still_runs(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a!a")
    (tmp_path / "b").write_text("bbb")
    plan = small_plan(tmp_path)
    with pytest.raises(InputError) as caught:
        _run(tmp_path, plan)
    assert [p.where for p in caught.value.problems] == ["letters:m:a: a, byte 1"]
    store = Store(tmp_path)
    built = {p.task.key for p in plan if store.has_stage(p.task.stage.name, p.fingerprint)}
    assert built == {"letters:m:b"}


def test_a_worker_that_dies_is_one_named_failure(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    (tmp_path / "b").write_text("b")
    plan = fingerprinted([letter_task(tmp_path / "a", "a", DIES), letter_task(tmp_path / "b", "b")])
    with pytest.raises(HeritageError) as caught:
        _run(tmp_path, plan)
    assert [(p.code, p.where) for p in caught.value.problems] == [("worker-died", "dies:m:a")]


def test_pieces_of_a_task_keep_their_order_and_use_every_worker(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    reports, _ = _run(tmp_path, fingerprinted([letter_task(tmp_path / "a", "a", SPREAD)]))
    made = Store(tmp_path).stage_path("spread", reports["spread:m:a"]) / "letters.txt"
    letters, processes, trimming, profiled = zip(
        *(line.split() for line in made.read_text().splitlines()), strict=True
    )
    assert "".join(letters) == "ABCDEFGH"
    assert len(set(processes)) == 2
    # What a worker frees stays its own, and nobody keeps an hour of its stacks: see `_client`.
    assert set(trimming) == {"None"}
    assert set(profiled) == {"False"}


def test_what_pieces_freed_is_given_back_between_them(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    reports, _ = _run(tmp_path, fingerprinted([letter_task(tmp_path / "a", "a", SPREAD_MUCH)]), workers=1)
    made = Store(tmp_path).stage_path("spread-much", reports["spread-much:m:a"]) / "pages.txt"
    before, after = (int(pages) * resource.getpagesize() for pages in made.read_text().split())
    assert after < before + 100e6


def test_the_task_that_began_first_ends_first(tmp_path: Path) -> None:
    """Else all tasks are under way at once, and hold what they hold."""
    for name in ("a", "b", "c"):
        (tmp_path / name).write_text(name)
    _run(tmp_path, fingerprinted([letter_task(tmp_path / n, n, IN_ROUNDS) for n in "abc"]), workers=1)
    order = (tmp_path / "order").read_text().splitlines()
    assert len(order) == 3 * 3 * 6
    first = order[0].split()[0]
    ended = max(k for k, piece in enumerate(order) if piece == f"{first} 2")
    # Some, while the first is between its rounds. In turn it would be two rounds of either other task, 24 pieces.
    assert sum(not piece.startswith(first) for piece in order[:ended]) < 18


def test_a_piece_that_refuses_names_its_task(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    with pytest.raises(InputError) as caught:
        _run(tmp_path, fingerprinted([letter_task(tmp_path / "a", "a", SPREAD_BADLY)]))
    assert [(p.code, p.found) for p in caught.value.problems] == [("letters", "'a'")]


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_killed_in_the_middle_of_a_stage_then_finished_equal(tmp_path: Path, number: signal.Signals) -> None:
    """The half-written stage is not there under its name, finished ones stay, no process is left behind.

    Ctrl-C reaches the workers, too, and is pressed twice; nothing is said but by the program itself.
    """
    (tmp_path / "a").write_text("a")
    (tmp_path / "b").write_text("b")
    script = f"""
import sys, signal
sys.path.insert(0, {str(HERE)!r})
from pathlib import Path
from test_run import slow_plan, _run
def stop(*_): raise KeyboardInterrupt
if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)  # who runs the tests in the background may have it ignored
    try:
        _run(Path({str(tmp_path)!r}), slow_plan(Path({str(tmp_path)!r})))
    except KeyboardInterrupt:
        sys.exit(130)
"""
    program = tmp_path / "program.py"
    program.write_text(script)
    with (tmp_path / "said").open("wb") as said:
        child = subprocess.Popen([sys.executable, str(program)], stderr=said, start_new_session=True)
    plan = slow_plan(tmp_path)
    store = Store(tmp_path)
    _until(lambda: (tmp_path / "started").exists() and _has(store, plan, "letters:m:b"))
    begun = time.monotonic()
    stop = os.killpg if number is signal.SIGINT else os.kill
    stop(child.pid, number)
    if number is not signal.SIGKILL:
        time.sleep(0.2)
        stop(child.pid, number)
    child.wait(timeout=30)
    assert time.monotonic() - begun < 15
    _until(lambda: not _members(child.pid))
    if number is signal.SIGINT:
        assert (tmp_path / "said").read_text() == ""
    assert not _has(store, plan, "slow:m:a")
    (tmp_path / "go").touch()
    reports, seen = _run(tmp_path, plan)
    assert ("kept", "letters:m:b") in seen
    assert (store.stage_path("joined", reports["joined:m:all"]) / "letters.txt").read_text() == "b+slow"


def test_ctrl_c_is_answered(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Click makes another exception of it before the program's end sees it."""

    @click.command()
    def build() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(main, "cli", build)
    monkeypatch.setattr(sys, "argv", ["heritage"])
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit) as stopped:
        main.main()
    signal.signal(signal.SIGTERM, before)
    assert stopped.value.code == 130
    assert capsys.readouterr().err.strip() == "stopped; what was finished is kept"


def slow_plan(site: Path) -> object:
    """A quick stage, a slow one, and one that joins them."""
    from fake_stages import JOINED, LetterOptions, Task

    joined = Task(JOINED, "m", "all", LetterOptions(), {}, {"1": "letters:m:b", "2": "slow:m:a"}, {})
    return fingerprinted([letter_task(site / "a", "a", SLOW), letter_task(site / "b", "b"), joined])


def _has(store: Store, plan: object, key: str) -> bool:
    planned = next(p for p in plan if p.task.key == key)  # type: ignore[attr-defined]
    return store.has_stage(planned.task.stage.name, planned.fingerprint)


def _members(session: int) -> list[int]:
    """Processes of a session that still run."""
    import psutil

    found = []
    for process in psutil.process_iter():
        try:
            if os.getsid(process.pid) == session and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.pid)
        except (ProcessLookupError, psutil.NoSuchProcess):
            continue
    return found


def _until(condition: object, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)
