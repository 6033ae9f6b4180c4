"""Dask to run a plan on: processes of our own on this machine, or an existing cluster."""

from __future__ import annotations

import logging
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from multiprocessing import resource_tracker
from types import FrameType
from typing import Any, Final

_STOPS: Final = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def cluster_client(workers: int, cluster: str | None) -> Iterator[Any]:
    """A client of Dask: of the scheduler at the address ``cluster``, else of ``workers`` processes of our own, each of one
    thread, which end with it."""
    import dask
    import distributed

    client_of: Any = distributed.Client  # untyped
    local_cluster: Any = distributed.LocalCluster

    settings = {
        # A worker that dies is not tried again: a file that crashes a reader crashes it every time.
        "distributed.scheduler.allowed-failures": 0,
        "distributed.worker.daemon": True,
        "distributed.worker.preload": [__name__],
        # Stages know their own memory; Dask's spilling and pausing would only stall them.
        "distributed.worker.memory.target": False,
        "distributed.worker.memory.spill": False,
        "distributed.worker.memory.pause": False,
        "distributed.worker.memory.terminate": False,
        # Dask has freed memory given back at once; making the pages of the next array anew took a quarter of all time.
        "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": None,
        # Dask samples every thread's stack a hundred times a second and keeps an hour of it in each worker.
        "distributed.worker.profile.enabled": False,
        # What all blocks of 20 million points are told together, in a list of small items, is more than Dask's 10 MB.
        "distributed.admin.large-graph-warning-threshold": "200MB",
    }
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    with dask.config.set(settings), tempfile.TemporaryDirectory(prefix="heritage-dask-") as scratch:
        if cluster:
            with client_of(cluster) as client:
                yield client
        else:
            with (
                _interrupts_wait() as heard,
                local_cluster(
                    n_workers=workers,
                    threads_per_worker=1,
                    processes=True,
                    dashboard_address="127.0.0.1:0",  # a free port: two sites may be built at once
                    local_directory=scratch,
                    silence_logs=logging.CRITICAL,
                    memory_limit=0,
                ) as local,
                client_of(local) as client,
                heard(),
            ):
                yield client


def dask_teardown(worker: object) -> None:
    """Dask calls this in a worker that ends. If it ends in the middle of a task, Dask's parts complain of each other."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


@contextmanager
def _interrupts_wait() -> Iterator[Callable[[], AbstractContextManager[None]]]:
    """Ctrl-C and a plain kill wait until the end, or until what is yielded is entered; they are KeyboardInterrupt then.

    Dask cannot be stopped while it starts or stops its workers. A terminal sends Ctrl-C to every process in it, and workers
    that hear it tell so in pages: those that are started meanwhile never do, as this process stops them.
    """
    if threading.current_thread() is not threading.main_thread():  # only that one is interrupted
        yield nullcontext
        return
    came: list[int] = []

    def wait(number: int, frame: FrameType | None) -> None:
        came.append(number)

    # What is started in the background hears no Ctrl-C, and shall not begin to.
    usual = {n: signal.signal(n, wait) for n in _STOPS if signal.getsignal(n) is not signal.SIG_IGN}
    resource_tracker.ensure_running()  # as it starts it lets the signal through again
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # new threads and processes inherit this

    @contextmanager
    def heard() -> Iterator[None]:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        _handle(usual)
        try:
            if came:
                raise KeyboardInterrupt
            yield
        finally:
            _handle(dict.fromkeys(usual, wait))

    try:
        yield heard
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        _handle(usual)
    if came:
        raise KeyboardInterrupt


def _handle(handlers: Mapping[signal.Signals, Any]) -> None:
    for number, handler in handlers.items():
        signal.signal(number, handler)
