"""Seconds, CPU seconds and peak memory of a piece of work in this process."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

_PERIOD_S = 0.05


@dataclass
class Cost:
    """Filled when the measured block ends."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_memory_bytes: int = 0


@contextmanager
def measured() -> Iterator[Cost]:
    """Sample resident memory while the block runs.

    Sampling, because the operating system's own high-water mark never falls and a worker runs many stages.
    """
    cost = Cost()
    process = psutil.Process()
    stop = threading.Event()

    def sample() -> None:
        while not stop.wait(_PERIOD_S):
            cost.peak_memory_bytes = max(cost.peak_memory_bytes, process.memory_info().rss)

    sampler = threading.Thread(target=sample, daemon=True)
    cost.peak_memory_bytes = process.memory_info().rss
    wall, cpu = time.perf_counter(), time.process_time()
    sampler.start()
    try:
        yield cost
    finally:
        stop.set()
        sampler.join()
        cost.seconds = time.perf_counter() - wall
        cost.cpu_seconds = time.process_time() - cpu
