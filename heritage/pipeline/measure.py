"""Seconds, CPU seconds and peak memory of a piece of work, with what it lets other processes do."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

import psutil

_PERIOD_S = 0.05


@dataclass
class Cost:
    """Filled when the measured block ends. ``peak_memory_bytes`` is of the one process that used most, readers included;
    ``begun`` is when the block did, seconds since 1970."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_memory_bytes: int = 0
    begun: float = field(default_factory=time.time)

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """What this process spends inside the block is somebody else's work: it is not counted."""
        before = _cpu_seconds()
        try:
            yield
        finally:
            self.cpu_seconds -= _cpu_seconds() - before

    def add(self, other: Cost) -> None:
        """Count work that was done for this one elsewhere, while this one waited."""
        self.cpu_seconds += other.cpu_seconds
        self.peak_memory_bytes = max(self.peak_memory_bytes, other.peak_memory_bytes)


_CURRENT: ContextVar[Cost | None] = ContextVar("cost", default=None)


def held_elsewhere(peak_memory_bytes: int) -> None:
    """A process that the measured block started held so much: it counts as the block's own."""
    cost = _CURRENT.get()
    if cost is not None:
        cost.peak_memory_bytes = max(cost.peak_memory_bytes, peak_memory_bytes)


def _cpu_seconds() -> float:
    """Of this process and of the readers it has started and seen end."""
    used = os.times()
    return time.process_time() + used.children_user + used.children_system


@contextmanager
def measured() -> Iterator[Cost]:
    """Sample resident memory while the block runs.

    Sampling, because the operating system's own high-water mark never falls and a worker runs many stages.
    """
    cost = Cost()
    outer = _CURRENT.set(cost)
    process = psutil.Process()
    stop = threading.Event()
    own = process.memory_info().rss

    def sample() -> None:
        nonlocal own
        while not stop.wait(_PERIOD_S):
            own = max(own, process.memory_info().rss)

    sampler = threading.Thread(target=sample, daemon=True)
    wall, cpu = time.perf_counter(), _cpu_seconds()
    sampler.start()
    try:
        yield cost
    finally:
        _CURRENT.reset(outer)
        stop.set()
        sampler.join()
        cost.seconds = time.perf_counter() - wall
        cost.cpu_seconds += _cpu_seconds() - cpu
        cost.peak_memory_bytes = max(cost.peak_memory_bytes, own)
