"""Who is first: threads of one server and processes of several stand in line for what one at a time may change."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Final

from heritage.model.errors import StoreError
from heritage.store.lock import WAIT_S, asked, busy
from heritage.store.publish import ensure_folder

NO_WRITING: Final = ("store-full", "store-not-writable")
"""Codes of a StoreError where nobody can write at all."""


class Queue:
    """The locks in ``folder``, which is made where it is missing, inside ``site``."""

    def __init__(self, folder: Path, site: Path) -> None:
        self._folder = folder
        self._site = site
        self._turns: dict[str, Lock] = {}

    @contextmanager
    def first(self, name: str, *, shared: bool = False, in_line: bool = True) -> Iterator[None]:
        """Hold the lock ``name``, with others where all hold it ``shared``. Raises BusyError after some seconds.

        ``in_line`` the threads of this process wait for each other. A shared lock is no obstacle where nobody can write.
        """
        end = time.monotonic() + WAIT_S
        turn = self._turns.setdefault(name, Lock())
        if in_line and not turn.acquire(timeout=WAIT_S):
            raise busy(self._folder / name)
        try:
            try:
                descriptor = self._lock(name, shared, end)
            except StoreError as error:
                if not shared or error.problems[0].code not in NO_WRITING:
                    raise
                yield  # so there is nobody to wait for
                return
            try:
                yield
            finally:
                os.close(descriptor)
        finally:
            if in_line:
                turn.release()

    def _lock(self, name: str, shared: bool, end: float) -> int:
        path = self._folder / name
        ensure_folder(self._folder, self._site)
        # Only who is next asks for the lock: without that, a busy server would take it again and again before
        # another one looks.
        following = asked(path.with_name(f"{name}.next"), shared=False, end=end)
        try:
            return asked(path, shared=shared, end=end)
        finally:
            os.close(following)
