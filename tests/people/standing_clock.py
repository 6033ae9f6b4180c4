"""A clock that stands still until it is moved."""

from __future__ import annotations


class Clock:
    """Seconds since 1970."""

    def __init__(self) -> None:
        self.seconds = 1_800_000_000

    def __call__(self) -> int:
        return self.seconds
