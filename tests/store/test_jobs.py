"""Programs of their own: what runs is known from files, whoever started it."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

import pytest
from acts import until

from heritage.model.errors import BusyError
from heritage.store import fs
from heritage.store import jobs as jobs_module
from heritage.store.jobs import Job, Jobs

TALKS = [sys.executable, "-u", "-c", "import time; print('hello'); time.sleep(60)"]
ENDS = [sys.executable, "-c", "print('one'); print('two')"]


def _until_ended(jobs: Jobs, id: str) -> Job:
    def job() -> Job:
        return next(job for job in jobs.all() if job.id == id)

    until(lambda: not job().running)
    return job()


def test_a_job_outlives_who_started_it_and_can_be_stopped(tmp_path: Path) -> None:
    job = Jobs(tmp_path).start(TALKS, {"who": "An"})
    later = Jobs(tmp_path)  # as another server, or this one after a restart, finds it
    until(lambda: later.all()[0].lines)
    found = later.all()[0]
    assert (found.id, found.running, found.about["who"], found.lines) == (job.id, True, "An", ("hello",))
    with pytest.raises(BusyError):
        later.start(ENDS, {})
    assert later.stop(job.id)
    assert not _until_ended(later, job.id).running
    assert not later.stop(job.id)
    assert not later.stop("../x")


def test_a_killed_job_does_not_run(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path)
    job = jobs.start(TALKS, {})
    os.kill(int((tmp_path / ".heritage/jobs" / job.id / "pid").read_text()), signal.SIGKILL)
    _until_ended(jobs, job.id)
    second = jobs.start(ENDS, {})
    assert _until_ended(jobs, second.id).lines == ("one", "two")
    assert [job.id for job in jobs.all()] == [second.id, job.id]


def test_a_list_of_jobs_at_the_moment_of_a_start_does_not_stop_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever lists jobs looks at their locks; the folder of one that is starting has none yet."""
    write = jobs_module.publish_bytes

    def looked_at(path: Path, data: bytes) -> None:
        write(path, data)
        if path.name == "about.json":
            looking = fs.lock(path.with_name("lock"), shared=True)
            assert looking is not None
            threading.Timer(0.1, os.close, [looking]).start()

    monkeypatch.setattr(jobs_module, "publish_bytes", looked_at)
    jobs = Jobs(tmp_path)

    assert _until_ended(jobs, jobs.start(ENDS, {}).id).lines == ("one", "two")
